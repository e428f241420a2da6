"""What to send: ``tools/http/scripts/NAME.yaml``, validated with file, line and key."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from _ext._shared.inputs import load_yaml
from _ext._shared.report import InputError

from .services import SERVICES

if TYPE_CHECKING:
    from pathlib import Path

Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*$")]
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]


class ScriptError(ValueError):
    """A script that cannot be used; the message begins with file and line."""


class Request(BaseModel):
    """A request, and what is expected of its response."""

    model_config = ConfigDict(extra="forbid")

    id: Id
    title: Text
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] = "GET"
    path: str = Field(pattern=r"^/[!-~]*$")
    headers: dict[str, str] = Field(default_factory=dict)
    body: Any = None
    status: int = Field(ge=100, le=599)
    times: int = Field(default=1, ge=1, le=100)
    invalid: bool = False
    undocumented: bool = False
    fails: Text | None = None
    limit: Id | None = None
    workaround: Id | None = None

    @model_validator(mode="after")
    def _agrees(self) -> Request:
        if (self.fails is None) != (self.limit is None):
            raise ValueError("fails and limit belong together: give both or none")
        if self.fails and self.status < HTTPStatus.BAD_REQUEST:
            raise ValueError(f"fails: status {self.status} is no failure")
        if self.fails and self.workaround:
            raise ValueError("workaround: a request that fails is none")
        if self.invalid and self.status != HTTPStatus.UNPROCESSABLE_ENTITY:
            raise ValueError("invalid: a request that the document forbids gets status 422")
        if self.method == "GET" and self.body is not None:
            raise ValueError("body: a GET request has none")
        return self


class Script(BaseModel):
    """The requests to one service, in the order in which they are sent."""

    model_config = ConfigDict(extra="forbid")

    title: Text
    service: str
    decimals: int | None = Field(default=None, ge=0, le=15)
    requests: list[Request] = Field(min_length=1)


def load(path: Path) -> Script:
    """Return the script in ``path``.

    Raises:
        ScriptError: it is missing or wrong.
    """
    if not path.is_file():
        known = ", ".join(sorted(each.stem for each in path.parent.glob("*.yaml"))) or "none"
        raise ScriptError(f"{path}: there is no such script; there are: {known}")
    try:
        data = load_yaml(path, Script)
    except InputError as error:
        raise ScriptError(f"{error.location}: {error.message}") from error
    except ValueError as error:  # not UTF-8
        raise ScriptError(f"{path}:1: not UTF-8: {error}") from error
    script = data.value
    if script.service not in SERVICES:
        known = ", ".join(SERVICES)
        message = f"service: no service {script.service!r}; there are {known}"
        raise ScriptError(f"{data.place('service')}: {message}")
    seen: set[str] = set()
    for number, request in enumerate(script.requests):
        if request.id in seen:
            place = data.place("requests", number, "id")
            raise ScriptError(f"{place}: requests.{number}.id: {request.id!r} is there already")
        seen.add(request.id)
    return script
