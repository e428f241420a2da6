"""``python checks.py NAME…``: checks in an empty directory and home; prints what came of each.

It runs in environments that have nothing of this repository and a Python as old as 3.8. Processes
that run one after the other in a directory share the store, and the run that has a model.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import traceback
from pathlib import Path
from typing import Any

STORE = "sqlite:///mlflow.db"
SETTINGS = "tracking_uri: sqlite:///mlflow.db\nwarn_non_uv: false\nauto_log_pip: false\n"
MARK = "outcome: "
ROOT_STORE = Path("/mlruns")
TRAINED = Path("trained.txt")
LONGEST = 160
IDENTIFIER = re.compile(r"\b[0-9a-f]{32}\b")
PATHS = re.compile(r"(?:/[\w.+-]+){2,}")


def expect(value: Any, what: str) -> None:
    """End the check if ``value`` is not true."""
    if not value:
        raise RuntimeError(what)


def settings() -> None:
    """Write the settings that reference/compatibility names, and point MLflow at the store."""
    import mlflow

    Path(".mltrack.yml").write_text(SETTINGS)
    mlflow.set_tracking_uri(STORE)


def trained() -> str:
    """Return the id of a tracked run that logged a model, made when there is none."""
    if TRAINED.is_file():
        return TRAINED.read_text()
    import mlflow
    from mltrack import get_last_run, track
    from sklearn.datasets import load_iris
    from sklearn.naive_bayes import GaussianNB

    def train() -> None:
        iris = load_iris()
        mlflow.sklearn.autolog(disable=True)
        model = GaussianNB().fit(iris.data, iris.target)
        mlflow.sklearn.log_model(model, "model", pip_requirements=["scikit-learn"])
        mlflow.log_metric("accuracy", model.score(iris.data, iris.target))

    track(train, tags={"model.framework": "sklearn", "model.task_type": "classification"})()
    run_id = str(get_last_run(tracking_uri=STORE))
    TRAINED.write_text(run_id)
    return run_id


def newest() -> Any:
    """Return the newest run of the store."""
    import mlflow
    from mlflow.entities import ViewType

    client = mlflow.MlflowClient(STORE)
    ids = [each.experiment_id for each in client.search_experiments(view_type=ViewType.ALL)]
    return client.search_runs(ids, order_by=["attributes.start_time DESC"], max_results=1)[0]


def command(*arguments: str) -> str:
    """Run a command of MLTrack, which has to succeed; return what it prints."""
    program = Path(sys.executable).parent / "mltrack"
    done = subprocess.run(
        [str(program), *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    printed = done.stdout.decode()
    if done.returncode:
        last = (printed.strip().splitlines() or ["nothing is printed"])[-1]
        raise RuntimeError(last)
    return printed


def check_import() -> None:
    """Import the package and every module of it."""
    import importlib
    import pkgutil

    import mltrack

    for module in pkgutil.walk_packages(mltrack.__path__, "mltrack."):
        importlib.import_module(module.name)


def check_defaults() -> None:
    """Track a function without any settings: its run has to be below this directory."""
    from mltrack import track

    before = ROOT_STORE.exists()
    try:
        track(lambda: 1)()
    finally:
        outside = ROOT_STORE.exists() and not before
        if outside:
            shutil.rmtree(ROOT_STORE)
    expect(not outside, "the run goes to /mlruns, at the root of the file system")
    expect(Path("mlruns").is_dir(), "there are no files of the run in ./mlruns")


def check_track() -> None:
    """Track a function that trains and logs a model."""
    settings()
    run_id = trained()
    run = newest()
    expect(run.info.run_id == run_id, "another run is the newest")
    expect(run.info.status == "FINISHED", f"the run is {run.info.status}")
    expect("execution_time_seconds" in run.data.metrics, "the time is missing")


def check_context() -> None:
    """Track a block."""
    settings()
    from mltrack import track_context

    with track_context("block"):
        pass
    run = newest()
    expect(run.info.run_name == "block", f"the run's name is {run.info.run_name}")
    expect(run.info.status == "FINISHED", f"the run is {run.info.status}")


def check_llm() -> None:
    """Log a call of a language model with its cost."""
    settings()
    from mltrack import log_llm_call

    log_llm_call(provider="openai", model="gpt-4o-mini", input_tokens=1000, output_tokens=500,
                 latency_ms=100.0)  # fmt: skip
    expect(newest().data.metrics["llm.cost_usd"] > 0, "the cost is missing")


def check_commands() -> None:
    """Run commands that ask for nothing."""
    for arguments in (["init", "--tracking-uri", STORE], ["config"], ["doctor"], ["list"]):
        command(*arguments)


def check_save() -> None:
    """Save a run's model with the command, and list it."""
    settings()
    command("save", "iris", "--run-id", trained())
    expect("iris" in command("list"), "the model is not listed")


