"""Colours of code: one Pygments style for each theme, from the palette of ``tokens.css``.

Pygments writes its own style sheet, so the values stand here too. A test compares them with the
tokens and computes their contrast.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

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

if TYPE_CHECKING:
    from pygments.token import _TokenType


def _styles(
    *, text: str, muted: str, teal: str, emerald: str, amber: str, blue: str, rose: str
) -> dict[_TokenType, str]:
    """Return which kind of token has which colour, the same in both themes."""
    return {
        Token: text,
        Comment: f"italic {muted}",
        Comment.Preproc: f"noitalic {teal}",
        Keyword: teal,
        Keyword.Constant: amber,
        Keyword.Type: blue,
        Operator: muted,
        Operator.Word: teal,
        Punctuation: muted,
        Name.Function: teal,
        Name.Class: f"bold {teal}",
        Name.Decorator: blue,
        Name.Builtin: blue,
        Name.Builtin.Pseudo: blue,
        Name.Exception: rose,
        Name.Tag: teal,
        Name.Attribute: blue,
        Name.Variable: blue,
        Name.Entity: blue,
        String: emerald,
        String.Doc: f"italic {muted}",
        String.Escape: amber,
        String.Interpol: amber,
        Number: amber,
        Literal.Date: amber,
        Generic.Heading: f"bold {text}",
        Generic.Subheading: f"bold {muted}",
        Generic.Deleted: rose,
        Generic.Inserted: emerald,
        Generic.Error: rose,
        Generic.Traceback: rose,
        Generic.Prompt: muted,
        Generic.Output: muted,
        Generic.Emph: "italic",
        Generic.Strong: "bold",
        Error: rose,
    }


class Light(Style):  # type: ignore[misc]
    """Code on a light page."""

    name = "mltrack-light"
    background_color = "#f6f9f9"
    highlight_color = "#fef3c7"
    line_number_color = "#4a5a5b"
    line_number_special_color = "#101a19"
    styles: ClassVar[dict[_TokenType, str]] = _styles(
        text="#101a19", muted="#4a5a5b", teal="#0f766e", emerald="#04724f",
        amber="#a14a06", blue="#1d4ed8", rose="#be123c",
    )  # fmt: skip


class Dark(Style):  # type: ignore[misc]
    """Code on a dark page."""

    name = "mltrack-dark"
    background_color = "#101a19"
    highlight_color = "#3b2f0b"
    line_number_color = "#9fb1b0"
    line_number_special_color = "#dce8e6"
    styles: ClassVar[dict[_TokenType, str]] = _styles(
        text="#dce8e6", muted="#9fb1b0", teal="#2dd4bf", emerald="#6ee7b7",
        amber="#fbbf24", blue="#60a5fa", rose="#fb7185",
    )  # fmt: skip
