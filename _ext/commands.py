"""Command pages: sphinx-click's ``click`` directive, with what it leaves out.

sphinx-click puts each command into a section titled like the command. Our pages have one
command each and are titled like it, so the section would say the title twice, on the page and
in its contents, and give two elements the same address. Here only its content stays.

To each option and argument come its type and default, the variable that it reads, and what the
command's own help does not say: beside which others it has an effect. That is in the data of the
command explorer, ``source/_data/cli_explorer/explorer.yaml``, which a test compares with what the
commands do.
"""

from __future__ import annotations

from importlib.metadata import entry_points
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import click
from docutils import nodes
from pydantic import BaseModel
from sphinx import addnodes
from sphinx_click.ext import ClickDirective

from _ext._shared.evidence import Evidence, attach
from _ext._shared.inputs import load_yaml
from _ext._shared.report import InputError, warn

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from sphinx.application import Sphinx

NO_VARIABLE = "No option reads an environment variable."
TYPES: dict[type[click.ParamType[Any]], str] = {
    click.types.StringParamType: "text",
    click.types.IntParamType: "whole number",
    click.types.FloatParamType: "number",
    click.types.BoolParamType: "true or false",
}
Fact = tuple[str, list[nodes.Node]]
"""A word, and what it is for this option."""


class Rule(BaseModel):
    """Parameters that have an effect under a condition only."""

    options: list[str]
    when: dict[str, bool | list[str]]
    """Another parameter, and whether it is given, or its values."""


class Values(BaseModel):
    """The values that there are of a parameter which click takes for any text."""

    choices: list[str] = []


class Known(BaseModel):
    """What the explorer knows of a command, and its help does not say."""

    rules: list[Rule] = []
    options: dict[str, Values] = {}


class Explorer(BaseModel):
    """What is read here of the explorer's data."""

    commands: dict[str, Known]


def type_of(parameter: click.Parameter) -> str:
    """Return what a parameter takes, in words."""
    if isinstance(parameter, click.Option) and (parameter.is_flag or parameter.count):
        return "flag"
    match parameter.type:
        case click.Choice(choices=choices):
            return f"one of {', '.join(str(each) for each in choices)}"
        case click.Path() as path:
            what = {(True, False): "file", (False, True): "directory"}
            name = what.get((path.file_okay, path.dir_okay), "path")
            return f"{name} that exists" if path.exists else name
        case other:
            return TYPES.get(type(other), str(other.name))


def default_of(parameter: click.Parameter) -> str | None:
    """Return the default as one would type it; for a flag, whether it is on."""
    default = parameter.default
    if isinstance(parameter, click.Option) and parameter.is_flag:
        return None if parameter.is_eager else "on" if default is True else "off"
    if default is None or callable(default) or type(default).__name__ == "Sentinel":
        return None
    return " ".join(map(str, default)) if isinstance(default, tuple | list) else str(default)


def facts_of(
    parameter: click.Parameter, known: Known, parameters: Mapping[str, click.Parameter]
) -> Iterator[Fact]:
    """Yield what there is to know about a parameter beside its help."""
    yield "Type", [nodes.Text(type_of(parameter))]
    if choices := known.options.get(str(parameter.name), Values()).choices:
        yield "Values", [nodes.literal("", ", ".join(sorted(choices)))]
    is_option = isinstance(parameter, click.Option)
    if is_option and (default := default_of(parameter)) is not None:
        plain = getattr(parameter, "is_flag", False)
        yield "Default", [nodes.Text(default) if plain else nodes.literal("", default)]
    elif is_option and not getattr(parameter, "is_flag", False):
        yield "Default", [nodes.Text("none")]
    if getattr(parameter, "multiple", False):
        yield "Repeatable", [nodes.Text("yes")]
    if parameter.envvar:
        names = [parameter.envvar] if isinstance(parameter.envvar, str) else parameter.envvar
        yield "Variable", [nodes.literal("", ", ".join(names))]
    for words, line in conditions_of(parameter, known.rules, parameters):
        yield words, [nodes.literal("", line)]


