"""Differences between two versions: ``diff``, or ``diff-python`` to colour the code as well.

Signs, headers and the lines that go are shown and not copied: what is copied is the new version.
Builders without templates get the block as it is written.
"""

from __future__ import annotations

import os
import re
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from docutils import nodes
from pygments.lexers import (  # type: ignore[import-untyped]
    get_lexer_by_name,
    get_lexer_for_filename,
)
from pygments.lexers.special import TextLexer  # type: ignore[import-untyped]
from pygments.token import STANDARD_TYPES  # type: ignore[import-untyped]
from pygments.util import ClassNotFound  # type: ignore[import-untyped]
from sphinx.transforms import SphinxTransform
from sphinx.transforms.post_transforms import SphinxPostTransform

from ._shared.render import add_component, render
from ._shared.report import InputError, warn

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from pygments.lexer import Lexer  # type: ignore[import-untyped]
    from sphinx.application import Sphinx
    from sphinx.writers.html5 import HTML5Translator

LANGUAGE = re.compile(r"u?diff(?:-([\w+#.-]+))?")
FILE = re.compile(r"^(---|\+\+\+) (/[^\t\n]+)", re.MULTILINE)
HEADER = re.compile(r"@@ |\\ |diff --git |index [0-9a-f]+\.\.|--- \S|\+\+\+ \S")
KINDS = {"+": "inserted", "-": "deleted", " ": "kept", "": "kept"}

Piece = tuple[str, str]
"""Pygments' class and text."""


class Line(NamedTuple):
    """A line of a difference: ``inserted``, ``deleted``, ``kept``, or a ``header``."""

    kind: str
    sign: str
    pieces: list[Piece]
    marked: bool = False


class diff(nodes.General, nodes.Element):  # noqa: N801 - docutils names nodes in lower case
    """A difference: lines for the template, and a literal block for builders without."""


def read(text: str, lexer: Lexer, marked: Collection[int] = ()) -> list[Line]:
    """Return the lines of a difference, both versions of the code coloured by ``lexer``.

    Raises:
        InputError: a line has no sign.
    """
    lines = text.rstrip("\n").split("\n")
    kinds = list(_kinds(lines))
    pieces: list[list[Piece]] = [[("", line)] for line in lines]
    for side in ("deleted", "inserted"):
        version = [index for index, kind in enumerate(kinds) if kind in ("kept", side)]
        code = "\n".join(lines[index][1:] for index in version)
        for index, coloured in zip(version, _coloured(code, lexer), strict=False):
            pieces[index] = coloured
    return [
        Line(kind, "" if kind == "header" else line[:1] or " ", found, number in marked)
        for number, (kind, line, found) in enumerate(zip(kinds, lines, pieces, strict=True), 1)
    ]


def _kinds(lines: list[str]) -> Iterator[str]:
    body = False
    for number, line in enumerate(lines, 1):
        is_file = line.startswith(("--- ", "+++ "))
        if HEADER.match(line) and not (body and is_file):
            body = body or line.startswith("@@")
            yield "header"
        elif line[:1] in KINDS:
            body = True
            yield KINDS[line[:1]]
        else:
            message = f"line {number} of this diff begins with none of +, - and a space: {line!r}"
            raise InputError("sign", message)


def _coloured(code: str, lexer: Lexer) -> list[list[Piece]]:
    """Return the lines of code as pieces."""
    lines: list[list[Piece]] = [[]]
    for kind, value in lexer.get_tokens(code):
        while kind not in STANDARD_TYPES:
            kind = kind.parent
        for number, part in enumerate(value.split("\n")):
            if number:
                lines.append([])
            style = STANDARD_TYPES[kind]
            if part and lines[-1] and lines[-1][-1][0] == style:
                lines[-1][-1] = (style, lines[-1][-1][1] + part)
            elif part:
                lines[-1].append((style, part))
    return lines


@cache
def lexer_for(name: str, file: str = "") -> Lexer:
    """Return the lexer of a language, or of a file's name; else one that colours nothing.

    Raises:
        InputError: there is no such language.
    """
    try:
        if name:
            return get_lexer_by_name(name, stripnl=False)
        return get_lexer_for_filename(file, stripnl=False)
    except ClassNotFound:
        if name:
            message = f"Pygments knows no language {name!r}: write diff, or diff-python"
            raise InputError("language", message) from None
        return TextLexer(stripnl=False)


class Names(SphinxTransform):
    """Headers of ``literalinclude`` with ``:diff:`` name files from the source directory on."""

    default_priority = 500

    def apply(self, **_: Any) -> None:
        """Take this machine's directories out of the text."""
        for block in self.document.findall(nodes.literal_block):
            if block.get("language") == "udiff":
                text = FILE.sub(self._relative, block.rawsource)
                block.rawsource = text
                block.children = [nodes.Text(text)]

    def _relative(self, match: re.Match[str]) -> str:
        return f"{match[1]} {os.path.relpath(match[2], self.env.srcdir)}"


class Show(SphinxPostTransform):
    """Literal blocks in the language of differences become components."""

    default_priority = 400

    def run(self, **_: Any) -> None:
        """Replace the blocks of this page."""
        for block in list(self.document.findall(nodes.literal_block)):
            match = LANGUAGE.fullmatch(str(block.get("language", "")))
            if match is None or isinstance(block.parent, diff):
                continue
            block["language"] = "diff"  # other builders know no more
            try:
                lines = self._lines(block, match[1] or "")
            except InputError as error:
                warn("diff", error.subtype, error.message, block)
                continue
            component = diff(lines=lines, classes=block["classes"], ids=block["ids"])
            block.replace_self(component)
            component += block

    @staticmethod
    def _lines(block: nodes.literal_block, code: str) -> list[Line]:
        if block.get("linenos"):
            raise InputError("linenos", "a diff has no line numbers: take out the option")
        file = re.search(r"^\+\+\+ ([^\t\n]+)", block.rawsource, re.MULTILINE)
        options: dict[str, Any] = block.get("highlight_args", {})
        marked = options.get("hl_lines", ())
        return read(block.astext(), lexer_for(code, file[1] if file else ""), marked)


def _html(_: HTML5Translator, node: diff) -> str:
    return render("diff.html", lines=node["lines"], classes=node["classes"], ids=node["ids"])


def setup(app: Sphinx) -> dict[str, bool]:
    """Register transforms and component."""
    app.add_transform(Names)
    app.add_post_transform(Show)
    add_component(app, diff, _html)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
