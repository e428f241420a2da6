"""What ``source/_data/cli_explorer/explorer.yaml`` says of options is true: the commands are run.

The commands run in this process, with everything of mltrack. What leaves it is written down and
not done: programs that it starts, and calls of Modal, Lambda packages and MLflow.
"""

from __future__ import annotations

import json
import re
import socket
import subprocess
from dataclasses import asdict, is_dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from click.testing import CliRunner

from _ext.cli_explorer.model import load

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from _ext.cli_explorer.model import Rule

ROOT = Path(__file__).parents[1]
DATA = ROOT / "source" / "_data"
LIMITS = set(yaml.safe_load((DATA / "limits.yaml").read_text("utf-8")))
CATALOGUE = load(
    DATA / "cli_explorer" / "commands.json", DATA / "cli_explorer" / "explorer.yaml", LIMITS
)
RUN = "0123456789abcdef0123456789abcdef"
MODEL = {
    "model_name": "iris", "version": "v1", "run_id": RUN, "stage": "staging",
    "framework": "tensorflow", "task_type": "regression", "model_type": "Ridge", "metrics": {},
    "registered_at": "2026-01-01", "container": {"image": "iris:v1"},
}  # fmt: skip
GIVEN = {"ship": ["iris"], "serve": ["iris"], "save": ["--run-id", RUN], "deploy": []}
"""What a command needs to come to its options."""
EXAMPLES = {
    "model_name": "iris", "name": "rose", "run_id": "f" * 32, "port": "9000", "output": "a.zip",
    "gpu": "T4", "modal_gpu": "T4", "cpu": "2", "memory": "99", "min_replicas": "2",
    "max_replicas": "9", "python_version": "3.12", "registry_url": "r.example.com",
    "platform": "linux/arm64", "docker_platform": "linux/arm64",
}  # fmt: skip
NEVER = {("deploy", "last")}
"""Options that do nothing at all in this release."""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a saved model and a project whose store is not there."""
    home = tmp_path_factory.mktemp("home")
    registry = home / ".mltrack" / "registry"
    registry.mkdir(parents=True)
    (registry / "iris.json").write_text(json.dumps({"models": [MODEL]}))
    (home / ".mltrack.yml").write_text("tracking_uri: http://127.0.0.1:9\nwarn_non_uv: false\n")
    return home


@pytest.fixture
def effects(project: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[Any]]:
    """Return ``effects(*words)``: what ``mltrack *words`` does, prints, and ends with."""
    import mltrack.api
    import mltrack.cli
    from mlflow import MlflowClient
    from mltrack.deploy import LambdaPackageBuilder
    from mltrack.deployment import cli_shortcuts
    from mltrack.deployment.docker import uv_builder
    from mltrack.model_registry import ModelRegistry

    done: list[Any] = []
    monkeypatch.setenv("HOME", str(project))
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    monkeypatch.chdir(project)

    def start(words: list[str], **options: Any) -> subprocess.CompletedProcess[str]:
        assert words[0] != "git"
        facts = {k: v for k, v in (options.get("env") or {}).items() if k.startswith("ML")}
        if "build" in words:
            text = (Path(words[-1]) / "Dockerfile").read_text("utf-8")
            facts["Dockerfile"] = re.sub(r"# Generated: .*", "", text)
            words = [*words[:-1], "<directory>"]
        done.append((words, facts))
        return subprocess.CompletedProcess(words, 0, "", "")

    def note(name: str, answer: Any) -> Callable[..., Any]:
        def act(*args: Any, **kwargs: Any) -> Any:
            shown = [asdict(a) if is_dataclass(a) and not isinstance(a, type) else a for a in args]
            plain = [a for a in shown if isinstance(a, str | dict)]
            done.append((name, plain, kwargs))
            return answer

        return act

    live = {"deployment_id": "1", "endpoint_url": "https://example.org"}
    monkeypatch.setattr(subprocess, "run", start)
    monkeypatch.setattr(mltrack.api, "deploy_to_modal", note("modal", live))
    monkeypatch.setattr(cli_shortcuts, "deploy_to_modal", note("modal", live))
    monkeypatch.setattr(cli_shortcuts, "get_deployment_status", lambda _: {"status": "running"})
    monkeypatch.setattr(cli_shortcuts.time, "sleep", lambda _: None)
    monkeypatch.setattr(mltrack.cli, "get_last_run", lambda: RUN)
    monkeypatch.setattr(LambdaPackageBuilder, "build_package",
                        note("lambda", {"package_path": "a.zip"}))  # fmt: skip
    monkeypatch.setattr(ModelRegistry, "register_model", note("register", {"version": "v1"}))
    monkeypatch.setattr(uv_builder.DockerBuilder, "_copy_model_artifacts", lambda *_: None)
    facts = SimpleNamespace(
        info=SimpleNamespace(run_name="train"), data=SimpleNamespace(tags={}, metrics={})
    )
    monkeypatch.setattr(MlflowClient, "get_run", lambda *_: facts)
    get_model = ModelRegistry.get_model

    def model(self: Any, name: str, version: str | None = None) -> dict[str, Any]:
        return get_model(self, "iris", version) | {"framework": framework}

    monkeypatch.setattr(ModelRegistry, "get_model", model)

    framework = "tensorflow"

    def run(*words: str, of: str = "tensorflow") -> list[Any]:
        nonlocal framework
        framework = of
        done.clear()
        result = CliRunner().invoke(mltrack.cli.cli, list(words), input="\n")
        assert result.exception is None or isinstance(result.exception, SystemExit), words
        output = re.sub(r"\d+\.\d+s", "<time>", result.output)
        output = re.sub(r"\d{4}/\d\d/\d\d .*\n", "", output)  # MLflow, when it makes its tables
        return [*done, output, result.exit_code]

    return run


def words_for(command: str, name: str, value: str | None = None) -> list[str]:
    """Return a parameter as one writes it."""
    each = next(each for each in CATALOGUE.commands[command].params if each.name == name)
    if each.type == "flag":
        return [each.title]
    text = value or EXAMPLES[name]
    return [text] if each.kind == "argument" else [each.title, text]


def circumstances(command: str, rule: Rule, wanted: bool) -> list[str]:
    """Return words with which a rule's condition holds, or does not."""
    ((name, value),) = rule.when.items()
    if isinstance(value, list):
        others = {"lambda": "docker", "modal": "lambda", "docker": "lambda"}
        return words_for(command, name, value[0] if wanted else others[value[0]])
    return words_for(command, name) if value is wanted else []


