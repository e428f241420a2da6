"""Words that nobody explained: jargon without a link to the glossary, unknown abbreviations."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .lint import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .extract import Block

ABBREVIATION = re.compile(r"(?<![\w-])(?P<letters>[A-Z][A-Z0-9]{1,5})s?(?![\w-])")
ENTRY = re.compile(r"^(?P<term>\S.*)$", re.MULTILINE)
GLOSSARY = re.compile(r"^```\{glossary\}\n(?P<content>.*?)^```", re.MULTILINE | re.DOTALL)


def glossary(text: str) -> dict[str, str]:
    """Return each term of the glossary's page with its definition."""
    match = GLOSSARY.search(text)
    if not match:
        raise SystemExit("prose: the glossary has no {glossary}")
    parts = ENTRY.split(match["content"])
    return {
        term: " ".join(text.split()) for term, text in zip(parts[1::2], parts[2::2], strict=True)
    }


def unexplained(
    page: str, blocks: list[Block], explained: Iterable[str], known: Iterable[str]
) -> Iterator[Finding]:
    """Yield what a page uses and neither it nor the glossary explains.

    Args:
        page: Its path.
        blocks: Its prose.
        explained: Terms that the page has to link once.
        known: Abbreviations that need no explanation on the page.
    """
    linked = {term for block in blocks for term in block.terms}
    spoken = [block for block in blocks if block.kind != "summary"]
    for term in explained:
        pattern = re.compile(rf"(?<![\w-]){re.escape(term)}s?(?![\w-])", re.IGNORECASE)
        for block in spoken:
            if (match := pattern.search(block.text)) and term.lower() not in linked:
                text = f"{match[0]!r} needs a link at its first use: {{term}}`{match[0]} <{term}>`"
                yield Finding(page, block.line(match.start()), text)
                break
    yield from _abbreviations(page, spoken, set(known))


def _abbreviations(page: str, blocks: list[Block], known: set[str]) -> Iterator[Finding]:
    whole = "\n".join(block.text for block in blocks)
    for block in blocks:
        for match in ABBREVIATION.finditer(block.text):
            letters = match["letters"]
            if letters in known or f"({letters})" in whole or f"{letters} (" in whole:
                continue
            known.add(letters)
            text = f"{letters!r} is not in the glossary: spell it out, or explain it there"
            yield Finding(page, block.line(match.start()), text)
