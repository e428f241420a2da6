"""The recipe for AWS Lambda: package, image, handler under AWS's runtime client, template."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
RECIPE = ROOT / "source" / "recipes" / "lambda"
PROJECTS = ROOT / "tools" / "casts" / "projects" / "lambda"
ROWS = [[5.1, 3.5, 1.4, 0.2], [6.7, 3.0, 5.2, 2.3]]
PACKAGE = """
import mlflow
from mlflow.models import infer_signature
from mltrack import MLTrackConfig, deploy
from pathlib import Path
from sklearn.datasets import load_iris
from sklearn.naive_bayes import GaussianNB

MLTrackConfig(tracking_uri="sqlite:///mlflow.db").save(Path(".mltrack.yml"))
mlflow.set_tracking_uri("sqlite:///mlflow.db")
X, y = load_iris(return_X_y=True)
model = GaussianNB().fit(X, y)
with mlflow.start_run() as run:  # the signature is one of arrays, as autologging saves it
    mlflow.sklearn.log_model(model, name="model", signature=infer_signature(X, model.predict(X)),
                             pip_requirements=["mlflow==3.17.2", "scikit-learn==1.9.1"])
deploy(run.info.run_id, platform="lambda", name="iris")
"""


def environment(directory: Path) -> dict[str, str]:
    return {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(directory / "home"),
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "PYTHONWARNINGS": "ignore",
    }


def run(command: list[str], directory: Path) -> str:
    done = subprocess.run(
        command, cwd=directory, env=environment(directory), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of the image, made by the page's line of a package as the release writes it."""
    directory = tmp_path_factory.mktemp("lambda")
    (directory / "home").mkdir()
    run([sys.executable, "-c", PACKAGE], directory)
    for name in ("finish_package.py", "handler.py", "Dockerfile"):
        shutil.copy(RECIPE / name, directory)
    assert run(["sh", "-e", str(RECIPE / "image.sh")], directory) == "image\n"
    return directory / "image"


def test_image_has_what_the_dockerfile_copies(image: Path):
    lines = (RECIPE / "Dockerfile").read_text().splitlines()
    sources = [name for line in lines if line.startswith("COPY") for name in line.split()[1:-1]]
    assert sorted(sources) == ["handler.py", "lambda_function.py", "model", "requirements.txt"]
    for name in sources:
        assert (image / name).exists(), name
    assert (image / "model" / "MLmodel").is_file()
    assert not (image / "model" / "model").exists()


def test_requirements_are_those_of_the_training_with_the_small_mlflow(image: Path):
    lines = (image / "requirements.txt").read_text().split()
    assert lines == ["mlflow-skinny==3.17.2", "pandas", "scikit-learn==1.9.1"]


class Runtime(BaseHTTPRequestHandler):
    """Lambda's Runtime API for one environment: hands out events and takes the answers.

    https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
    """

    events: list[dict[str, Any]]
    answers: list[tuple[str, Any]]
    done: threading.Event

    def do_GET(self) -> None:
        number = len(self.answers)
        if number == len(self.events):
            self.done.set()
            threading.Event().wait(60)  # as Lambda: no further event, the environment freezes
            return
        body = json.dumps(self.events[number]).encode()
        self.send_response(200)
        self.send_header("Lambda-Runtime-Aws-Request-Id", str(number))
        self.send_header("Lambda-Runtime-Deadline-Ms", "9999999999999")
        self.send_header("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:x:0:function:iris")
        self.send_header("Lambda-Runtime-Trace-Id", "Root=1-5e1b4151-43a0913a12345678901234567")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])) or b"null")
        self.answers.append((self.path.rsplit("/", 1)[1], body))
        self.send_response(202)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def url_event(body: str | None, encoded: bool = False) -> dict[str, Any]:
    """Return what a function's URL sends for a request."""
    event: dict[str, Any] = {"version": "2.0", "requestContext": {"http": {"method": "POST"}}}
    return event | ({} if body is None else {"body": body, "isBase64Encoded": encoded})


EVENTS = {
    "plain": {"data": ROWS},
    "url": url_event(json.dumps({"data": ROWS})),
    "encoded": url_event(base64.b64encode(json.dumps({"data": ROWS}).encode()).decode(), True),
    "no body": url_event(None),
    "no JSON": url_event("rows"),
    "no rows": url_event("{}"),
    "wrong columns": url_event('{"data": [[1.0]]}'),
}


@pytest.fixture(scope="module")
def answers(image: Path) -> Iterator[dict[str, tuple[str, Any]]]:
    """What AWS's runtime client answers to each event, with the image's command as handler."""
    pytest.importorskip("awslambdaric", reason="awslambdaric has no wheel for this machine")
    command = json.loads((image / "Dockerfile").read_text().split("CMD ")[1])
    state = {"events": list(EVENTS.values()), "answers": [], "done": threading.Event()}
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Api", (Runtime,), state))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    client = subprocess.Popen(
        [sys.executable, "-m", "awslambdaric", *command],
        cwd=image,
        env=environment(image.parent)
        | {
            "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{server.server_port}",
            "LAMBDA_TASK_ROOT": str(image),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        while not state["done"].wait(0.2):
            assert client.poll() is None, client.communicate()[0]
        yield dict(zip(EVENTS, state["answers"], strict=True))
    finally:
        client.kill()
        client.wait()
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize("event", ["plain", "url", "encoded"])
def test_handler_answers_with_predictions(answers, event):
    kind, answer = answers[event]
    assert kind == "response"
    assert (answer["statusCode"], json.loads(answer["body"])) == (200, {"predictions": [0, 2]})


@pytest.mark.parametrize("event", ["no body", "no JSON", "no rows"])
def test_handler_refuses_what_has_no_rows(answers, event):
    kind, answer = answers[event]
    assert (kind, answer["statusCode"]) == ("response", 400)
    assert json.loads(answer["body"]) == {"error": 'Send {"data": rows}'}


def test_handler_says_when_the_model_fails(answers):
    kind, answer = answers["wrong columns"]
    assert (kind, answer["statusCode"]) == ("response", 500)


def test_generated_handler_alone_refuses_lists(image: Path):
    """Why handler.py exists: a model with the signature of arrays refuses the list of rows."""
    code = (
        "import json, sys; sys.path.insert(0, 'image'); import lambda_function;"
        f"print(json.dumps(lambda_function.handler({{'data': {ROWS}}}, None)))"
    )
    answer = json.loads(run([sys.executable, "-c", code], image.parent))
    assert answer["statusCode"] == 500


def test_dockerfile_passes_hadolint():
    run(["hadolint", str(RECIPE / "Dockerfile")], ROOT)


def test_template_passes_cfn_lint_and_names_the_image():
    assert (
        run(["cfn-lint", "--include-checks", "I", "--", str(RECIPE / "template.yaml")], ROOT) == ""
    )
    text = (RECIPE / "template.yaml").read_text()
    assert "DockerContext: image" in text
    assert (RECIPE / "image.sh").read_text().split()[-1] == "image"


def test_cfn_lint_finds_a_wrong_property(tmp_path: Path):
    wrong = tmp_path / "template.yaml"
    wrong.write_text((RECIPE / "template.yaml").read_text().replace("MemorySize", "Memory"))
    done = subprocess.run(["cfn-lint", str(wrong)], capture_output=True, text=True,
                          env=environment(tmp_path))  # fmt: skip
    assert done.returncode != 0
    assert "Memory" in done.stdout
