"""What all pages say, and how rare or near it is. Knows no Sphinx."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

WORD = re.compile(r"[a-z]{3,}")
HEADED, FEW = 0.08, 4
"""Share, or number, of the pages that may have a word in a heading for it to be a topic."""
TASKS = frozenset({"tutorial", "how-to"})
FEW_PAGES = 30
"""Pages that a name may be on for it alone to bring two of them together."""


class Name(NamedTuple):
    """A name that pages share: ``command``, ``python``, ``setting``, ``term`` …, and its text."""

    kind: str
    text: str


@dataclass(frozen=True)
class Facts:
    """What a page says. Plain data: it pickles, and its repr is its content."""

    kind: str
    text: str
    names: tuple[Name, ...]
    used: tuple[Name, ...]
    """Those of ``names`` that stand in code."""
    links: tuple[str, ...]
    onward: tuple[str, ...]
    """Those of ``links`` that an author chose as the way on."""
    headings: tuple[str, ...]
    """The title first."""

    @property
    def title(self) -> str:
        """Return the page's title."""
        return self.headings[0] if self.headings else ""


@dataclass
class Corpus:
    """All pages, and what is known about their names and words."""

    pages: Mapping[str, Facts]
    documented: Mapping[Name, str]
    """Name → the page that documents it."""
    shared: Mapping[tuple[str, str], tuple[float, tuple[str, ...]]]
    """Two pages, in order → nearness of their words, and the words that make it."""
    apart: Collection[str] = ()
    """Sections whose pages are for other readers."""
    never: Collection[str] = ()
    """Pages that are not suggested: lists of everything."""
    count: Counter[Name] = field(init=False)
    topics: dict[str, frozenset[str]] = field(init=False)
    """Page → words of its headings that few other pages have in theirs."""
    candidates: dict[str, set[str]] = field(init=False)
    """Page → pages that it may have something in common with."""

    def __post_init__(self) -> None:
        """Count the pages of each name, and of each word of headings."""
        self.count = Counter(name for facts in self.pages.values() for name in facts.names)
        words = {
            page: {word for heading in facts.headings for word in _topics(heading, facts.kind)}
            for page, facts in self.pages.items()
        }
        count = Counter(word for found in words.values() for word in found)
        most = max(FEW, len(self.pages) * HEADED)
        self.topics = {
            page: frozenset(word for word in found if count[word] <= most)
            for page, found in words.items()
        }
        self.candidates = self._candidates()

    def _candidates(self) -> dict[str, set[str]]:
        groups: dict[object, set[str]] = defaultdict(set)
        for page, facts in self.pages.items():
            groups[page.rpartition("/")[0]].add(page)
            for name in facts.names:
                if self.count[name] <= FEW_PAGES:
                    groups[name].add(page)
                if name in self.documented:
                    groups[page].add(self.documented[name])
            for link in facts.links:
                groups[link].add(page)
        for one, other in self.shared:
            groups[one].add(other)
            groups[other].add(one)
        return {
            page: groups[page].union(
                groups[page.rpartition("/")[0]], *(groups[name] for name in facts.names)
            )
            & self.pages.keys()
            for page, facts in self.pages.items()
        }

    def rarity(self, name: Name) -> float:
        """Return 1 for a name that only two pages have, 0 for one that all have."""
        most = len(self.pages)
        if most <= 2:
            return 1.0
        return math.log(most / self.count[name]) / math.log(most / 2)

    def about(self, one: str, other: str, words: Iterable[str]) -> tuple[str, ...]:
        """Return which of the words that two pages share are topics: one has it in a heading."""
        topics = self.topics[one] | self.topics[other]
        return tuple(word for word in words if {word, f"{word}s", word.removesuffix("s")} & topics)

    def near(self, one: str, other: str) -> tuple[float, tuple[str, ...]]:
        """Return how near two pages' words are, and which make it."""
        return self.shared.get((min(one, other), max(one, other)), (0.0, ()))


def _topics(heading: str, kind: str) -> list[str]:
    """Return the words of a heading, without the verb that a task begins with."""
    words = WORD.findall(heading.lower())
    return words[1:] if kind in TASKS and len(words) > 1 else words
