"""``sitemap.xml`` of all pages, and ``robots.txt``, which names it; the same after every build.

sphinx-sitemap lists the pages that the running build wrote: after an incremental build almost
none. This one is derived from the environment when the build has finished. It has the canonical
address of each page, and when the page last changed, if Git knows.

A page whose front matter tells robots ``noindex`` is not in it. ``robots.txt`` forbids nothing, in
no version: an engine that may not read an old page does not see that its canonical link leads to
the current one.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from docutils import nodes

from ._shared.dates import dates_of
from ._shared.records import note, noted
from .versions import canonical

if TYPE_CHECKING:
    from sphinx.application import Sphinx

NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
HIDDEN = "noindex"
ROBOTS = """User-agent: *
Allow: /

Sitemap: {}sitemap.xml
"""


def _note_hidden(app: Sphinx, document: nodes.document) -> None:
    """Keep that a page does not want to be found."""
    for meta in document.findall(nodes.meta):
        if meta.get("name") == "robots" and HIDDEN in meta["content"]:
            note(app.env, HIDDEN, True)


def _pages(app: Sphinx) -> list[str]:
    """Return the pages that engines may list."""
    hidden = {page for page, _ in noted(app.env, HIDDEN)}
    return sorted(app.env.found_docs - hidden - {getattr(app.config, "notfound_pagename", "")})


def _write(app: Sphinx, exception: Exception | None) -> None:
    base = app.config.html_baseurl
    if exception is not None or app.builder.format != "html" or not base:
        return
    stable = getattr(app.config, "versions_pages", [])
    urlset = ET.Element("urlset", xmlns=NAMESPACE)
    for docname in _pages(app):
        url = ET.SubElement(urlset, "url")
        place = app.builder.get_target_uri(docname)
        ET.SubElement(url, "loc").text = canonical(base, docname, place, stable)
        if dates := dates_of(app.env, docname):
            ET.SubElement(url, "lastmod").text = dates.modified
    ET.indent(urlset)
    out = Path(app.outdir)
    ET.ElementTree(urlset).write(out / "sitemap.xml", encoding="utf-8", xml_declaration=True)
    (out / "robots.txt").write_text(ROBOTS.format(base), "utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    """Write the files last."""
    app.setup_extension("_ext._shared.dates")
    app.connect("doctree-read", _note_hidden)
    app.connect("build-finished", _write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
