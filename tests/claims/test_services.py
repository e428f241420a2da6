"""Claims about the services that MLTrack generates."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from mltrack.deployment.api.fastapi_generator import FastAPIGenerator
from mltrack.deployment.docker.uv_builder import DockerBuilder

if TYPE_CHECKING:
    from collections.abc import Callable

    Value = Callable[[str], Any]

ROOT = Path(__file__).parents[2]
TASKS = ("classification", "regression", "llm", "unknown")
METHODS = {"get", "put", "post", "delete", "patch", "head", "options"}
INFO = {
    "model_name": "demo", "version": "v20260101_0a1b2c3d", "framework": "sklearn",
    "model_type": "LogisticRegression", "metrics": {},
}  # fmt: skip


def documents() -> dict[str, dict[str, Any]]:
    """The OpenAPI documents, exported from the applications; a check repeats the export."""
    paths = sorted((ROOT / "source" / "_data" / "openapi").glob("*.json"))
    return {p.stem: json.loads(p.read_text()) for p in paths if "exchanges" not in p.name}


def code(directory: Path) -> dict[str, str]:
    """The Python of all generated applications."""
    found = {}
    for task in TASKS:
        info = {**INFO, "task_type": task}
        FastAPIGenerator.generate_project_structure(info, directory / task)
        for path in (directory / task).rglob("app/**/*.py"):
            found[f"{task}/{path.relative_to(directory / task)}"] = path.read_text()
        builder = DockerBuilder(registry=object())
        found[f"container-{task}"] = builder._generate_fastapi_app(info)
    return found


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    found = code(tmp_path_factory.mktemp("services"))
    assert len(found) > 20
    return found


def test_no_authentication(generated: dict[str, str]) -> None:
    assert len(documents()) == 8
    for name, document in documents().items():
        assert "securitySchemes" not in document.get("components", {}), name
        assert "security" not in document, name
        for item in document["paths"].values():
            for operation in (item[method] for method in METHODS & set(item)):
                assert "security" not in operation, name
                assert not {"401", "403"} & set(operation["responses"]), name
    for name, text in generated.items():
        assert not re.search(r"fastapi\.security|\bDepends\(|\b40[13]\b", text), name


def test_no_rate_limit(generated: dict[str, str]) -> None:
    for name, text in generated.items():
        middleware = re.findall(r"add_middleware\(\s*(\w+)", text)
        assert set(middleware) <= {"CORSMiddleware"}, name
        assert not re.search(r"@app\.middleware|slowapi|\b429\b", text), name


def test_service_kinds(claim: Value) -> None:
    projects = {name for name in documents() if not name.startswith("container-")}
    assert len(projects) == claim("service-kinds")
