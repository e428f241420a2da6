"""Make a run of each kind and write down what is in it. Runs in a project of its own."""

from __future__ import annotations

import importlib
import json
import os
import re
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import mlflow
from mltrack import MLTrackConfig, log_llm_call, track_llm, track_llm_context
from mltrack.core import MLTracker

if TYPE_CHECKING:
    from collections.abc import Callable

Contents = dict[str, Any]

STORE = "sqlite:///mlflow.db"
SETTINGS = {"tracking_uri": STORE, "experiment_name": "garden", "warn_non_uv": False}
MINE = ("mlflow.",)
"""Tags that MLflow puts on every run."""

MASKS = {
    "execution_time_seconds": "<duration>",
    "llm.latency_ms": "<duration>",
    "git.commit": "<commit>",
    "system.platform": "<platform>",
    "system.python_version": "<version of Python>",
    "frameworks": "<names and versions>",
}

CHANGED = re.compile(r"(files: )\d+")

MODEL = {
    "llm": "gpt-4o-mini",
    "anthropic": "claude-3-5-haiku-20241022",
    "gemini": "gemini-2.0-flash",
    "bedrock": "bedrock/anthropic.claude-3-haiku-20240307-v1:0",
}
ANSWERS: dict[str, dict[str, Any]] = {
    "gpt-4o-mini": {
        "id": "chatcmpl-1",
        "request_id": "req-1",
        "choices": [{"finish_reason": "stop", "message": {"content": "Paris"}}],
        "usage": {"prompt_tokens": 1000, "completion_tokens": 500, "total_tokens": 1500},
    },
    MODEL["anthropic"]: {
        "id": "msg-1",
        "stop_reason": "end_turn",
        "usage": {
            "input_tokens": 1000,
            "output_tokens": 500,
            "cache_creation_input_tokens": 20,
            "cache_read_input_tokens": 10,
        },
    },
    MODEL["gemini"]: {
        "responseId": "answer-1",
        "candidates": [{"finishReason": "STOP"}],
        "usageMetadata": {
            "promptTokenCount": 1000,
            "candidatesTokenCount": 500,
            "totalTokenCount": 1500,
            "cachedContentTokenCount": 10,
            "toolUsePromptTokenCount": 5,
        },
    },
    MODEL["bedrock"]: {
        "stopReason": "end_turn",
        "usage": {
            "inputTokens": 1000,
            "outputTokens": 500,
            "totalTokens": 1500,
            "cacheReadInputTokens": 10,
            "cacheWriteInputTokens": 20,
        },
    },
}
"""Answers in the formats of the providers, by the model that is asked."""


def repository() -> None:
    """Make the project a repository with a commit, a remote and a changed file."""
    Path("pyproject.toml").write_text('[project]\nname = "garden"\n')
    ada = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
    for command in (
        ["init", "--quiet", "--initial-branch=main"],
        ["remote", "add", "origin", "https://github.com/example/garden.git"],
        ["add", "pyproject.toml"],
        ["commit", "--quiet", "--message", "Begin"],
    ):
        subprocess.run(["git", *ada, *command], check=True)


def grow(seeds: int, beds: list[str], water: float = 0.5) -> dict[str, float]:
    """Return a composed result of simple and composed arguments."""
    return {"plants": seeds * len(beds) * water}


def wither(seeds: int) -> float:
    """Fail."""
    return 1 / seeds


def train(max_depth: int) -> Any:
    """Train a small tree."""
    tree, iris = (
        importlib.import_module("sklearn.tree"),
        importlib.import_module("sklearn.datasets"),
    )
    x, y = iris.load_iris(return_X_y=True)
    return tree.DecisionTreeClassifier(max_depth=max_depth, random_state=0).fit(x, y)


def answer(prompt: str, model: str) -> dict[str, Any]:
    """Return what a language model's service returns."""
    return ANSWERS[model]


def newest() -> Any:
    """Return the run that began last."""
    client = mlflow.MlflowClient(STORE)
    experiments = [each.experiment_id for each in client.search_experiments()]
    return client.search_runs(experiments, order_by=["start_time DESC"], max_results=1)[0]


