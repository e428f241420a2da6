"""From a script to its file, and from two files to their difference."""

from __future__ import annotations

import datetime
import difflib
import json
import os
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from _ext._shared.versions import installed

from .exchange import ExchangeError, check, mask, send
from .services import SERVICES, prepare, running

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .exchange import Response
    from .script import Request, Script

ROOT = Path(__file__).parents[2]
SHOWN_AT = "http://127.0.0.1:8000"
"""The address in the file: the recipe's. The service has a free port while it is recorded."""


@dataclass(frozen=True)
class Places:
    """Where scripts, documents and transcripts are."""

    scripts: Path = ROOT / "tools" / "http" / "scripts"
    data: Path = ROOT / "source" / "_data" / "http"
    documents: Path = ROOT / "source" / "_data" / "openapi"

    def names(self) -> list[str]:
        """Return the names of all scripts."""
        return sorted(path.stem for path in self.scripts.glob("*.yaml"))

    def script(self, name: str) -> Path:
        """Return the path of the script ``name``."""
        return self.scripts / f"{name}.yaml"

    def transcript(self, name: str) -> Path:
        """Return the path of what the script ``name`` recorded."""
        return self.data / f"{name}.json"


@contextmanager
def services(names: Iterable[str]) -> Iterator[dict[str, str]]:
    """Train, write and start the services ``names``; yield their addresses, then end them.

    Raises:
        ServiceError: one cannot be made or started.
    """
    wanted = sorted(set(names))
    with tempfile.TemporaryDirectory(prefix="http-") as directory:
        project = Path(directory) / "project"
        prepare(project, wanted)
        with running(project, wanted) as addresses:
            yield addresses


def record(script: Script, address: str, places: Places) -> dict[str, Any]:
    """Send the requests of ``script`` and return its file's content, dated today.

    Raises:
        ExchangeError: a response is not what the script or the document says.
    """
    document = json.loads(
        (places.documents / f"{SERVICES[script.service].document}.json").read_text("utf-8")
    )
    exchanges = {}
    for request in script.requests:
        try:
            response = [send(address, request) for _ in range(request.times)][-1]
            check(request, response, document)
        except ExchangeError as error:
            raise ExchangeError(f"{request.id}: {error}") from error
        exchanges[request.id] = exchange(request, response, script, address)
    content: dict[str, Any] = {
        "title": script.title,
        "service": script.service,
        "base_url": SHOWN_AT,
        "recorded": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "versions": installed(),
    }
    if script.decimals is not None:
        content["decimals"] = script.decimals
    return content | {"exchanges": exchanges}


def exchange(request: Request, response: Response, script: Script, address: str) -> dict[str, Any]:
    """Return an exchange as the file has it.

    Raises:
        ExchangeError: it tells where it was made.
    """
    sent: dict[str, Any] = {"method": request.method, "path": request.path}
    if request.headers:
        sent["headers"] = request.headers
    if request.body is not None:
        sent["body"] = request.body
    got = {
        "status": response.status,
        "reason": response.reason,
        "headers": response.headers,
        "body": mask(response.body, script.decimals),
    }
    got = json.loads(json.dumps(got).replace(address, SHOWN_AT))
    if tempfile.gettempdir() + "/http-" in json.dumps(got):
        raise ExchangeError(f"the response tells where it was made: {got['body']}")
    notes = {key: getattr(request, key) for key in ("invalid", "undocumented")}
    notes |= {key: getattr(request, key) for key in ("fails", "limit", "workaround")}
    kept = {key: value for key, value in notes.items() if value}
    return {"title": request.title, "request": sent, "response": got} | kept


def undated(content: dict[str, Any]) -> dict[str, Any]:
    """Return ``content`` without the date, which says nothing about what was recorded."""
    return {key: value for key, value in content.items() if key != "recorded"}


def text_of(content: dict[str, Any]) -> str:
    """Return the file's text."""
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def committed(name: str, places: Places) -> dict[str, Any] | None:
    """Return what is committed for ``name``; ``None`` if nothing readable is."""
    try:
        content = json.loads(places.transcript(name).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) else None


def save(name: str, content: dict[str, Any], places: Places) -> Path:
    """Write the transcript whole or not at all; keep the date if nothing else changed."""
    path = places.transcript(name)
    before = committed(name, places)
    if before and "recorded" in before and undated(before) == undated(content):
        content = content | {"recorded": before["recorded"]}
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text_of(content))
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    finally:
        Path(temporary).unlink(missing_ok=True)
    return path


def drift(name: str, content: dict[str, Any], places: Places) -> str:
    """Return how ``content`` differs from what is committed, for people; empty if it does not."""
    path = places.transcript(name)
    before = committed(name, places)
    if before is None:
        return f"{path} does not exist or is not JSON; run make http\n"
    lines = difflib.unified_diff(
        text_of(undated(before)).splitlines(keepends=True),
        text_of(undated(content)).splitlines(keepends=True),
        f"{path.name} (committed)",
        f"{path.name} (recorded now)",
    )
    remedy = "If this is right, run make http and commit the transcript.\n"
    return f"{difference}{remedy}" if (difference := "".join(lines)) else ""
