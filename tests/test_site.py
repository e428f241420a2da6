"""The whole site as files: markup, policy, links, metadata, inventory."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from posixpath import normpath
from urllib.parse import unquote, urlsplit

import pytest
import yaml
from bs4 import BeautifulSoup, Tag
from sphinx.util.inventory import InventoryFile

ROOT = Path(__file__).parents[1]
PUBLIC = [
    "track",
    "track_context",
    "track_llm",
    "track_llm_context",
    "log_llm_call",
    "MLTrackConfig",
    "get_last_run",
    "deploy",
    "__version__",
]
MARKUP = {
    "a directive": r"^\s*\.\. [\w:-]+::|^\s*:::+\s*\{|`{3,}",
    "a role": r"\{(?:doc|ref|term|py:\w+|func|class)\}|:(?:py:)?(?:func|class|meth|mod|ref|doc):",
    "a field": r":(?:param|type|returns?|rtype|raises)\b[^:\n]*:|:param ",
    "a substitution": r"(?<![\w|])\|[A-Za-z][\w -]*\|(?![\w|])|\{\{|\}\}",
    "a link": r"\]\(|`_\b",
    "emphasis": r"\*\*\w|``",
    "a heading": r"^#{1,6} ",
}
"""What no reader should see outside code."""

GENERATED = {"genindex", "py-modindex", "search", "404", "http-routingtable"}
"""Pages without a source."""

KEPT_STYLES = {
    ("table", "width: 100%"),
    ("td", "width: 33%; vertical-align: top;"),
    ("img", "display: none"),
}
"""``style`` attributes of Sphinx's index pages. The policy ignores them; the pages stand it."""


@cache
def parsed(path: Path) -> BeautifulSoup:
    """Return a page, parsed once."""
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def names(site: Path) -> list[str]:
    """Return the names of all HTML pages."""
    found = (path.relative_to(site).with_suffix("").as_posix() for path in site.rglob("*.html"))
    return sorted(name for name in found if not name.startswith("_static/"))


def documents(site: Path) -> list[str]:
    """Return the pages that have a source: not those that lead on from an old address."""
    moved = yaml.safe_load((ROOT / "source" / "_data" / "redirects.yaml").read_text("utf-8"))
    apart = GENERATED | moved.keys()
    return [n for n in names(site) if n not in apart and not n.startswith("_modules/")]


def collect(site: Path, check: object, pages: list[str] | None = None) -> str:
    """Return ``page: fault`` lines of ``check(soup)`` over pages; empty if there is none."""
    assert callable(check)
    every = names(site) if pages is None else pages
    assert every
    return "\n".join(f"{n}: {f}" for n in every for f in check(parsed(site / f"{n}.html")))


# -- Markup ----------------------------------------------------------------------------------


def leaked(soup: BeautifulSoup) -> list[str]:
    """Return markup that is visible outside code."""
    body = BeautifulSoup(str(soup.body), "html.parser")
    for element in body.select("script, style, pre, code, kbd, samp, svg, template, .sig"):
        element.replace_with("\N{OBJECT REPLACEMENT CHARACTER}")
    for element in body("strong", string=re.compile(r"\*{1,2}\w+")):
        if re.fullmatch(r"\*{1,2}\w+", element.get_text()):  # a parameter such as **kwargs
            element.replace_with(element.get_text().strip("*"))
    faults = [f"{tag.get_text()[:80]!r} is marked as wrong" for tag in body(class_="problematic")]
    faults += [f"{tag.get_text()[:80]!r}" for tag in body(class_="system-message")]
    for element in body(["p", "li", "dt", "dd", "td", "th", "h1", "h2", "h3", "h4", "figcaption"]):
        text = "".join(
            part if isinstance(part, str) else f" {part.get_text()} " if is_inline(part) else "\n"
            for part in element.children
        )
        faults += [
            f"{kind} in {text.strip()[:80]!r}"
            for kind, pattern in MARKUP.items()
            if re.search(pattern, text, re.MULTILINE)
        ]
    return faults


def is_inline(tag: object) -> bool:
    """Tell whether a tag is part of its parent's text."""
    return isinstance(tag, Tag) and tag.name in {"a", "em", "strong", "span", "b", "i"}


def test_no_markup_is_visible(site: Path) -> None:
    faults = collect(site, leaked)
    assert not faults, faults


