"""The frame of each page: header, drawers, breadcrumb, first paint, print, without a script."""

from __future__ import annotations

import base64
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from test_tokens import THEMES, contrast, over, token

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conftest import Built
    from playwright.sync_api import Browser, Page

GUIDE = "reference/cli/run"
NARROW, WIDE = 390, 1440

# -- Markup ----------------------------------------------------------------------------------

PAGES = {
    "index": "# Home\n\n```{toctree}\na/index\n```\n",
    "a/index": "# A *part* & more\n\n```{toctree}\nb\n```\n",
    "a/b": '# B \\<script>"&\n\n## One\n\n## Two\n',
    "plain": "---\norphan: true\nhide-toc: true\n---\n# Plain\n",
}
SOURCE = "https://example.org/source?a=1&b=2"


@pytest.fixture
def built(build: Callable[..., Built]) -> Built:
    made = build(
        PAGES,
        ["sphinx_copybutton"],
        html_context={"package_source": SOURCE},
        project='Pro <b>"&',
        release='1 <i>"&',
    )
    assert made.warnings == ""
    return made


def test_the_header_has_its_parts(built: Built) -> None:
    header = built.soup("a/b").select_one("header.mlt-header")
    assert header.select_one(".mlt-header__brand")["href"] == "../index.html"
    assert header.select_one(".mlt-header__version").get_text() == 'Version 1 <i>"&'
    form = header.select_one("form[role=search]")
    assert form["action"] == "../search.html"
    assert form.select_one("input[name=q]")["aria-label"]
    source = header.select_one(f'a[href="{SOURCE}"]')
    assert source["aria-label"] == "Source of the package"
    assert header.select_one("button.theme-toggle")["aria-label"] == "Colour theme"
    assert header.find("script") is None


def test_the_breadcrumb_follows_the_tables_of_contents(built: Built) -> None:
    crumbs = built.soup("a/b").select("nav[aria-label=Breadcrumb] li > *")
    assert [crumb.get("href") for crumb in crumbs] == ["../index.html", "index.html", None]
    assert [crumb.get_text() for crumb in crumbs] == [
        'Pro <b>"&',
        "A part & more",
        "B <script>\N{RIGHT DOUBLE QUOTATION MARK}&",
    ]
    assert crumbs[-1]["aria-current"] == "page"
    for page in ("index", "search", "genindex"):
        assert built.soup(page).select("nav[aria-label=Breadcrumb]") == [], page


def test_a_hostile_title_comes_out_escaped(built: Built) -> None:
    assert not re.search(r"<b>\"|<i>\"|<script>\"", built.text("a/b.html"))


def test_without_contents_there_is_no_switch_for_them(built: Built) -> None:
    soup = built.soup("plain")
    assert soup.select("#__toc, #mlt-toc, [for=__toc]") == []
    assert len(built.soup("a/b").select("#__toc, #mlt-toc, [for=__toc]")) == 3


def test_without_the_address_there_is_no_link_to_the_source(build: Callable[..., Built]) -> None:
    assert build("# Page\n", []).soup().select(".mlt-header__button--source") == []


def test_a_text_build_survives(build: Callable[..., Built]) -> None:
    assert "Page" in build("# Page\n", [], builder="text").text("index.txt")


# -- Colours ---------------------------------------------------------------------------------


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("text", ["--mlt-text", "--mlt-text-muted"])
@pytest.mark.parametrize("below", ["--mlt-bg", "--mlt-text", "--mlt-term-bg", "--mlt-brand-fill"])
def test_words_on_glass_can_be_read_over_anything(text: str, below: str, theme: str) -> None:
    glass = over(token("--mlt-glass", theme), token(below, theme))
    assert contrast(token(text, theme), glass) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
def test_the_edge_of_a_field_can_be_seen(theme: str) -> None:
    field, back = token("--mlt-field-border", theme), token("--mlt-bg", theme)
    assert contrast(field, back) >= 3


# -- In a browser ----------------------------------------------------------------------------


