"""``python -m tools.record [--check] [--offline] [NAME…]``: record sessions, or compare."""

from __future__ import annotations

import argparse
import sys
import time
from typing import TYPE_CHECKING

from .recorder import Places, drift, record, write
from .scenario import ScenarioError, load
from .session import SessionError

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None, places: Places | None = None) -> int:
    """Record or compare; return 1 if something is wrong, after all recordings had their turn."""
    places = places or Places()
    options = _parse(arguments)
    names = options.names or places.names()
    wrong = sum(not _one(name, places, options) for name in names)
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
    return parser.parse_args(arguments)


def _one(name: str, places: Places, options: argparse.Namespace) -> bool:
    """Record or compare one; return whether all is well."""
    begin = time.monotonic()
    try:
        if options.offline and load(places.scenario(name)).network:
            print(f"record: {name} needs a network, left out")
            return True
        cast = record(name, places)
    except (ScenarioError, SessionError) as error:
        print(f"record: {error}", file=sys.stderr)
        return False
    seconds = time.monotonic() - begin
    if options.check:
        difference = drift(name, places, cast)
        print(difference, end="", file=sys.stderr)
        print(f"record: {name} {'differs' if difference else 'is as committed'} ({seconds:.0f} s)")
        return not difference
    write(places.cast(name), cast)
    print(f"record: {places.cast(name).name}, {len(cast.encode()):,} bytes ({seconds:.0f} s)")
    return True


def _orphans(places: Places) -> int:
    """Say which casts no file describes; return how many."""
    orphans = sorted({path.stem for path in places.casts.glob("*.cast")} - set(places.names()))
    for name in orphans:
        print(f"record: {name}.cast has no {places.scenario(name)}; remove it", file=sys.stderr)
    return len(orphans)


if __name__ == "__main__":
    sys.exit(main())
