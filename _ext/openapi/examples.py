"""Example values. Upstream makes them; this module hands it schemas that it can finish.

``sphinxcontrib.openapi.schema_utils.example_from_schema`` knows types, formats, lengths and
ranges, and gives the same value each time. It expects references to be resolved, and takes no
``const``, ``examples``, ``default``, ``null``, ``type`` list, exclusive limit or cycle.
"""

from __future__ import annotations

import math
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from sphinxcontrib.openapi.schema_utils import example_from_schema

if TYPE_CHECKING:
    from .model import Document, Schema

NULL: Schema = {"example": None}


class _CycleError(Exception):
    """A schema that needs itself."""


def example(document: Document, schema: Schema | bool) -> Any:
    """Return a value that ``schema`` accepts; the document's own examples come first.

    A schema that needs itself without end has no value; ``None`` stands for it.
    """
    try:
        return example_from_schema(_plain(document, schema, ()))
    except _CycleError:
        return None


def _plain(document: Document, schema: Any, above: tuple[str, ...]) -> Schema:
    """Return the schema without references, as upstream reads it.

    Raises:
        _CycleError: it needs itself.
    """
    if isinstance(schema, dict) and "$ref" in schema:
        if schema["$ref"] in above:
            raise _CycleError
        above = (*above, schema["$ref"])
        schema = document.follow(schema)
    if not isinstance(schema, dict):
        return {}
    if (given := _given(schema)) is not None:
        return given
    for key in ("anyOf", "oneOf"):
        if schema.get(key):
            return _first_possible(document, schema[key], above)
    if schema.get("allOf"):
        parts = [*schema["allOf"], {key: schema[key] for key in schema if key != "allOf"}]
        return {"allOf": [_plain(document, each, above) for each in parts]}
    kind = schema.get("type")
    if isinstance(kind, list):
        return _first_possible(document, [{**schema, "type": each} for each in kind], above)
    if kind == "null":
        return NULL
    if kind == "array":
        return _array(document, schema, above)
    if kind == "object" or "properties" in schema:
        return _object(document, schema, above)
    return _number(schema) if kind in ("integer", "number") else schema


def _given(schema: Schema) -> Schema | None:
    """Return the document's own example of ``schema``."""
    for key in ("example", "const", "default"):
        if key in schema:
            return {"example": schema[key]}
    if isinstance(schema.get("examples"), list) and schema["examples"]:
        return {"example": schema["examples"][0]}
    return None


def _first_possible(document: Document, choices: list[Any], above: tuple[str, ...]) -> Schema:
    """Return the first alternative that ends, null last."""
    for each in sorted(choices, key=lambda choice: choice == {"type": "null"}):
        try:
            return _plain(document, each, above)
        except _CycleError:
            continue
    raise _CycleError


def _array(document: Document, schema: Schema, above: tuple[str, ...]) -> Schema:
    try:
        items = _plain(document, schema.get("items", {}), above)
    except _CycleError:
        if schema.get("minItems"):
            raise
        return {"example": []}
    most = 1 if schema.get("uniqueItems") else schema.get("maxItems", 2)
    return {**schema, "items": items, "maxItems": max(most, schema.get("minItems", 0))}


def _object(document: Document, schema: Schema, above: tuple[str, ...]) -> Schema:
    properties = {}
    for name, value in schema.get("properties", {}).items():
        try:
            properties[name] = _plain(document, value, above)
        except _CycleError:
            if name in schema.get("required", []):
                raise
    values = schema.get("additionalProperties")
    if not properties and isinstance(values, dict):
        with suppress(_CycleError):
            properties["key"] = _plain(document, values, above)
    return {"type": "object", "properties": properties}


def _number(schema: Schema) -> Schema:
    """Return the schema with inclusive limits; upstream takes the middle of both."""
    whole = schema["type"] == "integer"
    step = schema.get("multipleOf", 1 if whole else 0.5)
    low, high = schema.get("minimum"), schema.get("maximum")
    over, under = schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")
    if isinstance(over, (int, float)) and not isinstance(over, bool):
        low = over + step if low is None else max(low, over + step)
    if isinstance(under, (int, float)) and not isinstance(under, bool):
        high = under - step if high is None else min(high, under - step)
    if "multipleOf" in schema:
        return {"example": step * math.ceil((low if low is not None else step) / step)}
    if low is not None and high is not None:
        middle = low + (high - low) / 2
        return {"example": int(middle) if whole and low <= int(middle) <= high else middle}
    limits = {"minimum": low, "maximum": high}
    return {"type": schema["type"]} | {k: v for k, v in limits.items() if v is not None}
