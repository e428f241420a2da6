"""Pages as Markdown: what a twin holds, when it is renewed, and the row that copies it."""

from __future__ import annotations

import html
import json
import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urljoin

import pytest
import yaml
from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup
from docutils import nodes
from docutils.utils import new_document
from markdown_it import MarkdownIt
from test_site import MARKUP

from _ext._shared.versions import installed
from _ext.page_markdown.blocks import Blocks
from _ext.page_markdown.inline import begin, code, escape, link
from _ext.page_markdown.pieces import fence, indent
from _ext.page_markdown.tables import from_html, pipes
from tests.browser import serve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from tests.conftest import Built

    Build = Callable[..., Built]

EXTENSIONS = ["sphinx_copybutton", "notfound.extension", "_ext.page_markdown"]
BASE = "https://docs.example.org/en/latest/"
HOSTILE = "<script>alert(1)</script> \"&' `x` [a](b) *c* _d_ | e"
PAGES = {
    "index": "# Site\n\n```{toctree}\na/one\na/two\n```\n",
    "a/one": (
        "---\nmyst:\n  html_meta:\n    description: 'One: the \"first\"'\n---\n\n"
        "# One\n\nText, {doc}`two`, {doc}`the site </index>`, <https://example.org/x>.\n\n"
        "## Part\n\n[There](two.md#section) and [here](#part).\n"
    ),
    "a/two": "# Two\n\n## Section\n\nBack to {doc}`one`.\n",
    "404": "---\norphan: true\n---\n\n# Missing\n",
}
ANCHORS: dict[str, Any] = {"myst_heading_anchors": 2}
FIELDS: dict[str, Any] = {"myst_enable_extensions": ["colon_fence", "deflist", "fieldlist"]}
GFM = MarkdownIt("commonmark").enable("table")


def twin(built: Built, page: str = "index") -> str:
    """Return a page's Markdown without its front matter."""
    return body(built.text(f"{page}.md"))


def written(build: Build, body: str, **options: Any) -> str:
    """Return the Markdown of one page below its title."""
    built = build(f"# Page\n\n{body}", EXTENSIONS, **ANCHORS, **options)
    assert built.warnings == ""
    title, _, rest = twin(built).partition("\n\n")
    assert title == "# Page"
    return rest.rstrip("\n")


# -- Standard --------------------------------------------------------------------------------


def test_a_page_has_a_twin_that_says_what_it_is(build: Build) -> None:
    built = build(PAGES, EXTENSIONS, html_baseurl=BASE, release="1.2", **ANCHORS)
    assert built.warnings == ""
    head, _, text = built.text("a/one.md").removeprefix("---\n").partition("\n---\n\n")
    versions = ", ".join(f"{name} {version}" for name, version in installed().items())
    assert yaml.safe_load(head) == {
        "title": "One",
        "description": 'One: the "first"',
        "canonical_url": f"{BASE}a/one.html",
        "version": "1.2",
        "verified_against": versions,
    }
    assert text.startswith("# One\n\nText, ")
    assert "\n\n## Part\n\n" in text


def test_the_head_and_the_row_lead_to_the_twin(build: Build) -> None:
    built = build(PAGES, EXTENSIONS)
    soup = built.soup("a/one")
    assert soup.select_one("head link[type='text/markdown'][rel=alternate]")["href"] == "one.md"
    row = soup.select_one("section.mlt-page-markdown")
    assert row.a["href"] == "one.md"
    assert row.a.get_text() == "Open as Markdown"
    assert row.button.has_attr("hidden"), "only a script shows it"
    assert row.select_one("[role=status]").get_text() == ""
    assert row.find_parent("article") is None


def test_pages_without_a_twin_have_no_row_and_no_link(build: Build) -> None:
    built = build(PAGES, EXTENSIONS)
    for page in ("404", "search", "genindex"):
        assert not (built.out / f"{page}.md").exists(), page
        assert "markdown" not in built.text(f"{page}.html"), page
    assert built.soup("index").select(".mlt-page-markdown") == [], "the first page has no row"
    assert built.soup("index").select("link[href='index.md']")


