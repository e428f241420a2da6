"""Blocks of a resolved doctree as CommonMark with GitHub's tables. Knows nodes and no builder.

A node without a method of its own is written as what is in it: features give their nodes
ordinary children for builders without templates, and those are what a reader of text needs.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docutils import nodes
from sphinx import addnodes
from sphinx.locale import admonitionlabels

from .inline import SILENT, Inline, around, begin, code
from .pieces import beside, fence, indent, is_block, language, name, quote, signature
from .tables import cell, from_html, pipes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from _ext._shared.evidence import Evidence

SAID = {"fails", "not run", "illustration"}
"""States of which the block itself says why; the line below a page counts all."""
DEEPEST = 6


class Blocks:
    """Writes the nodes of a page; ``level`` is that of the heading above."""

    def __init__(self, address: Callable[[str], str], picture: Callable[[str], str]) -> None:
        self.inline = Inline(address, picture)
        self.level = 0
        self.in_cell = False

    def page(self, document: nodes.document) -> str:
        """Return a page."""
        return self.joined(document.children)

    def joined(self, children: Iterable[nodes.Node]) -> str:
        """Return several blocks."""
        return "\n\n".join(self.all(children))

    def all(self, children: Iterable[nodes.Node]) -> list[str]:
        """Return the blocks of several nodes; inline ones among them are paragraphs."""
        found: list[str] = []
        line: list[nodes.Node] = []
        for child in children:
            if isinstance(child, nodes.Inline | nodes.Text) and not is_block(child):
                line.append(child)
                continue
            found += self._line(line)
            line = []
            found += self.one(child)
        return found + self._line(line)

    def _line(self, children: list[nodes.Node]) -> list[str]:
        """Return inline nodes as a paragraph; outside of one, nothing stands between them."""
        apart = bool(children) and not isinstance(children[0].parent, nodes.TextElement)
        text = (" " if apart else "").join(map(self.inline.one, children)).strip()
        return [begin(text)] if text else []

    def one(self, node: nodes.Node) -> list[str]:
        """Return the blocks of a node."""
        if isinstance(node, SILENT) or not isinstance(node, nodes.Element):
            return []
        for kind in type(node).__mro__:
            if write := getattr(self, f"on_{kind.__name__}", None):
                found: list[str] = write(node)
                return found
        if isinstance(node, nodes.TextElement):
            return self._line(node.children)
        return self.all(node.children)

    # -- structure ---------------------------------------------------------------------------

    def on_section(self, node: nodes.section) -> list[str]:
        self.level += 1
        found = self.all(node.children)
        self.level -= 1
        return found

    def on_title(self, node: nodes.title) -> list[str]:
        text = self.inline.all(node.children).strip()
        if not isinstance(node.parent, nodes.section | nodes.document):
            return [around("**", text)] if text else []
        return [self._heading(text)]

    def _heading(self, text: str, deeper: int = 0) -> str:
        return "#" * max(1, min(self.level + deeper, DEEPEST)) + " " + text

    def on_rubric(self, node: nodes.Element) -> list[str]:
        """Return a title outside of the contents: a heading if objects stand below it."""
        text = self.inline.all(node.children).strip()
        if isinstance(node, nodes.rubric) and isinstance(beside(node, 1), addnodes.desc):
            return [self._heading(text, 1)]
        return [around("**", text.replace("**", ""))] if text else []

    on_sd_tab_label = on_dropdown_title = on_rubric

    def on_caption(self, node: nodes.caption) -> list[str]:
        if isinstance(node.parent, nodes.figure):
            return self._line(node.children)
        return self.on_rubric(node)

    def on_compact_paragraph(self, node: addnodes.compact_paragraph) -> list[str]:
        """Return a table of contents: Sphinx's paragraph of lists."""
        return self.all(node.children)

    def on_transition(self, _: nodes.transition) -> list[str]:
        return ["---"]

    def on_Admonition(self, node: nodes.Element) -> list[str]:  # noqa: N802 - the node's name
        """Return an admonition; Sphinx's HTML writer has put its label in, others have not."""
        first = node.children[0] if node.children else None
        label = [] if isinstance(first, nodes.title) else [self._label(node)]
        return [quote("\n\n".join([*label, *self.all(node.children)]))]

    @staticmethod
    def _label(node: nodes.Element) -> str:
        return f"**{admonitionlabels.get(node.tagname, node.tagname.capitalize())}**"

    def on_block_quote(self, node: nodes.block_quote) -> list[str]:
        return [quote(self.joined(node.children))]

    def on_attribution(self, node: nodes.attribution) -> list[str]:
        return [f"— {self.inline.all(node.children)}"]

    # -- code --------------------------------------------------------------------------------

    def on_literal_block(self, node: nodes.literal_block) -> list[str]:
        if self.in_cell:
            return [code(line) for line in node.astext().splitlines() if line.strip()]
        return [fence(node.astext(), language(node))]

    def on_doctest_block(self, node: nodes.doctest_block) -> list[str]:
        return [fence(node.astext(), "pycon")]

    def on_math_block(self, node: nodes.math_block) -> list[str]:
        return [f"$$\n{node.astext()}\n$$"]

    def on_ledger(self, node: nodes.Element) -> list[str]:
        """Return a block, and why it does not run if it does not."""
        evidence: Evidence = node["evidence"]
        found = self.all(node.children)
        if evidence.state in SAID:
            reason = f": {self.inline.one(nodes.Text(evidence.reason))}" if evidence.reason else ""
            found.append(around("*", f"{evidence.state.capitalize()}{reason}"))
        return found

    def on_raw(self, node: nodes.raw) -> list[str]:
        return from_html(node.astext()) if "html" in node["format"] else []

    # -- lists -------------------------------------------------------------------------------

    def on_bullet_list(self, node: nodes.bullet_list) -> list[str]:
        return self._items(["- "] * len(node.children), node.children)

    def on_enumerated_list(self, node: nodes.enumerated_list) -> list[str]:
        start = node.get("start", 1)
        return self._items([f"{start + at}. " for at in range(len(node.children))], node.children)

    def _items(self, marks: list[str], items: Iterable[nodes.Node]) -> list[str]:
        """Return a list; its items stand apart if one of them has several paragraphs."""
        texts, apart = [], False
        for mark, item in zip(marks, items, strict=True):
            blocks = self.all(item.children)
            lists = sum(isinstance(child, nodes.Sequential) for child in item.children)
            apart |= len(blocks) - lists > 1
            between = "\n" if len(blocks) - lists <= 1 else "\n\n"
            texts.append(indent(between.join(blocks), mark) if blocks else mark.rstrip())
        return [("\n\n" if apart else "\n").join(texts)] if texts else []

    def on_definition_list(self, node: nodes.definition_list) -> list[str]:
        """Return terms as items of a list: Markdown has no lists of definitions."""
        items = []
        for item in node.children:
            terms = [self._term(each) for each in item.findall(nodes.term) if each.parent is item]
            text = "; ".join(terms)
            blocks = self.all(each for each in item.children if isinstance(each, nodes.definition))
            rest = "\n\n".join(blocks)
            simple = bool(blocks) and re.match(r"[|>#]|- |\d+\. |```", blocks[0]) is None
            joint = ": " if simple else "\n\n" if blocks else ""
            items.append(indent(f"{text}{joint}{rest}", "- "))
        apart = any("\n\n" in item for item in items)
        return [("\n\n" if apart else "\n").join(items)] if items else []

    def _term(self, node: nodes.Element) -> str:
        text = self.inline.all(node.children).strip()
        return text if text.startswith("`") else around("**", text.replace("**", ""))

    def on_line_block(self, node: nodes.line_block) -> list[str]:
        lines = [self.inline.all(line.children) for line in node.findall(nodes.line)]
        return ["  \n".join(lines)]

    # -- fields and signatures ---------------------------------------------------------------

    def on_field_list(self, node: nodes.field_list) -> list[str]:
        found = []
        for title, body in (field.children for field in node.children):
            blocks = self.all(body.children)
            label = around("**", f"{self.inline.all(title.children).strip()}:")
            if [type(child) for child in body.children] == [nodes.paragraph]:
                found.append(" ".join([label, *blocks]))
            else:
                found += [label, *blocks]
        return found

    def on_desc(self, node: addnodes.desc) -> list[str]:
        """Return an object: a heading with its name, its signatures, what is said of it."""
        deeper = 2 if isinstance(beside(node, -1, addnodes.desc), nodes.rubric) else 1
        self.level += deeper
        signatures = [each for each in node.children if isinstance(each, addnodes.desc_signature)]
        names, texts = [name(each) for each in signatures], [signature(each) for each in signatures]
        found = [self._heading(", ".join(map(code, names)))] if names else []
        if texts != names:
            found.append(fence("\n".join(texts), "python" if node.get("domain") == "py" else ""))
        found += self.all(child for child in node.children if child not in signatures)
        self.level -= deeper
        return found

    # -- tables, figures, notes --------------------------------------------------------------

    def on_table(self, node: nodes.table) -> list[str]:
        found = [text for title in node.children[:1] if isinstance(title, nodes.title)
                 for text in self.on_title(title)]  # fmt: skip
        self.in_cell = True
        head = [self._row(row) for part in node.findall(nodes.thead) for row in part.children]
        body = [self._row(row) for part in node.findall(nodes.tbody) for row in part.children]
        self.in_cell = False
        return [*found, pipes(head[0] if head else [], [*head[1:], *body])]

    def _row(self, row: nodes.Node) -> list[str]:
        cells: list[str] = []
        for entry in row.findall(nodes.entry):
            if entry.parent is row:
                cells += [cell(self.joined(entry.children)), *[""] * entry.get("morecols", 0)]
        return cells

    def on_image(self, node: nodes.image) -> list[str]:
        return [self.inline.one(node)]

    def on_figure(self, node: nodes.figure) -> list[str]:
        return self.all(node.children)

    def on_footnote(self, node: nodes.footnote) -> list[str]:
        label, *rest = node.children
        return [indent(self.joined(rest), f"[^{label.astext()}]: ")]
