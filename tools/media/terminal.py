"""A cast as an SVG that needs nothing else: still at a moment, or moving by CSS.

Text appears at its time and the screen scrolls when it is full. Readers who prefer reduced
motion see the last screen. Colours are those of the site's terminals, from ``tokens.css``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from rich.cells import cell_len

from _ext._shared.ansi import PLAIN

from .plan import MediaError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jinja2 import Template

    from _ext._shared.cast import Recording
    from _ext._shared.transcript import Chunk

SIZE, CELL, LINE, BAR, PAD = 14, 8.4, 19, 34, 14
"""Letters, width of a cell, height of a line, of the title bar, and the margin, in pixels."""
OVER = 2
"""Pixels above the first line that are not cut when the screen scrolls."""
REST = 3.0
"""Seconds that the last screen stays before the animation begins again."""
TOKEN = re.compile(
    r"--mlt-term-([a-z]+):\s*(?:light-dark\((?:[^();]|\([^()]*\))*,\s*)?(#[0-9a-fA-F]{6})\b"
)
"""A terminal's colour on the screen: of the two in ``light-dark()`` the dark one."""


@dataclass(frozen=True)
class Run:
    """Text of one style on one line."""

    text: str
    row: int
    column: int
    start: float
    styles: tuple[str, ...] = ()
    later: str = ""
    """The class that makes it appear, when the picture moves."""
    fill: str = ""
    """The colour behind it."""

    @property
    def x(self) -> float:
        """Its left edge."""
        return round(PAD + self.column * CELL, 1)

    @property
    def y(self) -> int:
        """Its base line."""
        return OVER + self.row * LINE + SIZE

    @property
    def length(self) -> float:
        """Its width."""
        return round(cell_len(self.text) * CELL, 1)

    @property
    def classes(self) -> str:
        """Its CSS classes."""
        return " ".join([*self.styles, *([self.later] if self.later else [])])


@cache
def palette(tokens: Path) -> dict[str, str]:
    """Return the colours of the site's terminals by name.

    Raises:
        MediaError: ``tokens.css`` lacks one.
    """
    colours = dict(TOKEN.findall(tokens.read_text(encoding="utf-8")))
    for name in ("bg", "bar", "border", "text", "muted", *PLAIN):
        if name not in colours:
            raise MediaError(f"{tokens} has no --mlt-term-{name} with a colour such as #0d1716")
    return colours


def still(
    recording: Recording, size: tuple[int, int], tokens: Path, moment: float | None = None
) -> str:
    """Return the screen of ``size`` (columns, lines) at a moment, the last one by default.

    Raises:
        MediaError: nothing is on the screen yet.
    """
    runs = [run for run in _runs(recording) if moment is None or run.start <= moment]
    if not runs:
        raise MediaError(f"nothing is on the screen at {moment:g} s: choose a later moment")
    last = max(run.row for run in runs)
    top = max(0, last + 1 - size[1])
    shown = [replace(run, row=run.row - top) for run in runs if run.row >= top]
    rows = max(run.row for run in shown) + 1
    return _draw(recording.title, shown, (size[0], rows), tokens)


def animated(recording: Recording, size: tuple[int, int], tokens: Path, speed: float = 1.0) -> str:
    """Return the recording as a moving picture.

    Raises:
        MediaError: the recording moves the cursor.
    """
    if recording.moves:
        raise MediaError("it moves the cursor: only a still can be made, outputs: [poster]")
    duration = recording.duration / speed + REST
    runs = list(_runs(recording))
    delays: dict[str, float] = {}
    names: dict[float, str] = {}
    moving = []
    for run in runs:
        at = round(run.start / speed / duration * 100, 2)
        if at > 0:
            name = names.setdefault(at, f"d{len(names)}")
            delays[name] = at
            run = replace(run, later=name)
        moving.append(run)
    scrolls = [(0.0, 0)]
    for run in moving:
        y = -LINE * max(0, run.row + 1 - size[1])
        if y < scrolls[-1][1]:
            scrolls.append((delays.get(run.later, 0.0), y))
    rows = min(size[1], max(run.row for run in runs) + 1)
    return _draw(
        recording.title, moving, (size[0], rows), tokens, duration, delays, _latest(scrolls)
    )


def _latest(scrolls: list[tuple[float, int]]) -> list[tuple[float, int]]:
    """Keep the last of several scrolls at one moment."""
    return sorted(dict(scrolls).items())


def _draw(
    title: str,
    runs: list[Run],
    cells: tuple[int, int],
    tokens: Path,
    duration: float = 0.0,
    delays: dict[str, float] | None = None,
    scrolls: list[tuple[float, int]] | None = None,
) -> str:
    colours = palette(tokens)
    return _template().render(
        title=title,
        runs=[replace(run, fill=_behind(run.styles, colours)) for run in runs],
        width=round(2 * PAD + cells[0] * CELL),
        height=BAR + 2 * PAD + cells[1] * LINE,
        bar=BAR,
        top=BAR + PAD - OVER,
        size=SIZE,
        line=LINE,
        plain=PLAIN,
        colours=colours,
        moves=delays is not None,
        duration=round(duration, 2),
        delays=delays or {},
        scrolls=scrolls or [],
        scroll=scrolls[-1][1] if scrolls else 0,
    )


def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("terminal.svg.jinja")


def _behind(styles: tuple[str, ...], colours: dict[str, str]) -> str:
    """Return the colour behind a text of these styles; empty if there is none."""
    for style in styles:
        if style.startswith("on-"):
            return colours[style.removeprefix("on-").removeprefix("bright-")]
    return colours["text"] if "reverse" in styles else ""


def _runs(recording: Recording) -> Iterator[Run]:
    """Yield the text with its place, cut at line ends; commands letter by letter."""
    row = column = 0
    for chunk in recording.chunks:
        for span in chunk.spans:
            for number, text in enumerate(span.text.split("\n")):
                if number:
                    row, column = row + 1, 0
                for piece, start in _typed(text, chunk):
                    if piece.strip():
                        yield Run(piece, row, column, start, span.classes)
                    column += cell_len(piece)


def _typed(text: str, chunk: Chunk) -> Iterator[tuple[str, float]]:
    """Yield pieces with their times: letters of what was typed, else all at once."""
    if chunk.end is None or not text:
        yield text, chunk.start
        return
    for number in range(0, len(text), 2):
        part = (number + 1) / max(1, len(chunk.text))
        yield text[number : number + 2], round(chunk.start + part * (chunk.end - chunk.start), 2)
