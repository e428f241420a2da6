"""Text into terms, exactly as ``_static/search/engine.js`` does it for a query.

A name is one term and its parts: ``mltrack.track_llm`` gives itself, ``mltrack``, ``track_llm``,
``track`` and ``llm``. Words are stemmed by Snowball's English stemmer; Sphinx ships the same one in
JavaScript. ``tests/test_search.py`` compares both sides.
"""

from __future__ import annotations

import re
from functools import cache

import snowballstemmer  # type: ignore[import-untyped]

NAME = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_./:@-]*[A-Za-z0-9_])?")
PARTS = re.compile(r"[./:@-]+")
WORDS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[0-9]+")
PLAIN = re.compile(r"[a-z]+")
LONGEST = 40
"""Characters of a term; what is longer is an address or a hash, of which the parts suffice."""

_STEMMER = snowballstemmer.stemmer("english")


@cache
def stem(word: str) -> str:
    """Return the stem of a lower-case word."""
    return str(_STEMMER.stemWord(word))


def terms(text: str) -> list[str]:
    """Return the terms of a text, in order, with repetitions."""
    found: list[str] = []
    for match in NAME.finditer(text):
        found += _of_name(match[0])
    return found


@cache
def _of_name(name: str) -> tuple[str, ...]:
    lower = name.lower()
    if PLAIN.fullmatch(lower) and not _cut(name):
        return (stem(lower),)
    pieces = [lower]
    for part in PARTS.split(name):
        words = WORDS.findall(part)
        pieces += [part.lower(), *(word.lower() for word in words)]
    kept = (stem(piece) if PLAIN.fullmatch(piece) else piece for piece in dict.fromkeys(pieces))
    return tuple(dict.fromkeys(piece for piece in kept if piece and len(piece) <= LONGEST))


def _cut(name: str) -> bool:
    """Tell whether a word without separators has several words in it, as ``MLTrackConfig``."""
    return len(WORDS.findall(name)) > 1
