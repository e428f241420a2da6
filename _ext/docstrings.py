"""Mends the markup of the package's docstrings before autodoc reads it.

MLTrack's docstrings are Google style, with four habits that reStructuredText takes for
something else. Each becomes what its author meant:

* code below ``Example:`` becomes a code block, so that its indentation is no error;
* ``Heading:`` underlined with ``=`` becomes a rubric: a docstring can have no sections;
* a drawn tree of directories becomes a block of text;
* a list right below a paragraph gets the blank line that makes it a list.

Sphinx shows nothing of two things that readers look for: what ``__init__`` says of its
arguments goes below the class, and a pydantic model gets its fields, with type, description
and default. The values of an enumeration are shown here too, because autodoc asks nobody for words
about those without a docstring.
"""

from __future__ import annotations

import ast
import inspect
import re
from enum import Enum
from textwrap import dedent
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel
from pydantic_core import PydanticUndefined
from sphinx.util.typing import stringify_annotation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.application import Sphinx

BEFORE_NAPOLEON, AFTER_TYPEHINTS = 400, 600

EXAMPLE = re.compile(r"(?P<indent> *)Examples?:\s*$")
UNDERLINE = re.compile(r"={4,}\s*$")
BULLET = re.compile(r"(?P<indent> *)[-*] \S")
TREE = re.compile(r"[├└│]")


def mend(lines: list[str]) -> list[str]:
    """Return a docstring's lines with markup that says what the author meant."""
    return list(_lists(_trees(_headings(_examples(lines)))))


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _block_end(lines: list[str], start: int, indent: int) -> int:
    """Return where the block that starts at ``start`` ends: at a line indented less."""
    end = start
    while end < len(lines) and (not lines[end].strip() or _indent(lines[end]) >= indent):
        end += 1
    while end > start and not lines[end - 1].strip():
        end -= 1
    return end


def _is_code(block: list[str]) -> bool:
    """Tell whether a block is Python, without prompts."""
    text = dedent("\n".join(block)).strip()
    if not text or text.startswith((">>>", ".. ", "::")):
        return False
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return False
    return not all(isinstance(node, ast.Expr) and _is_word(node.value) for node in tree.body)


def _is_word(value: ast.expr) -> bool:
    return isinstance(value, ast.Name | ast.Constant)


def _as_block(language: str, block: list[str], indent: int) -> Iterator[str]:
    """Yield a code block at ``indent``."""
    yield f"{' ' * indent}.. code-block:: {language}"
    yield ""
    for line in dedent("\n".join(block)).split("\n"):
        yield f"{' ' * (indent + 3)}{line}".rstrip()


def _examples(lines: list[str]) -> list[str]:
    """Put the code below ``Example:`` into a code block."""
    result: list[str] = []
    at = 0
    while at < len(lines):
        result.append(lines[at])
        header = EXAMPLE.match(lines[at])
        at += 1
        if not header:
            continue
        inside = len(header["indent"]) + 1
        end = _block_end(lines, at, inside)
        block = lines[at:end]
        if _is_code(block):
            result += _as_block("python", block, len(header["indent"]) + 4)
            at = end
    return result


def _headings(lines: list[str]) -> list[str]:
    """Turn an underlined heading into a rubric."""
    result: list[str] = []
    for line in lines:
        title = result[-1].strip() if result else ""
        if title and UNDERLINE.match(line):
            result[-1:] = [f".. rubric:: {title.rstrip(':')}", ""]
        else:
            result.append(line)
    return result


def _trees(lines: list[str]) -> list[str]:
    """Put each paragraph that draws a tree into a block of text."""
    result: list[str] = []
    at = 0
    while at < len(lines):
        end = at
        while end < len(lines) and lines[end].strip():
            end += 1
        paragraph = lines[at:end]
        if any(TREE.match(line.lstrip()) for line in paragraph):
            result += _as_block("text", paragraph, min(map(_indent, paragraph)))
        else:
            result += paragraph
        if end < len(lines):
            result.append("")
        at = end + 1
    return result


def _lists(lines: list[str]) -> Iterator[str]:
    """Separate a list from the paragraph above it."""
    previous = ""
    literal: int | None = None
    for line in lines:
        if literal is not None and line.strip() and _indent(line) <= literal:
            literal = None
        if literal is None and line.lstrip().startswith(".. code-block::"):
            literal = _indent(line)
        bullet = BULLET.match(line)
        above = previous.strip() and not BULLET.match(previous)
        if bullet and above and literal is None and _indent(previous) <= len(bullet["indent"]):
            yield ""
        yield line
        previous = line


def with_arguments(lines: list[str], init: Any) -> list[str]:
    """Return a class's lines with the ``Args:`` of its ``__init__`` below them."""
    inner = (inspect.getdoc(init) or "").splitlines()
    if "Args:" not in inner or "Args:" in lines:
        return lines
    start = inner.index("Args:")
    return [*lines, "", *inner[start : _block_end(inner, start + 1, 1)], ""]


def field_lines(model: type[BaseModel]) -> list[str]:
    """Return a pydantic model's fields as reStructuredText, each with type and default."""
    lines: list[str] = []
    for name, field in model.model_fields.items():
        default = field.get_default(call_default_factory=True, validated_data={})
        lines += ["", f".. py:attribute:: {name}"]
        lines += [f"   :type: {stringify_annotation(field.annotation, 'smart')}"]
        lines += [f"   :value: {default!r}"] if default is not PydanticUndefined else []
        lines += ["", f"   {(field.description or '').rstrip('.')}."] if field.description else []
    return [*lines, ""]


def value_lines(values: type[Enum]) -> list[str]:
    """Return an enumeration's values as reStructuredText."""
    lines: list[str] = []
    for each in values:
        lines += ["", f".. py:attribute:: {each.name}", f"   :value: {each.value!r}", ""]
    return [*lines, ""]


def _is_model(obj: Any) -> bool:
    return isinstance(obj, type) and issubclass(obj, BaseModel)


def _process(app: Sphinx, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    """Mend ``lines`` in place, as autodoc's event wants it."""
    if _is_model(obj):
        lines[:] = [*mend(lines), *field_lines(obj)]
    elif isinstance(obj, type) and issubclass(obj, Enum):
        lines[:] = [*mend(lines), *value_lines(obj)]
    elif isinstance(obj, type):
        lines[:] = mend(with_arguments(lines, vars(obj).get("__init__")))
    else:
        lines[:] = mend(lines)


def _forget_data(
    app: Sphinx, what: str, name: str, obj: Any, options: Any, lines: list[str]
) -> None:
    """Drop ``data``, pydantic's name for all fields at once."""
    if _is_model(obj):
        lines[:] = [line for line in lines if not line.startswith((":param data:", ":type data:"))]


def _signature(
    app: Sphinx, what: str, name: str, obj: Any, options: Any, *signature: Any
) -> tuple[str, str] | None:
    """Return a pydantic model's signature: its fields are below, one by one."""
    return ("(**fields)", "") if _is_model(obj) else None


def setup(app: Sphinx) -> dict[str, bool]:
    """Stand before napoleon, and once behind sphinx-autodoc-typehints."""
    app.setup_extension("sphinx.ext.autodoc")
    app.connect("autodoc-process-docstring", _process, priority=BEFORE_NAPOLEON)
    app.connect("autodoc-process-docstring", _forget_data, priority=AFTER_TYPEHINTS)
    app.connect("autodoc-process-signature", _signature, priority=BEFORE_NAPOLEON)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
