"""What the explanations say of the package, and their diagram."""

from __future__ import annotations

import inspect
import json
import re
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree as ET

import pytest
from mltrack import config, core
from mltrack.deployment.api.fastapi_generator import FastAPIGenerator
from mltrack.git_utils import create_git_commit_url
from mltrack.model_registry import ModelRegistry

ROOT = Path(__file__).parents[1]
DIAGRAM = ROOT / "_static" / "diagrams" / "beside-mlflow.svg"
SVG = "{http://www.w3.org/2000/svg}"
GROUNDS = ("#ffffff", "#0a1212")
"""The backgrounds of the two themes, as in tokens.css."""


def luminance(color: str) -> float:
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.fixture(scope="module")
def diagram() -> ET.Element:
    return ET.parse(DIAGRAM).getroot()


def test_grounds_are_those_of_the_themes():
    tokens = (ROOT / "_static" / "css" / "tokens.css").read_text("utf-8")
    assert "--mlt-bg: light-dark(var(--mlt-gray-0), var(--mlt-gray-950));" in tokens
    for name, color in zip(("0", "950"), GROUNDS, strict=True):
        assert f"--mlt-gray-{name}: {color};" in tokens


def test_every_text_of_the_diagram_lies_in_a_box_and_is_legible(diagram):
    boxes = [
        ({k: float(box.get(k)) for k in ("x", "y", "width", "height")}, box.get("fill"))
        for box in diagram.iter(f"{SVG}rect")
    ]
    texts = list(diagram.iter(f"{SVG}text"))
    assert len(texts) == 13
    for text in texts:
        x, y = float(text.get("x")), float(text.get("y"))
        fills = [
            fill
            for box, fill in boxes
            if box["x"] < x < box["x"] + box["width"] and box["y"] < y < box["y"] + box["height"]
        ]
        assert len(fills) == 1, text.text
        assert contrast("#ffffff", fills[0]) >= 4.5, text.text


@pytest.mark.parametrize("ground", GROUNDS)
def test_arrows_are_seen_on_both_grounds(diagram, ground):
    strokes = [group.get("stroke") for group in diagram.iter(f"{SVG}g") if group.get("stroke")]
    assert strokes
    assert all(contrast(stroke, ground) >= 3 for stroke in strokes)


def test_the_contrast_of_a_pale_text_is_too_low():
    assert contrast("#ffffff", "#9aabab") < 4.5


def test_colors_of_the_diagram_are_tokens():
    tokens = (ROOT / "_static" / "css" / "tokens.css").read_text("utf-8").lower()
    for color in set(re.findall(r"#[0-9a-f]{6}", DIAGRAM.read_text("utf-8"))):
        assert f": {color};" in tokens, color


@pytest.fixture
def registry(tmp_path, monkeypatch) -> ModelRegistry:
    """A registry with two versions of a model, the second in production later."""
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    directory = tmp_path / ".mltrack" / "registry"
    directory.mkdir(parents=True)
    models = [
        {"model_name": "m", "version": "v1", "stage": "production", "registered_at": "2026-01-01"},
        {"model_name": "m", "version": "v2", "stage": "staging", "registered_at": "2026-01-02"},
    ]
    (directory / "m.json").write_text(json.dumps({"models": models}))
    found = ModelRegistry.__new__(ModelRegistry)

    def refuse(**_: object) -> None:
        raise ValueError("no integer")

    found.mlflow_client = SimpleNamespace(transition_model_version_stage=refuse)
    return found


def test_the_registry_returns_the_first_entry_and_lists_the_newest_first(registry):
    assert registry.get_model("m")["version"] == "v1"
    assert [model["version"] for model in registry.list_models()] == ["v2", "v1"]


def test_promotion_archives_the_one_before_and_survives_mlflow(registry, capsys):
    registry.transition_model_stage("m", "v2", "production")
    stages = {model["version"]: model["stage"] for model in registry.list_models()}
    assert stages == {"v1": "archived", "v2": "production"}
    assert "MLflow transition error" in capsys.readouterr().out


def test_generated_services_do_not_import_mltrack(tmp_path):
    for task in ("classification", "regression", "llm", "clustering"):
        info = {"model_name": "m", "version": "v1", "task_type": task, "framework": "sklearn",
                "model_type": "t", "run_id": "0" * 32, "registered_at": "2026-01-01"}  # fmt: skip
        FastAPIGenerator.generate_project_structure(info, tmp_path / task)
    files = [path for path in tmp_path.rglob("*.py") if path.stat().st_size]
    assert len(files) > 8
    for path in files:
        text = path.read_text("utf-8")
        assert not re.search(r"^\s*(?:import|from) mltrack", text, re.MULTILINE), path


def test_switching_git_off_leaves_the_tag_with_the_address():
    source = inspect.getsource(core.MLTracker.track_function)
    before = source[: source.index('"git.commit_url"')]
    assert "auto_log_git" not in before
    url = create_git_commit_url("https://ci:secret@github.com/example/garden.git", "0" * 40)
    assert "secret" in url


def test_an_empty_address_takes_the_variable_and_a_missing_one_does_not(monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:5999")
    assert config.MLTrackConfig(tracking_uri="").tracking_uri == "http://127.0.0.1:5999"
    assert config.MLTrackConfig().tracking_uri != "http://127.0.0.1:5999"


def test_settings_that_nothing_reads():
    package = Path(inspect.getfile(core)).parent
    for name in ("slack_webhook", "artifact_location"):
        users = [
            path.name
            for path in package.rglob("*.py")
            if path.name != "config.py" and f"config.{name}" in path.read_text("utf-8")
        ]
        assert users == [], name
