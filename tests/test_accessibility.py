"""Accessibility: axe on each type of page, the keyboard, and valid HTML.

CI takes each type once, with themes and widths in turn. ``make axe`` takes all.
"""

from __future__ import annotations

import re
from itertools import cycle, pairwise, product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import axe_playwright_python
import pytest
from browser import serve
from bs4 import BeautifulSoup, Tag

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conftest import Built
    from playwright.sync_api import Browser, Page

AXE = Path(axe_playwright_python.__file__).parent / "axe.min.js"
PAGES = [
    "index",
    "get-started/index",
    "get-started/install",
    "get-started/first-run",
    "get-started/at-work",
    "guides/costs",
    "guides/tracking",
    "integrations/index",
    "deployment/index",
    "deployment/kubernetes",
    "understand/cost-model",
    "understand/glossary",
    "reference/cli/run",
    "reference/python/tracking",
    "reference/rest/classification",
    "reference/configuration",
    "reference/errors",
    "trust/index",
    "trust/limits",
    "search",
    "404",
    "genindex",
    "contributing/recording",
    "contributing/components/index",
    "contributing/components/openapi",
    "contributing/components/video",
]
"""One page of each type, or two where they differ."""
THEMES = ("light", "dark")
WIDTHS = (320, 768, 1440)
EVERY = list(product(PAGES, THEMES, WIDTHS))
SAMPLE = [
    (page, theme, width)
    for page, (theme, width) in zip(
        PAGES, cycle(zip(THEMES * 3, WIDTHS * 2, strict=True)), strict=False
    )
]


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    # Without the policy, which keeps axe out. test_site_browser.py tries pages under it.
    with serve(site, csp="") as url:
        yield url


def violations(sheet: Page) -> list[str]:
    """Return what axe, with its best practices, finds on an open page."""
    sheet.evaluate(AXE.read_text(encoding="utf-8"))
    result = sheet.evaluate(
        "axe.run(document, {resultTypes: ['violations'], rules: {'target-size': {enabled: true}}})"
    )
    assert result["passes"], "axe has looked at nothing"
    return [
        f"{rule['id']}: {node['target']} {node['html'][:120]}"
        for rule in result["violations"]
        for node in rule["nodes"]
    ]


def checked(browser: Browser, url: str, theme: str, width: int) -> list[str]:
    """Open a page as a reader with this theme, and return axe's findings."""
    context = browser.new_context(viewport={"width": width, "height": 900}, reduced_motion="reduce")
    context.add_init_script(f"localStorage.setItem('theme', '{theme}')")
    try:
        sheet = context.new_page()
        sheet.goto(url, wait_until="load")
        assert sheet.get_attribute("body", "data-theme") == theme
        return violations(sheet)
    finally:
        context.close()


@pytest.mark.browser
@pytest.mark.parametrize(("name", "theme", "width"), SAMPLE)
def test_axe_finds_nothing(
    browser: Browser, address: str, name: str, theme: str, width: int
) -> None:
    assert checked(browser, f"{address}/{name}.html", theme, width) == []


@pytest.mark.browser
@pytest.mark.axe
@pytest.mark.parametrize(("name", "theme", "width"), EVERY)
def test_axe_finds_nothing_anywhere(
    browser: Browser, address: str, name: str, theme: str, width: int
) -> None:
    assert checked(browser, f"{address}/{name}.html", theme, width) == []


def test_the_sample_has_each_theme_and_width() -> None:
    assert {page for page, _, _ in SAMPLE} == set(PAGES)
    assert {(theme, width) for _, theme, width in SAMPLE} == set(product(THEMES, WIDTHS))


