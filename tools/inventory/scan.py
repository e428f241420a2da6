"""What can be read off the package's source: environment variables, messages, tags."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Items = dict[str, dict[str, Any]]

MARKUP = re.compile(r"\[/?(?:bold|dim|red|green|yellow|cyan|blue|magenta|italic)[^\]]*\]|\[/\]")
PERCENT = re.compile(r"%(?:\.\d+)?[sdrf]")
TROUBLE = re.compile(r"❌|⚠|\[red|\[yellow|\berror\b|\bfailed\b", re.IGNORECASE)
ASSIGNMENT = re.compile(r"([A-Z][A-Z0-9]*_[A-Z0-9_]+)=\S*")
TAG = re.compile(r"mltrack(?:\.[a-z_]+)+")
PRINTERS = {"print", "rprint", "echo", "secho"}
LOGGERS = {"warning", "error", "exception", "critical"}
READERS = {"getenv", "get", "pop", "setdefault"}


def template(node: ast.AST | None) -> str | None:
    """Return the text that ``node`` makes, with ``{}`` for what is only known when it runs."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(template(part) or "{}" for part in parts)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            texts = template(left), template(right)
            return None if texts == (None, None) else "".join(text or "{}" for text in texts)
        case _:
            return None


def tidy(text: str) -> str:
    """Return a message in one line, without Rich's markup."""
    return " ".join(PERCENT.sub("{}", MARKUP.sub("", text)).split())


def called(node: ast.AST | None) -> tuple[str, str]:
    """Return the last two names of what is called: ``("logger", "warning")``, ``("", "print")``."""
    match node:
        case ast.Call(func=ast.Name(id=name)):
            return "", name
        case ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr=name)):
            return owner, name
        case ast.Call(func=ast.Attribute(value=ast.Attribute(attr=owner), attr=name)):
            return owner, name
        case _:
            return "", ""


def message_of(node: ast.AST) -> tuple[str, str] | None:
    """Return how a statement or call tells of trouble, and what it says."""
    if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
        call, (_, way) = node.exc, called(node.exc)
    elif isinstance(node, ast.Call):
        call, (owner, name) = node, called(node)
        if owner == "logger" and name in LOGGERS:
            way = "log"
        elif (owner, name) == ("warnings", "warn"):
            way = "warning"
        elif name in PRINTERS and TROUBLE.search(template(next(iter(node.args), None)) or ""):
            way = "terminal"
        else:
            return None
    else:
        return None
    text = tidy(template(next(iter(call.args), None)) or "")
    return (way, text) if re.search(r"\w", text.replace("{}", "")) else None


def messages(trees: Mapping[str, ast.Module]) -> Items:
    """Return the messages with which the package tells of trouble."""
    found: dict[str, tuple[set[str], set[str]]] = {}
    for module, tree in trees.items():
        for node in ast.walk(tree):
            if message := message_of(node):
                way, text = message
                ways, modules = found.setdefault(text, (set(), set()))
                ways.add(way)
                modules.add(module)
    return {
        text: {"as": sorted(ways), "in": sorted(modules)} for text, (ways, modules) in found.items()
    }


def _is_environment(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "environ"


def _variables(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Yield how and which variables a module uses: ``("read", "USER")``."""
    copies = {
        target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and called(node.value) == ("environ", "copy")
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
            copied = isinstance(node.value, ast.Name) and node.value.id in copies
            if copied or _is_environment(node.value):
                yield "set" if isinstance(node.ctx, ast.Store) else "read", str(node.slice.value)
        elif isinstance(node, ast.Call):
            owner, name = called(node)
            if (owner == "environ" and name in READERS) or name == "getenv":
                yield "read", template(node.args[0]) or "{}"
            for keyword in node.keywords:
                if keyword.arg == "envvar" and (value := template(keyword.value)):
                    yield "read", value
        elif given := ASSIGNMENT.fullmatch(template(node) or ""):  # "-e", "NAME=value"
            yield "set", given[1]


def variables(trees: Mapping[str, ast.Module]) -> Items:
    """Return the environment variables, with the modules that read or set them."""
    found: Items = {}
    for module, tree in trees.items():
        for way, name in _variables(tree):
            facts = found.setdefault(name, {"read": [], "set": []})
            facts[way] = sorted({*facts[way], module})
    return found


def tags(trees: Mapping[str, ast.Module]) -> Items:
    """Return dotted strings of the source that look like Python names: MLflow's tags."""
    return {
        node.value: {}
        for tree in trees.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and TAG.fullmatch(node.value)
    }
