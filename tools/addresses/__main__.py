"""``python3 -m tools.addresses``: add the addresses of the built site to the ledger; check it."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from _ext._shared.report import InputError

from .check import Places, faults, news
from .ledger import load, merged, save
from .site import SiteError, read

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence, Set

    from .ledger import Ledger

ROOT = Path(__file__).parents[2]
SHOWN = 30
"""Faults that are shown; one renamed page may have many."""


def check(ledger: Ledger, site: Mapping[str, Set[str]], places: Places) -> int:
    """Print what is gone and what is new; return the exit status."""
    found = [*faults(ledger, site, places)]
    pages, anchors = news(ledger, site)
    found += [f"{places.ledger}: the page {page} is new; run make addresses" for page in pages]
    for fault in found[:SHOWN]:
        print(fault, file=sys.stderr)
    if len(found) > SHOWN:
        print(f"… {len(found) - SHOWN} more", file=sys.stderr)
    if anchors:
        print(f"{len(anchors)} new sections, such as {anchors[0]}: make addresses adds them")
    if not found:
        count = sum(map(len, ledger.values()))
        print(f"{len(ledger)} addresses with {count} sections: all lead somewhere")
    return 1 if found else 0


def add(ledger: Ledger, site: Mapping[str, Set[str]], places: Places) -> int:
    """Write what is new into the ledger; return the exit status."""
    pages, anchors = news(ledger, site)
    for path in save(places.ledger, merged(ledger, site)):
        print(path.relative_to(places.root))
    print(f"{len(pages)} new addresses, {len(anchors)} new sections of known ones")
    return 0


def release(version: str, ledger: Ledger, site: Mapping[str, Set[str]], places: Places) -> int:
    """Write which pages the release has; return the exit status."""
    if status := check(ledger, site, places):
        return status
    pages = sorted(page.removesuffix(".html") for page in site if page.endswith(".html"))
    path = places.root / "source" / "_data" / "stable.json"
    text = json.dumps({"version": version, "pages": pages}, indent=1)
    part = path.with_suffix(".part")
    part.write_text(text + "\n", "utf-8")
    part.replace(path)
    print(f"{path.relative_to(places.root)}: {len(pages)} pages of {version}")
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.addresses", description=__doc__)
    parser.add_argument("site", nargs="?", type=Path, help="default: _build/html")
    parser.add_argument("--root", type=Path, default=ROOT, help="the repository")
    todo = parser.add_mutually_exclusive_group()
    todo.add_argument("--check", action="store_true", help="compare instead")
    todo.add_argument("--release", metavar="VERSION", help="note the pages of a release")
    options = parser.parse_args(arguments)
    root = options.root.resolve()
    data = root / "source" / "_data"
    places = Places(root, data / "addresses", data / "redirects.yaml")
    try:
        site = read(options.site or root / "_build" / "html")
        ledger = load(places.ledger)
        if options.release:
            return release(options.release, ledger, site, places)
        return check(ledger, site, places) if options.check else add(ledger, site, places)
    except (SiteError, InputError) as error:
        where = f"{error.location}: " if isinstance(error, InputError) else ""
        print(f"{where}{error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
