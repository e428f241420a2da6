"""Old addresses lead to new ones, sections too, under the policy and without scripts."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sphinx.testing.util import SphinxTestApp

from tests.browser import serve
from tests.conftest import BASE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

    from tests.conftest import Built

    Build = Callable[..., Built]

BODY = "\n\nWords.\n" * 60
PAGES = {
    "index": "# Home\n\n```{toctree}\nguides/new\nguides/rest\n```\n",
    "guides/new": f"# New\n{BODY}\n## Budget\n{BODY}",
    "guides/rest": f"# Rest\n{BODY}\n## Limits\n{BODY}",
}
DATA = """guides/old: guides/new
older:
  to: guides/new
  sections:
    ceiling: guides/rest#limits
    '<b>"&': guides/rest
guides/part: guides/new#budget
away: https://example.org/a?b=1&c=2
"""
EXTENSIONS = ["_ext.redirects"]


def site(build: Build, data: str = DATA, **config: Any) -> Built:
    files = {"redirects.yaml": data}
    settings = {"redirects_data": "redirects.yaml", **config}
    return build(PAGES, EXTENSIONS, files=files, **settings)


def test_the_canonical_address_is_whole_where_the_site_has_one(build: Build) -> None:
    built = site(build, html_baseurl="https://docs.example.org/en/")
    links = [
        built.soup(page).select_one("link[rel=canonical]")["href"]
        for page in ("guides/old", "guides/part", "away")
    ]
    assert links == [
        "https://docs.example.org/en/guides/new.html",
        "https://docs.example.org/en/guides/new.html#budget",
        "https://example.org/a?b=1&c=2",
    ]


def test_a_page_stands_at_each_old_address(build: Build) -> None:
    built = site(build)
    assert "redirects" not in built.warnings
    soup = built.soup("guides/old")
    assert soup.select_one("link[rel=canonical]")["href"] == "new.html"
    assert soup.select_one("noscript meta")["content"] == "0; url=new.html"
    assert soup.select_one("script")["src"] == "../_static/js/redirect.js"
    assert built.soup("older").select_one("script")["src"] == "_static/js/redirect.js"
    assert built.soup("older").select_one("#ceiling a")["href"] == "guides/rest.html#limits"
    assert built.soup("guides/part").select_one("p a")["href"] == "new.html#budget"
    assert built.soup("away").select_one("p a")["href"] == "https://example.org/a?b=1&c=2"
    for page in ("guides/old", "older", "away"):
        assert "<!-- s" not in built.text(f"{page}.html")


def test_a_hostile_name_is_escaped(build: Build) -> None:
    text = site(build).text("older.html")
    assert "<b>" not in text
    assert "&lt;b&gt;&#34;&amp;" in text


@pytest.mark.parametrize(
    ("data", "line", "message"),
    [
        ("a: index\nold: nowhere\n", 2, "old leads to nowhere, and there is no such page"),
        ("old: index.html\n", 1, "there is no such page; pages have no suffix"),
        ("one: two\ntwo: index\n", 1, "leads to two, which leads on: name the page where"),
        ("one: two\ntwo: one\n", 1, "leads to two, which leads on"),
        ("one: one\n", 1, "one leads to itself"),
        ("guides/new: index\n", 1, "there is a page guides/new: it cannot lead elsewhere too"),
        ("a:\n  to: index\n  sections:\n    b: gone#c\n", 4, "a leads to gone, and there is no"),
        ("a: index\n/b.html: index\n", 2, "is no page: write guides/old, without suffix"),
        ("a:\n  too: index\n", 1, "Field required"),
        ("a: [\n", 2, "not YAML"),
    ],
)
def test_a_wrong_entry_warns_with_its_line(
    build: Build, data: str, line: int, message: str
) -> None:
    warnings = site(build, data).warnings
    assert re.search(rf"redirects\.yaml:{line}: WARNING: .*\[redirects\.", warnings), warnings
    assert message in warnings


def test_a_missing_file_warns(build: Build) -> None:
    built = build(PAGES, EXTENSIONS, redirects_data="none.yaml")
    assert "redirects_data cannot be read" in built.warnings
    assert "[redirects.file]" in built.warnings


def test_without_the_setting_nothing_is_written(build: Build) -> None:
    built = build(PAGES, EXTENSIONS, files={"redirects.yaml": DATA})
    assert not (built.out / "older.html").exists()


def test_a_text_build_survives(build: Build) -> None:
    built = site(build, builder="text")
    assert "Home" in built.text("index.txt")
    assert not list(built.out.rglob("older*"))


def rebuilt(built: Built) -> str:
    """Build once more in a new process's place, and return what Sphinx says."""
    settings = {**BASE, "extensions": ["myst_nb", *EXTENSIONS], "redirects_data": "redirects.yaml"}
    again = SphinxTestApp("html", srcdir=Path(built.app.srcdir), confoverrides=settings)
    try:
        again.build()
        return str(again.status.getvalue())
    finally:
        again.cleanup()


