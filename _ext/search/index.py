"""The index of all records, as small as ``_static/search/engine.js`` can unpack it.

Titles, ways, keywords and the beginnings of texts travel as text, since results show them and
phrases are compared with them; the script cuts them into terms itself. Of what follows in a text
only the terms travel: each has steps from record to record, in letters that compress well. The
script rebuilds what MiniSearch's ``loadJS`` takes (version 7.2.0, serialization version 2).
``tests/test_search.py`` compares the result with an index that MiniSearch makes itself.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from .records import beginning
from .terms import terms

if TYPE_CHECKING:
    from .data import Hints
    from .records import Record

SHOWN = 140
"""Characters of a record's text that results can show, at most."""
ZERO = ord("0")
SAME = "-"
"""Instead of an anchor that is the title, in small letters."""
AGAIN = "!"
"""After a step: the term stands there once more."""
LAST, MORE = ord("#"), ord("]")
"""The first letter of those that end a step, and of those before them: what lies between needs no
escape. The end of the first is the beginning of the second, without the backslash."""
LASTS, MORES = MORE - 1 - LAST, ord("~") + 1 - MORE

Postings = dict[str, dict[int, int]]
"""Term → number of the record → how often."""


def shown(text: str) -> str:
    """Return what results show of a text."""
    return beginning(text, SHOWN)


def anchor(record: Record) -> str:
    """Return the anchor of a record, or :data:`SAME`."""
    made = re.sub("[^a-z0-9]+", "-", record.title.lower()).strip("-")
    return SAME if made and made == record.anchor else record.anchor


def postings(records: list[Record]) -> tuple[Postings, list[int]]:
    """Return where each term stands behind what is shown, and how many terms a whole text has."""
    found: Postings = {}
    lengths: list[int] = []
    for number, record in enumerate(records):
        lengths.append(len(set(terms(record.text))))
        behind = record.text[len(shown(record.text)) :]
        for term, count in Counter(terms(behind)).items():
            found.setdefault(term, {})[number] = count
    return found, lengths


def steps(places: dict[int, int]) -> str:
    """Return how far it is from record to record."""
    coded, last = [], -1
    for number, count in sorted(places.items()):
        rest, end = divmod(number - last, LASTS)
        letters = chr(LAST + end)
        while rest:
            rest, digit = divmod(rest, MORES)
            letters = chr(MORE + digit) + letters
        coded.append(letters + AGAIN * (count - 1))
        last = number
    return "".join(coded)


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
    kind and shown text of each record, the page's own first; ``keywords`` those of records that
    have some; ``words`` and ``where`` the terms behind the shown texts and their steps.
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
        kind, text = kinds.index(record.kind), shown(record.text)
        listed.append([pages[address], anchor(record), record.title, kind, text])
    words = sorted(found)
    return {
        "kinds": kinds,
        "pages": named,
        "records": listed,
        "keywords": {n: record.keywords for n, record in enumerate(records) if record.keywords},
        "lengths": lengths,
        "words": front_coded(words),
        "where": " ".join(steps(found[word]) for word in words),
        "synonyms": hints.by_term(),
    }


def script(records: list[Record], hints: Hints) -> str:
    """Return a script that hands the index, as JSON in a string, to the engine."""
    text = json.dumps(packed(records, hints), ensure_ascii=False, separators=(",", ":"))
    return f"self.mltSearch={json.dumps(text, ensure_ascii=False)};\n"
