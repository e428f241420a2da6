"""The running text of a page of Markdown, in blocks that know their lines. No code, no markup."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import yaml
from markdown_it.renderer import RendererHTML
from myst_parser.config.main import MdParserConfig
from myst_parser.parsers.mdit import create_md_parser

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from markdown_it import MarkdownIt
    from markdown_it.token import Token

EXTENSIONS = {"attrs_block", "attrs_inline", "colon_fence", "deflist", "fieldlist"}
CODE = "code"
"""Stands in a sentence where the page has code or a title of another page."""

SPOKEN = {
    "admonition", "attention", "caution", "compare", "container", "danger", "dropdown", "error",
    "grid", "grid-item", "grid-item-card", "hint", "important", "measured", "note", "seealso",
    "tab-item", "tab-set", "table", "tip", "warning",
}  # fmt: skip
"""Directives whose content is prose. The content of all others is code or data."""

TITLED = re.compile(r"(?P<text>.*?)\s*<[^<>]*>\Z", re.DOTALL)
DIRECTIVE = re.compile(r"\{(?P<name>[\w:.-]+)\}(?P<title>.*)\Z")
OPTION = re.compile(r":[\w-]+:(\s|\Z)")


@dataclass
class Block:
    """A paragraph, title, cell or item: its text on one line, and where its lines began."""

    text: str = ""
    kind: str = "paragraph"
    places: list[tuple[int, int]] = field(default_factory=list)
    terms: list[str] = field(default_factory=list)

    def add(self, text: str, line: int) -> None:
        """Append text that stands on ``line`` of the page."""
        if text and (not self.places or self.places[-1][1] != line):
            self.places.append((len(self.text), line))
        self.text += text

    def line(self, column: int) -> int:
        """Return the page's line of a character, counted from 0."""
        return next((line for start, line in reversed(self.places) if start <= column), 1)


@lru_cache
def parser() -> MarkdownIt:
    """The parser of the site's Markdown."""
    return create_md_parser(MdParserConfig(enable_extensions=set(EXTENSIONS)), RendererHTML)


def blocks(page: Path) -> list[Block]:
    """Return the prose of a page, from its front matter to its end."""
    text = page.read_text(encoding="utf-8")
    return [*_front_matter(text), *(b for b in _blocks(text, 0) if b.text.strip())]


def front_matter(text: str) -> dict[str, Any]:
    """Return a page's front matter; empty when it has none."""
    if not text.startswith("---\n"):
        return {}
    found = yaml.safe_load(text[4 : text.index("\n---", 4)])
    return found if isinstance(found, dict) else {}


def _front_matter(text: str) -> Iterator[Block]:
    data = front_matter(text)
    meta = (data.get("myst") or {}).get("html_meta") or {}
    for value in (data.get("outcome"), meta.get("description")):
        if isinstance(value, str):
            words = " ".join(value.split())
            first = words.split(" ")[:3]
            place = re.search(r"\s+".join(map(re.escape, first)), text)
            block = Block(kind="summary")
            block.add(words, text.count("\n", 0, place.start()) + 1 if place else 1)
            yield block


def _blocks(text: str, before: int) -> Iterator[Block]:
    """Yield the blocks of Markdown whose first line follows ``before`` lines of the page."""
    line, kinds = 0, ["paragraph"]
    for token in parser().parse(text):
        if token.map:
            line = token.map[0]
        if token.type.endswith("_open"):
            kinds.append(token.tag)
        elif token.type.endswith("_close"):
            kinds.pop()
        elif token.type == "inline":
            yield _inline(token, kinds, before + line + 1)
        elif token.type in {"fence", "colon_fence"} and (match := DIRECTIVE.match(token.info)):
            yield from _directive(match["name"], match["title"], token.content, before + line + 1)


def _directive(name: str, title: str, content: str, line: int) -> Iterator[Block]:
    if name == "glossary":
        yield from _glossary(content, line)
    elif name in SPOKEN:
        if title.strip() and name not in {"container", "measured"}:
            yield from _blocks(title.strip(), line - 1)
        yield from _blocks(_without_options(content), line)


def _without_options(content: str) -> str:
    """Blank the options at the top of a directive's content; its lines stay where they are."""
    lines = content.split("\n")
    for number, line in enumerate(lines):
        if not OPTION.match(line):
            break
        lines[number] = ""
    return "\n".join(lines)


def _glossary(content: str, line: int) -> Iterator[Block]:
    """Yield the definitions. Terms are no prose: they are only named."""
    lines = content.split("\n")
    depth = 2
    text = "\n".join(x[depth:] if x.startswith(" " * depth) else "" for x in lines)
    yield from _blocks(text, line)


def _inline(token: Token, kinds: list[str], line: int) -> Block:
    heading = any(re.fullmatch(r"h[1-6]", kind) for kind in kinds)
    cell = kinds[-1] in {"th", "td", "dt"}
    block = Block(kind="title" if heading else "cell" if cell else "paragraph")
    for child in token.children or []:
        if child.type in {"softbreak", "hardbreak"}:
            line += 1
            block.add(" ", line)
        elif child.type == "text":
            block.add(child.content, line)
        elif child.type in {"code_inline", "image", "myst_role"}:
            spoken = _role(child, block) if child.type == "myst_role" else CODE
            block.add(" ".join(spoken.split()), line)
            line += child.content.count("\n")
    return block


def _role(token: Token, block: Block) -> str:
    """Return what readers see of a role."""
    name = token.meta.get("name", "")
    titled = TITLED.match(token.content)
    if name == "term":
        target = re.search(r"<([^<>]*)>\Z", token.content)
        block.terms.append(" ".join((target[1] if target else token.content).split()).lower())
        return titled["text"] if titled else token.content
    if titled and name not in {"code", "absent", "icon"}:
        return titled["text"]
    return CODE
