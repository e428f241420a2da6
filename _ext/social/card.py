"""Social cards: a title, a section and a sentence on the brand's ground. Knows no Sphinx."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, __version__

STATIC = Path(__file__).parents[2] / "_static"
GROUND = STATIC / "brand" / "card.png"
DISPLAY = STATIC / "fonts" / "space-grotesk.woff2"
TEXT = STATIC / "fonts" / "inter.woff2"

SIZE = (1200, 630)
LEFT, RIGHT = 72, 1128
TOP, BOTTOM = 92, 470
"""Between them stands the text; the brand is below, in the ground."""

SECTION_SIZE = 30
TITLE_SIZES = (88, 76, 66, 58)
SENTENCE_SIZE = 31
TITLE_LINES, SENTENCE_LINES = 3, 3
SENTENCE_WIDTH = 820
"""Narrower than the title: the curve of the ground stays free."""
BOLD, MEDIUM, REGULAR = 700, 600, 400
WHITE, TEAL, GREY = "#f4faf9", "#2dd4bf", "#9fb1b0"
"""Of ``tokens.css``: on the ground they have a contrast of 7 and more."""
COLOURS = 48
ELLIPSIS = "…"


@dataclass(frozen=True)
class Card:
    """What a card says."""

    title: str
    section: str
    sentence: str = ""

    @property
    def digest(self) -> str:
        """Name everything that the pixels depend on."""
        return sha256(f"{_materials()}{self!r}".encode()).hexdigest()


@cache
def _materials() -> str:
    files = (GROUND, DISPLAY, TEXT, Path(__file__))
    return __version__ + "".join(sha256(path.read_bytes()).hexdigest() for path in files)


@cache
def _font(path: Path, size: int, weight: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.truetype(str(path), size)
    font.set_variation_by_axes([weight])
    return font


@cache
def _ground() -> Image.Image:
    image = Image.open(GROUND).convert("RGB")
    image.load()
    return image


def wrap(text: str, font: ImageFont.FreeTypeFont, width: int, most: int) -> list[str]:
    """Return ``text`` in lines no wider than ``width``; the last of ``most`` may be cut short."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if line and font.getlength(longer) > width:
            lines.append(line)
            line = word
        else:
            line = longer
    lines.append(line)
    cut = len(lines) > most
    return [
        _cut(line, font, width, cut and number == most - 1)
        for number, line in enumerate(lines[:most])
    ]


def _cut(line: str, font: ImageFont.FreeTypeFont, width: int, more: bool) -> str:
    """Return ``line`` with an ellipsis if ``more`` follows or it is one word that is too wide."""
    if not more and font.getlength(line) <= width:
        return line
    while line and font.getlength(line + ELLIPSIS) > width:
        line = line.rpartition(" ")[0] if " " in line else line[:-1]
    return line.rstrip(" ,.;:") + ELLIPSIS


def _title(text: str) -> tuple[ImageFont.FreeTypeFont, int, list[str]]:
    """Return the largest face in which ``text`` takes two lines, or the smallest."""
    for size in TITLE_SIZES:
        font = _font(DISPLAY, size, BOLD)
        lines = wrap(text, font, RIGHT - LEFT, TITLE_LINES)
        if len(lines) <= 2 and not lines[-1].endswith(ELLIPSIS):
            break
    return font, size, lines


def compose(card: Card) -> Image.Image:
    """Return the card in full colour."""
    image = _ground().copy()
    pen = ImageDraw.Draw(image)
    y = float(TOP)
    pen.text((LEFT, y), card.section, font=_font(TEXT, SECTION_SIZE, MEDIUM), fill=TEAL)
    y += SECTION_SIZE * 1.7
    font, size, lines = _title(card.title)
    for line in lines:
        pen.text((LEFT - size * 0.04, y), line, font=font, fill=WHITE)
        y += size * 1.1
    y += SENTENCE_SIZE
    font = _font(TEXT, SENTENCE_SIZE, REGULAR)
    room = min(SENTENCE_LINES, int((BOTTOM - y) // (SENTENCE_SIZE * 1.45)))
    for line in wrap(card.sentence, font, SENTENCE_WIDTH, room) if room > 0 else []:
        pen.text((LEFT, y), line, font=font, fill=GREY)
        y += SENTENCE_SIZE * 1.45
    return image


@cache
def _palette() -> Image.Image:
    """Return one palette for all cards, so that no card needs one of its own."""
    sample = compose(Card("Sample of a title", "Section", "A sentence that says what it is."))
    return sample.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)


def png(card: Card) -> bytes:
    """Return the card as a PNG; the same bytes for the same card."""
    reduced = compose(card).quantize(palette=_palette(), dither=Image.Dither.NONE)
    stream = io.BytesIO()
    reduced.save(stream, "PNG", compress_level=6)  # 9 takes seven times as long
    return stream.getvalue()
