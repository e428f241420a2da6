"""Interpreters of this machine, and environments made with uv."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from .matrix import RELEASE, SHOWN

TORCH = ("torch", "torchaudio", "torchvision")
"""Hundreds of megabytes that MLTrack asks for and does not import."""
BECAUSE = re.compile(r"Because (.+?)(?:,? we can conclude|,? and )", re.DOTALL)
LISTING = """
import json, sys
from importlib.metadata import version
print(json.dumps({name: version(name) for name in sys.argv[1:]}))
"""


class FillError(Exception):
    """uv could not make the environment."""


def interpreter(python: str) -> Path | None:
    """Return the interpreter of a version such as ``3.12``, if this machine has one."""
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    places = [*sorted(root.glob(f"{python}.*/bin/python"), reverse=True)]
    if found := shutil.which(f"python{python}"):
        places.append(Path(found))
    for place in places:
        probe = subprocess.run(
            [place, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if probe.stdout.strip() == python:
            return place
    return None


def uv(place: Path) -> Path:
    """Return uv: the one on the path, or one that is installed into ``place``."""
    if found := shutil.which("uv"):
        return Path(found)
    program = place / "bin" / "uv"
    if not program.is_file():
        subprocess.run([sys.executable, "-m", "venv", str(place)], check=True)
        subprocess.run([str(place / "bin" / "pip"), "install", "--quiet", "uv"], check=True)
    return program


def why(printed: str) -> str:
    """Return the first reason of uv's message, in one line."""
    found = BECAUSE.search(printed)
    return " ".join((found[1] if found else printed.strip()).split())[:160]


class Environment:
    """One environment in a directory of its own."""

    def __init__(self, uv: Path, base: Path, place: Path) -> None:
        """Make it, empty.

        Raises:
            FillError: uv says no.
        """
        self.uv, self.place = uv, place
        self.python = place / "bin" / "python"
        self._run("venv", "--quiet", "--python", str(base), str(place))

    def _run(self, *arguments: str) -> None:
        done = subprocess.run(
            [str(self.uv), *arguments], capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise FillError(why(done.stderr))

    def _install(self, *arguments: str) -> None:
        self._run("pip", "install", "--quiet", "--python", str(self.python), *arguments)

    def resolves(self, mlflow: str) -> str:
        """Ask whether all that MLTrack declares can be installed; return why not."""
        try:
            self._install("--dry-run", f"mltrack-py=={RELEASE}", f"mlflow=={mlflow}")
        except FillError as error:
            return str(error)
        return ""

    def fill(self, mlflow: str, pinned: str) -> None:
        """Install all but PyTorch.

        Raises:
            FillError: uv finds no set of versions.
        """
        without = self.place / "without.txt"
        without.write_text("".join(f'{name} ; sys_platform == "never"\n' for name in TORCH))
        wanted = [f"mltrack-py=={RELEASE}", f"mlflow=={mlflow}", "pydantic-settings"]
        wanted += [pinned] if pinned else []
        self._install("--overrides", str(without), *wanted)

    def versions(self) -> str:
        """Return the versions of the main packages, as JSON."""
        done = subprocess.run(
            [str(self.python), "-c", LISTING, *SHOWN], capture_output=True, text=True, check=True
        )
        return done.stdout
