"""source/recipes/kubernetes: the manifests fit the schemas, each other and the service."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
import sys
import time
from typing import Any

import httpx
import kubernetes_validate
import pytest
import yaml

from tests.recipe_services import FLOWER, RECIPES, ROOT, project
from tools.http.services import end, free_port

HERE = RECIPES / "kubernetes"
FILES = sorted((HERE / "manifests").glob("*.yaml"))
MANIFESTS = {
    each["kind"]: each for path in FILES for each in yaml.safe_load_all(path.read_text("utf-8"))
}
LABELS = {"app.kubernetes.io/name": "iris"}
POD: dict[str, Any] = MANIFESTS["Deployment"]["spec"]["template"]
CONTAINER: dict[str, Any] = POD["spec"]["containers"][0]
DOCKERFILE = (HERE / "Dockerfile").read_text("utf-8").splitlines()


def test_every_kind_is_there():
    assert set(MANIFESTS) == {
        "Deployment", "Service", "HorizontalPodAutoscaler", "PodDisruptionBudget", "NetworkPolicy",
    }  # fmt: skip


@pytest.mark.parametrize("kind", MANIFESTS)
@pytest.mark.parametrize("version", ["1.30", "1.37"])
def test_manifests_fit_the_official_schemas(kind, version):
    kubernetes_validate.validate(MANIFESTS[kind], version, strict=True)


@pytest.mark.parametrize(
    ("old", "new"),
    [("readinessProbe:", "readynessProbe:"), ("containerPort: 8000", "containerPort: http")],
)
def test_mistakes_are_found(old, new):
    text = (HERE / "manifests" / "deployment.yaml").read_text("utf-8")
    assert old in text
    wrong = yaml.safe_load(text.replace(old, new))
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, "1.37", strict=True)


def test_the_command_of_the_page():
    install, check = (HERE / "validate.sh").read_text("utf-8").splitlines()
    assert install == "pip install kubernetes-validate"
    check = check.replace("kubernetes-validate", f"{sys.executable} -m kubernetes_validate", 1)
    done = subprocess.run(["sh", "-c", check], cwd=HERE, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (done.stdout + done.stderr).count("passed for resource") == len(MANIFESTS)


def test_everything_finds_the_pods():
    assert POD["metadata"]["labels"].items() >= LABELS.items()
    deployment, service = MANIFESTS["Deployment"], MANIFESTS["Service"]
    assert deployment["spec"]["selector"]["matchLabels"] == LABELS
    assert service["spec"]["selector"] == LABELS
    assert MANIFESTS["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"] == LABELS
    assert MANIFESTS["NetworkPolicy"]["spec"]["podSelector"]["matchLabels"] == LABELS
    target = MANIFESTS["HorizontalPodAutoscaler"]["spec"]["scaleTargetRef"]
    assert target == {"apiVersion": deployment["apiVersion"], "kind": "Deployment", "name": "iris"}


def test_the_autoscaler_has_what_it_needs():
    spec = MANIFESTS["HorizontalPodAutoscaler"]["spec"]
    assert "cpu" in CONTAINER["resources"]["requests"]
    assert "replicas" not in MANIFESTS["Deployment"]["spec"], "apply would undo the autoscaler"
    least = MANIFESTS["PodDisruptionBudget"]["spec"]["minAvailable"]
    assert least < spec["minReplicas"] < spec["maxReplicas"]


def test_ports_have_one_name():
    port = CONTAINER["ports"][0]
    assert MANIFESTS["Service"]["spec"]["ports"][0]["targetPort"] == port["name"]
    assert MANIFESTS["NetworkPolicy"]["spec"]["ingress"][0]["ports"][0]["port"] == port["name"]
    command = json.loads(DOCKERFILE[-1].removeprefix("CMD "))
    assert command[-1] == str(port["containerPort"])
    assert f"EXPOSE {port['containerPort']}" in DOCKERFILE


@pytest.mark.parametrize("probe", ["startupProbe", "readinessProbe", "livenessProbe"])
def test_probes_ask_what_the_service_answers(probe):
    document = json.loads(
        (ROOT / "source" / "_data" / "openapi" / "classification.json").read_text("utf-8")
    )
    asked = CONTAINER[probe]["httpGet"]
    assert "get" in document["paths"][asked["path"]]
    assert asked["port"] == CONTAINER["ports"][0]["name"]


def test_the_user_is_the_images():
    user = next(line for line in DOCKERFILE if line.startswith("USER ")).split()[1].split(":")[0]
    assert int(user) == POD["spec"]["securityContext"]["runAsUser"] != 0


def test_the_image_serves_and_writes_nothing_outside_tmp(tmp_path):
    """Do what the Dockerfile does, without Docker: its copies, variables and command."""
    source, image, home = project().path / "service" / "iris", tmp_path / "srv", tmp_path / "tmp"
    home.mkdir()
    for line in DOCKERFILE:
        if line.startswith("COPY "):
            name, to = line.split()[1:]
            (shutil.copytree if to.endswith("/") else shutil.copy)(
                source / name, image / name if to.endswith("/") else image_of(image) / name
            )
    variables = dict(
        each.split("=", 1)
        for line in DOCKERFILE
        if line.startswith("ENV ")
        for each in shlex.split(line.removeprefix("ENV "))
    )
    before = files(image)
    port = free_port()
    command = json.loads(DOCKERFILE[-1].removeprefix("CMD "))
    process = subprocess.Popen(
        [sys.executable, "-m", *command[:-3], "127.0.0.1", "--port", str(port)],
        cwd=image,
        env=variables | {"HOME": str(home), "TMPDIR": str(home), "PATH": "/usr/bin:/bin"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        path = CONTAINER["startupProbe"]["httpGet"]["path"]
        address = f"http://127.0.0.1:{port}"
        wait(address + path, process)
        answer = httpx.post(f"{address}/api/v1/predict", json=FLOWER, trust_env=False, timeout=30)
        assert answer.json()["predictions"] == [0]
        used = memory(process.pid)
    finally:
        end(process)
    assert files(image) == before
    assert used < 512, "MiB: more than the Deployment requests"


def image_of(path: Any) -> Any:
    path.mkdir(exist_ok=True)
    return path


def files(path: Any) -> set[str]:
    return {str(each) for each in path.rglob("*")}


def memory(pid: int) -> float:
    """Return the resident memory of a process in MiB."""
    done = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True)
    return int(done.stdout) / 1024


def wait(url: str, process: Any) -> None:
    until = time.monotonic() + 300
    while time.monotonic() < until:
        assert process.poll() is None
        try:
            if httpx.get(url, trust_env=False).is_success:
                return
        except httpx.HTTPError:
            time.sleep(0.1)
    raise AssertionError(f"{url} does not answer")
