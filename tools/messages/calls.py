"""Messages of tracking, models, deployment and prices in Python."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any
from unittest import mock

from .room import says

if TYPE_CHECKING:
    from .room import Room


def api(name: str, *arguments: Any, **more: Any) -> Any:
    """Call a function of the package."""
    import mltrack

    return getattr(mltrack, name)(*arguments, **more)


def tracker(room: Room, more: str = "") -> Any:
    """Return a tracker with the project's settings."""
    from mltrack.config import MLTrackConfig
    from mltrack.core import MLTracker

    room.settings(room.full, more)
    return MLTracker(MLTrackConfig.find_config())


@says("Experiment not found: {}")
def _no_experiment(room: Room) -> None:
    api("get_last_run", "churn")


@says("No experiments found", using="a store whose experiments are deleted")
def _experiments_deleted(room: Room) -> None:
    import mlflow

    uri = f"sqlite:///{room.place}/mlflow.db"
    room.settings(uri)
    mlflow.delete_experiment("0")
    api("get_last_run", tracking_uri=uri)


@says("Run with UUID {} is already active. To start a new run, first end the current run")
def _nested(room: Room) -> None:
    tracking = tracker(room)
    inner = tracking.track_function(lambda: 1)
    tracking.track_function(lambda: inner())()


@says("Changing param values is not allowed.")
def _parameter_twice(room: Room) -> None:
    import mlflow

    tracker(room).track_function(lambda: mlflow.log_param("function_name", "other"))()


@says("track() got an unexpected keyword argument '{}'")
def _other_argument(room: Room) -> None:
    api("track", project="churn")


@says("'{}' object is not subscriptable")
def _deploy_an_object(room: Room) -> None:
    from sklearn.naive_bayes import GaussianNB

    room.settings(room.full)
    api("deploy", GaussianNB(), platform="docker")


@says("'generator' object has no attribute '{}'", using="an object like those of the SDKs")
def _response_object(room: Room) -> None:
    from pydantic import BaseModel

    class Response(BaseModel):
        choices: list[str]

    room.settings(room.full)
    ask = api("track_llm", lambda prompt, model=None: Response(choices=["Hello"]))
    print(ask("Hi", model="gpt-4o-mini").choices)


@says("UV environment required but not detected! Please use UV to manage your Python environment. "
      "Install UV: curl -LsSf https://astral.sh/uv/install.sh | sh")  # fmt: skip
def _uv_required(room: Room) -> None:
    tracker(room, "require_uv: true\n")


@says("⚠️ Not running in a UV environment! For best reproducibility and performance, use UV: uvx "
      "mltrack or uv run mltrack")  # fmt: skip
def _uv_wanted(room: Room) -> None:
    from mltrack.config import MLTrackConfig
    from mltrack.core import MLTracker

    MLTracker(MLTrackConfig(tracking_uri=room.empty))


@says("⚠️ Not running in a UV environment! For best results, use UV to manage your Python "
      "environment. Install with: curl -LsSf https://astral.sh/uv/install.sh | sh")  # fmt: skip
def _uv_wanted_by_function(room: Room) -> None:
    from mltrack import utils

    utils.get_pip_requirements()


@says("Failed to log pip requirements: {}")
def _pip_missing(room: Room) -> None:
    with mock.patch.dict(os.environ, PATH=str(room.place)):
        tracker(room, "auto_log_pip: true\nauto_log_git: false\n").track_function(lambda: 1)()


@says("Failed to get pip requirements: {}", using="a program named pip that fails")
def _pip_fails(room: Room) -> None:
    with room.program("pip", "exit 2"):
        tracker(room, "auto_log_pip: true\n").track_function(lambda: 1)()


@says("Failed to get conda environment: {}")
def _conda_missing(room: Room) -> None:
    with mock.patch.dict(os.environ, CONDA_DEFAULT_ENV="base"):
        tracker(room).track_function(lambda: 1)()