@pytest.mark.browser
def test_axe_notices_faults(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text(
        "<!doctype html><html><title>A</title><body data-theme=light><h1>A</h1><h3>B</h3>"
        "<button></button><p style='color:#bbb'>pale</p>"
        "<button style='font-size:5px'>a</button><button style='font-size:5px'>b</button>"
    )
    with serve(tmp_path, csp="") as url:
        found = {line.split(":")[0] for line in checked(browser, f"{url}/index.html", "light", 768)}
    assert {"button-name", "color-contrast", "heading-order", "html-has-lang"} <= found
    assert {"region", "target-size"} <= found


# -- Keyboard --------------------------------------------------------------------------------

STOPS = """() => {
  const all = 'a[href], button, input:not([type="hidden"]), select, textarea, summary, [tabindex]';
  const groups = new Set();
  return [...document.querySelectorAll(all)].filter((element) => {
    if (element.tabIndex < 0 || element.disabled) return false;
    if (!element.checkVisibility({ visibilityProperty: true })) return false;
    if (element.type !== "radio") return true;
    const chosen = document.querySelector(`input[name="${element.name}"]:checked`);
    return chosen === element;
  }).map((element, index) => {
    element.dataset.stop = index;
    return `${index} ${element.outerHTML.slice(0, 100)}`;
  });
}"""
FOCUS = """async () => {
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  await frame().then(frame);
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  await Promise.allSettled(element.getAnimations().map((fading) => fading.finished));
  const box = element.getBoundingClientRect();
  const header = document.querySelector(".mlt-header").getBoundingClientRect().bottom;
  const near = [element, element.nextElementSibling];
  for (let up = element.parentElement, n = 0; up && n < 4; up = up.parentElement, n++)
    near.push(up);  // a card shows the focus of the link in it
  const styles = near.flatMap((one) =>
    one ? [null, "::before", "::after"].map((part) => getComputedStyle(one, part)) : []);
  const shown = styles.some(
    (style) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0);
  const seen = Number(getComputedStyle(element).opacity) > 0.5;
  const below = element.closest(".mlt-header, .skip-to-content") || box.bottom > header;
  return { stop: Number(element.dataset.stop ?? -1), shown, hidden: !seen || !below,
           html: element.outerHTML.slice(0, 120) };
}"""


@pytest.mark.browser
@pytest.mark.parametrize(
    ("name", "width"),
    [("get-started/install", 1440), ("reference/python/tracking", 390), ("index", 1440)],
)
def test_keyboard_reaches_everything_in_order(
    browser: Browser, address: str, name: str, width: int
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900}, reduced_motion="reduce")
    sheet = context.new_page()
    sheet.goto(f"{address}/{name}.html", wait_until="load")
    expected = sheet.evaluate(STOPS)
    assert len(expected) > 15
    reached, faults = [], []
    for _ in range(2 * len(expected)):  # a trap for the keyboard ends here too
        if len(reached) == len(expected):
            break
        sheet.keyboard.press("Tab")
        focus = sheet.evaluate(FOCUS)
        if focus is None:
            break
        if focus["stop"] < 0 and focus["html"].startswith("<pre"):
            continue  # Chromium stops at what overflows by a part of a pixel
        reached.append(focus["stop"])
        if not focus["shown"]:
            faults.append(f"shows no focus: {focus['html']}")
        if focus["hidden"]:
            faults.append(f"is hidden, or below the header: {focus['html']}")
    context.close()
    missed = [line for index, line in enumerate(expected) if index not in reached]
    assert missed == []
    assert reached == sorted(reached)
    assert not faults, "\n".join(faults)


# -- What Sphinx writes ----------------------------------------------------------------------

PAGE = """# Page

```{toctree}
:caption: Part "one" & <two>

two
```

```{py:function} build(first_parameter, second_parameter, *, third_parameter=None)

Builds.
```

::::{tab-set}
:::{tab-item} One
text
:::
:::{tab-item} Two
text
:::
::::
"""


def made(build: Callable[..., Built], *extensions: str, **config: Any) -> Built:
    return build(
        {"index": PAGE, "two": "# Two\n"},
        ["sphinx_design", "sphinx_copybutton", *extensions],
        maximum_signature_line_length=20,
        **config,
    )


def test_a_caption_is_a_heading_with_a_level(build: Callable[..., Built]) -> None:
    built = made(build, "_ext.accessibility", "_ext.navigation")
    assert built.warnings == ""
    captions = built.soup().select('p.caption[role="heading"]')
    assert [caption.get("aria-level") for caption in captions] == ["2", "2"]
    assert captions[0].get_text(strip=True) == 'Part "one" & <two>'


def test_lines_of_a_signature_are_no_definitions(build: Callable[..., Built]) -> None:
    signature = made(build, "_ext.accessibility").article().select_one("dt.sig")
    assert signature.select("dl, dd") == []
    lines = [line.get_text() for line in signature.select(".mlt-sig-lines > .mlt-sig-line")]
    assert lines == ["first_parameter,", "second_parameter,", "*,", "third_parameter=None,"]