def check_load() -> None:
    """Register a model and load that version."""
    settings()
    from mltrack.model_registry import ModelRegistry

    registry = ModelRegistry()
    made = registry.register_model(trained(), "iris", "model")
    model = registry.load_model("iris", version=made["version"])
    expect(len(model.predict([[5.1, 3.5, 1.4, 0.2]])) == 1, "there is no prediction")


def check_service() -> None:
    """Generate a prediction service as the REST reference does, and send it a request."""
    settings()
    import mlflow
    from mltrack.deployment.api.fastapi_generator import FastAPIGenerator

    run_id = trained()
    info = {"model_name": "iris", "version": "v1", "run_id": run_id, "framework": "sklearn",
            "model_type": "GaussianNB", "task_type": "classification"}  # fmt: skip
    files = FastAPIGenerator.generate_project_structure(info, Path("service"))
    project = files["readme"].parent
    place = mlflow.artifacts.download_artifacts(
        run_id=run_id, artifact_path="model", dst_path=str(project)
    )
    (Path(place) / "model_info.json").write_text(json.dumps({"version": "v1"}))
    for name, old, new in (
        (
            "config",
            "from pydantic import BaseSettings",
            "from pydantic_settings import BaseSettings",
        ),
        ("model_loader", "/app/model", str(Path(place).resolve())),
    ):
        files[name].write_text(files[name].read_text().replace(old, new))
    sys.path.insert(0, str(project))
    os.environ["PYTHONPATH"] = str(project)
    from app.main import app  # type: ignore[import-not-found]
    from fastapi.testclient import TestClient

    with TestClient(app) as client:
        answer = client.post("/api/v1/predict", json={"data": [[5.1, 3.5, 1.4, 0.2]]})
    expect(answer.status_code == 200, f"{answer.status_code}: {answer.text}")
    expect(len(answer.json()["predictions"]) == 1, "there is no prediction")


CHECKS = {
    name[len("check_") :]: value
    for name, value in list(globals().items())
    if name.startswith("check_")
}


def said(error: Exception) -> str:
    """Return an exception in one line that is the same on every machine."""
    text = str(error).strip()
    line = text.splitlines()[0] if text else ""
    line = PATHS.sub("…", IDENTIFIER.sub("<run-id>", line))
    name = type(error).__name__
    text = f"{name}: {line}" if line and name != "RuntimeError" else line or name
    return text if len(text) <= LONGEST else text[: LONGEST - 1].rstrip() + "…"


def outcome(name: str) -> dict[str, str]:
    """Run a check and return its name, and why it fails if it does."""
    try:
        CHECKS[name]()
    except Exception as error:
        if "mlflow" in sys.modules:
            while sys.modules["mlflow"].active_run():
                sys.modules["mlflow"].end_run()
        if os.environ.get("COMPATIBILITY_TRACEBACK"):
            traceback.print_exc()
        return {"check": name, "error": said(error)}
    return {"check": name, "error": ""}


if __name__ == "__main__":
    for each in sys.argv[1:]:
        print(MARK + json.dumps(outcome(each)), flush=True)