def conditions_of(
    parameter: click.Parameter, rules: Iterable[Rule], parameters: Mapping[str, click.Parameter]
) -> Iterator[tuple[str, str]]:
    """Yield beside which options a parameter has an effect, and beside which it has none."""
    for rule in rules:
        if parameter.name not in rule.options:
            continue
        for name, value in rule.when.items():
            option = parameters[name].opts[0]
            if isinstance(value, list):
                yield "Only with", " or ".join(f"{option} {each}" for each in value)
            else:
                yield ("Only with" if value else "No effect with"), option


def facts_line(facts: Iterable[Fact]) -> nodes.paragraph:
    """Return the facts in one line."""
    found = nodes.paragraph(classes=["mlt-option"])
    for word, values in facts:
        found += nodes.inline("", "", nodes.Text(f"{word}: "), *values)
        found += nodes.Text(" · ")
    found.pop()
    return found


def other_names(prog: str) -> list[str]:
    """Return the command line under the program's other names: ``ml save`` for ``mltrack save``."""
    program, _, rest = prog.partition(" ")
    scripts = entry_points(group="console_scripts")
    targets = {script.value for script in scripts if script.name == program}
    names = sorted({script.name for script in scripts if script.value in targets} - {program})
    return [f"{name} {rest}".rstrip() for name in names]


class Click(ClickDirective):  # type: ignore[misc]
    """The ``click`` directive: description, usage, arguments and options of one command."""

    def run(self) -> list[nodes.Node]:
        """Return what is in the command's section, below its title."""
        found: list[nodes.Node] = [
            node for section in super().run() for node in section.children[1:]
        ]
        for node in found:
            for usage in node.findall(nodes.literal_block):
                attach(usage, Evidence("checked", "the installed command's own help"))
        command = self._load_module(self.arguments[0])
        known = self.known(self.options["prog"].partition(" ")[2])
        for description in _options(found):
            _explain(description, command.params, known)
        found = _say_other_names(found, other_names(self.options["prog"]))
        if command.params and not any(each.envvar for each in command.params):
            found.append(nodes.paragraph("", NO_VARIABLE))
        return found

    def known(self, command: str) -> Known:
        """Return what the explorer knows of a command: nothing in a site without it."""
        path: Path = self.env.srcdir / "_data" / "cli_explorer" / "explorer.yaml"
        self.env.note_dependency(path)
        if not path.is_file():
            return Known()
        try:
            data = load_yaml(path, Explorer)
        except InputError as error:
            warn("commands", error.subtype, error.message, error.location)
            return Known()
        return data.value.commands.get(command, Known())


def names_of(parameter: click.Parameter) -> set[str]:
    """Return the names under which sphinx-click describes a parameter."""
    if isinstance(parameter, click.Option):
        return {*parameter.opts, *parameter.secondary_opts}
    return {parameter.human_readable_name, str(parameter.name)}


def _options(found: Iterable[nodes.Node]) -> Iterator[addnodes.desc]:
    for node in found:
        for description in node.findall(addnodes.desc):
            if description["objtype"] == "option":
                yield description


def _explain(description: addnodes.desc, parameters: list[click.Parameter], known: Known) -> None:
    """Put a line of facts in the place of sphinx-click's fields."""
    content = next(description.findall(addnodes.desc_content))
    names = {str(name) for name in next(description.findall(addnodes.desc_signature))["allnames"]}
    parameter = next((each for each in parameters if names & names_of(each)), None)
    if parameter is None:
        return
    for fields in list(content.findall(nodes.field_list)):
        fields.parent.remove(fields)
    by_name = {str(each.name): each for each in parameters}
    content += facts_line(facts_of(parameter, known, by_name))


def _say_other_names(found: list[nodes.Node], names: list[str]) -> list[nodes.Node]:
    """Say below the usage under which names the command also runs."""
    if not names:
        return found
    also = nodes.paragraph("", "The same under the program's other name: ")
    for before, name in pairwise(["", *names]):
        also += [nodes.Text(", ")] if before else []
        also += nodes.literal("", name)
    also += nodes.Text(".")
    place = next(
        (at for at, node in enumerate(found) if next(node.findall(nodes.literal_block), None)),
        len(found) - 1,
    )
    return [*found[: place + 1], also, *found[place + 1 :]]


def setup(app: Sphinx) -> dict[str, Any]:
    """Replace sphinx-click's directive."""
    app.setup_extension("sphinx_click")
    app.add_directive("click", Click, override=True)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
