"""Fonts of the site: cut to the characters and weights in use, and what stands in for them.

A fallback is a font of the reader's system, scaled and moved so that lines break and stand
where they will when the real font has come: nothing shifts. Its numbers go into
``_static/css/tokens.css``, between the two comments.
"""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

HERE = Path(__file__).parent
STATIC = HERE.parents[1] / "_static"
PACKAGES = HERE / "node_modules"
TOKENS = STATIC / "css" / "tokens.css"
BLOCK = re.compile(r"(/\* Fallbacks[^\n]*\*/\n).*?(/\* End of fallbacks \*/)", re.DOTALL)

PRINTABLE = [*range(0x20, 0x7F)]
MARKS = [0xA0, 0xB7, 0x2013, 0x2014, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2026]
ARROWS = [*range(0x2190, 0x2194)]
CODE = [*PRINTABLE, *MARKS, 0xA7, 0xB0, 0xB1, 0xB2, 0xB3, 0xB5, 0xD7, 0xE9, 0xFC, 0x20AC, 0x2212]
TEXT = [*CODE, 0xA9, 0xAB, 0xAE, 0xBB, 0xDF, 0xE0, 0xE4, 0xE8, 0xEF, 0xF1, 0xF6, 0x2191, 0x2193]
DRAWING = [*ARROWS, *range(0x2500, 0x2580), 0x2588, 0x258F, 0x25A0, 0x25CF, 0x2264, 0x2265, 0x2260]
"""What tables, trees and progress bars of a terminal are made of."""

MEASURES = json.loads((HERE / "widths.json").read_text("utf-8"))
"""Widths of fonts that readers' systems have, and how often a character comes in our text."""
LOCAL_SIZE = 2048


GROUPS: dict[str, Callable[[str], bool]] = {
    "": lambda letter: letter != " " and not letter.islower(),
    "U+20, U+A0": lambda letter: letter == " ",
    "U+61-7A": str.islower,
}
"""Range of characters in CSS → which of them are measured. The first is for all that remain."""


@dataclass(frozen=True)
class Fallback:
    """A face that stands in: fonts of readers' systems, all with the widths of ``like``."""

    like: str
    local: tuple[str, ...]
    weight: int
    weights: str


@dataclass(frozen=True)
class Font:
    """A font of the site.

    Args:
        family: its name in CSS.
        file: in the npm packages, without directory ``node_modules``.
        weights: the range that is kept.
        characters: code points that are kept.
        fallbacks: what stands in.
        donor: file of the same version of the font that has more characters.
        grafts: the code points that are taken from it.
    """

    family: str
    file: str
    weights: tuple[int, int]
    characters: list[int]
    fallbacks: tuple[Fallback, ...]
    donor: str = ""
    grafts: tuple[int, ...] = ()


REGULAR = Fallback("Arial", ("Arial", "Liberation Sans"), 400, "400 500")
BOLD = Fallback("Arial Bold", ("Arial Bold", "Liberation Sans Bold"), 700, "600 700")
FONTS = {
    "inter": Font(
        family="Inter",
        file="@fontsource-variable/inter/files/inter-latin-wght-normal.woff2",
        weights=(400, 700),
        characters=TEXT,
        fallbacks=(REGULAR, BOLD),
    ),
    "space-grotesk": Font(
        family="Space Grotesk",
        file="@fontsource-variable/space-grotesk/files/space-grotesk-latin-wght-normal.woff2",
        weights=(500, 700),
        characters=[*PRINTABLE, *MARKS],
        fallbacks=(replace(BOLD, weights="500 700"),),
    ),
    "jetbrains-mono": Font(
        family="JetBrains Mono",
        file="@fontsource-variable/jetbrains-mono/files/jetbrains-mono-latin-wght-normal.woff2",
        weights=(400, 700),
        characters=CODE,
        fallbacks=(
            Fallback("Menlo", ("Menlo", "DejaVu Sans Mono"), 400, "400 700"),
            Fallback("Liberation Mono", ("Droid Sans Mono", "Liberation Mono"), 400, "400 700"),
            Fallback("Consolas", ("Consolas",), 400, "400 700"),
        ),
        donor="@expo-google-fonts/jetbrains-mono/400Regular/JetBrainsMono_400Regular.ttf",
        grafts=tuple(DRAWING),
    ),
}
"""Name in ``_static/fonts`` → font."""


