"""``python -m tools.explorer.ask SEED COUNT``: random requests, and what the real services answer.

Most requests fit the endpoint, the others are wrong in some way. It prints one list as JSON.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fastapi.testclient import TestClient

from tools.openapi.services import SERVICES
from tools.openapi.worker import load, save_model, write_container, write_project

if TYPE_CHECKING:
    from collections.abc import Callable

    from tools.openapi.services import Service

JSON = ("content-type", "application/json")
SHARES = {"classification": 6, "regression": 6, "llm": 2, "other": 1}
"""How often services are asked, by their models' tasks."""
WORDS = ("hello", "ü", "", 'say "hi"', "a b c", "\n", "10", "naïve 🙂")


def rows(chance: random.Random, low: float, high: float) -> Any:
    """Return a table of numbers, or something near to one."""
    table: list[list[Any]] = [
        [chance.uniform(low, high) for _ in range(4)] for _ in range(chance.randint(1, 3))
    ]
    wrong: list[Callable[[], Any]] = [
        list,
        lambda: [[]],
        lambda: [row[:2] for row in table],
        lambda: [[*row, 1.0] for row in table],
        lambda: [*table, table[0][:1]],
        lambda: [["NaN", 1, 2, 3]],
        lambda: [["Infinity", 1, 2, 3]],
        lambda: [[str(value) for value in row] for row in table],
        lambda: [[value, None] for value in table[0]],
        lambda: table[0],
        lambda: "flowers",
        lambda: [[True, False, 1, 2]],
    ]
    return table if chance.random() < 0.85 else chance.choice(wrong)()


def body_for(chance: random.Random, service: Service, path: str) -> Any:
    """Return what to send to an endpoint."""
    scale = (0.0, 8.0) if service.task == "classification" else (15.0, 130.0)
    end = path.rpartition("/")[2]
    if end == "batch":
        return {"instances": [{"data": rows(chance, *scale)} for _ in range(chance.randint(0, 2))]}
    if end in ("generate", "chat"):
        words = " ".join(chance.choices(WORDS, k=chance.randint(0, 3)))
        told: Any = (
            {"prompt": words}
            if end == "generate"
            else {"messages": [{"role": chance.choice(["user", "system", 5]), "content": words}]}
        )
        limits = {
            "max_tokens": chance.choice([1, 3, 100, 5000, -1, "7", None]),
            "temperature": chance.choice([0, 0.5, 3, "warm"]),
        }
        return told | {key: value for key, value in limits.items() if chance.random() < 0.4}
    if service.task == "other":
        value = chance.choice([chance.uniform(-40, 60), chance.randint(-40, 60), "hot", None])
        return {"data": chance.choice([{"temperature": value}, {"humidity": 80}, [value]])}
    found: dict[str, Any] = {"data": rows(chance, *scale)}
    if chance.random() < 0.1:
        found["return_proba"] = chance.choice([True, "no", 3])
    return found


def question(chance: random.Random, service: Service, paths: dict[str, Any]) -> dict[str, Any]:
    """Return a request to one of a service's endpoints."""
    weights = [8 if "post" in item else 1 for item in paths.values()]
    path = chance.choices(list(paths), weights)[0]
    method = next(iter(paths[path])).upper()
    text = ""
    if method == "POST":
        body = {} if chance.random() < 0.05 else body_for(chance, service, path)
        text = '{"data": ' if chance.random() < 0.03 else json.dumps(body)
    headers = [JSON] if text else []
    return {
        "service": service.name, "method": method, "path": path, "headers": headers, "body": text,
    }  # fmt: skip


def ask(seed: int, count: int, directory: Path) -> list[dict[str, Any]]:
    """Return requests with the status, media type and text of their answers."""
    chance = random.Random(seed)  # noqa: S311 - the same requests each time
    found: list[dict[str, Any]] = []
    known: dict[str, Any] = {}
    shares = [SHARES[service.task] for service in SERVICES]
    counts = Counter(service.name for service in chance.choices(SERVICES, shares, k=count))
    for service in SERVICES:
        path = directory / "models" / service.task
        if service.task not in known:
            known[service.task] = save_model(service.task, path)
        target = directory / service.name
        target.mkdir()
        write = write_project if service.kind == "project" else write_container
        app = load(write(known[service.task], path, target), service)
        with TestClient(app, raise_server_exceptions=False) as client:
            for _ in range(counts[service.name]):
                asked = question(chance, service, app.openapi()["paths"])
                got = client.request(
                    asked["method"], asked["path"], content=asked["body"],
                    headers=dict(asked["headers"]),
                )  # fmt: skip
                kind = got.headers["content-type"]
                found.append(asked | {"answer": [got.status_code, kind, got.text]})
    return found


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="explorer-ask-") as name:
        print(json.dumps(ask(int(sys.argv[1]), int(sys.argv[2]), Path(name))))
