"""Leaves out other extensions' style sheets and scripts on pages that do not need them.

sphinx-design and MyST-NB add theirs to every page: 17 kB, a fifth of what a page may weigh.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docutils import nodes

if TYPE_CHECKING:
    from sphinx.application import Sphinx

AFTER_ALL = 900

DESIGN, TABS, NOTEBOOK = "sphinx-design", "design-tabs", "mystnb"
"""What the names of the files contain."""


def needed(doctree: nodes.document | None) -> set[str]:
    """Return which of the three families of files a page's nodes need."""
    found: set[str] = set()
    for node in doctree.findall(nodes.Element) if doctree is not None else ():
        classes: list[str] = node.get("classes", [])
        if "design_component" in node or any(name.startswith("sd-") for name in classes):
            found.add(DESIGN)
        if "sd-tab-set" in classes:
            found.add(TABS)
        if "cell" in classes:
            found.add(NOTEBOOK)
    return found


def _leave_out(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    unneeded = {DESIGN, TABS, NOTEBOOK} - needed(doctree)
    for kind in ("css_files", "script_files"):
        context[kind] = [
            file
            for file in context.get(kind, [])
            if not any(name in str(file.filename) for name in unneeded)
        ]


def setup(app: Sphinx) -> dict[str, bool]:
    """Stand behind everybody who adds files."""
    app.connect("html-page-context", _leave_out, priority=AFTER_ALL)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
