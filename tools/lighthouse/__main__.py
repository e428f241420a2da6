"""Command line: measure, print a table, compare with the goals."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import statistics
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from tools import browser

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
HTML = ROOT / "_build" / "html"
REPORTS = ROOT / "_build" / "lighthouse"
LIGHTHOUSE = HERE / "node_modules" / ".bin" / "lighthouse"
PAGES = ("index", "get-started/install", "get-started/first-run", "reference/python/tracking")
"""Landing page, guide, notebook, Python reference."""
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update",
         "--disable-sync")  # fmt: skip


@dataclass(frozen=True)
class Goal:
    """A figure of a report, and the least or the most that it may be."""

    name: str
    path: tuple[str, ...]
    limit: float
    least: bool = False
    scale: float = 1

    def of(self, report: dict[str, Any]) -> float:
        """Return the figure."""
        value: Any = report
        for key in self.path:
            value = value[key]
        return float(value) * self.scale

    def missed(self, value: float) -> bool:
        """Tell whether a figure misses the goal."""
        return value < self.limit if self.least else value > self.limit


def _score(name: str, category: str, least: float) -> Goal:
    return Goal(name, ("categories", category, "score"), least, least=True, scale=100)


def _audit(name: str, audit: str, most: float) -> Goal:
    return Goal(name, ("audits", audit, "numericValue"), most)


GOALS = (
    _score("performance", "performance", 98),
    _score("accessibility", "accessibility", 100),
    _score("best practices", "best-practices", 100),
    _score("SEO", "seo", 100),
    _audit("LCP ms", "largest-contentful-paint", 1500),
    _audit("CLS", "cumulative-layout-shift", 0.02),
    _audit("TBT ms", "total-blocking-time", 200),
)


@contextlib.contextmanager
def serve(directory: Path) -> Iterator[str]:
    """Serve a directory compressed and give its address, without a final slash."""
    app = Starlette(
        routes=[Mount("/", StaticFiles(directory=directory, html=True))],
        middleware=[Middleware(GZipMiddleware, minimum_size=500)],
    )
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.05)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


def measure(url: str, report: Path) -> dict[str, Any]:
    """Run Lighthouse once and return its report.

    Raises:
        SystemExit: it could not measure.
    """
    command = [
        str(LIGHTHOUSE), url, "--quiet", "--output=json", f"--output-path={report}",
        "--only-categories=performance,accessibility,best-practices,seo",
        f"--chrome-flags={' '.join(FLAGS)}",
    ]  # fmt: skip
    environment = {**os.environ, "CHROME_PATH": browser.find() or ""}
    done = subprocess.run(command, env=environment, check=False)
    if done.returncode:
        sys.exit(f"lighthouse: could not measure {url}; its message is above")
    found: dict[str, Any] = json.loads(report.read_text("utf-8"))
    return found


def medians(reports: list[dict[str, Any]]) -> dict[str, float]:
    """Return the median of each figure over the runs of one page."""
    return {goal.name: statistics.median(goal.of(one) for one in reports) for goal in GOALS}


def misses(page: str, figures: dict[str, float], reports: list[dict[str, Any]]) -> list[str]:
    """Return what misses its goal on a page, with the audits behind it."""
    found = [
        f"{page}: {goal.name} {figures[goal.name]:.3g}, goal {goal.limit:g}"
        for goal in GOALS
        if goal.missed(figures[goal.name])
    ]
    failing = {
        name: audit["title"]
        for report in reports
        for name, audit in report["audits"].items()
        if audit["scoreDisplayMode"] == "binary" and audit["score"] == 0
    }
    return found + [f"{page}: audit {name}: {title}" for name, title in sorted(failing.items())]


def main() -> None:
    """Measure the pages named, or one of each type."""
    parser = argparse.ArgumentParser(prog="python -m tools.lighthouse", description=__doc__)
    parser.add_argument("pages", nargs="*", default=PAGES, help="paths below source/, no suffix")
    parser.add_argument("--runs", type=int, default=3, help="runs of each page (default: 3)")
    options = parser.parse_args()
    missing = [page for page in options.pages if not (HTML / f"{page}.html").is_file()]
    if missing:
        sys.exit(f"lighthouse: not built: {', '.join(missing)}. Run make html")
    REPORTS.mkdir(parents=True, exist_ok=True)
    print(f"{'page':30}", *(f"{goal.name:>15}" for goal in GOALS))
    problems = []
    with serve(HTML) as address:
        for page in options.pages:
            reports = [
                measure(f"{address}/{page}.html", REPORTS / f"{page.replace('/', '-')}-{run}.json")
                for run in range(1, options.runs + 1)
            ]
            figures = medians(reports)
            print(f"{page:30}", *(f"{value:15.3g}" for value in figures.values()), flush=True)
            problems += misses(page, figures, reports)
    if problems:
        sys.exit("\n".join(["", *problems]))


if __name__ == "__main__":
    main()
