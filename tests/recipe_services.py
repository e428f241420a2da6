"""The services that the recipes of deployment/ put something around: two versions of a model."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from tools.http.services import end, free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
RECIPES = ROOT / "source" / "recipes"
FLOWER = {"data": [[5.1, 3.5, 1.4, 0.2]]}
START = 300.0

MODELS = """
import mlflow
from mltrack import MLTrackConfig
from mltrack.model_registry import ModelRegistry
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

config = MLTrackConfig.find_config()
mlflow.set_tracking_uri(config.tracking_uri)
mlflow.set_experiment("iris")
for c in (0.1, 1.0):
    with mlflow.start_run() as run:
        model = LogisticRegression(C=c, max_iter=500).fit(*load_iris(return_X_y=True))
        mlflow.sklearn.log_model(
            model, name="model", serialization_format="cloudpickle", pip_requirements=["mlflow"]
        )
    info = ModelRegistry(config).register_model(
        run.info.run_id, "iris", "model", task_type="classification"
    )
    print("VERSION", info["version"])
"""


@dataclass
class Project:
    """A directory with a tracking store and a registry of two versions, oldest first."""

    path: Path
    versions: list[str]

    def environment(self) -> dict[str, str]:
        """Return the variables of what runs in the directory; few come from yours."""
        return {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "HOME": str(self.path / "home"),
            "PYTHONWARNINGS": "ignore",
            "MLFLOW_DISABLE_TELEMETRY": "true",
            "DO_NOT_TRACK": "true",
        }

    def run(self, *command: str) -> str:
        """Run a command in the directory; return what it prints."""
        done = subprocess.run(
            command, cwd=self.path, env=self.environment(), capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def copy(self, *paths: Path) -> None:
        """Copy files, and the files of directories, into the directory."""
        for path in paths:
            for file in [path] if path.is_file() else path.iterdir():
                if file.is_file():
                    shutil.copy(file, self.path)


@functools.cache
def project() -> Project:
    """Return the project, made once for all tests: both versions, and service/ of the newest."""
    path = Path(tempfile.mkdtemp(prefix="recipes-"))
    (path / "home").mkdir()
    found = Project(path, [])
    shutil.copy(RECIPES / "serve.mltrack.yml", path / ".mltrack.yml")
    found.copy(RECIPES / "local-server" / "write_project.py")
    (path / "models.py").write_text(MODELS)
    printed = found.run(sys.executable, "models.py")
    found.versions += [
        line.split()[1] for line in printed.splitlines() if line.startswith("VERSION ")
    ]
    assert len(found.versions) == 2
    found.run(sys.executable, "write_project.py", "iris")
    return found


@contextmanager
def serving(script: Path, where: Project, directory: Path | None = None) -> Iterator[httpx.Client]:
    """Start the last line of ``script`` with its variables; yield a client, then end it."""
    lines = script.read_text("utf-8").splitlines()
    port = free_port()
    exports = [line for line in lines if line.startswith("export ")]
    command = "\n".join([*exports, f"exec {lines[-1].replace('8000', str(port))}"])
    log = where.path / f"{port}.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            ["sh", "-e", "-c", command],
            cwd=directory or where.path,
            env=where.environment(),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        with httpx.Client(
            base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=30
        ) as client:
            until = time.monotonic() + START
            while not answers(client):
                assert process.poll() is None, log.read_text()
                assert time.monotonic() < until, log.read_text()
                time.sleep(0.1)
            client.log = log  # type: ignore[attr-defined]
            yield client
    finally:
        end(process)


def answers(client: httpx.Client) -> bool:
    """Return whether the service is ready."""
    try:
        return client.get("/api/v1/health").is_success
    except httpx.HTTPError:
        return False
