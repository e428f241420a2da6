"""Runs many commands in one go: imports the package once, and forks a process for each command.

``python tests/command_worker.py`` reads JSON lines from standard input: objects with the keys of
:class:`Run`. It answers each with a JSON line: its exit status and what it printed.
"""

from __future__ import annotations

import importlib
import json
import os
import select
import signal
import sys
import time
import traceback
from typing import NamedTuple, NoReturn

LONGEST = 120
"""Seconds that a command may take."""
IMPORTED = (
    "mltrack.cli", "mlflow.sklearn", "mlflow.store.db.utils", "mlflow.models.model",
    "mlflow.store.tracking.sqlalchemy_store", "mlflow.store.model_registry.sqlalchemy_store",
    "sklearn.linear_model", "alembic.command", "boto3", "requests",
)  # fmt: skip
"""What commands import, so that they do not do it one after the other."""


class Run(NamedTuple):
    """A command line, and where it runs."""

    arguments: list[str]
    """With the program's name."""
    directory: str
    environment: dict[str, str]
    answers: str = ""
    """What somebody types; then the input ends."""
    stop_at: str = ""
    """Printed text upon which somebody presses Ctrl+C."""


def _command(run: Run, reads: int, writes: int) -> NoReturn:
    """Be the command: what the installed script does, in a process like its own."""
    os.setsid()
    for descriptor, target in ((reads, 0), (writes, 1), (writes, 2)):
        os.dup2(descriptor, target)
    os.chdir(run.directory)
    os.environ.clear()
    os.environ.update(run.environment)
    sys.argv = list(run.arguments)
    sys.stdin = open(0)  # noqa: SIM115 - until the process ends
    status = 0
    try:
        importlib.import_module("mltrack.cli").main()
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # as the interpreter does
        traceback.print_exc()
        status = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def _output(run: Run, process: int, reads: int) -> str:
    """Return all that the command prints; press Ctrl+C when it says so."""
    found, stopped, end = b"", False, time.monotonic() + LONGEST
    while time.monotonic() < end:
        if not select.select([reads], [], [], 0.2)[0]:
            continue
        part = os.read(reads, 65536)
        if not part:
            return found.decode()
        found += part
        if run.stop_at and not stopped and run.stop_at in found.decode(errors="replace"):
            stopped = True
            os.killpg(process, signal.SIGINT)
    os.killpg(process, signal.SIGKILL)
    return found.decode(errors="replace") + f"\n[stopped after {LONGEST} seconds]"


def perform(run: Run) -> tuple[int, str]:
    """Return a command's exit status and output."""
    (typed, types), (prints, printed) = os.pipe(), os.pipe()
    process = os.fork()
    if not process:
        os.close(types)
        os.close(prints)
        _command(run, typed, printed)
    os.close(typed)
    os.close(printed)
    os.write(types, run.answers.encode())
    os.close(types)
    text = _output(run, process, prints)
    os.close(prints)
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), text


def main() -> None:
    """Run what comes in, line by line."""
    for module in IMPORTED:
        importlib.import_module(module)
    for line in sys.stdin:
        print(json.dumps(perform(Run(**json.loads(line)))), flush=True)


if __name__ == "__main__":
    main()