def test_a_changed_file_changes_the_pages_and_an_unchanged_one_reads_none(build: Build) -> None:
    built = site(build)
    assert "0 added, 0 changed" in rebuilt(built)
    path = Path(built.app.srcdir) / "redirects.yaml"
    path.write_text(path.read_text().replace("old: guides/new", "old: guides/rest"))
    rebuilt(built)
    assert 'href="rest.html"' in built.text("guides/old.html")


ANCHOR = '# A\n\n:::{anchor} <b>.c_D"&\n:::\n\nText.\n'


def test_an_anchor_is_kept_as_it_was_spelled(build: Build) -> None:
    built = build(ANCHOR, EXTENSIONS)
    assert "redirects" not in built.warnings
    assert built.article().find(id='<b>.c_D"&')
    assert "<b>" not in built.text()
    assert "Text." in build(ANCHOR, EXTENSIONS, builder="text").text("index.txt")


def test_an_anchor_that_the_page_has_warns(build: Build) -> None:
    warnings = build("# A\n\n:::{anchor} a\n:::\n", EXTENSIONS).warnings
    assert re.search(r"index\.md:3: WARNING: the page has an anchor 'a'", warnings), warnings
    assert "[redirects.anchor]" in warnings


# -- In a browser ----------------------------------------------------------------------------


@pytest.fixture
def opened(build: Build, browser: Browser) -> Iterator[Callable[..., Page]]:
    faults: list[str] = []
    contexts = []
    with serve(site(build).out) as url:

        def go(path: str, **options: Any) -> Page:
            context = browser.new_context(**options)
            contexts.append(context)
            tab = context.new_page()
            tab.on("console", lambda m: faults.append(m.text) if m.type == "error" else None)
            tab.goto(f"{url}/{path}", wait_until="load")
            return tab

        yield go
        for context in contexts:
            context.close()
    assert faults == []


@pytest.mark.browser
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("guides/old.html", "guides/new.html"),
        ("guides/old.html?a=1#budget", "guides/new.html?a=1#budget"),
        ("older.html#ceiling", "guides/rest.html#limits"),
        ("older.html#budget", "guides/new.html#budget"),
        ("guides/part.html#x", "guides/new.html#budget"),
        ("older.html#%E0%A4%A", "guides/new.html#%E0%A4%A"),
    ],
)
def test_the_reader_arrives_with_the_section(
    opened: Callable[..., Page], old: str, new: str
) -> None:
    tab = opened(old)
    tab.wait_for_url(f"**/{new}")
    assert tab.evaluate("history.length") <= 2, "going back does not come here again"


@pytest.mark.browser
def test_the_reader_arrives_without_scripts(opened: Callable[..., Page]) -> None:
    tab = opened("guides/old.html", java_script_enabled=False)
    tab.wait_for_url("**/guides/new.html")


@pytest.mark.browser
def test_it_works_from_disk(build: Build, browser: Browser) -> None:
    built = site(build)
    tab = browser.new_page()
    tab.goto((built.out / "older.html").as_uri() + "#ceiling", wait_until="load")
    tab.wait_for_url("**/guides/rest.html#limits")
    tab.close()
