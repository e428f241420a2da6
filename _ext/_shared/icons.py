"""Icons of ``_static/icons/``, written into the page: they show from disk and follow its colour."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from xml.etree import ElementTree as ET

from markupsafe import Markup

ICONS = Path(__file__).parents[2] / "_static" / "icons"
SVG = "{http://www.w3.org/2000/svg}"


def icon_names() -> list[str]:
    """Return the names of all icons, sorted."""
    return sorted(path.stem for path in ICONS.glob("*.svg"))


@cache
def icon(name: str) -> Markup:
    """Return the icon as an ``<svg>`` that assistive technology passes over.

    Raises:
        KeyError: there is no such icon.
    """
    path = ICONS / f"{name}.svg"
    if not path.is_file():
        raise KeyError(name)
    drawing = ET.parse(path).getroot()  # noqa: S314 - our own file
    svg = ET.Element(
        "svg",
        {
            "class": "mlt-icon",
            "aria-hidden": "true",
            "viewBox": drawing.get("viewBox", "0 0 24 24"),
            "fill": "none",
            "stroke": "currentColor",
            "stroke-width": "1.75",
            "stroke-linecap": "round",
            "stroke-linejoin": "round",
        },
    )
    for shape in drawing:
        ET.SubElement(svg, shape.tag.removeprefix(SVG), dict(shape.attrib))
    return Markup(ET.tostring(svg, encoding="unicode"))  # noqa: S704 - built above
