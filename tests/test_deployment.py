"""A service on one's own machine, and what the table of targets says."""

from __future__ import annotations

import configparser
import json
import re
import runpy
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import mlflow
import pytest

from tests.service_project import FLOWERS, PREDICTIONS, RECIPES, ROOT, environment, run, written
from tools.http.services import end, free_port, wait_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

RECIPE = RECIPES / "local-server"
PAGES = ROOT / "source" / "deployment"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project, moved: where it was written is nothing."""
    directory, _ = written()
    return Path(
        shutil.copytree(directory / "service" / "flowers", tmp_path_factory.mktemp("x") / "y")
    )


@contextmanager
def started(command: list[str], directory: Path) -> Iterator[str]:
    """Start a service on a free port in place of 8000; yield its address."""
    port = str(free_port())
    log = directory / "service.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [part.replace("8000", port) for part in command],
            cwd=directory,
            env=environment(directory),
            stdout=output,
            stderr=output,
        )
    try:
        wait_for(process, f"http://127.0.0.1:{port}/api/v1/health", log)
        yield f"http://127.0.0.1:{port}/api/v1"
    finally:
        end(process)


def test_lines_of_the_page_install_and_start_the_project(project: Path):
    """All three run; pip finds the listed packages installed, in exactly these versions."""
    make, install, start = (RECIPE / "install.sh").read_text().splitlines()
    run(make.split(), project, project)
    (site,) = (project / ".venv").glob("lib/python*/site-packages")
    (site / "base.pth").write_text("\n".join(p for p in sys.path if p.endswith("site-packages")))
    said = run(install.replace("pip install", "pip install --no-index").split(), project, project)
    needed = (project / "requirements.txt").read_text().split()
    assert len(re.findall(r"^Requirement already satisfied: \S+==", said, re.M)) >= len(needed)
    assert any(line.startswith("mlflow-skinny==") for line in needed)
    assert not any(line.startswith(("mlflow==", "mltrack")) for line in needed)
    _, versions = written()
    with started(start.split(), project) as address:
        answer = httpx.post(f"{address}/predict", json=json.loads(FLOWERS.read_text())).json()
    assert (answer["predictions"], answer["model_version"]) == (PREDICTIONS, versions[-1])


@pytest.fixture
def write_project(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Return the script of the page as a function of its arguments, in the registry's directory."""
    directory, _ = written()
    monkeypatch.chdir(directory)
    monkeypatch.setenv("HOME", str(directory / "home"))
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "")  # the script sets it; gone after the test

    def call(*arguments: str) -> None:
        before = mlflow.get_tracking_uri()
        monkeypatch.setattr(sys, "argv", ["write_project.py", *arguments])
        try:
            runpy.run_path(str(RECIPE / "write_project.py"), run_name="__main__")
        finally:
            mlflow.set_tracking_uri(before)

    return call


def test_an_older_version_gets_a_project_of_its_own():
    directory, versions = written()
    options = ["--directory", "older", "--version", versions[0]]
    script = str(RECIPE / "write_project.py")  # in a process of its own: MLflow keeps open stores
    run([sys.executable, script, "flowers", *options], directory, directory / "home")
    info = directory / "older" / "flowers" / "model" / "model_info.json"
    assert json.loads(info.read_text()) == {"version": versions[0]}


@pytest.mark.parametrize("arguments", [["trees"], ["flowers", "--version", "v1"]])
def test_a_model_that_the_registry_lacks_is_an_error(write_project, arguments: list[str]):
    with pytest.raises(SystemExit, match=f"The registry has no {arguments[0]}"):
        write_project(*arguments)


def test_measurements_are_printed(project: Path):
    text = (RECIPE / "measure.py").read_text()
    quick = text.replace("8072, 5, 200", f"{free_port()}, 1, 3")
    assert quick != text
    said = run([sys.executable, "-c", quick, ".", str(FLOWERS)], project, project)
    assert [line.split(":")[0] for line in said.splitlines()] == [
        "memory",
        "start",
        "  of it on a processor",
        "answer",
    ]
    assert all(float(number) > 0 for number in re.findall(r": +([\d.]+)", said))


def test_systemd_starts_the_line_of_the_page():
    unit = configparser.ConfigParser()
    unit.optionxform = str
    unit.read(RECIPE / "flowers.service")
    start = (RECIPE / "install.sh").read_text().splitlines()[-1]
    assert unit["Service"]["ExecStart"] == f"{unit['Service']['WorkingDirectory']}/{start}"


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed")
@pytest.mark.parametrize(("wrong", "fails"), [("", False), ("Restart=sometimes", True)])
def test_systemd_accepts_the_unit(tmp_path: Path, wrong: str, fails: bool):
    text = (RECIPE / "flowers.service").read_text()
    text = text.replace("/srv/flowers/.venv/bin/python", sys.executable)
    text = text.replace("/srv/flowers", str(tmp_path)).replace("User=mltrack", "User=root")
    unit = tmp_path / "flowers.service"
    unit.write_text(text.replace("Restart=on-failure", wrong or "Restart=on-failure"))
    done = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True)
    assert bool(done.returncode or "flowers.service" in done.stderr) == fails, done.stderr
