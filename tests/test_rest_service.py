"""The REST pages against services that really run: the recipe, the requests, what is said."""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import jsonschema
import pytest
import requests

from _ext.http_example.model import load as load_transcript
from _ext.http_example.model import samples as samples_of
from tools.http.exchange import mask
from tools.http.recorder import Places, drift, record
from tools.http.script import load as load_script
from tools.http.services import SERVICES, prepare, running

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[1]
DATA = ROOT / "source" / "_data" / "openapi"
PAGES = ROOT / "source" / "reference" / "rest"
PLACES = Places()
TIMEOUT = 60
BLOCK = re.compile(r"^```\{openapi\} /_data/openapi/([\w-]+)\.json\n(.*?)^```$", re.M | re.S)
SHOWN = {
    name: options
    for path in sorted(PAGES.glob("*.md"))
    for name, options in BLOCK.findall(path.read_text())
}
"""The options of each ``openapi`` directive of the reference, by document."""


@dataclass
class Service:
    """A running service."""

    url: str
    document: dict[str, Any]

    def check(self, endpoint: str, status: int, answer: Any) -> None:
        """Hold ``answer`` against the documented schema."""
        method, path = endpoint.split()
        responses = self.document["paths"][path][method.lower()]["responses"]
        schema = responses[str(status)]["content"]["application/json"]["schema"]
        components = {"components": self.document["components"]}
        jsonschema.validate(answer, schema | components)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The recipe's directory after all of it but the last line, and the other services."""
    path = tmp_path_factory.mktemp("rest") / "project"
    prepare(path, SERVICES)
    return path


@pytest.fixture(scope="module")
def services(project: Path) -> Iterator[dict[str, Service]]:
    """The services, started with the recipe's last line, each on a port of its own."""
    with running(project, SERVICES) as addresses:
        yield {
            name: Service(url, json.loads((DATA / f"{SERVICES[name].document}.json").read_text()))
            for name, url in addresses.items()
        }


def samples(build: Callable[..., Any], kind: str, url: str) -> dict[str, list[str]]:
    """Build the page's directive for ``url``; return its samples by endpoint: curl, Python, JS."""
    options = SHOWN[kind].replace("/_data/openapi/", "/") + f":base-url: {url}\n"
    page = f"# Page\n\n```{{openapi}} d.json\n{options}```\n"
    files = {
        "d.json": (DATA / f"{kind}.json").read_text(),
        f"{kind}.exchanges.json": (DATA / f"{kind}.exchanges.json").read_text(),
    }
    article = build(page, ["sphinx_copybutton", "_ext.openapi"], files=files).article()
    found = {}
    for section in article.select("section.mlt-openapi:has(.sd-tab-set)"):
        title = section.find(["h2", "h3"])
        title.find(class_="headerlink").extract()
        blocks = section.select(".sd-tab-content pre")
        found[title.get_text()] = [block.get_text() for block in blocks]
    return found


def ran(sample: str, language: int) -> subprocess.CompletedProcess[str]:
    """Run a sample as a reader would: curl, Python or JavaScript."""
    if language == 0:
        assert sample.startswith("$ ")
        command = [
            "sh",
            "-c",
            sample.removeprefix("$ ").replace("curl ", "curl -sS --fail-with-body ", 1),
        ]
    elif language == 1:
        printed = sample.replace(
            "print(response.json())", "import json; print(json.dumps(response.json()))"
        )
        command = [sys.executable, "-c", printed]
    else:
        printed = sample.replace(
            "console.log(await response.json())",
            "console.log(JSON.stringify(await response.json()))",
        )
        assert printed != sample
        command = ["node", "--input-type=module", "-e", printed]
    return subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT)


ANSWERS = {
    "classification": {"predictions": [0, 2]},
    "llm": {"text": "Say hello to the reader"},
    "other": {"result": {"unusual": True, "distance": 18}},
}


def test_node_runs_the_javascript_samples():
    assert shutil.which("node"), "install Node.js: the JavaScript samples are run with it"


@pytest.mark.parametrize("kind", SHOWN)
def test_requests_of_the_page_are_answered_as_documented(kind, services, build):
    assert ":tested-by: tests/test_rest_service.py\n" in SHOWN[kind]
    service = services[kind]
    exchanges = json.loads((DATA / f"{kind}.exchanges.json").read_text())
    paths = (re.findall(r"^:paths: (.*)$", SHOWN[kind], re.M) or [None])[0]
    found = samples(build, kind, service.url)
    assert set(found) == {
        f"{method.upper()} {path}"
        for path, item in service.document["paths"].items()
        for method in item
        if paths is None or path in paths.split()
    }
    for endpoint, texts in found.items():
        assert len(texts) == 3
        sample = exchanges[endpoint][0]
        for language, text in enumerate(texts):
            done = ran(text, language)
            if "limit" in sample:
                assert done.returncode != 0
                told = done.stdout + done.stderr
                assert str(sample["status"]) in told if language == 1 else True
                assert sample["answer"]["detail"] in told if language != 1 else True
                continue
            assert done.returncode == 0, done.stdout + done.stderr
            answer = json.loads(done.stdout)
            service.check(endpoint, 200, answer)
            if endpoint.endswith(("/v1/predict", "/v1/generate")):
                assert answer.items() >= ANSWERS.get(kind, {}).items()


