"""The pieces of a section: tables, example blocks, types with links."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docutils import nodes

from _ext._shared.evidence import attach
from _ext._shared.layout import spread, to_json
from _ext._shared.tables import table

from .schema import limits_of, type_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from _ext._shared.evidence import Evidence

    from .model import Parameter
    from .schema import Field, Part

Cell = list[nodes.Node]


def part(text: str) -> nodes.rubric:
    """Return a heading that stays out of the table of contents."""
    return nodes.rubric("", text, classes=["mlt-openapi-part"])


def block(
    value: Any, evidence: Evidence, media_type: str = "application/json"
) -> nodes.literal_block:
    """Return an example value, and what stands behind it."""
    is_json = "json" in media_type
    text = spread(value) if is_json else str(value)
    language = "json" if is_json else "text"
    node = nodes.literal_block(text, text, language=language, classes=["mlt-openapi-example"])
    attach(node, evidence)
    return node


def caption(text: str) -> nodes.paragraph:
    """Return the line above a block."""
    return nodes.paragraph("", text, classes=["mlt-openapi-caption"])


def answer_item(status: str, phrase: str, content: list[nodes.Element]) -> nodes.Element:
    """Return a status and what comes with it."""
    classes = ["mlt-openapi-status", f"mlt-openapi-status-{status[:1]}"]
    badge = nodes.inline("", status, classes=classes)
    term = nodes.term("", "", badge, nodes.Text(f" {phrase}"))
    return nodes.definition_list_item("", term, nodes.definition("", *content))


def text_of(text: str) -> str:
    """Return the document's text on one line."""
    return " ".join(text.split())


def type_nodes(parts: Iterable[Part], anchors: Mapping[str, str]) -> Cell:
    """Return a type, its schemas linked where they are on the page."""
    found: Cell = []
    for text, schema in parts:
        if schema is None:
            found.append(nodes.Text(text))
        elif schema in anchors:
            literal = nodes.literal("", text)
            found.append(nodes.reference("", "", literal, refid=anchors[schema], internal=True))
        else:
            found.append(nodes.literal("", text))
    return found


def field_table(
    rows: Sequence[Field], anchors: Mapping[str, str], *, is_request: bool
) -> nodes.table:
    """Return the fields of a value."""
    always, never = ("required", "optional") if is_request else ("always there", "may be missing")
    cells: list[Sequence[Cell]] = [
        (
            _name(row.path),
            _typed(type_nodes(row.type, anchors), row.limits),
            _presence(always if row.required else never, row.default),
            _description(row.description, row.variant, deprecated=row.deprecated),
        )
        for row in rows
    ]
    return _table("mlt-openapi-fields", ("Field", "Type", "Presence", "Description"), cells)


def parameter_table(parameters: Sequence[Parameter], anchors: Mapping[str, str]) -> nodes.table:
    """Return the parameters of an endpoint."""
    cells: list[Sequence[Cell]] = []
    for each in parameters:
        schema = each.schema if isinstance(each.schema, dict) else {}
        default = to_json(schema["default"]) if "default" in schema else None
        limits = tuple(limits_of(each.schema))
        cells.append(
            (
                _name((each.name,)),
                [nodes.Text(f"in the {each.place}")],
                _typed(type_nodes(type_of(each.schema), anchors), limits),
                _presence("required" if each.required else "optional", default),
                _description(each.description or schema.get("description", "")),
            )
        )
    head = ("Parameter", "Place", "Type", "Presence", "Description")
    return _table("mlt-openapi-parameters", head, cells)


def _name(path: tuple[str, ...]) -> Cell:
    name = nodes.literal()
    above = "".join(f"{each}." for each in path[:-1]).replace(".[]", "[]")
    if above:
        name += nodes.inline("", above, classes=["mlt-openapi-above"])
    name += nodes.Text(path[-1])
    return [name]


def _typed(kind: Cell, limits: Sequence[str]) -> Cell:
    if not limits:
        return kind
    return [*kind, nodes.Text(", "), nodes.inline("", ", ".join(limits))]


def _presence(word: str, default: str | None) -> Cell:
    found: Cell = [nodes.inline("", word, classes=[f"mlt-openapi-{word.split()[0]}"])]
    if default is not None:
        found += [nodes.Text(", default "), nodes.literal("", default)]
    return found


def _description(text: str, variant: str = "", *, deprecated: bool = False) -> Cell:
    found: Cell = [nodes.strong("", "Deprecated."), nodes.Text(" ")] if deprecated else []
    if variant:
        found += [nodes.Text("In "), nodes.literal("", variant), nodes.Text(". ")]
    return [*found, nodes.Text(text_of(text))] if text else found


def _table(kind: str, head: Sequence[str], rows: Sequence[Sequence[Cell]]) -> nodes.table:
    """Return a table without the columns that are empty in all rows."""
    kept = [number for number in range(len(head)) if any(row[number] for row in rows)]
    cells = ([row[number] for number in kept] for row in rows)
    return table([head[number] for number in kept], cells, "mlt-openapi-table", kind)