def cut(name: str) -> None:
    """Write ``_static/fonts/<name>.woff2``, the same bytes each time, and its licence."""
    font = FONTS[name]
    source = TTFont(PACKAGES / font.file, recalcTimestamp=False)
    # No ligatures: code shows the characters that you type.
    subsetter = Subsetter(Options(flavor="woff2", layout_features=["kern", "tnum", "ccmp"]))
    subsetter.populate(unicodes=font.characters)
    subsetter.subset(source)
    result = instantiateVariableFont(source, {"wght": font.weights})
    if font.donor:
        graft(result, TTFont(PACKAGES / font.donor), font.grafts)
    result.flavor = "woff2"
    result.save(STATIC / "fonts" / f"{name}.woff2")
    package = PACKAGES.joinpath(*font.file.split("/")[:2])
    shutil.copyfile(package / "LICENSE", STATIC / "fonts" / f"{name}-LICENSE.txt")


def graft(font: TTFont, donor: TTFont, characters: tuple[int, ...]) -> None:
    """Add glyphs of ``donor``, the same in every weight, to a monospaced ``font``."""
    donor_names, glyphs = donor.getBestCmap(), donor.getGlyphSet()
    order = list(font.getGlyphOrder())
    for code in characters:
        name = f"uni{code:04X}"
        if name in order or code in font.getBestCmap():
            continue
        order.append(name)
        font["glyf"].glyphs[name] = _outline(glyphs, donor_names[code])
        font["hmtx"].metrics[name] = donor["hmtx"].metrics[donor_names[code]]
        font["gvar"].variations[name] = []
        for table in font["cmap"].tables:
            table.cmap[code] = name
    font.setGlyphOrder(order)
    font["glyf"].glyphOrder = order
    font["maxp"].numGlyphs = len(order)
    if "HVAR" in font:
        del font["HVAR"]  # widths do not vary, and its entries go by number of glyph


def _outline(glyphs: Any, name: str) -> Any:
    """Return a glyph with its components drawn out, without hints."""
    recorded = DecomposingRecordingPen(glyphs)
    glyphs[name].draw(recorded)
    pen = TTGlyphPen(None)
    recorded.replay(pen)
    return pen.glyph()


def average(widths: Mapping[str, float]) -> float:
    """Return the average advance of our text, as far as it consists of these characters."""
    share = {letter: MEASURES["frequency"][letter] for letter in widths}
    total: float = sum(widths[letter] * share[letter] for letter in widths)
    return total / float(sum(share.values()))


def faces(name: str) -> Iterator[str]:
    """Yield the ``@font-face`` rules of a font's fallbacks, from the file that is shipped.

    Spaces and small letters have faces of their own: what they are scaled by differs, and lines
    have more or fewer of them.
    """
    file = TTFont(STATIC / "fonts" / f"{name}.woff2")
    units, names = file["head"].unitsPerEm, file.getBestCmap()
    for fallback in FONTS[name].fallbacks:
        glyphs = file.getGlyphSet(location={"wght": fallback.weight})
        local = MEASURES[fallback.like]
        own = {letter: glyphs[names[ord(letter)]].width / units for letter in local}
        for characters, belongs in GROUPS.items():
            group = [letter for letter in local if belongs(letter)]
            if len(local) == 1:  # monospaced: one measure for all
                group = [] if characters else list(local)
            if group:
                wanted = average({letter: own[letter] for letter in group})
                scale = wanted / average({letter: local[letter] for letter in group}) * LOCAL_SIZE
                yield _face(FONTS[name].family, fallback, characters, scale, file)


def _face(family: str, fallback: Fallback, characters: str, scale: float, file: TTFont) -> str:
    """Return one rule. Heights are those of the font, whatever the widths are scaled by."""
    units, hhea = file["head"].unitsPerEm, file["hhea"]
    suffix = "" if len(MEASURES[fallback.like]) > 1 else f" {fallback.like}"
    sources = ", ".join(f'local("{each}")' for each in fallback.local)
    only = f"  unicode-range: {characters};\n" if characters else ""
    return (
        "@font-face {\n"
        f'  font-family: "{family} fallback{suffix}";\n'
        f"  src: {sources};\n"
        f"  font-weight: {fallback.weights};\n"
        f"{only}"
        f"  size-adjust: {scale:.2%};\n"
        f"  ascent-override: {hhea.ascent / units / scale:.2%};\n"
        f"  descent-override: {-hhea.descent / units / scale:.2%};\n"
        f"  line-gap-override: {hhea.lineGap / units / scale:.0%};\n"
        "}\n"
    )


def with_fallbacks(css: str) -> str:
    """Return the style sheet with its block of fallbacks written anew."""
    rules = "".join(rule for name in FONTS for rule in faces(name))
    return BLOCK.sub(lambda match: match[1] + rules + match[2], css)


def main() -> None:
    """Cut all fonts and write their fallbacks into the tokens."""
    for name in FONTS:
        cut(name)
    TOKENS.write_text(with_fallbacks(TOKENS.read_text("utf-8")), encoding="utf-8")
