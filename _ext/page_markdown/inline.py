"""Inline nodes as CommonMark: text with escapes where it needs them, code, links, emphasis."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from docutils import nodes
from sphinx import addnodes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

SPACE = re.compile(r"\s+")
RUNS = re.compile(r"`+")
SPECIAL = re.compile(
    r"[\\`*\[\]]"
    r"|(?<![^\W_])_|_(?![^\W_])"  # within a word an underscore is only that
    r"|<(?=[A-Za-z/!?])"
    r"|&(?=#?\w+;)"
    r"|~(?=~)"
)
"""Characters that would begin something else than text."""
AT_BEGIN = re.compile(r"(?=#{1,6}(?:\s|$)|[-+](?:\s|$)|>|[-=]+$|~~~)|\d+(?=[.)](?:\s|$))")
"""What would make a paragraph a heading, a list, a quotation, an underline or a fence."""
BREAK = re.compile(r"\s*<br\s*/?>\s*")
EDGES = re.compile(r"(\s*)(.*?)(\s*)", re.DOTALL)
IN_DESTINATION = str.maketrans({" ": "%20", "(": "%28", ")": "%29", "<": "%3C", ">": "%3E"})

SILENT: tuple[type[nodes.Node], ...] = (
    nodes.comment, nodes.target, nodes.substitution_definition, nodes.system_message, nodes.meta,
    nodes.pending, nodes.colspec, addnodes.index, addnodes.tabular_col_spec,
    addnodes.highlightlang,
)  # fmt: skip
"""Nodes that show nothing."""
CODE = (nodes.literal, addnodes.literal_strong, addnodes.literal_emphasis, nodes.math)


def escape(text: str) -> str:
    """Return ``text`` so that Markdown shows it as it is, its spaces joined."""
    return SPECIAL.sub(lambda match: "\\" + match[0], SPACE.sub(" ", text))


def begin(paragraph: str) -> str:
    """Return a paragraph whose first characters are text."""
    return AT_BEGIN.sub(lambda match: match[0] + "\\", paragraph, count=1) if (
        AT_BEGIN.match(paragraph)
    ) else paragraph  # fmt: skip


def code(text: str) -> str:
    """Return ``text`` as a code span."""
    text = SPACE.sub(" ", text)
    if not text.strip():
        return text
    fence = "`" * (max((len(run) for run in RUNS.findall(text)), default=0) + 1)
    room = " " if "`" in (text[0], text[-1]) else ""
    return f"{fence}{room}{text}{room}{fence}"


def around(mark: str, text: str) -> str:
    """Return ``text`` between two marks, with the spaces at its ends outside of them."""
    match = EDGES.fullmatch(text)
    if match is None or not match[2]:
        return text
    return f"{match[1]}{mark}{match[2]}{mark}{match[3]}"


def link(text: str, address: str) -> str:
    """Return a link, or the text if there is nowhere to go."""
    if not address:
        return text
    if text == escape(address) and "://" in address:
        return f"<{address}>"
    return f"[{text.strip() or address}]({address.translate(IN_DESTINATION)})"


class _Words(HTMLParser):
    """The words of a piece of HTML."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []

    def handle_data(self, data: str) -> None:
        """Keep a text."""
        self.words.append(data)


def words(html: str) -> str:
    """Return the text of a piece of HTML."""
    parser = _Words()
    parser.feed(html)
    parser.close()
    return SPACE.sub(" ", "".join(parser.words)).strip()


class Inline:
    """Writes inline nodes; ``address`` makes a link's target one that holds outside the page."""

    def __init__(self, address: Callable[[str], str], picture: Callable[[str], str]) -> None:
        self.address = address
        self.picture = picture

    def all(self, children: Iterable[nodes.Node]) -> str:
        """Return several nodes in one line."""
        return "".join(self.one(child) for child in children)

    def one(self, node: nodes.Node) -> str:
        """Return a node, with what is in it."""
        if isinstance(node, CODE):  # two of them are emphasis too
            return code(node.astext())
        match node:
            case nodes.Text():
                return escape(node.astext())
            case nodes.raw():
                return self._raw(node.astext()) if "html" in node["format"] else ""
            case nodes.image():
                return f"![{escape(node.get('alt', ''))}]({self.picture(node['uri'])})"
            case nodes.strong():
                return around("**", self.all(node.children))
            case nodes.emphasis():
                return around("*", self.all(node.children))
            case nodes.footnote_reference():
                return f"[^{node.astext()}]"
            case nodes.reference() | addnodes.download_reference():
                return self._link(node)
        if isinstance(node, SILENT) or not isinstance(node, nodes.Element):
            return ""
        return self.all(node.children)

    @staticmethod
    def _raw(html: str) -> str:
        return "  \n" if BREAK.fullmatch(html) else escape(words(html))

    def _link(self, node: nodes.Element) -> str:
        text = self.all(node.children)
        if "filename" in node:
            return link(text, self.address(f"/_downloads/{node['filename']}"))
        if "refid" in node:
            return link(text, self.address(f"#{node['refid']}"))
        return link(text, self.address(node.get("refuri", "")))
