"""``_ext/navigation/``: the sidebar is Furo's own, folded; the order of pages; shortcuts."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

import pytest
from bs4 import BeautifulSoup

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Built

EXTENSIONS = ["sphinx_copybutton", "_ext.navigation"]
HOST = "http://site/"

PAGES = {
    "index": (
        "# Site\n\n```{toctree}\n:caption: First & best\n:hidden:\n\none\nguides/index\n"
        "Outside <https://example.org/a?b=c&d=e>\n```\n\n"
        "```{toctree}\n:caption: Second\n\nreference/index\nlast\n```\n"
    ),
    "one": "# One *with* `code` & \\<angle>\n\n## Section\n",
    "last": "# Last\n",
    "guides/index": "# Guides\n\n```{toctree}\na\nb\ndeep/index\n```\n",
    "guides/a": "# A guide\n",
    "guides/b": "# B guide\n\n```{toctree}\nb-one\n```\n",
    "guides/b-one": "# Part of B\n",
    "guides/deep/index": "# Deep\n\n```{toctree}\nx\ny\n```\n",
    "guides/deep/x": "# X\n",
    "guides/deep/y": "# Y\n\n```{toctree}\nz\n```\n",
    "guides/deep/z": "# Z, five levels down\n",
    "reference/index": "# Reference\n\n```{toctree}\n/guides/deep/far/object\n```\n",
    "guides/deep/far/object": "# An object three directories down\n",
    "lonely": "---\norphan: true\n---\n\n# In no toctree\n",
}
GENERATED = ("genindex", "search")

CONF = '''
"""Write down what Furo makes of each page's own tree, before our extension takes part."""
import json
from pathlib import Path
from furo.navigation import get_navigation_tree

FUROS = {"collapse": False, "titles_only": True, "maxdepth": -1, "includehidden": True}

def keep(app, pagename, templatename, context, doctree):
    path = Path(app.outdir, "expected.json")
    pages = json.loads(path.read_text()) if path.exists() else {}
    pages[pagename] = get_navigation_tree(context["toctree"](**FUROS))
    path.write_text(json.dumps(pages))

def setup(app):
    app.connect("html-page-context", keep, priority=100)
