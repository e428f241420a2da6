"""``python -m tools.search_eval``: ask all engines and write; ``--check``: ask ours and compare."""

from __future__ import annotations

import argparse
import contextlib
import datetime
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

from _ext.search_eval import Measured, Missed, Result
from tools import browser
from tools.screenshots import CHROMIUM, serve

from . import engines, pagefind
from .measures import Answer, latency, sets
from .queries import Query, load, missing, rank
from .result import FILE, ROOT, falls, misses, read, write

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

HTML = ROOT / "_build" / "html"
FIRST = "how do I track an experiment"
"""The query whose weight counts."""


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """Launch the browser of the tests."""
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=browser.find(), args=[*CHROMIUM])
        yield launched
        launched.close()


def measure(engine: engines.Engine, queries: list[Query]) -> tuple[Measured, list[Answer]]:
    """Ask one engine everything."""
    engine.ready()
    engine.answers([FIRST])
    weight = engine.weight()
    answers = engine.answers([query.text for query in queries])
    made = Measured(
        name=engine.name,
        title=engine.title,
        version=engine.version,
        bytes=weight,
        latency=latency(answers),
        sets=sets(queries, answers),
    )
    return made, answers


def missed(queries: list[Query], answers: list[Answer]) -> list[Missed]:
    """Return the queries without a right answer among the first three."""
    return [
        Missed(
            text=query.text,
            kind=query.kind,
            held_out=query.held_out,
            first=[addresses[0] for addresses in answer.found[:3]],
        )
        for query, answer in zip(queries, answers, strict=True)
        if not rank(query, answer.found[:3])
    ]


def run(site: Path, queries: list[Query], *, alone: bool) -> Result:
    """Ask the palette, and the others unless it is to be asked alone."""
    measured, not_measured = [], {}
    with chromium() as launched, serve(site) as address:
        palette, answers = measure(engines.Palette(launched.new_page(), address), queries)
        measured.append(palette)
        if not alone:
            own = engines.Sphinx(launched.new_page(), address)
            measured.append(measure(own, queries)[0])
            if why := pagefind.install():
                not_measured["Pagefind"] = why
            else:
                measured.append(_pagefind(launched, site, queries))
        return Result(
            date=datetime.datetime.now(tz=datetime.UTC).date().isoformat(),
            browser=f"Chromium {launched.version.split('.')[0]}",
            engines=measured,
            not_measured=not_measured,
            missed=missed(queries, answers),
        )


def _pagefind(launched: Browser, site: Path, queries: list[Query]) -> Measured:
    with tempfile.TemporaryDirectory(prefix="search-eval-") as name:
        pagefind.index(site, Path(name))
        with serve(Path(name)) as address:
            engine = engines.Pagefind(launched.new_page(), address, pagefind.release())
            return measure(engine, queries)[0]


def table(result: Result) -> str:
    """Return the figures as lines."""
    lines = [
        f"{'':34}{'s@1':>7}{'s@3':>7}{'place@3':>9}{'MRR':>7}{'none':>7}{'p95 ms':>8}{'kB':>7}"
    ]
    for engine in result.engines:
        for name, one in engine.sets.items():
            own = name == "all"
            last = f"{engine.latency.p95:8}{engine.bytes / 1000:7.0f}" if own else ""
            lines.append(
                f"{engine.title + ', ' + name:34}{one.success_1:7.1%}{one.success_3:7.1%}"
                f"{one.place_3:9.1%}{one.reciprocal_rank:7.3f}{one.nothing:7.1%}{last}"
            )
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    """Measure, or check; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.search_eval", description=__doc__)
    parser.add_argument("--check", action="store_true", help="ask the palette alone and compare")
    parser.add_argument("--site", type=Path, default=HTML, help="a built site")
    parser.add_argument("--missed", action="store_true", help="list the queries that fail")
    options = parser.parse_args(arguments)
    if not (options.site / "index.html").is_file():
        sys.exit(f"search_eval: there is no site in {options.site}; build it: make html")
    queries = load()
    if gone := missing(queries, options.site):
        sys.exit("search_eval: the site lacks targets of queries.toml: " + ", ".join(gone))
    result = run(options.site, queries, alone=options.check)
    print(table(result))
    for one in result.missed if options.missed else []:
        print(f"  {one.kind:7}{'*' if one.held_out else ' '} {one.text!r}: {', '.join(one.first)}")
    palette = result.engines[0]
    for line in misses(palette):
        print(f"search_eval: goal missed: {line}")
    if options.check:
        worse = falls(read().engines[0], palette.sets)
        for line in worse:
            print(f"search_eval: {line}")
        return 1 if worse else 0
    write(result)
    print(f"{FILE.relative_to(ROOT)}: {len(queries)} queries")
    return 0


if __name__ == "__main__":
    sys.exit(main())
