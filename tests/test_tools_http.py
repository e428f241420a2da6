"""``tools/http/``: scripts, what is recorded, and that every service ends."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from tools.http import recorder, services
from tools.http.__main__ import main
from tools.http.exchange import LARGEST, ExchangeError, check, mask, send
from tools.http.recorder import Places, drift, record, save
from tools.http.script import Request, ScriptError, load

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SCRIPT = """\
title: A service
service: classification
decimals: 2
requests:
  - id: predict
    title: One row
    method: POST
    path: /api/v1/predict
    body: {data: [[1.0]]}
    status: 200
  - id: wrong
    title: No data
    method: POST
    path: /api/v1/predict
    body: {}
    status: 422
    invalid: true
  - id: broken
    title: Fails
    method: POST
    path: /api/v1/predict
    body: {data: [[0.0]]}
    status: 500
    undocumented: true
    fails: no luck
    limit: bad-luck
"""
NUMBERS = {"type": "array", "items": {"type": "array", "items": {"type": "number"}}}
JSON_OF = lambda schema: {"content": {"application/json": {"schema": schema}}}  # noqa: E731
DOCUMENT = {
    "paths": {
        "/api/v1/predict": {
            "post": {
                "requestBody": JSON_OF({"$ref": "#/components/schemas/Ask"}),
                "responses": {
                    "200": JSON_OF(
                        {
                            "type": "object",
                            "properties": {"n": {"type": "number"}},
                            "required": ["n"],
                        }
                    ),
                    "422": JSON_OF({"type": "object"}),
                },
            }
        }
    },
    "components": {
        "schemas": {
            "Ask": {"type": "object", "required": ["data"], "properties": {"data": NUMBERS}}
        }
    },
}


class Handler(BaseHTTPRequestHandler):
    """A service whose answers a test can change."""

    answer: ClassVar[Any] = {}
    kind = "application/json"

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if "data" not in body:
            self.reply(422, {"detail": []})
        elif body["data"] == [[0.0]]:
            self.reply(500, {"detail": "no luck"})
        else:
            self.reply(200, self.answer)

    def do_GET(self) -> None:
        self.reply(200, self.answer)

    def reply(self, status: int, body: Any) -> None:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", self.kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def address(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A running service; ``recorder.services`` gives it to everyone."""
    monkeypatch.setattr(Handler, "answer", {"n": 1.23456, "at": "2026-01-02T03:04:05.6", "a_ms": 7})
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}"

    @contextmanager
    def given(names: Any) -> Iterator[dict[str, str]]:
        yield dict.fromkeys(names, url)

    monkeypatch.setattr(recorder, "services", given)
    yield url
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def places(tmp_path: Path) -> Places:
    found = Places(tmp_path / "scripts", tmp_path / "http", tmp_path / "openapi")
    for directory in (found.scripts, found.data, found.documents):
        directory.mkdir()
    found.script("demo").write_text(SCRIPT)
    (found.documents / "classification.json").write_text(json.dumps(DOCUMENT))
    return found


# -- Scripts ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("title: A service\n", "", 1, "title: Field required"),
        ("service: classification", "service: nothing", 2, "service: no service 'nothing'"),
        ("decimals: 2", "decimals: many", 3, "decimals: Input should be a valid integer"),
        ("method: POST", "methud: POST", 7, "requests.0.methud: Extra inputs"),
        ("path: /api/v1/predict", "path: predict", 8, "requests.0.path: String should match"),
        ("status: 200", "status: 999", 10, "requests.0.status: Input should be less"),
        ("id: wrong", "id: predict", 11, "requests.1.id: 'predict' is there already"),
        ("    limit: bad-luck\n", "", 18, "fails and limit belong together"),
        ("status: 500", "status: 200", 18, "status 200 is no failure"),
        ("status: 422", "status: 400", 11, "gets status 422"),
        ("method: POST", "method: GET", 5, "a GET request has none"),
        ("    limit:", "    workaround: x\n    limit:", 18, "a request that fails is none"),
        ("requests:", "requests: [", 5, "not YAML"),
    ],
)
def test_mistakes_in_a_script_name_file_line_and_key(
    places: Places, old: str, new: str, line: int, message: str
) -> None:
    path = places.script("demo")
    assert old in SCRIPT
    path.write_text(SCRIPT.replace(old, new, 1))
    with pytest.raises(ScriptError) as error:
        load(path)
    assert str(error.value).startswith(f"{path}:{line}: ")
    assert message in str(error.value)


def test_a_script_that_is_missing_or_not_text(places: Places) -> None:
    with pytest.raises(ScriptError, match="no such script; there are: demo"):
        load(places.script("gone"))
    places.script("demo").write_bytes(b"title: \xff")
    with pytest.raises(ScriptError, match=r"demo\.yaml:1: not UTF-8"):
        load(places.script("demo"))