@pytest.mark.parametrize(
    "html",
    [
        "<p>.. click:: mltrack.cli:run</p>",
        "<p>:param x: a number</p>",
        "<li>:returns: a number</li>",
        "<p>:::{note}</p>",
        "<p>```{asciinema} landing</p>",
        "<p>See {doc}<code>install</code>.</p>",
        "<p>See :py:func:<code>track</code>.</p>",
        "<td>Version |release| is out</td>",
        "<p>Read [this](there.md).</p>",
        "<dd>A **bold <em>claim</em></dd>",
        "<dd><strong>**bold claim</strong></dd>",
        "<h2>## Twice</h2>",
        '<p><span class="problematic">*x</span></p>',
    ],
)
def test_leaked_markup_is_found(html: str) -> None:
    assert leaked(BeautifulSoup(f"<body>{html}</body>", "html.parser"))


def test_code_and_tables_may_show_markup() -> None:
    html = "<p><code>:param x:</code> is a field, str | None is a type, a|b too</p><pre>```</pre>"
    assert leaked(BeautifulSoup(f"<body>{html}</body>", "html.parser")) == []


# -- Policy ----------------------------------------------------------------------------------


def inline(soup: BeautifulSoup) -> list[str]:
    """Return what a Content-Security-Policy without 'unsafe-inline' forbids."""
    faults = []
    for tag in soup(True):
        style = tag.get("style")
        if style and (tag.name, style) not in KEPT_STYLES:
            faults.append(f"<{tag.name} style={style!r}>")
        faults += [f"<{tag.name} {name}=…>" for name in tag.attrs if name.startswith("on")]
        faults += [
            f"<{tag.name} {name}={tag[name]!r}>"
            for name in ("href", "src", "action")
            if str(tag.get(name, "")).strip().lower().startswith("javascript:")
        ]
    faults += [f"<style>{tag.string}"[:80] for tag in soup("style")]
    faults += [
        f"<script>{tag.string}"[:80] for tag in soup("script") if not tag.get("src") and runs(tag)
    ]
    return sorted(set(faults))


def runs(script: Tag) -> bool:
    """Tell whether a script may run: a block of JSON-LD is data, and nothing else is allowed."""
    if script.attrs != {"type": "application/ld+json"}:
        return True
    try:
        json.loads(script.string or "")
    except ValueError:
        return True
    return False


def test_nothing_is_inline(site: Path) -> None:
    faults = collect(site, inline)
    assert not faults, faults


def test_only_the_index_keeps_styles(site: Path) -> None:
    """The exceptions are needed, and by no other page."""
    having = [n for n in names(site) if parsed(site / f"{n}.html").find(style=True)]
    assert set(having) <= {"genindex", "py-modindex"}


@pytest.mark.parametrize(
    "html",
    [
        '<p style="color: red">x</p>',
        '<p onclick="go()">x</p>',
        "<script>go()</script>",
        '<script type="module">go()</script>',
        '<script type="text/plain">go()</script>',
        '<script type="application/ld+json">go()</script>',
        '<script type="application/ld+json" type="module" async>{}</script>',
        "<style>p {}</style>",
        '<a href="javascript:go()">x</a>',
    ],
)
def test_inline_code_is_found(html: str) -> None:
    assert inline(BeautifulSoup(html, "html.parser"))


def test_data_is_no_code() -> None:
    html = '<script type="application/ld+json">{"@type": "Thing"}</script>'
    assert inline(BeautifulSoup(html, "html.parser")) == []


LOADS = {
    "script": "src", "img": "src", "iframe": "src", "source": "src", "video": "src",
    "audio": "src", "embed": "src", "object": "data", "link": "href", "use": "href",
    "image": "href", "form": "action",
}  # fmt: skip


def foreign(soup: BeautifulSoup) -> list[str]:
    """Return what a page loads from another host."""
    return [
        f"<{tag.name} {LOADS[tag.name]}={tag.get(LOADS[tag.name])!r}>"
        for tag in soup(list(LOADS))
        if re.match(r"(?:\w+:)?//", str(tag.get(LOADS[tag.name], "")))
        and not (tag.name == "link" and tag.get("rel") == ["canonical"])
    ] + [f"srcset={tag['srcset']!r}" for tag in soup(srcset=True) if "//" in tag["srcset"]]


def foreign_css(text: str) -> list[str]:
    """Return addresses of other hosts in a style sheet."""
    return re.findall(r"(?:url\(\s*|@import\s*)[\"']?((?:\w+:)?//[^\"')]+)", text)


def test_nothing_comes_from_another_host(site: Path) -> None:
    faults = collect(site, foreign)
    sheets = list(site.rglob("*.css"))
    assert len(sheets) > 5
    for sheet in sheets:
        faults += "".join(f"{sheet}: {u}" for u in foreign_css(sheet.read_text(encoding="utf-8")))
    assert not faults, faults


def test_other_hosts_are_found() -> None:
    html = '<img src="//a.example/x.png"><link href="https://a.example/x.css"><i srcset="//b 2x">'
    assert len(foreign(BeautifulSoup(html, "html.parser"))) == 3
    css = "@import 'https://a.example/x'; a { b: url( //a.example/y ) } c { d: url(e.woff2) }"
    assert len(foreign_css(css)) == 2


