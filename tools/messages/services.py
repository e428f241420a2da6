"""Messages of the prediction services that MLTrack generates, and of Lambda packages."""

from __future__ import annotations

import importlib
import json
import sys
import types
from importlib.machinery import SourceFileLoader
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .room import says

if TYPE_CHECKING:
    from types import FunctionType

    from .room import Room

FLOWER = [[5.1, 3.5, 1.4, 0.2]]
AS_JSON = {"Content-Type": "application/json"}
PREDICT = "/api/v1/predict"


def project(room: Room, kind: str, *, mended: bool = True, model: str = "") -> Path:
    """Write a service's project for the run's model; ``mended`` as the REST reference does."""
    from mltrack.deployment.api.fastapi_generator import FastAPIGenerator

    room.settings(room.full)
    info = {"model_name": "iris", "version": "v1", "run_id": room.run_id, "framework": "sklearn",
            "model_type": "GaussianNB", "task_type": kind, "metrics": {}}  # fmt: skip
    files = FastAPIGenerator.generate_project_structure(info, room.place / "service")
    if mended:
        text = (
            files["config"]
            .read_text()
            .replace("pydantic import Base", "pydantic_settings import Base")
        )
        files["config"].write_text(text)
        loader = files["model_loader"]
        place = model or f"runs:/{room.run_id}/model"
        loader.write_text(
            loader.read_text().replace('load_model("/app/model")', f'load_model("{place}")')
        )
    return Path(files["readme"]).parent


def application(place: Path) -> Any:
    """Import a project's application, as uvicorn does."""
    for name in [name for name in sys.modules if name.split(".")[0] == "app"]:
        del sys.modules[name]
    sys.path.insert(0, str(place))
    try:
        return importlib.import_module("app.main").app
    finally:
        sys.path.remove(str(place))


def ask(room: Room, place: Path, path: str = PREDICT, method: str = "POST", **body: Any) -> None:
    """Send a request, and print status and answer."""
    from fastapi.testclient import TestClient

    with TestClient(application(place), raise_server_exceptions=False) as client:
        answer = client.request(method, path, **body)
    room.status = answer.status_code
    room.answers.append(answer.text)


@says("`BaseSettings` has been moved to the `pydantic-settings` package.")
def _base_settings(room: Room) -> None:
    application(project(room, "classification", mended=False))


@says("Failed to load model: {}")
def _no_model_in_the_container(room: Room) -> None:
    place = project(room, "classification", model="/app/model")
    ask(room, place, json={"data": FLOWER})


def _invalid(template: str, **body: Any) -> None:
    @says(template)
    def refused(room: Room) -> None:
        ask(room, project(room, "classification"), **body)


for _template, _body in (
    ("Field required", {"json": {"features": FLOWER}}),
    ("Input should be a valid list", {"json": {"data": "5.1"}}),
    ("Input should be a valid number, unable to parse string as a number",
     {"json": {"data": [["five", 3.5, 1.4, 0.2]]}}),
    ("JSON decode error", {"content": "{data: 1}", "headers": AS_JSON}),
    ("Model does not support probability predictions",
     {"json": {"data": FLOWER, "return_proba": True}}),
    ("X has {} features, but {} is expecting {} features as input.",
     {"json": {"data": [[5.1, 3.5]]}}),
    ("Not Found", {"path": "/predict", "json": {"data": FLOWER}}),
    ("Method Not Allowed", {"method": "GET"}),
):  # fmt: skip
    _invalid(_template, **_body)


@says("Model does not support chat")
def _no_chat(room: Room) -> None:
    messages = [{"role": "user", "content": "Hi"}]
    ask(room, project(room, "llm"), "/api/v1/chat", json={"messages": messages})


def packaged(room: Room) -> FunctionType:
    """Build a Lambda package and return its handler."""
    from mltrack.deploy.lambda_deploy import LambdaPackageBuilder

    room.save()
    made = LambdaPackageBuilder().build_package("iris", output_dir=str(room.place / "package"))
    place = next(Path(made["output_dir"]).rglob("lambda_function.py"))
    loader = SourceFileLoader("lambda_function", str(place))
    module = types.ModuleType(loader.name)
    module.__file__ = str(place)
    loader.exec_module(module)
    handler: FunctionType = module.handler
    return handler


@says('Could not find an "MLmodel" configuration file')
def _package_without_its_model(room: Room) -> None:
    packaged(room)({"body": json.dumps({"data": FLOWER})}, None)


@says("Invalid JSON body", using="a package whose model is in its place")
def _no_json(room: Room) -> None:
    handler = packaged(room)
    handler.__globals__["_MODEL"] = object()
    answer = handler({"body": "data=5.1"}, None)
    room.status = answer["statusCode"]
    room.answers.append(answer["body"])
