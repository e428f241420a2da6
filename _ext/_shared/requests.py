"""HTTP requests as a reader would write them: curl, Python, JavaScript, HTTP. No Sphinx here."""

from __future__ import annotations

import shlex
import textwrap
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from .layout import spread, to_json, to_python

JSON_TYPE = "application/json"


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
        succeeds: whether the answer has a status of success.
    """

    method: str
    url: str
    headers: dict[str, str] = field(default_factory=dict)
    media_type: str = ""
    body: Any = None
    answered: bool = True
    succeeds: bool = True

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
    end = f"response.raise_for_status()\nprint({result})"
    if not request.succeeds:
        end = "print(response.status_code, response.text)"
    return f"import requests\n\nresponse = requests.{request.method.lower()}(\n{call},\n)\n{end}"


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


def http(request: Request) -> str:
    """Return what goes over the wire; there its lines end in CRLF, its head in an empty one."""
    parts = urlsplit(request.url)
    path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    head = [f"{request.method} {path} HTTP/1.1", f"Host: {parts.netloc}"]
    head += [f"{name}: {value}" for name, value in request.all_headers.items()]
    if not request.media_type:
        return "\n".join(head)
    body = spread(request.body) if request.is_json else request.payload
    head.append(f"Content-Length: {len(body.encode())}")
    return "\n".join(head) + f"\n\n{body}"
