"""Resolve ``requirements/*.in`` with uv, in an environment of its own.

uv is not in ``.venv``: MLTrack looks for it on the path, and recordings would show it.
The lists hold for every platform and every Python from 3.11 on, have hashes and name no index.

``docs`` and ``test`` are complete. Every other list is a group: an environment of its own on top
of ``.venv`` (see ``tools/notebooks``), so its list holds only what it adds to ``docs``.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
REQUIREMENTS = ROOT / "requirements"
VENV = ROOT / ".venv-lock"
BASE = ("docs", "test")
OPTIONS = (
    "--universal", "--python-version", "3.11", "--generate-hashes", "--no-header",
    "--no-annotate", "--quiet",
)  # fmt: skip
PIN = re.compile(r"^([A-Za-z0-9._-]+)==", re.MULTILINE)


def groups() -> list[str]:
    """Return the names of all lists, those of ``.venv`` first."""
    return [*BASE, *sorted({path.stem for path in REQUIREMENTS.glob("*.in")} - {*BASE})]


def additions(locked: str) -> list[str]:
    """Return the options that leave out what ``.venv`` has."""
    names = sorted(set(PIN.findall(locked)))
    left_out = (f"--no-emit-package={name}" for name in names)
    return ["--override", "group-overrides.txt", "-c", "docs.txt", *left_out]


def compile_command(uv: str, group: str, locked: str) -> list[str]:
    """Return the command that locks a group; ``locked`` is the text of docs.txt."""
    extra = ["--override", "overrides.txt"] if group in BASE else additions(locked)
    return [uv, "pip", "compile", *OPTIONS, *extra, f"{group}.in", "--output-file", f"{group}.txt"]


def main() -> None:
    """Lock all lists, or those named; pins that still fit stay unless ``--upgrade`` is given."""
    known = groups()
    parser = argparse.ArgumentParser(prog="tools/lock.py")
    parser.add_argument("group", nargs="*", help="all without one")
    options, others = parser.parse_known_args()
    if unknown := set(options.group) - {*known}:
        parser.error(f"there is no requirements/{unknown.pop()}.in; there are {', '.join(known)}")
    if not VENV.exists():
        subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)
        subprocess.run([str(VENV / "bin/pip"), "install", "--quiet", "uv"], check=True)
    for group in options.group or known:
        path = REQUIREMENTS / "docs.txt"
        locked = path.read_text(encoding="utf-8") if path.exists() else ""
        command = compile_command(str(VENV / "bin/uv"), group, locked)
        subprocess.run([*command, *others], cwd=REQUIREMENTS, stdout=subprocess.DEVNULL, check=True)
        print(f"requirements/{group}.txt")


if __name__ == "__main__":
    main()
