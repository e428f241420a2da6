"""The search: what it finds, its index, its data file, the palette and the search page."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from test_accessibility import violations

from _ext.search.data import Hints
from _ext.search.index import LASTS, SAME, packed, shown, steps
from _ext.search.records import Record
from _ext.search.terms import terms
from tests.browser import serve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

    from tests.conftest import Built

    Build = Callable[..., Built]

ROOT = Path(__file__).parent.parent
EXTENSIONS = ["_ext.search", "_ext.tokens"]
CSS = ["css/tokens.css", "css/base.css", "css/frame.css"]
PAGES = {
    "index": "# Home\n\nWelcome.\n\n```{toctree}\nguide\nnames\nsecret\n```\n",
    "guide": """---
keywords: expenses, invoice
section_keywords:
  set-a-budget: spending cap, how much may it cost
---
# Track costs

What calls cost, added up.

## Set a budget

Calls stop when the budget is spent: `<b>&"`.

## Where to go next

Onward to unfindable places.
""",
    "names": """# Names

```{eval-rst}
.. py:function:: mltrack.track_llm(func)

   Records tokens.

.. confval:: tracking_uri

   The address of the store.

.. glossary::

   artifact
      A file of a run.
```
""",
    "secret": "---\nnosearch: true\n---\n# Hidden\n\nInvisible ink.\n",
}
DATA = """kinds:
  guide: guide
  names: python
synonyms:
  - [money, cost]
toward:
  wandb: [names]
leads:
  - to: guide#set-a-budget
    words: [mltrack alerts]
"""
TEXTS = [
    "mltrack.track_llm, MLTrackConfig and .mltrack.yml",
    "Run `mltrack save --run-id 3f2` at http://127.0.0.1:8000/api/v1/predict!",
    "Costs, costing: priced; experiments’ naïve résumé e.g. GPT-4o-mini (v2.10)",
    "_private __init__ CamelCaseWord HTTPServer2 a1b2c3 -- x_ ._. @track",
]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data file of the search."""
    path = tmp_path / "search.yaml"
    path.write_text(DATA)
    return path


@pytest.fixture
def built(build: Build, data: Path) -> Built:
    """A small site with the search."""
    return build(PAGES, EXTENSIONS, search_data=str(data), html_css_files=CSS)


def index_of(built: Built) -> dict[str, Any]:
    """Return the packed index of a site."""
    text = built.text("_static/search/index.js")
    match = re.fullmatch(r"self\.mltSearch=(.*);\n", text, re.DOTALL)
    assert match
    index: dict[str, Any] = json.loads(json.loads(match[1]))
    return index


def words_of(index: dict[str, Any]) -> set[str]:
    """Return the terms of all texts: those that travel as text, and those behind them."""
    found, last = {term for record in index["records"] for term in terms(record[4])}, ""
    for coded in index["words"].split():
        last = last[: ord(coded[0]) - ord("0")] + coded[1:]
        found.add(last)
    return found


# -- The index -------------------------------------------------------------------------------


def test_places_of_all_kinds_are_found(built: Built) -> None:
    assert "search." not in built.warnings
    index = index_of(built)
    found = {
        (title, index["pages"][page][0], anchor, index["kinds"][kind])
        for page, anchor, title, kind, _ in index["records"]
    }
    assert ("Track costs", "guide.html", "", "guide") in found
    assert ("Set a budget", "guide.html", SAME, "guide") in found
    assert ("mltrack.track_llm", "names.html", "mltrack.track_llm", "python") in found
    assert ("tracking_uri", "names.html", "confval-tracking_uri", "setting") in found
    assert ("artifact", "names.html", "term-artifact", "glossary") in found
    titles = {title for title, *_ in found}
    assert not {"Hidden", "Where to go next"} & titles
    assert not {"unfind", "invis"} & words_of(index)


def keywords(built: Built) -> dict[str, str]:
    """Return the keywords of the records that have some, by title."""
    index = index_of(built)
    return {index["records"][int(n)][2]: words for n, words in index["keywords"].items()}


def test_keywords_of_pages_and_places_and_leads_are_indexed(built: Built) -> None:
    assert keywords(built) == {
        "Track costs": "expenses, invoice",
        "Set a budget": "spending cap, how much may it cost, mltrack alerts",
    }


