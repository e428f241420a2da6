"""The line below a page, the settings, and what the script sends: to local stand-ins or nowhere."""

from __future__ import annotations

import json
import re
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
import uvicorn
from sphinx.errors import ConfigError
from sqlalchemy import func, select
from test_accessibility import violations

from _ext.insights import _is_endpoint, attributes, issue
from tests.browser import CSP, serve
from tools.http.services import free_port
from tools.insights.app import create
from tools.insights.events import BATCH
from tools.insights.privacy import is_private, scrub
from tools.insights.settings import Settings
from tools.insights.store import FEEDBACK, VIEWS, VITALS, Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, BrowserContext, Page

    from tests.conftest import Built

    Build = Callable[..., Built]

ROOT = Path(__file__).parent.parent
EXTENSIONS = ["_ext.insights", "_ext.tokens"]
CSS = ["css/tokens.css", "css/base.css", "css/frame.css", "css/components.css", "css/insights.css"]
PAGES = {
    "index": "# Home\n\nWelcome.\n\n```{toctree}\nguide\n```\n",
    "guide": '# Track `<b>&"` costs\n\nWhat calls cost.\n',
}
ISSUES = "https://github.com/EconoBen/mltrack/issues/new"
SETTLED = 1500
TEXTS = {
    "track llm calls": False,
    "mltrack.track_llm": False,
    "api key": False,
    "Error: RESOURCE_DOES_NOT_EXIST on POST /mlflow/runs/create": False,
    "sqlite:///mlflow.db py::module a:b ::: 12:30": False,
    "how to log a-very-long-hyphenated-parameter-name": False,
    "version 2.10.1 of mlflow": False,
    "write to bob.smith@example.org please": True,
    "http://10.0.0.17:8000/predict": True,
    "2001:db8::7": True,
    "2001:0db8:85a3:0000:0000:8a2e:0370:7334": True,
    "sk-proj-abc123": True,
    "ghp_abcdef123": True,
    "AKIAIOSFODNN7": True,
    "password=hunter2": True,
    "3f2b9c1d4e5f60718293a4b5c6d7e8f9": True,
    "+1 (555) 123-4567": True,
    "/home/alice/project": True,
    "C:\\Users\\alice\\x": True,
    "postgresql://u:p@db/x": True,
}


@pytest.fixture
def make(build: Build) -> Callable[..., Built]:
    """Build a small site with these settings."""

    def made(*extensions: str, **config: Any) -> Built:
        site = {"insights_issues": ISSUES, "html_baseurl": "https://docs.example/"}
        return build(PAGES, [*extensions, *EXTENSIONS], html_css_files=CSS, **(site | config))

    return made


# -- The line below a page ---------------------------------------------------------------------


def test_the_line_leads_to_a_prefilled_issue_and_escapes_the_title(make: Any) -> None:
    built = make()
    assert "insights" not in built.warnings
    line = built.soup("guide").select_one(".mlt-insights")
    assert line.get_text(" ", strip=True) == "Was this page helpful? Tell us"
    address = urlsplit(line.a["href"])
    assert address._replace(query="").geturl() == ISSUES
    assert parse_qs(address.query) == {
        "title": ['Documentation: Track <b>&" costs'],
        "body": ["Page: https://docs.example/guide.html\n\n"],
    }
    assert "<b>&" not in re.findall(r'<p class="mlt-insights">.*', built.text("guide.html"))[0]


def test_only_pages_of_text_have_the_line(make: Any) -> None:
    built = make()
    for page in ("index", "genindex", "search"):
        assert built.soup(page).select(".mlt-insights") == [], page


def test_without_an_address_for_issues_there_is_no_line(make: Any) -> None:
    assert make(insights_issues="").soup("guide").select(".mlt-insights") == []


def test_a_text_build_is_as_without(build: Build) -> None:
    built = build(PAGES, EXTENSIONS, builder="text", insights_issues=ISSUES)
    assert "What calls cost." in built.text("guide.txt")
    assert "helpful" not in built.text("guide.txt")