@pytest.fixture
def opened(browser: Browser, address: str) -> Iterator[Callable[..., Page]]:
    """Return ``opened(name, width, **options)``: a page in a context of its own."""
    contexts = []

    def open_page(name: str, width: int = WIDE, **options: Any) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 800}, **options)
        contexts.append(context)
        sheet = context.new_page()
        sheet.goto(f"{address}/{name}.html", wait_until="load")
        return sheet

    yield open_page
    for context in contexts:
        context.close()


def brightness(browser: Browser, image: str) -> float:
    """Return how light a picture is in the mean, from 0 to 255."""
    sheet = browser.new_page()
    try:
        return float(
            sheet.evaluate(
                """async (data) => {
                  const image = new Image();
                  image.src = `data:image/png;base64,${data}`;
                  await image.decode();
                  const canvas = new OffscreenCanvas(image.width, image.height);
                  const context = canvas.getContext("2d");
                  context.drawImage(image, 0, 0);
                  const { data: pixels } = context.getImageData(0, 0, image.width, image.height);
                  let sum = 0;
                  for (let i = 0; i < pixels.length; i += 4)
                    sum += (pixels[i] + pixels[i + 1] + pixels[i + 2]) / 3;
                  return sum / (pixels.length / 4);
                }""",
                image,
            )
        )
    finally:
        sheet.close()


def frames(browser: Browser, url: str, stored: str, system: Any) -> list[str]:
    """Return every picture that a reader sees from one page of the site to the next."""
    context = browser.new_context(viewport={"width": 800, "height": 600}, color_scheme=system)
    context.add_init_script(f"localStorage.setItem('theme', '{stored}')")
    sheet = context.new_page()
    sheet.goto(f"{url}/genindex.html", wait_until="load")
    session = context.new_cdp_session(sheet)
    found: list[str] = []

    def keep(frame: Any) -> None:
        found.append(frame["data"])
        session.send("Page.screencastFrameAck", {"sessionId": frame["sessionId"]})

    session.on("Page.screencastFrame", keep)
    session.send("Page.startScreencast", {"format": "png", "everyNthFrame": 1})
    sheet.goto(f"{url}/{GUIDE}.html", wait_until="load")
    sheet.wait_for_timeout(600)
    session.send("Page.stopScreencast")
    found.append(base64.b64encode(sheet.screenshot()).decode())
    context.close()
    return found


@pytest.mark.browser
@pytest.mark.parametrize(("stored", "system"), [("dark", "light"), ("light", "dark")])
def test_no_frame_shows_the_other_theme(
    browser: Browser, address: str, stored: str, system: str
) -> None:
    seen = [brightness(browser, frame) for frame in frames(browser, address, stored, system)]
    assert len(seen) >= 2
    assert all(value < 90 if stored == "dark" else value > 165 for value in seen), seen


BOXES = """() => [...document.querySelectorAll(
    ".mlt-header :is(a, button, .mlt-switch), :is(.mlt-turn, .mlt-related, .mlt-breadcrumb) a")]
  .filter((element) => element.checkVisibility({ visibilityProperty: true }))
  .map((element) => ({ box: element.getBoundingClientRect().toJSON(),
                       name: element.outerHTML.slice(0, 90) }))"""


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, NARROW])
def test_small_screens_have_large_targets(opened: Callable[..., Page], width: int) -> None:
    found = opened(GUIDE, width).evaluate(BOXES)
    assert len(found) > 6
    assert [one["name"] for one in found if one["box"]["height"] < 44] == []
    header = [one for one in found if one["box"]["y"] < 50]
    assert [one["name"] for one in header if one["box"]["width"] < 44] == []
    assert [one["name"] for one in header if one["box"]["right"] > width] == []


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 700, 1010, 1311, 1440, 2560])
def test_the_page_fits_and_the_header_keeps_its_height(
    opened: Callable[..., Page], width: int
) -> None:
    sheet = opened(GUIDE, width)
    wide = sheet.evaluate("document.documentElement.scrollWidth")
    assert wide <= width
    height = "document.querySelector('.mlt-header').getBoundingClientRect()"
    before = sheet.evaluate(f"{height}.height")
    sheet.evaluate("scrollTo({top: 600, behavior: 'instant'})")
    sheet.wait_for_timeout(100)
    assert sheet.evaluate(f"{height}.height") == before
    assert sheet.evaluate(f"{height}.top") == 0
    line = sheet.evaluate(
        "Math.max(...[...document.querySelectorAll('article section > p')]"
        ".map((p) => p.getBoundingClientRect().width / parseFloat(getComputedStyle(p).fontSize)))"
    )
    assert line < 48