@pytest.mark.parametrize("name", Places().names())
def test_the_committed_scripts_have_their_transcripts(name: str) -> None:
    script = load(Places().script(name))
    content = json.loads(Places().transcript(name).read_text())
    assert list(content["exchanges"]) == [request.id for request in script.requests]
    assert content["service"] == script.service


# -- Masks -----------------------------------------------------------------------------------


def test_values_that_vary_are_replaced_visibly() -> None:
    value = {
        "version": "model v20261123_946923cf of 2026-11-23T14:00:53.311227",
        "took_ms": 12.5,
        "execution_time_seconds": 3,
        "ms": True,
        "items": 4,
        "p": [[0.123456, 1]],
        "at": ["2026-11-23 14:00:53Z", "v2"],
    }
    assert mask(value, 3) == {
        "version": "model <version> of <date>",
        "took_ms": "<duration>",
        "execution_time_seconds": "<duration>",
        "ms": True,
        "items": 4,
        "p": [[0.123, 1]],
        "at": ["<date>", "v2"],
    }
    assert mask(0.123456) == 0.123456


# -- Recording -------------------------------------------------------------------------------


def test_records_what_was_sent_and_what_came_back(address: str, places: Places) -> None:
    content = record(load(places.script("demo")), address, places)
    assert content["base_url"] == "http://127.0.0.1:8000"
    assert set(content["versions"]) == {"mltrack-py", "mlflow", "python"}
    predict, wrong, broken = content["exchanges"].values()
    assert predict == {
        "title": "One row",
        "request": {"method": "POST", "path": "/api/v1/predict", "body": {"data": [[1.0]]}},
        "response": {
            "status": 200,
            "reason": "OK",
            "headers": {"content-type": "application/json"},
            "body": {"n": 1.23, "at": "<date>", "a_ms": "<duration>"},
        },
    }
    assert wrong["invalid"] is True
    assert {**broken, "request": 0, "response": 0} == {
        "title": "Fails", "request": 0, "response": 0,
        "undocumented": True, "fails": "no luck", "limit": "bad-luck",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("status: 200", "status: 201", "predict: status 200, expected 201"),
        ("body: {data: [[1.0]]}", "body: {data: [[x]]}", r"predict: the document forbids .*data"),
        ("body: {}", "body: {data: []}", "wrong: status 200, expected 422"),
        ("    undocumented: true\n", "", "broken: the document has no status 500"),
        ("    invalid: true", "    undocumented: true\n    invalid: true",
         "wrong: undocumented: the document has status 422"),
        ("fails: no luck", "fails: other luck", "'other luck' is not in the response"),
        ("path: /api/v1/predict", "path: /other", "the document has no POST /other"),
    ],
)  # fmt: skip
def test_what_the_document_does_not_allow_is_refused(
    address: str, places: Places, old: str, new: str, message: str
) -> None:
    places.script("demo").write_text(SCRIPT.replace(old, new, 1))
    with pytest.raises(ExchangeError, match=message):
        record(load(places.script("demo")), address, places)


def test_a_response_that_violates_the_document_is_refused(
    address: str, places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Handler, "answer", {"n": "many"})
    message = r"predict: the response violates the document: \$\.n: 'many' is not of type"
    with pytest.raises(ExchangeError, match=message):
        record(load(places.script("demo")), address, places)


def test_a_request_marked_invalid_has_to_be(address: str) -> None:
    fine = Request(
        id="a", title="A", method="POST", path="/api/v1/predict", body={"data": []}, status=422,
        invalid=True,
    )  # fmt: skip
    wrong = fine.model_copy(update={"body": {}})
    response = send(address, wrong)
    check(wrong, response, DOCUMENT)
    with pytest.raises(ExchangeError, match="allows this request"):
        check(fine, response, DOCUMENT)


@pytest.mark.parametrize(
    ("answer", "kind", "message"),
    [
        (b"x" * (LARGEST + 1), "text/plain", "at most 100,000 are recorded"),
        (b"\xff", "text/plain", "not text/plain in UTF-8"),
        (b"{", "application/json", "not application/json in UTF-8"),
    ],
)
def test_bodies_that_cannot_be_shown_are_refused(
    address: str, monkeypatch: pytest.MonkeyPatch, answer: bytes, kind: str, message: str
) -> None:
    monkeypatch.setattr(Handler, "answer", answer)
    monkeypatch.setattr(Handler, "kind", kind)
    with pytest.raises(ExchangeError, match=message):
        send(address, Request(id="a", title="A", path="/", status=200))


def test_text_and_the_address_are_shown_as_the_readers_own(
    address: str, places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Handler, "answer", {"n": 1, "see": f"{address}/docs"})
    content = record(load(places.script("demo")), address, places)
    assert (
        content["exchanges"]["predict"]["response"]["body"]["see"] == "http://127.0.0.1:8000/docs"
    )


