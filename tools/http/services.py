"""The services: written by the recipe in ``source/recipes/``, started by its last line."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ROOT = Path(__file__).parents[2]
RECIPES = ROOT / "source" / "recipes"
FILES = ("serve_train.py", "serve_model.py", "llm_model.py", "other_model.py")
START, STOP = 300.0, 10.0
"""Seconds that a service has to answer, and to end."""


class ServiceError(RuntimeError):
    """A service that cannot be written, does not start, or ended."""


@dataclass(frozen=True)
class Service:
    """A service that can be started.

    Args:
        model: the name in the registry, and of the project's directory.
        document: its exported OpenAPI document in ``source/_data/openapi/``.
        task: the model's task type.
        container: whether it is the file that ``DockerBuilder`` puts into an image.
        recipe: what is put around the application, as ``protect/tokens``: a shell script in
            ``source/recipes/`` that sets variables and starts it in its last line.
    """

    model: str
    document: str
    task: str
    container: bool = False
    recipe: str = ""

    @property
    def directory(self) -> str:
        """Where the application is, below ``service/``."""
        return self.document if self.container else self.model

    @property
    def application(self) -> str:
        """What uvicorn imports."""
        return "app:app" if self.container else "app.main:app"

    @property
    def health(self) -> str:
        """The path that answers once the service is ready."""
        return "/health" if self.container else "/api/v1/health"

    @property
    def project(self) -> str:
        """The name of the service whose project has the model."""
        return next(
            name
            for name, each in SERVICES.items()
            if each.model == self.model and not each.container
        )

    def command(self, port: int) -> list[str]:
        """Return the recipe's last line, for this service and ``port``."""
        if self.recipe:
            lines = (RECIPES / f"{self.recipe}.sh").read_text("utf-8").splitlines()
            exports = [line for line in lines if line.startswith("export ")]
            start = f"exec {lines[-1].replace('8000', str(port))}"
            return ["sh", "-e", "-c", "\n".join([*exports, start])]
        line = (RECIPES / "serve.sh").read_text("utf-8").splitlines()[-1]
        line = line.replace("service/iris", f"service/{self.directory}")
        return line.replace("app.main:app", self.application).replace("8000", str(port)).split()

    def copy_recipe(self, project: Path) -> None:
        """Copy the recipe's files, and the clients and keys of the recordings, to ``project``."""
        if not self.recipe:
            return
        name = Path(self.recipe).parent
        for directory in (RECIPES / name, Path(__file__).parent / name):
            if directory.is_dir():
                shutil.copytree(directory, project, dirs_exist_ok=True)


SERVICES = {
    "classification": Service("iris", "classification", "classification"),
    "probabilities": Service("sure", "classification", "classification"),
    "regression": Service("pressure", "regression", "regression"),
    "llm": Service("echo", "llm", "llm"),
    "other": Service("unusual", "other", "other"),
    "container-classification": Service(
        "iris", "container-classification", "classification", container=True
    ),
    "container-regression": Service(
        "pressure", "container-regression", "regression", container=True
    ),
    "container-llm": Service("echo", "container-llm", "llm", container=True),
    "protected": Service("iris", "classification", "classification", recipe="protect/tokens"),
}
"""What scripts can ask, by the name that they use."""


def environment(project: Path) -> dict[str, str]:
    """Return the variables of everything that runs in ``project``; nothing comes from yours."""
    return {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(project / "home"),
        "PYTHONPATH": str(ROOT),
        "PYTHONWARNINGS": "ignore",
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "DO_NOT_TRACK": "true",
        "ALLOWED_ORIGINS": '["https://app.example.com"]',
    }


def prepare(project: Path, names: Iterable[str]) -> None:
    """Do all of the recipe but its last line in ``project``, then make the services ``names``.

    Raises:
        ServiceError: a command failed.
    """
    (project / "home").mkdir(parents=True)
    for name in FILES:
        shutil.copy(RECIPES / name, project)
    shutil.copy(RECIPES / "serve.mltrack.yml", project / ".mltrack.yml")
    *before, _ = (RECIPES / "serve.sh").read_text("utf-8").splitlines()
    names = list(names)
    for name in names:
        SERVICES[name].copy_recipe(project)
    others = [name for name in names if name != "classification" and not SERVICES[name].recipe]
    if others:
        before.append(" ".join(["python -m tools.http.models", *others]))
    done = subprocess.run(
        ["sh", "-e", "-c", "\n".join(before)],
        cwd=project,
        env=environment(project),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise ServiceError(f"the recipe fails:\n{done.stdout}{done.stderr}")


@contextmanager
def running(project: Path, names: Iterable[str]) -> Iterator[dict[str, str]]:
    """Start the services ``names`` of a prepared project; yield their addresses, then end them.

    Raises:
        ServiceError: one does not start.
    """
    addresses: dict[str, str] = {}
    with ExitStack() as stack:
        waiting = []
        for name in names:
            port = free_port()
            service = SERVICES[name]
            log = project / f"{name}.log"
            output = stack.enter_context(log.open("w"))
            process = subprocess.Popen(
                service.command(port),
                cwd=project,
                env=environment(project) | {"PYTHONPATH": ""},
                stdout=output,
                stderr=output,
            )
            stack.callback(end, process)
            addresses[name] = f"http://127.0.0.1:{port}"
            waiting.append((process, addresses[name] + service.health, log))
        for each in waiting:
            wait_for(*each)
        yield addresses


def wait_for(process: subprocess.Popen[bytes], url: str, log: Path, seconds: float = START) -> None:
    """Wait until ``url`` answers with success.

    Raises:
        ServiceError: the process ended, or took too long.
    """
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if process.poll() is not None:
            raise ServiceError(f"{log.stem} ended with {process.returncode}:\n{log.read_text()}")
        with suppress(httpx.HTTPError):
            if httpx.get(url, timeout=5, trust_env=False).is_success:
                return
        time.sleep(0.1)
    raise ServiceError(f"{log.stem} does not answer at {url}:\n{log.read_text()}")


def end(process: subprocess.Popen[bytes]) -> None:
    """End a process that was started here, kindly first."""
    process.terminate()
    try:
        process.wait(STOP)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def free_port() -> int:
    """Return a port of 127.0.0.1 that nothing listens on."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return int(server.getsockname()[1])
