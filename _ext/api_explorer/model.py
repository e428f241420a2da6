"""Services, their operations and recorded answers, as the page needs them. No Sphinx here."""

from __future__ import annotations

from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from docutils.nodes import make_id
from pydantic import BaseModel, ConfigDict

from _ext._shared.inputs import load_yaml
from _ext._shared.layout import spread
from _ext._shared.report import InputError
from _ext.http_example.model import load as load_transcript
from _ext.openapi.model import Document, DocumentError
from _ext.openapi.samples import body_for

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from _ext.openapi.model import Operation as Documented

LONGEST = 90
"""Characters of an example's name."""


class Answered(BaseModel):
    """An exchange, as ``tools.openapi`` writes it."""

    status: int
    answer: Any
    request: Any = None
    limit: str = ""


class Spec(BaseModel):
    """As much of OpenAPI 3 as has to be there."""

    paths: dict[str, dict[str, Any]]
    components: dict[str, dict[str, Any]] | None = None


class Facts(BaseModel):
    """What ``tools.explorer`` says of the engine that runs in a browser."""

    model_config = ConfigDict(extra="ignore")

    megabytes: float
    megabytes_unpacked: float
    python: str
    versions: dict[str, str]


@dataclass(frozen=True)
class Example:
    """A request, and the answer that was recorded.

    Args:
        label: what tells it from the operation's other examples.
        body: as text; empty when none is sent.
        headers: those that the request needs.
        status: of the answer; 0 when none was recorded.
        answer: its body as text.
        received: its headers, as far as they were recorded.
        limit: the known limit that makes it fail.
    """

    label: str
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    status: int = 0
    answer: str = ""
    received: dict[str, str] = field(default_factory=dict)
    limit: str = ""


@dataclass(frozen=True)
class Operation:
    """An operation that can be tried."""

    service: str
    document: str
    method: str
    path: str
    summary: str
    has_body: bool
    examples: tuple[Example, ...]

    @property
    def title(self) -> str:
        """The endpoint as one says it: ``POST /predict``."""
        return f"{self.method} {self.path}"

    @property
    def name(self) -> str:
        """What roles call it."""
        return f"{self.service} {self.title}"

    @property
    def anchor(self) -> str:
        """Its id, which stands in the address when it is chosen."""
        return make_id(f"try {self.name}")


@dataclass(frozen=True)
class Service:
    """A kind of service.

    Args:
        name: of its OpenAPI document, or of its transcript.
        title: for readers.
        operations: what it can be asked.
        runs: whether the browser can run it.
    """

    name: str
    title: str
    operations: tuple[Operation, ...]
    runs: bool

    def payload(self, places: Mapping[tuple[str, str], str]) -> dict[str, Any]:
        """Return what the script needs; ``places`` are addresses of endpoints and limits."""
        return {
            "name": self.name,
            "runs": self.runs,
            "operations": [
                {
                    "id": each.anchor,
                    "method": each.method,
                    "path": each.path,
                    "summary": each.summary,
                    "body": each.has_body,
                    "href": places.get(("endpoint", f"{each.document} {each.title}"), ""),
                    "examples": [_plain(example, places) for example in each.examples],
                }
                for each in self.operations
            ],
        }


def _plain(example: Example, places: Mapping[tuple[str, str], str]) -> dict[str, Any]:
    found = {key: value for key, value in vars(example).items() if value}
    if example.limit:
        found["limit"] = places.get(("limit", example.limit), "")
    return found


def read(directory: Path, name: str, title: str) -> tuple[Service, list[Path]]:
    """Return a service and the files that it was read from.

    Raises:
        InputError: there are no such files, or they are not as the tools write them.
    """
    document = directory / "openapi" / f"{name}.json"
    transcript = directory / "http" / f"{name}.json"
    if document.is_file():
        exchanges = document.with_suffix(".exchanges.json")
        return _documented(document, exchanges, name, title), [document, exchanges]
    if transcript.is_file():
        return _transcribed(transcript, name, title), [transcript]
    known = sorted(
        path.stem
        for path in [*directory.glob("openapi/*.json"), *directory.glob("http/*.json")]
        if "." not in path.stem
    )
    message = f"there is no service {name!r}; there are {', '.join(dict.fromkeys(known))}"
    raise InputError("service", message)


def _documented(path: Path, exchanges: Path, name: str, title: str) -> Service:
    document = Document(load_yaml(path, Spec).value.model_dump(exclude_none=True))
    recorded = load_yaml(exchanges, dict[str, list[Answered]]).value if exchanges.is_file() else {}
    try:
        operations = tuple(
            Operation(
                service=name,
                document=name,
                method=each.method.upper(),
                path=each.path,
                summary=each.summary,
                has_body=each.body is not None,
                examples=_examples(document, each, recorded.get(each.title, [])),
            )
            for each in document.operations()
        )
    except DocumentError as error:
        raise InputError("data", str(error), str(path)) from error
    return Service(name, title, operations, runs=True)


def _examples(
    document: Document, operation: Documented, recorded: list[Answered]
) -> tuple[Example, ...]:
    """Return the recorded requests, or the document's example without an answer."""
    if not recorded and operation.body:
        return (Example("Example", spread(body_for(document, operation.body))),)
    return tuple(
        Example(
            label=_label(each.status, _reason(each.answer)),
            body="" if each.request is None else spread(each.request),
            status=each.status,
            answer=spread(each.answer),
            limit=each.limit,
        )
        for each in recorded
    )


def _label(status: int, reason: str) -> str:
    phrase = HTTPStatus(status).phrase
    text = f"{status} {phrase}: {reason}" if reason else f"{status} {phrase}"
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _reason(answer: Any) -> str:
    """Return an error's first words."""
    detail = answer.get("detail") if isinstance(answer, dict) else None
    if isinstance(detail, list) and detail:
        place = ".".join(str(part) for part in detail[0]["loc"])
        return f"{place}: {detail[0]['msg']}"
    return detail if isinstance(detail, str) else ""


def _transcribed(path: Path, name: str, title: str) -> Service:
    transcript = load_transcript(path).value
    by_title: dict[tuple[str, str], list[Example]] = {}
    for each in transcript.exchanges.values():
        sent, got = each.request, each.response
        example = Example(
            label=f"{each.title} ({got.status})",
            body="" if sent.body is None else spread(sent.body),
            headers=sent.headers,
            status=got.status,
            answer=spread(got.body),
            received=got.headers,
        )
        by_title.setdefault((sent.method, sent.path), []).append(example)
    operations = tuple(
        Operation(name, name, method, path, "", any(each.body for each in found), tuple(found))
        for (method, path), found in by_title.items()
    )
    return Service(name, title, operations, runs=False)
