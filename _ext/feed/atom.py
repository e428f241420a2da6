"""A changelog as a feed, in Atom 1.0 (RFC 4287). Knows no Sphinx.

Each change is an entry, and so is each release, with all of its changes. Atom wants the time of
each. What Git does not know has none, and is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from packaging.version import InvalidVersion, Version

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from .changelog import Change, Release

NAMESPACE = "http://www.w3.org/2005/Atom"
MOST = 50
"""Entries of a feed: readers keep what they had before."""
TITLE = 80
"""Characters of a title; the entry itself has all words."""


@dataclass(frozen=True)
class Entry:
    """An entry of a feed.

    Args:
        name: what is its own in its id, and never another's.
        title: without markup.
        html: what it says.
        time: when it came to be as it is, in seconds.
    """

    name: str
    title: str
    html: str
    time: int


@dataclass(frozen=True)
class Head:
    """What holds for the whole feed.

    Args:
        identity: a ``tag:`` URI that never changes, wherever the site stands.
        title: what readers call it.
        author: who wrote it.
        address: its own address.
        page: the address of the page that has the same.
    """

    identity: str
    title: str
    author: str
    address: str
    page: str


def entries(
    releases: Iterable[Release], times: Mapping[int, int], tagged: Mapping[str, int]
) -> list[Entry]:
    """Return the entries, the newest first.

    Args:
        releases: what the changelog says.
        times: when each of its lines was committed.
        tagged: when tags were made.
    """
    made = dict(_versions(tagged))
    found: list[Entry] = []
    for release in releases:
        changes = [(change, _time(change, times)) for change in release.changes]
        known = [time for _, time in changes if time]
        when = 0
        if release.version:
            when = made.get(release.version) or max(known, default=0)
        if when:
            items = "".join(f"<li>{change.html}</li>" for change in release.changes)
            found.append(Entry(release.name, release.name, f"<ul>{items}</ul>", when))
        found += [
            Entry(_digest(change.text), _title(change.text), change.html, time)
            for change, time in changes
            if time
        ]
    return sorted(found, key=lambda entry: -entry.time)[:MOST]


def _versions(tagged: Mapping[str, int]) -> Iterator[tuple[Version | None, int]]:
    for name, time in tagged.items():
        try:
            yield Version(name), time
        except InvalidVersion:
            continue


def _time(change: Change, times: Mapping[int, int]) -> int:
    """Return when the last of its lines was committed; 0 if one of them is not."""
    own = [times.get(line, 0) for line in change.lines]
    return max(own) if all(own) else 0


def _digest(text: str) -> str:
    """Return a name that stays while the words do: also in another line, or in a release."""
    return sha256(text.encode()).hexdigest()[:16]


def _title(text: str) -> str:
    """Return the first words."""
    if len(text) <= TITLE:
        return text.rstrip(".")
    return text[:TITLE].rpartition(" ")[0].rstrip(" ,.;:") + " …"


def feed(head: Head, found: list[Entry]) -> bytes:
    """Return the file: the same bytes for the same entries, of which there is at least one."""
    root = ET.Element("feed", xmlns=NAMESPACE)
    _add(root, "id", head.identity)
    _add(root, "title", head.title)
    _add(root, "updated", _stamp(found[0].time))
    _add(ET.SubElement(root, "author"), "name", head.author)
    ET.SubElement(root, "link", rel="self", type="application/atom+xml", href=head.address)
    ET.SubElement(root, "link", rel="alternate", type="text/html", href=head.page)
    for entry in found:
        element = ET.SubElement(root, "entry")
        _add(element, "id", f"{head.identity}/{entry.name}")
        _add(element, "title", entry.title)
        _add(element, "updated", _stamp(entry.time))
        ET.SubElement(element, "link", rel="alternate", type="text/html", href=head.page)
        _add(element, "content", entry.html).set("type", "html")
    ET.indent(root)
    text: bytes = ET.tostring(root, "utf-8", xml_declaration=True)
    return text + b"\n"


def _add(parent: ET.Element, name: str, text: str) -> ET.Element:
    element = ET.SubElement(parent, name)
    element.text = text
    return element


def _stamp(time: int) -> str:
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
