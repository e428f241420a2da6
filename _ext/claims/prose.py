"""Finds in running text what needs proof: superlatives, speeds, sizes, big counts. No Sphinx."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, NamedTuple

from pydantic import Field

from _ext._shared.inputs import load_yaml
from _ext._shared.report import InputError

from .model import NUMBER, WORDS, Line, Strict, numbers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HIDDEN = "\N{OBJECT REPLACEMENT CHARACTER}"
"""Stands for what is bound, accepted or code: no pattern matches across it."""

SPACE = r"[\s\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}-]+"
DIGITS = r"(?<![\w.,/:-])\d+(?:[.,]\d+)*"
QUANTITY = rf"(?:{DIGITS}|(?<![\w-])(?:{'|'.join(sorted(WORDS, key=len, reverse=True))}))"
VAGUE = (
    r"(?<![\w-])(?:a few|a couple of|several|half an?"
    r"|(?:under|within|less than|about|takes?) an?|in an?(?!\s+second))"
)


class Words(Strict):
    """Words that claim something by themselves."""

    words: Annotated[list[Line], Field(min_length=1)]
    because: Line


class Quantities(Strict):
    """Numbers in front of one of some nouns."""

    nouns: Annotated[list[Line], Field(min_length=1)]
    because: Line


class Counts(Quantities):
    """Numbers of things, from ``least`` on."""

    least: int


class Rules(Strict):
    """The whole of ``prose.yaml``."""

    words: list[Words]
    durations: Quantities
    sizes: Quantities
    counts: Counts


class Found(NamedTuple):
    """Words that need proof; their kind is the name of a rule in ``prose.yaml``."""

    start: int
    words: str
    because: str
    kind: str


def _any(words: list[str]) -> str:
    ordered = sorted(words, key=len, reverse=True)
    return "(?:" + "|".join(re.escape(word).replace(r"\ ", SPACE) for word in ordered) + ")"


class Prose:
    """The rules, ready to search with."""

    def __init__(self, rules: Rules) -> None:
        self.least = rules.counts.least
        self._patterns: list[tuple[re.Pattern[str], str, str]] = []
        for group in rules.words:
            words = rf"(?<![\w-])(?<!how much )(?:{_any(group.words)})(?![\w-])"
            self._add(words, group.because, "words")
        time, size = rules.durations, rules.sizes
        long = [noun for noun in time.nouns if len(noun) > 3]
        short = [noun for noun in time.nouns if len(noun) <= 3]
        amounts = rf"(?:{QUANTITY}|{VAGUE}){SPACE}{_any(long)}(?![\w-])"
        self._add(amounts, time.because, "durations")
        if short:
            self._add(rf"{DIGITS}[^\S\n]+{_any(short)}(?![\w-])", time.because, "durations")
        self._add(rf"{QUANTITY}(?:{SPACE})?{_any(size.nouns)}(?!\w)", size.because, "sizes")
        self._counts = re.compile(
            rf"{QUANTITY}{SPACE}(?:[^\W\d]+{SPACE})?{_any(rules.counts.nouns)}(?![\w-])", re.I
        )
        self._grouped = re.compile(r"(?<![\w.,])\d{1,3}(?:,\d{3})+(?![\w,])")
        self._because = rules.counts.because

    def _add(self, pattern: str, because: str, kind: str) -> None:
        self._patterns.append((re.compile(pattern, re.IGNORECASE), because, kind))

    def search(self, text: str) -> list[Found]:
        """Return what needs proof in ``text``, in order, without overlaps."""
        every = sorted(self._all(text), key=lambda found: (found.start, -len(found.words)))
        result: list[Found] = []
        end = 0
        for found in every:
            if found.start >= end:
                result.append(found._replace(words=" ".join(found.words.split())))
                end = found.start + len(found.words)
        return result

    def _all(self, text: str) -> Iterator[Found]:
        for pattern, because, kind in self._patterns:
            for match in pattern.finditer(text):
                yield Found(match.start(), match[0], because, kind)
        for match in self._counts.finditer(text):
            number = NUMBER.match(text, match.start())
            if number and numbers(number[0])[0] >= self.least:
                yield Found(match.start(), match[0], self._because, "counts")
        for match in self._grouped.finditer(text):
            yield Found(match.start(), match[0], self._because, "counts")


@lru_cache(maxsize=8)
def _load(path: Path, _changed: int) -> Prose:
    return Prose(load_yaml(path, Rules).value)


def load(path: Path) -> Prose:
    """Return the rules of a file.

    Raises:
        InputError: there is no such file, or it is wrong at ``path:line``.
    """
    if not path.is_file():
        raise InputError("file", f"there is no file {path.name!r} in {path.parent}")
    return _load(path, path.stat().st_mtime_ns)
