"""``tokens.css``, ``{tokens}``, ``_ext/highlighting.py``: every pair in use has its contrast."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pygments.token import Generic

from _ext import tokens as module
from _ext._shared.render import render
from _ext.highlighting import Dark, Light
from _ext.tokens import GROUPS

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


ICON_OR_LINE = re.compile(r"icon|svg|__swatch|__ball")
"""Selectors whose colour is no text's: WCAG asks 3 of them."""
NAME = r"var\((--[\w-]+)\)"


def rules() -> list[tuple[str, str, dict[str, str]]]:
    """Return file, selector and declarations of all rules of our style sheets."""
    found = []
    for path in sorted((ROOT / "_static" / "css").glob("*.css")):
        css = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        for selector, body in re.findall(r"([^{};]+)\{([^{}]*)\}", css):
            pairs = re.findall(r"(?:^|;)\s*([\w-]+)\s*:\s*([^;]+)", body)
            found.append((path.name, " ".join(selector.split()), dict(pairs)))
    return found


def pairs_in_rules() -> set[tuple[str, str]]:
    """Return text and background of every rule that sets both to tokens."""
    found = set()
    for file, selector, style in rules():
        text = re.fullmatch(NAME, style.get("color", "").strip())
        back = re.fullmatch(
            NAME, (style.get("background-color") or style.get("background", "")).strip()
        )
        known = text and back and {text[1], back[1]} <= set(TOKENS)
        if text and back and known and file != "tokens.css" and not ICON_OR_LINE.search(selector):
            found.add((text[1], back[1]))
    return found


@pytest.mark.parametrize("theme", THEMES)
def test_text_of_every_rule_can_be_read_on_its_background(theme: str) -> None:
    pairs = pairs_in_rules()
    assert ("--mlt-success", "--mlt-success-soft") in pairs, "the status badge sets both"
    assert len(pairs) > 10
    for text, on in sorted(pairs):
        back = over(token(on, theme), token("--mlt-bg", theme))
        ratio = contrast(token(text, theme), back)
        assert ratio >= 4.5, f"{text} on {on}, {theme}: {ratio:.2f}"


@pytest.mark.parametrize("theme", THEMES)
def test_text_of_every_rule_can_be_read_on_the_page(theme: str) -> None:
    """A rule without a background stands on the page or on a surface."""
    for file, selector, style in rules():
        text = re.fullmatch(NAME, style.get("color", "").strip())
        if text is None or text[1] not in TOKENS or "background" in " ".join(style):
            continue
        if re.match(r"--mlt-(term-|on-brand)", text[1]):
            continue  # a terminal and a filled button have backgrounds of their own
        least = 3 if ICON_OR_LINE.search(selector) else 4.5
        ratio = contrast(token(text[1], theme), token("--mlt-bg", theme))
        assert ratio >= least, f"{file}: {selector}: {text[1]}, {theme}: {ratio:.2f}"


@pytest.mark.parametrize("hue", ["teal", "amber", "emerald", "rose", "blue", "gray"])
def test_a_scale_has_all_steps_from_light_to_dark(hue: str) -> None:
    steps = {int(name.rpartition("-")[2]): name for name in TOKENS
             if re.fullmatch(rf"--mlt-{hue}-\d+", name)}  # fmt: skip
    assert {50, *range(100, 1000, 100), 950} <= set(steps)
    light = [luminance(token(steps[step], "light")) for step in sorted(steps)]
    assert light == sorted(light, reverse=True)


def test_space_has_a_base_of_four_pixels() -> None:
    spaces = {name: value for name, value in TOKENS.items() if name.startswith("--mlt-space-")}
    assert spaces
    for name, value in spaces.items():
        assert value == f"{4 * int(name.rpartition('-')[2])}px", name


@pytest.mark.parametrize("group", GROUPS)
def test_every_group_has_tokens(group: str) -> None:
    known = module.declarations(CSS)
    names = [name for name in known if re.fullmatch(GROUPS[group], name)]
    assert names
    for name in names:
        shown = module.entry(name, known)
        for each in shown["themes"]:
            front = token(name, each["theme"])
            back = token(f"--mlt-{shown['partner']}", each["theme"])
            assert each["contrast"] == pytest.approx(contrast(front, back), abs=0.1)
            assert resolve(each["value"], each["theme"]) == front


TOKENS_PAGE = "# Page\n\n```{tokens} states\n```\n\n```{toctree}\nother\n```\n"


def test_a_group_is_drawn_with_values_and_contrast(build: Callable[..., Any]) -> None:
    pages = {"index": TOKENS_PAGE, "other": "# Other\n\nText.\n"}
    site = build(pages, ["sphinx_copybutton", "_ext.tokens"])
    assert site.warnings == ""
    tokens = site.article().select(".mlt-tokens > li")
    names = [each.select_one(".mlt-tokens__name").get_text() for each in tokens]
    assert {"brand", "brand-soft", "on-brand", "danger"} <= set(names)
    brand = tokens[names.index("brand")]
    assert {each["fill"] for each in brand.select("rect")} == {"var(--mlt-brand)"}
    values = [each.get_text() for each in brand.select(".mlt-tokens__value")]
    assert values == ["#0f766e", "5.4 light", "#2dd4bf", "10.1 dark", "with bg"]
    assert all(each["aria-hidden"] == "true" for each in site.article().select("svg"))
    assert not site.article().select("[style]")
    assert site.soup("index").select('link[href*="css/design-system.css"]')
    assert not site.soup("other").select('link[href*="design-system"]')
    assert any("tokens.css" in str(each) for each in site.app.env.dependencies["index"])


def test_tokens_read_well_as_text(build: Callable[..., Any]) -> None:
    page = "# Page\n\n```{tokens} radius\n```\n"
    site = build(page, ["sphinx_copybutton", "_ext.tokens"], builder="text")
    assert site.warnings == ""
    assert '"--mlt-radius-sm": 6px' in site.text("index.txt")


def test_an_unknown_group_is_a_warning(build: Callable[..., Any]) -> None:
    page = '# Page\n\n```{tokens} <script>"&\n```\n'
    site = build(page, ["sphinx_copybutton", "_ext.tokens"])
    assert "index.md:3: WARNING: there is no group" in site.warnings
    assert "there are teal, amber," in site.warnings
    assert "[tokens.group]" in site.warnings
    assert site.article().find("script") is None


def test_a_hostile_value_is_text() -> None:
    hostile = '<script>"&'
    known = {"--mlt-space-1": hostile}
    html = render("tokens.html", group="space", kind="space", widest=1,
                  entries=[module.entry("--mlt-space-1", known)])  # fmt: skip
    assert "&lt;script&gt;&#34;&amp;" in html
    assert "<script" not in html


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
    settings = re.findall(r"^pygments_.+$", (ROOT / "conf.py").read_text(), re.MULTILINE)
    assert "".join(settings).count("_ext.highlighting.") == 2
    page = "# Page\n\n```python\nwith track(): return 1\n```\n"
    built = build(page, ["sphinx_copybutton"], files={"conf.py": "\n".join(settings)})
    assert built.warnings == ""
    css = built.text("_static/pygments.css")
    for style in (Light, Dark):
        for colour in set(highlighted(style).values()):
            assert colour.lower() in css.lower()
