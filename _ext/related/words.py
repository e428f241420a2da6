"""How near the words of pages are: TF-IDF and the cosine between two pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

PATTERN = r"(?u)\b[a-zA-Z][a-zA-Z]{2,}\b"
MOST, FEW = 0.25, 4
"""Share, or number, of the pages that may have a word for it to count."""
WORDS = 6
"""Words that may be given as the reason."""
NEAREST = 30
"""Pages that a page is compared with further."""
DIGITS = 6
"""Rounding, so that another machine's arithmetic gives the same order."""


def near(texts: Mapping[str, str]) -> dict[tuple[str, str], tuple[float, tuple[str, ...]]]:
    """Return for pages near to each other how near they are, and which words make most of it."""
    # Here, because the import takes a second that a build without changes saves.
    from sklearn.feature_extraction.text import TfidfVectorizer

    names = sorted(texts)
    most = max(FEW, int(len(names) * MOST))
    vectorizer = TfidfVectorizer(
        token_pattern=PATTERN, stop_words="english", sublinear_tf=True, max_df=most, min_df=2
    )
    try:
        matrix = vectorizer.fit_transform([texts[name] for name in names])
    except ValueError:  # no word is on two pages and not on most
        return {}
    vocabulary = vectorizer.get_feature_names_out()
    cosines = (matrix @ matrix.T).toarray().round(DIGITS)
    rows = [dict(zip(row.indices.tolist(), row.data.tolist(), strict=True)) for row in matrix]
    found: dict[tuple[str, str], tuple[float, tuple[str, ...]]] = {}
    for one, nearness in enumerate(cosines):
        nearness[one] = 0
        for other in (-nearness).argsort(kind="stable")[:NEAREST].tolist():
            pair = names[min(one, other)], names[max(one, other)]
            if nearness[other] > 0 and pair not in found:
                best = _strongest(rows[one], rows[other])
                words = tuple(str(vocabulary[each]) for each in best[:WORDS])
                found[pair] = (float(nearness[other]), words)
    return found


def _strongest(one: Mapping[int, float], other: Mapping[int, float]) -> list[int]:
    """Return the words that two texts share, by what they add to the nearness."""
    strength = {each: round(one[each] * other[each], DIGITS) for each in one.keys() & other.keys()}
    return sorted(strength, key=lambda each: (-strength[each], each))
