"""More models and services than the recipe has. Runs in its project, after ``serve.sh``.

``python -m tools.http.models SERVICE…`` logs and registers the models that the services need,
and writes the services with the recipe's own ``serve_model.py``, or with ``DockerBuilder``.
"""

from __future__ import annotations

import runpy
import sys
from pathlib import Path
from typing import Any

import mlflow
from mltrack import MLTrackConfig
from mltrack.model_registry import ModelRegistry
from sklearn.datasets import load_diabetes, load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsRegressor

from tools.http.services import SERVICES, Service
from tools.openapi.worker import TIGHT, write_container

HERE = Path("service")


def nearest() -> dict[str, Any]:
    """Return the regression model of the reference: means of four targets, exact everywhere."""
    x, y = load_diabetes(return_X_y=True, scaled=False)
    return {"sk_model": KNeighborsRegressor(n_neighbors=4, algorithm="brute").fit(x[:, :4], y)}


def probabilities() -> dict[str, Any]:
    """Return the recipe's model, logged so that it answers with probabilities."""
    model = LogisticRegression(max_iter=5000, tol=TIGHT).fit(*load_iris(return_X_y=True))
    return {"sk_model": model, "pyfunc_predict_fn": "predict_proba"}


def log(registry: ModelRegistry, service: Service) -> None:
    """Log and register the model of ``service``."""
    with mlflow.start_run() as run:
        common = {"name": "model", "pip_requirements": ["mlflow"]}
        if service.model == "pressure":
            mlflow.sklearn.log_model(**nearest(), **common)
        elif service.model == "sure":
            mlflow.sklearn.log_model(**probabilities(), **common)
        else:
            mlflow.pyfunc.log_model(python_model=f"{service.task}_model.py", **common)
    task = None if service.task == "other" else service.task
    registry.register_model(run.info.run_id, service.model, "model", task_type=task)


def write(registry: ModelRegistry, service: Service) -> None:
    """Write the service's application below ``service/``."""
    if not service.container:
        sys.argv[1:] = [service.model]
        runpy.run_path("serve_model.py", run_name="__main__")
        return
    info = next(each for each in registry.list_models() if each["model_name"] == service.model)
    directory = HERE / service.directory
    directory.mkdir(parents=True)
    write_container(info, (HERE / service.model / "model").resolve(), directory)


def main(names: list[str]) -> None:
    """Make what the services ``names`` need; projects first, containers take their models."""
    config = MLTrackConfig.find_config()
    mlflow.set_tracking_uri(config.tracking_uri)
    mlflow.set_experiment("others")
    registry = ModelRegistry(config)
    chosen = sorted((SERVICES[name] for name in names), key=lambda each: each.container)
    for service in chosen:
        if not (HERE / service.model).exists():
            log(registry, service)
            write(registry, SERVICES[service.project])
        if service.container:
            write(registry, service)


if __name__ == "__main__":
    main(sys.argv[1:])
