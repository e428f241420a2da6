"""One tree of all versions that were built, put in place in one step."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from .refs import STABLE, stable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .refs import Ref

TITLE = "MLTrack documentation"
AT_THE_ROOT = ("404.html", "robots.txt")
"""Files of the current version that hold for a whole host."""


def listed(refs: Sequence[Ref]) -> dict[str, Any]:
    """Return ``versions.json``: what the selector shows, in its order."""
    current = stable([*refs])
    versions = [
        {
            "name": ref.name,
            "kind": ref.kind,
            "path": f"{STABLE if current == ref else ref.name}/",
        }
        for ref in refs
    ]
    return {"stable": current.name if current else None, "versions": versions}


def assemble(sites: dict[Ref, Path], tree: Path, url: str) -> None:
    """Make the tree anew and put it in the place of the old one.

    Files are links to those of the builds where the disk allows it: ``stable`` costs no room.

    Args:
        sites: the pages of each version, in the order of the selector.
        tree: where the tree stands.
        url: its address.
    """
    new, old = tree.with_name(f"{tree.name}.new"), tree.with_name(f"{tree.name}.old")
    recover(tree)
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    for ref, site in sites.items():
        _copy(site, new / ref.name)
    data = listed([*sites])
    current = stable([*sites])
    if current:
        _copy(sites[current], new / STABLE)
    start = current or next(iter(sites))
    for name in AT_THE_ROOT:
        if (sites[start] / name).is_file():
            _place(str(sites[start] / name), str(new / name))
    (new / "versions.json").write_text(json.dumps(data, indent=1) + "\n", "utf-8")
    (new / "index.html").write_text(_index(data, f"{STABLE if current else start.name}/", url))
    if tree.exists():
        tree.rename(old)
    new.rename(tree)
    shutil.rmtree(old, ignore_errors=True)


def recover(tree: Path) -> None:
    """Take back the old tree if a run stopped between the two renames."""
    old = tree.with_name(f"{tree.name}.old")
    if old.exists() and not tree.exists():
        old.rename(tree)
    shutil.rmtree(old, ignore_errors=True)


def _copy(site: Path, target: Path) -> None:
    shutil.copytree(
        site, target, copy_function=_place, ignore=shutil.ignore_patterns(".buildinfo*")
    )


def _place(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # another disk, or one without links
        shutil.copy2(source, target)


def _index(data: dict[str, Any], start: str, url: str) -> str:
    """Return the page at the root: it leads to a version without a script."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True,
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
    page = environment.get_template("index.html.jinja")
    return page.render(title=TITLE, url=url, start=start, versions=data["versions"])
