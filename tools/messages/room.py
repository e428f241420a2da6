"""Where a trigger runs, and what it can use."""

from __future__ import annotations

import logging
import os
import re
import shutil
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TRIGGERS: dict[str, tuple[Callable[[Room], Any], str]] = {}
SETTINGS = (
    "tracking_uri: {}\nwarn_non_uv: false\nauto_detect_frameworks: false\nauto_log_pip: false\n"
)
GIT = "git"


def says(*templates: str, using: str = "") -> Callable[[Any], Any]:
    """Register a trigger under its message; ``using`` says what is simulated, in words."""

    def register(trigger: Callable[[Room], Any]) -> Callable[[Room], Any]:
        for template in templates:
            TRIGGERS[template] = (trigger, using)
        return trigger

    return register


class Heard(logging.Handler):
    """What is logged, of all loggers."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the message."""
        self.lines.append(record.getMessage())


@dataclass
class Room:
    """A project directory with two stores beside it: one without runs, one with a model."""

    root: Path
    place: Path
    status: int | None = None
    printed: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)

    @property
    def empty(self) -> str:
        """The address of the store without runs."""
        return f"sqlite:///{self.root}/empty.db"

    @property
    def full(self) -> str:
        """The address of the store in which :attr:`run_id` is."""
        return f"sqlite:///{self.root}/full.db"

    @property
    def run_id(self) -> str:
        """The run with a model."""
        return (self.root / "run.txt").read_text()

    def settings(self, uri: str, more: str = "") -> None:
        """Write the project's settings, and point MLflow at the same store."""
        import mlflow

        (self.place / ".mltrack.yml").write_text(SETTINGS.format(uri) + more)
        mlflow.set_tracking_uri(uri)
        mlflow.tracking.fluent._active_experiment_id = None  # of another store
        os.environ.pop("MLFLOW_EXPERIMENT_ID", None)
        os.environ["MLFLOW_TRACKING_URI"] = uri

    def run(self, *arguments: str, answers: str = "") -> None:
        """Run a command of MLTrack; an exception in it goes on."""
        from click.testing import CliRunner
        from mltrack.cli import cli

        result = CliRunner().invoke(cli, list(arguments), input=answers)
        self.printed.append(result.output)
        self.status = result.exit_code
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception

    def save(self, name: str = "iris", **more: Any) -> dict[str, Any]:
        """Register the run's model."""
        from mltrack.model_registry import ModelRegistry

        self.settings(self.full)
        made: dict[str, Any] = ModelRegistry().register_model(self.run_id, name, "model", **more)
        return made

    @contextmanager
    def program(self, name: str, script: str = "exit 0") -> Iterator[None]:
        """Put a program on the path, in shell."""
        place = self.place / "bin"
        place.mkdir(exist_ok=True)
        (place / name).write_text(f"#!/bin/sh\n{script}\n")
        (place / name).chmod(0o755)
        with mock.patch.dict(os.environ, PATH=f"{place}:{os.environ['PATH']}"):
            yield

    @contextmanager
    def s3(self, **refused: str) -> Iterator[None]:
        """Answer all requests to S3; those to the operations in ``refused`` with that code."""
        from botocore.client import BaseClient  # type: ignore[import-untyped]
        from botocore.exceptions import ClientError  # type: ignore[import-untyped]

        def answer(client: Any, operation: str, *_: Any, **__: Any) -> Any:
            if code := refused.get(operation):
                raise ClientError({"Error": {"Code": code, "Message": MEANING[code]}}, operation)
            return {"Body": None, "Contents": []}

        keys = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing",
                "AWS_DEFAULT_REGION": "us-east-1"}  # fmt: skip
        with (
            mock.patch.object(BaseClient, "_make_api_call", answer),
            mock.patch.dict(os.environ, keys),
        ):
            yield


MEANING = {
    "404": "Not Found",
    "403": "Forbidden",
    "NoSuchBucket": "The specified bucket does not exist",
    "AllAccessDisabled": "All access to this object has been disabled",
    "AccessDenied": "Access Denied",
    "SlowDown": "Please reduce your request rate.",
}


def path_without(*, programs: Path) -> str:
    """Return a path with git and this interpreter's own programs, and neither docker nor uv."""
    programs.mkdir(exist_ok=True)
    if git := shutil.which(GIT):
        (programs / GIT).symlink_to(git)
    for name in ("python", "pip", "uvicorn", "mlflow"):
        if (found := Path(sys.executable).parent / name).exists():
            (programs / name).symlink_to(found)
    return f"{programs}:/bin"


def pattern(template: str) -> re.Pattern[str]:
    """Return the expression that a message fits; blanks stand for any."""
    parts = (r"\s+".join(re.escape(w) for w in part.split(" ")) for part in template.split("{}"))
    return re.compile(r"(.*?)".join(parts) + ("$" if template.endswith("{}") else ""), re.M)