def test_the_line_adds_little_to_a_page(make: Any) -> None:
    line = str(make().soup("guide").select_one(".mlt-insights"))
    assert len(line) < 300


# -- Settings ----------------------------------------------------------------------------------


def test_by_default_no_page_has_a_script(make: Any) -> None:
    built = make()
    for page in ("index", "guide", "search"):
        assert "insights.js" not in built.text(f"{page}.html")


def test_with_an_adapter_every_page_has_the_script_with_what_it_needs(make: Any) -> None:
    hostile = 'phc_"><script>'
    built = make(insights_adapter="posthog", insights_key=hostile)
    for page in ("index", "guide", "search"):
        script = built.soup(page).select_one('script[src*="js/insights.js"]')
        data = {name: value for name, value in script.attrs.items() if name.startswith("data-")}
        assert data == {
            "data-adapter": "posthog",
            "data-page": f"{page}.html",
            "data-endpoint": "https://us.i.posthog.com/i/v0/e/",
            "data-key": hostile,
        }
        assert script.has_attr("defer")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"insights_adapter": "google"}, 'choose one of "none", "plausible"'),
        ({"insights_adapter": "plausible"}, '"plausible" also needs insights_site'),
        ({"insights_adapter": "posthog"}, '"posthog" also needs insights_key'),
        ({"insights_adapter": "endpoint"}, '"endpoint" also needs insights_endpoint'),
        ({"insights_key": "phc_1"}, 'insights_key has no effect while insights_adapter is "none"'),
        (
            {"insights_adapter": "endpoint", "insights_endpoint": "http://example.org/e"},
            "begins with https://",
        ),
    ],
)
def test_settings_that_cannot_work_stop_the_build(
    make: Any, settings: dict[str, str], message: str
) -> None:
    with pytest.raises(ConfigError, match=re.escape(message)) as caught:
        make(**settings)
    assert str(caught.value).startswith("conf.py: insights_")


@pytest.mark.parametrize(
    ("address", "good"),
    [
        ("https://insights.example.org/events", True),
        ("/insights/events", True),
        ("http://127.0.0.1:8300/events", True),
        ("//evil.example/events", False),
        ("javascript:alert(1)", False),
        ("https://", False),
        ("https://a.example/events?x=1", False),
        ("https://[", False),
        ("events", False),
    ],
)
def test_which_addresses_are_endpoints(address: str, good: bool) -> None:
    assert _is_endpoint(address) is good


def test_names_of_pages_are_of_the_form_that_the_collector_takes() -> None:
    class Config:
        insights_adapter, insights_endpoint, insights_site, insights_key = "endpoint", "/e", "", ""

    page = attributes(Config(), "größe/a b")["data-page"]  # type: ignore[arg-type]
    assert page == "gr%C3%B6%C3%9Fe/a%20b.html"
    BATCH.validate_json(
        json.dumps({"events": [{"kind": "view", "page": page, "entry": True}]}).encode()
    )


def test_an_issue_with_any_title_is_one_address() -> None:
    address = issue(ISSUES, 'a&b=c#d "e"\n', "https://docs.example/x.html")
    assert urlsplit(address).fragment == ""
    assert parse_qs(urlsplit(address).query)["title"] == ['Documentation: a&b=c#d "e"\n']


def test_this_site_sends_nothing_by_default() -> None:
    text = (ROOT / "conf.py").read_text("utf-8")
    assert not re.search(r"^insights_(adapter|endpoint|site|key)", text, re.MULTILINE)


# -- What is sent ------------------------------------------------------------------------------


