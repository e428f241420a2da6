"""Figures of the notebooks as inline SVG that follows the theme.

Matplotlib draws with the colours of ``notebooks/matplotlibrc``. MyST-NB leaves an image node
for each figure; here the image becomes part of the page: colours turn into variables of
``tokens.css``, ``style`` into presentation attributes (a strict Content-Security-Policy
forbids the former), ids into ids of this page, and text stays text. Only known elements and
attributes pass.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes
from markupsafe import Markup
from sphinx.transforms import SphinxTransform

from _ext._shared.assets import provide
from _ext._shared.render import add_component, render
from _ext._shared.report import InputError, warn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.application import Sphinx
    from sphinx.writers.html5 import HTML5Translator

COLOURS = {
    "#0d7377": "var(--mlt-plot-1)",
    "#b45f06": "var(--mlt-plot-2)",
    "#0f8a5f": "var(--mlt-plot-3)",
    "#2563c9": "var(--mlt-plot-4)",
    "#c2255c": "var(--mlt-plot-5)",
    "#35424b": "var(--mlt-plot-text)",
    "#d3dbe0": "var(--mlt-plot-grid)",
}
"""What ``notebooks/matplotlibrc`` draws with, and what the page draws instead."""

ELEMENTS = {
    *("g", "defs", "use", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon"),
    *("text", "tspan", "clipPath", "pattern", "image"),
}
PAINT = {"fill", "stroke"}
KEPT = PAINT | {
    *("d", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "width", "height"),
    *("points", "transform", "patternUnits", "preserveAspectRatio", "clip-path"),
    *("opacity", "fill-opacity", "fill-rule", "stroke-opacity", "stroke-width"),
    *("stroke-linecap", "stroke-linejoin", "stroke-miterlimit"),
    *("stroke-dasharray", "stroke-dashoffset"),
    *("font-size", "font-style", "font-weight", "text-anchor", "dominant-baseline"),
}
"""Attributes and style properties that pass; the font's family is the style sheet's."""

SVG = "{http://www.w3.org/2000/svg}"
HREF = ("href", "{http://www.w3.org/1999/xlink}href")
TEXT = ("text", "tspan")
TARGET = re.compile(r"#([\w.:-]+)")
URL = re.compile(r"url\(#([\w.:-]+)\)")
PNG = re.compile(r"data:image/png;base64,[A-Za-z0-9+/=\s]+")
DECIMALS = re.compile(r"\d+\.\d{3,}")
UPRIGHT = re.compile(r"rotate\(-?0[ )]")
PIXELS_PER_POINT = 4 / 3
MIME = "image/svg+xml"


class plot(nodes.Element):  # noqa: N801 - docutils names nodes in lower case
    """A figure: ``svg`` for a page, the children say the same in words."""


class Page:
    """Names that belong to one page: ids with a prefix, colours as variables."""

    def __init__(self, prefix: str, used: set[str]) -> None:
        self.prefix = prefix
        self.used = used

    def copy(self, node: ET.Element, tag: str) -> ET.Element:
        """Return ``node`` with what a figure needs and nothing else."""
        copy = ET.Element(tag, dict(self.attributes(node)))
        copy.text = node.text if tag in TEXT else None
        for child in node:
            name = child.tag.removeprefix(SVG) if isinstance(child.tag, str) else ""
            if name not in ELEMENTS:
                continue
            kept = self.copy(child, name)
            kept.tail = child.tail if tag in TEXT else None
            if len(kept) or kept.attrib or kept.text:
                copy.append(kept)
        return copy

    def attributes(self, node: ET.Element) -> Iterator[tuple[str, str]]:
        """Yield the attributes of ``node`` that pass, and its style as attributes."""
        for name, value in _declared(node):
            if name in HREF:
                if target := TARGET.fullmatch(value):
                    yield "href", f"#{self.prefix}{target[1]}"
                elif node.tag == f"{SVG}image" and PNG.fullmatch(value):
                    yield "href", "".join(value.split())
            elif name == "id" and value in self.used:
                yield "id", self.prefix + value
            elif name in KEPT and not UPRIGHT.match(value):
                yield name, self.value(name, " ".join(value.split()))

    def value(self, name: str, value: str) -> str:
        """Return an attribute's value: local references, our colours, two decimals.

        Raises:
            InputError: the colour does not follow the theme.
        """
        if url := URL.fullmatch(value):
            return f"url(#{self.prefix}{url[1]})"
        if name in PAINT and value != "none":
            if value.lower() not in COLOURS:
                raise InputError(
                    "colour",
                    f"the figure has the colour {value!r}, which does not follow the theme; "
                    "take one of notebooks/matplotlibrc (after a change there, delete "
                    "_build/notebooks)",
                )
            return COLOURS[value.lower()]
        if "(" in value and name != "transform":
            return "none"
        return DECIMALS.sub(lambda number: f"{float(number[0]):.2f}", value)


def inline(svg: str, prefix: str, label: str) -> str:
    """Return Matplotlib's ``svg`` as an element of a page.

    Args:
        svg: a document, as Matplotlib writes it.
        prefix: put before each id; unique on the page.
        label: the figure's accessible name.

    Raises:
        InputError: ``svg``, it is not such a document; ``colour``, a colour of it does not
            follow the theme.
    """
    root = _parse(svg)
    used = {
        target
        for node in root.iter()
        for _, value in _declared(node)
        for target in (*TARGET.findall(value), *URL.findall(value))
    }
    figure = Page(prefix, used).copy(root, "svg")
    left, top, width, height = (float(size) for size in root.attrib["viewBox"].split())
    figure.attrib = {
        "role": "img",
        "aria-label": label,
        "viewBox": f"{left:g} {top:g} {width:.2f} {height:.2f}",
        "width": f"{width * PIXELS_PER_POINT:.0f}",
        "height": f"{height * PIXELS_PER_POINT:.0f}",
        "stroke-linejoin": "round",  # these two are Matplotlib's own style sheet
        "stroke-linecap": "butt",
    }
    return ET.tostring(figure, encoding="unicode")


def _parse(svg: str) -> ET.Element:
    if "<!ENTITY" in svg:
        raise InputError("svg", "the figure declares entities")
    try:
        root = ET.fromstring(svg)  # noqa: S314 - no entities, so nothing that could grow
    except ET.ParseError as error:
        raise InputError("svg", f"the figure is not SVG: {error}") from error
    if root.tag != f"{SVG}svg" or len(root.get("viewBox", "").split()) != 4:
        raise InputError("svg", "the figure is not an SVG document with a viewBox")
    return root


def _declared(node: ET.Element) -> Iterator[tuple[str, str]]:
    """Yield the attributes of ``node``, then the declarations of its ``style``."""
    for name, value in node.attrib.items():
        if name != "style":
            yield name, value
    for declaration in node.get("style", "").split(";"):
        name, _, value = declaration.partition(":")
        yield name.strip(), value.strip()


class Inline(SphinxTransform):
    """Put a ``plot`` in the place of each figure that a cell shows."""

    default_priority = 500

    def apply(self, **kwargs: Any) -> None:
        """Replace MyST-NB's bundles, which hold a figure in all its formats."""
        figures = [
            (bundle, image)
            for bundle in self.document.findall(_is_bundle)
            for image in bundle.findall(nodes.image)
            if image.parent.get("mime_type") == MIME
        ]
        for number, (bundle, image) in enumerate(figures, start=1):
            bundle.parent.replace(bundle, self.figure(image, number, bundle))

    def figure(self, image: nodes.image, number: int, bundle: nodes.Node) -> list[nodes.Node]:
        """Return the figure, or warn at its cell and return nothing."""
        alt = " ".join(image.get("alt", "").split())
        try:
            if not alt:
                raise InputError(
                    "alt",
                    "the figure has no text alternative: say what it shows in its cell's "
                    "options, under `mystnb: image: alt:`",
                )
            path = Path(self.env.relfn2path(image["uri"])[1])
            self.env.note_dependency(path)
            svg = inline(path.read_text(encoding="utf-8"), f"plot{number}-", alt)
        except InputError as error:
            warn("plots", error.subtype, error.message, bundle)
            return []
        return [plot("", nodes.paragraph(alt, alt), svg=svg)]


def _is_bundle(node: nodes.Node) -> bool:
    return isinstance(node, nodes.container) and node.get("nb_element") == "mime_bundle"


def _html(translator: HTML5Translator, node: plot) -> str:
    return render("plots.html", svg=Markup(node["svg"]))  # noqa: S704 - written by ``inline``


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the node, its style sheet and the transform."""
    add_component(app, plot, _html)
    provide(app, plot, css="css/plots.css")
    app.add_transform(Inline)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
