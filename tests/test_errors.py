"""The messages of reference/errors: the most common ones, provoked and compared."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from click.testing import CliRunner

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SHOWN = {
    entry["message"]
    for area in yaml.safe_load(
        (Path(__file__).parents[1] / "source" / "_data" / "errors.yaml").read_text()
    ).values()
    for entry in area
}
STORE = "sqlite:///errors.db"  # of its own: MLflow keeps connections by address
FILE = "tracking_uri: sqlite:///errors.db\nwarn_non_uv: false\nauto_detect_frameworks: false\n"


@pytest.fixture(scope="module")
def _package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A project with an empty store; home, variables and directory are its own."""
    place = tmp_path_factory.mktemp("project")
    before, directory = dict(os.environ), Path.cwd()
    own = {"HOME": str(place), "MLFLOW_TRACKING_URI": STORE, "AWS_EC2_METADATA_DISABLED": "true"}
    for name in [name for name in before if name.startswith(("AWS_", "MLTRACK_", "UV_"))]:
        del os.environ[name]
    (place / "git").symlink_to(str(shutil.which("git")))  # neither docker nor uv
    os.environ |= own | {"PATH": f"{Path(sys.executable).parent}:{place}"}
    os.chdir(place)
    (place / ".mltrack.yml").write_text(FILE)
    import mlflow

    mlflow.set_tracking_uri(STORE)
    yield place
    mlflow.set_tracking_uri(None)
    mlflow.tracking.fluent._active_experiment_id = None
    os.chdir(directory)
    os.environ.clear()
    os.environ |= before


@pytest.fixture
def project(_package: Path) -> Iterator[Path]:
    """The project, put back afterwards."""
    import mlflow

    yield _package
    while mlflow.active_run():
        mlflow.end_run()
    mlflow.set_tracking_uri(STORE)
    (_package / ".mltrack.yml").write_text(FILE)


def run(*arguments: str) -> tuple[int, str]:
    """Return exit status and output of a command; an exception's text counts as output."""
    from mltrack.cli import cli

    result = CliRunner().invoke(cli, list(arguments))
    raised = "" if isinstance(result.exception, SystemExit | None) else str(result.exception)
    return result.exit_code, result.output + raised


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["nothing"], 2, "Error: No such command"),
        (["run", "python", "a.py", "--epochs", "5"], 2, "Error: No such option"),
        (["run", "no-such-program"], 1, "Error running command: {}"),
        (["init"], 0, "⚠️ Project already initialized!"),
        (["ui"], 0, "❌ Modern UI not found!"),
        (["save", "iris"], 1, "No recent models found to save"),
        (["ship"], 1, "No recent models found. Train a model first!"),
        (["list"], 0, "No models found in registry"),
        (["deploy"], 1, "No runs found"),
        (["deploy", "--run-id", "abc", "--platform", "k8s"], 1, "Unsupported platform: {}"),
        (["try", "iris"], 1, "[Errno 2] No such file or directory: 'docker'"),
    ],
)
def test_commands_say_it(project: Path, arguments: list[str], status: int, message: str) -> None:
    assert message in SHOWN
    found, output = run(*arguments)
    assert found == status
    assert message.partition("{}")[0].split() == _words(output, message)


def _words(output: str, message: str) -> list[str]:
    """The message's words as they stand in the output, or all of the output."""
    words, expected = output.split(), message.partition("{}")[0].split()
    starts = range(len(words) - len(expected) + 1)
    return next((words[at : at + len(expected)] for at in starts if words[at:][: len(expected)]
        == expected), words)  # fmt: skip


def test_ship_says_that_a_model_is_not_there(project: Path) -> None:
    status, output = run("ship", "iris")
    assert (status, output.strip()) == (1, "Model 'iris' not found")


def test_configuration_without_a_file(project: Path) -> None:
    message = "Using default configuration (no .mltrack.yml found)"
    assert message in SHOWN
    below = project / "elsewhere"
    below.mkdir()
    os.chdir(below)
    (project / ".mltrack.yml").rename(project / "away.yml")
    try:
        status, output = run("config")
    finally:
        os.chdir(project)
    assert status == 0
    assert message in " ".join(output.split())


