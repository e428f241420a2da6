"""``coverage``: the pages and the package say the same, in both directions.

``tools.inventory`` writes what the installed package offers to ``source/_data/inventory.json``.
``collect`` notes what each page documents and mentions while it is read; ``check`` compares when
all are read, warns of what is missing and of what does not exist, and counts. ``model`` and
``mentions`` do so without Sphinx. ``directive`` shows the counts and the omissions, and marks
what is absent on purpose; ``errors`` shows the messages, by area and from A to Z.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from _ext._shared.records import add_listing

from .check import Figures, check, figures
from .collect import collect
from .directive import (
    AbsentRole,
    CoverageDirective,
    OmissionsDirective,
    coverage_table,
    omissions_table,
    show_coverage,
    show_omissions,
)
from .errors import ErrorIndexDirective, ErrorsDirective

if TYPE_CHECKING:
    from sphinx.application import Sphinx

__all__ = ["Figures", "figures", "setup"]


def setup(app: Sphinx) -> dict[str, bool]:
    """Register directives, role, tables, and the two ends of the comparison."""
    app.add_directive("coverage", CoverageDirective)
    app.add_directive("omissions", OmissionsDirective)
    app.add_directive("errors", ErrorsDirective)
    app.add_directive("error-index", ErrorIndexDirective)
    app.add_role("absent", AbsentRole())
    add_listing(app, coverage_table, show_coverage)
    add_listing(app, omissions_table, show_omissions)
    app.connect("doctree-read", collect)
    app.connect("env-check-consistency", check)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
