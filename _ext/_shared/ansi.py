"""Terminal output as styled text: colours through rich, cursor movement through pyte."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

import pyte
from rich.ansi import AnsiDecoder
from rich.cells import cell_len
from rich.color import Color, ColorSystem, ColorType
from rich.color_triplet import ColorTriplet

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rich.style import Style
    from rich.text import Text

PLAIN = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
COLOURS = (*PLAIN, *(f"bright-{name}" for name in PLAIN))
ATTRIBUTES = ("bold", "dim", "italic", "underline", "strike", "reverse")
LONGEST_LINE = 1000
"""Characters of a line that are shown."""
SCROLLBACK = 2000
"""Lines above the screen that are kept when the cursor moves."""

SGR = re.compile(r"\x1b\[[\d;]*m")
HARMLESS = re.compile(
    r"\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"  # titles, links and other system commands
    r"|\x1b\[\?(?!(?:47|1047|1048|1049)[hl])\d+[hl]"  # modes: show the cursor, bracketed paste
    r"|\x1b[()][0-9A-Z]|\x1b[=>]"  # character sets and keypad
)
OVERLONG = re.compile(r"\x1b\[[0-?]{61,}[ -/]*[@-~]?")
UNFINISHED = re.compile(r"(?:\x1b(?:\[[0-?]*[ -/]*|\][^\x07\x1b]*\x1b?|[()])?|\r+)\Z")
MOVES = re.compile(r"\x1b|\r(?!\r*\n)|[\x08\x0b\x0c]")
"""What is left of sequences that move the cursor once the others are gone."""
INVISIBLE = re.compile("[\x00-\x09\x0b-\x1a\x1c-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")
CLUSTER = re.compile(".[\ufe0f\u200d\u0300-\u036f]*", re.DOTALL)


class Span(NamedTuple):
    """Text of one style; ``classes`` are names such as ``bold`` or ``bright-red``."""

    text: str
    classes: tuple[str, ...] = ()


def moves_cursor(output: str) -> bool:
    """Tell whether ``output`` goes back over what it wrote."""
    return bool(MOVES.search(SGR.sub("", HARMLESS.sub("", output))))


class Painter:
    """Turns pieces of output into spans; the style lasts from piece to piece."""

    def __init__(self) -> None:
        self._decoder = AnsiDecoder()
        self._held = ""
        self._column = 0

    def paint(self, data: str) -> list[Span]:
        """Return what ``data`` adds. A sequence that it leaves unfinished waits for the next."""
        data = self._held + data
        unfinished = UNFINISHED.search(data)
        self._held = unfinished[0] if unfinished else ""
        data = HARMLESS.sub("", data.removesuffix(self._held)).replace("\t", "    ")
        spans: list[Span] = []
        for number, line in enumerate(re.sub(r"\r+\n", "\n", data).split("\n")):
            if number:
                spans.append(Span("\n"))
                self._column = 0
            if line:
                spans.extend(self._cut(self._decoded(INVISIBLE.sub("", line))))
        return joined(spans)

    def _decoded(self, line: str) -> Iterable[Span]:
        """Return the spans of a line; without sequences it goes on in the style it is in."""
        if "\x1b" in line:
            return _spans(self._decoder.decode_line(line))
        return [Span(line, _classes(self._decoder.style))]

    def _cut(self, spans: Iterable[Span]) -> Iterator[Span]:
        """Yield the spans up to the longest line."""
        for span in spans:
            room = LONGEST_LINE - self._column
            self._column += len(span.text)
            if len(span.text) <= room:
                yield span
            elif room >= 0:
                yield Span(span.text[:room] + "…", span.classes)
                self._column += 1


def _spans(text: Text) -> Iterator[Span]:
    """Yield the spans of a decoded line, which rich styles without overlap."""
    place = 0
    for start, end, style in text.spans:
        yield Span(text.plain[place:start])
        yield Span(text.plain[start:end], _classes(style) if not isinstance(style, str) else ())
        place = end
    yield Span(text.plain[place:])


@lru_cache(maxsize=1024)
def _classes(style: Style) -> tuple[str, ...]:
    """Return the names of a style."""
    names = [name for name in ATTRIBUTES if getattr(style, name)]
    if name := _colour(style.color):
        names.append(name)
    if name := _colour(style.bgcolor):
        names.append(f"on-{name}")
    return tuple(names)


def _colour(colour: Color | None) -> str | None:
    """Return the nearest of the sixteen colours; ``None`` for the terminal's own."""
    if colour is None or colour.type is ColorType.DEFAULT:
        return None
    number = colour.downgrade(ColorSystem.STANDARD).number
    return None if number is None else COLOURS[number]


def joined(spans: Iterable[Span]) -> list[Span]:
    """Return the spans with neighbours of one style joined and wide characters on their own.

    A font's emoji are seldom two columns wide; with the class ``wide`` they are, and the
    borders of tables stay straight.
    """
    result: list[Span] = []
    pieces = (piece for span in spans for piece in _by_width(*span) if piece.text)
    for classes, group in groupby(pieces, key=lambda piece: piece.classes):
        if "wide" in classes:
            result.extend(group)
        else:
            result.append(Span("".join(piece.text for piece in group), classes))
    return result


def _by_width(text: str, classes: tuple[str, ...]) -> Iterator[Span]:
    if text.isascii():
        yield Span(text, classes)
        return
    for cluster in CLUSTER.findall(text):
        wide = cell_len(cluster) == 2 and "wide" not in classes
        yield Span(cluster, (*classes, "wide") if wide else classes)


def final_screen(output: str, columns: int, lines: int) -> list[Span]:
    """Return what a terminal shows after ``output``, with what scrolled out above it."""
    screen = pyte.HistoryScreen(columns, lines, history=SCROLLBACK)
    pyte.Stream(screen).feed(output)
    rows = [*screen.history.top, *(screen.buffer[line] for line in range(lines))]
    spans: list[list[Span]] = [[_cell(row[column]) for column in range(columns)] for row in rows]
    while spans and not "".join(span.text for span in spans[-1]).strip():
        spans.pop()
    return joined(span for row in spans for span in (*_without_blank_end(row), Span("\n")))


def _without_blank_end(row: list[Span]) -> list[Span]:
    while row and not row[-1].text.strip():
        row.pop()
    return row


def _cell(char: pyte.screens.Char) -> Span:
    """Return a cell of pyte's screen."""
    flags = (char.bold, False, char.italics, char.underscore, char.strikethrough, char.reverse)
    names = [name for name, is_set in zip(ATTRIBUTES, flags, strict=True) if is_set]
    if char.fg != "default":
        names.append(_pyte_colour(char.fg))
    if char.bg != "default":
        names.append(f"on-{_pyte_colour(char.bg)}")
    return Span(INVISIBLE.sub("", char.data), tuple(names))


def _pyte_colour(name: str) -> str:
    """Return our name of a colour that pyte names, or gives as six hexadecimal digits."""
    if re.fullmatch(r"[0-9a-f]{6}", name):
        triplet = ColorTriplet(*bytes.fromhex(name))
        return _colour(Color.from_triplet(triplet)) or COLOURS[7]
    name = name.replace("bfightmagenta", "brightmagenta").replace("brown", "yellow")
    return name.replace("bright", "bright-")
