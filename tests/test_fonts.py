"""Fonts: small, complete, and with fallbacks of their own measure, so that nothing shifts."""

from __future__ import annotations

import re
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING, Any

import pytest
from browser import serve
from fontTools.ttLib import TTFont

from tools.vendor.fonts import FONTS, MEASURES, average, with_fallbacks

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).parents[1]
DIRECTORY = ROOT / "_static" / "fonts"
TOKENS = (ROOT / "_static" / "css" / "tokens.css").read_text("utf-8")
TRANSCRIPTS = "─━│┃┌┐└┘├┤┬┴┼┏┓┡┩┳┻╇╭╮╯╰…•·→←↑↓"


def font(name: str) -> TTFont:
    return TTFont(DIRECTORY / f"{name}.woff2")


def test_fonts_of_a_page_of_text_are_small() -> None:
    sizes = [(DIRECTORY / f"{name}.woff2").stat().st_size for name in ("inter", "jetbrains-mono")]
    assert sum(sizes) < 55_000


@pytest.mark.parametrize("name", FONTS)
def test_font_has_characters_weights_and_licence(name: str) -> None:
    file = font(name)
    assert set(FONTS[name].characters) | set(FONTS[name].grafts) <= set(file.getBestCmap())
    axis = file["fvar"].axes[0]
    assert (axis.minValue, axis.maxValue) == FONTS[name].weights
    licence = (DIRECTORY / f"{name}-LICENSE.txt").read_text("utf-8")
    assert "SIL OPEN FONT LICENSE" in licence.upper()
    rule = re.search(rf'"{FONTS[name].family}";\n  src: url[^}}]+', TOKENS)
    assert rule
    assert "font-display: swap" in rule[0]
    assert "font-weight: {} {};".format(*FONTS[name].weights) in rule[0]


def test_code_has_what_terminals_draw_with_in_one_width() -> None:
    file = font("jetbrains-mono")
    names, glyphs = file.getBestCmap(), file.getGlyphSet(location={"wght": 700})
    widths = {mark: glyphs[names[ord(mark)]].width for mark in "aM_" + TRANSCRIPTS}
    assert set(widths.values()) == {600}
    box = file["glyf"][names[ord("│")]]
    assert box.yMax - box.yMin >= 1.2 * 1000, "lines of a table would not touch"


def test_code_has_no_ligatures() -> None:
    features = (
        {each.FeatureTag for each in font("jetbrains-mono")["GSUB"].table.FeatureList.FeatureRecord}
        if "GSUB" in font("jetbrains-mono")
        else set()
    )
    assert not features & {"liga", "calt", "clig"}


def test_fallbacks_in_the_tokens_are_those_of_the_fonts() -> None:
    """Fails when somebody changes a font and not its fallback: run make vendor."""
    assert with_fallbacks(TOKENS) == TOKENS
    assert with_fallbacks(re.sub(r"size-adjust: [\d.]+%", "size-adjust: 100%", TOKENS)) == TOKENS


def test_average_is_weighed_by_frequency() -> None:
    assert average({"e": 10, "z": 10}) == pytest.approx(10)
    assert 10 < average({"e": 10, "z": 20}) < 10.2
    assert average(MEASURES["Arial"]) < average(MEASURES["Arial Bold"])


PAGE = """# Track your first run

MLTrack records the parameters, metrics and artifacts of a training run, on top of MLflow.

You write a function and decorate it with `track`. Each call is a run: its arguments become
parameters, what it returns becomes a metric or an artifact, and an error is kept with its
traceback.

## Before you begin

```python
def measure(rows: list[str], depth: int = 3) -> dict[str, float]:
    return {"accuracy": 0.97}
```

Install the package into an environment of its own. Then ask for the version: the command prints
it and nothing else.

- The project is the directory with the file `.mltrack.yml`.
- Runs are stored in `mlruns`, or on the server that the file names.
"""
SHIFTS = """() => {
  window.shift = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) window.shift += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
}"""


@pytest.fixture
def text(build: Callable[..., Any]) -> Path:
    """A page of text as the site makes it."""
    styles = sorted(path.name for path in (ROOT / "_static" / "css").glob("*.css"))
    order = ["tokens.css", "base.css", "frame.css", "code.css"]
    built = build(
        {"index": "# Home\n\n[](page.md)\n", "page": PAGE},
        ["sphinx_copybutton", "_ext.highlighting"],
        html_css_files=[f"css/{name}" for name in order if name in styles],
    )
    out: Path = built.out
    return out


