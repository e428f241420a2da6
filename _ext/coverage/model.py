"""The inventory, the omissions and their comparison with what pages document. Without Sphinx."""

from __future__ import annotations

import difflib
import json
import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from pathlib import Path

Kind = Literal[
    "python", "parameter", "command", "option", "argument", "setting", "variable", "endpoint",
    "schema", "message",
]  # fmt: skip

KINDS: dict[str, tuple[str, str, str]] = {
    "python": ("Python names", "Python name", "with autodoc below reference/python"),
    "parameter": ("Parameters", "parameter", "in the signature below reference/python"),
    "command": ("Commands", "command", "on a page that is titled like it, below reference/cli"),
    "option": ("Options", "option", "with 'click' on its command's page below reference/cli"),
    "argument": ("Arguments", "argument", "with 'click' on its command's page"),
    "setting": ("Configuration keys", "configuration key", "with 'confval'"),
    "variable": ("Environment variables", "environment variable", "with 'envvar'"),
    "endpoint": ("Endpoints", "endpoint", "with 'openapi' below reference/rest"),
    "schema": ("Schemas", "schema", "with 'openapi' below reference/rest"),
    "message": ("Error messages", "error message", "in source/_data/errors.yaml"),
}
"""Everything that is compared: its heading, its name, and how it is documented."""

SECTION = re.compile(r'  "(\w+)": \{')
ENTRY = re.compile(r'    ("(?:[^"\\]|\\.)*"): ')


class InventoryError(Exception):
    """The inventory is not one."""


class Omission(BaseModel):
    """What is left out on purpose."""

    model_config = ConfigDict(extra="forbid")

    kind: Kind
    name: str = "*"
    module: str = "*"
    reason: str = Field(min_length=10)

    def matches(self, kind: str, name: str, modules: Collection[str] = ()) -> bool:
        """Say whether an item is meant: its name, and all modules that have it."""
        inside = self.module == "*" or (
            bool(modules) and all(glob(self.module, module) for module in modules)
        )
        return kind == self.kind and glob(self.name, name) and inside


@dataclass(frozen=True)
class Figure:
    """How much of a kind is documented, and how much is left out with a reason."""

    kind: str
    total: int
    documented: int
    omitted: int


@dataclass
class Comparison:
    """What the comparison of inventory and pages found."""

    undocumented: list[tuple[str, str]] = field(default_factory=list)
    unknown: list[tuple[str, str]] = field(default_factory=list)
    idle: list[int] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)
    matched: list[int] = field(default_factory=list)


def glob(pattern: str, text: str) -> bool:
    """Say whether ``text`` is like ``pattern``, in which only ``*`` has a meaning."""
    wild = ".*".join(re.escape(part) for part in pattern.split("*"))
    return re.fullmatch(wild, text, re.DOTALL) is not None


@dataclass(frozen=True)
class Inventory:
    """What the package offers, as ``tools.inventory`` writes it."""

    data: Mapping[str, dict[str, dict[str, Any]]]
    lines: Mapping[tuple[str, str], int]

    @classmethod
    def load(cls, path: Path) -> Inventory:
        """Read the file.

        Raises:
            InventoryError: it is missing or something else.
        """
        try:
            text = path.read_text(encoding="utf-8")
            data = json.loads(text)
        except (OSError, ValueError) as error:
            raise InventoryError(str(error)) from error
        if not isinstance(data, dict) or not {"python", "option", "message"} <= data.keys():
            raise InventoryError("it has other keys than tools.inventory writes")
        lines, kind = {}, ""
        for number, line in enumerate(text.splitlines(), 1):
            if section := SECTION.match(line):
                kind = section[1]
            elif entry := ENTRY.match(line):
                lines[kind, json.loads(entry[1])] = number
        return cls(data, lines)

    def items(self, kind: str) -> dict[str, dict[str, Any]]:
        """Return what there is of a kind."""
        return self.parameters if kind == "parameter" else self.data.get(kind, {})

    @cached_property
    def parameters(self) -> dict[str, dict[str, Any]]:
        """Parameters as ``mltrack.core.track(name)``; a model's fields are names instead."""
        names = self.data["python"]
        return {
            f"{name}({parameter})": {"of": name}
            for name, facts in names.items()
            for parameter in facts.get("parameters", ())
            if f"{name}.{parameter}" not in names
        }

    @cached_property
    def _aliases(self) -> dict[str, str]:
        return {
            alias: name
            for name, facts in self.data["python"].items()
            for alias in facts.get("also", ())
        }

    def canonical(self, name: str) -> str:
        """Return where a Python name is defined, or the name itself."""
        if name in self.data["python"]:
            return name
        if name in self._aliases:
            return self._aliases[name]
        owner, _, member = name.rpartition(".")
        return f"{self._aliases[owner]}.{member}" if owner in self._aliases else name

    def has_name(self, name: str) -> bool:
        """Say whether a dotted name is one of the package, of its modules or of its tags."""
        known = (self.data["python"], self.data["module"], self.data["tag"])
        return self.canonical(name) in known[0] or name in known[1] or name in known[2]

    def near(self, kind: str, name: str) -> str:
        """Return a sentence with names like ``name``, or nothing."""
        names = [*self.items(kind), *(self._aliases if kind == "python" else ())]
        found = difflib.get_close_matches(name, names, 3, 0.6)
        return f" Did you mean {' or '.join(repr(each) for each in found)}?" if found else ""

    def line(self, kind: str, name: str) -> int:
        """Return the item's line in the file."""
        if kind == "parameter" and name in self.parameters:
            kind, name = "python", self.parameters[name]["of"]
        return self.lines.get((kind, name), 1)


def _omitted(
    inventory: Inventory, omissions: Iterable[Omission]
) -> tuple[dict[tuple[str, str], set[int]], list[set[tuple[str, str]]]]:
    """Return which omissions mean an item, and which items an omission means."""
    means: list[set[tuple[str, str]]] = []
    for omission in omissions:
        items = inventory.items(omission.kind).items()
        means.append(
            {
                (omission.kind, name)
                for name, facts in items
                if omission.matches(omission.kind, name, facts.get("in", ()))
            }
        )
    by_item: dict[tuple[str, str], set[int]] = {}
    for number, found in enumerate(means):
        for item in found:
            by_item.setdefault(item, set()).add(number)
    return by_item, means


def compare(
    inventory: Inventory, documented: Mapping[str, Collection[str]], omissions: list[Omission]
) -> Comparison:
    """Compare in both directions."""
    by_item, means = _omitted(inventory, omissions)
    result = Comparison(matched=[len(found) for found in means])
    for kind in KINDS:
        items, said = inventory.items(kind), set(documented.get(kind, ()))
        left_out = {name for name in items if (kind, name) in by_item}
        names = documented.get("python", ())
        without = {n for n in items if kind == "parameter" and items[n]["of"] not in names}
        left_out |= {n for n in without if ("python", items[n]["of"]) in by_item}
        missing = set(items) - said - left_out
        result.undocumented += [(kind, name) for name in sorted(missing - without)]
        result.unknown += [(kind, name) for name in sorted(said - set(items))]
        have = len(set(items) & said)
        result.figures.append(Figure(kind, len(items), have, len(left_out - said)))
    for number, found in enumerate(means):
        if all(name in documented.get(kind, ()) for kind, name in found):
            result.idle.append(number)
    return result
