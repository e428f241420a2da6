"""``python -m tools.load [--seconds N]``: measure how many requests the service answers."""

from __future__ import annotations

import argparse
import csv
import io
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tools.http.services import ROOT, ServiceError, environment, prepare

from .measure import HEADER, SETUP, LoadError, measure

if TYPE_CHECKING:
    from collections.abc import Sequence

FILE = ROOT / "source" / "_data" / "load" / "service.csv"


def main(arguments: Sequence[str] | None = None, file: Path = FILE) -> int:
    """Measure and write the file; return 1 if a measurement failed, and write nothing."""
    parser = argparse.ArgumentParser(prog="python -m tools.load", description=__doc__)
    parser.add_argument("--seconds", type=int, default=15, help="how long each measurement takes")
    seconds = parser.parse_args(arguments).seconds
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    try:
        with tempfile.TemporaryDirectory(prefix="load-") as directory:
            project = Path(directory) / "project"
            prepare(project, ["classification"])
            env = environment(project) | {"PYTHONPATH": ""}
            for row in measure(SETUP, project, env, seconds):
                writer.writerow(row)
                print(f"load: {', '.join(row)}")
    except (LoadError, ServiceError) as error:
        print(f"load: {error}", file=sys.stderr)
        return 1
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text.getvalue(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