def test_words_lead_from_one_to_the_other_and_not_back(built: Built) -> None:
    synonyms = index_of(built)["synonyms"]
    assert (synonyms["money"], synonyms["cost"]) == (["cost"], ["money"])
    assert synonyms["wandb"] == ["name"]
    assert "name" not in synonyms


def test_words_for_a_place_that_a_page_lacks_warn_with_its_line(build: Build, data: Path) -> None:
    guide = PAGES["guide"].replace("set-a-budget:", "set-a-budgt:")
    built = build(PAGES | {"guide": guide}, EXTENSIONS, search_data=str(data))
    assert re.search(r"guide\.md:4: .*'set-a-budgt'.*\[search\.place\]", built.warnings)
    assert keywords(built)["Set a budget"] == "mltrack alerts"


def test_keywords_are_not_part_of_the_page(built: Built) -> None:
    page = built.text("guide.html")
    assert "invoice" not in page
    assert "spending cap" not in page


def test_prose_comes_before_code_and_sections_of_links_are_left_out(
    build: Build, data: Path
) -> None:
    code = "```python\n" + "value = 1\n" * 200 + "```\n"
    text = f"# Page\n\n{code}\nSaid after it.\n\n## Related\n\nOnward to unfindable places.\n"
    built = build(PAGES | {"guide": text}, EXTENSIONS, search_data="")
    (text,) = [r[4] for r in index_of(built)["records"] if r[2] == "Page"]
    assert text.startswith("Said after it. value = 1")
    assert "unfind" not in words_of(index_of(built))


def test_what_is_marked_as_unsearched_is_shown_and_not_found(build: Build, data: Path) -> None:
    text = "# Page\n\nSaid.\n\n:::{container} mlt-unsearched\nUnfindable words.\n:::\n"
    built = build(PAGES | {"guide": text}, EXTENSIONS, search_data="")
    assert "Unfindable" in built.text("guide.html")
    assert "unfind" not in words_of(index_of(built))


def test_error_messages_are_places(build: Build, data: Path) -> None:
    messages = """from docutils import nodes
from sphinx.util.docutils import SphinxDirective


class Errors(SphinxDirective):
    def run(self):
        term = nodes.term("", "", nodes.literal("", "No runs found"), ids=["error-no-runs"])
        body = nodes.definition("", nodes.paragraph("", "The store is empty."))
        item = nodes.definition_list_item("", term, body)
        return [nodes.definition_list("", item, classes=["mlt-errors"])]


def setup(app):
    app.add_directive("messages", Errors)
"""
    (data.parent / "messages_directive.py").write_text(messages)
    pages = PAGES | {"guide": "# Guide\n\nAll messages.\n\n```{messages}\n```\n"}
    sys.path.insert(0, str(data.parent))
    try:
        built = build(pages, [*EXTENSIONS, "messages_directive"], search_data="")
    finally:
        sys.path.remove(str(data.parent))
    index = index_of(built)
    kinds = {r[2]: (r[1], index["kinds"][r[3]], r[4]) for r in index["records"]}
    assert kinds["No runs found"] == ("error-no-runs", "error", "The store is empty.")
    assert kinds["Guide"][2] == "All messages."


def test_a_changed_page_is_indexed_again_and_the_others_stay(built: Built) -> None:
    path = Path(built.app.srcdir) / "guide.md"
    path.write_text(path.read_text().replace("Set a budget", "Set a ceiling"))
    built.app.build()
    titles = {record[2] for record in index_of(built)["records"]}
    assert "Set a ceiling" in titles
    assert "mltrack.track_llm" in titles
    assert "Set a budget" not in titles


@pytest.mark.parametrize(
    ("text", "subtype", "message"),
    [
        ("leads:\n  - to: guide#set-a-budgt\n    words: [aa]\n", "target", "guide#set-a-budget"),
        ("kinds:\n  guide: novel\n", "data", "kinds.guide"),
        ("synonyms:\n  - [alone]\n", "data", "synonyms.0"),
        ("toward:\n  wandb: []\n", "data", "toward.wandb"),
        ("leads:\n  - to: guide\n    words: ['one, two']\n", "data", "leads.0.words.0"),
        ("leads:\n  - to: gide\n    words: [aa]\n", "target", "guide"),
        ("leads: [\n", "data", "not YAML"),
    ],
)
def test_a_wrong_data_file_warns_with_its_line(
    build: Build, data: Path, text: str, subtype: str, message: str
) -> None:
    data.write_text(text)
    built = build(PAGES, EXTENSIONS, search_data=str(data))
    assert f"[search.{subtype}]" in built.warnings
    assert message in built.warnings
    assert re.search(r"search\.yaml:\d", built.warnings)


