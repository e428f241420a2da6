"""The build of one version, in a clean worktree, remembered by what went into it."""

from __future__ import annotations

import json
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from .environments import Environment, digest, environment, run
from .refs import STABLE, VersionsError, git

if TYPE_CHECKING:
    from .refs import Ref

REMOVED = ("READTHEDOCS", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")
"""Variables of the surroundings that no version may see."""


@dataclass(frozen=True)
class Plan:
    """What holds for all versions of a run.

    Args:
        root: the repository.
        work: where environments, builds and logs are kept between runs.
        url: the address below which the versions will stand; it ends with a slash.
        stable: the current release: its pages name their addresses in ``stable/``.
        jobs: processes of one build.
        current: whether this interpreter builds every version.
        wheels: a directory of packages, in place of an index.
    """

    root: Path
    work: Path
    url: str
    stable: Ref | None = None
    jobs: int = 1
    current: bool = False
    wheels: Path | None = None

    def address(self, ref: Ref) -> str:
        """Return where a version stands for search engines, feeds and links from elsewhere."""
        return f"{self.url}{STABLE if ref == self.stable else ref.name}/"


@dataclass(frozen=True)
class Outcome:
    """What became of a version.

    Args:
        ref: the version.
        site: its pages; ``None`` if there are none.
        state: ``built``, ``as before`` or ``failed``.
        why: in words, when it failed, or is not as a release should be.
    """

    ref: Ref
    site: Path | None
    state: str
    why: str = ""


def build(ref: Ref, plan: Plan) -> Outcome:
    """Build a version unless it is built; when that fails, keep what was built before."""
    site = plan.work / "sites" / ref.name
    stamp = site.with_name(f"{ref.name}.json")
    made_from = {"commit": ref.commit, "url": plan.address(ref), "current": plan.current}
    if site.is_dir() and stamp.is_file() and json.loads(stamp.read_text("utf-8")) == made_from:
        return Outcome(ref, site, "as before")
    log = plan.work / "logs" / f"{ref.name}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text("", "utf-8")
    part = site.with_name(f"{ref.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    try:
        advice = _build(ref, plan, part, log)
    except VersionsError as error:
        return Outcome(ref, site if site.is_dir() else None, "failed", str(error))
    stamp.unlink(missing_ok=True)
    shutil.rmtree(site, ignore_errors=True)
    part.rename(site)
    stamp.write_text(json.dumps(made_from), "utf-8")
    return Outcome(ref, site, "built", advice)


def _build(ref: Ref, plan: Plan, out: Path, log: Path) -> str:
    """Build a version into ``out``; return what its release forgot.

    Raises:
        VersionsError: it has no site, no packages, or Sphinx failed.
    """
    worktree = plan.work / "worktrees" / ref.name
    doctrees = plan.work / "doctrees" / ref.name
    _remove(plan.root, worktree)
    git(plan.root, "worktree", "add", "--detach", "--force", str(worktree), ref.commit)
    try:
        if not (worktree / "conf.py").is_file() or not (worktree / "source").is_dir():
            raise VersionsError("it has no conf.py and source/ that Sphinx could build")
        if plan.current:
            packages = Environment(Path(sys.executable), digest(worktree / "requirements/docs.txt"))
        else:
            packages = environment(worktree, plan.work / "environments", log, plan.wheels)
        command = _sphinx(packages, ref, plan, doctrees, out)
        if run(command, worktree, log, _surroundings(packages, ref, plan)):
            raise VersionsError(f"Sphinx could not build it, see {log}")
        if not (out / "index.html").is_file():
            raise VersionsError(f"the build has no index.html, see {log}")
        return _forgotten(ref, worktree)
    finally:
        _remove(plan.root, worktree)
        shutil.rmtree(doctrees, ignore_errors=True)
        if not (out / "index.html").is_file():
            shutil.rmtree(out, ignore_errors=True)


def _forgotten(ref: Ref, worktree: Path) -> str:
    """Return in words that a release does not say which pages it has."""
    path = worktree / "source" / "_data" / "stable.json"
    if ref.kind != "release" or not path.is_file():
        return ""
    named = json.loads(path.read_text("utf-8")).get("version")
    if named == ref.name:
        return ""
    return (
        f"its stable.json names {named or 'no release'}, so canonical links of its pages miss it; "
        f"before a tag, run make addresses RELEASE={ref.name}"
    )


def _sphinx(packages: Environment, ref: Ref, plan: Plan, doctrees: Path, out: Path) -> list[str]:
    """Return the command. Warnings are no errors: a release of old cannot be mended any more."""
    notebooks = plan.work / "notebooks" / packages.digest
    return [
        str(packages.python), "-m", "sphinx", "-n", "--keep-going", "-q", "-j", str(plan.jobs),
        "-c", ".", "-d", str(doctrees), "-D", f"nb_execution_cache_path={notebooks}",
        "-D", f"notfound_urls_prefix={urlsplit(plan.address(ref)).path}",
        "-D", "versions_from=tree", "source", str(out),
    ]  # fmt: skip


def _surroundings(packages: Environment, ref: Ref, plan: Plan) -> dict[str, str]:
    """Return the environment variables: Read the Docs' names, which conf.py reads."""
    kept = {name: value for name, value in os.environ.items() if name not in REMOVED}
    return kept | {
        "PATH": f"{packages.python.parent}{os.pathsep}{os.environ.get('PATH', '')}",
        "READTHEDOCS_VERSION_NAME": ref.name,
        "READTHEDOCS_CANONICAL_URL": plan.address(ref),
    }


def _remove(root: Path, worktree: Path) -> None:
    """Remove a worktree, also one that an interrupted run left."""
    shutil.rmtree(worktree, ignore_errors=True)
    git(root, "worktree", "prune")
