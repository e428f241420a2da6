"""``_ext/api_explorer/`` and ``tools/explorer``: the form, its three answerers, and the engine."""

from __future__ import annotations

import json
import re
import socket
import threading
import time
from contextlib import contextmanager
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import axe_playwright_python
import browser as browsers
import pytest
import uvicorn
from browser import CSP, serve
from docutils import nodes
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import RedirectResponse

from _ext._shared.requests import Request, curl
from _ext.api_explorer.model import read
from tools.explorer import packages
from tools.explorer.__main__ import (
    FACTS,
    PYODIDE,
    SERVICES,
    bundle_of,
    differences,
    facts,
    run,
    same,
    services,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).parents[1]
DATA = ROOT / "source" / "_data"
AXE = Path(axe_playwright_python.__file__).parent / "axe.min.js"
EXTENSIONS = ["sphinx_design", "sphinx_copybutton", "_ext.openapi", "_ext.api_explorer"]
KINDS = {
    "classification": "Classification",
    "regression": "Regression",
    "llm": "Language model",
    "other": "Other",
    "protected": "Classification, behind a guard",
    "container-classification": "Container, classification",
    "container-regression": "Container, regression",
    "container-llm": "Container, language model",
    "container-other": "Container, other",
}
LINES = "\n".join(f"{name}: {title}" for name, title in KINDS.items())
PAGE = f"# Explorer\n\nText.\n\n```{{api-explorer}} classification\n{LINES}\n```\n"
PREDICT = "try-classification-post-api-v1-predict"
WORKER = "js/api-explorer.worker.js"
WORKER_CSP = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'"
SEED, COUNT = 20261123, 200
STARTS = 240_000
"""Milliseconds that Python has to start in a browser on a busy machine."""


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A small site with an explorer, a reference page, and a page without either."""
    from sphinx.testing.util import SphinxTestApp

    from tests.conftest import BASE

    source = tmp_path_factory.mktemp("explorer")
    (source / "conf.py").write_text("")
    (source / "index.md").write_text(PAGE)
    (source / "plain.md").write_text("---\norphan: true\n---\n# Plain\n\nNothing.\n")
    openapi = DATA / "openapi"
    for name in ("classification.json", "classification.exchanges.json"):
        (source / name).write_text((openapi / name).read_text())
    (source / "reference.md").write_text(
        "---\norphan: true\n---\n# Reference\n\n```{openapi} classification.json\n"
        ":exchanges: classification.exchanges.json\n```\n"
    )
    css = [f"css/{name}.css" for name in ("tokens", "base", "frame", "code", "components")]
    settings = {"api_explorer_data": str(DATA), "html_css_files": css, "pygments_style": "sphinx"}
    app = SphinxTestApp(
        "html",
        srcdir=source,
        confoverrides={**BASE, "extensions": ["myst_nb", *EXTENSIONS], **settings},
        freshenv=True,
        warningiserror=False,
    )
    app.build()
    assert app.warning.getvalue() == ""
    yield Path(app.outdir)
    app.cleanup()


class _Handler(browsers._Handler):
    """The site's policy everywhere but on the worker, which may have one of its own."""

    worker_csp = WORKER_CSP

    def end_headers(self) -> None:
        if self.path.endswith(WORKER):
            self.csp = self.worker_csp
        super().end_headers()


@contextmanager
def serving(directory: Path, csp: str = CSP, worker_csp: str = WORKER_CSP) -> Iterator[str]:
    """Serve a site whose worker has a policy of its own."""
    kind = type("Handler", (_Handler,), {"worker_csp": worker_csp})
    handler = partial(kind, directory=str(directory), csp=csp)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