class Counting(BaseHTTPRequestHandler):
    """Keeps what it is sent; answers as each service does."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((self.path, dict(self.headers), json.loads(body)))  # type: ignore[attr-defined]
        self.send_response(self.server.status)  # type: ignore[attr-defined]
        self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def do_GET(self) -> None:
        self.server.got.append((self.path, {}, None))  # type: ignore[attr-defined]
        self.send_error(404)

    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def counting(status: int = 202) -> Iterator[tuple[str, list[Any]]]:
    """Give the address of a server that counts, and the list of what it got."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Counting) as server:
        server.got, server.status = [], status  # type: ignore[attr-defined]
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", server.got  # type: ignore[attr-defined]
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def visit(
    browser: Browser,
    built: Built,
    service: str,
    init: str = "",
    page: str = "guide",
    **context: Any,
) -> Iterator[tuple[Page, list[str]]]:
    """Open a page of a site under the site's policy; give it and the requests that it made."""
    policy = CSP.replace("connect-src 'self'", f"connect-src 'self' {service}")
    with serve(built.out, policy) as url:
        opened: BrowserContext = browser.new_context(**context)
        if init:
            opened.add_init_script(init)
        shown = opened.new_page()
        requests: list[str] = []
        faults: list[str] = []
        shown.on("request", lambda request: requests.append(request.url))
        shown.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
        shown.on("pageerror", lambda error: faults.append(str(error)))
        shown.goto(f"{url}/{page}.html")
        shown.wait_for_load_state("networkidle")
        yield shown, requests
        assert [each for each in faults if "Failed to load resource" not in each] == []
        opened.close()


def search(page: Page, *events: tuple[str, dict[str, Any]]) -> None:
    """Dispatch what the palette dispatches, each in its own turn."""
    for event in events:
        together(page, event)


def together(page: Page, *events: tuple[str, dict[str, Any]]) -> None:
    """Dispatch events in one turn."""
    page.evaluate(
        """events => events.forEach(([name, detail]) =>
          document.dispatchEvent(new CustomEvent(`mlt:${name}`, { detail })))""",
        events,
    )


def results(query: str, count: int) -> tuple[str, dict[str, Any]]:
    """Return what is told when results are shown."""
    return "search", {"query": query, "results": count}


def choose(rank: int) -> tuple[str, dict[str, Any]]:
    """Return what is told when a result is opened."""
    return "search-choose", {"rank": rank, "url": "https://docs.example/"}


CLOSE: tuple[str, dict[str, Any]] = ("search-close", {})


def until(page: Page, got: list[Any], number: int) -> list[Any]:
    """Return what was sent once it is so many."""
    for _ in range(100):
        if len(got) >= number:
            break
        page.wait_for_timeout(50)
    assert len(got) == number, got
    return got


def leave(page: Page) -> None:
    """Leave the page, as a reader does."""
    page.goto("about:blank")
    page.wait_for_timeout(300)


def endpoint(make: Any, service: str) -> Built:
    """Return a site that sends to a collector."""
    built: Built = make(insights_adapter="endpoint", insights_endpoint=f"{service}/events")
    return built


def test_a_page_that_sends_nothing_loads_and_keeps_nothing(browser: Browser, make: Any) -> None:
    with counting() as (service, got), visit(browser, make(), service) as (page, requests):
        search(page, results("cost", 3))
        assert got == []
        scripts = [urlsplit(each).path for each in requests if ".js" in each]
        assert not [each for each in scripts if "insights" in each or "vitals" in each]
        assert page.context.cookies() == []
        assert page.evaluate("Object.keys(localStorage).length + sessionStorage.length") == 0


@pytest.mark.parametrize(
    "refusal",
    [
        "Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { get: () => true })",
        "Object.defineProperty(Navigator.prototype, 'doNotTrack', { get: () => '1' })",
    ],
)
def test_who_asks_not_to_be_tracked_is_not(browser: Browser, make: Any, refusal: str) -> None:
    with counting() as (service, got):
        built = endpoint(make, service)
        with visit(browser, built, service, refusal) as (page, requests):
            search(page, results("cost", 3))
            search(page, choose(1))
            link = page.locator(".mlt-insights a")
            assert link.get_attribute("href").startswith(ISSUES)
            leave(page)
        assert got == []
        assert not [each for each in requests if "events.js" in each or "vitals" in each]


