"""What the report says, computed from the database and from git, and nothing else."""

from __future__ import annotations

import subprocess
from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import func, select

from .store import FEEDBACK, SEARCHES, THEIR_SEARCHES, THEIR_VIEWS, VIEWS, VITALS

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Column, ColumnElement, Connection, Table

DAYS = 30
WEEKS = MONTHS = 12
MOST = 25
"""Rows of a list."""
GOOD = {"lcp": 2500.0, "inp": 200.0, "cls": 0.1, "ttfb": 800.0}
"""What web.dev calls good, at the 75th percentile."""
NAMES = {"lcp": "LCP", "inp": "INP", "cls": "CLS", "ttfb": "TTFB"}
SHARE = 0.75

State = Literal["met", "missed", "no data"]


@dataclass(frozen=True)
class Goal:
    """A figure and its goal.

    Args:
        key: its name in JSON.
        title: what it is.
        value: what was measured; ``None`` when there is nothing to measure.
        goal: what it ought to be, in the same unit.
        unit: what stands after both.
        basis: what was counted, in words.
        less: whether less is better.
    """

    key: str
    title: str
    value: float | None
    goal: float
    unit: str
    basis: str
    less: bool = False

    @property
    def state(self) -> State:
        """How the value stands to the goal."""
        if self.value is None:
            return "no data"
        met = self.value <= self.goal if self.less else self.value >= self.goal
        return "met" if met else "missed"

    def as_json(self) -> dict[str, Any]:
        """Return all of it as plain data."""
        return asdict(self) | {"state": self.state}


@dataclass
class Figures:
    """All that the report shows."""

    today: date
    goals: list[Goal] = field(default_factory=list)
    vitals: list[dict[str, Any]] = field(default_factory=list)
    searches: dict[str, Any] = field(default_factory=dict)
    weeks: list[dict[str, Any]] = field(default_factory=list)
    months: list[dict[str, Any]] = field(default_factory=list)
    pages: list[dict[str, Any]] = field(default_factory=list)
    ratings: list[dict[str, Any]] = field(default_factory=list)
    comments: list[dict[str, Any]] = field(default_factory=list)
    readthedocs: dict[str, Any] = field(default_factory=dict)


def compute(connection: Connection, repository: Path, today: date) -> Figures:
    """Return the figures of the days before ``today`` and of today."""
    since = datetime.combine(today - timedelta(days=DAYS - 1), datetime.min.time())
    found = Figures(today)
    commits = contributions(repository, today)
    found.searches = _searches(connection, since)
    found.weeks = _weeks(connection, today)
    found.months = _months(commits, today)
    found.goals = [
        _success(found.searches),
        _satisfaction(connection, since),
        _speed(connection, since),
        _visits(connection, found.weeks),
        _contributions(commits, today),
    ]
    found.vitals = [_vital(connection, since, name) for name in GOOD]
    found.pages = _pages(connection, since)
    found.ratings = _ratings(connection, since)
    found.comments = _comments(connection, since)
    found.readthedocs = _readthedocs(connection, today)
    return found


def _count(connection: Connection, table: Table, *where: ColumnElement[bool]) -> int:
    return int(connection.scalar(select(func.count()).select_from(table).where(*where)) or 0)


