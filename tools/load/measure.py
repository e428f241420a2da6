"""One measurement: a service, a number of users, and Locust's statistics as a row."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from tools.http.services import RECIPES, end, free_port, wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator

LOCUSTFILE = RECIPES / "operate" / "locustfile.py"
WARM = 20
"""Requests before a measurement."""
HEADER = ["Users", "Requests a second", "Median (ms)", "p95 (ms)", "Failures"]


class LoadError(RuntimeError):
    """A measurement that says nothing."""


@dataclass(frozen=True)
class Setup:
    """A service to measure.

    Args:
        script: its last line starts the service on port 8000; it sets the variables.
        users: how many users ask at the same time, one measurement each.
    """

    script: Path
    users: tuple[int, ...]


SETUP = Setup(RECIPES / "serve.sh", (1, 8, 32))


def commands(script: Path, port: int) -> list[str]:
    """Return the command that starts what ``script`` starts, on ``port``."""
    lines = script.read_text("utf-8").splitlines()
    start = lines[-1].replace("8000", str(port))
    exports = [line for line in lines if line.startswith("export ")]
    return ["sh", "-e", "-c", "\n".join([*exports, f"exec {start}"])]


def measure(setup: Setup, project: Path, env: dict[str, str], seconds: int) -> Iterator[list[str]]:
    """Yield a row for each number of users.

    Raises:
        LoadError: Locust failed, or nothing was answered.
    """
    for users in setup.users:
        port = free_port()
        log = project / f"load-{port}.log"
        with log.open("w") as output:
            process = subprocess.Popen(
                commands(setup.script, port), cwd=project, env=env, stdout=output, stderr=output
            )
        try:
            address = f"http://127.0.0.1:{port}"
            wait_for(process, f"{address}/api/v1/health", log)
            warm(address)
            yield row(load(address, users, seconds, project / "load"), users)
        finally:
            end(process)


def warm(address: str) -> None:
    """Send the first requests, which are slower than all others."""
    with httpx.Client(base_url=address, timeout=60, trust_env=False) as client:
        for _ in range(WARM):
            client.post("/api/v1/predict", json={"data": [[5.1, 3.5, 1.4, 0.2]]}).raise_for_status()


def load(address: str, users: int, seconds: int, prefix: Path) -> Path:
    """Run Locust; return its file of statistics.

    Raises:
        LoadError: it failed.
    """
    command = [
        sys.executable, "-m", "locust", "--headless", "--locustfile", str(LOCUSTFILE),
        "--host", address, "--users", str(users), "--spawn-rate", str(users),
        "--run-time", f"{seconds}s", "--csv", str(prefix), "--exit-code-on-error", "0",
    ]  # fmt: skip
    done = subprocess.run(
        command, capture_output=True, text=True, env=dict(os.environ), check=False
    )
    if done.returncode:
        raise LoadError(f"locust ended with {done.returncode}:\n{done.stderr}")
    return Path(f"{prefix}_stats.csv")


def row(stats: Path, users: int) -> list[str]:
    """Return users, requests a second, median, 95th percentile and failures.

    Raises:
        LoadError: nothing was answered.
    """
    with stats.open(encoding="utf-8", newline="") as file:
        found = next(each for each in csv.DictReader(file) if each["Name"] == "Aggregated")
    if int(found["Request Count"]) == int(found["Failure Count"]):
        raise LoadError(f"{stats}: no request was answered")
    rate = f"{float(found['Requests/s']):.0f}"
    return [str(users), rate, found["50%"], found["95%"], found["Failure Count"]]
