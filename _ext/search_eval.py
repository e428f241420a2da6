"""``{search-eval}``: how well readers find things, with this site's search and with two others.

``{search-eval} engines`` compares the engines, ``sets`` the queries that the search was tuned with
and those kept apart, ``kinds`` the kinds of queries; ``missed`` lists the queries that this site
does not answer, and ``measures`` says what each figure means and what it should be. All read
``source/_data/search_eval.json``, which ``make search-eval`` writes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from docutils import nodes
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from ._shared.inputs import FeatureDirective
from ._shared.report import InputError
from ._shared.tables import Cell, table

if TYPE_CHECKING:
    from collections.abc import Callable

    from sphinx.application import Sphinx

DATA = "/_data/search_eval.json"
Kind = Literal["exact", "words", "typo", "symbol", "error", "wrong"]
KINDS: dict[Kind, str] = {
    "exact": "Terms and titles, as written",
    "words": "The task in other words",
    "typo": "One or two slips",
    "symbol": "Names, settings, endpoints",
    "error": "Pasted messages",
    "wrong": "Names that do not exist",
}
SETS = {"tuning": "Tuned with", "held out": "Kept apart", "all": "All"}
GOALS = {"success_1": 0.85, "success_3": 0.97}
MEASURES = {
    "Success at 1": "The first result is a right one: its page, and its place on the page where "
    "the query asks for a place.",
    "Success at 3": "One of the first three results is right.",
    "Place at 3": "Of the queries that ask for a place inside a page: that place itself is among "
    "the first three.",
    "Reciprocal rank": "One divided by the rank of the first right result, zero below rank ten; "
    "the mean of all queries.",
    "Nothing": "Queries without any result.",
    "Time": "From the last key to the results on the screen, with the index in memory. 95 of 100 "
    "queries take no longer.",
    "Weight": "What a browser loads, compressed, until it has answered a first query.",
}


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Figures(_Strict):
    """Shares of 1 over a set of queries."""

    queries: int
    success_1: float
    success_3: float
    place_3: float
    reciprocal_rank: float
    nothing: float


class Latency(_Strict):
    """Milliseconds from a query to its results."""

    median: float
    p95: float


class Measured(_Strict):
    """One engine."""

    name: str
    title: str
    version: str
    bytes: int
    latency: Latency
    sets: dict[str, Figures]


class Missed(_Strict):
    """A query that this site's search does not answer among the first three."""

    text: str
    kind: Kind
    held_out: bool
    first: list[str]


class Result(_Strict):
    """The file; this site's engine is the first."""

    date: str
    browser: str
    engines: list[Measured]
    not_measured: dict[str, str]
    """Engine → why."""
    missed: list[Missed]


def share(value: float) -> str:
    """Return a share as a reader reads it."""
    return f"{100 * value:.1f}".removesuffix(".0") + "%"


def _columns(one: Figures) -> tuple[str, ...]:
    shares = (one.success_1, one.success_3, one.place_3)
    return (*map(share, shares), f"{one.reciprocal_rank:.2f}", share(one.nothing))


def _speed(engine: Measured) -> tuple[str, str]:
    return f"{engine.latency.p95:.0f} ms", f"{engine.bytes / 1000:.0f} kB"


FIGURES = tuple(MEASURES)


def engines(result: Result) -> list[nodes.Node]:
    """Return a column for each engine, and say what was not measured."""
    columns = [(*_columns(one.sets["all"]), *_speed(one)) for one in result.engines]
    rows = list(zip(MEASURES, *columns, strict=True))
    made = table(("Measure", *(one.title for one in result.engines)), rows)
    versions = ", ".join(one.version for one in result.engines)
    said = f"Measured on {result.date} in {result.browser}, with {versions}."
    for name, why in result.not_measured.items():
        said += f" {name} was not measured: {why}."
    return [made, nodes.paragraph("", said)]


def sets(result: Result) -> list[nodes.Node]:
    """Return rows for each set of queries, with a column for each engine."""
    rows = []
    for name, label in SETS.items():
        columns = [_columns(one.sets[name]) for one in result.engines]
        count = result.engines[0].sets[name].queries
        for at in (0, 1, 3):
            rows.append((f"{label} ({count})", FIGURES[at], *(column[at] for column in columns)))
    return [table(("Queries", "Measure", *(one.title for one in result.engines)), rows)]


def kinds(result: Result) -> list[nodes.Node]:
    """Return a row for each kind of query, with each engine's success at 3."""
    first = result.engines[0]
    rows = [
        (
            label,
            str(first.sets[kind].queries),
            *(share(one.sets[kind].success_3) for one in result.engines),
        )
        for kind, label in KINDS.items()
    ]
    head = ("Kind of query", "Number", *(one.title for one in result.engines))
    return [table(head, rows)]


def missed(result: Result) -> list[nodes.Node]:
    """Return a row for each query without a right answer among the first three."""
    rows: list[tuple[Cell, ...]] = [
        (one.text, KINDS[one.kind], nodes.literal("", one.first[0]) if one.first else "nothing")
        for one in result.missed
    ]
    if not rows:
        return [nodes.paragraph("", "Every query has a right answer among the first three.")]
    made = table(("Query", "Kind", "First result instead"), rows)
    made["classes"].append("mlt-unsearched")  # or this page would answer them
    return [made]


def measures(result: Result) -> list[nodes.Node]:
    """Return a row for each measure: what it means, the goal, this site's figure."""
    first = result.engines[0]
    goals = {
        "Success at 1": f"at least {share(GOALS['success_1'])}",
        "Success at 3": f"at least {share(GOALS['success_3'])}",
        "Time": "at most 30 ms",
        "Weight": "at most 250 kB",
    }
    figures = (*_columns(first.sets["all"]), *_speed(first))
    rows = [
        (name, text, goals.get(name, "none"), figure)
        for (name, text), figure in zip(MEASURES.items(), figures, strict=True)
    ]
    return [table(("Measure", "What it means", "Goal", first.title), rows)]


TABLES: dict[str, Callable[[Result], list[nodes.Node]]] = {
    "engines": engines,
    "sets": sets,
    "kinds": kinds,
    "missed": missed,
    "measures": measures,
}


class SearchEvalDirective(FeatureDirective):
    """``{search-eval} engines | sets | kinds | missed | measures``."""

    feature = "search-eval"
    required_arguments = 1
    option_spec: ClassVar[dict[str, Any]] = {}

    def build(self) -> list[nodes.Node]:
        """Return the table.

        Raises:
            InputError: there is no such table, or the file is wrong.
        """
        if self.arguments[0] not in TABLES:
            known = ", ".join(TABLES)
            raise InputError("table", f"there is no table {self.arguments[0]!r}; there are {known}")
        path = self.source_file(DATA)
        try:
            result = TypeAdapter(Result).validate_json(path.read_text(encoding="utf-8"))
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            where = ".".join(str(part) for part in first["loc"])
            message = f"{where}: {first['msg']}. Write it with: make search-eval"
            raise InputError("data", message, f"{path}:1") from error
        made = TABLES[self.arguments[0]](result)
        for node in made:
            node.source, node.line = str(path), 1
        return made


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive."""
    app.add_directive("search-eval", SearchEvalDirective)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
