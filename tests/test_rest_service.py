"""The REST pages against services that really run: the recipe, the requests, what is said."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
import requests

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[1]
RECIPES = ROOT / "source" / "recipes"
DATA = ROOT / "source" / "_data" / "openapi"
TIMEOUT = 60

OTHER_MODELS = """
import runpy
import sys

import mlflow
from mltrack import MLTrackConfig
from mltrack.model_registry import ModelRegistry
from sklearn.datasets import load_diabetes, load_iris
from sklearn.linear_model import LinearRegression, LogisticRegression

config = MLTrackConfig.find_config()
mlflow.set_tracking_uri(config.tracking_uri)
mlflow.set_experiment("others")
registry = ModelRegistry(config)
iris, (x, y) = load_iris(return_X_y=True), load_diabetes(return_X_y=True, scaled=False)


def log(name, task, save, **what):
    with mlflow.start_run() as run:
        save(name="model", pip_requirements=["mlflow"], **what)
    registry.register_model(run.info.run_id, name, "model", task_type=task)


linear = LinearRegression().fit(x[:, :4], y)
log("pressure", "regression", mlflow.sklearn.log_model, sk_model=linear)
log("echo", "llm", mlflow.pyfunc.log_model, python_model="llm_model.py")
log("sure", "classification", mlflow.sklearn.log_model, pyfunc_predict_fn="predict_proba",
    sk_model=LogisticRegression(max_iter=500).fit(*iris))

for name in ("pressure", "echo", "sure"):  # the recipe, without starting Python three times
    sys.argv[1:] = [name]
    runpy.run_path("serve_model.py", run_name="__main__")
"""


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


def free_port() -> int:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return int(server.getsockname()[1])


def run(text: str, project: Path) -> None:
    """Run lines of a shell as a reader would, in the project."""
    done = subprocess.run(
        ["sh", "-e", "-c", text],
        cwd=project,
        env=environment(project),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def environment(project: Path) -> dict[str, str]:
    programs = Path(sys.executable).parent
    return {
        "PATH": f"{programs}:{os.environ['PATH']}",
        "HOME": str(project / "home"),
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "ALLOWED_ORIGINS": '["https://app.example.com"]',
    }


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The recipe's directory after all of it but the last line, and three more models."""
    path = tmp_path_factory.mktemp("project")
    (path / "home").mkdir()
    for name in ("serve_train.py", "serve_model.py", "llm_model.py"):
        shutil.copy(RECIPES / name, path)
    shutil.copy(RECIPES / "serve.mltrack.yml", path / ".mltrack.yml")
    (path / "others.py").write_text(OTHER_MODELS)
    *before, _ = (RECIPES / "serve.sh").read_text().splitlines()
    run("\n".join(before), path)
    run("python others.py", path)
    return path


@pytest.fixture(scope="module")
def services(project: Path) -> Iterator[dict[str, Service]]:
    """The services, started with the recipe's last line, each on a port of its own."""
    line = (RECIPES / "serve.sh").read_text().splitlines()[-1]
    kinds = {
        "iris": "classification",
        "pressure": "regression",
        "echo": "llm",
        "sure": "classification",
    }
    started: dict[str, Service] = {}
    with ExitStack() as stack:
        for name, kind in kinds.items():
            port = free_port()
            command = line.replace("service/iris", f"service/{name}").replace("8000", str(port))
            log = stack.enter_context((project / f"{name}.log").open("w"))
            process = subprocess.Popen(
                command.split(), cwd=project, env=environment(project), stdout=log, stderr=log
            )
            stack.callback(process.wait)
            stack.callback(process.terminate)
            document = json.loads((DATA / f"{kind}.json").read_text())
            started[name] = Service(f"http://127.0.0.1:{port}", document)
        for name, service in started.items():
            wait_for(service.url, project / f"{name}.log")
        yield started


def wait_for(url: str, log: Path) -> None:
    end = time.monotonic() + TIMEOUT
    while time.monotonic() < end:
        try:
            requests.get(f"{url}/api/v1/health", timeout=5)
        except requests.ConnectionError:
            time.sleep(0.2)
        else:
            return
    pytest.fail(log.read_text())


