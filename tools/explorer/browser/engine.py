"""Put a generated service in place, import it, and ask it as a server would: over ASGI."""

from __future__ import annotations

import importlib
import json
import logging
import shutil
import sys
import time
import warnings
from pathlib import Path
from typing import Any

logging.disable(logging.CRITICAL)
warnings.simplefilter("ignore")

MODEL = Path("/app/model")
CODE = Path("/app/service")
CLIENT, SERVER = ("127.0.0.1", 50000), ("127.0.0.1", 8000)


def put(files: dict[str, str], directory: Path) -> None:
    """Write ``files`` into a new directory."""
    shutil.rmtree(directory, ignore_errors=True)
    for name, text in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def load(service: dict[str, Any], model: dict[str, str]) -> Any:
    """Return the application of a service, imported anew."""
    put(model, MODEL)
    put(service["files"], CODE)
    for name in [name for name in sys.modules if name.split(".")[0] == "app"]:
        del sys.modules[name]
    if str(CODE) not in sys.path:
        sys.path.insert(0, str(CODE))
    importlib.invalidate_caches()
    return importlib.import_module(service["module"]).app


def scope(kind: str, **rest: Any) -> dict[str, Any]:
    """Return what a server tells an application."""
    return {"type": kind, "asgi": {"version": "3.0", "spec_version": "2.3"}, "state": {}, **rest}


async def start(app: Any) -> None:
    """Run what the application does before it takes requests.

    Raises:
        RuntimeError: it fails.
    """
    said: list[dict[str, Any]] = []
    events = iter([{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}])

    async def receive() -> dict[str, Any]:
        return next(events)

    async def send(message: dict[str, Any]) -> None:
        said.append(message)

    await app(scope("lifespan"), receive, send)
    if failed := [each for each in said if each["type"].endswith("failed")]:
        raise RuntimeError(failed[0].get("message", "the application does not start"))


async def ask(app: Any, method: str, path: str, headers: list[Any], body: str) -> dict[str, Any]:
    """Return status, headers, body and milliseconds of an answer."""
    given = [(name.lower().encode(), value.encode()) for name, value in headers]
    content = body.encode()
    if content:
        given.append((b"content-length", str(len(content)).encode()))
    sent = iter([{"type": "http.request", "body": content, "more_body": False}])
    got: dict[str, Any] = {"status": 0, "headers": [], "body": b""}

    async def receive() -> dict[str, Any]:
        return next(sent, {"type": "http.disconnect"})

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            got["status"] = message["status"]
            got["headers"] = [(name.decode(), value.decode()) for name, value in message["headers"]]
        else:
            got["body"] += message.get("body", b"")

    asked = path.partition("?")
    told = scope(
        "http", http_version="1.1", method=method, scheme="http", path=asked[0],
        raw_path=asked[0].encode(), query_string=asked[2].encode(), root_path="",
        headers=[(b"host", b"127.0.0.1:8000"), *given], client=CLIENT, server=SERVER,
    )  # fmt: skip
    begun = time.perf_counter()
    await app(told, receive, send)
    milliseconds = (time.perf_counter() - begun) * 1000
    return {**got, "body": got["body"].decode(), "milliseconds": milliseconds}


class Engine:
    """Applications by name, each started once.

    Args:
        bundle: what ``python -m tools.explorer`` writes: services and models.
    """

    def __init__(self, bundle: dict[str, Any]) -> None:
        self.bundle = bundle
        self.apps: dict[str, Any] = {}

    async def answer(self, question: str) -> str:
        """Return the answer to a request, both as JSON."""
        asked = json.loads(question)
        name = asked["service"]
        if name not in self.apps:
            service = self.bundle["services"][name]
            app = load(service, self.bundle["models"][service["model"]])
            await start(app)
            self.apps[name] = app
        got = await ask(
            self.apps[name], asked["method"], asked["path"], asked["headers"], asked["body"]
        )
        return json.dumps(got)
