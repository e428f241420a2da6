"""Import the package and list what it offers. Runs in a process and a home of its own."""

from __future__ import annotations

import ast
import dataclasses
import importlib
import inspect
import json
import pkgutil
import sys
from enum import Enum
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from pydantic import BaseModel

from tools.inventory import scan

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

PACKAGE = "mltrack"
DISTRIBUTION = "mltrack-py"
RECEIVERS = {"self", "cls"}
GATHERING = {inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD}

Items = dict[str, dict[str, Any]]


def modules() -> dict[str, ModuleType]:
    """Return the package and all of its modules, by name."""
    package = importlib.import_module(PACKAGE)
    found = (each.name for each in pkgutil.walk_packages(package.__path__, f"{PACKAGE}."))
    return {name: importlib.import_module(name) for name in [PACKAGE, *sorted(found)]}


def parameters(value: Any) -> list[str]:
    """Return the parameters of a function or of a class, without ``self``."""
    if inspect.isclass(value) and issubclass(value, Enum):
        return []
    found = inspect.signature(value).parameters
    return [
        name
        for name, parameter in found.items()
        if name not in RECEIVERS and parameter.kind not in GATHERING
    ]


def members(cls: type) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield what a class defines in public: methods, fields, members of an enumeration."""
    fields = set(cls.__members__) if issubclass(cls, Enum) else set()
    if issubclass(cls, BaseModel):
        fields |= set(cls.model_fields)
    if dataclasses.is_dataclass(cls):
        fields |= {field.name for field in dataclasses.fields(cls)}
    for name in fields:
        yield name, {"kind": "attribute"}
    for name, value in vars(cls).items():
        if name.startswith("_") or name in fields:
            continue
        if isinstance(value, property):
            yield name, {"kind": "property"}
        elif isinstance(value, classmethod | staticmethod):
            yield name, {"kind": "method", "parameters": parameters(getattr(cls, name))}
        elif callable(value) and inspect.isfunction(inspect.unwrap(value)):  # also in a cache
            yield name, {"kind": "method", "parameters": parameters(value)}


def definitions(module: ModuleType) -> Iterator[tuple[str, Any]]:
    """Yield the public classes and functions that a module defines."""
    for name, value in vars(module).items():
        defined = inspect.isclass(value) or inspect.isfunction(value)
        if defined and not name.startswith("_") and value.__module__ == module.__name__:
            yield name, value


def python(found: dict[str, ModuleType]) -> Items:
    """Return the package's public names by where they are defined."""
    items: Items = {f"{PACKAGE}.__version__": {"kind": "data"}}
    for module_name, module in found.items():
        for attribute, value in definitions(module):
            name = f"{module_name}.{attribute}"
            kind = "class" if inspect.isclass(value) else "function"
            also = [
                f"{other}.{alias}"
                for other, reached in found.items()
                for alias, same in vars(reached).items()
                if same is value and f"{other}.{alias}" != name and not alias.startswith("_")
            ]
            items[name] = {"kind": kind, "parameters": parameters(value), "also": sorted(also)}
            if inspect.isclass(value):
                items |= {f"{name}.{member}": facts for member, facts in members(value)}
    return items


def command_line(group: click.Group) -> dict[str, Items]:
    """Return commands, options and arguments."""
    found: dict[str, Items] = {"command": {}, "option": {}, "argument": {}}
    for command in [group, *group.commands.values()]:
        path = PACKAGE if command is group else f"{PACKAGE} {command.name}"
        if command is not group:
            found["command"][path] = {}
        for parameter in command.params:
            if isinstance(parameter, click.Argument):
                found["argument"][f"{path} {parameter.human_readable_name}"] = {}
            elif isinstance(parameter, click.Option):
                flag = parameter.is_flag or parameter.is_eager
                for name in (*parameter.opts, *parameter.secondary_opts):
                    found["option"][f"{path} {name}"] = {"flag": flag}
    return found


def settings(model: type[BaseModel]) -> Items:
    """Return the keys of the configuration file."""
    return {
        name: {
            "type": inspect.formatannotation(field.annotation).replace("typing.", ""),
            "default": field.get_default(call_default_factory=True),
        }
        for name, field in model.model_fields.items()
    }


def sources(found: dict[str, ModuleType]) -> dict[str, ast.Module]:
    """Return the parsed source of all modules."""
    return {
        name: ast.parse(Path(module.__file__).read_text("utf-8"))
        for name, module in found.items()
        if module.__file__
    }


def inventory() -> dict[str, Items]:
    """Return everything that the installed package offers, by kind."""
    found = modules()
    trees = sources(found)
    names = python(found)
    return {
        "package": {DISTRIBUTION: {"version": version(DISTRIBUTION)}},
        "module": {name: {} for name in found},
        "python": names,
        **command_line(importlib.import_module(f"{PACKAGE}.cli").cli),
        "setting": settings(importlib.import_module(PACKAGE).MLTrackConfig),
        "variable": scan.variables(trees),
        "message": scan.messages(trees),
        "tag": {tag: facts for tag, facts in scan.tags(trees).items() if tag not in found},
    }


if __name__ == "__main__":
    json.dump(inventory(), sys.stdout)
