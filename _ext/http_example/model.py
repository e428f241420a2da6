"""A transcript of exchanges, and its requests and responses as text. No Sphinx here."""

from __future__ import annotations

import json
import unicodedata
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from _ext._shared.inputs import load_yaml
from _ext._shared.layout import spread
from _ext._shared.report import InputError
from _ext._shared.requests import JSON_TYPE, Request, curl, http, python
from _ext._shared.tabs import Sample

if TYPE_CHECKING:
    from pathlib import Path

    from _ext._shared.inputs import Data

LARGEST = 200_000
"""Bytes of a transcript."""
LONGEST = 8_000
"""Characters of a response's body that are shown."""


class Sent(BaseModel):
    """A request."""

    model_config = ConfigDict(extra="forbid")

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
    path: str = Field(pattern=r"^/[!-~]*$")
    headers: dict[str, str] = Field(default_factory=dict)
    body: Any = None


class Received(BaseModel):
    """A response."""

    model_config = ConfigDict(extra="forbid")

    status: int = Field(ge=100, le=599)
    reason: str
    headers: dict[str, str]
    body: Any


class Exchange(BaseModel):
    """A request with its response, and what the script says of it."""

    model_config = ConfigDict(extra="forbid")

    title: str
    request: Sent
    response: Received
    invalid: bool = False
    undocumented: bool = False
    fails: str = ""
    limit: str = ""
    workaround: str = ""


class Transcript(BaseModel):
    """What ``tools/http`` recorded from one service."""

    model_config = ConfigDict(extra="forbid")

    title: str
    service: str
    base_url: str = Field(pattern=r"^http://127\.0\.0\.1:\d+$")
    recorded: str = Field(pattern=r"^\d{4}-\d\d-\d\d$")
    versions: dict[str, str]
    decimals: int | None = None
    exchanges: dict[str, Exchange]


def load(path: Path) -> Data[Transcript]:
    """Return the transcript in ``path``.

    Raises:
        InputError: located at ``path:line``.
    """
    data = path.read_bytes()
    if len(data) > LARGEST:
        message = f"{len(data):,} bytes; at most {LARGEST:,} are shown. Ask for less"
        raise InputError("data", message, f"{path}:1")
    try:
        json.loads(data.decode("utf-8"))
        return load_yaml(path, Transcript)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError("data", f"not UTF-8 at byte {error.start}", f"{path}:{line}") from error
    except json.JSONDecodeError as error:
        raise InputError("data", f"not JSON: {error.msg}", f"{path}:{error.lineno}") from error
    except RecursionError as error:
        raise InputError("data", "nested too deeply", f"{path}:1") from error


def request_of(exchange: Exchange, base_url: str) -> Request:
    """Return the request as the samples need it."""
    sent, got = exchange.request, exchange.response
    media_type = ""
    if sent.body is not None:
        media_type = "text/plain" if isinstance(sent.body, str) else JSON_TYPE
        named = {name.lower(): value for name, value in sent.headers.items()}
        media_type = named.get("content-type", media_type)
    return Request(
        sent.method,
        base_url + sent.path,
        {name: value for name, value in sent.headers.items() if name.lower() != "content-type"},
        media_type,
        sent.body,
        answered=got.headers.get("content-type", "").startswith(JSON_TYPE),
        succeeds=got.status < 400,
    )


def samples(exchange: Exchange, base_url: str) -> list[Sample]:
    """Return the request in each language."""
    request = request_of(exchange, base_url)
    return [
        Sample("curl", "curl", "console", visible(curl(request))),
        Sample("Python", "python", "python", visible(python(request))),
        Sample("Raw HTTP", "http", "http", visible(http(request))),
    ]


def response(exchange: Exchange) -> str:
    """Return the status line, the headers and the body; a long body is cut visibly."""
    got = exchange.response
    head = [f"HTTP/1.1 {got.status} {got.reason}"]
    head += [f"{name}: {value}" for name, value in got.headers.items()]
    is_json = got.headers.get("content-type", "").startswith(JSON_TYPE)
    body = spread(got.body) if is_json else str(got.body)
    if len(body) > LONGEST:
        body = f"{body[:LONGEST]}\n… {len(body) - LONGEST:,} characters more"
    return visible("\n".join(head) + (f"\n\n{body}" if body else ""))


def visible(text: str) -> str:
    """Return ``text`` with control characters and other invisible ones as escapes."""
    return "".join(
        f"\\u{ord(each):04x}"
        if each not in "\n\t" and unicodedata.category(each) in {"Cc", "Cf", "Cs"}
        else each
        for each in text
    )
