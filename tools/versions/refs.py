"""Which versions there are: the tags of releases, and the branch that becomes the next one."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.version import InvalidVersion, Version

if TYPE_CHECKING:
    from pathlib import Path

LATEST, STABLE = "latest", "stable"
NAME = re.compile(r"v?\d[\w.+-]*")
"""A tag that may be a release; its name becomes a directory and a part of addresses."""


class VersionsError(Exception):
    """Something that the person who builds can mend."""


@dataclass(frozen=True)
class Ref:
    """A version of the site.

    Args:
        name: what readers and addresses call it.
        kind: ``development``, ``pre-release`` or ``release``.
        commit: what is built.
    """

    name: str
    kind: str
    commit: str


def git(root: Path, *arguments: str) -> str:
    """Return what git prints.

    Raises:
        VersionsError: it failed.
    """
    done = subprocess.run(
        ["git", *arguments], cwd=root, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise VersionsError(f"git {' '.join(arguments)}: {done.stderr.strip()}")
    return done.stdout.strip()


def release(tag: str) -> Version | None:
    """Return a tag as a version; ``None`` if it names no release."""
    if not NAME.fullmatch(tag):
        return None
    try:
        return Version(tag)
    except InvalidVersion:
        return None


def refs(root: Path, main: str) -> list[Ref]:
    """Return the versions of the repository ``root``: the branch, then releases, new before old.

    Args:
        root: the repository.
        main: the branch that becomes the next release.

    Raises:
        VersionsError: there is no such branch, or two tags name one release.
    """
    found: dict[Version, str] = {}
    for tag in git(root, "tag", "--list").splitlines():
        version = release(tag)
        if version is None:
            continue
        if version in found:
            raise VersionsError(f"the tags {found[version]} and {tag} name one release: keep one")
        found[version] = tag
    tagged = [
        Ref(tag, "pre-release" if version.is_prerelease else "release", commit(root, tag))
        for version, tag in sorted(found.items(), reverse=True)
    ]
    return [Ref(LATEST, "development", commit(root, main)), *tagged]


def commit(root: Path, ref: str) -> str:
    """Return the commit that a branch or tag points to.

    Raises:
        VersionsError: there is none.
    """
    return git(root, "rev-parse", "--verify", "--end-of-options", f"{ref}^{{commit}}")


def stable(built: list[Ref]) -> Ref | None:
    """Return the newest release of versions in the order of :func:`refs`."""
    return next((ref for ref in built if ref.kind == "release"), None)
