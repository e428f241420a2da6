"""``tokens.css`` and ``_ext/highlighting.py``: every pair of colours in use has its contrast."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pygments.token import Generic

from _ext.highlighting import Dark, Light

if TYPE_CHECKING:
    from collections.abc import Callable

    from pygments.style import Style

ROOT = Path(__file__).parents[1]
CSS = (ROOT / "_static" / "css" / "tokens.css").read_text(encoding="utf-8")
THEMES = ("light", "dark")
STYLES = {"light": Light, "dark": Dark}
Colour = tuple[float, float, float, float]

STATES = ("brand", "attention", "success", "danger", "info")
ANSI = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")


def declarations(css: str) -> dict[str, str]:
    """Return the custom properties; none is declared twice."""
    found = re.findall(r"(--[\w-]+)\s*:\s*([^;]+);", re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL))
    assert len(found) == len(dict(found)), "a token is declared twice"
    return {name: " ".join(value.split()) for name, value in found}


TOKENS = declarations(CSS)


def resolve(value: str, theme: str) -> Colour:
    """Return red, green, blue and alpha, each 0 to 1, of a CSS value in ``theme``."""
    if match := re.fullmatch(r"var\((--[\w-]+)\)", value):
        return resolve(TOKENS[match[1]], theme)
    if match := re.fullmatch(r"light-dark\((.+)\)", value):
        parts = re.split(r",\s*(?![^(]*\))", match[1])
        assert len(parts) == 2, value
        return resolve(parts[THEMES.index(theme)], theme)
    if match := re.fullmatch(r"#([0-9a-f]{6})", value):
        red, green, blue = bytes.fromhex(match[1])
        return red / 255, green / 255, blue / 255, 1
    if match := re.fullmatch(r"rgb\((\d+) (\d+) (\d+)(?: / ([\d.]+))?\)", value):
        red, green, blue = (int(match[part]) for part in (1, 2, 3))
        return red / 255, green / 255, blue / 255, float(match[4] or 1)
    raise ValueError(f"not a colour: {value}")


def token(name: str, theme: str) -> Colour:
    return resolve(TOKENS[name], theme)


def over(front: Colour, back: Colour) -> Colour:
    """Return what is seen when ``front`` lies on the opaque ``back``."""
    alpha = front[3]
    red, green, blue = (
        f * alpha + b * (1 - alpha) for f, b in zip(front[:3], back[:3], strict=True)
    )
    return red, green, blue, 1


def luminance(colour: Colour) -> float:
    """Return WCAG's relative luminance."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour[:3]]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(front: Colour, back: Colour) -> float:
    """Return WCAG's contrast, 1 to 21, of a colour on an opaque background."""
    assert back[3] == 1, "the background lets something through"
    one, two = luminance(over(front, back)), luminance(back)
    return (max(one, two) + 0.05) / (min(one, two) + 0.05)


def text_pairs() -> list[tuple[str, str]]:
    """Return text and background of every pair in use."""
    mlt = [
        *(
            (text, on)
            for text in ("text", "text-muted")
            for on in ("bg", "surface", "surface-sunken")
        ),
        *((state, on) for state in STATES for on in ("bg", "surface", f"{state}-soft")),
        *(("text", f"{state}-soft") for state in STATES),
        *(("on-brand", on) for on in ("brand-fill", "brand-fill-hover")),
        *((f"term-{name}", "term-bg") for name in ("text", "muted", *ANSI)),
        *((f"term-{name}", "term-bar") for name in ("text", "muted")),
        ("text", "target"),
        ("plot-text", "bg"),
    ]
    furo = [
        ("content-foreground", "background-primary"),
        ("link", "background-primary"),
        ("link--hover", "background-primary"),
        ("link", "background-secondary"),
        ("code-foreground", "code-background"),
        ("content-foreground", "inline-code-background"),
        ("link", "inline-code-background"),
        *(
            (f"api-{part}", on)
            for part in ("overall", "name", "pre-name", "paren", "keyword")
            for on in ("api-background", "api-background-hover")
        ),
        ("sidebar-brand-text", "sidebar-background"),
        *(
            (text, on)
            for text in ("sidebar-link-text", "sidebar-link-text--top-level", "brand-primary")
            for on in (
                "sidebar-background",
                "sidebar-item-background--hover",
                "sidebar-item-background--current",
            )
        ),
        ("foreground-muted", "sidebar-search-background"),
        *((f"toc-item-text{state}", "toc-background") for state in ("", "--hover", "--active")),
        ("announcement-text", "announcement-background"),
        ("guilabel-text", "guilabel-background"),
        ("highlighted-text", "highlighted-background"),
        ("topic-title", "topic-title-background"),
        ("content-foreground", "admonition-background"),
        ("content-foreground", "table-header-background"),
    ]  # fmt: skip
    kinds = re.findall(r"--color-admonition-title--(\w+):", CSS)
    furo += [
        (f"admonition-title--{kind}", f"admonition-title-background--{kind}") for kind in kinds
    ]
    return [
        *((f"--mlt-{text}", f"--mlt-{on}") for text, on in mlt),
        *((f"--color-{text}", f"--color-{on}") for text, on in furo),
    ]


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("text", "on"), text_pairs())
def test_text_can_be_read(text: str, on: str, theme: str) -> None:
    ratio = contrast(token(text, theme), token(on, theme))
    assert ratio >= 4.5, f"{text} on {on}, {theme}: {ratio:.2f}"


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("name", ["focus", *(f"plot-{number}" for number in range(1, 6))])
def test_outlines_and_lines_can_be_seen(name: str, theme: str) -> None:
    ratio = contrast(token(f"--mlt-{name}", theme), token("--mlt-bg", theme))
    assert ratio >= 3, f"--mlt-{name}, {theme}: {ratio:.2f}"


