"""``contributing/design-system``: all of it, in both themes, measured in a real browser."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from browser import CHROMIUM_ARGS, chromium_path, serve

from _ext._shared.icons import ICONS, catalogue
from _ext.cards import STATUS
from _ext.components import DIRECTIVES
from _ext.tokens import GROUPS

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Built
    from playwright.sync_api import ConsoleMessage

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "source"
TEXT = (SOURCE / "contributing" / "design-system.md").read_text(encoding="utf-8")
HOME = "contributing/design-system"
EXTENSIONS = ["sphinx_design", "sphinx_copybutton"]
EXTENSIONS += [f"_ext.{name}" for name in ("cards", "claims", "components", "console", "tokens")]
STYLES = ["css/tokens.css", "css/base.css", "css/components.css"]


def stubs() -> dict[str, str]:
    """Return an empty page for each that the page links to."""
    linked = set(re.findall(r"(?:\{doc\}`(?:[^`<]*<)?|:link: |\{button-ref\} )(/?[\w/-]+)", TEXT))
    names = {name[1:] if name.startswith("/") else f"contributing/{name}" for name in linked}
    names |= set(re.findall(r"link: (\S+)", (SOURCE / "_data" / "features.yaml").read_text()))
    tree = "\n".join(sorted(names | {HOME}))
    index = f"# Home\n\n```{{toctree}}\n{tree}\n```\n"
    return dict.fromkeys(names, "# Stub\n\nText.\n") | {"index": index}


@pytest.fixture
def system(build: Callable[..., Built]) -> Built:
    """The page with what it needs."""
    files = {
        "_data/features.yaml": (SOURCE / "_data" / "features.yaml").read_text(),
        "../_static/brand/mark.svg": (ROOT / "_static" / "brand" / "mark.svg").read_text(),
    }
    return build(
        {**stubs(), HOME: TEXT},
        EXTENSIONS,
        files=files,
        html_css_files=STYLES,
        claims_data=str(SOURCE / "_data"),
        recordings=str(ROOT / "_static" / "casts"),
    )


def faults(site: Built) -> list[str]:
    """Return the warnings about the page itself."""
    return [each for each in site.warnings.splitlines() if "design-system.md" in each]


def test_the_page_shows_all_tokens_components_icons_and_statuses() -> None:
    for group in GROUPS:
        assert f"```{{tokens}} {group}\n" in TEXT
    for name in [*DIRECTIVES, "tab-set", "steps", "card", "cards", "button-ref", "console"]:
        assert f"{{{name}}}" in TEXT, name
    for source in {each.source for each in catalogue()}:
        assert f":from: {source}\n" in TEXT
    for status in STATUS:
        assert f"{{status}}`{status}`" in TEXT


def test_the_quotation_is_one() -> None:
    quoted = re.search(r"lucide/blob/main/LICENSE\n\n(.+?)\.\n::::", TEXT, re.DOTALL)
    assert quoted is not None
    licence = (ICONS / "LICENSE.txt").read_text()
    assert " ".join(quoted[1].split()) in " ".join(licence.split())


def test_the_code_window_shows_what_the_file_has() -> None:
    shown = re.search(r":caption: (\S+)\n\n(.+?)```", TEXT, re.DOTALL)
    assert shown is not None
    assert shown[2] in (ROOT / shown[1]).read_text()


CONTRAST = """() => {
  const linear = (c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4);
  const parts = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  const behind = (element) => {
    for (let each = element; each; each = each.parentElement) {
      const colour = parts(getComputedStyle(each).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const found = [];
  let count = 0;
  for (const element of document.querySelectorAll("article *")) {
    const own = [...element.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
    const seen = element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
    if (!own || !seen) continue;
    if (element.closest(".headerlink, .visually-hidden")) continue;
    count += 1;
    const [one, two] = [light(parts(getComputedStyle(element).color)), light(behind(element))];
    const ratio = (Math.max(one, two) + 0.05) / (Math.min(one, two) + 0.05);
    if (ratio < 4.5) found.push(`${element.className || element.tagName}: ${ratio.toFixed(2)}`);
  }
  return { count, found };
}"""
PANES = """() => Object.fromEntries(["light", "dark"].map((theme) => [theme,
  getComputedStyle(document.querySelector(`.mlt-theme-${theme}`)).backgroundColor]))"""
WIDTH = "() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]"
SILENT = """() => [...document.querySelectorAll("article svg[class^=mlt-]")]
  .filter((svg) => svg.getAttribute("aria-hidden") !== "true" && !svg.getAttribute("aria-label"))
  .map((svg) => svg.outerHTML)"""


def _keep(messages: list[str], message: ConsoleMessage) -> None:
    messages.append(message.text)


@pytest.mark.browser
def test_both_themes_stand_side_by_side_and_can_be_read(system: Built) -> None:
    from axe_playwright_python.sync_playwright import Axe
    from playwright.sync_api import sync_playwright

    assert faults(system) == []
    with sync_playwright() as playwright, serve(system.out) as url:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=CHROMIUM_ARGS)
        for theme, width in (("light", 1280), ("dark", 320)):
            options: Any = {"color_scheme": theme, "reduced_motion": "reduce"}
            tab = browser.new_page(viewport={"width": width, "height": 900}, **options)
            blocked: list[str] = []
            tab.on("console", partial(_keep, blocked))
            tab.goto(f"{url}/{HOME}.html")
            assert [each for each in blocked if "Content Security" in each] == []
            panes = tab.evaluate(PANES)
            assert panes == {"light": "rgb(255, 255, 255)", "dark": "rgb(10, 18, 18)"}
            tab.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true })")
            read = tab.evaluate(CONTRAST)
            assert read["count"] > 300
            assert read["found"] == [], f"{theme}, {width} px"
            wide, room = tab.evaluate(WIDTH)
            assert wide <= room, f"{width} px"
            assert tab.evaluate(SILENT) == []
            response = Axe().run(tab, context="article").response
            found = {each["id"]: each["nodes"][0]["html"] for each in response["violations"]}
            found.pop("scrollable-region-focusable", None)  # js/frame.js gives them a tab stop
            assert found == {}, f"{theme}, {width} px"
            tab.close()
        browser.close()
