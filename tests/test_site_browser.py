"""The whole site in a real browser, under the strict policy and from disk."""

from __future__ import annotations

import gzip
import re
from contextlib import contextmanager
from time import sleep
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from browser import serve
from bs4 import BeautifulSoup

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, Page, Response

pytestmark = pytest.mark.browser

PAGES = [
    "index",
    "get-started/first-run",
    "reference/cli/run",
    "reference/rest/classification",
    "reference/python/tracking",
    "search",
    "404",
]
CONTENT = 85_000
BUDGETS = {
    "index": 120_000,
    "get-started/install": CONTENT,
    "reference/cli/run": CONTENT,
    "reference/python/tracking": CONTENT,
    "reference/rest/classification": CONTENT,
    "get-started/first-run": CONTENT,
    "guides/llm": CONTENT,
}
"""Bytes, compressed, before the reader does anything."""


class Watched:
    """A page and what went wrong on it."""

    def __init__(self, context: BrowserContext, host: str) -> None:
        self.faults: list[str] = []
        self.responses: list[Response] = []
        self.host = host
        self.page: Page = context.new_page()
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        self.page.on("request", self._request)
        self.page.on("requestfailed", lambda r: self.faults.append(f"failed: {r.url} {r.failure}"))
        self.page.on("response", self._response)

    def _console(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.faults.append(f"console: {message.text} ({message.location.get('url')})")

    def _request(self, request: Any) -> None:
        url = urlsplit(request.url)
        if url.scheme not in ("data", "blob") and url.netloc != self.host:
            self.faults.append(f"another host: {request.url}")

    def _response(self, response: Response) -> None:
        self.responses.append(response)
        if response.status >= 400:
            self.faults.append(f"{response.status}: {response.url}")


@contextmanager
def opened(
    browser: Browser, url: str, theme: str = "", width: int = 1280, **options: Any
) -> Iterator[Watched]:
    """Open an address in a fresh context and give it when nothing loads any more."""
    viewport: Any = {"width": width, "height": 900}
    context = browser.new_context(viewport=viewport, **options)
    if theme:
        context.add_init_script(f"localStorage.setItem('theme', '{theme}')")
    try:
        watched = Watched(context, urlsplit(url).netloc)
        watched.page.goto(url, wait_until="networkidle")
        yield watched
    finally:
        context.close()


BACKGROUND = "() => getComputedStyle(document.body).backgroundColor"
OVERFLOW = """() => {
  const room = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= room) return [];
  const wide = [...document.querySelectorAll("body *")]
    .filter((element) => element.getBoundingClientRect().right > room + 1)
    .map((element) => `${element.tagName}.${element.className}`);
  return [`${document.documentElement.scrollWidth} px`, ...wide.slice(0, 5)];
}"""


def light(colour: str) -> float:
    """Return how light a CSS colour is, from 0 to 255."""
    return sum(float(part) for part in re.findall(r"[\d.]+", colour)[:3]) / 3


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("name", PAGES)
def test_page_in_both_themes(browser: Browser, address: str, name: str, width: int) -> None:
    backgrounds = {}
    for theme in ("light", "dark"):
        with opened(browser, f"{address}/{name}.html", theme, width) as watched:
            page = watched.page
            assert page.get_attribute("body", "data-theme") == theme
            assert page.evaluate(OVERFLOW) == []
            backgrounds[theme] = page.evaluate(BACKGROUND)
            assert watched.faults == []
    assert light(backgrounds["light"]) > 200
    assert light(backgrounds["dark"]) < 60


def test_faults_are_noticed(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text(
        '<!doctype html><body><p style="width: 3000px">a</p><script>go()</script>'
        '<img src="gone.png"><img src="http://127.0.0.2:9/x.png"><pre>' + "wide " * 999
    )
    with serve(tmp_path) as url, opened(browser, f"{url}/index.html", width=360) as watched:
        text = "\n".join(watched.faults)
        assert watched.page.evaluate(OVERFLOW)
    for fault in ("inline style", "inline script", "404: ", "another host: http://127.0.0.2:9"):
        assert fault in text


FIRST_CONTENT = """(() => {
  localStorage.setItem("theme", "dark");
  const look = () => {
    if (!document.querySelector("article")) return requestAnimationFrame(look);
    window.first = [document.body.dataset.theme, getComputedStyle(document.body).backgroundColor];
  };
  look();
})()"""
PAINTED = """() => [
  performance.getEntriesByName("first-contentful-paint")[0].startTime,
  performance.getEntriesByType("resource").find((e) => e.name.includes("theme.js")).responseEnd,
]"""


def test_theme_is_known_before_the_first_paint(browser: Browser, address: str) -> None:
    """On a slow network too: no content is painted before the theme is set."""
    context = browser.new_context(color_scheme="light")
    context.add_init_script(FIRST_CONTENT)
    page = context.new_page()

    def slowly(route: Any) -> None:
        sleep(0.5)
        route.continue_()

    page.route("**/theme.js*", slowly)
    page.goto(f"{address}/reference/cli/run.html", wait_until="networkidle")
    theme, colour = page.evaluate("window.first")
    painted, arrived = page.evaluate(PAINTED)
    context.close()
    assert theme == "dark"
    assert light(colour) < 60
    assert painted > arrived > 500


def test_theme_is_set_before_all_styles_and_content(site: Path) -> None:
    for name in PAGES:
        head = BeautifulSoup((site / f"{name}.html").read_text(), "html.parser").head
        assert head, name
        (script,) = [tag for tag in head("script") if "theme.js" in str(tag.get("src"))]
        assert set(script.attrs) == {"src"}, name
        assert script.find_previous("meta", attrs={"name": "color-scheme"}), name
        assert not script.find_previous("link", rel="stylesheet"), name


def test_theme_switch(browser: Browser, address: str) -> None:
    with opened(browser, f"{address}/reference/cli/run.html", "light") as watched:
        page = watched.page
        page.locator("button.theme-toggle:visible").first.click()
        page.wait_for_function("document.body.dataset.theme !== 'light'")
        chosen = page.get_attribute("body", "data-theme")
        assert page.evaluate("localStorage.getItem('theme')") == chosen
        assert watched.faults == []


def copied(browser: Browser, url: str, selector: str) -> list[str]:
    """Press each copy button of the blocks and return the clipboard's texts."""
    texts = []
    grants = ["clipboard-read", "clipboard-write"]
    with opened(browser, url, permissions=grants) as watched:
        for block in watched.page.locator(selector).all():
            block.hover()
            block.locator("button.copybtn").click()
            texts.append(watched.page.evaluate("navigator.clipboard.readText()"))
        assert watched.faults == []
    return texts


def test_copy_console_commands(browser: Browser, address: str) -> None:
    texts = copied(browser, f"{address}/get-started/install.html", "div.highlight-console")
    assert texts[0] == "python3 -m venv .venv\nsource .venv/bin/activate"
    assert "$ " not in "".join(texts)


def test_copy_python_without_prompts_and_outputs(browser: Browser, address: str) -> None:
    url = f"{address}/reference/python/llm.html"
    texts = copied(browser, url, "div.doctest:has(.gp)")
    assert texts
    for text in texts:
        assert text.strip()
        assert not re.search(r"^(>>>|\.\.\. |\.\.\.$)", text, re.MULTILINE)
        compile(text, url, "exec")


def test_recording_plays_and_ends(browser: Browser, address: str) -> None:
    with opened(browser, f"{address}/index.html") as watched:
        figure = watched.page.locator("[data-asciinema]").first
        hidden = figure.locator(".mlt-asciinema__later")
        length = float(figure.get_attribute("data-duration") or 0)
        assert length > 2
        figure.get_by_label("Speed").select_option("2")
        play = figure.get_by_role("button", name="Play")
        play.wait_for(timeout=length * 1000 + 10_000)  # it may have begun to play by itself
        assert hidden.count() == 0
        play.click()
        figure.get_by_role("button", name="Pause").wait_for()
        assert figure.get_attribute("data-playing") is not None
        assert hidden.count() > 1
        play.wait_for(timeout=length * 1000 + 10_000)
        assert figure.get_attribute("data-playing") is None
        assert hidden.count() == 0
        assert watched.faults == []


def test_search_finds_a_function(browser: Browser, address: str) -> None:
    with opened(browser, f"{address}/search.html?q=calculate_cost") as watched:
        result = watched.page.locator(".mlt-results a", has_text="calculate_cost").first
        result.wait_for(timeout=10_000)
        result.click()
        watched.page.wait_for_load_state("networkidle")
        assert "/reference/python/pricing.html" in watched.page.url
        assert watched.faults == []


@pytest.mark.parametrize("name", PAGES[:5])
def test_page_without_javascript(browser: Browser, address: str, name: str) -> None:
    url = f"{address}/{name}.html"
    with opened(browser, url, java_script_enabled=False) as watched:
        article = watched.page.locator("article")
        assert article.locator("h1").is_visible()
        assert len(article.inner_text()) > 500
        assert watched.faults == []


def test_landing_without_javascript(browser: Browser, address: str) -> None:
    with opened(browser, f"{address}/index.html", java_script_enabled=False) as watched:
        transcript = watched.page.locator("[data-asciinema] pre").first
        assert transcript.is_visible()
        shown = transcript.inner_text()
        assert shown.startswith("$ mltrack ")
        assert len(shown.splitlines()) > 5
        assert watched.page.locator(".mlt-asciinema__later").count() == 0
        assert watched.page.locator(".mlt-cards a").count() > 5


@pytest.mark.parametrize("name", PAGES[:5])
def test_page_from_disk(browser: Browser, site: Path, name: str) -> None:
    with opened(browser, (site / f"{name}.html").as_uri()) as watched:
        assert watched.page.locator("article h1").is_visible()
        assert watched.faults == []


@pytest.mark.parametrize(("name", "budget"), BUDGETS.items())
def test_weight_of_a_page(
    browser: Browser,
    address: str,
    name: str,
    budget: int,
    record_property: Any,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """What a server that compresses would send until the page is at rest."""
    with opened(browser, f"{address}/{name}.html") as watched:
        weights = {}
        for response in watched.responses:
            body, path = response.body(), urlsplit(response.url).path
            raw = path.endswith((".woff2", ".woff", ".png", ".jpg", ".webp", ".avif"))
            weights[path] = len(body) if raw else len(gzip.compress(body, 6, mtime=0))
    total = sum(weights.values())
    lines = [f"{size:7,}  {path}" for path, size in sorted(weights.items(), key=lambda x: -x[1])]
    record_property("page_weight", total)
    with capsys.disabled():
        print(f"\n{name}.html: {total:,} bytes in {len(weights)} responses")
    assert total < budget, "\n".join(lines)
