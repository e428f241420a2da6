"""The recipes for S3, MLflow servers and GitHub Actions: linted, and run as they stand."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
RECIPES = ROOT / "source" / "recipes"
ACTIONS = RECIPES / "github-actions"
NEEDED_FOR = {
    "HeadBucket": "s3:ListBucket",
    "ListObjects": "s3:ListBucket",
    "ListObjectsV2": "s3:ListBucket",
    "HeadObject": "s3:GetObject",
    "GetObject": "s3:GetObject",
    "PutObject": "s3:PutObject",
    "DeleteObject": "s3:DeleteObject",
}
"""The permission that each request needs, after Amazon's list of actions of S3."""


def workflow() -> dict:
    return yaml.safe_load((ACTIONS / "train.yml").read_text("utf-8"))


def steps() -> dict[str, dict]:
    """The steps that have a name, by it."""
    return {step["name"]: step for step in workflow()["jobs"]["train"]["steps"] if "name" in step}


def clean(**more: str) -> dict[str, str]:
    """The environment of a process, without what points to stores and places."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("MLFLOW", "AWS", "GITHUB"))}
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    quiet = {"PYTHONWARNINGS": "ignore", "MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true"}
    return kept | quiet | {"PATH": path} | more


def linted(path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows",
         str(path)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_the_workflow_fits_githubs_schema():
    run = linted(ACTIONS / "train.yml")
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("runs-on: ubuntu-latest", "run-on: ubuntu-latest"),
        ("timeout-minutes: 15", "timeout-minutes: soon"),
        ("contents: read", "contents: look"),
    ],
)
def test_a_wrong_workflow_is_found(tmp_path, right, wrong):
    text = (ACTIONS / "train.yml").read_text("utf-8")
    assert right in text
    (tmp_path / "train.yml").write_text(text.replace(right, wrong), encoding="utf-8")
    assert linted(tmp_path / "train.yml").returncode == 1


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> tuple[Path, dict[str, str]]:
    """A clone after the step that trains, with a detached head as on GitHub."""
    home = tmp_path_factory.mktemp("home")
    place = tmp_path_factory.mktemp("clone") / "project"
    shutil.copytree(ACTIONS, place)
    ada = ["git", "-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "Begin"],
                    ["checkout", "-q", "--detach"]):  # fmt: skip
        subprocess.run([*ada, *command], cwd=place, check=True, env=clean(HOME=str(home)))
    environment = clean(
        HOME=str(home), GITHUB_REF_NAME="main", GITHUB_RUN_ID="42", GITHUB_ACTOR="ada",
        GITHUB_STEP_SUMMARY=str(home / "summary.md"), **workflow()["jobs"]["train"]["env"],
    )  # fmt: skip
    run = step("Train", place, environment)
    assert run.returncode == 0, run.stderr
    return place, environment


def step(name: str, place: Path, environment: dict[str, str], old: str = "", new: str = ""):
    """Run a step's command as GitHub does; a twin has ``new`` in place of ``old``."""
    command = steps()[name]["run"]
    assert old in command
    return subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", command.replace(old, new) if old else command],
        cwd=place, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_the_run_says_which_workflow_made_it(project):
    database = sqlite3.connect(project[0] / "mlflow.db")
    tags = dict(database.execute("select key, value from tags"))
    database.close()
    assert (tags["ci.ref_name"], tags["ci.run_id"], tags["ci.actor"]) == ("main", "42", "ada")
    assert tags["git.branch"] == f"detached@{tags['git.commit'][:7]}"


def test_the_check_passes_and_writes_the_summary(project):
    run = step("Check", *project)
    assert run.returncode == 0, run.stderr
    summary = Path(project[1]["GITHUB_STEP_SUMMARY"]).read_text("utf-8")
    assert "| validation_accuracy | at least | passed |" in summary
    assert summary.rstrip().endswith("| yes |")


def test_the_check_fails_when_the_metric_is_too_low(project):
    run = step("Check", *project, old="0.9", new="1.1")
    assert run.returncode == 1, run.stderr
    assert "| no |" in run.stdout


def test_what_is_kept_is_there(project):
    for path in steps()["Keep the runs"]["with"]["path"].split():
        assert (project[0] / path).exists(), path


def test_the_lines_for_a_server_fit_the_workflow():
    page = (ROOT / "source" / "integrations" / "github-actions.md").read_text("utf-8")
    fragment = yaml.safe_load(page.split("```yaml\n")[1].split("```")[0])
    assert set(fragment) == {"env"}
    assert set(workflow()["jobs"]["train"]["env"]) <= set(fragment["env"])


@pytest.fixture(scope="module")
def bucket():
    """A server with the interface of S3 and a bucket in it."""
    import boto3
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    boto3.client(
        "s3", endpoint_url=url, region_name="us-east-1",
        aws_access_key_id="testing", aws_secret_access_key="testing",
    ).create_bucket(Bucket="flowers")  # fmt: skip
    yield url
    server.stop()


WATCHER = """
import atexit, json, pathlib, runpy, sys
from botocore.client import BaseClient
asked, real = set(), BaseClient._make_api_call
def spy(self, name, arguments):
    asked.add(name)
    return real(self, name, arguments)
BaseClient._make_api_call = spy
atexit.register(lambda: pathlib.Path("asked.json").write_text(json.dumps(sorted(asked))))
sys.argv = ["train.py"]
runpy.run_path("train.py", run_name="__main__")
"""


@pytest.fixture(scope="module")
def stored(bucket, tmp_path_factory) -> tuple[str, list[str]]:
    """What train.py printed, and which requests it made."""
    place = tmp_path_factory.mktemp("s3") / "project"
    shutil.copytree(RECIPES / "s3", place)
    environment = clean(
        HOME=str(tmp_path_factory.mktemp("home")), AWS_ENDPOINT_URL=bucket,
        MLFLOW_S3_ENDPOINT_URL=bucket, AWS_ACCESS_KEY_ID="testing",
        AWS_SECRET_ACCESS_KEY="testing", AWS_DEFAULT_REGION="us-east-1",
        MLTRACK_S3_BUCKET="flowers",
    )  # fmt: skip
    run = subprocess.run([sys.executable, "-c", WATCHER], cwd=place, env=environment,
                         capture_output=True, text=True, check=False)  # fmt: skip
    assert run.returncode == 0, run.stderr
    return run.stdout, json.loads((place / "asked.json").read_text("utf-8"))


def test_the_script_keeps_a_model_in_s3_and_loads_it(stored):
    assert stored[0].splitlines()[-1] == "prediction: [0]"


def test_the_policy_allows_what_the_script_does_and_no_more(stored):
    policy = json.loads((RECIPES / "s3" / "policy.json").read_text("utf-8"))
    allowed = set()
    for statement in policy["Statement"]:
        actions = statement["Action"]
        allowed |= {actions} if isinstance(actions, str) else set(actions)
        assert statement["Effect"] == "Allow"
    assert {NEEDED_FOR[name] for name in stored[1]} == allowed
