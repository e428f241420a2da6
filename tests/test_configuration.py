"""What reference/configuration says, tried on the installed package."""

from __future__ import annotations

import importlib
import json
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
INVENTORY = json.loads((ROOT / "source" / "_data" / "inventory.json").read_text())
PAGE = ROOT / "source" / "reference" / "configuration.md"
STORE = "sqlite:///configuration.db"  # of its own: MLflow keeps connections by address


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty project below an empty home."""
    for name in [name for name in os.environ if name.startswith(("MLTRACK_", "UV_", "CONDA_"))]:
        monkeypatch.delenv(name)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    place = tmp_path / "project"
    place.mkdir()
    monkeypatch.chdir(place)
    return place


def config(**values: Any) -> Any:
    from mltrack import MLTrackConfig

    return MLTrackConfig(**values)


def found() -> Any:
    from mltrack import MLTrackConfig

    return MLTrackConfig.find_config()


# -- Files ------------------------------------------------------------------------------------


def test_the_nearest_file_alone_is_read(project: Path) -> None:
    assert found() == config()
    home = project.parent.parent / ".mltrack.yml"
    (project.parent / ".mltrack.yml").write_text("team_name: parent\nexperiment_name: theirs\n")
    assert (found().team_name, found().experiment_name) == ("parent", "theirs")
    (project / ".mltrack.yml").write_text("team_name: own\n")
    assert (found().team_name, found().experiment_name) == ("own", None)
    assert not home.exists()


def test_the_home_directory_comes_last(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = project / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    (home / ".mltrack.yml").write_text("team_name: home\n")
    assert found().team_name == "home"
    (project.parent / ".mltrack.yml").write_text("experiment_name: parent\n")
    assert found().team_name is None


@pytest.mark.parametrize(
    "text", ["require_uv: true\nteam_name: [1]\n", "require_uv: true\ndefault_tags: {a: 2}\n",
             "require_uv: true\nteam_name: [\n"],
)  # fmt: skip
def test_one_wrong_value_gives_the_defaults(project: Path, text: str) -> None:
    (project / ".mltrack.yml").write_text(text)
    assert found() == config()
    (project / ".mltrack.yml").write_text("require_uv: true\ndefault_tags: {a: '2'}\n")
    assert found().require_uv is True


@pytest.mark.parametrize(
    ("value", "uri"),
    [
        ("file://$HOME/runs", "file://{home}/runs"),
        ("~/runs", "file://{home}/runs"),
        ("runs", "file://runs"),
        ("sqlite:///$HOME/mlflow.db", "sqlite:///$HOME/mlflow.db"),
        (None, "file://./mlruns"),
    ],
)
def test_what_is_expanded(project: Path, value: Any, uri: str) -> None:
    assert config(tracking_uri=value).tracking_uri == uri.format(home=os.environ["HOME"])


def test_two_keys_are_read_by_nothing() -> None:
    import mltrack

    package = Path(mltrack.__file__).parent
    for key in ("slack_webhook", "artifact_location"):
        users = [file.name for file in package.rglob("*.py") if key in file.read_text("utf-8")]
        assert users == ["config.py"]


def test_variables_that_are_only_set() -> None:
    for name in ("MLTRACK_ENABLED", "MLTRACK_TAGS", "MLTRACK_ENV", "MLFLOW_RUN_NAME"):
        facts = INVENTORY["variable"][name]
        assert facts["read"] == []
        assert facts["set"]


# -- uv ---------------------------------------------------------------------------------------


@pytest.fixture
def _no_uv(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent))


@pytest.mark.usefixtures("_no_uv")
def test_what_counts_as_uv(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from mltrack.utils import is_uv_environment

    assert not is_uv_environment()
    monkeypatch.setenv("UV_PROJECT_ENVIRONMENT", "anything")
    assert is_uv_environment()
    monkeypatch.delenv("UV_PROJECT_ENVIRONMENT")
    (project / ".venv").mkdir()
    (project / ".venv" / "uv.lock").touch()
    assert is_uv_environment()
    (project / ".venv" / "uv.lock").unlink()
    (project / "uv").write_text("#!/bin/sh\n")
    (project / "uv").chmod(0o755)
    monkeypatch.setenv("PATH", str(project))
    assert is_uv_environment()


# -- Runs -------------------------------------------------------------------------------------


@pytest.fixture
def client(project: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """MLflow's client of a new store in the project; MLflow forgets its experiment afterwards."""
    import mlflow

    monkeypatch.setattr(mlflow.tracking.fluent, "_active_experiment_id", None)
    monkeypatch.setenv("MLFLOW_EXPERIMENT_ID", "")
    monkeypatch.delenv("MLFLOW_EXPERIMENT_ID")  # unset now, and again afterwards
    yield mlflow.MlflowClient(STORE)
    mlflow.set_tracking_uri(None)


