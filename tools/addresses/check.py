"""What the ledger has and a site lacks, with the remedy."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from _ext.redirects import EXTERNAL, entries, load

from .ledger import place

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Set
    from pathlib import Path

    from _ext._shared.inputs import Data
    from _ext.redirects import Entries, Redirect

    from .ledger import Ledger

PLAIN = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
"""An anchor that a MyST target can make."""


class Places(NamedTuple):
    """Where the data of a check stand."""

    root: Path
    ledger: Path
    redirects: Path


def faults(ledger: Ledger, site: Mapping[str, Set[str]], places: Places) -> Iterator[str]:
    """Yield what is gone, or leads nowhere, as ``path:line: what; remedy``."""
    data = load(places.redirects)
    redirects = entries(data)
    for address, anchors in ledger.items():
        page = address.removesuffix(".html")
        if address in site:
            for anchor in anchors:
                if anchor not in site[address]:
                    yield _vanished(address, anchor, places)
        elif redirect := redirects.get(page):
            yield from _lost(address, redirect, ledger, site, places)
        elif address.endswith(".html"):
            yield (
                f"{place(places.ledger, address)}: the page {address} was published and is gone; "
                f"add '{page}: <the page that answers now>' to {_name(places.redirects, places)}"
            )
        else:
            yield (
                f"{place(places.ledger, address)}: the file {address} was published and is gone; "
                "nothing can lead on from a file: write it again"
            )
    yield from _astray(data, site)


def _vanished(address: str, anchor: str, places: Places) -> str:
    """Return the fault of a section that is gone from a page that is there."""
    source = f"source/{address.removesuffix('.html')}.md"
    where = source if (places.root / source).is_file() else "the page's source"
    plain = PLAIN.fullmatch(anchor)
    target = f"({anchor})= on a line of its own" if plain else f"the directive {{anchor}} {anchor}"
    return (
        f"{place(places.ledger, address, anchor)}: {address}#{anchor} was published and is gone; "
        f"write {target} above what answers now, in {where}"
    )


def _lost(
    address: str,
    redirect: Redirect,
    ledger: Ledger,
    site: Mapping[str, Set[str]],
    places: Places,
) -> Iterator[str]:
    """Yield sections of an old page that its new place has not."""
    if redirect.to.startswith(EXTERNAL) or "#" in redirect.to:
        return
    there = site.get(f"{redirect.to}.html", frozenset())
    page = address.removesuffix(".html")
    for anchor in ledger[address]:
        if anchor not in there and anchor not in redirect.sections:
            yield (
                f"{place(places.ledger, address, anchor)}: {address}#{anchor} was published, and "
                f"{redirect.to}, where {page} leads, has no such section; add '{anchor}: <page>' "
                f"to the sections of {page} in {_name(places.redirects, places)}"
            )


def _astray(data: Data[Entries], site: Mapping[str, Set[str]]) -> Iterator[str]:
    """Yield redirects that are no pages of the site, or name a section that is not there."""
    for page, redirect in entries(data).items():
        for keys, target in redirect.places:
            address, _, anchor = target.partition("#")
            there = site.get(f"{address}.html")
            if target.startswith(EXTERNAL):
                continue
            if there is None:
                yield f"{data.place(page, *keys)}: {page} leads to {address}, which is no page"
            elif anchor and anchor not in there:
                yield f"{data.place(page, *keys)}: {page} leads to {target}; no such section"


def news(ledger: Ledger, site: Mapping[str, Set[str]]) -> tuple[list[str], list[str]]:
    """Return pages, and sections of known pages, that the ledger has not."""
    pages = [address for address in site if address not in ledger]
    anchors = [
        f"{address}#{anchor}"
        for address, found in site.items()
        if address in ledger
        for anchor in sorted(found - {*ledger[address]})
    ]
    return pages, anchors


def _name(path: Path, places: Places) -> str:
    return path.relative_to(places.root).as_posix()