def test_labels_of_tabs_control_nothing(build: Callable[..., Built]) -> None:
    article = made(build, "_ext.accessibility").article()
    assert len(article.select("label.sd-tab-label")) == 2
    assert article.select("label[aria-controls]") == []


def test_without_the_extension_the_faults_are_there(build: Callable[..., Built]) -> None:
    article = made(build).article()
    assert article.select('[role="heading"]:not([aria-level])')
    assert article.select("dt.sig dl > dd")
    assert article.select("label[aria-controls]")


def test_a_text_build_survives(build: Callable[..., Built]) -> None:
    built = build({"index": PAGE, "two": "# Two\n"}, ["sphinx_design", "_ext.accessibility"],
                  builder="text")  # fmt: skip
    assert "first_parameter" in built.text("index.txt")


# -- Validity --------------------------------------------------------------------------------

NOT_ALLOWED = {
    "a heading without a level": '[role="heading"]:not([aria-level])',
    "a list of definitions without terms": "dl:not(:has(dt))",
    "aria-controls on a label": "label[aria-controls]",
    "a link in a link or a button": "a a, a button, button a, button button",
    "a block in a line": "p p, p div, p ul, p pre, pre div, span div, summary p",
    "an item out of its list": ":not(ul, ol, menu) > li",
    "an image without words": "img:not([alt])",
    "autocomplete on a box": "input[type=checkbox][autocomplete], input[type=radio][autocomplete]",
    "a tabindex that jumps": "[tabindex]:not([tabindex='0'], [tabindex='-1'])",
}
"""What the Nu checker has found on these pages, or would."""


def invalid(soup: BeautifulSoup) -> list[str]:
    """Return what HTML does not allow."""
    return [
        f"{fault}: {str(tag)[:100]}"
        for fault, selector in NOT_ALLOWED.items()
        for tag in soup.select(selector)
    ]


def test_pages_are_valid(site: Path) -> None:
    faults = []
    for path in sorted(site.rglob("*.html")):
        if "_static" not in path.parts:
            soup = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
            faults += [f"{path.relative_to(site)}: {fault}" for fault in invalid(soup)]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("html", [
    '<p role="heading">A</p>', "<dl><dd>A</dd></dl>", '<label aria-controls="a">A</label>',
    "<a><a>A</a></a>", "<p><div>A</div></p>", "<div><li>A</li></div>", "<img src='a'>",
    '<input type="checkbox" autocomplete="off">', '<p tabindex="3">A</p>',
])  # fmt: skip
def test_faults_are_found(html: str) -> None:
    assert len(invalid(BeautifulSoup(html, "html.parser"))) == 1


def name_of(tag: Tag, soup: BeautifulSoup) -> str:
    """Return the name of a landmark: its label, or the words of what labels it."""
    if label := tag.get("aria-labelledby"):
        (heading,) = soup.find_all(id=label)
        return str(heading.get_text(strip=True))
    return str(tag.get("aria-label"))


def test_landmarks_have_names_of_their_own(site: Path) -> None:
    for name in ("index", "get-started/install", "search", "genindex"):
        soup = BeautifulSoup((site / f"{name}.html").read_text(encoding="utf-8"), "html.parser")
        named = [name_of(tag, soup) for tag in soup.select("nav, aside, [role=search]")]
        assert len(named) == len(set(named)), name
        assert "None" not in named, name
        for landmark in ("header.mlt-header", "[role=main]", "footer"):
            assert len(soup.select(landmark)) == 1, (name, landmark)
        levels = [int(h.name[1]) for h in soup.select("h1, h2, h3, h4, h5, h6")]
        assert levels[0] == 1, name
        assert all(b <= a + 1 for a, b in pairwise(levels)), name


def test_each_symbol_on_screen_has_words(site: Path) -> None:
    soup = BeautifulSoup((site / "index.html").read_text(encoding="utf-8"), "html.parser")
    for tag in soup.select("header :is(a, button, input:not([type=hidden]))"):
        words = tag.get_text(" ", strip=True) or str(tag.get("aria-label", ""))
        assert re.search(r"[A-Za-z]{3}", words), tag