def test_the_assets_are_on_pages_with_a_row_and_on_no_other(build: Build) -> None:
    built = build(PAGES, EXTENSIONS)
    for page in ("a/one", "a/two", "index", "404", "search", "genindex"):
        having = page.startswith("a/")
        text = built.text(f"{page}.html")
        assert ("css/page-markdown.css" in text) is having, page
        assert ("js/page-markdown.js" in text) is having, page


def test_a_hostile_string_comes_out_escaped(build: Build) -> None:
    hostile = '\\<script>alert(1)\\</script> "& \\`x\\` \\[a](b)'
    page = PAGES["a/one"].replace("# One", f"# {hostile}").replace("One: the", "<script>")
    built = build({**PAGES, "a/one": page}, EXTENSIONS, smartquotes=False)
    head, _, text = built.text("a/one.md").removeprefix("---\n").partition("\n---\n\n")
    facts = yaml.safe_load(head)
    assert facts["title"] == '<script>alert(1)</script> "& `x` [a](b)'
    assert facts["description"] == '<script> "first"'
    title = GFM.render(text).partition("\n")[0]
    assert title == "<h1>&lt;script&gt;alert(1)&lt;/script&gt; &quot;&amp; `x` [a](b)</h1>"
    assert "<script>alert" not in built.text("a/one.html")


def test_a_page_with_a_hostile_name_has_a_link_that_holds(build: Build) -> None:
    built = build({**PAGES, 'a/x"&y': "---\norphan: true\n---\n\n# X\n"}, EXTENSIONS)
    (anchor,) = built.soup('a/x"&y').select(".mlt-page-markdown a")
    assert anchor["href"] == 'x"&y.md'


@pytest.mark.parametrize("builder", ["text", "dirhtml"])
def test_other_builders_survive_without_twins(build: Build, builder: str) -> None:
    built = build(PAGES, EXTENSIONS, builder=builder, **ANCHORS)
    assert built.warnings == ""
    assert not list(built.out.glob("a/**/*.md"))
    assert not (built.out / "index.md").exists()
    assert "mlt-page-markdown" not in "".join(
        path.read_text("utf-8") for path in built.out.rglob("*.html")
    )


def test_what_sphinx_could_not_read_is_left_out(build: Build) -> None:
    """A faulty page warns as before; its twin has the rest and no message of Sphinx."""
    built = build("# Page\n\n```{nothing}\n```\n\n{nobody}`x` stays.\n", EXTENSIONS)
    assert "Unknown directive type: 'nothing'" in built.warnings
    assert "index.md:3" in built.warnings
    assert "Unknown" not in twin(built)
    assert twin(built).rstrip().endswith("stays.")


# -- Links -----------------------------------------------------------------------------------


def test_links_lead_to_twins(build: Build) -> None:
    built = build(PAGES, EXTENSIONS, html_baseurl=BASE)
    assert f"[Two]({BASE}a/two.md), [the site]({BASE}index.md)" in twin(built, "a/one")
    assert f"[There]({BASE}a/two.md#section) and [here](#part)" in twin(built, "a/one")
    assert "<https://example.org/x>" in twin(built, "a/one")


def test_links_of_a_site_without_an_address_are_relative(build: Build) -> None:
    built = build(PAGES, EXTENSIONS)
    targets = re.findall(r"\]\(([^)#]+)", twin(built, "a/one"))
    assert [urljoin("a/one.md", target) for target in targets] == [
        "a/two.md", "index.md", "a/two.md",
    ]  # fmt: skip


def test_a_link_to_a_page_without_a_twin_stays(build: Build) -> None:
    pages = {**PAGES, "a/two": "# Two\n\n{doc}`/404` {ref}`genindex`\n"}
    built = build(pages, EXTENSIONS, html_baseurl=BASE)
    assert f"[Missing]({BASE}404.html) [Index]({BASE}genindex.html)" in twin(built, "a/two")


def test_images_and_downloads_have_whole_addresses(build: Build) -> None:
    body = "![A dot](dot.svg)\n\n{download}`dot.svg`\n"
    files = {"dot.svg": '<svg xmlns="http://www.w3.org/2000/svg"/>'}
    text = written(build, body, files=files, html_baseurl=BASE)
    assert f"![A dot]({BASE}_images/dot.svg)" in text
    assert re.search(rf"\[`dot\.svg`\]\({BASE}_downloads/[0-9a-f]+/dot\.svg\)", text)


