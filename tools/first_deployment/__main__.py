"""``python -m tools.first_deployment [--runs N]``: follow the tutorial by copying, and measure."""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from _ext._shared.versions import installed

from .buttons import Button, ButtonError, buttons, settings
from .replay import ReplayError, Took, replay
from .result import Result, pressed, rounded

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).parents[2]
PAGE = "get-started/first-service"
RESULT = ROOT / "source" / "_data" / "first_deployment.json"
ANSWER = '"predictions":["setosa","virginica"]'
"""What the service says in the end."""
ELAPSED, BUSY = 0, 1


def build(place: Path) -> str:
    """Build the page alone, and return its HTML.

    Raises:
        ButtonError: the build did not write it.
    """
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", "-q", "-c", str(ROOT), "-D", f"include_patterns={PAGE}.md",
         "-D", f"root_doc={PAGE}", str(ROOT / "source"), str(place)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    page = place / f"{PAGE}.html"
    if not page.is_file():
        raise ButtonError(f"{PAGE} was not built:\n{done.stderr}")
    return page.read_text("utf-8")


def once(found: list[Button]) -> list[list[Took]]:
    """Follow the page once, in an empty directory; return what each command took.

    Raises:
        ReplayError: a command fails, or the service says something else.
    """
    with tempfile.TemporaryDirectory(prefix="first-deployment-") as room:
        place, home = Path(room, "project"), Path(room, "home")
        place.mkdir()
        home.mkdir()
        took, printed = replay(found, place, home)
    if ANSWER not in printed:
        raise ReplayError(f"no answer has {ANSWER}:\n{printed}")
    return took


def machine() -> str:
    """Describe this machine in words."""
    python = f"Python {sys.version_info.major}.{sys.version_info.minor}"
    return f"{platform.system()} on {platform.machine()}, {os.cpu_count()} cores, {python}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure; return 1 if the page cannot be followed."""
    parser = argparse.ArgumentParser(prog="python -m tools.first_deployment", description=__doc__)
    parser.add_argument("--runs", type=int, default=3, help="how often to follow it (3)")
    parser.add_argument("--cached", action="store_true", help="skip the run that fills caches")
    options = parser.parse_args(arguments)
    try:
        with tempfile.TemporaryDirectory() as place:
            found = buttons(build(Path(place)), *settings(ROOT / "conf.py"))
        print(f"first deployment: {len(found)} buttons", flush=True)
        if not options.cached:
            once(found)
        runs = []
        for number in range(1, options.runs + 1):
            runs.append(rounded(once(found)))
            print(f"run {number} is done", flush=True)
    except (ButtonError, ReplayError) as error:
        print(f"first deployment: {error}", file=sys.stderr)
        return 1
    measured = {"date": datetime.now(UTC).date().isoformat(), "machine": machine()}
    result = Result(measured | {"versions": installed()}, pressed(found), runs)
    result.save(RESULT)
    print("elapsed, busy: write these into the page and claims.yaml")
    busy = result.steps(BUSY)
    for step, seconds in result.steps(ELAPSED).items():
        print(f"{seconds:6.1f} {busy[step]:6.1f}  {step}")
    print(f"{result.total(ELAPSED):6.1f} {result.total(BUSY):6.1f}  in all")
    return 0


if __name__ == "__main__":
    sys.exit(main())