def test_a_page_from_disk_sends_nothing(browser: Browser, make: Any) -> None:
    with counting() as (service, got):
        built = endpoint(make, service)
        page = browser.new_page()
        page.goto((built.out / "guide.html").as_uri())
        page.wait_for_load_state("networkidle")
        leave(page)
        page.close()
        assert got == []


def test_views_speed_and_searches_reach_a_collector(browser: Browser, make: Any) -> None:
    with counting() as (service, got):
        built = endpoint(make, service)
        with visit(browser, built, service) as (page, _):
            until(page, got, 1)
            search(page, results("co", 9))  # typed on: no search
            search(page, results(" track  cost", 3))
            page.wait_for_timeout(SETTLED + 200)
            search(page, results("bob@example.org", 0))
            page.wait_for_timeout(SETTLED + 200)
            search(page, results("x" * 200, 2))
            search(page, choose(2), CLOSE)
            search(page, results("nothing", 0))
            search(page, CLOSE, CLOSE)
            search(page, results("none", 0), choose(1))  # a section instead
            together(page, choose(1), results("early", 5))  # Enter, then results
            until(page, got, 7)
            search(page, results("given up", 5))
            leave(page)
            until(page, got, 9)
        bodies = [body for _, _, body in got]
        for body in bodies:
            BATCH.validate_json(json.dumps(body).encode())
        events = [event for body in bodies for event in body["events"]]
        assert {event["page"] for event in events} == {"guide.html"}
        assert events[0] == {"page": "guide.html", "kind": "view", "entry": True}
        searches = [
            {name: value for name, value in event.items() if name not in {"page", "kind"}}
            for event in events
            if event["kind"] == "search"
        ]
        expected = [
            {"query": "track cost", "results": 3, "ended": "refined"},
            {"results": 0, "ended": "refined"},
            {"query": "x" * 80, "results": 2, "rank": 2, "ended": "chosen"},
            {"query": "nothing", "results": 0, "ended": "left"},
            {"query": "none", "results": 0, "ended": "left"},
            {"query": "early", "results": 5, "rank": 1, "ended": "chosen"},
            {"query": "given up", "results": 5, "ended": "left"},
        ]
        assert sorted(searches, key=repr) == sorted(expected, key=repr)  # requests overtake
        (vitals,) = [event for event in events if event["kind"] == "vitals"]
        assert {"load", "lcp", "ttfb", "cls"} <= vitals.keys()
        assert vitals["load"] > 0
        headers = got[0][1]
        assert "Cookie" not in headers
        assert "Referer" not in headers
        assert headers["Content-Type"] == "text/plain"


def test_the_palette_tells_what_the_script_hears(
    browser: Browser, make: Any, tmp_path: Path
) -> None:
    data = tmp_path / "search.yaml"
    data.write_text("kinds:\n  guide: guide\n")
    with counting() as (service, got):
        built = make(
            "_ext.search", search_data=str(data),
            insights_adapter="endpoint", insights_endpoint=f"{service}/events",
        )  # fmt: skip
        with visit(browser, built, service) as (page, _):
            until(page, got, 1)
            page.keyboard.press("Control+k")
            page.get_by_role("combobox").fill("zzqqxx")
            page.get_by_role("dialog").get_by_text("No results").first.wait_for()
            page.keyboard.press("Escape")
            page.keyboard.press("Control+k")
            page.get_by_role("combobox").fill("welcome")
            page.keyboard.press("Enter")
            page.wait_for_url("**/index.html*")
            page.wait_for_timeout(300)
        events = [body["events"][0] for _, _, body in got]
        found = [each for each in events if each["kind"] == "search"]
        assert [(each["query"], each["ended"], each.get("rank")) for each in found] == [
            ("zzqqxx", "left", None),
            ("welcome", "chosen", 1),
        ]
        assert found[0]["results"] == 0
        assert found[1]["results"] > 0


