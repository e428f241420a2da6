"""The packages of a version: its own lock, in a virtual environment that equal locks share."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .refs import VersionsError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

LOCK = "requirements/docs.txt"
COMPLETE = "complete"
"""The file that stands in an environment once everything is installed."""


@dataclass(frozen=True)
class Environment:
    """An interpreter with the packages of a lock.

    Args:
        python: the interpreter.
        digest: which lock it has; notebooks run with equal packages share their results.
    """

    python: Path
    digest: str


def digest(lock: Path) -> str:
    """Return what tells one lock, and one Python, from another.

    Raises:
        VersionsError: the version has no lock.
    """
    if not lock.is_file():
        raise VersionsError(f"it has no {LOCK}")
    python = f"{sys.version_info.major}.{sys.version_info.minor}\n".encode()
    return hashlib.sha256(python + lock.read_bytes()).hexdigest()[:16]


def install_command(python: Path, lock: Path, wheels: Path | None) -> list[str]:
    """Return the command that installs a lock, from a directory of packages if there is one."""
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    source = ["--no-index", "--find-links", str(wheels)] if wheels else []
    return [*pip, *source, "--require-hashes", "--no-deps", "-r", str(lock)]


def environment(worktree: Path, folder: Path, log: Path, wheels: Path | None) -> Environment:
    """Return the environment of the version in ``worktree``, made if there is none.

    Args:
        worktree: the version's files.
        folder: where environments are kept.
        log: takes what pip prints.
        wheels: a directory of packages, in place of an index.

    Raises:
        VersionsError: pip failed.
    """
    lock = worktree / LOCK
    name = digest(lock)
    home = folder / name
    python = home / "bin" / "python"
    if (home / COMPLETE).is_file() and python.exists():
        return Environment(python, name)
    if home.exists():  # an interrupted one
        shutil.rmtree(home)
    making = [sys.executable, "-m", "venv", str(home)]
    for command in (making, install_command(python, lock, wheels)):
        if run(command, worktree, log):
            raise VersionsError(f"its packages could not be installed, see {log}")
    (home / COMPLETE).touch()
    return Environment(python, name)


def run(command: Sequence[str], cwd: Path, log: Path, env: dict[str, str] | None = None) -> int:
    """Run a command, add what it prints to a file, and return its exit status."""
    with log.open("a", encoding="utf-8") as file:
        file.write(f"$ {' '.join(command)}\n")
        file.flush()
        done = subprocess.run(
            command, cwd=cwd, env=env, stdin=subprocess.DEVNULL,
            stdout=file, stderr=subprocess.STDOUT, check=False,
        )  # fmt: skip
    return done.returncode