def samples(build: Callable[..., Any], kind: str, url: str) -> dict[str, list[str]]:
    """Build the page's directive for ``url``; return its samples by endpoint: curl, Python, JS."""
    page = f"# Page\n\n```{{openapi}} d.json\n:exchanges: e.json\n:base-url: {url}\n```\n"
    files = {
        "d.json": (DATA / f"{kind}.json").read_text(),
        "e.json": (DATA / f"{kind}.exchanges.json").read_text(),
    }
    article = build(page, ["sphinx_copybutton", "_ext.openapi"], files=files).article()
    found = {}
    for section in article.select("section.mlt-openapi:has(.sd-tab-set)"):
        title = section.find(["h2", "h3"])
        title.find(class_="headerlink").extract()
        blocks = section.select(".sd-tab-content pre")
        found[title.get_text()] = [block.get_text() for block in blocks]
    return found


def answered(sample: str, language: int) -> Any:
    """Run a sample as a reader would and return the JSON that it prints."""
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
        assert printed != sample
        command = [sys.executable, "-c", printed]
    else:
        printed = sample.replace(
            "console.log(await response.json())",
            "console.log(JSON.stringify(await response.json()))",
        )
        assert printed != sample
        command = ["node", "--input-type=module", "-e", printed]
    done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


CASES = {
    "iris": ("classification", {"predictions": [0, 2]}),
    "pressure": ("regression", {}),
    "echo": ("llm", {"text": "Say hello to the reader"}),
}


@pytest.mark.parametrize("name", CASES)
def test_requests_of_the_page_are_answered_as_documented(name, services, build):
    kind, expected = CASES[name]
    service = services[name]
    found = samples(build, kind, service.url)
    assert set(found) == {
        f"{method.upper()} {path}"
        for path, item in service.document["paths"].items()
        for method in item
    }
    languages = (0, 1, 2) if shutil.which("node") else (0, 1)
    for endpoint, texts in found.items():
        assert len(texts) == 3
        if endpoint == "POST /api/v1/chat":
            continue  # answers 500: test_chat
        for language in languages if endpoint.startswith("POST") else (0,):
            answer = answered(texts[language], language)
            service.check(endpoint, 200, answer)
            if endpoint in ("POST /api/v1/predict", "POST /api/v1/generate"):
                assert answer.items() >= expected.items()


def test_document_is_the_exported_one(services):
    for name in CASES:
        served = requests.get(services[name].url + "/openapi.json", timeout=10).json()
        assert {**served, "info": 0} == {**services[name].document, "info": 0}


def test_version_is_the_registered_one(services):
    url = services["iris"].url + "/api/v1"
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
    service = services["iris"]
    answer = requests.post(f"{service.url}/api/v1/predict", json=body, timeout=10)
    assert answer.status_code == status
    if status == 422:
        service.check("POST /api/v1/predict", 422, answer.json())
    else:
        assert isinstance(answer.json()["detail"], str)


def test_unknown_endpoint_and_docs(services):
    url = services["iris"].url
    missing = requests.get(f"{url}/predict", timeout=10)
    assert (missing.status_code, missing.json()) == (404, {"detail": "Not Found"})
    assert requests.get(f"{url}/docs", timeout=10).status_code == 200


def test_no_login_and_only_named_origins(services):
    url = services["iris"].url + "/api/v1/health"
    for origin, allowed in (("https://app.example.com", True), ("http://evil.example", False)):
        answer = requests.get(url, headers={"Origin": origin}, timeout=10)
        assert answer.status_code == 200
        assert (answer.headers.get("access-control-allow-origin") == origin) == allowed


def test_probabilities_with_pyfunc_predict_fn(services):
    url = services["sure"].url + "/api/v1/predict"
    answer = requests.post(url, json={"data": [[5.1, 3.5, 1.4, 0.2]]}, timeout=10).json()
    assert len(answer["predictions"][0]) == 3
    assert sum(answer["predictions"][0]) == pytest.approx(1)


def test_chat(services):
    body = {"messages": [{"role": "user", "content": "Hello"}]}
    answer = requests.post(services["echo"].url + "/api/v1/chat", json=body, timeout=10)
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
