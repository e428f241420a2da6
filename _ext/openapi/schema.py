"""JSON Schema for people: types in words, limits, rows of fields, examples. No Sphinx here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from _ext._shared.layout import to_json

from .model import component

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .model import Document, Schema

NUMBER_LIMITS = (
    ("minimum", "≥ {}"),
    ("exclusiveMinimum", "> {}"),
    ("maximum", "≤ {}"),
    ("exclusiveMaximum", "< {}"),
    ("multipleOf", "a multiple of {}"),
    ("pattern", "matches {}"),
)
SIZE_LIMITS = (("Length", "character"), ("Items", "item"), ("Properties", "property"))
PLURALS = {"character": "characters", "item": "items", "property": "properties"}


class Part(NamedTuple):
    """A piece of a type in words; ``schema`` names the schema that it stands for."""

    text: str
    schema: str | None = None


@dataclass(frozen=True)
class Field:
    """A row of a table of fields.

    Args:
        path: where it is below the value: ``("instances[]", "data")``.
        type: its type, in words.
        required: whether it must be there, when what it is in is there.
        default: its default as JSON, or ``None``.
        limits: what its value keeps to.
        description: the document's own text.
        variant: the alternative that has it, where the value may be one of several.
    """

    path: tuple[str, ...]
    type: tuple[Part, ...]
    required: bool = False
    default: str | None = None
    limits: tuple[str, ...] = ()
    description: str = ""
    variant: str = ""
    deprecated: bool = False

    @property
    def name(self) -> str:
        """The path as one writes it: ``instances[].data``."""
        return ".".join(self.path).replace(".[]", "[]")


def type_of(schema: Schema | bool) -> tuple[Part, ...]:
    """Return a schema's type in words, with the names of schemas as links."""
    if schema is False:
        return (Part("nothing"),)
    if not isinstance(schema, dict):
        return (Part("any value"),)
    if "$ref" in schema:
        name = component(schema["$ref"])
        return (Part(name or schema["$ref"].rsplit("/", 1)[-1], name),)
    for key, word in (("anyOf", " or "), ("oneOf", " or "), ("allOf", " and ")):
        if schema.get(key):
            return _join([type_of(each) for each in schema[key]], word)
    if "const" in schema:
        return (Part(to_json(schema["const"])),)
    names = schema.get("type", "object" if "properties" in schema else "any value")
    names = list(names) if isinstance(names, list) else [names]
    if schema.get("nullable"):
        names.append("null")
    return _join([_named_type(name, schema) for name in names], " or ")


def _named_type(name: str, schema: Schema) -> tuple[Part, ...]:
    values = schema.get("additionalProperties")
    if name == "array" and schema.get("items"):
        return (Part("array of "), *type_of(schema["items"]))
    if name == "object" and isinstance(values, dict) and values:
        return (Part("object of "), *type_of(values))
    if name == "string" and "format" in schema:
        return (Part(f"string ({schema['format']})"),)
    return (Part(name),)


def _join(types: list[tuple[Part, ...]], word: str) -> tuple[Part, ...]:
    joined: list[Part] = []
    for each in dict.fromkeys(types):
        joined += [Part(word), *each] if joined else each
    return tuple(joined)


def limits_of(schema: Schema | bool) -> Iterator[str]:
    """Yield what a value keeps to: its range, length, choices, pattern."""
    if not isinstance(schema, dict):
        return
    for key, text in NUMBER_LIMITS:
        if key in schema and not isinstance(schema[key], bool):
            yield text.format(_short(schema[key]))
    for key, noun in SIZE_LIMITS:
        for side, text in (("min", "at least"), ("max", "at most")):
            if (size := schema.get(side + key)) is not None:
                yield f"{text} {size} {noun if size == 1 else PLURALS[noun]}"
    if "enum" in schema:
        yield "one of " + ", ".join(to_json(value) for value in schema["enum"])
    if schema.get("uniqueItems"):
        yield "no item twice"
    for key, text in (("readOnly", "only in answers"), ("writeOnly", "only in requests")):
        if schema.get(key):
            yield text
    for text in limits_of(schema.get("items", False)):
        yield f"each item: {text}"
    if len(real := _variants(schema)) == 1:
        yield from limits_of(real[0])


def _short(limit: Any) -> str:
    """Return a limit without the ``.0`` that FastAPI gives whole numbers."""
    return str(int(limit)) if isinstance(limit, float) and limit.is_integer() else str(limit)


def _variants(schema: Schema) -> list[Any]:
    """Return the alternatives of a value, without null."""
    choices = [*schema.get("anyOf", []), *schema.get("oneOf", [])]
    return [each for each in choices if each != {"type": "null"}]


class Rows:
    """The fields below a schema.

    Args:
        document: where references lead.
        follow: whether to show the fields of other named schemas too.
    """

    def __init__(self, document: Document, *, follow: bool) -> None:
        self.document = document
        self.follow = follow

    def of(self, schema: Schema | bool) -> list[Field]:
        """Return the rows, nested fields below their parents; a cycle is opened once."""
        schema, above = self._open(schema, ())
        return list(self._below(schema, (), above))

    def _open(self, schema: Any, above: tuple[str, ...]) -> tuple[Any, tuple[str, ...]]:
        if isinstance(schema, dict) and "$ref" in schema:
            above = (*above, schema["$ref"])
            schema = self.document.follow(schema)
        return schema, above

    def _below(self, schema: Any, path: tuple[str, ...], above: tuple[str, ...]) -> Iterator[Field]:
        """Yield the rows of what ``schema`` holds, itself opened already."""
        if not isinstance(schema, dict):
            return
        for each in schema.get("allOf", []):
            yield from self._nested(each, path, above)
        variants = _variants(schema)
        for each in variants:
            label = "".join(part.text for part in type_of(each)) if len(variants) > 1 else ""
            for row in self._nested(each, path, above):
                yield replace(row, variant=row.variant or label)
        required = schema.get("required", [])
        for name, value in schema.get("properties", {}).items():
            yield self._row((*path, name), value, required=name in required)
            yield from self._nested(value, (*path, name), above)
        if isinstance(schema.get("items"), dict):
            yield from self._nested(schema["items"], _inside(path, "[]"), above)
        if isinstance(schema.get("additionalProperties"), dict):
            yield from self._nested(schema["additionalProperties"], _inside(path, ".*"), above)

    def _nested(self, value: Any, path: tuple[str, ...], above: tuple[str, ...]) -> Iterator[Field]:
        if (
            isinstance(value, dict)
            and "$ref" in value
            and (not self.follow or value["$ref"] in above)
        ):
            return
        opened, above = self._open(value, above)
        yield from self._below(opened, path, above)

    def _row(self, path: tuple[str, ...], schema: Any, *, required: bool) -> Field:
        meant = self.document.follow(schema)
        tree = {**(meant if isinstance(meant, dict) else {})}
        tree |= {key: schema[key] for key in ("description", "default") if key in (schema or {})}
        return Field(
            path=path,
            type=type_of(schema),
            required=required,
            default=to_json(tree["default"]) if "default" in tree else None,
            limits=tuple(limits_of(meant)),
            description=tree.get("description", ""),
            deprecated=tree.get("deprecated", False),
        )


def _inside(path: tuple[str, ...], mark: str) -> tuple[str, ...]:
    return (*path[:-1], path[-1] + mark) if path else (mark.lstrip("."),)
