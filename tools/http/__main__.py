"""``python -m tools.http [--check] [NAME…]``: record exchanges with services, or compare."""

from __future__ import annotations

import argparse
import signal
import sys
import time
from typing import TYPE_CHECKING

from . import recorder
from .exchange import ExchangeError
from .recorder import Places, drift, record, save
from .script import ScriptError, load
from .services import ServiceError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .script import Script


def main(arguments: Sequence[str] | None = None, places: Places | None = None) -> int:
    """Record or compare; return 1 if something is wrong, after all scripts had their turn."""
    places = places or Places()
    parser = argparse.ArgumentParser(prog="python -m tools.http", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="a script; all without one")
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    options = parser.parse_args(arguments)
    begin = time.monotonic()
    try:
        scripts = {name: load(places.script(name)) for name in options.names or places.names()}
        with recorder.services(each.service for each in scripts.values()) as addresses:
            wrong = sum(
                not _one(name, script, addresses[script.service], places, check=options.check)
                for name, script in scripts.items()
            )
    except (ScriptError, ServiceError) as error:
        print(f"http: {error}", file=sys.stderr)
        return 1
    if not options.names:
        wrong += _orphans(places)
    print(f"http: {len(scripts)} scripts, {wrong} wrong ({time.monotonic() - begin:.0f} s)")
    return 1 if wrong else 0


def _one(name: str, script: Script, address: str, places: Places, *, check: bool) -> bool:
    """Record or compare one; return whether all is well."""
    try:
        content = record(script, address, places)
    except ExchangeError as error:
        print(f"http: {places.script(name)}: {error}", file=sys.stderr)
        return False
    if not check:
        print(f"http: {save(name, content, places).name}, {len(script.requests)} exchanges")
        return True
    difference = drift(name, content, places)
    print(difference, end="", file=sys.stderr)
    print(f"http: {name} {'differs' if difference else 'is as committed'}")
    return not difference


def _orphans(places: Places) -> int:
    """Say which transcripts no script describes; return how many."""
    orphans = sorted({path.stem for path in places.data.glob("*.json")} - set(places.names()))
    for name in orphans:
        print(f"http: {name}.json has no {places.script(name)}; remove it", file=sys.stderr)
    return len(orphans)


if __name__ == "__main__":
    # A terminated recorder ends its services too.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    sys.exit(main())
