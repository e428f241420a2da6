"""``python -m tools.record [--check] [--offline] [--jobs N] [NAME…]``: record, or compare."""

from __future__ import annotations

import argparse
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import groupby
from threading import Lock
from typing import TYPE_CHECKING

from .drift import dated, drift
from .recorder import Places, record, write
from .scenario import ScenarioError, load
from .session import SessionError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

JOBS = 2
"""Recordings at a time: one for each processor of a small machine."""


def _today() -> date:
    return datetime.now(UTC).date()


@dataclass
class Report:
    """What came of one recording."""

    well: bool
    out: str = ""
    err: str = ""

    def show(self) -> None:
        """Print it whole."""
        print(self.err, end="", file=sys.stderr, flush=True)
        print(self.out, end="", flush=True)


@dataclass(frozen=True)
class Run:
    """One call of the command: what to do with each recording."""

    places: Places
    options: argparse.Namespace
    today: Callable[[], date] = _today
    printing: Lock = field(default_factory=Lock)

    def all(self, names: Iterable[str]) -> int:
        """Record or compare all, those of one project one after the other; return the faults."""
        queues = [list(group) for _, group in groupby(sorted(names, key=self._key), self._project)]
        with ThreadPoolExecutor(self.options.jobs) as pool:
            return sum(pool.map(self._queue, queues))

    def _queue(self, names: list[str]) -> int:
        wrong = 0
        for name in names:
            report = self.one(name)
            with self.printing:
                report.show()
            wrong += not report.well
        return wrong

    def _key(self, name: str) -> tuple[str, str]:
        return self._project(name), name

    def _project(self, name: str) -> str:
        try:
            return load(self.places.scenario(name)).project
        except ScenarioError:
            return ""

    def one(self, name: str) -> Report:
        """Record or compare one."""
        begin = time.monotonic()
        try:
            if self.options.offline and load(self.places.scenario(name)).network:
                return Report(True, f"record: {name} needs a network, left out\n")
            cast = record(name, self.places)
        except (ScenarioError, SessionError) as error:
            return Report(False, err=f"record: {error}\n")
        compare = self._compare if self.options.check else self._keep
        return compare(name, cast, lambda: f"({time.monotonic() - begin:.0f} s)")

    def _compare(self, name: str, cast: str, took: Callable[[], str]) -> Report:
        difference = drift(name, self.places.cast(name), cast)
        verdict = "differs" if difference else "is as committed"
        return Report(not difference, f"record: {name} {verdict} {took()}\n", difference)

    def _keep(self, name: str, cast: str, took: Callable[[], str]) -> Report:
        path = self.places.cast(name)
        committed = path.read_text(encoding="utf-8") if path.is_file() else None
        write(path, dated(cast, committed, self.today()))
        return Report(True, f"record: {path.name}, {path.stat().st_size:,} bytes {took()}\n")


def main(
    arguments: Sequence[str] | None = None,
    places: Places | None = None,
    today: Callable[[], date] = _today,
) -> int:
    """Record or compare; return 1 if something is wrong, after all recordings had their turn."""
    places = places or Places()
    options = _parse(arguments)
    wrong = Run(places, options, today).all(options.names or places.names())
    if not options.names:
        wrong += _orphans(places)
    return 1 if wrong else 0


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tools.record",
        description="Record the terminal sessions of tools/casts into _static/casts.",
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="a recording; all without one")
    parser.add_argument("--check", action="store_true", help="run them and compare, write nothing")
    parser.add_argument(
        "--offline", action="store_true", help="leave out those that need a network"
    )
    parser.add_argument(
        "--jobs", type=int, choices=range(1, 17), default=JOBS, metavar="N",
        help="recordings at a time, from 1 to 16 (default: %(default)s)",
    )  # fmt: skip
    return parser.parse_args(arguments)


def _orphans(places: Places) -> int:
    """Say which casts no file describes; return how many."""
    orphans = sorted({path.stem for path in places.casts.glob("*.cast")} - set(places.names()))
    for name in orphans:
        print(f"record: {name}.cast has no {places.scenario(name)}; remove it", file=sys.stderr)
    return len(orphans)


if __name__ == "__main__":
    sys.exit(main())
