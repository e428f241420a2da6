"""Blocks of the design system: key-value lists, figures, bands, comparisons, specimens.

Cards, grids, tabs, steps, buttons and badges are those of sphinx-design, with our style.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from _ext._shared import assets

from .blocks import Callout, CallToAction, KeyValues, Quote, Stats
from .compare import BeforeAfter, Comparison
from .nodes import add_block, block, fold, specimen_block
from .specimen import Specimen
from .status import StatusRole

if TYPE_CHECKING:
    from sphinx.application import Sphinx

DIRECTIVES = {
    "before-after": BeforeAfter,
    "callout": Callout,
    "comparison": Comparison,
    "cta": CallToAction,
    "key-values": KeyValues,
    "quote": Quote,
    "specimen": Specimen,
    "stats": Stats,
}


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directives, their nodes and their styles."""
    app.setup_extension("_ext.icons")
    for name, directive in DIRECTIVES.items():
        app.add_directive(name, directive)
    app.add_role("status", StatusRole())
    for node in (block, fold, specimen_block):
        add_block(app, node)
    assets.provide(app, specimen_block, css="css/design-system.css")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
