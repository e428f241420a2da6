"""``python -m tools.insights serve | import | report | load``."""

from __future__ import annotations

import argparse
import csv
import io
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import uvicorn
from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError

from tools.http.services import ROOT, free_port

from . import settings
from .load import HOST, LoadError, prove
from .readthedocs import ImportFault, load_searches, load_traffic
from .report import write
from .store import Store

if TYPE_CHECKING:
    from collections.abc import Sequence

LOAD = ROOT / "source" / "_data" / "insights" / "load.csv"
HEADER = ("What", "Measured")


def arguments() -> argparse.ArgumentParser:
    """Return the command line."""
    parser = argparse.ArgumentParser(prog="python -m tools.insights", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    serve = commands.add_parser("serve", help="collect events")
    serve.add_argument("--host", default=HOST)
    serve.add_argument("--port", type=int, default=8300)
    take = commands.add_parser("import", help="read CSV files of Read the Docs")
    take.add_argument("--search", type=Path, help="search analytics")
    take.add_argument("--traffic", type=Path, help="traffic analytics")
    report = commands.add_parser("report", help="write the report")
    report.add_argument("--out", type=Path, default=ROOT / "_build" / "insights")
    report.add_argument("--repository", type=Path, default=ROOT, help="for contributions")
    load = commands.add_parser("load", help="prove that nothing acknowledged is lost")
    load.add_argument("--rate", type=int, default=1000, help="events a second")
    load.add_argument("--seconds", type=float, default=30)
    load.add_argument("--out", type=Path, default=LOAD)
    return parser


def serve(host: str, port: int) -> int:
    """Collect until the process ends; no access log, which would hold addresses."""
    settings.read()
    uvicorn.run(
        "tools.insights.app:create", factory=True, host=host, port=port,
        access_log=False, log_level="warning", timeout_keep_alive=30,
    )  # fmt: skip
    return 0


def take(search: Path | None, traffic: Path | None) -> int:
    """Import the files that are named."""
    store = Store(settings.read().database)
    if search:
        print(f"insights: {load_searches(store, search):,} searches from {search}")
    if traffic:
        print(f"insights: {load_traffic(store, traffic):,} rows of page views from {traffic}")
    if not search and not traffic:
        print("insights: name a file with --search or --traffic", file=sys.stderr)
        return 2
    return 0


def existing(database: str) -> str:
    """Return a database, or an empty one in memory when there is no such file."""
    url = make_url(database)
    if url.get_backend_name() == "sqlite" and url.database and not Path(url.database).is_file():
        print(
            f"insights: there is no {url.database}: nothing was collected, or INSIGHTS_DATABASE "
            "names another place",
            file=sys.stderr,
        )
        return "sqlite://"
    return database


def load(rate: int, seconds: float, out: Path) -> int:
    """Prove, print and write the figures; 1 if something was lost."""
    with tempfile.TemporaryDirectory(prefix="insights-") as name:
        result = prove(Path(name), free_port(), rate, seconds)
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(HEADER)
    for row in result.rows():
        rows.writerow(row)
        print(f"insights: {row[0]}: {row[1]}")
    if result.lost or result.twice or result.refused:
        print("insights: this is a failure; the figures are not kept", file=sys.stderr)
        return 1
    out.parent.mkdir(parents=True, exist_ok=True)
    part = out.with_suffix(f".{os.getpid()}.part")
    part.write_text(text.getvalue(), "utf-8")
    part.replace(out)
    return 0


def main(given: Sequence[str] | None = None) -> int:
    """Do what the command line says; 1 and a message when that fails."""
    chosen = arguments().parse_args(given)
    try:
        if chosen.command == "serve":
            return serve(chosen.host, chosen.port)
        if chosen.command == "import":
            return take(chosen.search, chosen.traffic)
        if chosen.command == "load":
            return load(chosen.rate, chosen.seconds, chosen.out)
        page = write(existing(settings.read().database), chosen.out, chosen.repository)
        print(f"insights: {page}")
    except (settings.SettingsError, ImportFault, LoadError) as fault:
        print(f"insights: {fault}", file=sys.stderr)
        return 1
    except SQLAlchemyError as fault:
        print(f"insights: the database: {fault.args[0]}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