RULES = [
    (command, rule, option)
    for command, words in CATALOGUE.words.items()
    for rule in words.rules
    for option in rule.options
]


def container(done: list[Any]) -> set[str]:
    """Return the words with which Docker was asked to run a container."""
    (words,) = [
        each[0] for each in done if isinstance(each, tuple) and each[0][:2] == ["docker", "run"]
    ]
    return set(words)


@pytest.mark.parametrize(
    ("command", "rule", "option"), RULES, ids=[f"{c}-{o}" for c, _, o in RULES]
)
def test_an_option_does_nothing_where_the_rule_says_so(
    effects: Callable[..., list[Any]], command: str, rule: Rule, option: str
) -> None:
    given = [each for each in GIVEN[command] if option != "model_name" or each != "iris"]
    words = words_for(command, option)
    without = [command, *given, *circumstances(command, rule, False)]
    if rule.clash:
        assert set(rule.clash) <= container(effects(*without, *words))
        within = [*without, *circumstances(command, rule, True)]
        assert not set(rule.clash) <= container(effects(*within, *words))
        return
    assert effects(*without, *words) == effects(*without)
    within = [command, *given, *circumstances(command, rule, True)]
    changes = effects(*within, *words) != effects(*within)
    assert changes is ((command, option) not in NEVER)


def test_a_clash_is_one_that_docker_refuses() -> None:
    clashes = [rule.clash for _, rule, _ in RULES if rule.clash]
    assert clashes == [["--rm", "--restart"]]


CHOICES = [
    (command, name, hint.choices)
    for command, words in CATALOGUE.words.items()
    for name, hint in words.options.items()
    if hint.choices
]


@pytest.mark.parametrize(("command", "name", "choices"), CHOICES)
def test_choices_are_all_that_the_command_takes(
    effects: Callable[..., list[Any]], command: str, name: str, choices: list[str]
) -> None:
    for choice in choices:
        *done, _, status = effects(command, *words_for(command, name, choice))
        assert done, choice
        assert status == 0, choice
    for other in ("ecs", "kubernetes", "sagemaker"):
        *done, output, status = effects(command, *words_for(command, name, other))
        assert not done
        assert f"Unsupported platform: {other}" in output
        assert status == 1


@pytest.mark.parametrize("words", [("ship", "iris"), ("deploy", "--platform", "docker")])
def test_a_base_image_for_gpus_is_not_there_for_all_frameworks(
    effects: Callable[..., list[Any]], words: tuple[str, ...]
) -> None:
    gpu = "--gpu" if words[0] == "ship" else "--docker-gpu"
    for framework in ("tensorflow", "pytorch", "xgboost", "sklearn", "LOCAL", "unknown"):
        changes = effects(*words, gpu, of=framework) != effects(*words, of=framework)
        assert changes is (framework in ("tensorflow", "pytorch", "xgboost")), framework


def test_tags_without_a_value_are_dropped(effects: Callable[..., list[Any]]) -> None:
    def tags(text: str) -> dict[str, str]:
        (_, facts), *_ = effects("run", "--tags", text, "true")
        return yaml.safe_load(facts.get("MLTRACK_TAGS", "{}")) or {}

    assert CATALOGUE.words["run"].options["tags"].format == "pairs"
    assert tags("a=1, b=x=y") == {"a": "1", "b": "x=y"}
    assert tags("a=1,nope") == {"a": "1"}
    assert tags("nope") == {}


RANGES = [
    (command, name, hint.range)
    for command, words in CATALOGUE.words.items()
    for name, hint in words.options.items()
    if hint.range
]


@pytest.mark.parametrize(("command", "name", "limits"), RANGES)
def test_a_port_outside_the_range_goes_on_and_cannot_be_opened(
    effects: Callable[..., list[Any]], command: str, name: str, limits: tuple[int, int]
) -> None:
    assert name == "port"
    least, most = limits
    assert least == 1
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        assert one.getsockname()[1] != 0, "0 asks for any other port"
    with socket.socket() as one, pytest.raises(OverflowError):
        one.bind(("127.0.0.1", most + 1))
    if command == "flow":  # nothing stops such a number on its way to MLflow
        (words, _), *_ = effects(command, "--port", str(most + 1))
        assert str(most + 1) in words


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Leave MLflow's store as it was for the tests that follow."""
    import mlflow

    before = mlflow.get_tracking_uri()
    yield
    mlflow.set_tracking_uri(before)
