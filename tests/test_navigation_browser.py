"""What scripts add to navigation: folded branches, shortcuts, suggestions on the 404 page."""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from http.server import ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from sphinx.testing.util import SphinxTestApp

from tests.browser import CSP, _Handler, serve
from tests.conftest import BASE, Built

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

EXTENSIONS = ["sphinx_copybutton", "notfound.extension", "_ext.navigation", "_ext.not_found"]
STYLES = [f"css/{name}.css" for name in ("tokens", "base", "frame", "code", "components")]
PAGES = {
    "index": "# Site\n\n```{toctree}\n:hidden:\nguides/index\nreference/index\n```\n",
    "guides/index": "# Guides\n\n```{toctree}\ntracking\nregistry\n```\n",
    "guides/tracking": "# Track experiments\n\n" + "Text.\n\n" * 60,
    "guides/registry": "# Keep models\n",
    "reference/index": "# Reference\n\n```{toctree}\ncli/index\npython\n```\n",
    "reference/python": "# Python API\n",
    "reference/cli/index": "# Command line\n\n```{toctree}\ndeploy\n```\n",
    "reference/cli/deploy": "# mltrack `deploy` \\<now>\n",
    "shortcuts": "---\norphan: true\n---\n\n# Keyboard shortcuts\n\nKeys.\n",
    "404": (
        "---\norphan: true\nhide-toc: true\n---\n\n# This page does not exist\n\n"
        ":::{container} mlt-missing\nCheck it for typing errors.\n:::\n"
    ),
}
MOVED = """
def setup(app):
    app.add_config_value("redirects", {"guides/params": "tracking.html"}, "html")
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    """Build the pages once for all tests: none changes them."""
    source = tmp_path_factory.mktemp("navigation")
    (source / "conf.py").write_text(MOVED)
    for name, text in PAGES.items():
        path = source / f"{name}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    settings = {
        **BASE,
        "extensions": ["myst_nb", *EXTENSIONS],
        "html_css_files": STYLES,
        "html_js_files": [("js/frame.js", {"defer": "defer"})],
        "notfound_urls_prefix": "/en/latest/",
        "project": "MLTrack",
    }
    app = SphinxTestApp("html", srcdir=source, confoverrides=settings, freshenv=True)
    app.build()
    yield Built(app, app.warning.getvalue())
    app.cleanup()


@pytest.fixture
def opened(browser: Browser, built: Built) -> Iterator[Callable[..., Page]]:
    """Return ``opened(name, **options)``: a page under the site's policy, without an error."""
    contexts = []
    errors: list[str] = []
    with serve(built.out) as address:

        def open_page(name: str, **options: Any) -> Page:
            context = browser.new_context(**{"viewport": {"width": 1440, "height": 800}, **options})
            contexts.append(context)
            sheet = context.new_page()
            sheet.on(
                "console", lambda said: errors.append(said.text) if said.type == "error" else 0
            )
            sheet.on("pageerror", lambda error: errors.append(str(error)))
            sheet.goto(f"{address}/{name}.html", wait_until="load")
            return sheet

        yield open_page
        for context in contexts:
            context.close()
    assert [error for error in errors if "404" not in error] == []


# -- Folded branches -------------------------------------------------------------------------


def test_a_folded_branch_opens_with_its_entries(opened: Callable[..., Page]) -> None:
    sheet = opened("guides/tracking")
    requests: list[str] = []
    sheet.on("request", lambda request: requests.append(request.url.rpartition("/")[2]))
    box = sheet.get_by_role("switch", name="Toggle navigation of Reference")
    box.focus()
    sheet.keyboard.press("Space")
    item = sheet.locator("#mlt-navigation li.toctree-l1", has=box)
    item.locator("ul a").first.wait_for()
    assert [link for link in requests if link.endswith(".js")] == ["pages.js", "fold.js"]
    found = item.locator("ul > li > a")
    assert found.all_text_contents() == ["Command line", "Python API"]
    sheet.get_by_role("switch", name="Toggle navigation of Command line").press("Space")
    link = sheet.get_by_role("link", name="mltrack deploy <now>")
    link.wait_for()
    ids = sheet.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
    assert len(ids) == len(set(ids))
    link.click()
    sheet.wait_for_url("**/reference/cli/deploy.html")
    assert (
        sheet.locator("#mlt-navigation [aria-current=page]").inner_text() == "mltrack deploy <now>"
    )


def test_a_folded_branch_opens_in_a_page_from_disk(browser: Browser, built: Built) -> None:
    sheet = browser.new_page()
    sheet.goto((built.out / "guides/registry.html").as_uri())
    sheet.get_by_role("switch", name="Toggle navigation of Reference").press("Space")
    sheet.get_by_role("link", name="Python API").wait_for()
    sheet.close()


