"""Icons of ``_static/icons/``, written into the page: they show from disk and follow its colour.

Each use is an ``<svg>`` of its own. A sprite for all pages would be a file that browsers refuse
to use in pages opened from disk; a sprite for each page would save next to nothing, because
compression folds the repeats, and would put the drawing out of reach of the page's style.
"""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Literal
from xml.etree import ElementTree as ET

from markupsafe import Markup
from pydantic import BaseModel, ConfigDict, Field

from .inputs import load_yaml

ROOT = Path(__file__).parents[2]
ICONS = ROOT / "_static" / "icons"
CATALOGUE = ROOT / "source" / "_data" / "icons.yaml"
SVG = "{http://www.w3.org/2000/svg}"


class Icon(BaseModel):
    """What ``icons.yaml`` says about an icon."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    source: Literal["mltrack", "lucide", "tabler"] = Field(alias="from")
    meaning: str = Field(min_length=1)
    keywords: list[str] = Field(min_length=1)


def catalogue() -> list[Icon]:
    """Return all icons with their meaning, in the order of the data file.

    Raises:
        InputError: the file is wrong.
    """
    return load_yaml(CATALOGUE, list[Icon]).value


def icon_names() -> list[str]:
    """Return the names of all icons, sorted."""
    return sorted(path.stem for path in ICONS.glob("*.svg"))


def near(name: str) -> list[str]:
    """Return names of icons that are spelt like ``name``, or have it as a keyword."""
    spelt = get_close_matches(name, icon_names(), n=3, cutoff=0.5)
    words = name.replace("-", " ").lower()
    meant = [each.name for each in catalogue() if words in " ".join(each.keywords).lower()]
    return list(dict.fromkeys([*spelt, *meant]))[:5]


@cache
def _shapes(name: str) -> tuple[str, tuple[tuple[str, tuple[tuple[str, str], ...]], ...]]:
    """Return an icon's view box, and its shapes with their attributes."""
    path = ICONS / f"{name}.svg"
    if not path.is_file():
        raise KeyError(name)
    drawing = ET.parse(path).getroot()  # noqa: S314 - our own file
    shapes = tuple((shape.tag.removeprefix(SVG), tuple(shape.attrib.items())) for shape in drawing)
    return drawing.get("viewBox", "0 0 24 24"), shapes


@cache
def icon(name: str, label: str = "") -> Markup:
    """Return the icon as an ``<svg>``: an image named ``label``, or silent without one.

    Raises:
        KeyError: there is no such icon.
    """
    box, shapes = _shapes(name)
    voice = {"role": "img", "aria-label": label} if label else {"aria-hidden": "true"}
    svg = ET.Element(
        "svg",
        {
            "class": "mlt-icon",
            **voice,
            "width": "24",
            "height": "24",
            "viewBox": box,
            "fill": "none",
            "stroke": "currentColor",
            "stroke-width": "1.75",
            "stroke-linecap": "round",
            "stroke-linejoin": "round",
        },
    )
    for tag, attributes in shapes:
        ET.SubElement(svg, tag, dict(attributes))
    return Markup(ET.tostring(svg, encoding="unicode"))  # noqa: S704 - built above