'''


@pytest.fixture
def site(build: Callable[..., Built]) -> Built:
    built = build(PAGES, EXTENSIONS, files={"conf.py": CONF})
    assert built.warnings == ""
    return built


def structure(tree: Any, page: str) -> list[dict[str, Any]]:
    """Return the sidebar's captions and entries, with addresses in full."""
    url = urljoin(HOST, f"{page}.html")
    entries: list[dict[str, Any]] = []
    for element in tree.select("p.caption, li"):
        if element.name == "p":
            entries.append({"caption": element.get_text()})
            continue
        link = element.find("a", recursive=False)
        box = element.find("input", recursive=False)
        label = element.find("label", recursive=False)
        entries.append(
            {
                "classes": set(element["class"]),
                "depth": len(element.find_parents("li")),
                "link": set(link["class"]),
                "href": urljoin(url, link["href"]),
                "title": link.decode_contents(),
                "checked": box is not None and box.has_attr("checked"),
                "box": {k: v for k, v in box.attrs.items() if k != "checked"} if box else None,
                "label": label["for"] if label else None,
                "children": [child.name for child in element.find_all(True, recursive=False)],
            }
        )
    return entries


def folded(tree: str) -> Any:
    """Return Furo's tree without what is below entries that do not lead to the page."""
    soup = BeautifulSoup(tree, "html.parser")
    for entry in soup.select("li:not(.current)"):
        if below := entry.find("ul", recursive=False):
            below.decompose()
    return soup


def sidebar(site: Built, page: str) -> Any:
    tree = site.soup(page).select_one(".sidebar-tree")
    assert tree is not None
    return tree


@pytest.mark.parametrize("pages", [PAGES, GENERATED], ids=["pages", "generated"])
def test_the_sidebar_is_furos_without_what_is_elsewhere(site: Built, pages: Any) -> None:
    expected = json.loads(site.text("expected.json"))
    assert {*PAGES, *GENERATED} <= set(expected)
    for page in pages:
        ours = structure(sidebar(site, page), page)
        assert len(structure(BeautifulSoup(expected[page], "html.parser"), page)) >= 14
        assert ours == structure(folded(expected[page]), page), page


def test_the_page_is_marked_once(site: Built) -> None:
    for page in [*PAGES, *GENERATED]:
        marked = sidebar(site, page).select("[aria-current]")
        if page in ("index", "lonely", *GENERATED):
            assert marked == [], page
            continue
        (link,) = marked
        assert link["aria-current"] == "page"
        assert urljoin(f"{HOST}{page}.html", link["href"]) == f"{HOST}{page}.html"
        assert "current-page" in link.parent["class"]


def test_the_branches_above_the_page_are_open_and_no_other(site: Built) -> None:
    open_ = [
        box.find_previous_sibling("a").get_text()
        for box in sidebar(site, "guides/deep/z").select("input[checked]")
    ]
    assert open_ == ["Guides", "Deep", "Y"]
    assert not sidebar(site, "one").select("input[checked]")


def test_titles_stay_escaped(site: Built) -> None:
    link = sidebar(site, "last").find("a", href="one.html")
    assert link.get_text() == "One with code & <angle>"


def test_each_depth_is_computed_once(site: Built) -> None:
    from _ext.navigation import _of

    assert sorted(_of(site.app).trees) == [0, 1, 2, 3]


def test_a_page_in_two_toctrees(build: Callable[..., Built]) -> None:
    pages = {
        "index": "# Site\n\n```{toctree}\na/index\nb/index\n```\n",
        "a/index": "# A\n\n```{toctree}\n/shared\n```\n",
        "b/index": "# B\n\n```{toctree}\n/shared\n```\n",
        "shared": "# Shared\n",
    }
    built = build(pages, EXTENSIONS, files={"conf.py": CONF})
    expected = BeautifulSoup(json.loads(built.text("expected.json"))["shared"], "html.parser")
    assert structure(sidebar(built, "shared"), "shared") == structure(expected, "shared")


# -- Icons of sections -----------------------------------------------------------------------

SECTIONS = "# Icons\nguides/index: compass\nlast: rocket\n"


def with_icons(build: Callable[..., Built], sections: str, **config: Any) -> Built:
    files = {"conf.py": CONF, "_data/sections.yaml": sections}
    return build(
        PAGES, EXTENSIONS, files=files, navigation_sections="_data/sections.yaml", **config
    )


def test_sections_have_their_icons_and_nothing_else_changes(build: Callable[..., Built]) -> None:
    built = with_icons(build, SECTIONS)
    assert built.warnings == ""
    expected = json.loads(built.text("expected.json"))
    for page in [*PAGES, *GENERATED]:
        tree = sidebar(built, page)
        having = [icon.parent.get_text() for icon in tree.select("a > svg.mlt-icon")]
        assert having == ["Guides", "Last"], page
        for icon in tree.select("a > svg.mlt-icon"):
            assert icon["aria-hidden"] == "true"
            icon.extract()
        assert structure(tree, page) == structure(folded(expected[page]), page), page


def test_icons_on_the_page_for_missing_pages(build: Callable[..., Built]) -> None:
    pages = {**PAGES, "404": "---\norphan: true\n---\n# Gone\n"}
    built = build(
        pages,
        [*EXTENSIONS, "notfound.extension"],
        files={"_data/sections.yaml": SECTIONS},
        navigation_sections="_data/sections.yaml",
        notfound_urls_prefix="/en/stable/",
    )
    links = [icon.parent for icon in sidebar(built, "404").select("a > svg.mlt-icon")]
    assert [link["href"] for link in links] == [
        "/en/stable/guides/index.html",
        "/en/stable/last.html",
    ]


@pytest.mark.parametrize(
    ("sections", "warning", "remedy"),
    [
        ("last: rocket\none: nothing\n", "sections.yaml:2", "there are: activity, "),
        ("last: rocket\nno-such: code\n", "sections.yaml:2", "name the first page of a section"),
        ("- last\n", "sections.yaml:1", "valid dictionary"),
    ],
    ids=["icon", "page", "file"],
)
def test_wrong_sections_warn(
    build: Callable[..., Built], sections: str, warning: str, remedy: str
) -> None:
    built = with_icons(build, sections)
    (line,) = [line for line in built.warnings.splitlines() if "[navigation." in line]
    assert warning in line
    assert remedy in line


def test_a_missing_data_file_warns(build: Callable[..., Built]) -> None:
    built = build(PAGES, EXTENSIONS, files={"conf.py": CONF}, navigation_sections="no.yaml")
    assert "no.yaml" in built.warnings
    assert "[navigation.file]" in built.warnings


def test_a_text_build_survives(build: Callable[..., Built]) -> None:
    built = build({"index": "# Page\n"}, EXTENSIONS, builder="text")
    assert built.warnings == ""
    assert "Page" in built.text("index.txt")


# -- The page before and after ---------------------------------------------------------------

BOOK = {
    "index": "# Site\n\n```{toctree}\n:hidden:\na/index\nSecond <b/index>\n```\n",
    "a/index": "# First *part*\n\n```{toctree}\none\ntwo\n```\n",
    "a/one": "# One & `code`\n",
    "a/two": "# Two\n",
    "b/index": "# Part two\n\n```{toctree}\nthree\n```\n",
    "b/three": "# Three\n",
    "alone": "---\norphan: true\n---\n\n# Alone\n",
}


def turns(built: Built, page: str) -> list[tuple[str, str, str | None]]:
    """Return the links at the foot of a page: label with title, address, relation."""
    return [
        (" ".join(link.get_text(" ").split()), str(link["href"]), (link.get("rel") or [None])[0])
        for link in built.soup(page).select(".mlt-turn a")
    ]


def test_the_order_of_pages_stays_in_the_section(build: Callable[..., Built]) -> None:
    built = build(BOOK, EXTENSIONS)
    assert built.warnings == ""
    assert turns(built, "a/one") == [
        ("Previous First part", "index.html", "prev"),
        ("Next Two", "two.html", "next"),
    ]
    assert turns(built, "a/two") == [
        ("Previous One & code", "one.html", "prev"),
        ("Next section Second", "../b/index.html", None),
    ]
    assert turns(built, "b/index") == [
        ("Previous section First part", "../a/index.html", None),
        ("Next Three", "three.html", "next"),
    ]
    assert turns(built, "b/three") == [("Previous Part two", "index.html", "prev")]
    assert turns(built, "index") == [("Next section First part", "a/index.html", None)]
    assert turns(built, "alone") == []


def test_links_in_the_head_stay_in_the_section_too(build: Callable[..., Built]) -> None:
    built = build(BOOK, EXTENSIONS)

    def linked(page: str) -> list[tuple[str, str]]:
        found = built.soup(page).select("head link[rel=prev], head link[rel=next]")
        return sorted((str(link["rel"][0]), str(link["href"])) for link in found)

    assert linked("a/two") == [("prev", "one.html")]
    assert linked("b/index") == [("next", "three.html")]
    assert linked("index") == []


# -- Weight ----------------------------------------------------------------------------------


def book(chapters: int, sections: int = 4, size: int = 6) -> dict[str, str]:
    """Return a site of sections, with so many chapters in each, with six pages in each."""
    top = "\n".join(f"s{section}/index" for section in range(sections))
    found = {"index": f"# Site\n\n```{{toctree}}\n{top}\n```\n"}
    names = "\n".join(f"c{chapter}/index" for chapter in range(chapters))
    inner = "\n".join(f"p{number}" for number in range(size))
    for section in range(sections):
        found[f"s{section}/index"] = f"# Section {section}\n\n```{{toctree}}\n{names}\n```\n"
        for chapter in range(chapters):
            name = f"s{section}/c{chapter}"
            found[f"{name}/index"] = f"# Chapter {chapter}\n\n```{{toctree}}\n{inner}\n```\n"
            found |= {f"{name}/p{number}": f"# Page {number}\n" for number in range(size)}
    return found


def test_the_sidebar_grows_less_than_the_site(build: Callable[..., Built]) -> None:
    weights, sizes = [], []
    for chapters in (1, 5):
        pages = book(chapters)
        built = build(pages, EXTENSIONS)
        assert len(sidebar(built, "s1/c0/p1").select("li")) == 4 + chapters + 6
        weights.append(len(gzip.compress(str(sidebar(built, "s1/c0/p1")).encode())))
        sizes.append(len(pages))
    assert sizes == [33, 145]
    assert weights[1] < 1.25 * weights[0], weights


TWO = ["Two", "a/two.html", []]
MOVED = """
def setup(app):
    app.add_config_value("redirects", {"old/page": "../a/one.html"}, "html")
"""


def test_all_pages_are_listed_once_for_scripts(build: Callable[..., Built]) -> None:
    built = build(BOOK, EXTENSIONS, files={"conf.py": MOVED})
    pages, moved = built.text("_static/navigation/pages.js").splitlines()
    assert json.loads(pages.removeprefix("self.mltPages = ").rstrip(";")) == [
        [
            "First part",
            "a/index.html",
            [["One & code", "a/one.html", []], ["Two", "a/two.html", []]],
        ],
        ["Second", "b/index.html", [["Three", "b/three.html", []]]],
    ]
    assert json.loads(moved.removeprefix("self.mltMoved = ").rstrip(";")) == {
        "old/page": "../a/one.html"
    }