def test_without_a_script_a_folded_branch_is_a_link(opened: Callable[..., Page]) -> None:
    sheet = opened("guides/tracking", java_script_enabled=False)
    assert not sheet.get_by_label("Toggle navigation of Reference").is_visible()
    assert sheet.get_by_label("Toggle navigation of Guides").is_visible()
    assert sheet.locator("#mlt-navigation").get_by_role("link", name="Reference").is_visible()


# -- Shortcuts -------------------------------------------------------------------------------


def sheet_of(page_: Page) -> Any:
    return page_.get_by_role("dialog", name="Keyboard shortcuts")


def test_keys_turn_pages_within_the_section(opened: Callable[..., Page]) -> None:
    sheet = opened("guides/tracking")
    for key, url in (("n", "guides/registry"), ("p", "guides/tracking"), ("u", "guides/index")):
        sheet.keyboard.press(key)
        sheet.wait_for_url(f"**/{url}.html")
    sheet.goto(sheet.url.replace("index", "registry"))
    sheet.keyboard.press("n")
    sheet.keyboard.press("?")
    sheet_of(sheet).wait_for()
    assert sheet.url.endswith("guides/registry.html")


def test_the_sheet_lists_the_keys_and_passes_axe(opened: Callable[..., Page]) -> None:
    sheet = opened("guides/tracking")
    sheet.keyboard.press("?")
    found = sheet_of(sheet)
    found.wait_for()
    keys = found.locator("dt").all_inner_texts()
    assert [key.replace("\n", " ").strip() for key in keys] == [
        "/",
        "Ctrl K",
        "n",
        "p",
        "u",
        "t",
        "?",
    ]
    results = Axe().run(sheet, context=".mlt-keys")
    assert results.violations_count == 0, results.generate_report()
    sheet.keyboard.press("n")  # the sheet has the keyboard
    assert found.is_visible()
    sheet.keyboard.press("Escape")
    assert not found.is_visible()
    assert sheet.evaluate("scrollY") == 0


def test_keys_do_nothing_in_a_field_or_with_a_modifier(opened: Callable[..., Page]) -> None:
    sheet = opened("guides/tracking")
    field = sheet.get_by_role("searchbox")
    field.focus()
    for key in "n?t":
        sheet.keyboard.press(key)
    assert field.input_value() == "n?t"
    field.blur()
    sheet.keyboard.press("Control+t")
    sheet.keyboard.press("Alt+n")
    assert not sheet.evaluate("'mltShortcut' in self")
    assert sheet.url.endswith("guides/tracking.html")


def test_single_keys_can_be_switched_off_and_on_again(opened: Callable[..., Page]) -> None:
    sheet = opened("guides/tracking")
    sheet.keyboard.press("?")
    sheet_of(sheet).get_by_role("checkbox").uncheck()
    sheet.keyboard.press("Escape")
    sheet.reload()
    slash = "addEventListener('keydown', e => { if (e.key === '/') self.slash = true }, true)"
    sheet.evaluate(slash)
    for key in "n?/t":
        sheet.keyboard.press(key)
    sheet.wait_for_timeout(200)
    assert sheet.url.endswith("guides/tracking.html")
    assert not sheet_of(sheet).is_visible()
    assert not sheet.evaluate("'slash' in self")
    sheet.get_by_role("link", name="Keyboard shortcuts").click()
    sheet_of(sheet).get_by_role("checkbox").check()
    sheet.keyboard.press("Escape")
    sheet.keyboard.press("n")
    sheet.wait_for_url("**/guides/registry.html")


def test_the_theme_changes(opened: Callable[..., Page]) -> None:
    sheet = opened("guides/tracking", color_scheme="light")
    sheet.keyboard.press("t")
    sheet.wait_for_function("document.body.dataset.theme === 'dark'")


def test_nothing_is_loaded_before_a_key(opened: Callable[..., Page]) -> None:
    sheet = opened("guides/tracking")
    names = sheet.evaluate("performance.getEntriesByType('resource').map(e => e.name)")
    assert [name for name in names if "/navigation/" in name] == []


def test_without_a_script_the_link_leads_to_the_page(opened: Callable[..., Page]) -> None:
    sheet = opened("guides/tracking", java_script_enabled=False)
    sheet.get_by_role("link", name="Keyboard shortcuts").click()
    sheet.wait_for_url("**/shortcuts.html")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_sheet_fits_a_phone(opened: Callable[..., Page], scheme: Any) -> None:
    sheet = opened("guides/tracking", viewport={"width": 320, "height": 560}, color_scheme=scheme)
    sheet.get_by_role("link", name="Keyboard shortcuts").click()
    box = sheet_of(sheet).bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 320
    assert box["height"] <= 560


# -- The breadcrumb --------------------------------------------------------------------------


