"""The recipe for Modal, without an account: definitions, image, and the application inside."""

from __future__ import annotations

import importlib
import inspect
import json
import sys
import warnings
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from starlette.testclient import TestClient

from tests.service_project import FLOWERS, PREDICTIONS, RECIPES, ROOT, written

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import ModuleType

modal = pytest.importorskip("modal")


@pytest.fixture(scope="module")
def recipe() -> Iterator[ModuleType]:
    """The recipe, imported from the directory that has the project, as ``modal deploy`` does."""
    directory, _ = written()
    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        patch.chdir(directory)
        patch.syspath_prepend(RECIPES / "modal")
        patch.setenv("HOME", str(directory / "home"))
        yield importlib.import_module("serve_modal")
        sys.modules.pop("serve_modal")


def original(wrapped: Any) -> Any:
    """Return the object behind Modal's blocking interface."""
    return next((v for k, v in vars(wrapped).items() if k.startswith("_sync_original")), wrapped)


def variables(function: Any) -> dict[str, Any]:
    """Return what a function closes over."""
    return dict(inspect.getclosurevars(function).nonlocals)


def layers(image: Any) -> tuple[list[str], list[Any]]:
    """Return the lines of the Dockerfile that Modal would build, and the mounts on top."""
    commands: list[str] = []
    mounts: list[Any] = []
    image = original(image)
    found = variables(image._load)
    if "mount" in found:
        mounts.append(original(found["mount"]))
    if found.get("dockerfile_function"):
        commands = list(found["dockerfile_function"]("2025.06").commands)
    bases = list((found.get("base_images") or {}).values())
    for base in [*bases, *([found["base_image"]] if "base_image" in found else [])]:
        below, under = layers(base)
        commands, mounts = [*below, *commands], [*under, *mounts]
    return commands, mounts


def test_image_installs_the_list_of_the_project(recipe: ModuleType):
    commands, mounts = layers(recipe.image)
    text = "\n".join(commands)
    assert "FROM python:3.11" in text
    assert "COPY /.requirements.txt" in text
    assert "pip install -r /.requirements.txt" in text
    assert "ENV MLFLOW_DISABLE_TELEMETRY=true" in text
    ((entry,),) = (mount.entries for mount in mounts)
    assert (str(entry.local_dir), str(entry.remote_path)) == ("service/flowers", "/srv/flowers")


def test_app_has_one_web_endpoint_within_limits(recipe: ModuleType):
    assert recipe.app.name == "mltrack-flowers"
    assert list(recipe.app.registered_classes) == ["Flowers"]
    assert list(recipe.app.registered_web_endpoints) == ["Flowers.web"]


def test_application_inside_answers(recipe: ModuleType):
    _, versions = written()
    served = recipe.Flowers().web.local()
    with TestClient(served) as client:
        answer = client.post("/api/v1/predict", json=json.loads(FLOWERS.read_text()))
    assert answer.status_code == 200
    assert answer.json()["predictions"] == PREDICTIONS
    assert answer.json()["model_version"] == versions[-1]
    for name in [name for name in sys.modules if name == "app" or name.startswith("app.")]:
        del sys.modules[name]


def test_the_page_names_the_version_that_was_tried():
    page = (ROOT / "source" / "deployment" / "modal.md").read_text()
    assert f"modal {modal.__version__}" in page


# -- What release 0.2.0 does -------------------------------------------------------------------


def test_generated_script_uses_what_modal_does_not_have(tmp_path: Path, monkeypatch):
    from mltrack.deploy import DeploymentConfig
    from mltrack.deploy.modal_deploy import ModalDeployment

    monkeypatch.setenv("HOME", str(tmp_path))
    run = SimpleNamespace(data=SimpleNamespace(tags={}))
    client = SimpleNamespace(get_run=lambda _: run)
    deployment = ModalDeployment(mlflow_client=client, s3_storage=object())
    config = DeploymentConfig(app_name="demo", model_name="demo", model_version="1")
    code = deployment.generate_modal_app("run", config, "s3://bucket/key")
    compile(code, "app.py", "exec")
    assert "scikit-learn" not in code  # with MLflow 3, no run has the tag that it looks at
    with warnings.catch_warnings(), pytest.raises(AttributeError, match="autoscaling"):
        warnings.simplefilter("ignore")
        exec(code, {"__name__": "generated"})