def tracked(client: Any, **values: Any) -> Any:
    """Return the run of one tracked call under a configuration."""
    from mltrack.core import MLTracker

    quiet = {"auto_log_pip": False, "auto_detect_frameworks": False, "warn_non_uv": False}
    tracker = MLTracker(config(tracking_uri=STORE, **{**quiet, **values}))
    tracker.track_function(lambda: 1)()
    experiments = [each.experiment_id for each in client.search_experiments()]
    return client.search_runs(experiments, order_by=["start_time DESC"])[0]


def test_what_runs_carry(
    client: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("USER", "reader")
    monkeypatch.setenv("CONDA_DEFAULT_ENV", "base")
    run = tracked(client, team_name="growth", default_tags={"a": "1"}, auto_log_conda=True)
    tags = run.data.tags
    assert (tags["team"], tags["a"], tags["system.user"]) == ("growth", "1", "reader")
    assert "Failed to get conda environment" in caplog.text
    assert client.get_experiment(run.info.experiment_id).name == "project-experiments"
    caplog.clear()
    off = {"auto_log_system": False, "auto_log_git": False, "auto_log_conda": False}
    run = tracked(client, experiment_name="iris", **off)
    assert not [tag for tag in run.data.tags if tag.startswith(("system.", "git."))]
    assert "conda" not in caplog.text
    assert client.get_experiment(run.info.experiment_id).name == "iris"


@pytest.mark.usefixtures("client")
def test_llm_calls_do_not_read_the_file(project: Path) -> None:
    import mlflow
    from mltrack import log_llm_call

    (project / ".mltrack.yml").write_text(f"tracking_uri: {STORE}\n")
    mlflow.set_tracking_uri("sqlite:///other.db")
    log_llm_call(
        provider="openai", model="gpt-4o-mini", input_tokens=1, output_tokens=1, latency_ms=1.0
    )
    assert not (project / "configuration.db").exists()
    assert len(mlflow.MlflowClient("sqlite:///other.db").search_runs(["0"])) == 1


def test_the_program_that_run_starts_sees_the_variables(
    project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    from click.testing import CliRunner
    from mltrack.cli import cli

    (project / ".mltrack.yml").write_text(f"tracking_uri: {STORE}\n")
    names = ("MLFLOW_TRACKING_URI", "MLTRACK_ENABLED", "MLFLOW_RUN_NAME", "MLTRACK_TAGS")
    code = f"import os; print(*(os.environ[name].strip() for name in {names}))"
    arguments = ["run", "--name", "one", "--tags", "a=b", "--", sys.executable, "-c", code]
    assert CliRunner().invoke(cli, arguments).exit_code == 0
    assert f"{STORE} 1 one a: b" in capfd.readouterr().out


# -- Users ------------------------------------------------------------------------------------


def test_who_you_are(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from mltrack import user_info

    registry = user_info.UserRegistry(project / "users.csv")
    monkeypatch.setattr(user_info, "_registry", registry)
    ada = registry.create_user(email="ada@example.com", name="Ada", team="growth")
    registry.create_user(email="max@example.com", name="Max", team="growth")
    monkeypatch.setenv("MLTRACK_USER_EMAIL", "nobody@example.com")
    assert user_info.get_current_user() is None
    monkeypatch.setenv("MLTRACK_USER_EMAIL", "max@example.com")
    assert user_info.get_current_user().name == "Max"
    monkeypatch.setenv("MLTRACK_API_KEY", ada.api_key)
    assert user_info.get_current_user().name == "Ada"
    monkeypatch.setenv("MLTRACK_API_KEY", "wrong")
    assert user_info.get_current_user() is None


# -- Variables --------------------------------------------------------------------------------


PROOFS = {
    "MLFLOW_TRACKING_URI": "test_the_program_that_run_starts_sees_the_variables",
    "MLTRACK_LLM_PRICING_SNAPSHOT": "test_prices_come_from_the_file_that_the_variable_names",
    "MLTRACK_S3_BUCKET": "test_the_bucket_of_the_variable_is_used",
    "MLTRACK_USER_EMAIL": "test_who_you_are",
    "MLTRACK_API_KEY": "test_who_you_are",
    "USER": "test_what_runs_carry",
    "UV_PROJECT_ENVIRONMENT": "test_what_counts_as_uv",
    "CONDA_DEFAULT_ENV": "test_what_runs_carry",
    "MLTRACK_ENABLED": "test_the_program_that_run_starts_sees_the_variables",
    "MLFLOW_RUN_NAME": "test_the_program_that_run_starts_sees_the_variables",
    "MLTRACK_TAGS": "test_the_program_that_run_starts_sees_the_variables",
    "MLTRACK_ENV": "test_only_the_container_in_production_gets_the_variable",
}
"""The test that shows what each variable does."""


def test_each_variable_of_the_package_is_listed_and_has_its_test() -> None:
    page = PAGE.read_text("utf-8")
    rows = re.findall(r"^\| \{envvar\}`(\w+)` \|([^|]*)\|([^|]*)\|$", page, re.M)
    sections = re.findall(r"^```\{envvar\} (\w+)$", page, re.M)
    omissions = yaml.safe_load((ROOT / "source" / "_data" / "omissions.yaml").read_text("utf-8"))
    omitted = {each["name"] for each in omissions if each["kind"] == "variable"}
    assert list(PROOFS) == [name for name, _, _ in rows] == sections
    assert set(PROOFS) == set(INVENTORY["variable"]) - omitted
    for name, read, set_ in rows:
        facts = INVENTORY["variable"][name]
        assert (bool(read.strip()), bool(set_.strip())) == (bool(facts["read"]), bool(facts["set"]))
    for test in PROOFS.values():
        assert callable(globals()[test])


def test_no_option_comes_from_the_environment() -> None:
    from mltrack.cli import cli

    for command in [cli, *cli.commands.values()]:
        assert "auto_envvar_prefix" not in command.context_settings
        assert [each.name for each in command.params if getattr(each, "envvar", None)] == []


def test_an_empty_tracking_uri_asks_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:5000")
    for empty in ("", None):
        assert config(tracking_uri=empty).tracking_uri == "http://127.0.0.1:5000"
    assert config().tracking_uri == "file://./mlruns"


def test_prices_come_from_the_file_that_the_variable_names(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mltrack.pricing import calculate_cost, load_pricing_snapshot

    tokens = {"prompt_tokens": 1000, "completion_tokens": 500}
    snapshot = load_pricing_snapshot()
    (model,) = [name for name in snapshot["models"] if name == "gpt-4o-mini"]
    before = calculate_cost(tokens, model, "openai")
    entry = snapshot["models"][model]
    cheap = {**entry, **{key: 0.0 for key in entry if "cost" in key}}
    cheap |= {"input_cost_per_token": 1e-3, "output_cost_per_token": 0.0}
    (project / "prices.json").write_text(json.dumps({**snapshot, "models": {model: cheap}}))
    monkeypatch.setenv("MLTRACK_LLM_PRICING_SNAPSHOT", str(project / "prices.json"))
    assert calculate_cost(tokens, model, "openai") == 1.0 != before


@pytest.mark.usefixtures("project")
def test_the_bucket_of_the_variable_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    import boto3
    from mltrack.data_store import DataStore
    from mltrack.data_store_v2 import FlexibleDataStore
    from mltrack.deploy.s3_storage import S3ModelStorage
    from mltrack.model_registry import ModelRegistry
    from moto import mock_aws

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        for bucket in ("shelf", "mltrack-models"):
            boto3.client("s3").create_bucket(Bucket=bucket)
        monkeypatch.setenv("MLTRACK_S3_BUCKET", "shelf")
        settings = config(tracking_uri=STORE)
        for store in (ModelRegistry, DataStore, FlexibleDataStore):
            assert store(config=settings).s3_bucket == "shelf"
            assert store(config=settings, s3_bucket="mltrack-models").s3_bucket == "mltrack-models"
        assert S3ModelStorage().bucket_name == "shelf"
        monkeypatch.delenv("MLTRACK_S3_BUCKET")
        assert ModelRegistry(config=settings).s3_bucket is None
        assert S3ModelStorage().bucket_name == "mltrack-models"


def test_only_the_container_in_production_gets_the_variable(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mltrack.deployment.cli_shortcuts import SmartCLI

    (project / ".mltrack.yml").write_text(f"tracking_uri: {STORE}\n")
    commands: list[list[str]] = []

    class Done:
        returncode, stdout, stderr = 0, "", ""

    def run(command: list[str], **_: Any) -> Done:
        commands.append(command)
        return Done()

    monkeypatch.setattr("mltrack.deployment.cli_shortcuts.subprocess.run", run)
    shortcuts = SmartCLI()
    monkeypatch.setattr(shortcuts, "select_model", lambda name: name)
    known = {"container": {"image": "iris:1"}}
    monkeypatch.setattr(shortcuts.registry, "get_model", lambda _name: known)
    for production in (True, False):
        commands.clear()
        shortcuts.serve_model(model_name="iris", detach=True, production=production)
        (started,) = [each for each in commands if each[:2] == ["docker", "run"]]
        assert ("MLTRACK_ENV=production" in started) == production


def test_settings_of_a_generated_service(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from mltrack.deployment.api.fastapi_generator import FastAPIGenerator

    info = {"model_name": "demo", "version": "v1", "task_type": "regression"}
    files = FastAPIGenerator.generate_project_structure(info, project)
    text = files["config"].read_text().replace("pydantic import", "pydantic_settings import")
    (project / "generated_settings.py").write_text(text)
    monkeypatch.syspath_prepend(project)
    settings = importlib.import_module("generated_settings").Settings
    monkeypatch.delitem(sys.modules, "generated_settings")
    names = set(settings.model_fields)
    rows = dict(re.findall(r"^\| `([A-Z_]+)` \| `(.*?)` \|", PAGE.read_text("utf-8"), re.M))
    assert rows == {
        name: default if isinstance(default, str) else json.dumps(default)
        for name, default in settings().model_dump().items()
    }
    code = "".join(file.read_text() for file in (project / "demo" / "app").rglob("*.py"))
    assert {name for name in names if f"settings.{name}" in code} == names - {
        "MODEL_PATH", "LOG_LEVEL",
    }  # fmt: skip
    monkeypatch.setenv("ALLOWED_ORIGINS", '["https://app.example.com"]')
    monkeypatch.setenv("PORT", "9000")
    assert (settings().ALLOWED_ORIGINS, settings().PORT) == (["https://app.example.com"], 9000)
    monkeypatch.delenv("PORT")
    (project / ".env").write_text("PORT=9001\n")
    assert settings().PORT == 9001
