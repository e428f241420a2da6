"""Tables of GitHub-flavoured Markdown: one line a row, and HTML tables of outputs as such."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import TYPE_CHECKING

from .inline import SPACE, escape

if TYPE_CHECKING:
    from collections.abc import Sequence

BREAK = "<br>"
"""A line break within a cell: all that a row of one line has for it."""


def cell(text: str) -> str:
    """Return the blocks of a cell as one line; a bar would begin the next cell."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    return BREAK.join(lines).replace("|", "\\|")


def pipes(head: Sequence[str], body: Sequence[Sequence[str]]) -> str:
    """Return a table; rows with too few cells are filled."""
    width = max((len(row) for row in (head, *body)), default=0)
    rows = [[*row, *[""] * (width - len(row))] for row in (head, *body)]
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    lines.insert(1, "|" + " --- |" * width)
    return "\n".join(line.replace("|  |", "| |").replace("|  |", "| |") for line in lines)


class _Tables(HTMLParser):
    """Cells of HTML tables, and the words outside of them."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.rows: list[list[str]] = []
        self.text: list[str] = []
        self.in_style = False

    def handle_starttag(self, tag: str, _: list[tuple[str, str | None]]) -> None:
        """Begin what the tag begins."""
        if tag in {"style", "script"}:
            self.in_style = True
        elif tag == "table":
            self._flush()
        elif tag == "tr":
            self.rows.append([])
        elif tag in {"td", "th"}:
            self.text = []

    def handle_endtag(self, tag: str) -> None:
        """End it."""
        if tag in {"style", "script"}:
            self.in_style = False
        elif tag in {"td", "th"} and self.rows:
            self.rows[-1].append(cell(escape("".join(self.text))))
            self.text = []
        elif tag == "table" and self.rows:
            self.parts.append(pipes(self.rows[0], self.rows[1:]))
            self.rows = []
        elif tag in {"p", "div", "li"} and not self.rows:
            self._flush()

    def handle_data(self, data: str) -> None:
        """Keep the text of a cell or of a paragraph."""
        if not self.in_style:
            self.text.append(data)

    def _flush(self) -> None:
        text = SPACE.sub(" ", "".join(self.text)).strip()
        if text:
            self.parts.append(escape(text))
        self.text = []

    def all(self) -> list[str]:
        """Return tables and paragraphs."""
        self._flush()
        return self.parts


def from_html(html: str) -> list[str]:
    """Return tables and words of an output that is HTML, as blocks of Markdown."""
    parser = _Tables()
    parser.feed(html)
    parser.close()
    return parser.all()
