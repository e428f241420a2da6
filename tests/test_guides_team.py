"""The guides for teams: PostgreSQL behind a server, what is per person, secrets, data in S3.

The recording ``team-server`` runs the same scripts on SQLite; here its table has to come out of
PostgreSQL too. The server is that of the wheel ``pgserver``, or the one that is installed.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests

from tools.record.mask import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
RECIPES = ROOT / "source" / "recipes"
TEAM = RECIPES / "team"
PEOPLE = ("Ana", "Ben")
PASSWORD = "choose-your-own"
LONG = 240
QUIET = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
    "MLFLOW_LOGGING_LEVEL": "ERROR",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
    "PYTHONWARNINGS": "ignore",
    "no_proxy": "127.0.0.1,localhost",
}


def environment(place: Path, **more: str) -> dict[str, str]:
    """Return an environment whose home and ``mlflow`` are below ``place``."""
    programs = place / "bin"
    programs.mkdir(parents=True, exist_ok=True)
    mlflow = programs / "mlflow"
    mlflow.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m mlflow "$@"\n')
    mlflow.chmod(0o755)
    path = os.pathsep.join([str(programs), os.environ["PATH"]])
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MLFLOW_")}
    return {**kept, **QUIET, "HOME": str(place), "PATH": path, **more}


def python(place: Path, *command: str, **more: str) -> str:
    """Run Python in ``place`` and return what it printed."""
    done = subprocess.run(
        [sys.executable, *command],
        cwd=place,
        env=environment(place, **more),
        capture_output=True,
        text=True,
        timeout=LONG,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def free_port() -> int:
    """Return a port that nobody uses."""
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


def wait(process: subprocess.Popen[Any], ready: Any, what: str, log: Path) -> None:
    """Wait until ``ready()`` is true."""
    until = time.monotonic() + LONG
    while not ready():
        said = log.read_text()[-2000:] if log.exists() else ""
        assert process.poll() is None, f"{what} ended with status {process.returncode}: {said}"
        assert time.monotonic() < until, f"{what} does not answer: {said}"
        time.sleep(0.2)


# -- PostgreSQL ------------------------------------------------------------------------------


def installed() -> tuple[Path, Path] | None:
    """Return the directory to copy and, below it, that of the programs; or ``None``."""
    found = importlib.util.find_spec("pgserver")
    if found and found.origin:
        package = Path(found.origin).parent
        return package.parent, package / "pginstall" / "bin"
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return (debian[-1], debian[-1]) if debian else None


def programs(place: Path) -> Path:
    """Return a directory with PostgreSQL that any account can read."""
    found = installed()
    if found is None or importlib.util.find_spec("psycopg2") is None:
        pytest.skip("needs the packages pgserver, or PostgreSQL, and psycopg2-binary")
    base, binaries = found
    if base == binaries:
        return binaries
    for name in ("pgserver/pginstall", "pgserver.libs"):
        if (base / name).is_dir():
            shutil.copytree(base / name, place / name)
    return place / binaries.relative_to(base)


@pytest.fixture(scope="module")
def database() -> Iterator[int]:
    """The port of PostgreSQL with the database of the recipe."""
    place = Path(tempfile.mkdtemp(prefix="mltrack-pg-"))
    data, port = place / "data", free_port()
    account: dict[str, Any] = {"cwd": place, "env": {"HOME": str(place), "PATH": "/usr/bin:/bin"}}
    server = None
    try:
        binaries = programs(place)
        (place / "password").write_text("administrator")
        if os.getuid() == 0:  # PostgreSQL refuses to be run by root
            shutil.chown(place, "nobody")
            account |= {"user": "nobody", "extra_groups": []}
        initialize: list[str | Path] = [
            binaries / "initdb",
            "-D",
            data,
            "-U",
            "postgres",
            "-A",
            "scram-sha-256",
        ]
        initialize += ["--pwfile", place / "password", "-E", "UTF8", "--no-locale", "--no-sync"]
        subprocess.run(initialize, check=True, capture_output=True, **account)
        options: list[str | Path] = [
            "-c",
            "listen_addresses=127.0.0.1",
            "-c",
            "fsync=off",
            "-k",
            place,
        ]
        server = subprocess.Popen(
            [binaries / "postgres", "-D", data, "-p", str(port), *options],
            stderr=(place / "log").open("w"),
            **account,
        )
        address: list[str | Path] = ["-h", "127.0.0.1", "-p", str(port)]
        asked = [binaries / "pg_isready", "-q", *address]
        wait(
            server,
            lambda: subprocess.run(asked, check=False).returncode == 0,
            "PostgreSQL",
            place / "log",
        )
        subprocess.run(
            [binaries / "psql", "-q", *address, "-U", "postgres", "-f", TEAM / "create.sql"],
            env={"PGPASSWORD": "administrator"},
            check=True,
        )
        yield port
    finally:
        if server:
            server.terminate()
            server.wait(30)
        shutil.rmtree(place, ignore_errors=True)


@pytest.fixture(scope="module")
def server(database: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The recipe's server on PostgreSQL, on a port of its own."""
    place = tmp_path_factory.mktemp("server")
    port = free_port()
    text = (TEAM / "server-postgres.sh").read_text()
    for old, new in (("0.0.0.0", "127.0.0.1"), ("5050", str(port)), ("5432", str(database))):
        assert old in text
        text = text.replace(old, new)
    (place / "server.sh").write_text(text)
    secret = place / "pgpass"
    secret.write_text(f"127.0.0.1:{database}:mlflow:mlflow:{PASSWORD}\n")
    secret.chmod(0o600)
    more = {"MLFLOW_WORKERS": "1", "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
    with (place / "server.log").open("w") as log:
        process = subprocess.Popen(
            ["sh", "server.sh"],
            cwd=place,
            env=environment(place, PGPASSFILE=str(secret), **more),
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    url = f"http://127.0.0.1:{port}"
    try:
        wait(process, lambda: answers(url), "the server", place / "server.log")
        yield url
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)


def answers(url: str) -> bool:
    """Return whether a server answers."""
    try:
        return requests.get(f"{url}/health", timeout=5).ok
    except requests.ConnectionError:
        return False


def recorded_table() -> str:
    """Return what ``runs.py`` printed in the recording."""
    lines = (ROOT / "_static" / "casts" / "team-server.cast").read_text().splitlines()
    output = "".join(text for _, kind, text in map(json.loads, lines[1:]) if kind == "o")
    after = plain(output).replace("\r", "").split("python runs.py)\n")[1]
    return "".join(line + "\n" for line in after.splitlines() if not line.startswith("$"))


def test_postgres_shows_the_table_of_the_recording(server: str, tmp_path: Path) -> None:
    for person, depth in zip(PEOPLE, ("2", "4"), strict=True):
        clone = tmp_path / person
        clone.mkdir()
        settings = (TEAM / ".mltrack.yml").read_text()
        assert "http://127.0.0.1:5050" in settings
        (clone / ".mltrack.yml").write_text(settings.replace("http://127.0.0.1:5050", server))
        for name in ("train.py", "runs.py"):
            shutil.copy(TEAM / name, clone)
        subprocess.run(["git", "init", "-q"], cwd=clone, check=True)
        email = f"{person.lower()}@example.org"
        for key, value in (("name", person), ("email", email)):
            subprocess.run(["git", "config", f"user.{key}", value], cwd=clone, check=True)
        python(clone, "train.py", depth)
    table = python(clone, "runs.py")
    assert table.splitlines()[-2:] == recorded_table().splitlines()[-2:]
    assert "Ana" in table


def test_the_server_answers_for_its_own_name_only(server: str) -> None:
    for host, status in (("mlflow.example.org", 200), ("elsewhere.example.org", 403)):
        url = f"{server}/api/2.0/mlflow/experiments/search?max_results=1"
        answer = requests.get(url, headers={"Host": host}, timeout=30)
        assert answer.status_code == status, host
    assert "Invalid Host header" in answer.text


def test_the_database_wants_the_password(database: int) -> None:
    """So the server has it from the file that PGPASSFILE names."""
    psycopg2 = pytest.importorskip("psycopg2")
    place = {"host": "127.0.0.1", "port": database, "user": "mlflow", "dbname": "mlflow"}
    with pytest.raises(psycopg2.OperationalError, match="password"):
        psycopg2.connect(**place, password="wrong")


# -- What is per person ----------------------------------------------------------------------

PER_PERSON = """\
import os
import mlflow
import mltrack.user_info
from mltrack import MLTrackConfig
from mltrack.model_registry import ModelRegistry
from sklearn.linear_model import LinearRegression

mlflow.set_tracking_uri("sqlite:///mlflow.db")
with mlflow.start_run() as run:
    model = LinearRegression().fit([[0], [1]], [0, 1])
    mlflow.sklearn.log_model(model, name="model", pip_requirements=["scikit-learn"])
config = MLTrackConfig(tracking_uri="sqlite:///mlflow.db")
for person in ["ana", "ben"]:
    os.environ["HOME"] = os.path.abspath(person)
    registry = ModelRegistry(config)
    if person == "ana":
        registry.register_model(run.info.run_id, "prices", "model")
    shared = [model.name for model in mlflow.MlflowClient().search_registered_models()]
    print(person, [model["model_name"] for model in registry.list_models()], shared)
"""


def test_saved_models_are_per_person_and_in_mlflows_registry(tmp_path: Path) -> None:
    (tmp_path / "try.py").write_text(PER_PERSON)
    lines = python(tmp_path, "try.py").splitlines()
    assert "ana ['prices'] ['prices']" in lines
    assert "ben [] ['prices']" in lines
    assert (tmp_path / "ana" / ".mltrack" / "registry").is_dir()
    assert (tmp_path / ".mltrack" / "users.csv").is_file()


# -- Secrets ---------------------------------------------------------------------------------


def cell(page: str, first: str) -> dict[str, Any]:
    """Run the code cell of a guide that contains ``first`` and return its names."""
    text = (ROOT / "notebooks" / "guides" / f"{page}.md").read_text()
    (code,) = [part for part in text.split("```{code-cell} python\n")[1:] if first in part]
    names: dict[str, Any] = {}
    exec(code.split("\n```")[0], names)
    return names


@pytest.mark.parametrize(
    ("value", "secret"),
    [
        ("postgresql://ben:hunter2@db.example.org/sales", True),
        ("https://:token@git.example.org/a/b", True),
        ("remote ghp_" + "a1" * 18, True),
        ("AKIA" + "B2" * 8, True),
        ("sk-proj-" + "c3" * 12, True),
        ("-----BEGIN RSA PRIVATE " + "KEY-----", True),
        ("postgresql://mlflow@127.0.0.1:5432/mlflow", False),
        ("http://127.0.0.1:5050/a@b", False),
        ("git@github.com:team/prices.git", False),
        ("task-force-of-the-whole-company", False),
        ("ana@example.org", False),
    ],
)
def test_the_check_knows_secrets(value: str, secret: bool) -> None:
    assert bool(cell("team", "SECRET =")["SECRET"].search(value)) is secret


# -- Data in S3 ------------------------------------------------------------------------------

IN_S3 = """\
import runpy
import boto3
from moto import mock_aws

with mock_aws():
    boto3.client("s3").create_bucket(Bucket="kept")
    runpy.run_path("capture_s3.py", run_name="__main__")
    runpy.run_path("capture_s3.py", run_name="__main__")
    listed = boto3.client("s3").list_objects_v2(Bucket="kept")["Contents"]
    print(sum(entry["Key"].endswith("data.parquet") for entry in listed), "table")
"""


def test_captured_data_comes_back_from_s3_and_is_kept_once(tmp_path: Path) -> None:
    pytest.importorskip("moto", reason="needs the package moto")
    shutil.copy(RECIPES / "lineage" / "capture_s3.py", tmp_path)
    settings = "tracking_uri: sqlite:///mlflow.db\nexperiment_name: e\n"
    (tmp_path / ".mltrack.yml").write_text(settings + "auto_detect_frameworks: false\n")
    (tmp_path / "try.py").write_text(IN_S3)
    keys = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}
    region = {"AWS_DEFAULT_REGION": "us-east-1", "MLTRACK_S3_BUCKET": "kept"}
    output = python(tmp_path, "try.py", **keys, **region)
    assert output.count("   length\n0     5.1\n1     4.9\n2     6.2\n") == 2
    assert "Data already in S3" in output
    assert output.endswith("1 table\n")
