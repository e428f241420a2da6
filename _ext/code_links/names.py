"""The names of MLTrack and MLflow in blocks of Python, by way of sphinx-codeautolink's parser."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from docutils import nodes
from sphinx_codeautolink.extension.block import clean_pycon
from sphinx_codeautolink.extension.resolve import CouldNotResolve, resolve_location
from sphinx_codeautolink.parse import ImportTrackerVisitor, LinkContext, Name, NameBreak

if TYPE_CHECKING:
    from _ext.coverage.model import Inventory

ROOTS = ("mltrack", "mlflow")
MAGIC = ("%", "!")
CLIENT = ("mlflow.tracking.client.", "mlflow.client.")
"""Where MLflow's client is defined, and where it is documented."""


class Found(NamedTuple):
    """A name in a block and what it means."""

    first: int
    last: int
    code: str
    context: str
    target: str


class Reader:
    """Reads the blocks of a page one after the other, and remembers what names mean.

    Args:
        inventory: what the package has.
        known: the documented names of others.
    """

    def __init__(self, inventory: Inventory, known: frozenset[str]) -> None:
        self.inventory = inventory
        self.known = known
        self.visitor = ImportTrackerVisitor(nodes.literal_block())

    def read(self, text: str) -> list[Found]:
        """Return the names of a block, each once; none if it is no Python."""
        if text.lstrip().startswith(">>> "):
            text = clean_pycon(text)[1]
        lines = ["" if line.startswith(MAGIC) else line for line in text.split("\n")]
        self.visitor.accessed = []
        try:
            self.visitor.visit(ast.parse("\n".join(lines)))
        except (SyntaxError, ValueError):
            return []
        found: dict[tuple[str, str], Found] = {}
        for name in self.visitor.accessed:
            target = self._target(name)
            if target and name.code_str.rpartition(".")[2] == target.rpartition(".")[2]:
                context = (name.context or LinkContext.none).value
                each = Found(name.lineno, name.end_lineno, name.code_str, context, target)
                found.setdefault((target, name.code_str.rpartition(".")[2]), each)
        return list(found.values())

    def _target(self, name: Name) -> str:
        """Return what a name means if it is documented, else nothing."""
        parts = name.import_components
        if not name.code_str or not parts or parts[0] not in ROOTS:
            return ""
        if not any(part in tuple(NameBreak) for part in parts):
            return self._documented(".".join(parts))
        try:
            return self._documented(str(resolve_location(name, self._inventory())))
        except (CouldNotResolve, TypeError, AttributeError, ImportError):  # of a framework
            return ""

    def _documented(self, name: str) -> str:
        canonical = self.inventory.canonical(name)
        if canonical in self.inventory.data.get("python", {}):
            return canonical
        name = name.replace(*CLIENT)
        return name if name in self.known or name in ROOTS[:1] else ""

    def _inventory(self) -> frozenset[str]:
        return self.known | frozenset(self.inventory.data.get("python", {}))


def as_name(found: Found) -> Name:
    """Return what sphinx-codeautolink takes to find a name in highlighted code."""
    return Name([], found.code, found.first, found.last, LinkContext(found.context))
