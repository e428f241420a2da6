"""One request and its response: sent, held against the OpenAPI document, masked."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from _ext.openapi.model import JSON_TYPE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .script import Request

TIMEOUT = 30.0
LARGEST = 100_000
"""Bytes of a response that are recorded."""

MASKS = {
    r"\bv\d{8}_[0-9a-f]{8}\b": "<version>",
    r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?\b": "<date>",
}
"""What is replaced inside texts."""
FIELDS = {r"(?:.*_)?(?:ms|seconds)": "<duration>"}
"""Fields whose number is replaced."""
HEADERS = {"content-type": None, "www-authenticate": None, "retry-after": "<seconds>"}
"""Headers of a response that are kept, and what replaces their values."""


class ExchangeError(RuntimeError):
    """A response that is not what the script or the document says."""


@dataclass(frozen=True)
class Response:
    """What came back."""

    status: int
    reason: str
    media_type: str
    body: Any
    headers: dict[str, str] = field(default_factory=dict)


def send(address: str, request: Request) -> Response:
    """Send ``request`` over TCP.

    Raises:
        ExchangeError: no response, or one that cannot be shown.
    """
    headers = dict(request.headers)
    content = None
    if request.body is not None:
        is_text = isinstance(request.body, str)
        content = request.body if is_text else json.dumps(request.body, ensure_ascii=False)
        if not any(name.lower() == "content-type" for name in headers):
            headers["Content-Type"] = "text/plain" if is_text else JSON_TYPE
    try:
        with httpx.Client(trust_env=False, timeout=TIMEOUT) as client:
            got = client.request(
                request.method,
                address + request.path,
                headers=headers,
                content=None if content is None else content.encode(),
            )
    except httpx.HTTPError as error:
        raise ExchangeError(f"no response: {error}") from error
    if len(got.content) > LARGEST:
        message = f"{len(got.content):,} bytes; at most {LARGEST:,} are recorded. Ask for less"
        raise ExchangeError(message)
    media_type = got.headers.get("content-type", "")
    try:
        text = got.content.decode("utf-8")
        body = json.loads(text) if media_type.split(";")[0] == JSON_TYPE else text
    except ValueError as error:
        raise ExchangeError(f"the body is not {media_type} in UTF-8: {error}") from error
    kept = {
        name: shown or got.headers[name] for name, shown in HEADERS.items() if got.headers.get(name)
    }
    return Response(got.status_code, got.reason_phrase, media_type, body, kept)


def check(request: Request, response: Response, document: Mapping[str, Any]) -> None:
    """Hold both against the script and the OpenAPI document.

    Raises:
        ExchangeError: they differ; the message says what to mend.
    """
    if response.status != request.status:
        shown = json.dumps(response.body, ensure_ascii=False)[:500]
        raise ExchangeError(f"status {response.status}, expected {request.status}: {shown}")
    if request.fails and request.fails not in json.dumps(response.body, ensure_ascii=False):
        raise ExchangeError(f"fails: {request.fails!r} is not in the response")
    path = request.path.split("?")[0]
    operation = document["paths"].get(path, {}).get(request.method.lower())
    if operation is None:
        if not request.undocumented:
            message = f"the document has no {request.method} {path}; set undocumented: true"
            raise ExchangeError(message)
        return
    _check_request(request, operation, document)
    _check_response(request, response, operation, document)


def _check_request(request: Request, operation: Any, document: Mapping[str, Any]) -> None:
    schema = _schema(operation.get("requestBody", {}), JSON_TYPE)
    fault = "" if schema is None else _fault(request.body, schema, document)
    if fault and not request.invalid:
        message = f"the document forbids this request: {fault}; mend it or set invalid: true"
        raise ExchangeError(message)
    if request.invalid and not fault:
        raise ExchangeError("invalid: the document allows this request; remove the key")


def _check_response(
    request: Request, response: Response, operation: Any, document: Mapping[str, Any]
) -> None:
    declared = operation["responses"].get(str(response.status))
    if declared is None:
        if not request.undocumented:
            message = f"the document has no status {response.status}; set undocumented: true"
            raise ExchangeError(message)
        return
    if request.undocumented:
        raise ExchangeError(f"undocumented: the document has status {response.status}; remove it")
    media_type = response.media_type.split(";")[0]
    schema = _schema(declared, media_type)
    if schema is None:
        raise ExchangeError(f"the document has no {media_type} for status {response.status}")
    if fault := _fault(response.body, schema, document):
        raise ExchangeError(f"the response violates the document: {fault}")


def _schema(holder: Mapping[str, Any], media_type: str) -> Any:
    return holder.get("content", {}).get(media_type, {}).get("schema")


def _fault(value: Any, schema: Any, document: Mapping[str, Any]) -> str:
    """Return the first thing that ``schema`` has against ``value``; empty if nothing."""
    if not isinstance(schema, dict):
        return ""
    validator = Draft202012Validator(schema | {"components": document.get("components", {})})
    error = next(iter(validator.iter_errors(value)), None)
    return "" if error is None else f"{error.json_path}: {error.message}"


def mask(value: Any, decimals: int | None = None, field: str = "") -> Any:
    """Return ``value`` with what differs from run to run replaced, and its numbers rounded."""
    if isinstance(value, dict):
        return {key: mask(each, decimals, key) for key, each in value.items()}
    if isinstance(value, list):
        return [mask(each, decimals, field) for each in value]
    if isinstance(value, str):
        for pattern, name in MASKS.items():
            value = re.sub(pattern, name, value)
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        for pattern, name in FIELDS.items():
            if re.fullmatch(pattern, field):
                return name
    if isinstance(value, float) and decimals is not None:
        return round(value, decimals)
    return value
