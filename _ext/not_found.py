"""Makes the links in the text of the 404 page absolute: it shows at any depth.

sphinx-notfound-page does this for the frame of the page and for images, not for links.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes

if TYPE_CHECKING:
    from sphinx.application import Sphinx


def _make_absolute(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    if docname != app.config.notfound_pagename or app.builder.format != "html":
        return
    root = app.config.notfound_urls_prefix or "/"
    for link in doctree.findall(nodes.reference):
        if link.get("internal") and "refuri" in link:
            link["refuri"] = root + link["refuri"]


def setup(app: Sphinx) -> dict[str, bool]:
    """Stand behind the resolution of links."""
    app.connect("doctree-resolved", _make_absolute)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
