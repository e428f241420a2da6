"""Messages of the command line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from unittest import mock

from .room import says

if TYPE_CHECKING:
    from .room import Room

DOCKER = "a program named docker that fails"


@says("Error: No such command")
def _no_command(room: Room) -> None:
    room.run("models")


@says("Error: No such option")
def _no_option(room: Room) -> None:
    room.run("run", "python", "train.py", "--epochs", "5")


@says("Error: Missing argument '{}'.")
def _no_argument(room: Room) -> None:
    room.run("run")


@says("Error: Invalid value for '{}': {}")
def _bad_value(room: Room) -> None:
    room.run("serve", "iris", "--port", "web")


@says("Error: Option '{}' requires an argument.")
def _no_value(room: Room) -> None:
    room.run("save", "--run-id")


@says("Error running command: {}")
def _no_program(room: Room) -> None:
    room.run("run", "no-such-program")


@says("⚠️ Project already initialized!")
def _twice(room: Room) -> None:
    room.run("init")


@says("Using default configuration (no .mltrack.yml found)")
def _no_file(room: Room) -> None:
    (room.place / ".mltrack.yml").unlink()
    room.run("config")


@says("❌ Modern UI not found!")
def _no_interface(room: Room) -> None:
    room.run("ui")


@says("No recent models found to save")
def _nothing_to_save(room: Room) -> None:
    room.run("save", "iris")


@says("No recent models found. Train a model first!")
def _nothing_to_ship(room: Room) -> None:
    room.run("ship")


@says("No models found in registry")
def _nothing_listed(room: Room) -> None:
    room.run("list")


@says("Model '{}' not found")
def _nothing_of_this_name(room: Room) -> None:
    room.run("ship", "iris")


@says("Run with id={} not found")
def _no_such_run(room: Room) -> None:
    room.run("save", "iris", "--run-id", "0123456789abcdef0123456789abcdef")


@says("Failed to download artifacts from path 'model', please ensure that the path is correct.")
def _run_without_a_model(room: Room) -> None:
    import mlflow

    room.settings(f"sqlite:///{room.place}/mlflow.db")
    with mlflow.start_run() as run:
        pass
    room.run("save", "iris", "--run-id", run.info.run_id)


@says("Model '{}' not found in registry", using="a run's name in place of the model's")
def _run_id_of_no_model(room: Room) -> None:
    from mltrack.deployment.cli_shortcuts import SmartCLI

    room.settings(room.full)
    with mock.patch.object(SmartCLI, "select_model", return_value="iris"):
        room.run("ship", "iris")


@says("Cannot find run ID for model '{}'", using="an entry of the registry without its run")
def _entry_without_a_run(room: Room) -> None:
    place = Path.home() / ".mltrack" / "registry"
    place.mkdir(parents=True)
    (place / "iris.json").write_text('{"models": [{"model_name": "iris"}]}')
    room.run("ship", "iris")


@says("[Errno 2] No such file or directory: 'docker'")
def _no_docker(room: Room) -> None:
    room.save()
    room.run("try", "iris")


@says("❌ Build failed: {}", "Docker build failed: {}", using=DOCKER)
def _docker_fails(room: Room) -> None:
    room.save()
    with room.program("docker", "echo 'Cannot connect to the Docker daemon' >&2; exit 1"):
        room.run("ship", "iris")


@says("Docker push failed: {}", using=DOCKER)
def _docker_push_fails(room: Room) -> None:
    room.save()
    with room.program("docker", 'test "$1" != push || { echo denied >&2; exit 1; }'):
        room.run("ship", "iris", "--push", "--registry-url", "registry.example.org")


@says("Failed to start container: {}", using=DOCKER)
def _container_fails(room: Room) -> None:
    room.save()
    said = "Bind for 0.0.0.0:8000 failed: port is already allocated"
    with room.program("docker", f'test "$1" != run || {{ echo "{said}" >&2; exit 125; }}'):
        room.run("serve", "iris", "--detach")


@says("Error: {}", using="a program named docker that is gone after the build")
def _docker_gone(room: Room) -> None:
    room.save()
    with room.program("docker", 'test "$1" != images || rm -- "$0"'):
        room.run("serve", "iris")


@says("❌ Modal deployment failed: {}")
def _no_modal(room: Room) -> None:
    room.save()
    room.run("ship", "iris", "--modal")


@says("Unable to locate credentials")
def _deploy_without_credentials(room: Room) -> None:
    room.settings(room.full)
    room.run("deploy", "--run-id", room.run_id)


@says("No runs found")
def _deploy_without_runs(room: Room) -> None:
    room.run("deploy")


@says("Unsupported platform: {}")
def _other_platform(room: Room) -> None:
    room.run("deploy", "--run-id", "abc", "--platform", "kubernetes")


@says("The filesystem tracking backend (e.g., './mlruns') is in maintenance mode")
def _default_store(room: Room) -> None:
    import os

    import mlflow

    (room.place / ".mltrack.yml").unlink()
    os.environ.pop("MLFLOW_TRACKING_URI", None)
    mlflow.set_tracking_uri("file://./mlruns")
    room.run("list")


@says("API request to {} failed with exception {}")
def _no_server(room: Room) -> None:
    room.settings("http://127.0.0.1:9")
    room.run("deploy")
