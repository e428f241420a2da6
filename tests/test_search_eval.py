"""The evaluation of the search: queries, measures, the page, and all queries to the palette."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from _ext.search_eval import GOALS, KINDS, Figures, Latency, Measured, Missed, Result, share
from tools.search_eval import __main__ as tool
from tools.search_eval import engines
from tools.search_eval.measures import Answer, figures, latency, percentile, sets
from tools.search_eval.queries import FILE, Place, Query, load, missing, rank
from tools.search_eval.result import falls, lasting, misses, read, write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Browser

    from tests.conftest import Built

    Build = Callable[..., Built]

HOSTILE = "<script>alert('x')</script>\"&"


def query(*targets: str, kind: str = "words", held_out: bool = False, text: str = "x") -> Query:
    found: Query = Query.model_validate(
        {"text": text, "kind": kind, "targets": targets, "held_out": held_out}
    )
    return found


def answer(*found: str, took: float = 1) -> Answer:
    return Answer(found=[[one] for one in found], took=took)


# -- Queries ---------------------------------------------------------------------------------


def test_there_are_enough_queries_of_each_kind_and_a_third_is_kept_apart() -> None:
    queries = load()
    assert len(queries) >= 200
    kinds = Counter(one.kind for one in queries)
    assert set(kinds) == set(KINDS)
    assert min(kinds.values()) >= 20
    for kind, count in kinds.items():
        apart = sum(one.held_out for one in queries if one.kind == kind)
        assert 0.28 <= apart / count <= 0.38, kind


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ('[[query]]\ntext = "a"\nkind = "words"\ntargets = []\n', 1, "targets"),
        ('\n[[query]]\ntext = "a"\nkind = "novel"\ntargets = ["b"]\n', 2, "kind"),
        ('[[query]]\ntext = "a"\nkind = "words"\ntargets = ["b"]\n' * 2, 5, "already, at 1"),
        ("[[query]\n", None, "line 1"),
    ],
)
def test_a_wrong_query_is_named_with_its_line(
    tmp_path: Path, text: str, line: int | None, said: str
) -> None:
    path = tmp_path / "queries.toml"
    path.write_text(text)
    with pytest.raises(SystemExit) as caught:
        load(path)
    assert said in str(caught.value)
    assert str(path) + (f":{line}: " if line else "") in str(caught.value)


@pytest.mark.parametrize(
    ("address", "target", "right"),
    [
        ("guides/costs.html#budget", "guides/costs#budget", True),
        ("guides/costs.html#budget", "guides/costs", True),
        ("guides/costs.html", "guides/costs#budget", False),
        ("guides/costs.html#other", "guides/costs#budget", False),
        ("/guides/costs.html", "guides/costs", True),
        ("guides/index.html", "guides/index", True),
        ("index.html", "index", True),
        ("guides/costs-more.html", "guides/costs", False),
    ],
)
def test_an_answer_is_right_when_page_and_place_are(address: str, target: str, right: bool) -> None:
    assert Place.of(address).answers(Place.of(target)) is right


def test_the_first_right_line_gives_the_rank() -> None:
    found = [["a.html"], ["b.html", "c.html#there"], ["c.html#there"]]
    assert rank(query("c#there"), found) == 2
    assert rank(query("d", "c"), found) == 2
    assert rank(query("d"), found) == 0


def test_a_target_that_the_site_lacks_is_named(tmp_path: Path) -> None:
    (tmp_path / "guides").mkdir()
    (tmp_path / "guides" / "costs.html").write_text('<section id="budget">')
    wanted = query("guides/costs#budget", "guides/costs#gone", "guides/gone", "guides/costs")
    assert missing([wanted], tmp_path) == ["guides/costs#gone", "guides/gone"]


# -- Measures --------------------------------------------------------------------------------


def test_figures_are_shares_of_the_queries() -> None:
    queries = [query("a"), query("b#there", "b"), query("c"), query("d")]
    answers = [
        answer("a.html"),
        answer("x.html", "b.html#other"),
        answer("x.html", "y.html", "z.html", "c.html"),
        answer(),
    ]
    one = figures(queries, answers)
    assert (one.queries, one.success_1, one.success_3, one.nothing) == (4, 0.25, 0.5, 0.25)
    assert one.place_3 == 0, "only the place itself counts"
    assert one.reciprocal_rank == pytest.approx((1 + 1 / 2 + 1 / 4) / 4, abs=1e-4)


def test_a_rank_below_ten_counts_nothing() -> None:
    found = answer(*(f"x{n}.html" for n in range(10)), "a.html")
    assert figures([query("a")], [found]).reciprocal_rank == 0


def test_percentiles_are_values_that_were_measured() -> None:
    assert percentile([3, 1, 2], 0.5) == 2
    assert percentile(range(1, 101), 0.95) == 95
    assert percentile([7], 0.95) == 7
    times = [answer(took=float(n)) for n in range(1, 21)]
    assert latency(times) == Latency(median=10, p95=19)


def test_sets_are_apart_and_kinds_too() -> None:
    queries = [query("a"), query("a", held_out=True), query("a", kind="typo")]
    found = sets(queries, [answer("a.html"), answer("b.html"), answer("a.html")])
    assert found["all"].queries == 3
    assert (found["tuning"].success_1, found["held out"].success_1) == (1, 0)
    assert (found["words"].success_1, found["typo"].success_1) == (0.5, 1)
    assert "symbol" not in found


# -- The file --------------------------------------------------------------------------------


def result(**changes: Any) -> Result:
    one = {
        "queries": 4, "success_1": 0.5, "success_3": 0.75, "place_3": 0.5,
        "reciprocal_rank": 0.6, "nothing": 0,
    }  # fmt: skip
    made = {
        "date": "2026-01-02",
        "browser": "Chromium 1",
        "engines": [
            {
                "name": name, "title": title, "version": f"{title} 1", "bytes": 200_000,
                "latency": {"median": 2, "p95": 9},
                "sets": dict.fromkeys(("all", "tuning", "held out", *KINDS), one),
            }
            for name, title in (("palette", "This site"), ("sphinx", "Sphinx"))
        ],
        "not_measured": {"Pagefind": "Node.js is not installed"},
        "missed": [{"text": HOSTILE, "kind": "typo", "held_out": False, "first": ["a.html"]}],
    }  # fmt: skip
    return Result.model_validate(made | changes)


def test_a_file_that_differs_in_date_and_latency_stays(tmp_path: Path) -> None:
    path = tmp_path / "search_eval.json"
    write(result(), path)
    before = path.read_text()
    later = json.loads(before) | {"date": "2027-01-01"}
    later["engines"][0]["latency"]["p95"] = 12
    write(Result.model_validate(later), path)
    assert path.read_text() == before
    write(result(browser="Chromium 2"), path)
    assert read(path).browser == "Chromium 2"
    assert [one.name for one in tmp_path.iterdir()] == ["search_eval.json"]
    assert "2026" not in lasting(result())


def test_a_fall_below_the_stored_figures_is_named() -> None:
    stored = result().engines[0]
    worse = dict(stored.sets)
    worse["held out"] = stored.sets["held out"].model_copy(update={"success_3": 0.7})
    worse["all"] = stored.sets["all"].model_copy(update={"success_1": 0.49})
    assert falls(stored, stored.sets) == []
    assert falls(stored, worse) == ["success@3 of held out queries fell from 75.0% to 70.0%"]


def test_goals_that_are_missed_are_named() -> None:
    assert [line.split()[0] for line in misses(result().engines[0])] == ["success@1", "success@3"]
    one = result().engines[0].model_dump()
    one["latency"]["p95"], one["bytes"] = 31, 250_001
    for measure in GOALS:
        one["sets"]["all"][measure] = 1
    assert [line.split()[0] for line in misses(Measured.model_validate(one))] == ["p95", "250001"]


# -- The page --------------------------------------------------------------------------------

NAMES = ("engines", "sets", "kinds", "missed", "measures")
PAGE = "# Page\n\n" + "".join(f"```{{search-eval}} {name}\n```\n\n" for name in NAMES)


def built(build: Build, data: str | None = None, page: str = PAGE, **options: Any) -> Built:
    text = result().model_dump_json() if data is None else data
    files = {"_data/search_eval.json": text}
    return build(page, ["_ext.search_eval"], files=files, **options)


def test_the_tables_have_engines_sets_kinds_and_goals(build: Build) -> None:
    made = built(build)
    assert "search-eval" not in made.warnings
    tables = made.article().find_all("table")
    assert [len(table.find_all("tr")) - 1 for table in tables] == [7, 9, len(KINDS), 1, 7]
    cells = [row.find_all("td")[1].get_text() for row in tables[0].find_all("tr")[1:]]
    assert cells == ["50%", "75%", "50%", "0.60", "0%", "9 ms", "200 kB"]
    text = made.article().get_text()
    assert "Pagefind was not measured: Node.js is not installed." in text
    assert "at least 97%" in text
    assert "2026-01-02" in text


def test_a_hostile_query_comes_out_escaped(build: Build) -> None:
    made = built(build)
    assert "<script>alert" not in made.text()
    assert "<script>alert(‘x’)" not in made.text()
    assert "&lt;script&gt;alert" in made.text()


@pytest.mark.parametrize(
    ("data", "page", "subtype", "said"),
    [
        (None, "# A\n\n```{search-eval} novel\n```\n", "table", "engines, sets"),
        ('{"date": 1}', PAGE, "data", "make search-eval"),
        ("[", PAGE, "data", "make search-eval"),
    ],
)
def test_bad_input_warns_with_type_and_line(
    build: Build, data: str | None, page: str, subtype: str, said: str
) -> None:
    made = built(build, data, page)
    assert f"[search-eval.{subtype}]" in made.warnings
    assert said in made.warnings
    assert ":1" in made.warnings or "index.md:3" in made.warnings


def test_without_misses_the_page_says_so(build: Build) -> None:
    made = built(build, result(missed=[]).model_dump_json())
    assert "Every query has a right answer" in made.article().get_text()


def test_a_text_build_survives(build: Build) -> None:
    assert "This site" in built(build, builder="text").text("index.txt")


def test_it_needs_no_file_of_its_own(build: Build) -> None:
    names = [link.get("href", "") for link in built(build).soup().find_all("link")]
    assert not [name for name in names if "search-eval" in name or "search_eval" in name]


def test_shares_are_written_for_readers() -> None:
    assert [share(value) for value in (0, 0.789, 0.85, 1)] == ["0%", "78.9%", "85%", "100%"]


# -- The real palette ------------------------------------------------------------------------


def test_every_target_is_a_place_of_the_site(site: Path) -> None:
    assert missing(load(), site) == []


@pytest.mark.browser
def test_the_search_finds_no_less_than_the_page_says(
    browser: Browser, address: str, site: Path
) -> None:
    queries = load()
    tab = browser.new_page()
    engine = engines.Palette(tab, address)
    engine.ready()
    answers = engine.answers([one.text for one in queries])
    tab.close()
    assert falls(read().engines[0], sets(queries, answers)) == []


def test_the_stored_file_is_of_these_queries() -> None:
    stored = read()
    assert stored.engines[0].name == "palette"
    assert stored.engines[0].sets["all"].queries == len(load())
    texts = FILE.read_text("utf-8")
    assert all(json.dumps(one.text, ensure_ascii=False)[1:-1] in texts or one.text in texts
               for one in stored.missed)  # fmt: skip


def test_the_table_on_the_console_has_a_line_for_each_set() -> None:
    lines = tool.table(result()).splitlines()
    assert len(lines) == 1 + 2 * (3 + len(KINDS))
    assert "50.0%" in lines[1]
    assert tool.missed([query("a")], [answer("b.html")]) == [
        Missed(text="x", kind="words", held_out=False, first=["b.html"])
    ]
    assert Figures.model_fields.keys() >= {"success_1", "success_3"}