def test_a_page_opened_from_another_page_of_the_site_begins_no_visit(
    browser: Browser, make: Any
) -> None:
    with counting() as (service, got):
        built = endpoint(make, service)
        with visit(browser, built, service, page="index") as (page, _):
            page.locator("article a", has_text="Track").first.click()
            page.wait_for_load_state("networkidle")
            views = [body["events"][0] for _, _, body in got]
            assert [(each["page"], each["entry"]) for each in views if each["kind"] == "view"] == [
                ("index.html", True),
                ("guide.html", False),
            ]


def test_plausible_gets_the_shape_of_its_events(browser: Browser, make: Any) -> None:
    with counting() as (service, got):
        built = make(
            insights_adapter="plausible", insights_site="docs.example",
            insights_endpoint=f"{service}/api/event",
        )  # fmt: skip
        with visit(browser, built, service) as (page, _):
            until(page, got, 1)
            search(page, results("cost", 3))
            search(page, choose(1))
            until(page, got, 2)
            url = page.url
    assert [path for path, _, _ in got[:2]] == ["/api/event"] * 2
    view, found = got[0][2], got[1][2]
    assert view == {"name": "pageview", "url": url, "domain": "docs.example"}
    assert found == {
        "name": "search", "url": url, "domain": "docs.example",
        "props": {"query": "cost", "results": "3", "rank": "1", "ended": "chosen"},
    }  # fmt: skip


def test_posthog_gets_the_shape_of_its_events_without_a_person(browser: Browser, make: Any) -> None:
    persons = []
    with counting(200) as (service, got):
        built = make(
            insights_adapter="posthog", insights_key="phc_1", insights_endpoint=f"{service}/i/v0/e/"
        )
        for _ in range(2):
            got.clear()
            with visit(browser, built, service) as (page, _):
                until(page, got, 1)
                url = page.url
            path, _, body = got[0]
            assert path == "/i/v0/e/"
            persons.append(body.pop("distinct_id"))
            assert body == {
                "api_key": "phc_1", "event": "$pageview",
                "properties": {
                    "entry": True, "$current_url": url,
                    "$process_person_profile": False, "$geoip_disable": True,
                },
            }  # fmt: skip
    assert len(set(persons)) == 2
    assert all(re.fullmatch("[0-9a-f]{32}", each) for each in persons)


def test_script_and_collector_agree_on_what_is_private(browser: Browser, make: Any) -> None:
    assert {text: is_private(text) for text in TEXTS} == TEXTS
    with counting() as (service, _):
        built = endpoint(make, service)
        with visit(browser, built, service) as (page, _):
            page.wait_for_function("self.mltInsights")
            found = page.evaluate(
                "texts => texts.map(t => [mltInsights.isPrivate(t), mltInsights.scrub(t)])",
                list(TEXTS),
            )
    assert found == [[is_private(text), scrub(text)] for text in TEXTS]


# -- Feedback ----------------------------------------------------------------------------------


def rate(page: Page, number: int, comment: str = "") -> None:
    """Open the form by its link and answer."""
    page.locator(".mlt-insights a").click()
    form = page.locator(".mlt-feedback")
    form.wait_for()
    form.get_by_role("radio").nth(number - 1).check()
    if comment:
        form.get_by_role("textbox").fill(comment)
    form.get_by_role("button", name="Send").click()


