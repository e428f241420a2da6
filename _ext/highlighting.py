"""Code blocks: their colours, their lines, and what of them is not for copying.

There is one Pygments style for each theme, from the palette of ``tokens.css``: cool colours for
what the language gives, warm ones for values. Pygments writes its own style sheet, so the colours
stand here too. Tests compare them with the tokens and compute their contrast.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar

from docutils import nodes
from pygments.formatters import HtmlFormatter  # type: ignore[import-untyped]
from pygments.lexers.python import PythonConsoleLexer  # type: ignore[import-untyped]
from pygments.style import Style  # type: ignore[import-untyped]
from pygments.token import (  # type: ignore[import-untyped]
    Comment,
    Error,
    Generic,
    Keyword,
    Literal,
    Name,
    Number,
    Operator,
    Punctuation,
    String,
    Token,
)
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.transforms.post_transforms import SphinxPostTransform

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pygments.token import _TokenType
    from sphinx.application import Sphinx

SHOWN = re.compile(r'^(<span class="g[ot]">[^<]*)</span>\n$')
"""A line of output: its end belongs to it, so that no empty line is copied in its place."""


def _styles(
    *, text: str, muted: str, teal: str, blue: str, amber: str, rose: str, emerald: str, error: str
) -> dict[_TokenType, str]:
    """Return which kind of token has which colour, the same in both themes."""
    return {
        Token: text,
        Comment: f"italic {muted}",
        Comment.Preproc: f"noitalic {teal}",
        Keyword: teal,
        Keyword.Constant: rose,
        Keyword.Type: blue,
        Operator: muted,
        Operator.Word: teal,
        Punctuation: muted,
        Name.Function: blue,
        Name.Class: blue,
        Name.Decorator: blue,
        Name.Builtin: teal,
        Name.Builtin.Pseudo: teal,
        Name.Exception: blue,
        Name.Tag: teal,
        Name.Attribute: blue,
        Name.Variable: blue,
        Name.Entity: blue,
        Literal: amber,
        Literal.Date: rose,
        String: amber,
        String.Doc: f"italic {muted}",
        String.Escape: rose,
        String.Interpol: rose,
        Number: rose,
        Generic.Heading: f"bold {text}",
        Generic.Subheading: f"bold {muted}",
        Generic.Deleted: error,
        Generic.Inserted: emerald,
        Generic.Error: error,
        Generic.Traceback: error,
        Generic.Prompt: muted,
        Generic.Output: muted,
        Generic.Emph: "italic",
        Generic.Strong: "bold",
        Error: error,
    }


class Light(Style):  # type: ignore[misc]
    """Code on a light page."""

    name = "mltrack-light"
    background_color = "#f6f9f9"
    highlight_color = "#fef3c7"
    line_number_color = "#4a5a5b"
    line_number_special_color = "#101a19"
    styles: ClassVar[dict[_TokenType, str]] = _styles(
        text="#101a19", muted="#4a5a5b", teal="#0f766e", blue="#1d4ed8",
        amber="#a14a06", rose="#be123c", emerald="#04724f", error="#be123c",
    )  # fmt: skip


class Dark(Style):  # type: ignore[misc]
    """Code on a dark page."""

    name = "mltrack-dark"
    background_color = "#101a19"
    highlight_color = "#3b2f0b"
    line_number_color = "#9fb1b0"
    line_number_special_color = "#dce8e6"
    styles: ClassVar[dict[_TokenType, str]] = _styles(
        text="#dce8e6", muted="#9fb1b0", teal="#2dd4bf", blue="#93c5fd",
        amber="#fde68a", rose="#fda4af", emerald="#6ee7b7", error="#fb7185",
    )  # fmt: skip


class Formatter(HtmlFormatter):  # type: ignore[misc]
    """HTML of Pygments with ``<code>`` in ``<pre>``: as wide as its longest line.

    With the option ``lines``, each line is an element: then it can hang when it wraps.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**{**options, "wrapcode": True})

    def wrap(self, source: Iterator[tuple[int, str]]) -> Iterator[tuple[int, str]]:
        """Wrap the lines in their elements."""
        lines: Iterator[tuple[int, str]] = (
            (is_code, SHOWN.sub(r"\1\n</span>", line)) for is_code, line in source
        )
        if self.options.get("lines"):
            lines = self._in_elements(lines)
        found: Iterator[tuple[int, str]] = super().wrap(lines)
        return found

    @staticmethod
    def _in_elements(source: Iterator[tuple[int, str]]) -> Iterator[tuple[int, str]]:
        for is_code, line in source:
            yield is_code, f'<span class="mlt-line">{line}</span>' if is_code else line


class Console(PythonConsoleLexer):  # type: ignore[misc]
    """A Python session in which a traceback is wholly a traceback: it is not for copying."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"stripnl": False, **options})

    def get_tokens_unprocessed(self, text: str) -> Iterator[tuple[int, _TokenType, str]]:
        """Yield the tokens of the session."""
        inside = False
        for place, kind, value in super().get_tokens_unprocessed(text):
            if kind is Generic.Prompt:
                inside = False
            elif kind is Generic.Traceback:
                inside = True
            yield place, Generic.Traceback if inside else kind, value


class Wrapped(SphinxPostTransform):
    """Lines of blocks with the class ``wrap`` become elements."""

    default_priority = 400
    formats = ("html",)

    def run(self, **_: Any) -> None:
        """Ask the formatter for lines."""
        for block in self.document.findall(nodes.literal_block):
            if "wrap" in block["classes"]:
                block["highlight_args"] = {**block.get("highlight_args", {}), "lines": True}


def _use_formatter(app: Sphinx) -> None:
    if isinstance(app.builder, StandaloneHTMLBuilder):
        app.builder.highlighter.formatter = Formatter


def setup(app: Sphinx) -> dict[str, bool]:
    """Register formatter, lexer, transform and the script that speaks."""
    app.connect("builder-inited", _use_formatter)
    app.add_lexer("pycon", Console)
    app.add_post_transform(Wrapped)
    app.add_js_file("js/code.js", loading_method="defer")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
