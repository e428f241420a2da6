"""``python -m tools.notebooks [--check | --stale] [NAME…]``: store outputs, or compare them.

``NAME`` is an environment or a page, as in ``torch`` or ``integrations/pytorch``.
"""

from __future__ import annotations

import argparse
import difflib
import json
import os
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from _ext.stored_outputs import model

from .groups import GroupError, environment
from .surroundings import apart

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).resolve().parents[2]
QUICKER = 0.8
"""A run that takes less than this part of the stored time makes the time known."""
SHOWN = 40
"""Lines of a difference."""


class NotebookError(Exception):
    """A notebook that failed, or whose outputs are others; the message is for the author."""


def pages(root: Path) -> dict[str, str]:
    """Return the pages with an environment of their own, and which it is."""
    places = sorted((root / "notebooks").rglob("*.md"))
    named = {
        place.relative_to(root / "notebooks").with_suffix("").as_posix(): model.environment_of(
            place.read_text(encoding="utf-8")
        )
        for place in places
    }
    return {page: group for page, group in named.items() if group}


def chosen(known: dict[str, str], names: Sequence[str]) -> dict[str, str]:
    """Return the pages that ``names`` mean; all without one.

    Raises:
        NotebookError: a name is neither an environment nor a page.
    """
    for name in names:
        if name not in known and name not in known.values():
            places = ", ".join(sorted({*known, *known.values()})) or "none"
            raise NotebookError(
                f"{name!r} is neither an environment nor a page; there are {places}"
            )
    return {page: group for page, group in known.items() if not names or {page, group} & set(names)}


def outputs_of(root: Path, page: str) -> Path:
    """Return the file with the outputs of a page."""
    return root / "notebooks" / "_outputs" / f"{page}.json"


def stored(root: Path, page: str) -> model.Stored | None:
    """Return what is stored for a page, if it is and can be read."""
    path = outputs_of(root, page)
    try:
        return model.load(path.read_text(encoding="utf-8")) if path.is_file() else None
    except ValidationError:
        return None


def stale(root: Path, page: str, group: str) -> str:
    """Return in words why what is stored is not the page's; empty if it is."""
    kept = stored(root, page)
    if kept is None:
        return "there are no outputs"
    source = root / "notebooks" / f"{page}.md"
    notebook = model.read(source.read_text(encoding="utf-8"), str(source))
    return model.stale(kept, group, notebook, root / "requirements" / f"{group}.txt")


def run(root: Path, page: str, group: str) -> model.Stored:
    """Run a page in its environment.

    Raises:
        NotebookError: a cell failed.
    """
    python = environment(root, group)
    source = root / "notebooks" / f"{page}.md"
    with tempfile.TemporaryDirectory() as place:
        home, out = Path(place, "home"), Path(place, "out.json")
        home.mkdir()
        done = subprocess.run(
            [str(python), "-m", "tools.notebooks.run", str(root), str(source), str(out)],
            cwd=ROOT,
            env=apart(os.environ, ROOT, home, python),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode or not out.is_file():
            raise NotebookError(f"{page} failed in the environment {group}:\n{done.stderr}")
        result = json.loads(out.read_text(encoding="utf-8"))
    listed = root / "requirements" / f"{group}.txt"
    return model.Stored(
        environment=group,
        requirements=model.digest(listed.read_bytes()),
        date=datetime.now(UTC).date().isoformat(),
        **result,
    )


def difference(before: dict[str, Any], after: dict[str, Any]) -> str:
    """Return how two runs differ, as lines."""
    old, new = (
        json.dumps(facts, indent=1, ensure_ascii=False).replace("\\n", "\n").splitlines()
        for facts in (before, after)
    )
    found = list(difflib.unified_diff(old, new, "stored", "now", lineterm="", n=1))
    return "\n".join(line[:200] for line in found[:SHOWN])


def compare(root: Path, page: str, group: str) -> None:
    """Run a page again.

    Raises:
        NotebookError: it failed, or its outputs are others than the stored ones.
    """
    kept, now = stored(root, page), run(root, page, group)
    if kept is None or kept.facts() != now.facts():
        found = difference(kept.facts() if kept else {}, now.facts())
        raise NotebookError(f"{page} prints something else now; {model.REMEDY}\n{found}")
    print(f"{page}: same outputs ({now.seconds:.0f} s)", flush=True)


def store(root: Path, page: str, group: str) -> None:
    """Run a page and store its outputs; a run that changes nothing keeps the date.

    Raises:
        NotebookError: it failed.
    """
    kept, now = stored(root, page), run(root, page, group)
    if kept is not None and kept.facts() == now.facts():
        print(f"{page}: unchanged ({now.seconds:.0f} s)", flush=True)
        if now.seconds > QUICKER * kept.seconds:
            return
        now = kept.model_copy(update={"seconds": now.seconds})  # then, the machine was busy
    path = outputs_of(root, page)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(model.dump(now), encoding="utf-8")
    print(f"{page}: stored ({now.seconds:.0f} s)", flush=True)


def look(root: Path, page: str, group: str) -> None:
    """Compare sums only.

    Raises:
        NotebookError: the outputs are missing or old.
    """
    if reason := stale(root, page, group):
        raise NotebookError(f"notebooks/{page}.md: {reason}; {model.REMEDY}")


def main(arguments: Sequence[str] | None = None, root: Path = ROOT) -> int:
    """Go through the pages; return how many went wrong."""
    parser = argparse.ArgumentParser(prog="python -m tools.notebooks", description=__doc__)
    parser.add_argument("name", nargs="*", help="an environment or a page; all without one")
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--check", action="store_true", help="run again and compare; write nothing")
    mode.add_argument("--stale", action="store_true", help="compare sums; run nothing")
    options = parser.parse_args(arguments)
    act = compare if options.check else look if options.stale else store
    wrong = 0
    try:
        wanted = chosen(pages(root), options.name)
    except NotebookError as error:
        print(error, file=sys.stderr)
        return 1
    for page, group in wanted.items():
        try:
            act(root, page, group)
        except (NotebookError, GroupError) as error:
            print(error, file=sys.stderr, flush=True)
            wrong += 1
    return wrong


if __name__ == "__main__":
    sys.exit(bool(main()))
