"""The services' endpoints and schemas, from the documents that ``tools.openapi`` exported."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")

Items = dict[str, dict[str, Any]]


def services(directory: Path) -> dict[str, Items]:
    """Return services, endpoints and schemas of the documents in ``directory``."""
    found: dict[str, Items] = {"service": {}, "endpoint": {}, "schema": {}}
    for file in sorted(directory.glob("*.json")):
        if file.name.endswith(".exchanges.json"):
            continue
        document = json.loads(file.read_text("utf-8"))
        kind = "container" if file.stem.startswith("container-") else "project"
        found["service"][file.stem] = {"kind": kind}
        for path, item in document["paths"].items():
            for method in METHODS:
                if method in item:
                    found["endpoint"][f"{file.stem} {method.upper()} {path}"] = {}
        for name in document.get("components", {}).get("schemas", {}):
            found["schema"][f"{file.stem} {name}"] = {}
    return found
