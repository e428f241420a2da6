"""What a built site has: pages and the anchors that one can link to."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from sphinx.util.inventory import InventoryFile

if TYPE_CHECKING:
    from pathlib import Path

ALSO = ("search.html", "genindex.html", "py-modindex.html")
"""Pages without a source file."""
FILES = ("*.inv", "*.xml", "*.txt", "*.atom", "_static/schema/*.json")
"""Files whose addresses others keep: readers of feeds, editors, search engines."""
NOT_FOUND = "404.html"
DRAWING = re.compile(r"<svg\b.*?</svg>", re.DOTALL)
TITLE = re.compile(r'<section\b[^>]*?\sid="[^"]+"[^>]*>\s*(<span id="[^"]+"></span>)*\s*(?=<h1\b)')
ELEMENT = re.compile(r'<([a-z][a-z0-9-]*)\b[^>]*?\sid="([^"]+)"')
CONTROLS = frozenset({"article", "button", "form", "img", "input", "label", "select", "textarea"})
"""Elements whose ids are for scripts and labels."""
GENERATED = re.compile(
    r"id\d+|index-\d+|sd-tab-item-\d+(-content)?|(codecell|toggle-|cell-)\d+"
    r"|(api|cli)-explorer-.+|mlt-.+|furo-.+"
)
"""Ids that are counted or belong to the frame: nobody can rely on them."""


class SiteError(Exception):
    """There is no site to read."""


def anchors(page: str) -> set[str]:
    """Return the anchors in the text of a page of HTML, without those that are generated.

    That of the title is left out: whoever follows it arrives at the page, with it or without.
    """
    begin, end = page.find("<article"), page.rfind("</article>")
    text = TITLE.sub("", DRAWING.sub("", page[begin:end]), count=1) if begin >= 0 else ""
    names = (html.unescape(name) for tag, name in ELEMENT.findall(text) if tag not in CONTROLS)
    return {name for name in names if not GENERATED.fullmatch(name)}


def read(site: Path) -> dict[str, set[str]]:
    """Return the anchors of each page, and files without any.

    Pages are those of ``objects.inv``: an output directory may have older ones too.

    Raises:
        SiteError: nothing was built there.
    """
    try:
        inventory = InventoryFile.loads((site / "objects.inv").read_bytes(), uri="")
    except OSError as error:
        raise SiteError(f"there is no site in {site}; run make html") from error
    pages = {item.uri.partition("#")[0] for item in inventory.data.get("std:doc", {}).values()}
    found = {
        page: anchors((site / page).read_text("utf-8")) for page in sorted(pages - {NOT_FOUND})
    }
    for name in ALSO:
        if (site / name).is_file():
            found[name] = set()
    for pattern in FILES:
        for path in sorted(site.glob(pattern)):
            found[path.relative_to(site).as_posix()] = set()
    return found
