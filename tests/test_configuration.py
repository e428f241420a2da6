"""What reference/configuration says, tried on the installed package."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
INVENTORY = json.loads((ROOT / "source" / "_data" / "inventory.json").read_text())
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
