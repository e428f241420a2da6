"""What stands behind a block of code: said by whoever makes the block, collected by the ledger."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from docutils import nodes

STATES = ("executed", "recorded", "checked", "fails", "not run", "illustration")
"""All that a block can be, from the strongest to the weakest."""


@dataclass(frozen=True)
class Evidence:
    """Why the reader can believe a block, or why not.

    Args:
        state: one of :data:`STATES`.
        source: what ran or checked it, in words that finish "Shown by …": a recording and its
            commands, a test's path, a notebook.
        language: of the block; empty means that of the literal block itself.
        reason: why it was not run, or the error with which it fails.
        date: ISO date of the recording; empty for what every build or test repeats.
        versions: of the packages that it was run with; empty means those of the build.
        limit: the id of the known limit that it shows or works around.
    """

    state: str
    source: str
    language: str = ""
    reason: str = ""
    date: str = ""
    versions: dict[str, str] = field(default_factory=dict)
    limit: str = ""

    def __post_init__(self) -> None:
        """Refuse a state that is none.

        Raises:
            ValueError: ``state`` is not one of :data:`STATES`.
        """
        if self.state not in STATES:
            raise ValueError(f"{self.state!r} is not one of {', '.join(STATES)}")


def attach(node: nodes.Element, evidence: Evidence) -> None:
    """Say what stands behind ``node``; all that is in it counts as one block."""
    node["evidence"] = evidence


def evidence_of(node: nodes.Element) -> Evidence | None:
    """Return what was attached to ``node``."""
    found = node.get("evidence")
    return found if isinstance(found, Evidence) else None
