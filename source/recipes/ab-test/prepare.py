"""Train two models of digits and write a service for each, in service/."""

import json
from pathlib import Path

import mlflow
from mltrack import MLTrackConfig, get_last_run, track
from mltrack.deployment.api.fastapi_generator import FastAPIGenerator
from mltrack.model_registry import ModelRegistry
from sklearn.datasets import load_digits
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.model_selection import train_test_split
from sklearn.naive_bayes import GaussianNB

MODELS = {"control": GaussianNB(), "candidate": LinearDiscriminantAnalysis()}

config = MLTrackConfig.find_config()
mlflow.set_tracking_uri(config.tracking_uri)


def train(model):
    """Fit and log a model, and return its accuracy on digits that it has not seen."""
    data, target = load_digits(return_X_y=True)
    x_train, x_test, y_train, y_test = train_test_split(data, target, random_state=0)
    model.fit(x_train, y_train)
    mlflow.sklearn.log_model(model, name="model", pip_requirements=["scikit-learn"])
    accuracy = model.score(x_test, y_test)
    mlflow.log_metric("test_accuracy", accuracy)
    return accuracy


def write_service(name):
    """Register the last run's model under a name and write its service."""
    run_id = get_last_run(config.experiment_name)
    registry = ModelRegistry(config)
    registry.register_model(run_id, name, "model", task_type="classification")
    info = next(m for m in registry.list_models() if m["model_name"] == name)
    files = FastAPIGenerator.generate_project_structure(info, Path("service"))
    model = Path(
        mlflow.artifacts.download_artifacts(
            run_id=run_id, artifact_path="model", dst_path=f"service/{name}"
        )
    ).resolve()
    (model / "model_info.json").write_text(json.dumps({"version": info["version"]}))
    # Pydantic 2 keeps BaseSettings in a package of its own.
    replace(
        files["config"],
        "from pydantic import BaseSettings",
        "from pydantic_settings import BaseSettings",
    )
    # The generated code expects the model where a container image would have it.
    replace(files["model_loader"], "/app/model", str(model))


def replace(file, old, new):
    """Replace a text that has to be there."""
    text = file.read_text()
    if old not in text:
        raise SystemExit(f"{file} has no {old!r}")
    file.write_text(text.replace(old, new))


for name, model in MODELS.items():
    accuracy = track(name=name)(train)(model)
    write_service(name)
    print(f"{name}: test accuracy {accuracy:.3f}")