# -- Links -----------------------------------------------------------------------------------


def dead_links(site: Path, page: str) -> list[str]:
    """Return links of a page to files and places that are not there."""
    faults = []
    for tag in parsed(site / page)(True):
        for name in ("href", "src", "action", "data-cast"):
            value = tag.get(name)
            if value is None or urlsplit(str(value)).scheme or str(value).startswith("//"):
                continue
            link = urlsplit(str(value))
            path = unquote(link.path)
            target = (
                page if not path else path if path[0] == "/" else f"{page}/../{path}"
            )  # "/" is the site's root: on 404.html
            file = site / normpath(target).lstrip("/")
            if file.is_dir():
                file /= "index.html"
            fragment = unquote(link.fragment)
            if not file.is_file():
                faults.append(f"{value}: no such file")
            elif fragment and file.suffix == ".html" and fragment not in places(file):
                faults.append(f"{value}: no such place")
    return faults


@cache
def places(path: Path) -> frozenset[str]:
    """Return the ids of a page."""
    soup = parsed(path)
    named = [str(tag["name"]) for tag in soup("a", attrs={"name": True})]
    return frozenset([*(str(tag["id"]) for tag in soup(id=True)), *named])


def test_every_internal_link_arrives(site: Path) -> None:
    found = {name: dead_links(site, f"{name}.html") for name in names(site)}
    faults = [f"{name}: {fault}" for name, faults in found.items() for fault in faults]
    assert not faults, "\n".join(faults)