def test_a_table_of_contents_is_a_list(build: Build) -> None:
    tree = "```{toctree}\n:caption: More\n:maxdepth: 2\n\na/one\na/two\n```\n"
    built = build({**PAGES, "index": f"# Site\n\n{tree}"}, EXTENSIONS, html_baseurl=BASE)
    assert f"\n\n**More**\n\n- [One]({BASE}a/one.md)\n  - [Part](" in twin(built)
    assert f"\n- [Two]({BASE}a/two.md)\n  - [Section](" in twin(built)


# -- Blocks ----------------------------------------------------------------------------------

NOTEBOOK = {
    "metadata": {"kernelspec": {"name": "python3", "display_name": "Python"},
                 "language_info": {"name": "python"}},
    "nbformat": 4, "nbformat_minor": 5,
    "cells": [
        {"cell_type": "markdown", "id": "a", "metadata": {}, "source": "# Page"},
        {"cell_type": "code", "id": "b", "metadata": {}, "execution_count": 1,
         "source": "print('one')", "outputs": [
             {"output_type": "stream", "name": "stdout", "text": "\x1b[31mone\x1b[0m\n"}]},
        {"cell_type": "code", "id": "c", "metadata": {}, "execution_count": 2,
         "source": "frame", "outputs": [
             {"output_type": "execute_result", "execution_count": 2, "metadata": {}, "data": {
                 "text/html": "<style>td { color: red }</style><table><tr><th></th><th>a|b</th>"
                              "</tr><tr><th>0</th><td>1 &lt; 2</td></tr></table><p>1 row</p>"}}]},
        {"cell_type": "code", "id": "d", "metadata": {}, "execution_count": 3,
         "source": "1 / 0", "outputs": [
             {"output_type": "error", "ename": "ZeroDivisionError", "evalue": "division by zero",
              "traceback": ["ZeroDivisionError: division by zero"]}]},
    ],
}  # fmt: skip


def test_outputs_of_cells_are_in_the_twin(build: Build) -> None:
    built = build({}, EXTENSIONS, files={"index.ipynb": json.dumps(NOTEBOOK)})
    assert twin(built).split("\n\n", 1)[1].rstrip() == (
        "```python\nprint('one')\n```\n\n"
        "```\none\n```\n\n"
        "```python\nframe\n```\n\n"
        "| | a\\|b |\n| --- | --- |\n| 0 | 1 < 2 |\n\n1 row\n\n"
        "```python\n1 / 0\n```\n\n"
        "```ipythontb\nZeroDivisionError: division by zero\n```"
    )


BLOCKS = {
    "table": (
        "| a | b |\n|---|---|\n| `x\\|y` | *two* |\n",
        "| a | b |\n| --- | --- |\n| `x\\|y` | *two* |",
    ),
    "admonition": (
        ":::{warning}\nHot.\n\n- one\n- two\n:::\n",
        "> **Warning**\n>\n> Hot.\n>\n> - one\n> - two",
    ),
    "own title": (":::{admonition} Mind *this*\nText.\n:::\n", "> **Mind *this***\n>\n> Text."),
    "code": ("```python\nx = '```'\n```\n", "````python\nx = '```'\n````"),
    "nested list": ("1. one\n\n   - two\n2. three\n", "1. one\n   - two\n2. three"),
    "list with code": (
        "- one\n\n  ```bash\n  ls\n  ```\n",
        "- one\n\n  ```bash\n  ls\n  ```",
    ),
    "definition": ("`term`\n: What it is.\n", "- `term`: What it is."),
    "definitions": (
        "one\n: `code` first.\n\ntwo\n: - a list\n",
        "- **one**: `code` first.\n\n- **two**\n\n  - a list",
    ),
    "quotation": ("> Said.\n", "> Said."),
    "comment": ("Text.\n\n% not for readers\n", "Text."),
    "text that looks like a list": ("\\- one\n", "\\- one"),
    "note": ("Text[^a].\n\n[^a]: Why.\n", "Text[^1].\n\n---\n\n[^1]: Why."),
    "break": ("one\\\ntwo\n", "one  \ntwo"),
    "break in a cell": ("| a |\n|---|\n| one<br>two |\n", "| a |\n| --- |\n| one<br>two |"),
    "fields": (":one: *two*\n", "**one:** *two*"),
}


