"""``python -m tools.compatibility [--check] [PYTHON/MLFLOW…]``: try combinations, store them."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from .checks import MARK
from .environments import Environment, FillError, interpreter, uv
from .matrix import COMBINATIONS, PROCESSES, RELEASE, ROOT, Combination, Result

if TYPE_CHECKING:
    from collections.abc import Sequence

SCRIPT = ROOT / "tools" / "compatibility" / "checks.py"
SHARED = 2
"""From this process on, all run in one directory."""
TIMEOUT = 600


def variables(python: Path, home: Path) -> dict[str, str]:
    """Return the variables of a check: nothing comes from yours but the path."""
    return {
        "PATH": f"{python.parent}:/usr/bin:/bin",
        "HOME": str(home),
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "DO_NOT_TRACK": "true",
        "PYTHONWARNINGS": "ignore",
        "GIT_CONFIG_GLOBAL": os.devnull,
    }


def run(python: Path, names: Sequence[str], place: Path) -> dict[str, str]:
    """Run checks in a process, in ``place``; return why each fails, or the empty string."""
    home = place / "home"
    home.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [str(python), str(SCRIPT), *names], cwd=place, env=variables(python, home),
        capture_output=True, text=True, check=False, timeout=TIMEOUT,
    )  # fmt: skip
    lines = [line for line in done.stdout.splitlines() if line.startswith(MARK)]
    found = [json.loads(line.removeprefix(MARK)) for line in lines]
    outcomes = {each["check"]: each["error"] for each in found}
    ended = f"the process ended with status {done.returncode}"
    return {name: outcomes.get(name, ended) for name in names}


def checks(python: Path) -> dict[str, str]:
    """Run all checks with an interpreter whose environment is ready."""
    outcomes: dict[str, str] = {}
    with tempfile.TemporaryDirectory(prefix="compatibility-") as room:
        for number, names in enumerate(PROCESSES):
            place = Path(room, str(min(number, SHARED)), "project")
            outcomes |= run(python, names, place)
    return outcomes


def attempt(python: str, mlflow: str, pinned: str) -> Combination:
    """Try one combination."""
    today = datetime.now(UTC).date().isoformat()
    result = Combination(python=python, mlflow=mlflow, pinned=pinned, date=today)
    base = interpreter(python)
    if base is None:
        result.not_run = f"There was no Python {python} on the machine"
        return result
    with tempfile.TemporaryDirectory(prefix="compatibility-") as room:
        program = uv(ROOT / ".venvs" / "uv")
        environment = Environment(program, base, Path(room, "environment"))
        result.checks["install"] = environment.resolves(mlflow)
        try:
            environment.fill(mlflow, pinned)
        except FillError as error:
            result.checks["install"] = str(error)
            result.not_run = "The packages cannot be installed"
            return result
        result.versions = json.loads(environment.versions())
        result.checks |= checks(environment.python)
    return result


def main(arguments: Sequence[str] | None = None) -> int:
    """Try all or the named combinations; return 1 if ``--check`` finds a difference."""
    parser = argparse.ArgumentParser(prog="python -m tools.compatibility", description=__doc__)
    parser.add_argument("combination", nargs="*", help="such as 3.11/3.17.2; all without one")
    parser.add_argument("--check", action="store_true", help="compare the outcomes, write nothing")
    options = parser.parse_args(arguments)
    known = {"/".join(each).rstrip("/"): each for each in COMBINATIONS}
    if unknown := set(options.combination) - known.keys():
        print(f"compatibility: {', '.join(unknown)} is not in matrix.py", file=sys.stderr)
        return 1
    stored, wrong = Result.load(), 0
    stored.release = RELEASE
    for name in options.combination or known:
        new = attempt(*known[name])
        old = stored.put(new)
        fails = [check for check, error in new.checks.items() if error]
        print(f"{name}: {new.not_run or ', '.join(fails) or 'all works'}", flush=True)
        if options.check and (old is None or old.checks != new.checks):
            print(f"  stored: {old and old.checks}\n  now:    {new.checks}", flush=True)
            wrong += 1
        if not options.check:
            stored.save()
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
