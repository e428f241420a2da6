"""Generate the services, import them, ask them. Runs in a process and a home of its own.

Nothing is faked but the clock: answers carry the time, and a recording has to be the same each
time it is made.
"""

from __future__ import annotations

import datetime as calendar
import importlib
import itertools
import json
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import mlflow
from fastapi.testclient import TestClient
from mltrack.deployment.api.fastapi_generator import FastAPIGenerator
from mltrack.deployment.docker.uv_builder import DockerBuilder
from sklearn.datasets import load_diabetes, load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsRegressor

from tools.openapi.services import SERVICES, Fails, Service

RECIPES = Path(__file__).parents[2] / "source" / "recipes"
SECONDS_A_LOOK = 0.0125
IN_THE_IMAGE = "/app/model"
TIGHT = 1e-8
"""When training ends: with scikit-learn's default, processors differ in the second digit."""
SETTINGS = "from pydantic{} import BaseSettings"

CODE = {"llm": "llm_model.py", "other": "other_model.py"}


class StoppedClock(calendar.datetime):
    """A ``datetime`` whose now is always the same."""

    @classmethod
    def utcnow(cls) -> StoppedClock:
        """Return the moment of all recordings."""
        return cls(2026, 1, 1, 12)


def save_model(task: str, path: Path) -> dict[str, Any]:
    """Save a small model of ``task`` and return what the registry would say about it."""
    info = {"model_name": "demo", "version": "v20260101_0a1b2c3d", "task_type": task}
    if task in CODE:
        mlflow.pyfunc.save_model(path, python_model=str(RECIPES / CODE[task]), pip_requirements=[])
        return info | {"framework": "python", "model_type": "PythonModel", "metrics": {}}
    if task == "classification":
        x, y = load_iris(return_X_y=True)
        model, metric = LogisticRegression(max_iter=5000, tol=TIGHT).fit(x, y), "accuracy"
    else:
        x, y = load_diabetes(return_X_y=True, scaled=False)
        x = x[:, :4]
        model, metric = KNeighborsRegressor(n_neighbors=4, algorithm="brute").fit(x, y), "r2"
    mlflow.sklearn.save_model(model, path, pip_requirements=["scikit-learn"])
    return info | {
        "framework": "sklearn",
        "model_type": type(model).__name__,
        "metrics": {metric: round(float(model.score(x, y)), 2)},
    }


def write_project(info: dict[str, Any], model: Path, directory: Path) -> Path:
    """Write ``FastAPIGenerator``'s project, with the corrections that make it start."""
    files = FastAPIGenerator.generate_project_structure(info, directory)
    (model / "model_info.json").write_text(json.dumps({"version": info["version"]}))
    for key, old, new in (
        ("config", SETTINGS.format(""), SETTINGS.format("_settings")),
        ("model_loader", IN_THE_IMAGE, str(model)),
    ):
        text = files[key].read_text()
        if old not in text:
            sys.exit(f"{files[key].name} has no {old!r} any more: the recipe needs another look")
        files[key].write_text(text.replace(old, new))
    return directory / str(info["model_name"])


def write_container(info: dict[str, Any], model: Path, directory: Path) -> Path:
    """Write the single file that ``DockerBuilder`` puts into its image."""
    builder = DockerBuilder(registry=object())
    text = builder._generate_fastapi_app(info)
    (directory / "app.py").write_text(text.replace(IN_THE_IMAGE, str(model)))
    return directory


def load(directory: Path, service: Service) -> Any:
    """Import the application, with a clock that stands still."""
    for name in [name for name in sys.modules if name.split(".")[0] == "app"]:
        del sys.modules[name]
    sys.path.insert(0, str(directory))
    importlib.invalidate_caches()
    try:
        router: ModuleType
        if service.kind == "container":
            router = main = importlib.import_module("app")
        else:
            main = importlib.import_module("app.main")
            router = importlib.import_module("app.routers.predict")
    finally:
        sys.path.remove(str(directory))
    looks = itertools.count()
    router.__dict__["datetime"] = StoppedClock
    router.__dict__["time"] = SimpleNamespace(time=lambda: next(looks) * SECONDS_A_LOOK)
    return main.app


def ask(app: Any, service: Service) -> dict[str, list[dict[str, Any]]]:
    """Send each endpoint its requests; return requests and answers by endpoint."""
    exchanges: dict[str, list[dict[str, Any]]] = {}
    with TestClient(app, raise_server_exceptions=False) as client:
        for path, item in app.openapi()["paths"].items():
            for method in item:
                endpoint = f"{method.upper()} {path}"
                exchanges[endpoint] = []
                for given in service.bodies.get(endpoint, [None]):
                    each = given if isinstance(given, Fails) else Fails(given, "")
                    body = each.body
                    answer = client.request(method, path, json=body)
                    sent = {} if body is None else {"request": body}
                    if each.limit and answer.is_success:
                        sys.exit(f"{endpoint} of {service.name} works now: remove its Fails")
                    got = {"status": answer.status_code, "answer": answer.json()}
                    limit = {"limit": each.limit} if each.limit else {}
                    exchanges[endpoint].append(sent | got | limit)
    return exchanges


def main(directory: Path) -> None:
    """Write ``NAME.json`` and ``NAME.exchanges.json`` for each service."""
    models: dict[str, tuple[Path, dict[str, Any]]] = {}
    for service in SERVICES:
        if service.task not in models:
            path = directory / "models" / service.task
            models[service.task] = path, save_model(service.task, path)
        model, info = models[service.task]
        target = directory / "services" / service.name
        target.mkdir(parents=True)
        write = write_project if service.kind == "project" else write_container
        app = load(write(info, model, target), service)
        results = {f"{service.name}.json": app.openapi()}
        results[f"{service.name}.exchanges.json"] = ask(app, service)
        for name, result in results.items():
            text = json.dumps(result, indent=2, ensure_ascii=False)
            (directory / name).write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