class Explorer:
    """The form as a reader uses it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.result = page.locator(".mlt-api-explorer__result")
        self.curl = page.locator("#api-explorer-curl pre")

    def choose(self, name: str, value: str) -> None:
        self.page.select_option(f"#api-explorer-{name}", value)

    def answered_by(self, mode: str) -> None:
        self.page.check(f"[name=mode][value={mode}]")

    def send(self, says: str = "") -> str:
        self.page.click(".mlt-api-explorer__send")
        self.page.locator(".mlt-api-explorer__progress").wait_for(state="detached")
        if says:
            self.result.get_by_text(says).first.wait_for()
        return self.result.inner_text()


@pytest.fixture
def explorer(out: Path, browser: Browser) -> Iterator[Callable[..., Explorer]]:
    """Return ``explorer(hash="", csp=CSP, **context)``: the page in a window of its own."""
    contexts, servers = [], []
    broken: list[str] = []

    def make(
        place: str = "", csp: str = CSP, worker_csp: str = WORKER_CSP, **more: Any
    ) -> Explorer:
        server = serving(out, csp, worker_csp)
        servers.append(server)
        context = browser.new_context(reduced_motion="reduce", **more)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: broken.append(str(error)))
        page.goto(f"{server.__enter__()}/index.html#{place}")
        return Explorer(page)

    yield make
    for context in contexts:
        context.close()
    for server in servers:
        server.__exit__(None, None, None)
    assert broken == []


# -- Pages -----------------------------------------------------------------------------------


def article(out: Path, page: str = "index") -> Any:
    from bs4 import BeautifulSoup

    return BeautifulSoup((out / f"{page}.html").read_text(), "html.parser").find("article")


def test_form_and_list_of_all_operations(out):
    found = article(out)
    titles = [option.get_text() for option in found.select("#api-explorer-service option")]
    assert titles == list(KINDS.values())
    given = json.loads(found.select_one("[data-api-explorer]")["data-api-explorer"])
    listed = {row["id"] for row in found.select("tr[id]")}
    assert listed == {each["id"] for kind in given["services"] for each in kind["operations"]}
    assert PREDICT in listed
    row = found.select_one(f"#{PREDICT}")
    assert row.select_one("a")["href"] == "reference.html#classification-post-api-v1-predict"
    assert row.select("td")[1].get_text() == "200, 422, 500"
    assert found.find("h2").get_text().startswith("Classification")
    assert len(found.select("table")) == len(KINDS)


def test_every_recorded_answer_is_in_the_page(out):
    given = json.loads(article(out).select_one("[data-api-explorer]")["data-api-explorer"])
    for kind in given["services"]:
        file = DATA / "openapi" / f"{kind['name']}.exchanges.json"
        if not file.is_file():
            continue
        recorded = json.loads(file.read_text())
        shown = {
            f"{each['method']} {each['path']}": [
                (one["status"], json.loads(one["answer"])) for one in each["examples"]
            ]
            for each in kind["operations"]
        }
        assert shown == {
            name: [(each["status"], each["answer"]) for each in exchanges]
            for name, exchanges in recorded.items()
        }


def test_operations_link_to_the_explorer(out):
    links = [link["href"] for link in article(out, "reference").select(".mlt-openapi-try a")]
    assert links[0] == f"index.html#{PREDICT}"
    assert len(links) == 4


def test_reference_without_explorer_has_no_link(build):
    text = "# Page\n\n```{openapi} classification.json\n```\n"
    files = {"classification.json": (DATA / "openapi" / "classification.json").read_text()}
    built = build(text, ["sphinx_design", "sphinx_copybutton", "_ext.openapi"], files=files)
    assert "Try it" not in built.article().get_text()


@pytest.mark.parametrize(
    ("text", "subtype", "message"),
    [
        ("```{api-explorer} nothing\n```", "service", "there is no service 'nothing'"),
        ("```{api-explorer} llm\nother: Other\n```", "titles", "no line for 'llm'"),
        ("```{api-explorer} llm\n- llm\n```", "titles", "a line 'name: Title'"),
        ("```{api-explorer} llm\n{\n```", "titles", "not YAML"),
        ("```{api-explorer} llm\n```\n\n```{api-explorer} llm\n```", "twice", "already"),
    ],
)
def test_bad_input_warns_with_type_and_line(build, text, subtype, message):
    built = build(f"# Page\n\n{text}\n", EXTENSIONS, api_explorer_data=str(DATA))
    line = 6 if subtype == "twice" else 3
    assert f"index.md:{line}: WARNING" in built.warnings
    assert message in built.warnings
    assert f"[api_explorer.{subtype}]" in built.warnings


def test_second_explorer_is_named(build):
    show = "# Page\n\n```{api-explorer} llm\n```\n"
    pages = {"index": show, "other": f"---\norphan: true\n---\n{show}"}
    built = build(pages, EXTENSIONS, api_explorer_data=str(DATA))
    assert "[api_explorer.duplicate]" in built.warnings


def test_second_explorer_steps_aside(build):
    show = "# Page\n\n```{api-explorer} llm\n```\n"
    aside = show.replace("llm\n", "llm\n:aside:\n")
    pages = {"index": show, "other": f"---\norphan: true\n---\n{aside}"}
    built = build(pages, EXTENSIONS, api_explorer_data=str(DATA))
    assert built.warnings == ""
    assert (
        built.app.env.domains.standard_domain.objects["try", "llm POST /api/v1/chat"][0] == "index"
    )


def test_missing_facts_warn(build, tmp_path):
    built = build(
        "# P\n\n```{api-explorer} llm\n```\n", EXTENSIONS, api_explorer_data=str(tmp_path)
    )
    assert "[api_explorer.file]" in built.warnings


def test_hostile_values_are_escaped(build, tmp_path):
    hostile = '"></div><script>alert(1)</script>&amp;'
    (tmp_path / "openapi").mkdir()
    document = {
        "openapi": "3.1.0",
        "info": {"title": "x", "version": "1"},
        "paths": {f"/{hostile}": {"get": {"summary": hostile, "responses": {}}}},
    }
    (tmp_path / "openapi" / "bad.json").write_text(json.dumps(document))
    (tmp_path / "api_explorer.json").write_text(FACTS.read_text())
    text = f"# P\n\n```{{api-explorer}} bad\nbad: '{hostile}'\n```\n"
    built = build(text, EXTENSIONS, api_explorer_data=str(tmp_path))
    found = built.article()
    assert found.find("script") is None
    assert found.select_one("#api-explorer-service option").get_text() == hostile
    given = json.loads(found.select_one("[data-api-explorer]")["data-api-explorer"])
    assert given["services"][0]["operations"][0]["path"] == f"/{hostile}"


def test_text_build_has_the_list(build):
    built = build(PAGE, EXTENSIONS, builder="text", api_explorer_data=str(DATA))
    text = built.text("index.txt")
    assert "POST /api/v1/predict" in re.sub(r'["*]', "", text)
    assert "Behind" not in text
    assert "Send" not in text


def test_assets_on_its_pages_only(out):
    assert "api-explorer.js" in (out / "index.html").read_text()
    assert "css/api-explorer.css" in (out / "index.html").read_text()
    for name in ("plain.html", "reference.html"):
        assert "api-explorer" not in (out / name).read_text().replace("index.html#", "")
    assert "worker" not in (out / "index.html").read_text()


def test_transcript_becomes_a_service():
    service, files = read(DATA, "protected", "Guard")
    assert [file.name for file in files] == ["protected.json"]
    assert not service.runs
    named = {each.title: [one.status for one in each.examples] for each in service.operations}
    assert named["GET /api/v1/info"] == [401, 401, 401, 403, 429]


def test_list_resolves_in_the_doctree(build):
    built = build(PAGE, EXTENSIONS, api_explorer_data=str(DATA))
    assert (
        built.app.env.domains.standard_domain.objects["try", "llm POST /api/v1/chat"][0] == "index"
    )
    assert not list(built.doctree().findall(nodes.table))


# -- Recorded answers ------------------------------------------------------------------------


def test_every_example_gets_its_recorded_answer(explorer):
    shown = explorer()
    given = json.loads(shown.page.get_attribute("[data-api-explorer]", "data-api-explorer"))
    count = 0
    for kind in given["services"]:
        shown.choose("service", kind["name"])
        for operation in kind["operations"]:
            shown.choose("operation", operation["id"])
            assert shown.page.url.endswith(f"#{operation['id']}")
            for number, example in enumerate(operation["examples"]):
                shown.choose("example", str(number))
                text = shown.send()
                assert text.startswith(str(example["status"])), example["label"]
                assert "".join(example["answer"].split()) in "".join(text.split())
                assert "Recorded answer" in text
                count += 1
    assert count > 50


def test_order_and_spaces_of_a_body_do_not_matter(explorer):
    shown = explorer(PREDICT)
    shown.page.fill(
        "#api-explorer-body",
        '{"return_proba": true,\n "data": [[5.10, 3.5, 1.4, 0.2],[6.7, 3, 5.2, 2.3]]}',
    )
    assert shown.send().startswith("500")


def test_changed_request_has_no_recorded_answer(explorer):
    shown = explorer(PREDICT)
    shown.page.fill("#api-explorer-body", '{"data": [[1, 2, 3, 4]]}')
    assert "Nobody sent this request" in shown.send()
    shown.page.get_by_role("button", name="Run it in this browser").click()
    assert shown.page.is_checked("[name=mode][value=browser]")
    assert re.search(r"Load [\d.]+ MB and send", shown.page.inner_text(".mlt-api-explorer__send"))
    assert shown.page.evaluate("document.activeElement.textContent").startswith("Load")


def test_body_that_is_no_json_is_named(explorer):
    shown = explorer(PREDICT)
    shown.page.fill("#api-explorer-body", '{"data": ')
    error = shown.page.locator("#api-explorer-body-error")
    assert error.inner_text() == "This is not JSON. You can send it: a service answers 422."
    assert shown.page.get_attribute("#api-explorer-body", "aria-invalid") == "true"
    shown.page.fill("#api-explorer-body", '{"data": []}')
    assert error.inner_text() == ""


def test_guard_asks_for_its_headers(explorer):
    shown = explorer("try-protected-post-api-v1-predict")
    assert shown.send().startswith("200")
    assert shown.result.locator("dd").all_text_contents() == ["application/json"]
    shown.choose("auth", "")
    assert "Nobody sent this request" in shown.send()
    shown.choose("auth", "key")
    shown.page.fill("#api-explorer-secret", "another")
    assert "Nobody sent this request" in shown.send()


# -- The command -----------------------------------------------------------------------------


def test_command_is_the_one_of_the_reference(explorer):
    body = {"data": [[5.1, 3.5, 1.4, 0.2], [6.7, 3.0, 5.2, 2.3]]}
    url = "http://127.0.0.1:8000/api/v1/predict"
    expected = curl(Request("POST", url, media_type="application/json", body=body))
    shown = explorer(PREDICT)
    assert f"$ {shown.curl.text_content()}" == expected
    shown.choose("operation", "try-classification-get-api-v1-health")
    assert shown.curl.text_content() == "curl http://127.0.0.1:8000/api/v1/health"


def test_command_is_quoted_for_a_shell(explorer):
    import shlex

    text = json.dumps({"prompt": 'it\'s $HOME `x` \\ "q"'})
    shown = explorer("try-llm-post-api-v1-generate")
    shown.page.fill("#api-explorer-body", text)
    words = shlex.split(shown.curl.text_content().replace("\\\n", ""))
    assert json.loads(words[words.index("-d") + 1]) == json.loads(text)


def test_keys_stay_out_of_command_storage_and_address(explorer):
    shown = explorer(PREDICT)
    shown.page.click("summary")
    shown.choose("auth", "bearer")
    shown.page.fill("#api-explorer-secret", "top-secret")
    assert '-H "Authorization: Bearer $TOKEN"' in shown.curl.text_content()
    shown.choose("auth", "key")
    shown.page.fill("#api-explorer-header", "X-Key")
    assert '-H "X-Key: $API_KEY"' in shown.curl.text_content()
    stored = shown.page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert "top-secret" not in stored + shown.page.url + shown.curl.text_content()


# -- The reader's own service ----------------------------------------------------------------


@contextmanager
def own_service(origins: list[str]) -> Iterator[str]:
    """Run a service with the same middleware as the generated project; empty means none."""
    app = FastAPI()
    if origins:
        app.add_middleware(
            CORSMiddleware, allow_origins=origins, allow_credentials=True,
            allow_methods=["*"], allow_headers=["*"],
        )  # fmt: skip

    @app.post("/api/v1/predict")
    async def predict(request: dict[str, Any]) -> dict[str, Any]:
        return {"got": request, "value": 197.0}

    @app.get("/api/v1/health")
    async def health() -> RedirectResponse:
        return RedirectResponse("/elsewhere")

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


OPEN = CSP.replace("connect-src 'self'", "connect-src 'self' http://127.0.0.1:*")


def test_own_service_answers(explorer):
    with own_service(["*"]) as url:
        shown = explorer(PREDICT, OPEN)
        shown.answered_by("own")
        shown.page.fill("#api-explorer-address", f"{url}/")
        assert shown.curl.text_content().startswith(f"curl -X POST {url}/api/v1/predict")
        shown.page.click("details > summary")
        shown.choose("auth", "key")
        shown.page.fill("#api-explorer-secret", "key of mine")
        text = shown.send(f"Answer of {url}")
        assert text.startswith("200")
        assert '"value": 197.0' in text
        assert re.search(r"in \d+ ms", text)
        shown.page.reload()
        assert shown.page.input_value("#api-explorer-address") == f"{url}/"
        shown.page.evaluate("document.querySelector('[value=own]').click()")
        shown.page.fill("#api-explorer-address", "")
        assert shown.page.evaluate("localStorage.length") == 0


def test_redirects_are_not_followed(explorer):
    with own_service(["*"]) as url:
        shown = explorer("try-classification-get-api-v1-health", OPEN)
        shown.answered_by("own")
        shown.page.fill("#api-explorer-address", url)
        assert "redirect, which is not followed" in shown.send()


@pytest.mark.parametrize("origins", [[], ["https://app.example.com"]])
def test_service_that_does_not_allow_this_page_is_explained(explorer, origins):
    with own_service(origins) as url:
        shown = explorer(PREDICT, OPEN)
        shown.answered_by("own")
        shown.page.fill("#api-explorer-address", url)
        text = shown.send()
        assert "CORS" in text
        assert "ALLOWED_ORIGINS" in text


def test_nobody_there_is_explained(explorer):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        shown = explorer(PREDICT, OPEN)
        shown.answered_by("own")
        shown.page.fill("#api-explorer-address", f"http://127.0.0.1:{closed.getsockname()[1]}")
        assert "Nothing answers at" in shown.send()


def test_policy_of_the_site_is_explained(explorer):
    with own_service(["*"]) as url:
        shown = explorer(PREDICT)
        shown.answered_by("own")
        shown.page.fill("#api-explorer-address", url)
        assert "security policy of this site" in shown.send()


@pytest.mark.parametrize(
    ("address", "error"),
    [
        ("", "Type an address"),
        ("127.0.0.1", "Type an address"),
        ("ftp://127.0.0.1", "begins with http"),
        ("http://me:secret@127.0.0.1", "Leave names"),
        ("javascript:alert(1)", "begins with http"),
    ],
)
def test_wrong_address_is_named(explorer, address, error):
    shown = explorer(PREDICT)
    shown.answered_by("own")
    shown.page.fill("#api-explorer-address", address)
    shown.page.click(".mlt-api-explorer__send")
    assert error in shown.page.inner_text("#api-explorer-address-error")
    assert shown.page.evaluate("document.activeElement.id") == "api-explorer-address"


# -- The engine ------------------------------------------------------------------------------

MASKED = re.compile(r'"timestamp": ?"[^"]*"|"total_time_ms": ?[\d.e-]+')
ASK = """
async ([questions, worker]) => {
  const engine = new Worker(worker), answers = [];
  await new Promise((ok, no) => {
    engine.onerror = (event) => no(new Error(event.message));
    engine.onmessage = ({ data }) =>
      data.ready ? ok() : data.failed ? no(new Error(data.failed)) : 0;
  });
  const begun = performance.now();
  for (const [id, question] of questions.entries()) {
    engine.postMessage({ id, question });
    answers.push(await new Promise((ok) => {
      engine.onmessage = ({ data }) =>
        ok(data.error ? { status: 0, body: data.error } : data.answer);
    }));
  }
  engine.terminate();
  return [answers, performance.now() - begun];
}
"""


def test_answers_equal_the_services(explorer):
    """The real services, in a process of their own, and the bundle in a browser: 200 requests."""
    asked = json.loads(run("ask", str(SEED), str(COUNT)).splitlines()[-1])
    assert len(asked) == COUNT
    assert len({each["service"] for each in asked}) == len(KINDS) - 1
    assert {each["answer"][0] for each in asked} == {200, 422, 500}
    right = [
        each for each in asked if each["answer"][0] == 200 and "predictions" in each["answer"][2]
    ]
    assert len(right) >= 60
    shown = explorer()
    shown.page.set_default_timeout(STARTS)
    answers, took = shown.page.evaluate(ASK, [asked, f"_static/{WORKER}"])
    for question, answer in zip(asked, answers, strict=True):
        status, kind, text = question["answer"]
        got = answer["status"], dict(answer.get("headers", [])).get("content-type"), answer["body"]
        wanted = status, kind, MASKED.sub("", text)
        assert (*got[:2], MASKED.sub("", got[2])) == wanted, question["service"]
    assert took < 60_000


def test_form_asks_the_engine(explorer):
    shown = explorer("try-regression-post-api-v1-predict")
    requested: list[str] = []
    shown.page.on("request", lambda request: requested.append(request.url))
    shown.page.wait_for_load_state()
    assert not [url for url in requested if "pyodide" in url or "explorer" in url]
    shown.answered_by("browser")
    shown.page.set_default_timeout(STARTS)
    shown.page.fill("#api-explorer-body", '{"data": [[59, 2, 32.1, 101]]}')
    text = shown.send("generated application")
    assert text.startswith("200")
    assert '"predictions": [197.0]' in text
    assert shown.page.inner_text(".mlt-api-explorer__send") == "Send"
    assert all("/_static/" in url for url in requested)
    loaded = len(requested)
    shown.page.fill("#api-explorer-body", "{")
    assert shown.send("generated application").startswith("422")
    assert len(requested) == loaded
    shown.choose("service", "protected")
    assert "recorded only" in shown.page.inner_text("[data-unavailable]")


def test_policy_without_webassembly_is_explained(explorer):
    shown = explorer(PREDICT, worker_csp=CSP)
    shown.answered_by("browser")
    text = shown.send("'wasm-unsafe-eval'")
    assert "forbids WebAssembly" in text
    shown.page.get_by_role("button", name="Back to recorded answers").click()
    assert shown.send().startswith("200")


def test_policy_without_workers_is_explained(explorer):
    shown = explorer(PREDICT, CSP + "; worker-src 'none'")
    shown.answered_by("browser")
    assert "workers" in shown.send("did not start")


def test_page_from_disk(out, browser):
    page = browser.new_page()
    page.goto(f"file://{out}/index.html#{PREDICT}")
    shown = Explorer(page)
    assert shown.send().startswith("200")
    shown.answered_by("browser")
    assert "opened from disk" in shown.send()
    page.close()


# -- Reading and operating -------------------------------------------------------------------


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("mode", ["recorded", "browser", "own"])
def test_axe_finds_nothing(explorer, theme, mode):
    shown = explorer(PREDICT, color_scheme=theme, bypass_csp=True)
    shown.page.click("details > summary")
    shown.choose("auth", "key")
    shown.send()
    shown.answered_by(mode)
    shown.page.add_script_tag(content=AXE.read_text())
    rules = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]
    found = shown.page.evaluate("rules => axe.run('article', {runOnly: rules})", rules)
    assert [(each["id"], [n["html"] for n in each["nodes"]]) for each in found["violations"]] == []


def test_keyboard_reaches_everything(explorer):
    shown = explorer(PREDICT)
    shown.page.wait_for_function("document.activeElement.id === 'api-explorer-service'")
    reached = []
    for _ in range(11):
        reached.append(
            shown.page.evaluate(
                "(e => e.id || e.name || e.textContent.trim())(document.activeElement)"
            )
        )
        shown.page.keyboard.press("Tab")
    for name in ("service", "operation", "example", "body", "curl"):
        assert f"api-explorer-{name}" in reached
    assert {"mode", "Authentication", "Copy", "Send"} <= set(reached)
    shown.page.focus("#api-explorer-body")
    shown.page.keyboard.press("Control+Enter")
    assert shown.result.inner_text().startswith("200")
    assert "200. Recorded answer" in shown.page.inner_text("[role=status]")


@pytest.mark.parametrize("mode", ["recorded", "browser", "own"])
def test_narrow_screen(explorer, mode):
    shown = explorer(PREDICT, viewport={"width": 320, "height": 700}, has_touch=True)
    shown.answered_by(mode)
    shown.page.click("details > summary")
    shown.choose("auth", "key")
    assert shown.page.evaluate("document.documentElement.scrollWidth") <= 320
    small = shown.page.evaluate(
        """[...document.querySelectorAll(`.mlt-api-explorer :is(select, button, summary,
          input:not([type=radio]), fieldset > label)`)].filter((e) => e.checkVisibility()
          && e.getBoundingClientRect().height < 44).map((e) => e.outerHTML.slice(0, 80))"""
    )
    assert small == []


def test_without_script_the_list_remains(out, browser):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    with serve(out) as url:
        page.goto(f"{url}/index.html#{PREDICT}")
        assert not page.is_visible("[data-api-explorer]")
        assert page.is_visible(f"#{PREDICT} a")
    context.close()


def test_wrong_place_in_the_address_changes_nothing(explorer):
    shown = explorer("try-nothing-<script>")
    assert shown.page.input_value("#api-explorer-service") == "classification"
    assert shown.send().startswith("200")


# -- The tool --------------------------------------------------------------------------------


def test_committed_files_are_what_the_tool_makes():
    assert differences(services()) == []


def test_a_changed_bundle_is_noticed(monkeypatch, tmp_path):
    changed = tmp_path / "services.json"
    changed.write_text(SERVICES.read_text().replace("5000", "5001", 1) + " ")
    monkeypatch.setattr("tools.explorer.__main__.SERVICES", changed)
    monkeypatch.setattr("tools.explorer.__main__.ROOT", tmp_path)
    monkeypatch.setattr("tools.explorer.__main__.PACK", tmp_path / "packages.zip")
    found = differences(SERVICES.read_text())
    assert found[0].startswith("services.json")
    assert any("packages.zip: " in line for line in found)


def test_only_what_a_processor_may_change_is_no_difference():
    learned = json.dumps({"coef": [[0.5, -1.25]], "features": 2})
    made = {"services": {"a": 1}, "models": {"m": {"parameters.json": learned}}}
    for number, equal in (("0.50000001", True), ("0.501", False), ("1", False)):
        other = json.loads(json.dumps(made).replace("0.5", number))
        assert same(bundle_of(json.dumps(other)), bundle_of(json.dumps(made))) is equal
    assert not same(made, made | {"services": {"a": 2}})
    assert not same({"x": [1.0]}, {"x": [1.0, 1.0]})


def test_pack_is_the_same_each_time_and_complete():
    assert packages.pack() == packages.pack()
    assert packages.unpacked(packages.pack()) == packages.contents()
    assert "fastapi/__init__.py" in packages.contents()


def test_weight_of_the_engine():
    said = json.loads(facts())
    assert said["megabytes"] < 10
    assert sum(file.stat().st_size for file in PYODIDE.iterdir()) < 20_000_000


def test_notice_names_what_is_shipped():
    notice = (ROOT / "_static" / "vendor" / "NOTICE.md").read_text()
    pinned = json.loads((ROOT / "tools" / "vendor" / "package.json").read_text())["dependencies"]
    assert f"| pyodide {pinned['pyodide']} |" in notice
    for name, version in packages.versions().items():
        assert f"{name} {version}" in notice, name


def test_services_are_the_generated_ones():
    bundle = json.loads(SERVICES.read_text())
    assert set(bundle["services"]) == set(KINDS) - {"protected"}
    listed = (DATA / "openapi" / "project.txt").read_text().replace("demo/", "").split()
    code = {name for name in listed if name.endswith(".py") and not name.startswith("tests/")}
    assert set(bundle["services"]["classification"]["files"]) == code
    assert (
        "from pydantic_settings import BaseSettings"
        in (bundle["services"]["classification"]["files"]["app/core/config.py"])
    )
