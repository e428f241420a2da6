"""When a page was written and last changed, from Git: its source, and the data that it shows.

Git is asked once a build, when all pages are read. Where it does not know (no Git, no commit yet,
or a clone without its history), a page has no date, and nothing is made up. Pages whose dates
changed are written again: a page committed after it was built differs in nothing else.

Of single lines of a file, and of tags, Git tells the time too.
"""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from .records import noted, renew

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

KIND = "dates"
SHARED = 10
"""Data that more pages show says little of each of them."""
COMMIT = "\x01"
BLAMED = re.compile(r"(?P<commit>[0-9a-f]{40,64}) \d+ (?P<line>\d+)(?: \d+)?")
"""What stands above a line in ``git blame --porcelain``."""
COMMITTED = "committer-time "


class Dates(NamedTuple):
    """Two days, as ``2026-11-23``; the first may be unknown."""

    published: str
    modified: str


def _git(folder: Path, *arguments: str) -> str:
    """Return what Git prints; nothing if it fails or there is none."""
    command = ["git", "-C", str(folder), "-c", "core.quotePath=false", *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return done.stdout


def _cut(top: Path) -> set[str]:
    """Return the commits at which a clone without its whole history ends."""
    marks = Path(top, _git(top, "rev-parse", "--git-path", "shallow").strip())
    return set(marks.read_text().split()) if marks.is_file() else set()


def history(folder: Path) -> dict[Path, Dates]:
    """Return the dates of all files that Git knows in the repository around ``folder``."""
    top = _git(folder, "rev-parse", "--show-toplevel").strip()
    if not top:
        return {}
    cut = _cut(Path(top))
    log = _git(Path(top), "log", f"--format={COMMIT}%H %ct", "--name-only", "--no-renames")
    found: dict[Path, Dates] = {}
    hidden: set[Path] = set()
    for commit in log.split(COMMIT)[1:]:
        head, *names = (line for line in commit.splitlines() if line)
        identity, seconds = head.split()
        day = datetime.fromtimestamp(int(seconds), UTC).date().isoformat()
        for path in (Path(top, name) for name in names):
            if identity in cut and path not in found:
                hidden.add(path)  # Git shows all files in the last commit that it has
            elif path not in hidden:
                modified = found[path].modified if path in found else day
                found[path] = Dates("" if cut else day, modified)
    return found


def lines(path: Path) -> dict[int, int]:
    """Return when the lines of a file were committed as they are, in seconds.

    Lines are counted from 1. Those that are not committed, or were before a clone's history
    begins, are missing.
    """
    unknown = _cut(path.parent)
    times: dict[str, int] = {}
    found: dict[int, str] = {}
    commit = ""
    for text in _git(path.parent, "blame", "--porcelain", "--", path.name).split("\n"):
        if text.startswith("\t"):
            continue
        if match := BLAMED.fullmatch(text):
            commit = match["commit"]
            found[int(match["line"])] = commit
        elif text.startswith(COMMITTED):
            times[commit] = int(text.removeprefix(COMMITTED))
    return {
        line: times[commit]
        for line, commit in found.items()
        if commit not in unknown and commit.strip("0")
    }


def tags(folder: Path) -> dict[str, int]:
    """Return when tags of the repository around ``folder`` were made, in seconds."""
    listed = _git(folder, "tag", "--format=%(creatordate:unix) %(refname:short)")
    rows = (row.partition(" ") for row in listed.splitlines())
    return {name: int(time) for time, _, name in rows if time.isdigit()}


def _sources(env: BuildEnvironment) -> dict[str, set[Path]]:
    """Return the files of each page: its source, and what it reads that few others do."""
    source = Path(env.srcdir)
    read = {
        page: {(source / path).resolve() for path in env.dependencies.get(page, ())}
        for page in env.found_docs
    }
    pages = Counter(path for paths in read.values() for path in paths)
    return {
        page: {Path(env.doc2path(page)).resolve()}
        | {path for path in paths if pages[path] <= SHARED and path.suffix != ".py"}
        for page, paths in read.items()
    }


def _of(paths: set[Path], known: Mapping[Path, Dates], source: Path) -> Dates | None:
    """Return the dates of a page; one without a date itself has none."""
    if source not in known:
        return None
    return Dates(known[source].published, max(known[p].modified for p in paths if p in known))


def _look(_: Sphinx, env: BuildEnvironment) -> list[str]:
    """Find the dates of all pages; return those that have others than before."""
    known = history(Path(env.srcdir))
    found = {
        page: _of(paths, known, Path(env.doc2path(page)).resolve())
        for page, paths in _sources(env).items()
    }
    return renew(env, KIND, {page: tuple(dates) for page, dates in found.items() if dates})


def dates_of(env: BuildEnvironment, page: str) -> Dates | None:
    """Return when a page was written and last changed, if Git knows."""
    return next((Dates(*dates) for _, dates in noted(env, KIND, page)), None)


def setup(app: Sphinx) -> dict[str, bool]:
    """Look once all pages are read."""
    app.setup_extension("_ext._shared.records")
    app.connect("env-updated", _look)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