@pytest.mark.parametrize("kind", BLOCKS)
def test_blocks_are_written_as_markdown(build: Build, kind: str) -> None:
    body, expected = BLOCKS[kind]
    assert written(build, body, **FIELDS) == expected


def test_an_object_is_a_heading_with_its_signature(build: Build) -> None:
    body = (
        "```{py:function} mltrack.track(name: str = 'a', *, tags: dict | None = None) -> None\n\n"
        "Track a run.\n\n:param name: Of the run.\n:param tags: Its tags.\n```\n"
    )
    built = build(f"# Page\n\n## Functions\n\n{body}", EXTENSIONS, **FIELDS)
    text = twin(built)
    assert "\n\n### `mltrack.track`\n\n```python\nmltrack.track(name: str = 'a', *, " in text
    assert "\n\nTrack a run.\n\n**Parameters:**\n\n- `name` – Of the run.\n- `tags`" in text
    assert "### `mltrack.track`" in text[text.index("## Functions") :]


def test_titles_of_lists_of_options_are_headings_above_them(build: Build) -> None:
    option = "```{option} --a <a>\nWhat it does.\n```\n\n"
    options = option + option.replace("a <a>", "b <b>")
    text = written(build, f"```{{rubric}} Options\n```\n\n{options}## More\n")
    assert re.findall(r"(?m)^#+ .*", text) == [
        "## Options", "### `--a <a>`", "### `--b <b>`", "## More",
    ]  # fmt: skip


def test_a_rubric_without_objects_is_a_bold_line(build: Build) -> None:
    assert written(build, "```{rubric} *Aside*\n```\n\nText.\n") == "***Aside***\n\nText."


def test_raw_html_gives_its_words_only(build: Build) -> None:
    body = '<div onclick="go()">Only <b>words</b> & more</div>\n'
    assert written(build, body) == "Only words & more"


# -- Pieces ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        HOSTILE, "snake_case __init__ _x_", "1. one", "10) ten", "# no heading", "- no item",
        "> no quotation", "a\\b", "&amp; &lt; &", "~~no~~", "[x]: y", "===", "<https://x.org>",
        "* x", "---", "+ plus", "![no](image)", "`", "``", "5 * 3 * 2", "<!-- no -->",
    ],
)  # fmt: skip
def test_escaped_text_is_shown_as_it_was(text: str) -> None:
    shown = GFM.render(begin(escape(text)))
    assert html.unescape(shown) == f"<p>{text}</p>\n"


@pytest.mark.parametrize("text", ["a", "a`b", "``", "`a", "a`", "a ``b`` c", "a|b"])
def test_code_is_shown_as_it_was(text: str) -> None:
    assert html.unescape(GFM.render(code(text))) == f"<p><code>{text}</code></p>\n"


@pytest.mark.parametrize("address", ["a b(c).md", "https://x.org/(1)<2>", "#part"])
def test_a_link_holds_any_address(address: str) -> None:
    shown = BeautifulSoup(GFM.render(link("text", address)), "html.parser")
    assert unquote(str(shown.a["href"])) == address
    assert shown.a.get_text() == "text"


def test_code_with_fences_and_colours_stays_one_block() -> None:
    (token,) = GFM.parse(fence("a\n````\nb \x1b[1mbold\x1b[0m", "ipython3"))
    assert (token.info, token.content) == ("python", "a\n````\nb bold\n")


def test_a_row_of_a_table_is_one_line_and_rows_are_filled() -> None:
    assert pipes(["a", "b"], [["1"]]) == "| a | b |\n| --- | --- |\n| 1 | |"
    assert from_html("<p>one</p><table><tr><td>x\n y</td></tr></table>two") == [
        "one", "| x y |\n| --- |", "two",
    ]  # fmt: skip
    assert indent("a\n\nb", "- ") == "- a\n\n  b"


def document(*children: nodes.Node) -> nodes.document:
    """Return a page with these nodes."""
    tree = new_document("page")
    tree += list(children)
    return tree


def test_inline_nodes_outside_of_a_paragraph_stand_apart() -> None:
    links = [nodes.reference("", text, refuri="https://x.org") for text in ("a", "b")]
    tree = document(nodes.container("", *links))
    assert Blocks(str, str).page(tree) == "[a](https://x.org) [b](https://x.org)"
    tree = document(nodes.paragraph("", "", *links))
    assert Blocks(str, str).page(tree) == "[a](https://x.org)[b](https://x.org)"