@pytest.mark.browser
@pytest.mark.parametrize("script", [True, False])
@pytest.mark.parametrize(
    ("switch", "drawer"), [("#__navigation", "#mlt-navigation"), ("#__toc", "#mlt-toc")]
)
def test_drawers_open_with_the_keyboard(
    opened: Callable[..., Page], switch: str, drawer: str, script: bool
) -> None:
    sheet = opened(GUIDE, NARROW, java_script_enabled=script, reduced_motion="reduce")
    panel = sheet.locator(drawer)
    assert not panel.is_visible()
    sheet.locator(switch).focus()
    sheet.keyboard.press("Space")
    panel.wait_for(state="visible")
    box = panel.bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= NARROW
    if script:
        sheet.keyboard.press("Escape")
        assert sheet.evaluate("document.activeElement.id") == switch[1:]
    else:
        sheet.locator(switch).focus()
        sheet.keyboard.press("Space")
    panel.wait_for(state="hidden")


@pytest.mark.browser
def test_an_open_drawer_keeps_the_focus(opened: Callable[..., Page]) -> None:
    sheet = opened(GUIDE, NARROW, reduced_motion="reduce")
    sheet.locator("#__navigation").check()
    assert sheet.evaluate("document.querySelector('.main').inert")
    sheet.locator(".mlt-overlay--navigation").click(position={"x": 380, "y": 300})
    assert not sheet.evaluate("document.querySelector('.main').inert")


@pytest.mark.browser
def test_the_search_takes_words_without_a_script(opened: Callable[..., Page]) -> None:
    sheet = opened(GUIDE, java_script_enabled=False)
    sheet.get_by_label("Search the documentation").fill("track llm")
    sheet.keyboard.press("Enter")
    sheet.wait_for_url("**/search.html?q=track+llm")


@pytest.mark.browser
def test_a_slash_leads_to_the_search(opened: Callable[..., Page]) -> None:
    sheet = opened(GUIDE)
    sheet.keyboard.press("/")
    assert sheet.evaluate("document.activeElement.name") == "q"
    sheet.keyboard.type("a/b")
    palette = sheet.get_by_role("dialog", name="Search")
    palette.wait_for()
    field = palette.get_by_label("Search the documentation")
    assert field.input_value() == "a/b"
    assert field.evaluate("field => field === document.activeElement")


@pytest.mark.browser
def test_the_skip_link_leads_past_the_header(opened: Callable[..., Page]) -> None:
    sheet = opened(GUIDE)
    sheet.keyboard.press("Tab")
    assert sheet.evaluate("document.activeElement.className").startswith("skip-to-content")
    sheet.keyboard.press("Enter")
    sheet.keyboard.press("Tab")
    assert sheet.evaluate("!!document.activeElement.closest('article')")


@pytest.mark.browser
def test_places_stop_below_the_header(opened: Callable[..., Page]) -> None:
    sheet = opened(GUIDE, reduced_motion="reduce")
    sheet.locator(".toc-tree a[href='#example']").click()
    sheet.wait_for_timeout(300)
    top = sheet.evaluate("document.querySelector('#example').getBoundingClientRect().top")
    bottom = sheet.evaluate("document.querySelector('.mlt-header').getBoundingClientRect().bottom")
    assert bottom < top < bottom + 60


@pytest.mark.browser
def test_the_progress_follows_the_reader(opened: Callable[..., Page]) -> None:
    sheet = opened(GUIDE)
    read = (
        "new DOMMatrix(getComputedStyle(document.querySelector('.mlt-progress__bar')).transform).d"
    )
    assert sheet.evaluate(read) == 0
    sheet.evaluate("scrollTo({top: 1e6, behavior: 'instant'})")
    sheet.wait_for_timeout(200)
    assert sheet.evaluate(read) == pytest.approx(1, abs=0.02)


