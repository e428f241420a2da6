"""The tables, and transactions that last: SQLite in WAL mode, or PostgreSQL by its URL.

There is no column for an address, a browser, a user or a session. Times are cut to the hour.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
    delete,
    event,
    insert,
    select,
)

from .events import LONGEST_COMMENT, LONGEST_QUERY, Feedback, Search, View, Vitals
from .privacy import REMOVED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Engine

    from .events import AnyEvent

BUSY = 30_000
"""Milliseconds that SQLite waits for another process, such as the report."""

META = MetaData()


def _table(name: str, *columns: Column[Any]) -> Table:
    return Table(
        name,
        META,
        Column("id", Integer, primary_key=True),
        Column("hour", DateTime, nullable=False, index=True),
        Column("page", String(200), nullable=False),
        *columns,
    )


VIEWS = _table("views", Column("entry", Boolean, nullable=False))
VITALS = _table("vitals", *(Column(name, Float) for name in ("load", "lcp", "inp", "ttfb", "cls")))
SEARCHES = _table(
    "searches",
    Column("query", String(LONGEST_QUERY)),
    Column("results", Integer, nullable=False),
    Column("rank", Integer),
    Column("ended", String(8), nullable=False),
)
FEEDBACK = _table(
    "feedback",
    Column("rating", Integer, nullable=False),
    # A replacement may be longer than what it replaces.
    Column("comment", String(LONGEST_COMMENT * len(REMOVED)), nullable=False),
)
EVENTS = {View: VIEWS, Vitals: VITALS, Search: SEARCHES, Feedback: FEEDBACK}

THEIR_SEARCHES = Table(
    "readthedocs_searches",
    META,
    Column("id", Integer, primary_key=True),
    Column("day", Date, nullable=False, index=True),
    Column("query", String(LONGEST_QUERY)),
    Column("results", Integer),
)
THEIR_VIEWS = Table(
    "readthedocs_views",
    META,
    Column("id", Integer, primary_key=True),
    Column("day", Date, nullable=False, index=True),
    Column("version", String(200), nullable=False),
    Column("path", String(4096), nullable=False),
    Column("views", Integer, nullable=False),
)


def row(each: AnyEvent, hour: datetime) -> dict[str, Any]:
    """Return an event as it is stored."""
    values = {"hour": hour} | each.model_dump(exclude={"kind"})
    if isinstance(each, Search):
        values["query"] = each.kept
    elif isinstance(each, Feedback):
        values["comment"] = each.kept
    return values


def now() -> datetime:
    """Return this hour, UTC, without a zone, as the tables keep it."""
    return datetime.now(UTC).replace(minute=0, second=0, microsecond=0, tzinfo=None)


class Store:
    """A database of events."""

    def __init__(self, url: str) -> None:
        self.engine: Engine = create_engine(url, pool_pre_ping=True)
        if self.engine.dialect.name == "sqlite":
            event.listen(self.engine, "connect", _durable)
        META.create_all(self.engine)

    def write(self, events: Iterable[AnyEvent]) -> None:
        """Write events in one transaction; when this returns, they are on disk."""
        hour = now()
        rows: dict[Table, list[dict[str, Any]]] = {}
        for each in events:
            rows.setdefault(EVENTS[type(each)], []).append(row(each, hour))
        with self.engine.begin() as connection:
            for table, values in rows.items():
                connection.execute(insert(table), values)

    def expire(self, days: int) -> int:
        """Remove what is older; return how many rows that was."""
        oldest = now() - timedelta(days=days)
        removed = 0
        with self.engine.begin() as connection:
            for table in EVENTS.values():
                removed += connection.execute(delete(table).where(table.c.hour < oldest)).rowcount
            for table in (THEIR_SEARCHES, THEIR_VIEWS):
                old = delete(table).where(table.c.day < oldest.date())
                removed += connection.execute(old).rowcount
        return removed

    def replace(self, table: Table, rows: list[dict[str, Any]]) -> None:
        """Put imported rows in place of those of the same days."""
        days = [each["day"] for each in rows]
        with self.engine.begin() as connection:
            if rows:
                within = table.c.day.between(min(days), max(days))
                connection.execute(delete(table).where(within))
                connection.execute(insert(table), rows)

    def ready(self) -> None:
        """Ask the database for anything."""
        with self.engine.connect() as connection:
            connection.execute(select(1))

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def _durable(connection: Any, record: Any) -> None:
    """Let SQLite write ahead and wait for the disk at each commit."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute(f"PRAGMA busy_timeout = {BUSY}")
    cursor.close()
