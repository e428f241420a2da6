"""``llms.txt`` and the whole text: form, order, sizes, and builds after the first."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from bs4 import BeautifulSoup
from markdown_it import MarkdownIt

from _ext import llms

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Built

    Build = Callable[..., Built]

EXTENSIONS = ["sphinx_copybutton", "notfound.extension", "_ext.llms"]
BASE = "https://docs.example.org/en/latest/"
SETTINGS: dict[str, Any] = {"html_baseurl": BASE, "project": "Grove", "release": "1.2"}
ENTRY = re.compile(r"- \[((?:\\.|[^\]\\])+)\]\((\S+)\)(?:: (.+))?")
HOSTILE = '<script>alert(1)</script> "& [a](b)'


def page(title: str, description: str = "", more: str = "") -> str:
    """Return a page."""
    quoted = description.replace("'", "''")
    front = f"---\nmyst:\n  html_meta:\n    description: '{quoted}'\n---\n\n" if description else ""
    return f"{front}# {title}\n\n{more}\n"


def tree(*entries: str) -> str:
    """Return a table of contents."""
    return "```{toctree}\n" + "\n".join(entries) + "\n```\n"


PAGES = {
    "index": page("Home", "All about trees.", tree("Trees <a/index>", "help/index", "alone")),
    "a/index": page("About the trees", "Trees.", tree("two", "one")),
    "a/one": page("One", "The first.", "Words of one."),
    "a/two": page("Two", "The second.", tree("deep")),
    "a/deep": page("Deep"),
    "help/index": page("Help", "For authors."),
    "alone": page("Alone", "A page."),
    "orphan": "---\norphan: true\n---\n\n# Lost\n",
    "404": "---\norphan: true\n---\n\n# Missing\n",
}


def listed(text: str) -> dict[str, list[tuple[str, str, str]]]:
    """Return the entries of a file of links by section."""
    found = {}
    for part in re.split(r"(?m)^## ", text)[1:]:
        title, _, lines = part.partition("\n\n")
        matches = [ENTRY.fullmatch(line) for line in lines.strip().splitlines()]
        assert all(matches), lines
        found[title] = [tuple(match.groups("")) for match in matches if match]
    return found


def well_formed(text: str) -> str:
    """Return what llmstxt.org's form does not allow in a file; empty if nothing."""
    tokens = MarkdownIt("commonmark").parse(text)
    kinds = [(token.type, token.tag) for token in tokens if token.level == 0 and token.nesting >= 0]
    if kinds[:2] != [("heading_open", "h1"), ("blockquote_open", "blockquote")]:
        return "no title with a summary below it"
    rest = kinds[2:]
    while rest and rest[0][0] != "heading_open":
        rest.pop(0)
    if not rest or len(rest) % 2:
        return "no sections"
    pairs = list(zip(rest[::2], rest[1::2], strict=True))
    wrong = [pair for pair in pairs if pair != (("heading_open", "h2"), ("bullet_list_open", "ul"))]
    return f"a section is not a heading and a list: {wrong}" if wrong else ""


# -- Standard --------------------------------------------------------------------------------


def test_pages_are_listed_by_section_in_reading_order(build: Build) -> None:
    built = build(PAGES, EXTENSIONS, llms_optional=["help"], **SETTINGS)
    assert built.warnings == ""
    text = built.text("llms.txt")
    assert text.startswith("# Grove\n\n> All about trees.\n\nVersion of this documentation: 1.2. ")
    assert well_formed(text) == ""
    assert listed(text) == {
        "Trees": [
            ("About the trees", f"{BASE}a/index.md", "Trees."),
            ("Two", f"{BASE}a/two.md", "The second."),
            ("Deep", f"{BASE}a/deep.md", ""),
            ("One", f"{BASE}a/one.md", "The first."),
        ],
        "Alone": [("Alone", f"{BASE}alone.md", "A page.")],
        "More": [("Home", f"{BASE}index.md", "All about trees."), ("Lost", f"{BASE}orphan.md", "")],
        "Optional": [("Help", f"{BASE}help/index.md", "For authors.")],
    }


def test_the_whole_text_has_every_page_with_its_address(build: Build) -> None:
    built = build(PAGES, EXTENSIONS, llms_optional=["help"], **SETTINGS)
    assert well_formed(built.text("llms-full.txt")) == ""
    (entries,) = listed(built.text("llms-full.txt")).values()
    assert [(title, address.removeprefix(BASE)) for title, address, _ in entries] == [
        ("Trees", "llms/a.txt"), ("Alone", "llms/alone.txt"), ("More", "llms/more.txt"),
        ("Help", "llms/help.txt"),
    ]  # fmt: skip
    text = built.text("llms/a.txt")
    assert f"# One\n\nSource: {BASE}a/one.md\n\nWords of one." in text
    assert text.count(llms.APART) == 3
    assert "canonical_url" not in text
    assert entries[0][2] == f"4 pages, {len(text)} characters"


def test_a_hostile_string_stays_text(build: Build) -> None:
    hostile = HOSTILE.replace("<", "\\<").replace("[", "\\[")
    pages = {**PAGES, "a/one": page(hostile, HOSTILE)}
    settings = {**SETTINGS, "project": HOSTILE, "release": HOSTILE}
    built = build(pages, EXTENSIONS, smartquotes=False, **settings)
    shown = BeautifulSoup(MarkdownIt("commonmark").render(built.text("llms.txt")), "html.parser")
    assert shown.select("script") == []
    assert shown.h1.get_text() == HOSTILE
    (entry,) = (item for item in shown.select("li") if "/a/one.md" in item.a["href"])
    assert entry.get_text() == f"{HOSTILE}: {HOSTILE}"