@says("Failed to log conda environment: {}", using="a program named conda that may not be run")
def _conda_refused(room: Room) -> None:
    with room.program("conda"), mock.patch.dict(os.environ, CONDA_DEFAULT_ENV="base"):
        tracking = tracker(room)
        (room.place / "bin" / "conda").write_text("no program")
        tracking.track_function(lambda: 1)()


@says("Failed to log model info: {}")
def _model_info(room: Room) -> None:
    from sklearn.naive_bayes import GaussianNB

    tracker(room).track_function(lambda: GaussianNB)()  # the class, not a model


@says("Failed to parse pyproject.toml: {}")
def _bad_toml(room: Room) -> None:
    (room.place / "pyproject.toml").write_text("[project\n")
    tracker(room).track_function(lambda: 1)()


@says("Error getting git info: {}")
def _repository_without_commits(room: Room) -> None:
    import subprocess

    subprocess.run(["git", "init", "-q", "-b", "main", str(room.place)], check=True)
    tracker(room).track_function(lambda: 1)()


@says("Failed to enable auto-logging for {}: {}", using="a framework without autologging")
def _autologging(room: Room) -> None:
    import mlflow

    with mock.patch.object(mlflow.sklearn, "autolog", side_effect=TypeError("not supported")):
        tracker(room, "auto_detect_frameworks: true\n").track_function(lambda: 1)()


@says("Failed to send Slack notification: {}")
def _slack(room: Room) -> None:
    from mltrack import utils

    utils.send_slack_notification("http://127.0.0.1:9/hook", "0" * 32, "train", "FINISHED", {})


@says("Model '{}' not found in registry")
def _no_model(room: Room) -> None:
    from mltrack.model_registry import ModelRegistry

    ModelRegistry().get_model("iris")


@says("Version '{}' not found for model '{}'")
def _no_version(room: Room) -> None:
    from mltrack.model_registry import ModelRegistry

    room.save()
    ModelRegistry().get_model("iris", version="2")


@says("Version '{}' not found")
def _no_version_to_move(room: Room) -> None:
    from mltrack.model_registry import ModelRegistry

    room.save()
    ModelRegistry().transition_model_stage("iris", "2", "production")


@says("MLflow transition error (continuing): {}", "Parameter 'version' must be an integer, got {}")
def _transition(room: Room) -> None:
    from mltrack.model_registry import ModelRegistry

    made = room.save()
    ModelRegistry().transition_model_stage("iris", made["version"], "production")


@says("MLflow model registry error (continuing): {}")
def _unknown_stage(room: Room) -> None:
    room.save(stage="live")


@says("Provide run_id or name for docker deployment")
def _nothing_to_deploy(room: Room) -> None:
    api("deploy", platform="docker")


@says("model_name is required for Lambda packaging")
def _package_without_a_name(room: Room) -> None:
    from mltrack.deploy.lambda_deploy import LambdaPackageBuilder

    LambdaPackageBuilder().build_package(model_name="")


@says("[Errno 2] No such file or directory")
def _no_prices(room: Room) -> None:
    room.settings(room.full)
    with mock.patch.dict(os.environ, MLTRACK_LLM_PRICING_SNAPSHOT="prices.json"):
        api("log_llm_call", provider="openai", model="gpt-4o-mini", input_tokens=1,
            output_tokens=1, latency_ms=1.0)  # fmt: skip


@says("{} validation error for MLTrackConfig")
def _settings_of_another_type(room: Room) -> None:
    api("MLTrackConfig", auto_log_git="sometimes")


@says("Failed to save lineage: {}")
def _lineage_not_saved(room: Room) -> None:
    import mlflow
    from mltrack.lineage import LineageTracker

    room.settings(room.full)
    lineage = LineageTracker()
    lineage.start_tracking("run")
    with mock.patch.object(mlflow, "log_dict", side_effect=OSError("No space left on device")):
        lineage.save_lineage()


@says("Failed to calculate checksum for {}: {}")
def _no_checksum(room: Room) -> None:
    from mltrack.lineage import LineageTracker

    lineage = LineageTracker()
    lineage.start_tracking("run")
    (room.place / "data").mkdir()
    lineage.track_input("data")
