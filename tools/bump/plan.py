"""What it takes to move to another release: the pins to change and the commands to run."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

VERSION = re.compile(r"\d+(\.\d+)*((a|b|rc)\d+|\.post\d+|\.dev\d+)*")
PIN = re.compile(r"(?<![\w-])mltrack-py([=-]=?)(\d[\w.]*[\w])")
PYTHON = ".venv/bin/python"


class BumpError(Exception):
    """Something that the person who releases can mend."""


@dataclass(frozen=True)
class Step:
    """A command that makes artefacts.

    Args:
        says: what it does, for the person who waits.
        command: the program and its arguments.
        needed: whether the next steps make no sense without it.
    """

    says: str
    command: tuple[str, ...]
    needed: bool = False


INSTALL = (
    Step("resolve the locked lists", (sys.executable, "tools/lock.py"), needed=True),
    Step("install them", (sys.executable, "tools/environment.py", "test"), needed=True),
)
REMAKE = (
    Step("export the OpenAPI documents", (PYTHON, "-m", "tools.openapi")),
    Step("export the inventory", (PYTHON, "-m", "tools.inventory")),
    Step("send the requests again", (PYTHON, "-m", "tools.http")),
    Step("record the terminal sessions", (PYTHON, "-m", "tools.record")),
    Step("export the commands", (PYTHON, "-m", "tools.cli_tree")),
    Step("export the schema of the settings", (PYTHON, "-m", "tools.config_schema")),
    Step("export the prices", (PYTHON, "-m", "tools.prices")),
    Step("make runs of each kind", (PYTHON, "-m", "tools.run_contents")),
    Step("provoke the error messages", (PYTHON, "-m", "tools.messages")),
    Step("pack what the API explorer runs", (PYTHON, "-m", "tools.explorer")),
    Step("try versions of Python and MLflow", (PYTHON, "-m", "tools.compatibility")),
    Step("forget the notebooks' results", ("rm", "-rf", "_build/notebooks")),
)
BUILD = (PYTHON, "-m", "sphinx", "-n", "-q", "-E", "-c", ".", "source", "_build/html")


def check(version: str) -> None:
    """Refuse what is no version.

    Raises:
        BumpError: ``version`` is not like 0.3.0.
    """
    if not VERSION.fullmatch(version):
        raise BumpError(f"{version!r} is not a version. Run: make bump VERSION=0.3.0")


def pinned(root: Path) -> str:
    """Return the release that ``requirements/docs.in`` names.

    Raises:
        BumpError: it names none.
    """
    path = root / "requirements" / "docs.in"
    match = PIN.search(path.read_text("utf-8"))
    if match is None:
        raise BumpError(f"{path}: no line says mltrack-py==…")
    return match[2]


def pins(root: Path) -> list[Path]:
    """Return the files that install the package and so have to name its release."""
    recipes = (
        path
        for path in (root / "source" / "recipes").rglob("*")
        if path.is_file() and path.parent.name != "__pycache__"
    )
    casts = (root / "tools" / "casts").glob("*.toml")
    files = [root / "requirements" / "docs.in", *casts, *recipes]
    return [path for path in sorted(files) if PIN.search(path.read_text("utf-8"))]


def pin(path: Path, version: str) -> None:
    """Have a file name ``version`` wherever it installs or removes the package."""
    text = path.read_text("utf-8")
    path.write_text(PIN.sub(rf"mltrack-py\g<1>{version}", text), "utf-8")


def mentions(root: Path, version: str) -> list[str]:
    """Return ``path:line`` of each page and data file that names ``version``."""
    word = re.compile(rf"(?<![\w.]){re.escape(version)}(?![\w.])")
    places = [*(root / "source").rglob("*.md"), *(root / "source" / "_data").glob("*.yaml")]
    return [
        f"{path.relative_to(root)}:{number}"
        for path in sorted({each.resolve() for each in places})
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if word.search(line)
    ]
