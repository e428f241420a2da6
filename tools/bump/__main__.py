"""``python3 -m tools.bump VERSION``: move to a release of the package, and say what changed."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from .changes import draft
from .plan import BUILD, INSTALL, REMAKE, BumpError, Step, check, mentions, pin, pinned, pins
from .snapshot import take

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ROOT = Path(__file__).parents[2]


def run(command: Sequence[str], root: Path) -> int:
    """Run a command in ``root`` and return its exit status."""
    return subprocess.run(command, cwd=root, check=False).returncode


def bump(version: str, root: Path, run: Callable[[Sequence[str], Path], int]) -> int:
    """Pin ``version``, make every artefact again, and write the changelog's draft.

    A step that fails is reported at the end; the others still run, so that one look shows all.

    Raises:
        BumpError: the release cannot be installed; the pins are as they were.
    """
    check(version)
    old = pinned(root)
    build = Step("build the site", BUILD)
    failed = _all([build], root, run)
    before = take(root, root / "_build" / "html")
    _install(version, root, run)
    failed += _all([*REMAKE, build], root, run)
    after = take(root, root / "_build" / "html")
    found = mentions(root, old) if old != version else []
    text = draft(version, before, after, found)
    target = root / "_build" / f"changes-{version}.md"
    target.write_text(text + "\n", "utf-8")
    print(f"\n{text}\nThis draft is in {target.relative_to(root)}.")
    for step in failed:
        print(f"bump: it failed to {step.says}: {' '.join(step.command)}", file=sys.stderr)
    return 1 if failed else 0


def _install(version: str, root: Path, run: Callable[[Sequence[str], Path], int]) -> None:
    """Pin and install a release, or put the pins back.

    Raises:
        BumpError: it cannot be resolved or installed.
    """
    pinning = pins(root)
    locked = sorted((root / "requirements").glob("*.txt"))
    texts = {path: path.read_text("utf-8") for path in (*pinning, *locked)}
    for path in pinning:
        pin(path, version)
    for step in INSTALL:
        print(f"bump: {step.says}")
        if run(step.command, root):
            for path, text in texts.items():
                path.write_text(text, "utf-8")
            raise BumpError(
                f"could not {step.says} with mltrack-py {version}; the message is above. "
                "Pins and locked lists are as they were. Run: make html"
            )


def _all(
    steps: Sequence[Step], root: Path, run: Callable[[Sequence[str], Path], int]
) -> list[Step]:
    """Run all steps; return those that failed."""
    failed = []
    for step in steps:
        print(f"bump: {step.says}")
        if run(step.command, root):
            failed.append(step)
    return failed


def main(arguments: Sequence[str] | None = None) -> int:
    """Return the exit status."""
    parser = argparse.ArgumentParser(prog="make bump VERSION=…", description=__doc__)
    parser.add_argument("version", help="such as 0.3.0")
    options = parser.parse_args(arguments)
    try:
        return bump(options.version, ROOT, run)
    except BumpError as error:
        print(f"bump: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
