"""``python -m tools.media [--check] [NAME…]``: make pictures and videos, or check them."""

from __future__ import annotations

import argparse
import sys
import time
from typing import TYPE_CHECKING

from . import ledger
from .maker import make
from .plan import MediaError, Places, Plan, load

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None, places: Places | None = None) -> int:
    """Make or check; return 1 if something is wrong, after all had their turn."""
    places = places or Places()
    options = _parse(arguments)
    try:
        plan = load(places.plan)
        if unknown := [name for name in options.names if name not in plan.names]:
            known = ", ".join(plan.names) or "none"
            raise MediaError(f"{places.plan} declares no {unknown[0]!r}; there are {known}")
        act = _check if options.check else _make
        return act(plan, places, options.names)
    except MediaError as error:
        print(f"media: {error}", file=sys.stderr)
        return 1


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tools.media",
        description="Make what tools/media/media.yaml declares, in _static/media.",
    )
    parser.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        help="a recording; without one, all that are out of date",
    )
    parser.add_argument("--check", action="store_true", help="compare only; needs no ffmpeg")
    return parser.parse_args(arguments)


def _check(plan: Plan, places: Places, names: list[str]) -> int:
    found = ledger.problems(plan, places, names or plan.names)
    if not names:
        found += ledger.orphans(plan, places)
    for problem in found:
        print(f"media: {problem}", file=sys.stderr)
    if not found:
        print(f"media: {len(names or plan.names)} recordings, their files are up to date")
    return 1 if found else 0


def _make(plan: Plan, places: Places, names: list[str]) -> int:
    wrong = 0
    for name in names or _stale(plan, places):
        begin = time.monotonic()
        try:
            made = make(name, plan, places)
        except MediaError as error:
            print(f"media: {error}", file=sys.stderr)
            wrong += 1
            continue
        _note(plan, places, {name: made})
        size = sum(file.bytes for file in made.files.values())
        seconds = time.monotonic() - begin
        print(f"media: {name}, {len(made.files)} files, {size:,} bytes ({seconds:.0f} s)")
    _note(plan, places, {})
    print("media: all is up to date" if not names and not wrong else "media: done")
    return 1 if wrong else 0


def _note(plan: Plan, places: Places, new: dict[str, ledger.Made]) -> None:
    """Add to ``media.json``, which others may have written meanwhile; drop what is not declared."""
    made = ledger.read(places.ledger) | new
    ledger.write(places.ledger, {name: made[name] for name in plan.names if name in made})


def _stale(plan: Plan, places: Places) -> list[str]:
    return [name for name in plan.names if ledger.problems(plan, places, [name])]


if __name__ == "__main__":
    sys.exit(main())