def test_feedback_is_sent_without_what_is_private_and_thanked_for(
    browser: Browser, make: Any
) -> None:
    with counting() as (service, got):
        built = endpoint(make, service)
        with visit(browser, built, service) as (page, _):
            until(page, got, 1)
            rate(page, 4, "Show the total.\n Mail bob@example.org")
            status = page.get_by_role("status")
            status.get_by_text("Thank you").wait_for()
            assert page.locator(".mlt-feedback").count() == 0
            assert status.evaluate("each => each === document.activeElement")
        events = [body["events"][0] for _, _, body in got]
        assert [each for each in events if each["kind"] == "feedback"] == [
            {
                "page": "guide.html", "kind": "feedback", "rating": 4,
                "comment": "Show the total. Mail [removed]",
            }
        ]  # fmt: skip


def test_feedback_that_is_refused_offers_the_issue(browser: Browser, make: Any) -> None:
    with counting(503) as (service, _):
        built = endpoint(make, service)
        with visit(browser, built, service) as (page, _):
            rate(page, 1)
            status = page.get_by_role("status")
            status.get_by_text("could not be sent").wait_for()
            assert status.locator("a").get_attribute("href").startswith(ISSUES)
            assert page.get_by_role("button", name="Send").is_enabled()


@contextmanager
def collector(port: int, database: str, origin: str) -> Iterator[None]:
    """Run a collector that takes events of pages of an origin."""
    app = create(Settings(database=database, origins=(origin,)))
    config = uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error")
    server = uvicorn.Server(config)
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    until = time.monotonic() + 20
    while not server.started and time.monotonic() < until:
        time.sleep(0.02)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(20)


def sent_to(service: str) -> Callable[[Any], bool]:
    """Tell whether a request or a response is of events that went to a collector."""
    return lambda each: bool(each.url == f"{service}/events")


@pytest.mark.parametrize("named", [True, False])
def test_a_collector_takes_what_the_pages_of_a_named_site_send(
    browser: Browser, make: Any, tmp_path: Path, named: bool
) -> None:
    port, database = free_port(), f"sqlite:///{tmp_path / 'insights.db'}"
    service = f"http://127.0.0.1:{port}"
    built = endpoint(make, service)
    policy = CSP.replace("connect-src 'self'", f"connect-src 'self' {service}")
    with (
        serve(built.out, policy) as url,
        collector(port, database, url if named else "https://docs.example"),
    ):
        page = browser.new_page()
        answered = page.expect_event("response" if named else "requestfailed", sent_to(service))
        with answered:
            page.goto(f"{url}/guide.html")
        rate(page, 5, "Thanks")
        words = "Thank you" if named else "could not be sent"
        page.get_by_role("status").get_by_text(words).wait_for()
        leave(page)
        page.close()
    store = Store(database)
    with store.engine.connect() as connection:
        counts = {
            table.name: connection.scalar(select(func.count()).select_from(table))
            for table in (VIEWS, VITALS, FEEDBACK)
        }
    store.close()
    assert counts == dict.fromkeys(("views", "vitals", "feedback"), int(named))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_form_is_accessible_in_both_themes_and_fits_a_phone(
    browser: Browser, make: Any, theme: Any
) -> None:
    with counting() as (service, _):
        built = endpoint(make, service)
        size = {"width": 320, "height": 640}
        with visit(browser, built, service, viewport=size, color_scheme=theme) as (page, _):
            before = page.evaluate("document.documentElement.scrollWidth")
            assert violations(page) == []
            page.locator(".mlt-insights a").focus()
            page.keyboard.press("Enter")
            form = page.locator(".mlt-feedback")
            form.wait_for()
            group = form.get_by_role("radiogroup", name="Was this page helpful?")
            radios = group.get_by_role("radio")
            assert radios.count() == 5
            assert radios.first.evaluate("each => each === document.activeElement")
            page.keyboard.press("ArrowRight")
            assert radios.nth(1).is_checked()
            assert page.evaluate("document.documentElement.scrollWidth") <= max(before, 320)
            for box in (form.locator("label.mlt-feedback__choice"), form.get_by_role("button")):
                assert min(each.bounding_box()["height"] for each in box.all()) >= 44
            assert violations(page) == []
