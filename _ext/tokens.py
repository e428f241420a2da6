"""``{tokens} GROUP``: the design tokens, read from ``tokens.css``, each drawn with its value.

A colour stands with its contrast on the page's background in both themes. The drawings are SVG
that names the token, so that what the reader sees is what the pages use.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from docutils import nodes

from ._shared import assets
from ._shared.inputs import FeatureDirective
from ._shared.render import add_component, render
from ._shared.report import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sphinx.application import Sphinx
    from sphinx.writers.html5 import HTML5Translator

CSS = Path(__file__).parents[1] / "_static" / "css" / "tokens.css"
THEMES = ("light", "dark")
PARTNERS = (
    (r"--mlt-(?:bg|surface.*)", "--mlt-text"),
    (r"--mlt-(\w+)-soft", r"--mlt-\1"),
    (r"--mlt-on-brand", "--mlt-brand-fill"),
    (r"--mlt-brand-fill.*", "--mlt-on-brand"),
    (r".*", "--mlt-bg"),
)
"""Names of colours → the colour that each is read with."""
SCALES = ("teal", "amber", "emerald", "rose", "blue", "gray")
GROUPS = {
    **{hue: rf"--mlt-{hue}-\d+" for hue in SCALES},
    "surfaces": r"--mlt-(bg|surface(-\w+)?)",
    "borders": r"--mlt-(border(-strong)?|focus)",
    "text": r"--mlt-text(-muted)?",
    "states": r"--mlt-(brand|attention|success|danger|info)(-fill(-hover)?|-soft)?|--mlt-on-brand",
    "space": r"--mlt-space-\d+",
    "radius": r"--mlt-radius(-\w+)?",
    "elevation": r"--mlt-shadow-\d",
    "type": r"--mlt-text-(xs|sm|md|lg|\d?xl)",
    "leading": r"--mlt-leading-\w+",
    "motion": r"--mlt-(fast|medium|slow)",
    "easing": r"--mlt-ease-[\w-]+",
}
"""Groups of tokens → the names in them."""
DRAWN = dict.fromkeys(("surfaces", "borders", "text", "states"), "pair") | dict.fromkeys(
    SCALES, "scale"
)
"""Groups that are colours; the others are drawn as their name says."""
WIDEST = 28
"""Half the height of the drawing of a radius: a larger one looks the same."""


class tokens(nodes.General, nodes.Element):  # noqa: N801 - docutils names nodes in lower case
    """A group of tokens: attributes for the template, a list for other builders."""


def declarations(css: str) -> dict[str, str]:
    """Return the custom properties of a style sheet."""
    bare = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    found = re.findall(r"(--[\w-]+)\s*:\s*([^;]+);", bare)
    return {name: " ".join(value.split()) for name, value in found}


def colour(value: str, theme: str, known: Mapping[str, str]) -> str | None:
    """Return the six digits of a colour in ``theme``; ``None`` for anything else."""
    if match := re.fullmatch(r"var\((--[\w-]+)\)", value):
        return colour(known.get(match[1], ""), theme, known)
    if match := re.fullmatch(r"light-dark\(([^,]+), ([^,]+)\)", value):
        return colour(match[THEMES.index(theme) + 1], theme, known)
    return value if re.fullmatch(r"#[0-9a-f]{6}", value) else None


def _luminance(value: str) -> float:
    """Return WCAG's relative luminance of six digits."""
    parts = (part / 255 for part in bytes.fromhex(value[1:]))
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return WCAG's contrast of two colours, from 1 to 21, cut to one decimal."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return int((high + 0.05) / (low + 0.05) * 10) / 10


def partner(name: str) -> str:
    """Return the token with which the colour ``name`` makes text and background."""
    found = (re.sub(rf"\A{pattern}\Z", other, name) for pattern, other in PARTNERS
             if re.fullmatch(pattern, name))  # fmt: skip
    return next(found)


def entry(name: str, known: Mapping[str, str]) -> dict[str, Any]:
    """Return what the template shows of a token."""
    themes, other = [], partner(name)
    for theme in THEMES:
        value, back = (colour(known.get(each, ""), theme, known) for each in (name, other))
        if value and back:
            themes.append({"theme": theme, "value": value, "contrast": contrast(value, back)})
    length = re.fullmatch(r"(\d+)px", known[name])
    return {
        "name": name.removeprefix("--mlt-"),
        "step": name.rpartition("-")[2],
        "partner": other.removeprefix("--mlt-"),
        "variable": name,
        "value": known[name],
        "themes": themes,
        "pixels": int(length[1]) if length else 0,
    }


class TokensDirective(FeatureDirective):
    """``{tokens} GROUP``."""

    feature = "tokens"
    required_arguments = 1
    option_spec: ClassVar[dict[str, Any]] = {}

    def build(self) -> list[nodes.Node]:
        """Return the group.

        Raises:
            InputError: there is no such group, or nothing in it.
        """
        group = self.arguments[0]
        if group not in GROUPS:
            raise InputError("group", f"there is no group {group!r}; there are {', '.join(GROUPS)}")
        known = declarations(self.file(CSS).read_text(encoding="utf-8"))
        entries = [entry(name, known) for name in known if re.fullmatch(GROUPS[group], name)]
        if not entries:
            raise InputError("group", f"tokens.css has no token of the group {group!r}")
        node = tokens("", group=group, kind=DRAWN.get(group, group), entries=entries)
        node += nodes.bullet_list("", *(_in_words(each) for each in entries))
        self.set_source_info(node)
        return [node]


def _in_words(token: dict[str, Any]) -> nodes.list_item:
    text = nodes.Text(f": {token['value']}")
    return nodes.list_item("", nodes.paragraph("", "", nodes.literal("", token["variable"]), text))


def _html(self: HTML5Translator, node: tokens) -> str:
    return render("tokens.html", group=node["group"], kind=node["kind"], entries=node["entries"],
                  widest=WIDEST)  # fmt: skip


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive, its node and its style."""
    app.add_directive("tokens", TokensDirective)
    add_component(app, tokens, _html)
    assets.provide(app, tokens, css="css/design-system.css")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
