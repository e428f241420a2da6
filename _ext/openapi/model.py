"""An OpenAPI 3 document as plain data: endpoints, parameters, bodies, answers. No Sphinx here."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

Schema = dict[str, Any]

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
"""The methods of a path, in the order in which OpenAPI lists them."""

COMPONENTS = "#/components/schemas/"
JSON_TYPE = "application/json"


class DocumentError(Exception):
    """The document contradicts itself.

    Args:
        message: what is wrong.
        text: a text to look for in the file, to say where.
    """

    def __init__(self, message: str, text: str = "") -> None:
        super().__init__(message)
        self.text = text


@dataclass(frozen=True)
class Body:
    """What a request or an answer carries."""

    media_type: str
    schema: Schema | bool
    required: bool = False
    example: Any = None
    """The document's own example; ``None`` when it gives none."""


@dataclass(frozen=True)
class Parameter:
    """A value in the path, the query string, a header or a cookie."""

    name: str
    place: str
    schema: Schema | bool
    required: bool
    description: str
    example: Any = None


@dataclass(frozen=True)
class Answer:
    """A response, by status."""

    status: str
    description: str
    body: Body | None

    @property
    def succeeds(self) -> bool:
        """Whether the status is one of 200 to 299."""
        return self.status.startswith("2")


@dataclass(frozen=True)
class Operation:
    """A method of a path."""

    method: str
    path: str
    summary: str = ""
    description: str = ""
    deprecated: bool = False
    parameters: tuple[Parameter, ...] = ()
    body: Body | None = None
    answers: tuple[Answer, ...] = ()

    @property
    def title(self) -> str:
        """The endpoint as one says it: ``POST /predict``."""
        return f"{self.method.upper()} {self.path}"


@dataclass(frozen=True)
class Document:
    """An OpenAPI document.

    Args:
        tree: the document, as JSON or YAML gives it. It is never changed.
    """

    tree: dict[str, Any] = field(repr=False)

    @property
    def schemas(self) -> dict[str, Schema]:
        """The named schemas, in the document's order."""
        schemas: dict[str, Schema] = (self.tree.get("components") or {}).get("schemas") or {}
        return schemas

    def look_up(self, reference: str) -> Any:
        """Return what a ``$ref`` points at.

        Raises:
            DocumentError: nothing is there, or it is outside of the document.
        """
        if not reference.startswith("#/"):
            message = f"$ref {reference!r} leaves the document; only '#/…' can be followed"
            raise DocumentError(message, reference)
        here: Any = self.tree
        for step in reference[2:].split("/"):
            key = unquote(step).replace("~1", "/").replace("~0", "~")
            if not isinstance(here, dict) or key not in here:
                raise DocumentError(f"$ref {reference!r} points at nothing", reference)
            here = here[key]
        return here

    def follow(self, value: Any) -> Any:
        """Return ``value``, or what it refers to.

        Raises:
            DocumentError: a reference leads nowhere, or back to itself.
        """
        seen: list[str] = []
        while isinstance(value, dict) and isinstance(value.get("$ref"), str):
            reference = value["$ref"]
            if reference in seen:
                raise DocumentError(f"$ref {reference!r} leads back to itself", reference)
            seen.append(reference)
            value = self.look_up(reference)
        return value

    def operations(
        self, paths: Collection[str] = (), methods: Collection[str] = ()
    ) -> Iterator[Operation]:
        """Yield the endpoints in the document's order, all of them or those named.

        Raises:
            DocumentError: an endpoint is not described as OpenAPI describes it.
        """
        for path, item in self.tree["paths"].items():
            if paths and path not in paths:
                continue
            item = self.follow(item)
            for method in METHODS:
                if method in item and (not methods or method in methods):
                    try:
                        operation = self._operation(path, method, item)
                    except (AttributeError, KeyError, TypeError) as error:
                        endpoint = f"{method.upper()} {path}"
                        message = f"{endpoint} is not as OpenAPI 3 has it: {error!r}"
                        raise DocumentError(message, path) from error
                    yield operation

    def _operation(self, path: str, method: str, item: dict[str, Any]) -> Operation:
        tree = item[method]
        of_path = [self.follow(value) for value in item.get("parameters", [])]
        own = [self.follow(value) for value in tree.get("parameters", [])]
        parameters = {(value["name"], value["in"]): value for value in [*of_path, *own]}
        return Operation(
            method=method,
            path=path,
            summary=tree.get("summary", ""),
            description=tree.get("description", ""),
            deprecated=tree.get("deprecated", False),
            parameters=tuple(self._parameter(value) for value in parameters.values()),
            body=self._body(tree.get("requestBody")),
            answers=tuple(
                self._answer(str(status), answer)
                for status, answer in tree.get("responses", {}).items()
            ),
        )

    def _parameter(self, tree: dict[str, Any]) -> Parameter:
        schema = tree.get("schema")
        content = _first_content(tree)
        return Parameter(
            name=tree["name"],
            place=tree["in"],
            schema=schema if schema is not None else (content[1].get("schema", {})),
            required=tree.get("required", False),
            description=tree.get("description", ""),
            example=_example(tree) if "content" not in tree else _example(content[1]),
        )

    def _body(self, tree: Any) -> Body | None:
        tree = self.follow(tree)
        if not tree or not tree.get("content"):
            return None
        media_type, media = _first_content(tree)
        return Body(
            media_type=media_type,
            schema=media.get("schema", {}),
            required=tree.get("required", False),
            example=_example(media, self),
        )

    def _answer(self, status: str, tree: Any) -> Answer:
        tree = self.follow(tree)
        return Answer(status, tree.get("description", ""), self._body(tree))

    def reachable(self, operations: Collection[Operation]) -> list[str]:
        """Return the named schemas that the endpoints use, however deep, in document order."""
        found: set[str] = set()
        waiting: list[Any] = []
        for operation in operations:
            bodies = [operation.body, *(answer.body for answer in operation.answers)]
            waiting += [body.schema for body in bodies if body]
            waiting += [parameter.schema for parameter in operation.parameters]
        while waiting:
            value = waiting.pop()
            if isinstance(value, list):
                waiting += value
            if not isinstance(value, dict):
                continue
            reference = value.get("$ref")
            name = component(reference) if isinstance(reference, str) else None
            if name and name not in found:
                found.add(name)
                waiting.append(self.look_up(value["$ref"]))
            waiting += value.values()
        return [name for name in self.schemas if name in found]


def component(reference: str) -> str | None:
    """Return the name in a reference to a named schema."""
    rest = reference.removeprefix(COMPONENTS)
    return None if rest == reference or "/" in rest else unquote(rest)


def _first_content(tree: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return the JSON variant of a body, or its first one."""
    content: dict[str, Any] = tree.get("content") or {}
    media_type = JSON_TYPE if JSON_TYPE in content else next(iter(content), JSON_TYPE)
    return media_type, content.get(media_type) or {}


def _example(tree: dict[str, Any], document: Document | None = None) -> Any:
    """Return ``example``, or the first of ``examples``, or ``None``."""
    if "example" in tree:
        return tree["example"]
    for value in (tree.get("examples") or {}).values():
        value = document.follow(value) if document else value
        return value.get("value")
    return None
