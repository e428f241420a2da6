"""The ledger's entries, their sums and their JSON. Knows no Sphinx."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from _ext._shared.evidence import STATES

if TYPE_CHECKING:
    from collections.abc import Iterable

SCHEMA = "ledger.schema.json"
VERIFIED = ("executed", "recorded", "checked")
"""States in which something ran or read the block and found it right."""

LANGUAGES = {
    "bash": "shell",
    "console": "shell",
    "default": "python",
    "ipython": "python",
    "ipython3": "python",
    "pycon": "python",
    "py": "python",
    "sh": "shell",
    "shell-session": "shell",
    "yml": "yaml",
    "md": "markdown",
    "none": "text",
}
"""Pygments' names of lexers that stand for one language."""


@dataclass(frozen=True)
class Block:
    """A block of a page and what stands behind it.

    ``line`` is where it begins in the page's source, from 1; 0 if it comes from elsewhere.
    """

    page: str
    line: int
    language: str
    state: str
    evidence: str
    reason: str = ""
    date: str = ""
    versions: dict[str, str] = field(default_factory=dict)
    limit: str = ""


def language(name: str) -> str:
    """Return one name for each language, whatever lexer colours it."""
    return LANGUAGES.get(name, name) or "text"


def totals(blocks: Iterable[Block]) -> dict[str, int]:
    """Return how many blocks are in each state; every state is there."""
    counts = Counter(block.state for block in blocks)
    return {state: counts[state] for state in STATES}


def verified_share(blocks: Iterable[Block], languages: Iterable[str]) -> tuple[int, int]:
    """Return how many blocks in ``languages`` are verified, and how many there are.

    A block that is shown because it fails was run, but is not counted as verified.
    """
    wanted = set(languages)
    states = [block.state for block in blocks if block.language in wanted]
    return sum(state in VERIFIED for state in states), len(states)


def document(blocks: Iterable[Block], versions: dict[str, str]) -> dict[str, Any]:
    """Return the content of ``ledger.json``; ``ledger.schema.json`` describes it."""
    entries = sorted(blocks, key=lambda block: (block.page, block.line))
    code = verified_share(entries, ("python", "shell"))
    return {
        "$schema": SCHEMA,
        "versions": versions,
        "totals": totals(entries),
        "code": {"verified": code[0], "blocks": code[1]},
        "blocks": [{**asdict(entry), "versions": entry.versions or versions} for entry in entries],
    }
