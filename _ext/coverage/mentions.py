"""Names in the text: commands, Python names, variables and endpoints that pages speak of.

:func:`mentions` finds them, without knowing what exists; :func:`problem` says what is wrong.
"""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .model import Inventory

SEPARATOR = re.compile(r"&&|\|\||[;|]")
CALL = re.compile(r"(?:\$ )?(?:\w+=\S+ )*(?:mltrack|ml) (?P<rest>\S.*)")
WORD = re.compile(r"[a-z][a-z-]*")
NAME = re.compile(r"@?(?P<name>mltrack(?:\.[A-Za-z_]\w*)+)(?:\((?P<inside>[^()]*)\))?")
NAME_IN_CODE = re.compile(r"(?<![\w./@-])mltrack(?:\.[A-Za-z_]\w*)+(?![\w/-])")
PARAMETER = re.compile(r"(\w+)=?")
VARIABLE = re.compile(r"\bMLTRACK_[A-Z0-9_]*[A-Z0-9]\b")
ENDPOINT = re.compile(r"(?:GET|PUT|POST|DELETE|PATCH|HEAD|OPTIONS) /\S*")
ALWAYS = {"--help"}


class Mention(NamedTuple):
    """A name in a page's text."""

    kind: str
    text: str


def mentions(text: str) -> Iterator[Mention]:
    """Yield what inline code names."""
    yield from calls(text)
    yield from (Mention("variable", found) for found in VARIABLE.findall(text))
    if named := NAME.fullmatch(text.strip()):
        inside = PARAMETER.fullmatch(named["inside"] or "")
        yield Mention("python", f"{named['name']}({inside[1]})" if inside else named["name"])
    if ENDPOINT.fullmatch(text.strip()):
        yield Mention("endpoint", text.strip())


def mentions_in_code(line: str, language: str) -> Iterator[Mention]:
    """Yield what a line of a block names."""
    yield from calls(line)
    yield from (Mention("variable", found) for found in VARIABLE.findall(line))
    if language.startswith(("py", "ipython")):
        yield from (Mention("python", found) for found in NAME_IN_CODE.findall(line))


def calls(text: str) -> Iterator[Mention]:
    """Yield the calls of ``mltrack`` or ``ml``, without their program."""
    for part in SEPARATOR.split(text):
        if match := CALL.fullmatch(part.strip()):
            yield Mention("call", match["rest"])


def problem(inventory: Inventory, mention: Mention) -> str | None:
    """Return what is wrong with a mention, or ``None``."""
    kind, text = mention
    match kind:
        case "call":
            return _call(inventory, text)
        case "variable":
            known = text in inventory.items("variable")
            return None if known else _unknown(inventory, "variable", "environment variable", text)
        case "setting":
            known = text in inventory.items("setting")
            return None if known else _unknown(inventory, "setting", "configuration key", text)
        case "endpoint":
            paths = {name.partition(" ")[2] for name in inventory.items("endpoint")}
            return None if text in paths else f"no generated service has the endpoint '{text}'."
        case _:
            return _python(inventory, text)


def _unknown(inventory: Inventory, kind: str, what: str, name: str) -> str:
    return f"the package has no {what} '{name}'.{inventory.near(kind, name)}"


def _python(inventory: Inventory, text: str) -> str | None:
    name, _, rest = text.partition("(")
    if not inventory.has_name(name):
        return _unknown(inventory, "python", "Python name", name)
    parameter = f"{inventory.canonical(name)}({rest}"
    takes = inventory.items("python").get(inventory.canonical(name), {}).get("parameters")
    if not rest or takes is None or parameter in inventory.parameters:
        return None
    return f"'{name}' has no parameter '{rest.rstrip(')')}'; it has {', '.join(takes) or 'none'}."


def _call(inventory: Inventory, call: str) -> str | None:
    try:
        words = shlex.split(call)
    except ValueError:
        words = call.split()
    options = inventory.items("option")
    first = words[0]
    if first.startswith("-"):
        name = first.partition("=")[0]
        known = name in ALWAYS or f"mltrack {name}" in options
        return None if known else _unknown(inventory, "option", "option", f"mltrack {name}")
    if not WORD.fullmatch(first):
        return None  # a placeholder, or a version
    command = f"mltrack {first}"
    if command not in inventory.items("command"):
        return _unknown(inventory, "command", "command", command)
    rest = iter(words[1:])
    for word in rest:
        name = word.partition("=")[0]
        if word == "--":
            return None
        if not re.match(r"--?[a-zA-Z]", word) or name in ALWAYS:
            continue
        facts = options.get(f"{command} {name}")
        if facts is None:
            return _unknown(inventory, "option", "option", f"{command} {name}")
        if not facts["flag"] and "=" not in word:
            next(rest, None)
    return None