@pytest.mark.parametrize("builder", ["text", "dirhtml"])
def test_other_builders_survive_without_the_files(build: Build, builder: str) -> None:
    built = build(PAGES, EXTENSIONS, builder=builder, **SETTINGS)
    assert built.warnings == ""
    assert list(built.out.rglob("llms*")) == []


def test_a_section_that_does_not_exist_warns(build: Build) -> None:
    built = build(PAGES, EXTENSIONS, llms_optional=["help", "hlep"], **SETTINGS)
    assert (
        "index.md: WARNING: llms_optional names 'hlep', which is no section of the first page's "
        "table of contents; there are: a, alone, help [llms.optional]"
    ) in built.warnings
    assert built.warnings.count("WARNING") == 1
    assert "Optional" in listed(built.text("llms.txt"))


def test_the_files_add_nothing_to_pages(build: Build) -> None:
    """Their address is known: no page loads or names them."""
    built = build(PAGES, EXTENSIONS, **SETTINGS)
    assert "llms" not in built.text("a/one.html")


# -- Long sections ---------------------------------------------------------------------------


def test_a_long_section_is_several_files(build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(llms, "MOST", 400)
    pages = {**PAGES, "a/one": page("One", "", "word " * 50), "a/deep": page("D", "", "word " * 40)}
    built = build(pages, EXTENSIONS, **SETTINGS)
    (entries,) = listed(built.text("llms-full.txt")).values()
    parts = [(title, url) for title, url, _ in entries if title.startswith("Trees")]
    assert parts == [
        (f"Trees, part {number}", f"{BASE}llms/a-{number}.txt") for number in (1, 2, 3)
    ]
    texts = [built.text(f"llms/a-{number}.txt") for number in (1, 2, 3)]
    assert all(0 < len(text) <= 400 for text in texts)
    titles = re.findall(r"(?m)^# (.+)", "".join(texts))
    assert titles == ["About the trees", "Two", "D", "One"]


# -- Builds after the first ------------------------------------------------------------------


def test_a_second_build_gives_what_a_fresh_one_gives(build: Build) -> None:
    built = build(PAGES, EXTENSIONS, **SETTINGS)
    (built.app.srcdir / "alone.md").unlink()
    changed = {
        "index": page("Home", "All about trees.", tree("Trees <a/index>", "help/index")),
        "a/one": page("Oak", "The new first.", "New words."),
    }
    for name, text in changed.items():
        (built.app.srcdir / f"{name}.md").write_text(text)
    built.app.build()
    left = {name: text for name, text in {**PAGES, **changed}.items() if name != "alone"}
    fresh = build(left, EXTENSIONS, **SETTINGS)
    files = sorted(path.relative_to(fresh.out).as_posix() for path in fresh.out.rglob("llms*"))
    files += [f"llms/{path.name}" for path in (fresh.out / "llms").iterdir()]
    assert not (built.out / "llms/alone.txt").exists()
    assert "New words." in built.text("llms/a.txt")
    texts = [name for name in files if name.endswith(".txt")]
    assert len(texts) == 5
    for name in texts:
        assert built.text(name) == fresh.text(name), name


# -- The whole site --------------------------------------------------------------------------


def test_the_sites_list_has_each_page_once_with_its_description(site: Path) -> None:
    text = (site / "llms.txt").read_text("utf-8")
    assert well_formed(text) == ""
    sections = listed(text)
    assert list(sections)[-1] == "Optional"
    assert "Deployment" in sections
    entries = [entry for part in sections.values() for entry in part]
    twins = {
        path.relative_to(site).as_posix()
        for path in site.rglob("*.md")
        if not path.relative_to(site).as_posix().startswith("_")
    }
    base = entries[0][1].partition("get-started/")[0]
    counted = Counter(address.removeprefix(base) for _, address, _ in entries)
    assert len(twins) > 100
    assert counted == Counter(twins)
    assert [title for title, _, said in entries if not said] == []
    assert {address for _, address, _ in sections["Optional"]} == {
        f"{base}{name}" for name in twins if name.startswith("contributing/")
    }


def test_the_sites_whole_text_is_in_files_of_a_size_and_has_every_page(site: Path) -> None:
    (files,) = listed((site / "llms-full.txt").read_text("utf-8")).values()
    base = files[0][1].partition("llms/")[0]
    names = [address.removeprefix(base) for _, address, _ in files]
    assert sorted(names) == sorted(f"llms/{path.name}" for path in (site / "llms").iterdir())
    assert len({title for title, _, _ in files}) == len(files), "names tell them apart"
    sources: Counter[str] = Counter()
    for name, (_, _, said) in zip(names, files, strict=True):
        text = (site / name).read_text("utf-8")
        assert len(text) <= llms.MOST, name
        assert f"{len(text):,} characters" in said
        found = re.findall(rf"(?m)^Source: {re.escape(base)}(\S+)$", text)
        assert said.startswith(f"{len(found)} page"), name
        sources.update(found)
    every = listed((site / "llms.txt").read_text("utf-8")).values()
    assert sources == Counter(
        address.removeprefix(base) for part in every for _, address, _ in part
    )


@pytest.mark.parametrize(
    "text",
    [
        "> Said.\n\n## A\n\n- [a](b)\n",
        "# A\n\n## B\n\n- [a](b)\n",
        "# A\n\n> Said.\n\n## B\n\nText.\n",
        "# A\n\n> Said.\n\n### B\n\n- [a](b)\n",
        "# A\n\n> Said.\n\n## B\n\n- [a](b)\n\n## C\n",
    ],
)
def test_another_form_is_found(text: str) -> None:
    assert well_formed(text)