def test_a_node_that_nobody_knows_is_written_as_what_is_in_it() -> None:
    class unknown(nodes.General, nodes.Element):  # noqa: N801 - a node's name
        pass

    tree = document(unknown("", nodes.paragraph("", "kept")))
    assert Blocks(str, str).page(tree) == "kept"


# -- Builds after the first ------------------------------------------------------------------


def test_a_second_build_renews_the_twin_of_a_changed_page(build: Build) -> None:
    built = build(PAGES, EXTENSIONS)
    before = built.text("a/one.md")
    (built.app.srcdir / "a/two.md").write_text("# Two\n\nNew words.\n")
    built.app.build()
    assert "New words." in twin(built, "a/two")
    assert built.text("a/one.md") == before


def test_a_removed_page_loses_its_twin_and_downloads_stay(build: Build) -> None:
    built = build(PAGES, EXTENSIONS)
    kept = built.out / "_downloads" / "x" / "recipe.md"
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text("a file")
    (built.app.srcdir / "a/two.md").unlink()
    (built.app.srcdir / "index.md").write_text("# Site\n\n```{toctree}\na/one\n```\n")
    (built.app.srcdir / "a/one.md").write_text("# One\n")
    built.app.build()
    assert not (built.out / "a/two.md").exists()
    assert (built.out / "a/one.md").exists()
    assert kept.exists()
    assert list(built.out.rglob("*.part")) == []


# -- The whole site --------------------------------------------------------------------------

LEFT = {
    **{kind: pattern for kind, pattern in MARKUP.items() if kind != "a heading"},
    "an HTML tag": r"</[a-z]+\d?>|<(?:a|b|code|div|em|h\d|img|li|p|pre|span|svg|td|ul)\b[^>]*>",
    "an entity": r"&(?:#\d+|#x[0-9a-f]+|[a-z]+\d*);",
    "an object's address": r"\bat 0x[0-9a-f]{6,}",
}
"""What no reader of a twin should see outside of code."""


def twins(site: Path) -> dict[str, str]:
    """Return the Markdown of all pages by name, without front matter."""
    return {
        path.relative_to(site).with_suffix("").as_posix(): body(path.read_text("utf-8"))
        for path in sorted(site.rglob("*.md"))
        if not path.relative_to(site).as_posix().startswith("_")
    }


def body(text: str) -> str:
    """Return a twin without its front matter."""
    return text.partition("\n---\n\n")[2]


def leaked(text: str) -> list[str]:
    """Return the markup that Markdown shows, and the HTML that it is not."""
    faults = []
    for token in GFM.parse(text):
        if token.type == "html_block":
            faults.append(f"HTML: {token.content[:90]!r}")
        parts = token.children or []
        faults += [
            f"HTML: {part.content!r}"
            for part in parts
            if part.type == "html_inline" and part.content != "<br>"
        ]
        shown = "".join(part.content if part.type == "text" else " " for part in parts)
        faults += [
            f"{kind} in {shown.strip()[:90]!r}"
            for kind, pattern in LEFT.items()
            if re.search(pattern, shown, re.MULTILINE)
        ]
    return faults


def test_each_page_has_a_twin_and_nothing_else_has(site: Path) -> None:
    alone = {"404", "genindex", "py-modindex", "search", "http-routingtable"}
    pages = {
        path.relative_to(site).with_suffix("").as_posix()
        for path in site.rglob("*.html")
        if 'http-equiv="refresh"' not in path.read_text("utf-8")
    }
    pages = {name for name in pages if not name.startswith("_")} - alone
    assert len(pages) > 100
    assert set(twins(site)) == pages


def test_no_markup_is_visible_in_a_twin(site: Path) -> None:
    faults = [f"{name}: {fault}" for name, text in twins(site).items() for fault in leaked(text)]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(
    "text",
    [
        "<div class='a'>x</div>", "a <span>b</span>", "a \\<span>b", "a \\</b>", "a &amp;amp; b",
        ":param x: a number", "See {doc}\\`x\\`.", ".. note:: this", "\\*\\*bold", "a \\[b\\](c)",
        "| a |\n| --- |\n| b <em>c</em> |", "at 0x7f00deadbeef",
    ],
)  # fmt: skip
def test_leaked_markup_is_found(text: str) -> None:
    assert leaked(text)


