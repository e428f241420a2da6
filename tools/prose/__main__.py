"""``python -m tools.prose``: check the prose of all pages, or of those named."""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from . import lint
from .extract import Block, blocks
from .lint import ROOT, STYLE, Finding
from .measure import measure
from .terms import glossary, unexplained

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

ACCEPTED = STYLE / "accepted.yaml"
SOURCE = ROOT / "source"
GLOSSARY = SOURCE / "understand" / "glossary.md"


def limits() -> dict[str, Any]:
    """The committed limits and lists."""
    found: dict[str, Any] = yaml.safe_load((STYLE / "limits.yaml").read_text("utf-8"))
    return found


def read(pages: list[Path]) -> dict[str, list[Block]]:
    """Return the prose of each page, by its path below the root where it is there."""
    return {
        str(page.absolute().relative_to(ROOT) if page.absolute().is_relative_to(ROOT) else page):
        blocks(page)
        for page in pages
    }  # fmt: skip


def too_hard(page: str, content: list[Block], rules: dict[str, Any]) -> Iterator[Finding]:
    """Yield what a page exceeds."""
    found = measure(content)
    if found.grade > rules["grade"]:
        text = (
            f"reading grade {found.grade:.1f}, at most {rules['grade']}: shorter sentences "
            f"({found.words / found.sentences:.0f} words each now) and shorter words"
        )
        yield Finding(page, 1, text)
    if found.sentences >= rules["sentences"] and found.passive_share > rules["passive"]:
        text = (
            f"{found.passive_share:.0%} of the sentences are in the passive, at most "
            f"{rules['passive']:.0%}: say who does it"
        )
        yield Finding(page, 1, text)


def check(pages: dict[str, list[Block]], modules: Path | None = None) -> list[Finding]:
    """Return all findings of the pages, in order."""
    rules = limits()
    terms = glossary(GLOSSARY.read_text("utf-8"))
    told = {word for term in terms for word in re.findall(r"\b[A-Z][A-Z0-9]+\b", term)}
    known = {*rules["abbreviations"], *told, *re.findall(r"\b[A-Z][A-Z0-9]+\b", names())}
    found = lint.lint(pages, modules or lint.MODULES)
    for page, content in pages.items():
        found += too_hard(page, content, rules)
        section = Path(page).parent.name
        asks = section in rules["sections"] and Path(page).name != GLOSSARY.name
        found += unexplained(page, content, rules["explained"] if asks else [], known)
    return sorted(accept(set(found), pages))


def accept(found: set[Finding], pages: Collection[str]) -> set[Finding]:
    """Take out what the list of accepted findings has; add its entries that accept nothing."""
    left = set(found)
    for entry in yaml.safe_load(ACCEPTED.read_text("utf-8")) or []:
        if entry["page"] not in pages:
            continue
        right = {f for f in found if f.page == entry["page"] and entry["words"] in f.text}
        left -= right
        if not right:
            text = f"accepts {entry['words']!r} on {entry['page']}, and nothing reports that"
            left.add(Finding(str(ACCEPTED.relative_to(ROOT)), 1, text))
    return left


def names() -> str:
    """Names that the dictionaries lack: committed, one a line."""
    return (STYLE / "names.txt").read_text("utf-8")


def report(pages: dict[str, list[Block]]) -> None:
    """Print each page's figures."""
    print("grade  passive  sentences  page")
    for page, content in pages.items():
        found = measure(content)
        print(f"{found.grade:5.1f}  {found.passive_share:7.0%}  {found.sentences:9}  {page}")


def main(arguments: list[str] | None = None) -> int:
    """Check, print, and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.prose", description=__doc__)
    parser.add_argument("pages", nargs="*", type=Path, help="Markdown files; all without one")
    parser.add_argument("--report", action="store_true", help="print figures, check nothing")
    options = parser.parse_args(arguments)
    pages = read(options.pages or sorted(SOURCE.rglob("*.md")))
    if options.report:
        report(pages)
        return 0
    found = check(pages)
    print(*found, sep="\n")
    if found:
        print(f"prose: {len(found)} to mend on {len({f.page for f in found})} pages.")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