@pytest.mark.browser
def test_the_switch_says_the_theme(opened: Callable[..., Page]) -> None:
    sheet = opened(GUIDE)
    button = sheet.locator("button.theme-toggle")
    assert button.get_attribute("aria-label") == "Colour theme: as the system"
    button.click()
    chosen = sheet.get_attribute("body", "data-theme")
    assert button.get_attribute("aria-label") == f"Colour theme: {chosen}"


FRAME = (Path(__file__).parents[1] / "_static" / "js" / "frame.js").read_text("utf-8")
"""Run once more, for a block that was not there before."""
REVEAL = """() => {
  const block = document.createElement("p");
  block.dataset.reveal = "";
  block.textContent = "late";
  document.querySelector("article").append(block);
}"""
OPACITY = "Number(getComputedStyle(document.querySelector('[data-reveal]')).opacity)"


@pytest.mark.browser
def test_blocks_appear_as_the_reader_comes(opened: Callable[..., Page]) -> None:
    sheet = opened(GUIDE)
    sheet.evaluate(REVEAL)
    sheet.evaluate(FRAME)
    assert sheet.evaluate(OPACITY) == 0
    sheet.emulate_media(media="print")
    assert sheet.evaluate(OPACITY) == 1
    sheet.emulate_media(media="screen")
    sheet.evaluate("scrollTo({top: 1e6, behavior: 'instant'})")
    sheet.locator("[data-reveal=shown]").wait_for()
    sheet.wait_for_timeout(700)
    assert sheet.evaluate(OPACITY) == 1


@pytest.mark.browser
def test_blocks_stay_in_reduced_motion(opened: Callable[..., Page]) -> None:
    sheet = opened(GUIDE, reduced_motion="reduce")
    sheet.evaluate(REVEAL)
    sheet.evaluate(FRAME)
    assert sheet.evaluate(OPACITY) == 1


@pytest.mark.browser
def test_nothing_moves_in_reduced_motion(opened: Callable[..., Page]) -> None:
    sheet = opened(GUIDE, reduced_motion="reduce")
    longest = """(part) => Math.max(...[...document.querySelectorAll("*")].flatMap((element) => {
      const style = getComputedStyle(element, part);
      return [...style.transitionDuration.split(","), ...style.animationDuration.split(",")]
        .map(parseFloat);
    }))"""
    for part in (None, "::before", "::after"):
        assert sheet.evaluate(longest, part) <= 0.001, part


@pytest.mark.browser
def test_paper_has_the_text_only(opened: Callable[..., Page]) -> None:
    sheet = opened(GUIDE)
    sheet.emulate_media(media="print")
    for part in (".mlt-header", "#mlt-navigation", "#mlt-toc", ".mlt-breadcrumb", ".mlt-turn"):
        assert not sheet.locator(part).is_visible(), part
    assert sheet.locator("article h1").is_visible()
    wraps = "getComputedStyle(document.querySelector('article pre')).whiteSpace"
    assert sheet.evaluate(wraps) == "pre-wrap"


@pytest.mark.browser
def test_a_recording_is_whole_and_legible_on_paper(opened: Callable[..., Page]) -> None:
    sheet = opened("index", color_scheme="dark", reduced_motion="no-preference")
    sheet.locator(".mlt-asciinema__later").first.wait_for(state="attached")
    sheet.emulate_media(media="print", color_scheme="dark")
    shown = sheet.evaluate(
        """() => [...document.querySelectorAll(".mlt-asciinema__text *")].map(e => {
          const { color, visibility } = getComputedStyle(e);
          return [visibility, ...color.match(/[0-9.]+/g).slice(0, 3).map(n => n / 255)];
        })"""
    )
    assert {visibility for visibility, *_ in shown} == {"visible"}
    for _, *rgb in shown:
        assert contrast((*rgb, 1), (1, 1, 1, 1)) >= 4.5, rgb


@pytest.mark.browser
def test_what_scrolls_can_be_reached(opened: Callable[..., Page]) -> None:
    sheet = opened("reference/python/tracking", 320)
    sheet.locator("article [data-scrolls]").first.wait_for()
    missed = sheet.evaluate(
        "[...document.querySelectorAll('article pre')].filter((pre) => pre.scrollWidth >"
        " pre.clientWidth + 1 && /auto|scroll/.test(getComputedStyle(pre).overflowX)"
        " && pre.tabIndex !== 0).length"
    )
    assert missed == 0