def test_code_and_placeholders_are_no_markup() -> None:
    assert leaked("`<b>` &lt;run-id> | str a<br>b\n\n```html\n<b>&amp;</b>\n```") == []


def test_twins_begin_with_one_title_and_their_headings_descend(site: Path) -> None:
    faults = []
    for name, text in twins(site).items():
        tokens = GFM.parse(text)
        levels = [int(token.tag[1]) for token in tokens if token.type == "heading_open"]
        if tokens[0].tag != "h1" or levels.count(1) != 1:
            faults.append(f"{name}: titles {levels}")
        faults += [
            f"{name}: from {one} to {other}" for one, other in pairwise(levels) if other > one + 1
        ]
    assert faults == []


def test_tables_are_tables(site: Path) -> None:
    """Each line of bars is a row, with as many cells as the others."""
    rows = 0
    for name, text in twins(site).items():
        for token in GFM.parse(text):
            if token.type == "inline" and token.level == 1:
                assert not re.search(r"(?m)^\|.*\|$", token.content), f"{name}: {token.content}"
            rows += token.type == "tr_open"
    assert rows > 500


def test_no_two_links_run_together(site: Path) -> None:
    faults = [name for name, text in twins(site).items() if re.search(r"\]\([^()\s]+\)\[", text)]
    assert faults == []


def test_twins_hold_all_words_of_their_pages(site: Path) -> None:
    """What a page says in a paragraph, its twin says too."""
    missing = []
    for name, text in twins(site).items():
        words = squeezed(BeautifulSoup(GFM.render(text), "html.parser").get_text())
        page = BeautifulSoup((site / f"{name}.html").read_text("utf-8"), "html.parser")
        article = page.find("article")
        for skipped in article.select(
            ".mlt-verified, .mlt-insights, .headerlink, [hidden], .visually-hidden, template"
        ):
            skipped.decompose()
        for each in article.select("section > p"):
            said = squeezed(each.get_text())
            if said and said not in words:
                missing.append(f"{name}: {each.get_text()[:80]!r}")
    assert not missing, "\n".join(missing)


def squeezed(text: str) -> str:
    """Return a text without what differs between the two: spaces and icons."""
    return re.sub(r"\s+", "", text)


def test_links_of_twins_lead_to_files_of_the_site(site: Path) -> None:
    base = re.search(
        r'rel="canonical" href="([^"]+)index\.html"', (site / "index.html").read_text()
    )
    assert base
    checked, dead = 0, []
    for name, text in twins(site).items():
        for token in GFM.parse(text):
            for child in token.children or ():
                target = str(child.attrs.get("href", child.attrs.get("src", "")))
                if not target.startswith(base[1]):
                    continue
                checked += 1
                if not (site / unquote(target.removeprefix(base[1]).split("#")[0])).is_file():
                    dead.append(f"{name}: {target}")
    assert checked > 1000
    assert dead == []


def test_the_end_of_a_twin_says_what_stands_behind_it(site: Path) -> None:
    last = (site / "guides/tracking.md").read_text("utf-8").rstrip().rpartition("\n\n")[2]
    shown = BeautifulSoup((site / "guides/tracking.html").read_text("utf-8"), "html.parser")
    said = " ".join(shown.select_one(".mlt-verified").find_all(string=True, recursive=False))
    assert squeezed(last) == squeezed(said)
    assert "executed" in last


# -- In a browser ----------------------------------------------------------------------------


@pytest.fixture
def opened(browser: Browser, build: Build) -> Iterator[Callable[..., Page]]:
    """Return ``opened(**options)``: the page ``a/one`` under the site's policy."""
    styles = [f"css/{name}.css" for name in ("tokens", "base", "frame", "code", "components")]
    built = build(PAGES, [*EXTENSIONS, "_ext.accessibility"], html_css_files=styles)
    contexts = []
    with serve(built.out) as address:

        def open_page(path: str = "", **options: Any) -> Page:
            context = browser.new_context(**{"viewport": {"width": 1440, "height": 800}, **options})
            contexts.append(context)
            sheet = context.new_page()
            sheet.goto(path or f"{address}/a/one.html", wait_until="load")
            return sheet

        open_page.out = built.out  # type: ignore[attr-defined]
        yield open_page
        for context in contexts:
            context.close()