def percentile(connection: Connection, column: Column[Any], since: datetime) -> tuple[Any, int]:
    """Return the value that three quarters of the measurements stay below, and how many there are.

    The nearest rank: a value that was measured, nothing between two.
    """
    where = (column.is_not(None), column.table.c.hour >= since)
    table = VITALS
    number = _count(connection, table, *where)
    if not number:
        return None, 0
    place = -(-number * 3 // 4) - 1  # SHARE, rounded up, counted from 0
    ordered = select(column).where(*where).order_by(column).offset(place).limit(1)
    return connection.scalar(ordered), number


def _searches(connection: Connection, since: datetime) -> dict[str, Any]:
    recent = SEARCHES.c.hour >= since
    kinds: dict[str, int] = {
        ended: _count(connection, SEARCHES, recent, SEARCHES.c.ended == ended)
        for ended in ("chosen", "refined", "left")
    }
    rank = connection.scalar(select(func.avg(SEARCHES.c.rank)).where(recent))
    none = SEARCHES.c.results == 0
    left = (SEARCHES.c.results > 0) & (SEARCHES.c.ended == "left")
    return {
        **kinds,
        "rank": None if rank is None else round(float(rank), 2),
        "withheld": _count(connection, SEARCHES, recent, SEARCHES.c.query.is_(None)),
        "none": _queries(connection, SEARCHES, recent & none),
        "abandoned": _queries(connection, SEARCHES, recent & left),
    }


def _queries(
    connection: Connection, table: Table, where: ColumnElement[bool]
) -> list[dict[str, Any]]:
    """Return queries, without regard to case, and how often they came."""
    query = func.lower(table.c.query)
    times = func.count()
    rows = connection.execute(
        select(query, times)
        .where(where, table.c.query.is_not(None))
        .group_by(query)
        .order_by(times.desc(), query)
        .limit(MOST)
    )
    return [{"query": text, "times": number} for text, number in rows]


def _success(searches: dict[str, Any]) -> Goal:
    ended = searches["chosen"] + searches["left"]
    share = round(100 * searches["chosen"] / ended, 1) if ended else None
    basis = (
        f"{ended:,} searches in {DAYS} days that ended with an opened result or with none; "
        "a refined query goes on"
    )
    return Goal("search_success", "Search success", share, 90, "%", basis)


def _satisfaction(connection: Connection, since: datetime) -> Goal:
    recent = FEEDBACK.c.hour >= since
    number = _count(connection, FEEDBACK, recent)
    mean = connection.scalar(select(func.avg(FEEDBACK.c.rating)).where(recent))
    value = None if mean is None else round(float(mean), 2)
    basis = f"{number:,} answers in {DAYS} days, from 1 to 5"
    return Goal("satisfaction", "Satisfaction", value, 4.5, "of 5", basis)


def _speed(connection: Connection, since: datetime) -> Goal:
    value, number = percentile(connection, VITALS.c.load, since)
    seconds = None if value is None else round(value / 1000, 2)
    basis = f"75th percentile of {number:,} page loads in {DAYS} days, until the load event"
    return Goal("page_load", "Page load", seconds, 2, "s", basis, less=True)


def _visits(connection: Connection, weeks: list[dict[str, Any]]) -> Goal:
    value = weeks[-1]["visits"] if _count(connection, VIEWS) else None
    basis = "openings of a page from elsewhere in the last 7 days"
    return Goal("visits", "Visits a week", value, 1000, "", basis)


def _vital(connection: Connection, since: datetime, name: str) -> dict[str, Any]:
    value, number = percentile(connection, VITALS.c[name], since)
    rounded = None if value is None else round(value, 3 if name == "cls" else 0)
    state = "no data" if value is None else "met" if value <= GOOD[name] else "missed"
    return {
        "name": NAMES[name], "value": rounded, "good": GOOD[name], "number": number,
        "unit": "" if name == "cls" else "ms", "state": state,
    }  # fmt: skip


def _weeks(connection: Connection, today: date) -> list[dict[str, Any]]:
    """Return visits and views of the last weeks of seven days, the one that ends today last."""
    rows = []
    for number in reversed(range(WEEKS)):
        last = today - timedelta(weeks=number)
        first = last - timedelta(days=6)
        begin = datetime.combine(first, datetime.min.time())
        within = (VIEWS.c.hour >= begin, VIEWS.c.hour < begin + timedelta(days=7))
        rows.append({
            "from": first.isoformat(), "to": last.isoformat(),
            "visits": _count(connection, VIEWS, *within, VIEWS.c.entry),
            "views": _count(connection, VIEWS, *within),
        })  # fmt: skip
    return rows


def _pages(connection: Connection, since: datetime) -> list[dict[str, Any]]:
    times = func.count()
    rows = connection.execute(
        select(VIEWS.c.page, times)
        .where(VIEWS.c.hour >= since)
        .group_by(VIEWS.c.page)
        .order_by(times.desc(), VIEWS.c.page)
        .limit(MOST)
    )
    return [{"page": page, "views": number} for page, number in rows]


def _ratings(connection: Connection, since: datetime) -> list[dict[str, Any]]:
    """Return the pages that readers like least."""
    mean, times = func.avg(FEEDBACK.c.rating), func.count()
    rows = connection.execute(
        select(FEEDBACK.c.page, mean, times)
        .where(FEEDBACK.c.hour >= since)
        .group_by(FEEDBACK.c.page)
        .order_by(mean, times.desc(), FEEDBACK.c.page)
        .limit(MOST)
    )
    return [
        {"page": page, "rating": round(float(value), 2), "answers": number}
        for page, value, number in rows
    ]


def _comments(connection: Connection, since: datetime) -> list[dict[str, Any]]:
    rows = connection.execute(
        select(FEEDBACK.c.page, FEEDBACK.c.rating, FEEDBACK.c.comment)
        .where(FEEDBACK.c.hour >= since, FEEDBACK.c.comment != "")
        .order_by(FEEDBACK.c.id.desc())
        .limit(MOST)
    )
    return [{"page": page, "rating": rating, "comment": text} for page, rating, text in rows]


def _readthedocs(connection: Connection, today: date) -> dict[str, Any]:
    """Return what the imported files say of the last days."""
    since = today - timedelta(days=DAYS - 1)
    asked, seen = THEIR_SEARCHES.c.day >= since, THEIR_VIEWS.c.day >= since
    none = THEIR_SEARCHES.c.results == 0
    views = func.sum(THEIR_VIEWS.c.views)
    top = connection.execute(
        select(THEIR_VIEWS.c.path, views)
        .where(seen)
        .group_by(THEIR_VIEWS.c.path)
        .order_by(views.desc(), THEIR_VIEWS.c.path)
        .limit(MOST)
    ).all()
    return {
        "searches": _count(connection, THEIR_SEARCHES, asked),
        "without_results": _count(connection, THEIR_SEARCHES, asked, none),
        "none": _queries(connection, THEIR_SEARCHES, asked & none),
        "views": int(connection.scalar(select(views).where(seen)) or 0),
        "pages": [{"page": path, "views": int(number)} for path, number in top],
    }


def contributions(repository: Path, today: date) -> list[date] | None:
    """Return the days of the commits of a year, merges left out; ``None`` without a history."""
    git = ["git", "-C", str(repository)]
    shallow = subprocess.run(
        [*git, "rev-parse", "--is-shallow-repository"], capture_output=True, text=True, check=False
    )
    if shallow.stdout.strip() != "false":  # no repository, or one whose history was cut off
        return None
    since = today - timedelta(days=400)
    log = subprocess.run(
        [*git, "log", "--no-merges", f"--since={since}", "--date=short", "--format=%cd"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if log.returncode:
        return None
    days = (date.fromisoformat(line) for line in log.stdout.split())
    return [day for day in days if day <= today]


def _contributions(commits: list[date] | None, today: date) -> Goal:
    since = today - timedelta(days=DAYS - 1)
    value = None if commits is None else sum(day >= since for day in commits)
    basis = f"commits of {DAYS} days, without merges"
    return Goal("contributions", "Contributions a month", value, 10, "", basis)


def _months(commits: list[date] | None, today: date) -> list[dict[str, Any]]:
    if commits is None:
        return []
    counted = Counter((day.year, day.month) for day in commits)
    months = []
    year, month = today.year, today.month
    for _ in range(MONTHS):
        months.append({"month": f"{year}-{month:02}", "commits": counted[year, month]})
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    return months[::-1]
