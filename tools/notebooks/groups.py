"""Environments on top of ``.venv``, one for each ``requirements/<group>.in`` that is not its own.

A group's environment sees the packages of ``.venv`` behind its own: mltrack-py and MLflow are
those of the build. Its list has hashes. Only torch has none, because its build for processors
differs from place to place: pip takes it from where this machine's settings say.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from pathlib import Path

BASE = ("docs", "test")
UNHASHED = ("torch",)
REQUIREMENT = re.compile(r"^([A-Za-z0-9._-]+)([^;#\n]*)(?:;[^#\n]*)?(#.*)?$", re.MULTILINE)
INCLUDED = re.compile(r"^-r (\S+)", re.MULTILINE)


class GroupError(Exception):
    """A group that cannot be used; the message says why and what to do."""


def names(root: Path) -> list[str]:
    """Return the groups that this repository has."""
    stems = {path.stem for path in (root / "requirements").glob("*.in")}
    return sorted(stems - {*BASE})


def _lines(root: Path, group: str) -> list[tuple[str, str, bool]]:
    """Return name, version and whether it has a comment, for each line of a group's ``.in``."""
    text = (root / "requirements" / f"{group}.in").read_text(encoding="utf-8")
    found = [
        line
        for included in INCLUDED.findall(text)
        for line in _lines(root, included.removesuffix(".in"))
    ]
    for name, version, comment in REQUIREMENT.findall(text):
        found.append((name, version.strip(), bool(comment)))
    return [line for line in found if not line[0].startswith("-")]


def main_packages(root: Path, group: str) -> list[str]:
    """Return what a group is for: the lines of its ``.in`` that have no comment behind them."""
    return sorted({name for name, _, commented in _lines(root, group) if not commented})


def unhashed(root: Path, group: str) -> list[str]:
    """Return the pinned requirements that are installed without a hash."""
    return [name + version for name, version, _ in _lines(root, group) if name in UNHASHED]


def fingerprint(root: Path, group: str) -> str:
    """Return a sum of all that decides what the environment holds."""
    digest = hashlib.sha256()
    for name in (f"{group}.in", f"{group}.txt"):
        digest.update((root / "requirements" / name).read_bytes())
    return digest.hexdigest()


def environment(root: Path, group: str) -> Path:
    """Return the interpreter of a group, making its environment if it is missing or old.

    Raises:
        GroupError: there is no such group, or its packages cannot be installed.
    """
    if group not in names(root):
        known = ", ".join(names(root))
        raise GroupError(
            f"there is no environment {group!r}; there are {known}. Write requirements/{group}.in, "
            "then run: make lock"
        )
    if not (root / "requirements" / f"{group}.txt").is_file():
        raise GroupError(f"requirements/{group}.txt is missing; run: make lock")
    place = root / ".venvs" / group
    python, stamp = place / "bin" / "python", place / "stamp"
    wanted = fingerprint(root, group)
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted:
        return python
    print(f"Installing requirements/{group}.txt into .venvs/{group}", flush=True)
    _make(place)
    _install(root, group, python)
    stamp.write_text(wanted, encoding="utf-8")
    return python


def _make(place: Path) -> None:
    """Make an empty environment that sees the packages of the one that runs this."""
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(place)], check=True)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    packages = Path("lib", version, "site-packages")
    base = (Path(sys.prefix) / packages).resolve()
    (place / packages / "base.pth").write_text(f"{base}\n", encoding="utf-8")


def _install(root: Path, group: str, python: Path) -> None:
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    listed = root / "requirements" / f"{group}.txt"
    commands = [[*pip, "--require-hashes", "--no-deps", "--requirement", str(listed)]]
    commands += [
        [*pip, "--no-warn-conflicts", requirement] for requirement in unhashed(root, group)
    ]
    for command in commands:
        if subprocess.run(command, check=False).returncode:
            raise GroupError(
                f"pip could not install requirements/{group}.txt; its message is above. Check "
                "that this machine reaches its Python package index, then run this again"
            )
