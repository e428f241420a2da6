"""Requests to a document's endpoints, with example values. No Sphinx here."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from _ext._shared.layout import to_json
from _ext._shared.requests import Request, curl, javascript, python
from _ext._shared.tabs import Sample

from .examples import example

if TYPE_CHECKING:
    from .model import Body, Document, Operation


def request_for(
    document: Document, operation: Operation, base_url: str, body: Any = None
) -> Request:
    """Return a request with the parameters that it requires, and ``body`` or an example."""
    path = operation.path
    query: list[tuple[str, str]] = []
    headers: dict[str, str] = {}
    cookies: list[str] = []
    for parameter in operation.parameters:
        if parameter.place != "path" and not parameter.required:
            continue
        given = parameter.example
        value = example(document, parameter.schema) if given is None else given
        text = value if isinstance(value, str) else to_json(value)
        if parameter.place == "path":
            path = path.replace(f"{{{parameter.name}}}", quote(text, safe=""))
        elif parameter.place == "query":
            query.append((parameter.name, text))
        elif parameter.place == "header":
            headers[parameter.name] = text
        else:
            cookies.append(f"{parameter.name}={text}")
    if cookies:
        headers["Cookie"] = "; ".join(cookies)
    url = base_url.rstrip("/") + path + (f"?{urlencode(query)}" if query else "")
    answered = any(answer.body for answer in operation.answers if answer.succeeds)
    request = Request(operation.method.upper(), url, headers, answered=answered)
    if operation.body is None:
        return request
    if body is None:
        body = body_for(document, operation.body)
    return replace(request, media_type=operation.body.media_type, body=body)


def body_for(document: Document, body: Body) -> Any:
    """Return the document's example of a body, or one that its schema accepts."""
    return example(document, body.schema) if body.example is None else body.example


def samples(request: Request) -> list[Sample]:
    """Return the request in each language."""
    return [
        Sample("curl", "curl", "console", curl(request)),
        Sample("Python", "python", "python", python(request)),
        Sample("JavaScript", "javascript", "javascript", javascript(request)),
    ]
