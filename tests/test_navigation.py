"""``_ext/navigation.py``: the sidebar is Furo's own, page by page."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

import pytest
from bs4 import BeautifulSoup

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Built

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


def sidebar(site: Built, page: str) -> Any:
    tree = site.soup(page).select_one(".sidebar-tree")
    assert tree is not None
    return tree


@pytest.mark.parametrize("pages", [PAGES, GENERATED], ids=["pages", "generated"])
def test_the_sidebar_is_furos(site: Built, pages: Any) -> None:
    expected = json.loads(site.text("expected.json"))
    assert {*PAGES, *GENERATED} <= set(expected)
    for page in pages:
        ours = structure(sidebar(site, page), page)
        furos = structure(BeautifulSoup(expected[page], "html.parser"), page)
        assert len(furos) >= 14
        assert ours == furos, page


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
        furos = BeautifulSoup(expected[page], "html.parser")
        assert structure(tree, page) == structure(furos, page), page


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