def files(run: Any, directory: str | None = None) -> list[str]:
    """Return the paths of a run's files."""
    found: list[str] = []
    for item in mlflow.MlflowClient(STORE).list_artifacts(run.info.run_id, directory):
        found += files(run, item.path) if item.is_dir else [item.path]
    return sorted(found)


def contents(run: Any) -> Contents:
    """Return what is in a run, without MLflow's own tags."""
    commit = run.data.tags.get("git.commit", "<commit>")

    def shown(values: dict[str, Any]) -> dict[str, str]:
        return {
            name: MASKS.get(
                name, CHANGED.sub(r"\1<number>", str(value).replace(commit, "<commit>"))
            )
            for name, value in sorted(values.items())
            if not name.startswith(MINE)
        }

    return {
        "name": run.info.run_name,
        "status": run.info.status,
        "parameters": shown(run.data.params),
        "metrics": shown(run.data.metrics),
        "tags": shown(run.data.tags),
        "files": files(run),
    }


def without(run: Contents, plain: Contents) -> Contents:
    """Return a run with what a plain run of MLflow has, too, kept apart."""
    apart: Contents = {}
    for kind in ("parameters", "metrics", "tags"):
        apart[kind] = [name for name in run[kind] if name in plain[kind]]
        run[kind] = {name: run[kind][name] for name in run[kind] if name not in plain[kind]}
    apart["files"] = [name for name in run["files"] if name in plain["files"]]
    run["files"] = [name for name in run["files"] if name not in plain["files"]]
    return run | {"autologged": apart}


def attempt(call: Callable[[], Any]) -> Contents:
    """Call, whatever comes of it, and return the contents of the run."""
    with suppress(ZeroDivisionError):
        call()
    return contents(newest())


def block(tracker: MLTracker) -> None:
    """Track a block of code."""
    with tracker.track_context("prepare", tags={"stage": "prepare"}):
        pass


def session(ask: Callable[..., Any]) -> None:
    """Put a call of a language model into a run around it."""
    with track_llm_context("session", tags={"feature": "qa"}):
        ask(prompt="Capital of France?", model="gpt-4o-mini")


def main(managed: str) -> None:
    """Make the runs and write the file."""
    repository()
    mlflow.set_tracking_uri(STORE)
    config = MLTrackConfig(**SETTINGS, team_name="growth", default_tags={"project": "garden"})
    quiet = MLTracker(config.model_copy(update={"auto_detect_frameworks": False}))
    tracker = MLTracker(config)
    ask = track_llm(tags={"feature": "qa"})(answer)
    runs = {
        "function": attempt(lambda: quiet.track_function(grow)(3, ["north", "south"])),
        "failure": attempt(lambda: quiet.track_function(wither)(0)),
        "block": attempt(lambda: block(quiet)),
    }
    path, os.environ["CONDA_DEFAULT_ENV"] = os.environ["PATH"], "base"
    os.environ["PATH"] = f"{managed}{os.pathsep}{path}"
    runs["managed"] = attempt(lambda: quiet.track_function(grow)(3, []))
    os.environ["PATH"] = path
    del os.environ["CONDA_DEFAULT_ENV"]
    for name, model in MODEL.items():
        ask(prompt="Capital of France?", model=model)
        runs[name] = contents(newest())
    log = {"provider": "openai", "model": "gpt-4o-mini", "input_tokens": 1000}
    log |= {"output_tokens": 500, "latency_ms": 820.0, "finish_reason": "stop"}
    log |= {"request_id": "req-1", "response_id": "chatcmpl-1"}
    runs["logged"] = attempt(lambda: log_llm_call(**log))
    session(ask)
    runs["session"] = contents(mlflow.get_run(newest().data.tags["mlflow.parentRunId"]))
    tree = attempt(lambda: tracker.track_function(train)(2))
    with mlflow.start_run():
        train(2)
    runs["model"] = without(tree, contents(newest()))
    text = json.dumps(runs, indent=1, ensure_ascii=False)
    Path("runs.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