def test_dead_links_are_found(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    good = '<a href="#here" id="here"></a><a href="../b.html#b"></a><a href="/b.html?q=1"></a>'
    bad = '<a href="#gone"></a><img src="../gone.png"><a href="../b.html#gone"></a>'
    (tmp_path / "a" / "a.html").write_text(good + bad)
    (tmp_path / "b.html").write_text('<p id="b">')
    assert [f.split(":")[0] for f in dead_links(tmp_path, "a/a.html")] == [
        "#gone",
        "../gone.png",
        "../b.html#gone",
    ]


def repeated(soup: BeautifulSoup) -> list[str]:
    """Return ids that a page has twice, and labels that point nowhere."""
    ids = [str(tag["id"]) for tag in soup(id=True)]
    faults = [f"id {name!r} twice" for name in sorted(set(ids)) if ids.count(name) > 1]
    for name in ("for", "aria-labelledby", "aria-describedby", "aria-controls"):
        for tag in soup(attrs={name: True}):
            faults += [f"{name}={i!r}: no such id" for i in str(tag[name]).split() if i not in ids]
    return faults


def test_ids_are_unique(site: Path) -> None:
    faults = collect(site, repeated)
    assert not faults, faults


def test_repeated_ids_are_found() -> None:
    html = '<p id="a"><p id="a"><label for="b">'
    assert len(repeated(BeautifulSoup(html, "html.parser"))) == 2


# -- Metadata --------------------------------------------------------------------------------


def head(soup: BeautifulSoup) -> list[str]:
    """Return what is missing that every page needs."""
    faults = []
    if not (soup.title and soup.title.get_text(strip=True)):
        faults.append("no title")
    if (found := len(soup("h1"))) != 1:
        faults.append(f"{found} h1")
    canonical = [str(tag.get("href")) for tag in soup("link", rel="canonical")]
    if len(canonical) != 1 or not canonical[0].startswith("https://"):
        faults.append(f"canonical: {canonical}")
    if not (soup.html and soup.html.get("lang")):
        faults.append("no lang")
    return faults


def description(soup: BeautifulSoup) -> list[str]:
    """Return what is wrong with the description."""
    found = [str(tag.get("content", "")) for tag in soup("meta", attrs={"name": "description"})]
    if len(found) != 1:
        return [f"{len(found)} descriptions"]
    fits = 50 <= len(found[0]) <= 160
    return [] if fits else [f"the description has {len(found[0])} characters, not 50 to 160"]


def test_every_page_has_title_and_canonical_link(site: Path) -> None:
    faults = collect(site, head)
    assert not faults, faults


def test_every_document_has_a_description(site: Path) -> None:
    faults = collect(site, description, documents(site))
    assert not faults, faults


def test_titles_and_descriptions_are_different(site: Path) -> None:
    for select in ("title", "meta[name=description]"):
        seen: dict[str, list[str]] = {}
        for name in documents(site):
            for tag in parsed(site / f"{name}.html").select(select)[:1]:
                seen.setdefault(str(tag.get("content") or tag.get_text()), []).append(name)
        assert {text: pages for text, pages in seen.items() if len(pages) > 1} == {}


def test_missing_metadata_is_found() -> None:
    assert len(head(BeautifulSoup("<title> </title><h1>a</h1><h1>b</h1>", "html.parser"))) == 4
    assert description(BeautifulSoup("<p>x</p>", "html.parser"))
    assert description(BeautifulSoup('<meta name="description" content="Short.">', "html.parser"))


def test_the_page_for_missing_pages_works_at_any_depth(site: Path) -> None:
    soup = parsed(site / "404.html")
    tags = soup(["script", "link", "img", "a"])
    links = [str(tag.get("src") or tag.get("href")) for tag in tags]
    local = [u for u in links if u != "None" and not u.startswith("#") and not urlsplit(u).scheme]
    assert len(local) > 10
    assert [url for url in local if not url.startswith("/")] == []


def shared(site: Path, page: str) -> list[str]:
    """Return what a page lacks that those need who share it."""
    soup = parsed(site / f"{page}.html")
    tags = {str(t["property"]): str(t["content"]) for t in soup("meta", attrs={"property": True})}
    said = soup.find("meta", attrs={"name": "description"})["content"]
    picture = site / "social" / f"{page}.png"
    faults = [f"no {name}" for name in ("title", "url", "image", "type") if not tags[f"og:{name}"]]
    if tags["og:description"] != said:
        faults.append(f"og:description is {tags['og:description']!r}, not {said!r}")
    if not (tags["og:image"].endswith(f"/social/{page}.png") and picture.is_file()):
        faults.append(f"og:image is {tags['og:image']}")
    return faults


def test_every_document_can_be_shared(site: Path) -> None:
    faults = {page: found for page in documents(site) if (found := shared(site, page))}
    assert faults == {}


def canonical_addresses(site: Path, pages: list[str]) -> set[str]:
    return {parsed(site / f"{page}.html").find("link", rel="canonical")["href"] for page in pages}


def test_the_sitemap_lists_every_document_and_nothing_else(site: Path) -> None:
    text = (site / "sitemap.xml").read_text("utf-8")
    listed = re.findall(r"<loc>([^<]+)</loc>", text)
    assert len(listed) == len(set(listed))
    assert set(listed) == canonical_addresses(site, documents(site))
    days = re.findall(r"<lastmod>([^<]+)</lastmod>", text)
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d", day) for day in days)


def test_pages_that_engines_should_not_list_say_so_and_are_not_listed(site: Path) -> None:
    robots = {
        page: parsed(site / f"{page}.html").select("meta[name=robots]") for page in names(site)
    }
    hidden = sorted(page for page, found in robots.items() if found)
    assert hidden == ["404", "search"]
    assert [[tag["content"] for tag in robots[page]] for page in hidden] == [["noindex"]] * 2
    listed = (site / "sitemap.xml").read_text("utf-8")
    assert not any(place in listed for place in canonical_addresses(site, hidden))


def test_robots_may_read_everything_and_find_the_sitemap(site: Path) -> None:
    lines = (site / "robots.txt").read_text("utf-8").splitlines()
    assert "Allow: /" in lines
    assert not any(line.startswith("Disallow") for line in lines)
    (place,) = [line.split(": ")[1] for line in lines if line.startswith("Sitemap")]
    assert place.startswith("https://")
    assert place.endswith("/sitemap.xml")


# -- Inventory -------------------------------------------------------------------------------


def test_inventory_has_the_public_names_and_the_endpoints(site: Path) -> None:
    inventory = InventoryFile.loads((site / "objects.inv").read_bytes(), uri="").data
    python = {name for kind, items in inventory.items() if kind[:3] == "py:" for name in items}
    assert [name for name in PUBLIC if f"mltrack.{name}" not in python] == []

    listed = set(inventory["std:endpoint"])
    for model in ("classification", "regression", "llm", "other"):
        path = ROOT / "source" / "_data" / "openapi" / f"{model}.json"
        document = json.loads(path.read_text(encoding="utf-8"))
        wanted = {
            f"{model} {method.upper()} {address}"
            for address, methods in document["paths"].items()
            for method in methods
        }
        assert wanted
        assert wanted <= listed
    assert any(name.startswith("container-") for name in listed)


def test_inventory_leads_to_places(site: Path) -> None:
    inventory = InventoryFile.loads((site / "objects.inv").read_bytes(), uri="").data
    dead = []
    for items in inventory.values():
        for name, item in items.items():
            path, _, place = item.uri.partition("#")
            file = site / path
            # Sphinx's own labels of generated indexes that a site may lack.
            if path.endswith(("routingtable.html",)) and not file.exists():
                continue
            if not file.is_file() or (place and unquote(place) not in places(file)):
                dead.append(f"{name}: {item.uri}")
    assert dead == []