@pytest.mark.parametrize("arguments", [["list"], ["save", "iris"], ["deploy"]])
def test_the_default_store_is_refused(project: Path, arguments: list[str]) -> None:
    import mlflow

    message = "The filesystem tracking backend (e.g., './mlruns') is in maintenance mode"
    assert message in SHOWN
    mlflow.set_tracking_uri("file://./mlruns")
    (project / ".mltrack.yml").write_text("team_name: growth\n")
    status, output = run(*arguments)
    assert status == 1
    assert message in output


def _registry() -> Any:
    from mltrack.model_registry import ModelRegistry

    return ModelRegistry()


def _nested() -> None:
    from mltrack.core import MLTracker

    tracker = MLTracker()
    inner = tracker.track_function(lambda: 1)
    tracker.track_function(lambda: inner())()


def _store(name: str) -> Any:
    from mltrack.data_store import DataStore

    return DataStore().retrieve_data("0", "1", "inputs", name)


def _by_model() -> Any:
    from mltrack.data_store_v2 import FlexibleDataStore, StorageMode

    FlexibleDataStore().create_run("1", storage_modes=[StorageMode.BY_MODEL])


def _require_uv() -> None:
    from mltrack import MLTrackConfig
    from mltrack.core import MLTracker

    MLTracker(MLTrackConfig(tracking_uri=STORE, require_uv=True))


def _api(name: str, *arguments: str, **more: str) -> Any:
    import mltrack

    return getattr(mltrack, name)(*arguments, **more)


@pytest.mark.parametrize(
    ("call", "exception", "message"),
    [
        (lambda: _api("get_last_run", "nothing"), "ValueError", "Experiment not found: {}"),
        (lambda: _api("get_last_run"), "ValueError", "No runs found"),
        (
            lambda: _api("deploy", platform="docker"),
            "ValueError",
            "Provide run_id or name for docker deployment",
        ),
        (
            lambda: _registry().get_model("iris"),
            "ValueError",
            "Model '{}' not found in registry",
        ),
        (lambda: _store("x"), "Exception", "S3 not configured"),
        (_by_model, "ValueError", "Unknown storage mode: {}"),
        (
            _require_uv,
            "RuntimeError",
            "UV environment required but not detected! Please use UV to manage your Python "
            "environment. Install UV: curl -LsSf https://astral.sh/uv/install.sh | sh",
        ),
    ],
)  # fmt: skip
def test_calls_raise_it(
    project: Path, call: Callable[[], Any], exception: str, message: str
) -> None:
    assert message in SHOWN
    with pytest.raises(Exception, match=r".") as caught:
        call()
    assert type(caught.value).__name__ == exception
    for part in message.split("{}"):
        assert part in str(caught.value)


def test_a_bucket_without_credentials_is_said_and_left(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "⚠️ S3 initialization failed: {}" in SHOWN
    monkeypatch.setenv("MLTRACK_S3_BUCKET", "some-bucket")
    assert _registry().s3_bucket is None
    assert "⚠️ S3 initialization failed: Unable to locate credentials" in capsys.readouterr().out


def test_prices_that_are_not_there(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "[Errno 2] No such file or directory" in SHOWN
    monkeypatch.setenv("MLTRACK_LLM_PRICING_SNAPSHOT", "/nowhere.json")
    with pytest.raises(FileNotFoundError, match=r"\[Errno 2\] No such file or directory"):
        _api("log_llm_call", provider="openai", model="gpt-4o-mini", input_tokens=1,
             output_tokens=1, latency_ms=1.0)  # fmt: skip


def test_tracked_functions_do_not_nest(project: Path) -> None:
    """Last: it leaves runs in the store."""
    message = "Run with UUID … is already active. To start a new run, first end the current run"
    assert message in SHOWN
    start, end = message.split("…")
    with pytest.raises(Exception, match="already active") as caught:
        _nested()
    assert start in str(caught.value)
    assert end in str(caught.value)


def test_a_run_without_a_model_cannot_be_saved(project: Path) -> None:
    message = (
        "Failed to download artifacts from path 'model', please ensure that the path is correct."
    )
    assert message in SHOWN
    status, output = run("save", "iris", "--run-id", _api("get_last_run"))
    assert status == 1
    assert message in output
