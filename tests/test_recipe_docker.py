"""The recipe for Docker, without a daemon: linted, laid out as its last stage, and started."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
import yaml

from tests.service_project import FLOWERS, PREDICTIONS, RECIPES, environment, run, written
from tools.http.services import end, free_port, wait_for

RECIPE = RECIPES / "docker"
DOCKERFILE = (RECIPE / "Dockerfile").read_text()
STAGES = re.split(r"^(?=FROM )", DOCKERFILE.replace("\\\n", " "), flags=re.M)[1:]


def copies(stage: str) -> list[list[str]]:
    """Return the words of the stage's ``COPY`` lines that take files of the project."""
    lines = re.findall(r"^COPY (?!--from)(.*)$", stage, re.M)
    return [line.split() for line in lines]


def command(word: str) -> list[str]:
    """Return the command of the last stage's ``CMD`` or ``HEALTHCHECK``."""
    found = re.findall(rf"^{word} .*?(\[.*\])$", STAGES[-1], re.M)
    return json.loads(found[0])


def test_dockerfile_passes_hadolint_and_a_worse_one_does_not(tmp_path: Path):
    run(["hadolint", str(RECIPE / "Dockerfile")], RECIPE, tmp_path)
    worse = tmp_path / "Dockerfile"
    worse.write_text(DOCKERFILE.replace("FROM python:3.11-slim", "FROM python:latest"))
    done = subprocess.run(
        ["hadolint", worse], env=environment(tmp_path), capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "DL3007" in done.stdout


def test_dockerfile_that_is_shown_is_the_one_that_the_package_writes():
    from mltrack.deployment.docker.uv_builder import DockerBuilder

    info = {"model_name": "progression", "framework": "sklearn", "task_type": "regression"}
    generated = DockerBuilder(registry=object())._generate_dockerfile(info)
    generated = re.sub(r"^# Generated: .*$", "# Generated: <date>", generated, flags=re.M)
    assert (RECIPE / "context" / "Dockerfile").read_text() == generated


def test_project_has_what_the_dockerfile_copies():
    directory, _ = written()
    sources = [source for stage in STAGES for line in copies(stage) for source in line[:-1]]
    assert sorted(sources) == ["app", "model", "requirements.txt"]
    for source in sources:
        assert (directory / "service" / "flowers" / source).exists()


def test_files_of_the_last_stage_start_and_are_healthy(tmp_path: Path):
    """COPY, CMD and HEALTHCHECK of the last stage, with a free port and the tests' Python."""
    directory, _ = written()
    project = directory / "service" / "flowers"
    (where,) = re.findall(r"^WORKDIR (.*)$", STAGES[-1], re.M)
    for *sources, target in copies(STAGES[-1]):
        for source in sources:
            shutil.copytree(project / source, tmp_path / Path(target).relative_to(where))
    port = str(free_port())
    start = [word.replace("0.0.0.0", "127.0.0.1").replace("8000", port) for word in command("CMD")]
    health = [word.replace("8000", port) for word in command("HEALTHCHECK")]
    assert start != command("CMD")
    assert health != command("HEALTHCHECK")
    asked = {"cwd": tmp_path, "env": environment(tmp_path), "capture_output": True}
    assert subprocess.run(health, **asked).returncode != 0
    log = tmp_path / "service.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            start, cwd=tmp_path, env=asked["env"], stdout=output, stderr=output
        )
    try:
        wait_for(process, f"http://127.0.0.1:{port}/api/v1/health", log)
        assert subprocess.run(health, **asked).returncode == 0
        url = f"http://127.0.0.1:{port}/api/v1/predict"
        assert (
            httpx.post(url, json=json.loads(FLOWERS.read_text())).json()["predictions"]
            == PREDICTIONS
        )
    finally:
        end(process)


def test_stages_have_the_python_of_the_training():
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    if version != "3.11":
        pytest.skip("the site's own Python is 3.11")
    assert [stage.split()[1] for stage in STAGES] == [f"python:{version}-slim"] * 2


def test_service_is_not_root_and_published_for_this_machine_only():
    assert re.search(r"^USER [1-9]\d*$", STAGES[-1], re.M)
    (service,) = yaml.safe_load((RECIPE / "compose.yaml").read_text())["services"].values()
    directory, _ = written()
    assert (directory / service["build"]).is_dir()
    inside = re.findall(r"^EXPOSE (\d+)$", STAGES[-1], re.M)
    assert service["ports"] == [f"127.0.0.1:8000:{inside[0]}"]
    assert service["read_only"]
    assert service["tmpfs"] == re.findall(r"HOME=(\S+)", STAGES[-1])
