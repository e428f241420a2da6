"""Which pages belong together, and why. Knows no Sphinx.

A suggestion's reason is the strongest single fact that the two pages share, put into words; a page
without such a fact is not suggested. The order comes from all facts together.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from .corpus import TASKS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from .corpus import Corpus, Facts, Name

FEWEST, MOST = 3, 4
LEAST = 0.22
"""A score below which a page is suggested only to reach :data:`FEWEST`."""
FLOOR = 0.15
"""A score below which a page is not suggested at all."""
WEIGHTS = {
    "command": 1.0, "python": 1.0, "endpoint": 0.8, "setting": 0.8, "variable": 0.8, "term": 0.5,
}  # fmt: skip
SPECIAL = 0.4
"""Rarity that a term has to have to be explained."""
NAMED = 0.25
"""Weight of the names that both have, beside that of their words."""
DOCUMENTS, LINKS, SAME_TASK, EXPLAINS, CLOSE = 0.25, 0.15, 0.4, 0.2, 0.1
STEPS = {
    ("tutorial", "how-to"): 0.1, ("tutorial", "explanation"): 0.08,
    ("how-to", "reference"): 0.08, ("how-to", "explanation"): 0.1, ("how-to", "tutorial"): 0.02,
    ("explanation", "how-to"): 0.1, ("explanation", "reference"): 0.05,
    ("reference", "how-to"): 0.1, ("reference", "explanation"): 0.06,
    ("reference", "tutorial"): 0.05,
}  # fmt: skip
"""What another kind of page adds: from doing it once, over doing it, to looking it up."""
SAME_KIND = 0.06
"""What each page of a kind that is already suggested loses."""
TOPICS = 2
PREPOSITION = re.compile(r"\b(to|with)\b")
NARROW = 4
"""Words of a heading that is about one thing."""
COMMON = 2
"""Words that the titles of the same task have in common, beside what it is done for."""


class Suggestion(NamedTuple):
    """A page to read, its title, and the reason: words, then names in code or plain."""

    page: str
    title: str
    why: str
    what: tuple[str, ...] = ()
    code: bool = False


def suggestions(corpus: Corpus, page: str, leave_out: Collection[str]) -> list[Suggestion]:
    """Return what to read after a page, best first."""
    others = [
        other
        for other in sorted(corpus.candidates[page])
        if other not in {page, *leave_out, *corpus.never} and _same_readers(corpus, page, other)
    ]
    rated = {}
    for other in others:
        reasons = sorted(_reasons(corpus, page, other), key=lambda each: -each[0])
        if reasons:
            rated[other] = (_score(corpus, page, other, reasons), reasons[0][1])
    chosen: list[Suggestion] = []
    kinds: Counter[str] = Counter()
    while rated and len(chosen) < MOST:
        loss = {other: SAME_KIND * kinds[corpus.pages[other].kind] for other in rated}
        best = min(rated, key=lambda other: (loss[other] - rated[other][0], other))
        score, suggestion = rated.pop(best)
        if score < FLOOR or (score - loss[best] < LEAST and len(chosen) >= FEWEST):
            break
        chosen.append(suggestion)
        kinds[corpus.pages[best].kind] += 1
    return chosen


def _same_readers(corpus: Corpus, page: str, other: str) -> bool:
    one, two = page.partition("/")[0], other.partition("/")[0]
    return one == two or (one not in corpus.apart and two not in corpus.apart)


def _score(corpus: Corpus, page: str, other: str, reasons: list[tuple[float, Suggestion]]) -> float:
    one, two = corpus.pages[page], corpus.pages[other]
    nearness, _ = corpus.near(page, other)
    weights = (WEIGHTS[name.kind] * corpus.rarity(name) for name in _common(corpus, page, other))
    names = sum(sorted(weights, reverse=True)[:4])
    step = STEPS.get((one.kind, two.kind), 0.0)
    return nearness + NAMED * math.tanh(names / 2) + reasons[0][0] / 2 + step


def _common(corpus: Corpus, page: str, other: str) -> set[Name]:
    return set(corpus.pages[page].names) & set(corpus.pages[other].names)


def _reasons(corpus: Corpus, page: str, other: str) -> Iterator[tuple[float, Suggestion]]:
    """Give each fact that joins two pages, with its strength."""
    one, two = corpus.pages[page], corpus.pages[other]
    title = two.title
    if done_for := same_task(one, two, page, other):
        yield SAME_TASK, Suggestion(other, title, "same task for", (done_for,))
    for name in sorted(_common(corpus, page, other)):
        yield _by_name(corpus, name, page, other)
    if page in two.links:
        yield LINKS, Suggestion(other, title, "links here")
    if two.kind == "explanation":
        for name in sorted(_common(corpus, page, other)):
            rarity = corpus.rarity(name)
            special = name.kind == "term" and rarity >= SPECIAL
            if special and any(_says(heading, name.text) for heading in two.headings):
                yield EXPLAINS * (0.5 + rarity), Suggestion(other, title, "explains", (name.text,))
    nearness, words = corpus.near(page, other)
    if topics := corpus.about(page, other, words)[:TOPICS]:
        yield min(CLOSE, nearness / 2), Suggestion(other, title, "also about", topics)


def _by_name(corpus: Corpus, name: Name, page: str, other: str) -> tuple[float, Suggestion]:
    one, two = corpus.pages[page], corpus.pages[other]
    rarity = WEIGHTS[name.kind] * corpus.rarity(name)
    what, code = (shown(name),), name.kind != "term"
    title = two.title
    if corpus.documented.get(name) == other and code:
        return DOCUMENTS * (0.4 + rarity), Suggestion(other, title, "documents", what, code)
    both = name in one.used and name in two.used
    words = "also uses" if both else "also mentions"
    if not code:
        words = "also about"
    return 0.2 * rarity * (1.0 if both else 0.6), Suggestion(other, title, words, what, code)


def shown(name: Name) -> str:
    """Return a name as readers know it: Python names without their module."""
    if name.kind != "python":
        return name.text
    *above, last = name.text.split(".")
    owner = [part for part in above if part[:1].isupper()]
    return ".".join([*owner, last])


def _says(heading: str, words: str) -> bool:
    """Tell whether a heading is about a term, in one number or the other, and not much else."""
    if len(heading.split()) > NARROW:
        return False
    return re.search(rf"\b{re.escape(words)}(?:s|es)?\b", heading, re.IGNORECASE) is not None


def same_task(one: Facts, two: Facts, page: str, other: str) -> str:
    """Return what the other page's task is done for, if it is the same; else nothing.

    Titles of the same task have the same first and last words, as in "Track PyTorch models" and
    "Track XGBoost models", and the pages stand in the same directory.
    """
    if page.rpartition("/")[0] != other.rpartition("/")[0] or one.kind != two.kind:
        return ""
    if one.kind not in TASKS or not one.title or not two.title:
        return ""
    first, second = (PREPOSITION.sub("to", facts.title).split() for facts in (one, two))
    before = _alike(first, second)
    after = _alike(first[before:][::-1], second[before:][::-1])
    different = second[before : len(second) - after]
    if before < 1 or before + after < COMMON or not different or len(first) == before + after:
        return ""
    proper = all(words[0][:1].isupper() for words in (first[before:], different))
    return " ".join(different) if proper else ""


def _alike(one: list[str], two: list[str]) -> int:
    """Return how many words are the same from the beginning."""
    for number, (left, right) in enumerate(zip(one, two, strict=False)):
        if left != right:
            return number
    return min(len(one), len(two))
