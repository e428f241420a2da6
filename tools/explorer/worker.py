"""Generate the services and export their models. Runs in a process and a home of its own."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import mlflow

from tools.openapi.services import SERVICES, Service
from tools.openapi.worker import (
    CODE,
    IN_THE_IMAGE,
    RECIPES,
    save_model,
    write_container,
    write_project,
)


def parameters(path: Path) -> dict[str, Any]:
    """Return what a saved model of scikit-learn has learned.

    Raises:
        SystemExit: the browser has no such model.
    """
    model = mlflow.pyfunc.load_model(str(path)).get_raw_model()
    name = type(model).__name__
    found: dict[str, Any] = {"estimator": name, "features": int(model.n_features_in_)}
    if name == "LogisticRegression":
        learned = ("classes", "coef", "intercept")
        return found | {key: getattr(model, f"{key}_").tolist() for key in learned}
    if name == "KNeighborsRegressor":
        memory = {"x": model._fit_X.tolist(), "y": model._y.tolist()}
        return found | {"neighbors": model.n_neighbors} | memory
    sys.exit(f"explorer: tools/explorer/browser/mlflow.py has no {name}: write one")


def files_of(service: Service, info: dict[str, Any], model: Path, target: Path) -> dict[str, str]:
    """Return a service's modules by path, as they are in an image."""
    target.mkdir(parents=True)
    write = write_project if service.kind == "project" else write_container
    directory = write(info, model, target)
    return {
        file.relative_to(directory).as_posix(): file.read_text("utf-8").replace(
            str(model), IN_THE_IMAGE
        )
        for file in sorted(directory.rglob("*.py"))
        if "tests" not in file.parts
    }


def main(directory: Path) -> None:
    """Write ``services.json``: the services' modules and the models' parameters or code."""
    models: dict[str, dict[str, str]] = {}
    known: dict[str, tuple[Path, dict[str, Any]]] = {}
    services: dict[str, Any] = {}
    for service in SERVICES:
        if service.task not in known:
            path = directory / "models" / service.task
            known[service.task] = path, save_model(service.task, path)
            if service.task in CODE:
                learned = {"model.py": (RECIPES / CODE[service.task]).read_text("utf-8")}
            else:
                learned = {"parameters.json": json.dumps(parameters(path))}
            version = json.dumps({"version": known[service.task][1]["version"]})
            models[service.task] = {"model_info.json": version, **learned}
        model, info = known[service.task]
        files = files_of(service, info, model, directory / "services" / service.name)
        module = "app" if service.kind == "container" else "app.main"
        services[service.name] = {"model": service.task, "module": module, "files": files}
    text = json.dumps({"services": services, "models": models}, indent=1, ensure_ascii=False)
    (directory / "services.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
