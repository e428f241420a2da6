"""The exporter: what is committed is what the package does, and fits its own documents."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import mltrack
import pytest
from mltrack.deployment.api.fastapi_generator import FastAPIGenerator
from mltrack.deployment.docker.uv_builder import DockerBuilder
from openapi_spec_validator import validate
from packaging.version import InvalidVersion, Version

from tools.openapi import __main__ as exporter
from tools.openapi.services import SERVICES

DATA = exporter.DATA


@pytest.fixture(scope="module")
def exported() -> dict[str, str]:
    """What the package makes now."""
    return exporter.export()


def test_committed_files_are_what_the_package_makes(exported):
    assert exporter.differences(exported) == []
    assert set(exported) == {file.name for file in DATA.iterdir()}


def test_nothing_tells_where_it_was_made(exported):
    for name, text in exported.items():
        assert "/tmp" not in text, name
        assert str(Path.home()) not in text, name


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_documents_are_valid_and_answers_fit_them(service):
    document = json.loads((DATA / f"{service.name}.json").read_text())
    validate(document)
    components = {"components": document.get("components", {})}
    exchanges = json.loads((DATA / f"{service.name}.exchanges.json").read_text())
    assert set(service.bodies) <= set(exchanges)
    for endpoint, each_of in exchanges.items():
        method, path = endpoint.split()
        operation = document["paths"][path][method.lower()]
        assert each_of
        for exchange in each_of:
            if str(exchange["status"]) in operation["responses"]:
                content = operation["responses"][str(exchange["status"])]["content"]
                schema = content["application/json"]["schema"]
                jsonschema.validate(exchange["answer"], schema | components)
            if exchange["status"] == 200 and "request" in exchange:
                schema = operation["requestBody"]["content"]["application/json"]["schema"]
                jsonschema.validate(exchange["request"], schema | components)


def first_status(name: str, endpoint: str) -> int:
    exchanges = json.loads((DATA / f"{name}.exchanges.json").read_text())
    return int(exchanges[endpoint][0]["status"])


def test_pages_tell_the_truth_about_each_kind():
    assert first_status("classification", "POST /api/v1/predict") == 200
    assert first_status("regression", "POST /api/v1/predict") == 200
    assert first_status("llm", "POST /api/v1/generate") == 200
    assert first_status("llm", "POST /api/v1/chat") == 500
    assert first_status("other", "POST /api/v1/predict") == 200
    assert first_status("container-classification", "POST /predict") == 500
    assert first_status("container-regression", "POST /predict") == 200
    assert first_status("container-llm", "POST /generate") == 200
    other = json.loads((DATA / "container-other.json").read_text())
    assert set(other["paths"]) == {"/health", "/info", "/"}
    recorded = (DATA / "container-regression.exchanges.json").read_text()
    assert '"model_version": "{model_info[\'version\']}"' in recorded


def test_what_the_pages_say_about_the_generated_files():
    info = {"model_name": "demo", "version": "v20260101_0a1b2c3d", "task_type": "regression"}
    with pytest.raises(InvalidVersion):
        Version(info["version"])
    assert f'version = "{info["version"]}"' in FastAPIGenerator._generate_pyproject(info)
    builder = DockerBuilder(registry=object())
    assert "CORSMiddleware" not in builder._generate_fastapi_app(info)
    assert '"--host", "0.0.0.0", "--port", "8000"' in builder._generate_dockerfile(info)


def test_no_command_writes_the_project():
    package = Path(mltrack.__file__).parent
    users = [file.name for file in package.rglob("*.py") if "FastAPIGenerator" in file.read_text()]
    assert sorted(users) == ["__init__.py", "fastapi_generator.py"]


def test_no_document_knows_a_login():
    for service in SERVICES:
        document = json.loads((DATA / f"{service.name}.json").read_text())
        assert "securitySchemes" not in document.get("components", {})
        assert "security" not in document


def test_check_shows_the_difference_and_writes_nothing(monkeypatch, capsys, tmp_path):
    (tmp_path / "a.json").write_text('{\n  "old": 1\n}\n')
    (tmp_path / "gone.json").write_text("{}\n")
    monkeypatch.setattr(exporter, "DATA", tmp_path)
    monkeypatch.setattr(exporter, "export", lambda: {"a.json": '{\n  "new": 1\n}\n'})
    assert exporter.main(["--check"]) == 1
    output = capsys.readouterr().out
    assert '-  "old": 1\n+  "new": 1\n' in output
    assert "--- committed/gone.json" in output
    assert "python -m tools.openapi" in output
    assert '"old"' in (tmp_path / "a.json").read_text()


def test_check_of_equal_files_passes(monkeypatch, tmp_path):
    (tmp_path / "a.json").write_text("{}\n")
    monkeypatch.setattr(exporter, "DATA", tmp_path)
    monkeypatch.setattr(exporter, "export", lambda: {"a.json": "{}\n"})
    assert exporter.main(["--check"]) == 0


def test_files_that_are_not_made_any_more_go(monkeypatch, tmp_path):
    (tmp_path / "gone.json").write_text("{}\n")
    monkeypatch.setattr(exporter, "DATA", tmp_path)
    monkeypatch.setattr(exporter, "export", lambda: {"a.json": "{}\n"})
    assert exporter.main([]) == 0
    assert [file.name for file in tmp_path.iterdir()] == ["a.json"]
