"""The index of all records, as small as ``_static/search/engine.js`` can unpack it.

Titles, ways and keywords travel as text, since results show them and phrases are compared with
them; the script cuts them into terms itself. Of the texts only the terms travel: each has a list of
steps from record to record. A step below zero is followed by how often the term stands there;
otherwise it is once. The script rebuilds what MiniSearch's ``loadJS`` takes (version 7.2.0,
serialization version 2). ``tests/test_search.py`` compares the result with an index that MiniSearch
makes itself.
"""

from __future__ import annotations

import json
from collections import Counter
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from .terms import terms

if TYPE_CHECKING:
    from .data import Hints
    from .records import Record

SHOWN = 140
"""Characters of a record's text that results can show."""
ZERO = ord("0")

Postings = dict[str, dict[int, int]]
"""Term → number of the record → how often."""


def postings(records: list[Record]) -> tuple[Postings, list[int]]:
    """Return where each term stands, and each record's number of different terms."""
    found: Postings = {}
    lengths: list[int] = []
    for number, record in enumerate(records):
        counts = Counter(terms(record.text))
        lengths.append(len(counts))
        for term, count in counts.items():
            found.setdefault(term, {})[number] = count
    return found, lengths


def _steps(places: dict[int, int]) -> list[int]:
    steps, last = [], -1
    for number, count in sorted(places.items()):
        steps += [number - last] if count == 1 else [last - number, count]
        last = number
    return steps


def front_coded(words: list[str]) -> str:
    """Return sorted words, each as what it adds to the one before.

    A character says how many letters they share: 0 to 9, then what follows in ASCII, up to the
    longest term, so that none of them has to be escaped.
    """
    coded, last = [], ""
    for word in words:
        both = zip(last, word, strict=False)
        shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], both))
        coded.append(chr(ZERO + shared) + word[shared:])
        last = word
    return " ".join(coded)


def packed(records: list[Record], hints: Hints) -> dict[str, Any]:
    """Return the index with what results show, as plain data.

    ``pages`` holds address, way and title of each page; ``records`` its number, the anchor, title,
    kind and text of each record, the page's own first; ``keywords`` those of records that have
    some; ``words`` and ``where`` the terms of the texts and their steps.
    """
    found, lengths = postings(records)
    kinds = list(dict.fromkeys(record.kind for record in records))
    pages: dict[str, int] = {}
    named: list[list[str]] = []
    listed = []
    for record in records:
        address = record.url.partition("#")[0]
        if address not in pages:
            pages[address] = len(pages)
            named.append([address, record.page, record.title])
        text = record.text[:SHOWN]
        listed.append([pages[address], record.anchor, record.title, kinds.index(record.kind), text])
    words = sorted(found)
    return {
        "kinds": kinds,
        "pages": named,
        "records": listed,
        "keywords": {n: record.keywords for n, record in enumerate(records) if record.keywords},
        "lengths": lengths,
        "words": front_coded(words),
        "where": [_steps(found[word]) for word in words],
        "synonyms": hints.by_term(),
    }


def script(records: list[Record], hints: Hints) -> str:
    """Return a script that hands the index, as JSON in a string, to the engine."""
    text = json.dumps(packed(records, hints), ensure_ascii=False, separators=(",", ":"))
    return f"self.mltSearch={json.dumps(text, ensure_ascii=False)};\n"