def test_a_response_that_tells_where_it_was_made_is_refused(
    address: str, places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    import tempfile

    monkeypatch.setattr(Handler, "answer", {"n": 1, "at": f"{tempfile.gettempdir()}/http-abc/x"})
    with pytest.raises(ExchangeError, match="tells where it was made"):
        record(load(places.script("demo")), address, places)


# -- Files and the command -------------------------------------------------------------------


def test_the_date_stays_when_nothing_else_changed(places: Places) -> None:
    save("demo", {"recorded": "2020-01-01", "exchanges": {}}, places)
    path = save("demo", {"recorded": "2026-01-01", "exchanges": {}}, places)
    assert json.loads(path.read_text())["recorded"] == "2020-01-01"
    save("demo", {"recorded": "2026-01-01", "exchanges": {"a": 1}}, places)
    assert json.loads(path.read_text())["recorded"] == "2026-01-01"
    assert [each.name for each in places.data.iterdir()] == ["demo.json"]


def test_check_shows_the_difference_and_writes_nothing(
    address: str, places: Places, capsys: pytest.CaptureFixture[str], monkeypatch: Any
) -> None:
    assert main([], places) == 0
    before = places.transcript("demo").read_bytes()
    assert main(["--check"], places) == 0
    assert "demo is as committed" in capsys.readouterr().out
    monkeypatch.setattr(Handler, "answer", {"n": 9})
    assert main(["--check", "demo"], places) == 1
    shown = capsys.readouterr()
    assert '-          "n": 1.23,\n' in shown.err
    assert '+          "n": 9\n' in shown.err
    assert "run make http and commit" in shown.err
    assert places.transcript("demo").read_bytes() == before


def test_a_wrong_response_keeps_the_committed_file(
    address: str, places: Places, capsys: pytest.CaptureFixture[str], monkeypatch: Any
) -> None:
    assert main([], places) == 0
    before = places.transcript("demo").read_bytes()
    monkeypatch.setattr(Handler, "answer", {})
    assert main([], places) == 1
    assert "demo.yaml: predict: the response violates" in capsys.readouterr().err
    assert places.transcript("demo").read_bytes() == before


def test_orphans_missing_files_and_bad_scripts_fail(
    address: str, places: Places, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "does not exist" in drift("demo", {}, places)
    (places.data / "old.json").write_text("{}")
    assert main([], places) == 1
    assert "old.json has no" in capsys.readouterr().err
    assert main(["gone"], places) == 1
    assert "no such script" in capsys.readouterr().err


# -- Services --------------------------------------------------------------------------------


def listens(url: str) -> bool:
    port = int(url.rsplit(":", 1)[1])
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose service is Python's own file server."""
    recipes = tmp_path / "recipes"
    recipes.mkdir()
    (recipes / "serve.sh").write_text("python -m http.server 8000 -b 127.0.0.1 -d service/iris\n")
    monkeypatch.setattr(services, "RECIPES", recipes)
    health = tmp_path / "service" / "iris" / "api" / "v1" / "health"
    health.parent.mkdir(parents=True)
    health.write_text("ok")
    return tmp_path


def test_the_service_ends_also_after_an_error(project: Path) -> None:
    with (
        pytest.raises(RuntimeError, match="in between"),
        services.running(project, ["classification"]) as addresses,
    ):
        (url,) = addresses.values()
        assert listens(url)
        raise RuntimeError("in between")
    assert not listens(url)


def test_a_service_that_ends_is_reported_with_its_log(project: Path) -> None:
    (services.RECIPES / "serve.sh").write_text("python -c print('bye',8000);exit(3)\n")
    with (
        pytest.raises(services.ServiceError, match=r"classification ended with 3:\nbye"),
        services.running(project, ["classification"]),
    ):
        pass


def test_a_recipe_that_fails_is_reported(tmp_path: Path, monkeypatch: Any) -> None:
    recipes = tmp_path / "recipes"
    recipes.mkdir()
    for name in (*services.FILES, "serve.mltrack.yml"):
        (recipes / name).write_text("")
    (recipes / "serve.sh").write_text("echo no luck; false\nuvicorn\n")
    monkeypatch.setattr(services, "RECIPES", recipes)
    with pytest.raises(services.ServiceError, match="the recipe fails:\nno luck"):
        services.prepare(tmp_path / "project", ["classification"])


def test_a_service_that_does_not_want_to_end_is_killed(monkeypatch: Any) -> None:
    monkeypatch.setattr(services, "STOP", 0.2)
    code = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        "print(1, flush=True); time.sleep(60)"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert process.stdout
    process.stdout.readline()
    services.end(process)
    process.stdout.close()
    assert process.returncode == -9


def test_a_service_that_never_answers_is_given_up(tmp_path: Path) -> None:
    log = tmp_path / "slow.log"
    log.write_text("waiting")
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    url = f"http://127.0.0.1:{services.free_port()}/health"
    try:
        with pytest.raises(services.ServiceError, match=r"slow does not answer at .*\nwaiting"):
            services.wait_for(process, url, log, seconds=0.3)
    finally:
        services.end(process)
