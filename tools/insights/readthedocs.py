"""The CSV files that Read the Docs offers below *Search analytics* and *Traffic analytics*.

Their searches say what was asked and how much was found, not whether a result was opened; their
traffic counts views of pages, not visits. The report keeps both apart from our own events.
"""

from __future__ import annotations

import csv
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from .events import LONGEST_QUERY
from .privacy import is_private
from .store import THEIR_SEARCHES, THEIR_VIEWS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .store import Store

SEARCH = ["Created Date", "Query", "Total Results"]
TRAFFIC = ["Date", "Version", "Path", "Views"]
LARGEST = 2_000_000_000
"""What a column of the database holds."""


class ImportFault(Exception):  # noqa: N818 - the reader's file
    """A file that is not what Read the Docs writes, with its line."""


def load_searches(store: Store, path: Path) -> int:
    """Import searches in place of those of the same days; return how many."""
    rows = _read(path, SEARCH, _search)
    store.replace(THEIR_SEARCHES, rows)
    return len(rows)


def load_traffic(store: Store, path: Path) -> int:
    """Import page views in place of those of the same days; return how many rows."""
    rows = _read(path, TRAFFIC, _views)
    store.replace(THEIR_VIEWS, rows)
    return len(rows)


def _search(row: list[str]) -> dict[str, Any]:
    when, query, results = row
    words = _plain(query)
    private = not words or is_private(words)
    kept = None if private else words[:LONGEST_QUERY]
    found = _count(results) if results.strip() not in {"", "None"} else None
    return {"day": _day(when), "query": kept, "results": found}


def _views(row: list[str]) -> dict[str, Any]:
    when, version, path, views = row
    return {
        "day": _day(when), "version": _plain(version)[:200], "path": _plain(path)[:4096],
        "views": _count(views),
    }  # fmt: skip


def _plain(text: str) -> str:
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())


def _day(text: str) -> date:
    return datetime.fromisoformat(text.strip()).date()


def _count(text: str) -> int:
    number = int(text)
    if not 0 <= number <= LARGEST:
        raise ValueError(f"{text} is out of range")
    return number


def _read(
    path: Path, header: list[str], row: Callable[[list[str]], dict[str, Any]]
) -> list[dict[str, Any]]:
    """Return a file's rows.

    Raises:
        ImportFault: it cannot be read, or a line is not of its form.
    """
    rows = []
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file)
            first = next(reader, [])
            if first != header:
                names = ",".join(header)
                raise ImportFault(f"{path}:1: the first line is not {names}")
            for each in reader:
                try:
                    if each:
                        rows.append(row(each))
                except ValueError as fault:
                    raise ImportFault(f"{path}:{reader.line_num}: {fault}") from None
    except (OSError, UnicodeDecodeError, csv.Error) as fault:
        raise ImportFault(f"{path}: {fault}") from None
    return rows