def test_the_measure_is_the_one_of_wcag() -> None:
    black, white, gray = ("#000000", "#ffffff", "#777777")
    assert contrast(resolve(black, "light"), resolve(white, "light")) == pytest.approx(21)
    assert contrast(resolve(gray, "light"), resolve(white, "light")) == pytest.approx(
        4.48, abs=0.01
    )
    half = resolve("rgb(0 0 0 / 0.5)", "light")
    assert over(half, resolve(white, "light")) == (0.5, 0.5, 0.5, 1)
    assert resolve("light-dark(rgb(0 0 0 / 0.5), #ffffff)", "dark") == (1, 1, 1, 1)


def test_no_other_style_sheet_has_a_colour() -> None:
    for path in (ROOT / "_static" / "css").glob("*.css"):
        if path.name != "tokens.css":
            text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
            found = re.findall(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgba?|hsla?|oklch|lab)\([^)]*\)", text)
            assert found == [], path.name


def test_every_token_in_use_is_defined() -> None:
    for folder in ("css", "js"):
        for path in (ROOT / "_static" / folder).glob("*.*s"):
            text = path.read_text(encoding="utf-8")
            used = set(re.findall(r"var\((--mlt-[\w-]+)\s*\)", text))
            own = set(re.findall(r"(--mlt-[\w-]+)\s*:", text))
            assert used - own - set(TOKENS) == set(), path.name


def highlighted(style: type[Style]) -> dict[str, str]:
    """Return each kind of token with its colour."""
    return {str(kind): f"#{values['color']}" for kind, values in style if values["color"]}


def palette(theme: str) -> set[Colour]:
    colours = {
        token(name, theme)
        for name in TOKENS
        if re.match(r"--mlt-(teal|amber|emerald|blue|rose|gray)-\d", name)
    }
    names = ("--mlt-text", "--mlt-text-muted", "--color-code-foreground")
    return colours | {token(name, theme) for name in names}


@pytest.mark.parametrize("theme", THEMES)
def test_code_can_be_read(theme: str) -> None:
    style = STYLES[theme]
    background = token("--color-code-background", theme)
    assert resolve(style.background_color, theme) == background
    assert resolve(style.highlight_color, theme) == token("--mlt-target", theme)
    assert not any(values["bgcolor"] for _, values in style)
    for kind, colour in highlighted(style).items():
        front = resolve(colour, theme)
        assert front in palette(theme), f"{kind}: {colour} is no token"
        assert contrast(front, background) >= 4.5, f"{kind} {colour}, {theme}"


@pytest.mark.parametrize("theme", THEMES)
def test_code_on_marked_lines_can_be_read(theme: str) -> None:
    marked = resolve(STYLES[theme].highlight_color, theme)
    for kind, colour in highlighted(STYLES[theme]).items():
        assert contrast(resolve(colour, theme), marked) >= 4.5, f"{kind} {colour}, {theme}"


@pytest.mark.parametrize("theme", THEMES)
def test_prompts_and_output_step_back(theme: str) -> None:
    for kind in (Generic.Prompt, Generic.Output):
        colour = f"#{STYLES[theme].style_for_token(kind)['color']}"
        assert resolve(colour, theme) == token("--mlt-text-muted", theme)


def test_both_styles_reach_the_page(build: Callable[..., Any]) -> None:
    settings = re.findall(r"^pygments_\w*style = .+$", (ROOT / "conf.py").read_text(), re.MULTILINE)
    assert len(settings) == 2
    page = "# Page\n\n```python\nwith track(): return 1\n```\n"
    built = build(page, ["sphinx_copybutton"], files={"conf.py": "\n".join(settings)})
    assert built.warnings == ""
    css = built.text("_static/pygments.css")
    for style in (Light, Dark):
        for colour in set(highlighted(style).values()):
            assert colour.lower() in css.lower()