def test_texts_are_cut_between_words() -> None:
    text = "word " * 28 + "tracking_uri behind"
    assert shown(text) == ("word " * 28).strip()
    assert shown("short text") == "short text"


def test_steps_are_letters_that_need_no_escape() -> None:
    assert steps({0: 1, 1: 3, LASTS: 1}) == "$$!![".replace("[", chr(ord("#") + LASTS - 1))
    far = steps(dict.fromkeys(range(LASTS, 90000, 997), 1))
    assert not {'"', "\\", " ", "!"} & set(far)
    assert far.isascii()


def test_another_builder_writes_no_index(build: Build, data: Path) -> None:
    built = build(PAGES, EXTENSIONS, builder="text", search_data=str(data))
    assert not list(built.out.rglob("index.js"))


def test_a_name_is_a_term_with_its_parts() -> None:
    assert terms("mltrack.track_llm") == [
        "mltrack.track_llm",
        "mltrack",
        "track_llm",
        "track",
        "llm",
    ]
    assert terms("MLTrackConfig") == ["mltrackconfig", "ml", "track", "config"]
    assert terms("--run-id") == ["run-id", "run", "id"]
    assert terms("costs costing cost") == ["cost", "cost", "cost"]


# -- In a browser ----------------------------------------------------------------------------


@pytest.fixture
def address(built: Built) -> Iterator[str]:
    with serve(built.out) as url:
        yield url


@pytest.fixture
def sheet(browser: Browser, address: str) -> Iterator[Page]:
    """The guide, open; faults of its console fail the test."""
    context = browser.new_context(viewport={"width": 1000, "height": 800})
    tab = context.new_page()
    faults: list[str] = []
    tab.on("console", lambda m: faults.append(m.text) if m.type in ("error", "warning") else None)
    tab.on("pageerror", lambda error: faults.append(str(error)))
    tab.goto(f"{address}/guide.html", wait_until="load")
    yield tab
    context.close()
    assert faults == []


def engine(tab: Page, address: str) -> None:
    """Load the engine and its index into a page."""
    for name in ("worker.js", "index.js"):
        tab.add_script_tag(url=f"{address}/_static/search/{name}")


@pytest.mark.browser
def test_both_sides_cut_text_into_the_same_terms(sheet: Page, address: str) -> None:
    engine(sheet, address)
    pages = [path.read_text("utf-8") for path in sorted((ROOT / "source").rglob("*.md"))]
    assert len(pages) > 50
    for text in [*TEXTS, *pages]:
        assert sheet.evaluate("text => mltEngine.terms(text)", text) == terms(text)


@pytest.mark.browser
def test_the_unpacked_index_is_what_minisearch_makes(sheet: Page, address: str) -> None:
    engine(sheet, address)
    both = """([records, packed]) => {
      const theirs = new MiniSearch({ fields: ["title", "page", "keywords", "text"],
        tokenize: mltEngine.terms, processTerm: term => term });
      theirs.addAll(records.map((record, id) => ({ ...record, id })));
      return [theirs, mltEngine.unpack(packed).engine].map(index => {
        const { index: terms, fieldIds, fieldLength, averageFieldLength, documentCount } =
          index.toJSON();
        return { terms: Object.fromEntries(terms), fieldIds, fieldLength, averageFieldLength,
          documentCount };
      });
    }"""
    records = [
        Record("a", "", "a.html", "page", "Save models", "Guides", TEXTS[0], "keep, keep store"),
        Record("a", "b", "a.html#b", "page", "Names", "Guides › Save models", TEXTS[1], ""),
        Record("c", "", "c.html", "guide", "", "", TEXTS[2] * 2, ""),
        Record("c", "d", "c.html#d", "guide", "Four", "", "", "store"),
    ]
    fields = ("title", "page", "keywords", "text")
    texts = [{name: getattr(record, name) for name in fields} for record in records]
    made, ours = sheet.evaluate(both, [texts, json.loads(json.dumps(packed(records, Hints())))])
    assert ours.pop("averageFieldLength") == pytest.approx(made.pop("averageFieldLength"))
    assert ours == made


