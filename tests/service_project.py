"""A service's project, written once for all tests of deployments by the page's own script."""

from __future__ import annotations

import atexit
import functools
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
RECIPES = ROOT / "source" / "recipes"
FLOWERS = RECIPES / "first-service" / "flowers.json"
PREDICTIONS = ["setosa", "virginica"]
MODEL = """
from importlib.metadata import version
from pathlib import Path

import mlflow
from mltrack import MLTrackConfig
from mltrack.model_registry import ModelRegistry
from sklearn.datasets import load_iris
from sklearn.naive_bayes import GaussianNB

config = MLTrackConfig(tracking_uri="sqlite:///mlflow.db")
config.save(Path(".mltrack.yml"))
mlflow.set_tracking_uri(config.tracking_uri)
iris = load_iris()
for smoothing in (1.0, 1e-9):  # two versions, of which the newest gets the project
    with mlflow.start_run() as run:
        model = GaussianNB(var_smoothing=smoothing).fit(iris.data, iris.target_names[iris.target])
        packages = ("mlflow", "scikit-learn", "skops")
        mlflow.sklearn.log_model(
            model, name="model", pip_requirements=[f"{p}=={version(p)}" for p in packages]
        )
    info = ModelRegistry(config).register_model(
        run.info.run_id, "flowers", "model", task_type="classification"
    )
    print(info["version"])
"""


def environment(home: Path) -> dict[str, str]:
    """Return the variables of everything that runs: nothing comes from yours but the path."""
    return {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(home),
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "PYTHONWARNINGS": "ignore",
    }


def run(command: list[str], directory: Path, home: Path) -> str:
    """Run a command that has to succeed; return what it printed."""
    done = subprocess.run(
        command, cwd=directory, env=environment(home), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@functools.cache
def written() -> tuple[Path, list[str]]:
    """Return a directory with ``service/flowers`` and the model's versions, the newest last."""
    directory = Path(tempfile.mkdtemp(prefix="mltrack-docs-service-"))
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    home = directory / "home"
    home.mkdir()
    versions = run([sys.executable, "-c", MODEL], directory, home).split()
    script = RECIPES / "local-server" / "write_project.py"
    said = run([sys.executable, str(script), "flowers"], directory, home)
    assert said == f"service/flowers: flowers {versions[-1]}\n"
    return directory, versions
