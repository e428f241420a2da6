"""``code_links``: in blocks of Python, each name of MLTrack and MLflow leads to its reference.

sphinx-codeautolink reads what names a block has and where they come from; it follows imports,
assignments and return types. It would put its links into the finished files, in which case pages
that are written again lose them. Here they are part of writing the block: ``names`` asks it when a
page is read, ``render`` writes the links.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes

from _ext._shared.records import note
from _ext.overlays.facts import USES
from _ext.overlays.model import overlays_of

from .names import Reader
from .render import depart_block, visit_block

if TYPE_CHECKING:
    from sphinx.application import Sphinx

PYTHON = ("python", "ipython3", "pycon", "default")
NAMES = "code_names"
"""Attribute of a block: its names, as :class:`names.Found`."""


def _mlflow(app: Sphinx) -> frozenset[str]:
    """Return MLflow's documented names."""
    inventory: dict[str, dict[str, Any]] = getattr(app.env, "intersphinx_inventory", {})
    kinds = (entries for kind, entries in inventory.items() if kind.startswith("py:"))
    return frozenset(name for names in kinds for name in names if name.startswith("mlflow"))


def _read_page(app: Sphinx, document: nodes.document) -> None:
    """Note the names of each block; blocks of a page continue each other, files do not."""
    overlays = overlays_of(app.config)
    reader = Reader(overlays.inventory, _mlflow(app))
    page = Path(str(document["source"])).resolve()
    for block in document.findall(nodes.Element):
        if not isinstance(block, nodes.literal_block | nodes.doctest_block):
            continue
        language = str(block.get("language", "python"))
        text = block.astext()
        if language not in PYTHON or len(block.children) != 1:
            continue
        file = str(block.get("source", page))
        fresh = Path(file).resolve() != page
        found = Reader(overlays.inventory, reader.known).read(text) if fresh else reader.read(text)
        if found:
            block[NAMES] = found
        for each in found:
            if each.target.startswith("mltrack"):
                note(app.env, USES, each.target)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the handler and the writer of blocks."""
    app.setup_extension("_ext.overlays")
    app.connect("doctree-read", _read_page)
    app.add_node(nodes.literal_block, override=True, html=(visit_block, depart_block))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
