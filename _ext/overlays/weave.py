"""Put an overlay into a docstring of Google style. Knows no Sphinx."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .model import Overlays

HEADER = re.compile(r"(Args|Returns|Yields|Raises|Examples?|Notes?):\s*$")
ENTRY = re.compile(r"    (\*{0,2}\w+)(?: \([^)]*\))?: ?(.*)$")
FIELD = re.compile(r"\.\. py:attribute:: (\w+)$")
ORDER = ("Args", "Yields", "Returns", "Raises")


def sections(lines: list[str]) -> tuple[list[str], dict[str, list[str]], list[str]]:
    """Return what stands before the sections, the sections, and the fields of a model below."""
    head: list[str] = []
    found: dict[str, list[str]] = {}
    into = head
    for number, line in enumerate(lines):
        if FIELD.match(line):
            return head, found, lines[number:]
        if header := HEADER.match(line):
            into = found.setdefault(header[1], [])
        elif into is not head and line and not line.startswith(" "):
            head += ["", line]  # a paragraph below a section
            into = head
        else:
            into.append(line)
    return head, found, []


def entries(section: list[str]) -> dict[str, str]:
    """Return the entries of ``Args`` or ``Raises``, each on one line."""
    found: dict[str, str] = {}
    last = ""
    for line in section:
        if entry := ENTRY.match(line):
            last = entry[1]
            found[last] = entry[2]
        elif last and line.strip():
            found[last] += f" {line.strip()}"
    return found


def weave(lines: list[str], name: str, overlays: Overlays) -> list[str]:
    """Return a docstring's lines with what the overlays say of the object."""
    entry = overlays.entries[name]
    head, parts, fields = sections(lines)
    if entry.summary:
        rest = head.index("", _begin(head)) if "" in head[_begin(head) :] else len(head)
        head = [*_paragraph(entry.summary), *head[rest:]]
    takes = overlays.inventory.items("python")[name].get("parameters", [])
    said_of = {**entries(parts.pop("Args", [])), **entry.parameters}
    order = sorted(said_of, key=lambda each: takes.index(each) if each in takes else len(takes))
    raises = {**entries(parts.pop("Raises", [])), **entry.raises}
    result = [*head, ""]
    result += _listed("Args", {each: said_of[each] for each in order})
    for title in ("Yields", "Returns"):
        text = entry.returns if title == "Returns" else None
        own = parts.pop(title, [])
        if text or own:
            body = [f"    {_line(text)}"] if text else own
            result += [f"{title}:", *body, ""]
    result += _listed("Raises", raises)
    for title, body in parts.items():
        result += [f"{title}:", *body, ""]
    if entry.example:
        result += [f".. overlay-example:: {name}", ""]
    if entry.corrects:
        result += [f"*Corrected here.* {_line(entry.corrects)}", ""]
    return [*result, *_with_members(fields, entry.members)]


def _begin(head: list[str]) -> int:
    """Return where the first paragraph begins."""
    return next((number for number, line in enumerate(head) if line.strip()), 0)


def _line(text: str) -> str:
    return " ".join(text.split())


def _paragraph(text: str) -> list[str]:
    return text.strip().splitlines()


def _listed(title: str, said: dict[str, str]) -> list[str]:
    if not said:
        return []
    return [f"{title}:", *(f"    {each}: {_line(text)}" for each, text in said.items()), ""]


def _with_members(fields: list[str], members: dict[str, str]) -> list[str]:
    """Return a model's fields, each with what we add to it."""
    result: list[str] = []
    name = ""
    for line in [*fields, ".. py:attribute:: "] if fields else []:
        if line.startswith(".. py:attribute::"):
            if name in members:
                result += [f"   {_line(members[name])}", ""]
            name = line.removeprefix(".. py:attribute:: ")
        if line != ".. py:attribute:: ":
            result.append(line)
    return result