ALLOWED = ["clipboard-read", "clipboard-write"]


@pytest.mark.browser
def test_the_button_copies_the_twin_and_says_so(opened: Any) -> None:
    sheet = opened(permissions=ALLOWED)
    button = sheet.get_by_role("button", name="Copy page")
    status = sheet.locator(".mlt-page-markdown [role=status]")
    assert status.inner_text() == ""
    width = button.bounding_box()["width"]
    button.focus()
    sheet.keyboard.press("Enter")
    sheet.get_by_role("button", name="Copied").wait_for()
    assert status.inner_text() == "Page copied as Markdown"
    assert button.count() == 0
    copied = sheet.evaluate("navigator.clipboard.readText()")
    assert copied == (opened.out / "a/one.md").read_text("utf-8")
    assert sheet.get_by_role("button", name="Copied").bounding_box()["width"] == pytest.approx(
        width, abs=0.5
    )
    button.wait_for(timeout=5000)
    assert status.inner_text() == ""


@pytest.mark.browser
def test_a_failure_is_said(opened: Any) -> None:
    sheet = opened(permissions=ALLOWED)
    sheet.evaluate("navigator.clipboard.writeText('before')")
    sheet.route("**/one.md", lambda route: route.fulfill(status=404, body="Not this"))
    sheet.get_by_role("button", name="Copy page").click()
    sheet.get_by_role("button", name="Failed").wait_for()
    said = sheet.locator(".mlt-page-markdown [role=status]").inner_text()
    assert said == "The page could not be copied. Open it as Markdown instead."
    assert sheet.evaluate("navigator.clipboard.readText()") == "before"


@pytest.mark.browser
def test_without_a_script_the_link_is_there_and_works(opened: Any) -> None:
    sheet = opened(java_script_enabled=False)
    assert not sheet.locator(".mlt-page-markdown button").is_visible()
    address = sheet.get_by_role("link", name="Open as Markdown").evaluate("link => link.href")
    answer = sheet.request.get(address)
    assert answer.ok
    assert answer.text().startswith('---\ntitle: "One"\n')


@pytest.mark.browser
def test_a_page_from_disk_has_the_link_only(opened: Any) -> None:
    sheet = opened((opened.out / "a/one.html").as_uri())
    assert sheet.locator(".mlt-page-markdown button").count() == 0
    assert sheet.get_by_role("link", name="Open as Markdown").is_visible()


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 1440])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_row_fits_and_passes_axe(opened: Any, width: int, theme: str) -> None:
    sheet = opened(viewport={"width": width, "height": 800}, color_scheme=theme)
    sheet.get_by_role("button", name="Copy page").wait_for()
    assert sheet.evaluate("document.documentElement.scrollWidth") <= width
    targets = sheet.locator(".mlt-page-markdown :is(a, button)").all()
    boxes = [target.bounding_box() for target in targets]
    assert len(boxes) == 2
    assert all(box["height"] >= (44 if width < 1000 else 24) for box in boxes)
    assert all(box["x"] >= 0 and box["x"] + box["width"] <= width for box in boxes)
    assert Axe().run(sheet, context=".mlt-above").response["violations"] == []


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 1440])
def test_nothing_moves_when_the_button_appears(opened: Any, width: int) -> None:
    sheet = opened(viewport={"width": width, "height": 800})
    top = "document.querySelector('h1').getBoundingClientRect().top"
    after = sheet.evaluate(top)
    sheet.evaluate("document.querySelector('.mlt-page-markdown button').hidden = true")
    assert not sheet.get_by_role("button", name="Copy page").is_visible()
    assert sheet.evaluate(top) == after


@pytest.mark.browser
def test_the_keyboard_sees_where_it_is_and_paper_has_no_row(opened: Any) -> None:
    sheet = opened()
    for role, name in (("button", "Copy page"), ("link", "Open as Markdown")):
        target = sheet.get_by_role(role, name=name)
        target.focus()
        sheet.keyboard.press("Shift+Tab")
        sheet.keyboard.press("Tab")
        assert target.evaluate("e => getComputedStyle(e).outlineStyle") != "none", name
    sheet.emulate_media(media="print")
    assert not sheet.locator(".mlt-page-markdown").is_visible()
