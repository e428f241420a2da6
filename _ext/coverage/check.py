"""The comparison, once all pages are read: warnings, and the figures for other pages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from _ext._shared.inputs import Data, load_yaml
from _ext._shared.records import noted
from _ext._shared.report import InputError, warn

from .collect import ABSENT, ERROR, MENTION, SIGNATURE
from .mentions import mentions, problem
from .model import KINDS, Comparison, Inventory, InventoryError, Omission, compare, glob

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

    from .model import Figure

FEATURE = "coverage"
OMISSIONS = "source/_data/omissions.yaml"
ABSENT_REMEDY = "Mend the name, or write {absent}`...` if you say that it does not exist"
STANDARD = {"confval": "setting", "envvar": "variable", "endpoint": "endpoint", "schema": "schema"}

Documented = dict[str, dict[str, str]]


@dataclass(frozen=True)
class Left:
    """An omission and the number of items that it means."""

    omission: Omission
    items: int


@dataclass(frozen=True)
class Figures:
    """What the comparison counted, for pages that show it."""

    version: str
    kinds: list[Figure]
    omissions: list[Left]


def data_file(env: BuildEnvironment, name: str) -> Path:
    """Return the path of a data file of the site."""
    return Path(env.srcdir) / "_data" / name


def load_inventory(env: BuildEnvironment) -> Inventory:
    """Read the site's inventory.

    Raises:
        InputError: it is missing or something else.
    """
    path = data_file(env, "inventory.json")
    try:
        return Inventory.load(path)
    except InventoryError as error:
        message = f"not an inventory: {error}. Write it with: python -m tools.inventory"
        raise InputError("file", message, f"{path}:1") from error


def load_omissions(env: BuildEnvironment) -> Data[list[Omission]]:
    """Read what is left out on purpose; a site without the file leaves nothing out.

    Raises:
        InputError: located in the file.
    """
    path = data_file(env, "omissions.yaml")
    return load_yaml(path, list[Omission]) if path.is_file() else Data(path, [], None)


def documented(env: BuildEnvironment, inventory: Inventory) -> Documented:
    """Return the names that pages document, by kind, each with its place."""
    marks = {(page, each[0]): each for page, each in noted(env, SIGNATURE)}
    found: Documented = {kind: {} for kind in KINDS}

    def add(kind: str, name: str, page: str, anchor: str) -> None:
        _, place, _ = marks.get((page, anchor), (anchor, page, []))
        found[kind].setdefault(name, place)

    for name, entry in env.domains.python_domain.objects.items():
        if entry.objtype == "module" or not name.startswith("mltrack"):
            continue
        canonical = inventory.canonical(name)
        add("python", canonical, entry.docname, entry.node_id)
        takes = inventory.items("python").get(canonical, {}).get("parameters")
        for parameter in marks.get((entry.docname, entry.node_id), ("", "", []))[2]:
            if f"{canonical}.{parameter}" in inventory.items("python"):  # a field of a model
                add("python", f"{canonical}.{parameter}", entry.docname, entry.node_id)
            elif takes is not None:
                add("parameter", f"{canonical}({parameter})", entry.docname, entry.node_id)
    standard = env.domains.standard_domain
    for (program, option), (page, anchor) in standard.progoptions.items():
        if program and program.split("-")[0] == "mltrack":
            kind = "option" if option.startswith("-") else "argument"
            add(kind, f"{program.replace('-', ' ', 1)} {option}", page, anchor)
    for (objtype, name), (page, anchor) in standard.objects.items():
        kind = STANDARD.get(objtype, "")
        ours = kind in ("setting", "variable") or name.split(" ")[0] in inventory.items("service")
        if kind and ours:
            add(kind, name, page, anchor)
    for page, title in env.titles.items():
        if title.astext() in _titles(inventory, title.astext()):
            add("command", title.astext(), page, "")
    for page, (place, pattern) in noted(env, ERROR):
        texts = [text for text in inventory.items("message") if glob(pattern, text)]
        for text in texts or [pattern]:
            found["message"].setdefault(text, place or page)
    return found


def _titles(inventory: Inventory, title: str) -> tuple[str, ...]:
    """Return ``title`` if it is that of a command's page, right or wrong."""
    words = title.split()
    if title in inventory.items("command"):
        return (title,)
    return (title,) if len(words) == 2 and words[0] == "mltrack" and words[1].islower() else ()


def compared(env: BuildEnvironment) -> tuple[Inventory, Data[list[Omission]], Comparison]:
    """Compare the whole site with the inventory.

    Raises:
        InputError: a data file is wrong.
    """
    inventory, omissions = load_inventory(env), load_omissions(env)
    return inventory, omissions, compare(inventory, documented(env, inventory), omissions.value)


def figures(env: BuildEnvironment) -> Figures:
    """Return what is documented and what is left out; everything has to be read by now.

    Raises:
        InputError: a data file is wrong.
    """
    inventory, omissions, result = compared(env)
    (package,) = inventory.items("package").values()
    left = [Left(each, count) for each, count in zip(omissions.value, result.matched, strict=True)]
    return Figures(str(package["version"]), result.figures, left)


def _warn_of_mentions(env: BuildEnvironment, inventory: Inventory) -> None:
    for _, (place, mention) in noted(env, MENTION):
        if said := problem(inventory, mention):
            warn(FEATURE, "unknown", f"{said} {ABSENT_REMEDY}", place)
    for _, (place, text) in noted(env, ABSENT):
        found = list(mentions(text))
        if not found:
            message = f"{text!r} names nothing that can be checked: write it as ordinary code"
            warn(FEATURE, "absent", message, place)
        elif all(problem(inventory, each) is None for each in found):
            message = f"{text!r} does exist: write it as ordinary code, and mend the sentence"
            warn(FEATURE, "absent", message, place)


def _undocumented(inventory: Inventory, result: Comparison) -> Iterator[tuple[int, str]]:
    for kind, name in result.undocumented:
        _, what, how = KINDS[kind]
        yield (
            inventory.line(kind, name),
            f"no page documents the {what} {name!r}. "
            f"Document it {how}, or list it with a reason in {OMISSIONS}",
        )


def _exact(env: BuildEnvironment, place: str, name: str) -> str:
    """Return ``path:line``: ``place``, or where the page that it names first says ``name``."""
    if place not in env.found_docs:
        return place
    path = Path(env.doc2path(place))
    last = re.split(r"[. (]", name.rstrip(")"))[-1]
    lines = path.read_text(encoding="utf-8").splitlines()
    return f"{path}:{next((n for n, line in enumerate(lines, 1) if last in line), 1)}"


def check(app: Sphinx, env: BuildEnvironment) -> None:
    """Warn of every difference between the pages and the package."""
    try:
        inventory, omissions, result = compared(env)
    except InputError as error:
        warn(FEATURE, error.subtype, error.message, error.location)
        return
    file = data_file(env, "inventory.json")
    for line, message in _undocumented(inventory, result):
        warn(FEATURE, "undocumented", message, f"{file}:{line}")
    places = documented(env, inventory)
    for kind, name in result.unknown:
        message = (
            f"the package has no {KINDS[kind][1]} {name!r}.{inventory.near(kind, name)} "
            "Mend the name or take it out"
        )
        warn(FEATURE, "unknown", message, _exact(env, places[kind][name], name))
    for number in result.idle:
        name = omissions.value[number].name
        message = f"the omission of {name!r} leaves out nothing (any more): mend or remove it"
        warn(FEATURE, "omission", message, omissions.place(number))
    _warn_of_mentions(env, inventory)
