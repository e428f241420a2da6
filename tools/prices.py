"""``python -m tools.prices [--check]``: the price table of the installed package, for the pages.

It writes ``source/_data/prices.json``, one model a line, with prices for a million tokens.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mltrack.pricing import load_pricing_snapshot

if TYPE_CHECKING:
    from collections.abc import Sequence

FILE = Path(__file__).parents[1] / "source" / "_data" / "prices.json"
MILLION = 1_000_000
DIGITS = 9
"""Significant digits: more than any price has, fewer than a float's rounding shows."""


def per_million(price: float | None) -> float | int | None:
    """Return the price of a million tokens, without the noise of floats."""
    if price is None:
        return None
    value = float(f"{price * MILLION:.{DIGITS}g}")
    return int(value) if value.is_integer() else value


def whole(number: float | None) -> int | None:
    """Return a number of tokens as the integer that it is."""
    return None if number is None else int(number)


def row(name: str, entry: dict[str, Any]) -> list[Any]:
    """Return name, provider, mode, input, output and the tokens that go in and come out."""
    return [
        name,
        entry["canonical_provider"],
        entry["mode"],
        per_million(entry.get("input_cost_per_token")),
        per_million(entry.get("output_cost_per_token")),
        whole(entry.get("max_input_tokens")),
        whole(entry.get("max_output_tokens")),
    ]


def export() -> str:
    """Return the file's text."""
    snapshot = load_pricing_snapshot()
    facts = {name: snapshot[name] for name in ("source", "source_url", "fetched_at")}
    rows = [row(name, entry) for name, entry in sorted(snapshot["models"].items())]
    lines = ",\n".join(json.dumps(each, ensure_ascii=False) for each in rows)
    head = "".join(f"{json.dumps(name)}: {json.dumps(facts[name])},\n" for name in facts)
    return f'{{\n{head}"models": [\n{lines}\n]\n}}\n'


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the file, or compare; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.prices", description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    options = parser.parse_args(arguments)
    new = export()
    if not options.check:
        FILE.write_text(new, encoding="utf-8")
        return 0
    if not FILE.is_file() or FILE.read_text("utf-8") != new:
        print("prices: the package has other prices now. Run: python -m tools.prices")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
