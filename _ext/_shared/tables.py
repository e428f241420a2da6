"""Tables of inline content, and links to pages in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes
from sphinx import addnodes

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Cell = str | nodes.Node | list[nodes.Node]
"""A text, an inline node, or several."""
WIDEST = 60
"""Columns of characters, for builders that draw with them."""
QUOTES = 4
"""Characters that such builders put around code."""


def table(head: Sequence[str], rows: Iterable[Sequence[Cell]], *classes: str) -> nodes.table:
    """Return a table with a heading row; columns are as wide as their content asks for."""
    body = [_row(row) for row in rows]
    group = nodes.tgroup("", cols=len(head))
    for number, text in enumerate(head):
        longest = max((len(row[number].astext()) for row in body), default=0)
        group += nodes.colspec(colwidth=min(WIDEST, max(longest, len(text)) + QUOTES))
    group += nodes.thead("", _row(head))
    group += nodes.tbody("", *body)
    return nodes.table("", group, classes=["colwidths-auto", *classes])


def _row(cells: Sequence[Cell]) -> nodes.row:
    row = nodes.row()
    for cell in cells:
        content = [nodes.Text(cell)] if isinstance(cell, str) else cell
        inline = content if isinstance(content, list) else [content]
        row += nodes.entry("", nodes.paragraph("", "", *inline))
    return row


def page_link(page: str) -> addnodes.pending_xref:
    """Return a link to a page, with its title as text, for whichever page it is put on."""
    return addnodes.pending_xref(
        "", nodes.inline("", page), refdomain="std", reftype="doc", reftarget=f"/{page}",
        refexplicit=False, refwarn=True,
    )  # fmt: skip