def test_the_way_to_a_page_is_one_line_on_a_phone(opened: Callable[..., Page]) -> None:
    sheet = opened("reference/cli/deploy", viewport={"width": 360, "height": 640})
    crumbs = sheet.locator(".mlt-breadcrumb")
    assert crumbs.bounding_box()["height"] <= 54
    links = crumbs.locator("a")
    assert [links.nth(n).bounding_box()["height"] >= 44 for n in range(3)] == [True] * 3
    assert crumbs.get_by_text("mltrack deploy").count() == 1  # for those who listen
    wide = sheet.evaluate("document.documentElement.scrollWidth")
    assert wide <= 360


# -- The 404 page ----------------------------------------------------------------------------


class _Missing(_Handler):
    """Serves the site below /en/latest/, and its 404 page for everything else."""

    def translate_path(self, path: str) -> str:
        name = path.split("?")[0]
        inside = name.removeprefix("/en/latest") if name.startswith("/en/latest/") else "/404.html"
        return super().translate_path(inside)

    def send_error(self, code: int, *_: Any) -> None:
        body = (self.site / "404.html").read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(body)

    site: Path


@contextmanager
def serve_missing(site: Path) -> Iterator[str]:
    handler = partial(type("Handler", (_Missing,), {"site": site}), directory=str(site), csp=CSP)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


@pytest.fixture
def missing(browser: Browser, built: Built) -> Iterator[Callable[..., Page]]:
    contexts = []
    with serve_missing(built.out) as address:

        def open_page(path: str, **options: Any) -> Page:
            context = browser.new_context(**options)
            contexts.append(context)
            sheet = context.new_page()
            sheet.goto(f"{address}{path}")
            return sheet

        yield open_page
        for context in contexts:
            context.close()


@pytest.mark.parametrize(
    ("path", "first"),
    [
        ("/en/latest/guides/trackng.html", "guides/tracking.html"),
        ("/en/latest/guides/tracking.htm", "guides/tracking.html"),
        ("/en/latest/guides/tracking.md", "guides/tracking.html"),
        ("/en/latest/guides/tracking/", "guides/tracking.html"),
        ("/en/latest/tracking", "guides/tracking.html"),
        ("/en/latest/docs/guides/registry.html", "guides/registry.html"),
        ("/en/v0.1.0/guides/registry.html", "guides/registry.html"),
        ("/guides/registry.html", "guides/registry.html"),
        ("/en/latest/cli/deploy.html", "reference/cli/deploy.html"),
        ("/en/latest/Keep%20Models", "guides/registry.html"),
        ("/en/latest/guides/params.html", "guides/tracking.html"),
        ("/en/latest/guides/parms/", "guides/tracking.html"),
    ],
)
def test_the_failed_address_gives_suggestions(
    missing: Callable[..., Page], path: str, first: str
) -> None:
    sheet = missing(path)
    links = sheet.locator(".mlt-missing li > a")
    assert sheet.locator(".mlt-missing p").inner_text() == "Did you mean one of these?"
    assert links.first.get_attribute("href").endswith(f"/en/latest/{first}")
    assert links.count() <= 5
    links.first.click()
    sheet.wait_for_url(f"**/{first}")
    assert sheet.locator("h1").inner_text() != "This page does not exist"


def test_words_of_the_address_are_in_the_search(missing: Callable[..., Page]) -> None:
    sheet = missing("/en/latest/zzz/quux-%3Cimg%3E.html")
    assert sheet.locator(".mlt-missing p").inner_text() == "No page has a similar address."
    (link,) = sheet.locator(".mlt-missing a").all()
    assert link.inner_text() == "Search for \u201czzz quux img\u201d"
    assert link.get_attribute("href").endswith("/en/latest/search.html?q=zzz+quux+img")
    assert sheet.get_by_role("searchbox").input_value() == "zzz quux img"


def test_without_a_script_the_page_says_what_to_do(missing: Callable[..., Page]) -> None:
    sheet = missing("/en/latest/guides/trackng.html", java_script_enabled=False)
    assert sheet.locator(".mlt-missing").inner_text() == "Check it for typing errors."


def test_nothing_moves_when_suggestions_come(missing: Callable[..., Page]) -> None:
    sheet = missing("/en/latest/guides/trackng.html", viewport={"width": 1280, "height": 900})
    shift = sheet.evaluate(
        """() => new Promise(done => { let sum = 0;
          new PerformanceObserver(list => { for (const e of list.getEntries()) sum += e.value })
            .observe({ type: "layout-shift", buffered: true });
          setTimeout(() => done(sum), 500) })"""
    )
    assert shift < 0.02


def test_only_the_404_page_loads_the_suggestions(built: Built) -> None:
    for name in PAGES:
        loaded = [str(each["src"]) for each in built.soup(name).select("script[src]")]
        own = any("not-found.js" in source for source in loaded)
        assert own is (name == "404"), name
