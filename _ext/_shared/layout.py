"""Values as text that people can read: on one line while it fits, then one entry a line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

WIDTH = 80


def to_json(value: Any) -> str:
    """Return ``value`` as JSON on one line."""
    return json.dumps(value, ensure_ascii=False)


def to_python(value: Any) -> str:
    """Return ``value`` as Python on one line, with double quotes."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{to_json(k)}: {to_python(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(to_python(each) for each in value) + "]"
    return to_json(value) if isinstance(value, str) else repr(value)


def spread(
    value: Any,
    used: int = 0,
    indent: int = 2,
    write: Callable[[Any], str] = to_json,
    comma: str = "",
) -> str:
    """Return ``value`` as a literal.

    Args:
        value: what JSON can hold.
        used: columns that are taken on the first line and on its end.
        indent: spaces a level.
        write: writes a value on one line, as :func:`to_json` does.
        comma: what follows the last entry of a list that is spread over lines.
    """
    line = write(value)
    if used + len(line) <= WIDTH or not isinstance(value, (dict, list)) or not value:
        return line
    ends = "{}" if isinstance(value, dict) else "[]"
    pad = " " * indent
    entries = [
        head + spread(each, indent + len(head) + 1, indent, write, comma).replace("\n", "\n" + pad)
        for head, each in _entries(value, write)
    ]
    body = ",\n".join(pad + entry for entry in entries)
    return f"{ends[0]}\n{body}{comma}\n{ends[1]}"


def _entries(value: dict[str, Any] | list[Any], write: Callable[[Any], str]) -> Iterator[Any]:
    if isinstance(value, dict):
        yield from ((f"{write(key)}: ", each) for key, each in value.items())
    else:
        yield from (("", each) for each in value)