def requested(page: Page, url: str, delay: float = 0) -> list[str]:
    """Open a page whose fonts come late, and return which were asked for."""
    asked: list[str] = []

    def late(route: Any) -> None:
        asked.append(route.request.url.rsplit("/", 1)[1])
        sleep(delay)
        route.continue_()

    page.route("**/*.woff2", late)
    page.goto(url, wait_until="networkidle")
    page.evaluate("document.fonts.ready.then(() => new Promise(requestAnimationFrame))")
    return asked


@pytest.mark.browser
@pytest.mark.parametrize("name", ["index", "get-started/first-run", "reference/python/tracking"])
def test_the_site_does_not_shift(browser: Browser, site: Path, name: str) -> None:
    page = browser.new_page(viewport={"width": 412, "height": 823})
    page.add_init_script(f"({SHIFTS})()")
    with serve(site) as url:
        requested(page, f"{url}/{name}.html", delay=0.4)
    shift = page.evaluate("window.shift")
    page.close()
    assert shift < 0.02


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_shifts_when_the_fonts_come(browser: Browser, text: Path, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.add_init_script(f"({SHIFTS})()")
    with serve(text) as url:
        asked = requested(page, f"{url}/page.html", delay=0.4)
    shift = page.evaluate("window.shift")
    loaded = page.evaluate("document.fonts.check('16px Inter')")
    page.close()
    assert sorted(asked) == ["inter.woff2", "jetbrains-mono.woff2"]
    assert loaded
    assert shift < 0.02


@pytest.mark.browser
def test_a_shift_would_be_seen(browser: Browser, text: Path) -> None:
    """Without the measures of the fallback, text moves and the test above notices."""
    style = text / "_static" / "css" / "tokens.css"
    worse = re.sub(r"size-adjust: [\d.]+%", "size-adjust: 130%", style.read_text("utf-8"))
    style.write_text(worse, encoding="utf-8")
    page = browser.new_page(viewport={"width": 390, "height": 900})
    page.add_init_script(f"({SHIFTS})()")
    with serve(text) as url:
        requested(page, f"{url}/page.html", delay=0.4)
    shift = page.evaluate("window.shift")
    page.close()
    assert shift > 0.02


@pytest.mark.browser
@pytest.mark.parametrize(
    ("name", "fonts"),
    [
        ("index", {"inter.woff2", "jetbrains-mono.woff2", "space-grotesk.woff2"}),
        ("get-started/first-run", {"inter.woff2", "jetbrains-mono.woff2"}),
        ("reference/cli/run", {"inter.woff2", "jetbrains-mono.woff2"}),
    ],
)
def test_fonts_of_the_site(browser: Browser, site: Path, name: str, fonts: set[str]) -> None:
    """Three on the landing page, two on pages of text."""
    page = browser.new_page()
    with serve(site) as url:
        asked = requested(page, f"{url}/{name}.html")
    page.close()
    assert set(asked) <= fonts
    assert len(asked) == len(set(asked))


ORDER = """() => {
  const fonts = performance.getEntriesByType("resource").filter((e) => e.name.endsWith(".woff2"));
  const painted = performance.getEntriesByName("first-contentful-paint")[0].startTime;
  return {painted, asked: Math.min(...fonts.map((e) => e.fetchStart)), count: fonts.length};
}"""
FAMILY = "getComputedStyle(document.body).fontFamily.split(',')[0].replaceAll('\"', '')"


@pytest.mark.browser
def test_the_first_page_is_painted_before_fonts_are_asked_for(browser: Browser, site: Path) -> None:
    context = browser.new_context()
    page = context.new_page()
    with serve(site) as url:
        requested(page, f"{url}/get-started/install.html")
        order = page.evaluate(ORDER)
        assert order["count"] == 2
        assert order["asked"] >= order["painted"]
        assert page.evaluate(FAMILY) == "Inter"
        page.route("**/js/site.js*", lambda route: None)  # so that the page never has loaded
        page.locator("article a[href$='first-run.html']").first.click(no_wait_after=True)
        page.wait_for_url("**/first-run.html", wait_until="commit")
        page.locator("article h1").wait_for()
        assert page.evaluate("'fonts' in document.documentElement.dataset"), "from the start"
    context.close()


@pytest.mark.browser
@pytest.mark.parametrize("script", [True, False])
def test_fonts_come_without_scripts_too(browser: Browser, site: Path, script: bool) -> None:
    context = browser.new_context(java_script_enabled=script)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.rsplit("/", 1)[1]))
    with serve(site) as url:
        page.goto(f"{url}/get-started/install.html", wait_until="networkidle")
    context.close()
    assert {name for name in asked if name.endswith(".woff2")} == {
        "inter.woff2",
        "jetbrains-mono.woff2",
    }
