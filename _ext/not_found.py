"""The 404 page: absolute links in its text, because it shows at any depth, and suggestions.

sphinx-notfound-page makes links absolute in the frame of the page and for images, not in its text.
The suggestions come from the address that failed: ``_static/navigation/not-found.js`` compares it
with all pages, which ``navigation`` writes to ``navigation/pages.js``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docutils import nodes

if TYPE_CHECKING:
    from sphinx.application import Sphinx


SCRIPTS = ("navigation/pages.js", "navigation/not-found.js")
STYLE = "navigation/not-found.css"


def _make_absolute(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    if docname != app.config.notfound_pagename or app.builder.format != "html":
        return
    root = app.config.notfound_urls_prefix or "/"
    for link in doctree.findall(nodes.reference):
        if link.get("internal") and "refuri" in link:
            link["refuri"] = root + link["refuri"]


def _suggest(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Load what finds suggestions, on this page alone."""
    if pagename == app.config.notfound_pagename and "_ext.navigation" in app.extensions:
        app.add_css_file(STYLE)
        for script in SCRIPTS:
            app.add_js_file(script, loading_method="defer")


def setup(app: Sphinx) -> dict[str, bool]:
    """Stand behind the resolution of links, and before the page is written."""
    app.connect("html-page-context", _suggest)
    app.connect("doctree-resolved", _make_absolute)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
