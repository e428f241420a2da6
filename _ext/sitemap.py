"""``sitemap.xml`` of all pages, the same after every build.

sphinx-sitemap lists the pages that the running build wrote: after an incremental build almost
none. This one is derived from the environment when the build has finished.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from sphinx.application import Sphinx

NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


def _write(app: Sphinx, exception: Exception | None) -> None:
    base = app.config.html_baseurl
    if exception is not None or app.builder.format != "html" or not base:
        return
    urlset = ET.Element("urlset", xmlns=NAMESPACE)
    for docname in sorted(app.env.found_docs - {app.config.notfound_pagename}):
        url = ET.SubElement(urlset, "url")
        ET.SubElement(url, "loc").text = base + app.builder.get_target_uri(docname)
    ET.indent(urlset)
    ET.ElementTree(urlset).write(app.outdir / "sitemap.xml", encoding="utf-8", xml_declaration=True)


def setup(app: Sphinx) -> dict[str, bool]:
    """Write the file last."""
    app.connect("build-finished", _write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
