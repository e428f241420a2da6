"""Requests as a reader would write them: curl, Python, JavaScript. No Sphinx here."""

from __future__ import annotations

import shlex
import textwrap
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote, urlencode

from .examples import example
from .layout import spread, to_json, to_python
from .model import JSON_TYPE

if TYPE_CHECKING:
    from .model import Body, Document, Operation


class Sample(NamedTuple):
    """A request in one language."""

    label: str
    sync: str
    language: str
    text: str


@dataclass(frozen=True)
class Request:
    """A request with example values.

    Args:
        method: in capitals.
        url: with the path's and the query's values in place.
        headers: without the body's own media type.
        media_type: the body's; empty when there is no body.
        body: what is sent as JSON, or the text of another media type.
        answered: whether success comes with a body.
    """

    method: str
    url: str
    headers: dict[str, str] = field(default_factory=dict)
    media_type: str = ""
    body: Any = None
    answered: bool = True

    @property
    def is_json(self) -> bool:
        """Whether the body is JSON."""
        return self.media_type == JSON_TYPE or self.media_type.endswith("+json")

    @property
    def all_headers(self) -> dict[str, str]:
        """The headers, and the body's media type."""
        return self.headers | ({"Content-Type": self.media_type} if self.media_type else {})

    @property
    def payload(self) -> str:
        """The body as it is sent."""
        return to_json(self.body) if self.is_json else str(self.body)


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


def curl(request: Request) -> str:
    """Return a command for a POSIX shell, with its prompt."""
    method = [] if request.method == "GET" else [f"-X {request.method}"]
    parts = [" ".join(["$ curl", *method, shlex.quote(request.url)])]
    parts += [
        f"-H {shlex.quote(f'{name}: {value}')}" for name, value in request.all_headers.items()
    ]
    if request.media_type:
        parts.append(f"-d {shlex.quote(request.payload)}")
    return " \\\n    ".join(parts)


def python(request: Request) -> str:
    """Return a script for the ``requests`` package."""
    arguments = [to_json(request.url)]
    if request.is_json:
        arguments.append(f"json={spread(request.body, 10, 4, to_python, ',')}")
    elif request.media_type:
        arguments.append(f"data={to_python(request.payload)}")
    headers = request.headers if request.is_json else request.all_headers
    if headers:
        arguments.append(f"headers={to_python(headers)}")
    arguments.append("timeout=10")
    call = ",\n".join(textwrap.indent(each, "    ") for each in arguments)
    result = "response.json()" if request.answered else "response.status_code"
    return (
        f"import requests\n\nresponse = requests.{request.method.lower()}(\n{call},\n)\n"
        f"response.raise_for_status()\nprint({result})"
    )


def javascript(request: Request) -> str:
    """Return a module for browsers and Node."""
    options = [] if request.method == "GET" else [f"method: {to_json(request.method)}"]
    if request.all_headers:
        options.append(f"headers: {to_json(request.all_headers)}")
    if request.is_json:
        options.append(f"body: JSON.stringify({spread(request.body, 25)})")
    elif request.media_type:
        options.append(f"body: {to_json(request.payload)}")
    url = to_json(request.url)
    lines = ",\n".join(textwrap.indent(each, "  ") for each in options)
    call = f"fetch({url}, {{\n{lines},\n}})" if options else f"fetch({url})"
    result = "await response.json()" if request.answered else "response.status"
    return (
        f"const response = await {call};\n"
        "if (!response.ok) throw new Error(await response.text());\n"
        f"console.log({result});"
    )
