"""What the copy buttons of a built page copy, in the order of the page."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bs4 import BeautifulSoup, Tag

if TYPE_CHECKING:
    from pathlib import Path


class ButtonError(ValueError):
    """A block that a reader could not follow by copying."""


@dataclass(frozen=True)
class Button:
    """One copy button.

    Args:
        step: the heading above it.
        text: what it copies.
        file: the name of the file that the text belongs into; none for commands.
    """

    step: str
    text: str
    file: str | None = None

    @property
    def commands(self) -> list[str]:
        """The commands, one a line; none for a file."""
        return [] if self.file else self.text.splitlines()


def settings(conf: Path) -> tuple[str, str]:
    """Return which blocks have a button, and what in them it leaves out, as ``conf.py`` says."""
    values = {}
    for node in ast.parse(conf.read_text("utf-8")).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            name = node.targets[0].id
            if name in {"copybutton_selector", "copybutton_exclude"}:
                values[name] = str(ast.literal_eval(node.value))
    return values["copybutton_selector"], values["copybutton_exclude"]


def buttons(html: str, selector: str, exclude: str) -> list[Button]:
    """Return what the buttons of a page copy.

    Raises:
        ButtonError: a block is neither a file with its name nor commands.
    """
    article = BeautifulSoup(html, "html.parser").select_one("article")
    return [] if article is None else [_button(pre, exclude) for pre in article.select(selector)]


def _button(pre: Tag, exclude: str) -> Button:
    step = _heading(pre)
    named = _named(pre)
    commands = pre.find_parent(class_="highlight-console") is not None
    for each in pre.select(exclude):
        each.extract()
    text = pre.get_text()
    if named:
        return Button(step, text, named)
    if not commands:
        first = text.strip().partition("\n")[0]
        raise ButtonError(f"{step!r}: a block without the name of a file: {first!r}")
    return Button(step, text.strip("\n"))


def _named(pre: Tag) -> str:
    box = pre.find_parent("div", class_="literal-block-wrapper")
    name = box.select_one(".code-block-caption .caption-text") if isinstance(box, Tag) else None
    return "" if name is None else name.get_text().strip()


def _heading(pre: Tag) -> str:
    section = pre.find_parent("section")
    title = section.select_one("h1, h2, h3") if isinstance(section, Tag) else None
    if title is None:
        return ""
    return "".join(str(each) for each in title.find_all(string=True, recursive=False)).strip()