@pytest.mark.browser
def test_many_records_and_long_words_travel_whole(sheet: Page, address: str) -> None:
    engine(sheet, address)
    shared = "a_very_long_name_that_begins_like_others"
    texts = [f"{shared} word{n % 7} word{n % 7}" if n % 3 else "" for n in range(90)]
    records = [Record("a", f"s{n}", f"a.html#s{n}", "page", "", "", t) for n, t in enumerate(texts)]
    index = sheet.evaluate(
        "packed => Object.fromEntries(mltEngine.unpack(packed).engine.toJSON().index)",
        json.loads(json.dumps(packed(records, Hints()))),
    )
    assert index[shared]["3"] == {str(n): 1 for n in range(90) if n % 3}
    assert index["word5"]["3"] == {str(n): 2 for n in range(90) if n % 3 and n % 7 == 5}


def asked(sheet: Page, query: str) -> list[str]:
    """Return the addresses that answer a query, the best first."""
    found: list[str] = sheet.evaluate("query => mltEngine.search(query).map(r => r.url)", query)
    return found


ASKED = {
    "save": """---
keywords: keep weights, put a model away, checkpoint of a training
section_keywords:
  under-a-name: call it something, model name
---
# Keep models

Models stay in the registry. The registry knows each version of a model.

## Under a name

A name and a version.

## Delete a model

The registry forgets it.
""",
    "errors": """---
keywords: exceptions, traceback
---
# Messages

ValueError and TypeError are exceptions of Python. The run was not found.

## No runs found

The store has no run. Read `mlflow.db` with another program.
""",
    "names": PAGES["names"] + "\n## Settings\n\nEach environment variable of mltrack.\n",
    "run": "# Run a script\n\nStart the training. The model keeps a checkpoint and weights.\n",
}


FIRST = {
    "keep models": "save.html",
    "how can I put my model away?": "save.html",
    "model name": "save.html#under-a-name",
    "delete a model": "save.html#delete-a-model",
    "delte a modle": "save.html#delete-a-model",
    "deletemodel": "save.html#delete-a-model",
    "check point of a training": "save.html",
    "track_llm": "names.html#mltrack.track_llm",
    "tracking_": "names.html#confval-tracking_uri",
    "how to do it by model name": "save.html#under-a-name",
    "MLTRACK_UNKNOWN": "names.html#settings",
    'Traceback (most recent call last): File "/srv/app/train.py", line 12, in <module> '
    "main() ValueError: No runs found in 3f2a9c81d2e4": "errors.html#no-runs-found",
}
"""Query → the address that answers it first: phrases, typos, names, a pasted message."""


@pytest.mark.browser
def test_the_ranking_answers_phrases_typos_names_and_messages(
    build: Build, browser: Browser
) -> None:
    index = "# Home\n\n```{toctree}\nsave\nerrors\nnames\nrun\n```\n"
    built = build({"index": index} | ASKED, EXTENSIONS, search_data="")
    tab = browser.new_page()
    with serve(built.out) as address:
        tab.goto(f"{address}/index.html")
        engine(tab, address)
        assert {query: (asked(tab, query) or [""])[0] for query in FIRST} == FIRST
    tab.close()


@pytest.mark.browser
def test_pages_take_turns_and_nothing_answers_nothing(sheet: Page, address: str) -> None:
    engine(sheet, address)
    found = asked(sheet, "budget artifact")
    pages = [url.partition("#")[0] for url in found]
    assert {*pages[:2]} == {"guide.html", "names.html"}
    assert max(pages.count(page) for page in pages) <= 3
    assert asked(sheet, "") == asked(sheet, "?!") == asked(sheet, "zzzzqqqq") == []


def chosen(sheet: Page) -> Any:
    return sheet.locator("[role=option][aria-selected=true]")


@pytest.mark.browser
@pytest.mark.parametrize("key", ["/", "Control+k", "Meta+k"])
def test_keys_open_it_and_escape_closes_it(sheet: Page, key: str) -> None:
    loaded = "performance.getEntriesByType('resource').filter(r => r.name.includes('/search/'))"
    assert sheet.evaluate(f"{loaded}.length") == 0, "nothing of it loads before the first use"
    sheet.keyboard.press(key)
    field = sheet.get_by_role("combobox", name="Search the documentation")
    field.wait_for()
    assert sheet.evaluate("document.activeElement.getAttribute('role')") == "combobox"
    sheet.keyboard.press("Escape")
    field.wait_for(state="hidden")


