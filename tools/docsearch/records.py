"""Records as DocSearch has them: one for each heading, name and piece of text of a page.

``lvl0`` is the section of the site, ``lvl1`` the page, below it are headings; a name of the
reference (a function, an option, a setting, a term) is a level of its own below its heading.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from bs4 import BeautifulSoup, Tag

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

LIMIT = 10_000
"""Bytes of a record that Algolia takes."""
PIECE = 2_000
"""Bytes of text in one record; a longer text becomes several."""
TITLE = 300
DEEPEST = 6
LEVELS = [f"lvl{number}" for number in range(DEEPEST + 1)]
APART = {"search", "genindex", "py-modindex", "404"}
"""Pages that nobody looks for."""
HEADING = re.compile(r"h([1-6])")
TEXT = ("p", "pre", "tr", "li", "dd")
BLOCKS = ("p", "pre", "table", "ul", "ol", "dl", "div")
ENDS = (*TEXT, "td", "th", "dt", "br", "div", "summary")
"""What a space ends."""
SILENT = (
    "script, style, svg, button, nav, .headerlink, .toctree-wrapper, .mlt-ledger__mark,"
    " .mlt-guide__facts, [hidden]"
)
NAMES = {"py": "python", "option": "option", "confval": "setting", "envvar": "setting"}
TOP = 10


class Site(NamedTuple):
    """What all records of a site share."""

    address: str
    """Of the site, with a final slash."""
    version: str
    lang: str
    kind_of: Callable[[str], str]


class Spot(NamedTuple):
    """Where the reader is, going down a page."""

    levels: tuple[str, ...]
    anchor: str
    kind: str


def of_site(out: Path, site: Site) -> Iterator[dict[str, Any]]:
    """Give the records of all pages, in the order of their names."""
    for path in sorted(out.rglob("*.html")):
        docname = path.relative_to(out).with_suffix("").as_posix()
        if docname in APART or docname.startswith("_"):
            continue
        yield from of_page(path.read_text("utf-8"), docname, site)


def of_page(html: str, docname: str, site: Site) -> Iterator[dict[str, Any]]:
    """Give the records of a page."""
    soup = BeautifulSoup(html, "html.parser")
    article = soup.select_one("article[role=main]")
    if article is None or article.find("h1") is None:
        return
    crumbs = [each.get_text(strip=True) for each in soup.select("nav[aria-label=Breadcrumb] li")]
    section = crumbs[1] if len(crumbs) > len(("home", "page")) else ""
    for element in article.select(SILENT):
        element.decompose()
    for element in article.find_all(ENDS):
        element.insert_after(" ")
    start = Spot((section,), "", site.kind_of(docname))
    position = 0
    for spot, text in _walk(article, start):
        level = LEVELS[len(spot.levels) - 1]
        for kind, content in [(level, None), *(("content", piece) for piece in _pieces(text))]:
            yield _record(docname, site, kind, spot, content, position)
            position += 1


def _walk(article: Tag, spot: Spot) -> Iterator[tuple[Spot, str]]:
    """Give each place of a page with its text."""
    page, depth = spot.kind, 1
    said: list[str] = []
    for element in article.find_all(True):
        below = None
        if heading := HEADING.fullmatch(element.name):
            depth = int(heading[1])
            holder = element.find_parent("section")
            anchor = str(holder.get("id", "")) if holder and depth > 1 else ""
            below = _below(spot, depth, _words(element), anchor, page)
        elif element.name == "dt" and element.get("id"):
            level = min(depth + 1, DEEPEST)
            kind = _kind(element) or page
            below = _below(spot, level, _name(element), str(element["id"]), kind)
        elif _says(element) and not any(map(_says, element.parents)):
            said.append(_words(element))
        if below:
            if len(spot.levels) > 1:
                yield spot, " ".join(said)
            spot, said = below, []
    yield spot, " ".join(said)


def _says(element: Tag) -> bool:
    """Tell whether an element is text; a definition of several blocks is not, they are."""
    if element.name == "dd":
        return element.find(BLOCKS) is None
    return element.name in TEXT


def _below(spot: Spot, depth: int, title: str, anchor: str, kind: str) -> Spot:
    return Spot((*spot.levels[:depth], title[:TITLE]), anchor, kind)


def _kind(term: Tag) -> str:
    holder = term.find_parent("dl")
    classes = holder.get_attribute_list("class") if holder else []
    if "glossary" in classes:
        return "glossary"
    return next((NAMES[name] for name in classes if name in NAMES), "")


def _words(element: Tag | None) -> str:
    return " ".join(element.get_text().split()) if element else ""


def _name(term: Tag) -> str:
    """Return the name that a signature declares, or the whole term."""
    parts = term.select(".sig-prename, .sig-name")
    return "".join(_words(part) for part in parts) or _words(term)


def _pieces(text: str) -> Iterator[str]:
    """Cut a text at spaces into pieces of at most :data:`PIECE` bytes."""
    piece = ""
    for word in text.split(" "):
        longer = f"{piece} {word}".strip()
        if piece and len(longer.encode()) > PIECE:
            yield piece
            longer = word
        while len(longer.encode()) > PIECE:
            yield longer[: PIECE // 4]
            longer = longer[PIECE // 4 :]
        piece = longer
    if piece:
        yield piece


def _record(
    docname: str, site: Site, kind: str, spot: Spot, content: str | None, position: int
) -> dict[str, Any]:
    address = f"{site.address}{docname}.html"
    depth = len(spot.levels) - 1
    return {
        "objectID": f"{site.version}/{site.lang}/{docname}#{position}",
        "url": f"{address}#{spot.anchor}" if spot.anchor else address,
        "url_without_anchor": address,
        "anchor": spot.anchor or None,
        "type": kind,
        "kind": spot.kind,
        "hierarchy": dict(zip(LEVELS, [*spot.levels, *[None] * DEEPEST], strict=False)),
        "content": content,
        "version": site.version,
        "lang": site.lang,
        "weight": {
            "pageRank": 0 if spot.kind == "contributing" else TOP,
            "level": 0 if kind == "content" else 100 - 10 * depth,
            "position": position,
        },
    }


def line(record: dict[str, Any]) -> str:
    """Return a record as one line of JSON.

    Raises:
        ValueError: Algolia would refuse it.
    """
    text = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
    if (size := len(text.encode())) > LIMIT:
        raise ValueError(f"{record['url']}: a record of {size} bytes; Algolia takes {LIMIT}")
    return text
