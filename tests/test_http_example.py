"""``_ext/http_example/``: an exchange with a service, the request in tabs, then the response."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from browser import CHROMIUM_ARGS, CSP, chromium_path, serve
from docutils import nodes

from _ext._shared.evidence import evidence_of
from _ext._shared.requests import Request, http
from _ext._shared.versions import installed, outdated
from _ext.http_example.directive import http_example
from _ext.http_example.model import LARGEST, LONGEST, Exchange, load, response, visible

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Built

ROOT = Path(__file__).parents[1]
DATA = ROOT / "source" / "_data" / "http"
EXTENSIONS = ["sphinx_copybutton", "_ext.http_example"]
HOSTILE = '</pre><script>alert("1")</script> & "quotes"'

ASK = {"method": "POST", "path": "/predict", "body": {"data": [[5.1, 3.5]], "who": "it's me"}}
TOLD = {
    "status": 200,
    "reason": "OK",
    "headers": {"content-type": "application/json"},
    "body": {"predictions": [0.1235], "model_version": "<version>"},
}
FAILED = TOLD | {"status": 500, "reason": "Internal Server Error", "body": {"detail": "no luck"}}


def transcript(**changes: Any) -> dict[str, Any]:
    exchanges = {
        "predict": {"title": "Two numbers", "request": ASK, "response": TOLD},
        "health": {"title": "Up?", "request": {"method": "GET", "path": "/h"}, "response": TOLD},
        "broken": {
            "title": "A failure",
            "request": ASK,
            "response": FAILED,
            "undocumented": True,
            "fails": "no luck",
            "limit": "bad-luck",
        },
    }
    return {
        "title": "A service",
        "service": "classification",
        "base_url": "http://127.0.0.1:8000",
        "recorded": "2026-01-02",
        "versions": installed(),
        "decimals": 4,
        "exchanges": exchanges,
    } | changes


def answering(body: Any, media_type: str = "application/json") -> dict[str, Any]:
    """Return a transcript whose one response has ``body``."""
    got = TOLD | {"body": body, "headers": {"content-type": media_type}}
    return transcript(exchanges={"predict": {"title": "T", "request": ASK, "response": got}})


def show(name: str = "demo", request: str | None = "predict", *options: str) -> str:
    asked = [] if request is None else [f":request: {request}"]
    return "\n".join([f"```{{http-example}} {name}", *asked, *options, "```"])


@pytest.fixture
def site(build: Callable[..., Built], tmp_path: Path) -> Callable[..., Built]:
    """Return ``build`` with the extension, one transcript, and a page without an example."""

    def make(text: str, data: Any = None, builder: str = "html") -> Built:
        directory = tmp_path / "http"
        directory.mkdir(exist_ok=True)
        content = transcript() if data is None else data
        raw = content if isinstance(content, bytes) else json.dumps(content, indent=1).encode()
        (directory / "demo.json").write_bytes(raw)
        pages = {"index": f"# Requests\n\n{text}\n\n```{{toctree}}\nother\n```\n"}
        pages["other"] = "# Other\n\nNothing here.\n"
        return build(pages, EXTENSIONS, builder, http_example_data=str(directory))

    return make


# -- Model -----------------------------------------------------------------------------------


def test_raw_http_says_how_long_its_body_is() -> None:
    request = Request("POST", "http://h:1/p?q=1", {"A": "b"}, "application/json", {"ä": 1})
    assert http(request).split("\n") == [
        "POST /p?q=1 HTTP/1.1",
        "Host: h:1",
        "A: b",
        "Content-Type: application/json",
        "Content-Length: 9",
        "",
        '{"ä": 1}',
    ]
    assert http(Request("GET", "http://h")) == "GET / HTTP/1.1\nHost: h"


def test_invisible_characters_are_escaped() -> None:
    assert visible("a\x1b[31m\u202eb\ud800\x9b\ufeff\n\tc") == (
        "a\\u001b[31m\\u202eb\\ud800\\u009b\\ufeff\n\tc"
    )


def test_long_bodies_are_cut_visibly() -> None:
    one = {"title": "T", "request": ASK, "response": TOLD | {"body": "x" * 50_000}}
    text = response(Exchange.model_validate(one))
    assert len(text) < LONGEST + 200
    assert text.endswith("\n… 42,002 characters more")


def test_versions_that_differ_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    now = installed()
    assert set(now) == {"mltrack-py", "mlflow", "python"}
    assert outdated(now) == ""
    assert outdated(now | {"python": "2.7"}) == ""
    assert outdated(now | {"mlflow": "1.0"}) == f"mlflow 1.0 (installed: {now['mlflow']})"


@pytest.mark.parametrize("path", sorted(DATA.glob("*.json")), ids=lambda path: path.stem)
def test_the_committed_transcripts_are_readable(path: Path) -> None:
    value = load(path).value
    assert outdated(value.versions) == ""
    for exchange in value.exchanges.values():
        assert exchange.fails in response(exchange)


# -- Pages -----------------------------------------------------------------------------------


def test_renders_tabs_and_the_response(site: Callable[..., Built]) -> None:
    built = site(show())
    assert built.warnings == ""
    example = built.article().select_one("div.mlt-http-example")
    assert example["aria-label"] == "Request and response: Two numbers"
    labels = example.select("label.sd-tab-label")
    assert [label.get_text().strip() for label in labels] == ["curl", "Python", "Raw HTTP"]
    assert {label["data-sync-group"] for label in labels} == {"openapi"}
    assert [label["data-sync-id"] for label in labels] == ["curl", "python", "http"]
    curl, python, raw, answer = (block.get_text() for block in example.select("pre"))
    assert curl.startswith("$ curl -X POST http://127.0.0.1:8000/predict \\\n")
    assert "requests.post(" in python
    assert raw.startswith("POST /predict HTTP/1.1\nHost: 127.0.0.1:8000\n")
    assert answer == (
        "HTTP/1.1 200 OK\ncontent-type: application/json\n\n"
        '{"predictions": [0.1235], "model_version": "<version>"}\n'
    )
    assert example.select(".mlt-http-example__response .nt")  # the body is highlighted as JSON
    assert "rounded to 4 decimals" in example.get_text()
    assert not example.select("[style], script")


def test_a_failure_says_so_and_its_python_shows_the_answer(site: Callable[..., Built]) -> None:
    example = site(show("demo", "broken", ":title: Bad")).article().select_one(".mlt-http-example")
    assert "Response: status 500, a known limit of this release" in example.get_text()
    assert example["aria-label"] == "Request and response: Bad"
    assert "print(response.status_code, response.text)" in example.get_text()
    assert "raise_for_status" not in example.get_text()


def test_evidence_is_attached_once_to_the_whole(site: Callable[..., Built]) -> None:
    built = site(f"{show()}\n\n{show('demo', 'broken')}")
    good, bad = (evidence_of(node) for node in built.doctree().findall(http_example))
    assert good is not None
    assert bad is not None
    assert (good.state, good.language, good.date) == ("recorded", "http", "2026-01-02")
    assert good.source == "exchange demo/predict, sent to the generated service"
    assert good.versions == installed()
    assert (bad.state, bad.reason, bad.limit) == ("fails", "no luck", "bad-luck")
    attached = [node for node in built.doctree().findall(nodes.Element) if evidence_of(node)]
    assert len(attached) == 2


BAD_LINE = json.dumps(transcript(recorded="soon"), indent=1).encode()
UNICODE = json.dumps(transcript(title="é"), indent=1, ensure_ascii=False).encode("latin-1")
DEEP = b"[" * 100_000 + b"]" * 100_000


@pytest.mark.parametrize(
    ("text", "data", "place", "message"),
    [
        (show("demo", None), None, "index.md:3", "http_example.option"),
        (show("demo", None), None, "index.md:3", "demo.json has predict, health, broken ["),
        (show("demo", "predit"), None, "index.md:3", "no 'predit'; it has predict ["),
        (show("demo", "zzz"), None, "index.md:3", "it has predict, health, broken ["),
        (show("gone"), None, "index.md:3", "no file 'gone.json'"),
        (show("../demo"), None, "index.md:3", "http_example.name"),
        (show(), BAD_LINE, "demo.json:5", "recorded: String should match"),
        (show(), b'{\n "title": \n}', "demo.json:3", "not JSON"),
        (show(), UNICODE, "demo.json:2", "not UTF-8 at byte"),
        (show(), b" " * (LARGEST + 1), "demo.json:1", "at most 200,000"),
        (show(), DEEP[: LARGEST // 2] + DEEP[-LARGEST // 2 :], "demo.json:1", "too deeply"),
        (show(), transcript(base_url="http://example.com"), "demo.json:4", "base_url"),
    ],
)
def test_bad_input_warns_with_file_and_line(
    site: Callable[..., Built], text: str, data: Any, place: str, message: str
) -> None:
    built = site(text, data)
    (warning,) = built.warnings.strip().splitlines()
    assert place in warning
    assert message in warning
    assert "[http_example." in warning
    assert not built.article().select(".mlt-http-example")


def test_other_versions_warn_with_the_remedy_and_the_example_stays(
    site: Callable[..., Built],
) -> None:
    built = site(show(), transcript(versions=installed() | {"mltrack-py": "0.0.1"}))
    (warning,) = built.warnings.strip().splitlines()
    assert "demo.json:6: WARNING" in warning
    assert "mltrack-py 0.0.1 (installed: " in warning
    assert "make http [http_example.versions]" in warning
    assert built.article().select(".mlt-http-example")


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        ({HOSTILE: [HOSTILE]}, "application/json"),
        (HOSTILE, "text/html; charset=utf-8"),
        (HOSTILE, "text/plain"),
        ("\x1b]0;title\x07\x1b[2Jgone\x00\x9b31m\u202e" + HOSTILE, "application/json"),
        ("\x1b[31m" + HOSTILE + "\ud800", "application/xml"),
    ],
)
def test_hostile_bodies_come_out_escaped(
    site: Callable[..., Built], body: Any, media_type: str
) -> None:
    built = site(show("demo", "predict"), answering(body, media_type))
    assert built.warnings == ""
    article = built.article()
    assert not article.find_all("script")
    text = article.select_one(".mlt-http-example__response pre").get_text()
    assert "<script>" in text
    assert not any(sign in built.text() for sign in "\x00\x07\x1b\x9b\u202e")


def test_hostile_titles_and_requests_come_out_escaped(site: Callable[..., Built]) -> None:
    ask = {"method": "POST", "path": "/<script>", "headers": {"A": HOSTILE}, "body": HOSTILE}
    one = {"title": HOSTILE, "request": ask, "response": TOLD}
    built = site(show(), transcript(exchanges={"predict": one}))
    assert built.warnings == ""
    article = built.article()
    assert not article.find_all("script")
    assert article.select_one(".mlt-http-example")["aria-label"].endswith(HOSTILE)
    assert article.get_text().count(HOSTILE) >= 3


def test_a_large_body_is_bounded_on_the_page(site: Callable[..., Built]) -> None:
    built = site(show(), answering("x" * (LARGEST - 3_000), "text/plain"))
    assert built.warnings == ""
    assert len(built.text()) < 100_000
    assert "characters more" in built.article().get_text()


def test_text_build_reads(site: Callable[..., Built]) -> None:
    built = site(show(), builder="text")
    assert built.warnings == ""
    text = built.text("index.txt")
    assert "$ curl -X POST" in text
    assert "HTTP/1.1 200 OK" in text
    assert text.index("Two numbers") < text.index("curl") < text.index("Response")


def test_style_is_on_its_pages_only(site: Callable[..., Built]) -> None:
    built = site(show())
    assert "css/http-example.css" in built.text("index.html")
    assert "css/http-example.css" not in built.text("other.html")


def test_the_transcript_is_a_dependency(site: Callable[..., Built]) -> None:
    built = site(show())
    assert {Path(name).name for name in built.app.env.dependencies["index"]} == {"demo.json"}
    assert not list(built.doctree().findall(nodes.raw))


def test_the_shown_examples_build_without_warnings(build: Callable[..., Built]) -> None:
    text = (ROOT / "source" / "contributing" / "components" / "http-example.md").read_text()
    text = text.replace("{doc}", "{code}")
    built = build(text, EXTENSIONS, http_example_data=str(DATA))
    assert built.warnings == ""
    assert len(built.article().select(".mlt-http-example")) == 2


@pytest.mark.browser
def test_copying_a_tab_yields_the_command_alone(site: Callable[..., Built]) -> None:
    from playwright.sync_api import sync_playwright

    built = site(show())
    with serve(built.out, CSP) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=CHROMIUM_ARGS)
        context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
        tab = context.new_page()
        tab.goto(f"{address}/index.html")
        copied = {}
        for label in ("curl", "Python", "Raw HTTP"):
            tab.locator("label.sd-tab-label", has_text=label).click()
            shown = tab.locator(".mlt-http-example__request:visible")
            shown.hover()
            shown.locator("button.copybtn").click()
            copied[label] = tab.evaluate("navigator.clipboard.readText()")
        assert tab.locator(".mlt-http-example__request:visible").count() == 1
        browser.close()
    assert copied["curl"].startswith("curl -X POST http://127.0.0.1:8000/predict")
    assert copied["Python"].startswith("import requests\n")
    assert copied["Raw HTTP"].startswith("POST /predict HTTP/1.1\n")
    assert not any("200 OK" in text for text in copied.values())
