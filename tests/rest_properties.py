"""Let Schemathesis ask every generated service, in a process of its own; print what it found.

``python -m tests.rest_properties DIRECTORY`` writes the services below an empty directory, imports
them one after the other, and has Schemathesis make up requests from each document: the edges of
each field, then random ones, such that the document allows and such that it forbids. Random rows
seldom have as many columns as the model needs, so a service that takes rows is asked a second time
by a document that names the number.

Hypothesis takes constants from the modules that are loaded, so only a process of its own asks the
same each time.
"""

from __future__ import annotations

import copy
import json
import logging
import sys
import warnings
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import schemathesis
from fastapi.testclient import TestClient
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import from_schema
from schemathesis.engine.events import NonFatalError, ScenarioFinished

from tools.openapi import worker
from tools.openapi.services import SERVICES, Service

if TYPE_CHECKING:
    from collections.abc import Iterator

EXAMPLES = 8
COLUMNS = 4
SETTINGS = {
    "seed": 1,
    "continue-on-failure": True,
    "generation": {"max-examples": EXAMPLES, "deterministic": True, "no-shrink": True},
    "phases": {"stateful": {"enabled": False}},
}
SENT = {"positive": "allowed", "negative": "forbidden"}

BODIES = [b"\xff", b"{", b'{"data": NaN}', b'{"data": "\\ud800"}']
"""Bodies that Schemathesis does not make: bytes, broken JSON, and what a 422 cannot quote."""

JSON = {"Content-Type": "application/json"}

Fault = tuple[str, str, int, str, str]
"""Endpoint, whether its document allows the request, status, Schemathesis' name, its words."""


def applications(directory: Path) -> Iterator[tuple[Service, Any]]:
    """Yield each service with its application. The next one takes the place of its modules."""
    models: dict[str, tuple[Path, dict[str, Any]]] = {}
    for service in SERVICES:
        if service.task not in models:
            path = directory / "models" / service.task
            models[service.task] = path, worker.save_model(service.task, path)
        model, info = models[service.task]
        target = directory / "services" / service.name
        target.mkdir(parents=True)
        write = worker.write_project if service.kind == "project" else worker.write_container
        yield service, worker.load(write(info, model, target), service)


def documents(app: Any) -> Iterator[dict[str, Any]]:
    """Yield the document of an application, and one with the model's number of columns."""
    document: dict[str, Any] = app.openapi()
    yield document
    narrow = copy.deepcopy(document)
    bodies = narrow.get("components", {}).get("schemas", {}).values()
    fields = [body["properties"]["data"] for body in bodies if "data" in body.get("properties", {})]
    rows = [field for field in fields if field.get("items", {}).get("type") == "array"]
    for field in rows:
        field["minItems"] = 1
        field["items"] |= {"minItems": COLUMNS, "maxItems": COLUMNS}
    if rows:
        yield narrow


def ask(name: str, app: Any, document: dict[str, Any]) -> tuple[Counter[Fault], Counter[str]]:
    """Return the faults of a service, and how many requests each endpoint got."""
    config = SchemathesisConfig.from_dict(SETTINGS)
    schema = schemathesis.openapi.from_dict(document, config=config)
    schema.app, schema.location = app, "/openapi.json"
    found: Counter[Fault] = Counter()
    asked: Counter[str] = Counter()
    for event in from_schema(schema).execute():
        if isinstance(event, NonFatalError):
            sys.exit(f"{name}: {event.info}")
        if not isinstance(event, ScenarioFinished):
            continue
        record = event.recorder
        endpoint = f"{name} {record.label}"
        asked[endpoint] += len(record.interactions)
        for case, checks in record.checks.items():
            answer = record.interactions[case].response
            sent = SENT[record.cases[case].value.meta.generation.mode.value]
            for failure in (each.failure_info.failure for each in checks if each.failure_info):
                what = type(failure).__name__
                says = answer.text if answer.status_code >= 400 else failure.message
                found[endpoint, sent, answer.status_code, what, says.splitlines()[0][:200]] += 1
    return found, asked


def ask_by_hand(name: str, app: Any) -> Iterator[tuple[str, str, int, str, str]]:
    """Yield endpoint, body, status, type and text of the answers to requests of our own."""
    with TestClient(app, raise_server_exceptions=False) as client:
        for path in [path for path, item in app.openapi()["paths"].items() if "post" in item]:
            answers = [
                (body.decode("latin1"), client.post(path, content=body, headers=JSON))
                for body in BODIES
            ]
            answers += [("GET", client.get(path)), ("nowhere", client.get(f"{path}/nowhere"))]
            for body, answer in answers:
                kind = answer.headers["content-type"].partition(";")[0]
                yield f"{name} POST {path}", body, answer.status_code, kind, answer.text


def main(directory: Path) -> None:
    """Ask all services and print what was found as JSON."""
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    found: Counter[Fault] = Counter()
    asked: Counter[str] = Counter()
    by_hand = []
    for service, app in applications(directory):
        by_hand += ask_by_hand(service.name, app)
        for document in documents(app):
            faults, requests = ask(service.name, app, document)
            found += faults
            asked += requests
    json.dump({"found": sorted(found), "asked": asked, "by_hand": by_hand}, sys.stdout)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