# -- Transcripts -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", PLACES.names())
def test_transcripts_are_what_the_services_answer(name, services):
    script = load_script(PLACES.script(name))
    content = record(script, services[script.service].url, PLACES)
    assert drift(name, content, PLACES) == ""


@pytest.mark.parametrize("name", PLACES.names())
def test_every_tab_gets_the_response_that_is_shown(name, services):
    transcript = load_transcript(PLACES.transcript(name)).value
    url = services[transcript.service].url
    for exchange in transcript.exchanges.values():
        curl, python, raw = (each.text for each in samples_of(exchange, url))
        status, expected = exchange.response.status, exchange.response.body
        done = ran(curl.replace("curl ", "curl -w '%{http_code}' ", 1), 0)
        body, code = done.stdout[:-3], done.stdout[-3:]
        assert (int(code), masked(body, transcript)) == (status, expected)
        printed = ran(python, 1).stdout
        if status >= 400:
            code, printed = printed.split(" ", 1)
            assert int(code) == status
        assert masked(printed, transcript) == expected
        assert masked(over_the_wire(raw, status), transcript) == expected


def masked(text: str, transcript: Any) -> Any:
    return mask(json.loads(text), transcript.decimals)


def over_the_wire(text: str, status: int) -> str:
    """Send the tab's text as it is, and return the body of the response."""
    head, _, body = text.partition("\n\n")
    host = urlsplit("http://" + re.findall(r"^Host: (.*)$", head, re.M)[0])
    head += "\nConnection: close\n\n"
    with socket.create_connection((host.hostname, host.port), timeout=TIMEOUT) as wire:
        wire.sendall(head.replace("\n", "\r\n").encode() + body.encode())
        answer = wire.makefile("rb").read().decode()
    first, _, rest = answer.partition("\r\n")
    assert first.startswith(f"HTTP/1.1 {status} ")
    return rest.partition("\r\n\r\n")[2]


# -- What the pages say ----------------------------------------------------------------------


def test_document_is_the_exported_one(services):
    for name in SHOWN:
        served = requests.get(services[name].url + "/openapi.json", timeout=10).json()
        assert {**served, "info": 0} == {**services[name].document, "info": 0}


def test_version_is_the_registered_one(services):
    url = services["classification"].url + "/api/v1"
    version = requests.get(f"{url}/info", timeout=10).json()["version"]
    answer = requests.post(f"{url}/predict", json={"data": [[5.1, 3.5, 1.4, 0.2]]}, timeout=10)
    assert answer.json()["model_version"] == version
    health = requests.get(f"{url}/health", timeout=10).json()
    assert health == {"status": "healthy", "model_loaded": True, "version": version}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"data": "flowers"}, 422),
        ({}, 422),
        ({"data": [[5.1]]}, 500),
        ({"data": [[5.1, 3.5, 1.4, 0.2]], "return_proba": True}, 500),
    ],
)
def test_errors(services, body, status):
    service = services["classification"]
    answer = requests.post(f"{service.url}/api/v1/predict", json=body, timeout=10)
    assert answer.status_code == status
    if status == 422:
        service.check("POST /api/v1/predict", 422, answer.json())
    else:
        assert isinstance(answer.json()["detail"], str)


def test_unknown_endpoint_and_docs(services):
    url = services["classification"].url
    missing = requests.get(f"{url}/predict", timeout=10)
    assert (missing.status_code, missing.json()) == (404, {"detail": "Not Found"})
    assert requests.get(f"{url}/docs", timeout=10).status_code == 200


def test_no_login_and_only_named_origins(services):
    url = services["classification"].url + "/api/v1/health"
    for origin, allowed in (("https://app.example.com", True), ("http://evil.example", False)):
        answer = requests.get(url, headers={"Origin": origin}, timeout=10)
        assert answer.status_code == 200
        assert (answer.headers.get("access-control-allow-origin") == origin) == allowed


def test_probabilities_with_pyfunc_predict_fn(services):
    url = services["probabilities"].url + "/api/v1/predict"
    answer = requests.post(url, json={"data": [[5.1, 3.5, 1.4, 0.2]]}, timeout=10).json()
    assert len(answer["predictions"][0]) == 3
    assert sum(answer["predictions"][0]) == pytest.approx(1)


def test_chat(services):
    body = {"messages": [{"role": "user", "content": "Hello"}]}
    answer = requests.post(services["llm"].url + "/api/v1/chat", json=body, timeout=10)
    assert (answer.status_code, answer.json()) == (500, {"detail": "Model does not support chat"})


def test_files_of_the_project_are_the_listed_ones(project):
    listed = (DATA / "project.txt").read_text().replace("demo/", "").split()
    there = {
        str(file.relative_to(project / "service" / "iris"))
        for file in (project / "service" / "iris").rglob("*")
        if file.is_file() and "__pycache__" not in file.parts and "model" not in file.parts
    }
    assert there == set(listed)


def test_untouched_project_does_not_start(tmp_path):
    from mltrack.deployment.api.fastapi_generator import FastAPIGenerator

    FastAPIGenerator.generate_project_structure({"model_name": "raw", "version": "v1"}, tmp_path)
    done = subprocess.run(
        [sys.executable, "-c", "import app.main"],
        cwd=tmp_path / "raw",
        capture_output=True,
        text=True,
    )
    assert done.returncode != 0
    assert "BaseSettings" in done.stderr
