"""source/recipes/edge and its page: the exported model predicts what the original does."""

from __future__ import annotations

import csv
import json
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.recipe_services import RECIPES, ROOT
from tools.notebooks.groups import environment

if TYPE_CHECKING:
    from pathlib import Path

HERE = RECIPES / "edge"
FIGURES = ROOT / "source" / "_data" / "edge" / "figures.csv"

EXPORT = """
import numpy as np
from skl2onnx import to_onnx
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

x, y = load_iris(return_X_y=True)
model = LogisticRegression(max_iter=500).fit(x, y)
exported = to_onnx(model, x[:1].astype(np.float32), options={"zipmap": False})
open("model.onnx", "wb").write(exported.SerializeToString())
np.savetxt("inputs.csv", x[::10], delimiter=",")
print(*model.predict(x[::10]))
"""
ALONE = """
import runpy, sys
for name in ("sklearn", "mlflow", "mltrack", "scipy", "pandas", "skl2onnx", "onnx"):
    sys.modules[name] = None  # importing it raises
runpy.run_path(sys.argv[1], run_name="__main__")
"""


@pytest.fixture(scope="module")
def python() -> str:
    """The interpreter of the page's environment."""
    return str(environment(ROOT, "onnx"))


def run(directory: Path, *command: str) -> str:
    done = subprocess.run(command, cwd=directory, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.network
def test_the_device_predicts_what_the_original_does(python, tmp_path):
    expected = run(tmp_path, python, "-c", EXPORT).split()
    assert len(set(expected)) == 3
    program = ALONE.replace("sys.argv[1]", repr(str(HERE / "predict.py")))
    assert run(tmp_path, python, "-c", program, "model.onnx", "inputs.csv").split() == expected
    (tmp_path / "inputs.csv").write_text("5.1,3.5,1.4,0.2\n")
    assert run(tmp_path, python, "-c", program, "model.onnx", "inputs.csv").split() == ["0"]


@pytest.mark.network
def test_the_figures_are_measured_by_the_recipe(python, tmp_path):
    run(tmp_path, python, str(HERE / "measure.py"), "figures.csv", "1")
    with FIGURES.open(newline="") as file, (tmp_path / "figures.csv").open(newline="") as other:
        shown, measured = list(csv.reader(file)), list(csv.reader(other))
    assert [each[0] for each in shown] == [each[0] for each in measured]
    assert shown[0] == measured[0]
    sizes = [each for each in shown if each[0] == "File (kB)"]
    again = [each for each in measured if each[0] == "File (kB)"]
    assert [float(each) for each in sizes[0][1:]] == pytest.approx(
        [float(each) for each in again[0][1:]], rel=0.05
    )
    for _, sklearn, onnx in shown[1:]:
        assert float(onnx) < float(sklearn), "the page says that it gains"


def test_the_page_shows_that_all_labels_are_the_same():
    stored = json.loads((ROOT / "notebooks/_outputs/deployment/edge.json").read_text())
    texts = json.dumps(stored["outputs"])
    assert "same label: 450 of 450" in texts
    assert "probabilities differ by less than 0.00001: True" in texts
    page = (ROOT / "notebooks/deployment/edge.md").read_text()
    assert "assert same.all() and difference < 1e-5" in page