@pytest.mark.browser
def test_the_keyboard_chooses_and_opens_a_result(sheet: Page) -> None:
    sheet.keyboard.press("/")
    field = sheet.get_by_role("combobox")
    field.fill("budgte")
    sheet.get_by_role("group", name="Best results").wait_for()
    assert chosen(sheet).get_attribute("href").endswith("/guide.html#set-a-budget")
    assert field.get_attribute("aria-activedescendant") == chosen(sheet).get_attribute("id")
    assert field.get_attribute("aria-expanded") == "true"
    sheet.keyboard.press("ArrowDown")
    sheet.keyboard.press("ArrowUp")
    sheet.keyboard.press("Enter")
    sheet.wait_for_url("**/guide.html#set-a-budget")
    assert not sheet.locator("dialog[open]").count()


@pytest.mark.browser
@pytest.mark.parametrize(
    ("query", "target"),
    [
        ("money", "guide.html"),
        ("mltrack.track_llm", "names.html#mltrack.track_llm"),
        ("mltrack alerts", "guide.html#set-a-budget"),
        ("invoices", "guide.html"),
        ("how do I set a budget", "guide.html#set-a-budget"),
    ],
)
def test_words_names_and_leads_find_their_place(sheet: Page, query: str, target: str) -> None:
    sheet.keyboard.press("/")
    sheet.get_by_role("combobox").fill(query)
    first = sheet.get_by_role("group", name="Best results").get_by_role("option").first
    first.wait_for()
    assert first.get_attribute("href").endswith(f"/{target}")


@pytest.mark.browser
def test_found_words_are_marked_and_text_is_escaped(sheet: Page) -> None:
    sheet.keyboard.press("/")
    sheet.get_by_role("combobox").fill("budget")
    first = sheet.get_by_role("group", name="Best results").get_by_role("option").first
    first.wait_for()
    assert first.locator("mark").first.inner_text() == "budget"
    assert '<b>&"' in first.inner_text()
    assert first.locator("b").count() == 0


@pytest.mark.browser
def test_pages_read_last_come_without_a_query(sheet: Page, address: str) -> None:
    sheet.goto(f"{address}/names.html", wait_until="load")
    sheet.keyboard.press("/")
    recent = sheet.get_by_role("group", name="Recent pages")
    option = recent.get_by_role("option", name="Track costs")
    option.wait_for()
    assert option.get_attribute("href") == f"{address}/guide.html"
    sheet.evaluate("localStorage.setItem('mlt-recent', '{broken')")
    sheet.reload()
    sheet.keyboard.press("/")
    sheet.get_by_role("combobox").wait_for()


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 1000])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_in_the_palette(
    browser: Browser, built: Built, theme: Any, width: int
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 700}, color_scheme=theme, reduced_motion="reduce"
    )
    with serve(built.out, csp="") as address:
        sheet = context.new_page()
        sheet.goto(f"{address}/guide.html", wait_until="load")
        sheet.keyboard.press("/")
        sheet.get_by_role("combobox").fill("cost")
        sheet.get_by_role("group", name="Best results").wait_for()
        found = [line for line in violations(sheet) if "mlt-palette" in line or "mlt-found" in line]
        assert found == []
        assert sheet.evaluate("document.documentElement.scrollWidth") <= width
        context.close()


@pytest.mark.browser
def test_it_works_in_a_page_opened_from_disk(browser: Browser, built: Built) -> None:
    tab = browser.new_page()
    tab.goto((built.out / "guide.html").as_uri(), wait_until="load")
    tab.keyboard.press("/")
    tab.get_by_role("combobox").fill("budget")
    tab.get_by_role("option").first.wait_for()
    tab.close()


@pytest.mark.browser
def test_the_search_page_shows_the_results_and_keeps_the_query(sheet: Page, address: str) -> None:
    sheet.goto(f"{address}/search.html?q=budget", wait_until="load")
    link = sheet.locator(".mlt-results a").first
    link.wait_for()
    assert link.get_attribute("href") == f"{address}/guide.html#set-a-budget"
    sheet.get_by_label("Words to search for").fill("artifact")
    sheet.wait_for_url("**/search.html?q=artifact")
    sheet.locator(".mlt-results a[href$=term-artifact]").first.wait_for()


@pytest.mark.browser
def test_without_scripts_the_search_page_lists_all_pages(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    tab = context.new_page()
    tab.goto(f"{address}/search.html")
    assert tab.get_by_role("link", name="Track costs").first.is_visible()
    context.close()
