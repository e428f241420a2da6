"""The changelog, read: releases with their changes, and where each of them stands. Knows no Sphinx.

It has one form: a title, then ``## Unreleased`` and ``## 2.0.0`` with lists of changes, which
headings such as ``### Fixed`` may group. A feed needs to know what is a change and what is not.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode
from packaging.version import InvalidVersion, Version

from _ext._shared.report import InputError

if TYPE_CHECKING:
    from pathlib import Path

UNRELEASED = "Unreleased"
LISTS = ("bullet_list", "ordered_list")
MARKDOWN = MarkdownIt("commonmark", {"html": False})
"""Markup of HTML is text: feed readers get nothing that this site did not write."""


@dataclass(frozen=True)
class Change:
    """An item of the changelog.

    Args:
        text: its words, without markup.
        html: its words as HTML.
        lines: where it stands, without empty lines.
    """

    text: str
    html: str
    lines: tuple[int, ...]


@dataclass
class Release:
    """A section of the changelog.

    Args:
        name: the version, or ``Unreleased``.
        line: where its heading stands.
        changes: its items, in their order.
    """

    name: str
    line: int
    changes: list[Change] = field(default_factory=list)

    @property
    def version(self) -> Version | None:
        """The version; ``None`` while it is unreleased."""
        return None if self.name == UNRELEASED else Version(self.name)


def read(path: Path) -> list[Release]:
    """Return the releases of a changelog in their order.

    Raises:
        InputError: located at ``path:line``.
    """
    text = path.read_text("utf-8")
    lines = text.split("\n")
    tree = SyntaxTreeNode(MARKDOWN.parse(text))
    releases: list[Release] = []
    for node in tree.children:
        if node.tag == "h2":
            releases.append(_release(node, releases, path))
        elif node.type in LISTS and releases:
            releases[-1].changes += [_change(item, lines, path) for item in node.children]
        elif releases and node.tag != "h3":
            fault = "a release has nothing but lists of changes: make this an item, or remove it"
            raise _fault(fault, node, path)
    _once(releases, path)
    return releases


def _fault(text: str, node: SyntaxTreeNode, path: Path) -> InputError:
    return InputError("changelog", text, f"{path}:{_line(node)}")


def _line(node: SyntaxTreeNode) -> int:
    return node.map[0] + 1 if node.map else 1


def _words(node: SyntaxTreeNode) -> str:
    """Return the text of a node without its markup."""
    parts = [
        " " if inner.type in ("softbreak", "hardbreak") else inner.content
        for inner in node.walk()
        if not inner.children and inner.type != "image"
    ]
    return " ".join("".join(parts).split())


def _release(node: SyntaxTreeNode, earlier: list[Release], path: Path) -> Release:
    name = _words(node)
    release = Release(name, _line(node))
    try:
        version = release.version
    except InvalidVersion:
        text = f"{name!r} is no release: a heading is '## {UNRELEASED}' or, for one, '## 2.0.0'"
        raise _fault(text, node, path) from None
    known = [other for other in earlier if other.version == version]
    if known:
        text = f"{name} stands at line {known[0].line} already: join the two"
        raise _fault(text, node, path)
    return release


def _change(node: SyntaxTreeNode, lines: list[str], path: Path) -> Change:
    text = _words(node)
    if not text:
        raise _fault("an item is empty: say what changed, or remove it", node, path)
    html = MARKDOWN.renderer.render(node.to_tokens()[1:-1], MARKDOWN.options, {})
    first, end = node.map or (0, 0)
    held = tuple(line + 1 for line in range(first, end) if lines[line].strip())
    return Change(text, html.strip(), held)


def _once(releases: list[Release], path: Path) -> None:
    """Refuse two changes of the same words: nobody could tell them apart."""
    seen: dict[str, int] = {}
    for change in (change for release in releases for change in release.changes):
        if change.text in seen:
            text = f"the same change stands at line {seen[change.text]}: keep one of the two"
            raise InputError("changelog", text, f"{path}:{change.lines[0]}")
        seen[change.text] = change.lines[0]
