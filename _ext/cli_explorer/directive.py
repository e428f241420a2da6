"""The directive ``cli-explorer``, its node, and the same content as sections of options."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx import addnodes

from _ext._shared.inputs import FeatureDirective, load_yaml
from _ext._shared.records import note, noted
from _ext._shared.report import InputError
from _ext._shared.tables import Cell, table
from _ext.limits.model import Limits

from .model import Catalogue, Hint, Parameter, load

if TYPE_CHECKING:
    from sphinx.environment import BuildEnvironment

KIND = "cli-explorer"
TYPES = {"int": "whole number", "float": "number", "path": "directory", "flag": "switch"}
"""What types of values are called; all others are text."""


class cli_explorer(nodes.General, nodes.Element):  # noqa: N801 - docutils names nodes in lower case
    """The explorer: the catalogue for the template, and a table of tasks for other builders."""


def files(env: BuildEnvironment) -> tuple[Path, Path, Path]:
    """Return where the commands, the words and the limits stand."""
    data = Path(env.config.cli_explorer_data or Path(env.srcdir) / "_data" / "cli_explorer")
    return data / "commands.json", data / "explorer.yaml", Path(env.config.limits_data)


class CliExplorerDirective(FeatureDirective):
    """``{cli-explorer}``: find a command, fill in its options, copy the line.

    With ``:options:`` it shows a section for each command, with all options, instead.
    """

    feature = "cli-explorer"
    option_spec: ClassVar[dict[str, Any]] = {"options": directives.flag}

    def build(self) -> list[nodes.Node]:
        """Return the explorer, or the sections.

        Raises:
            InputError: a data file is wrong, or the page has an explorer.
        """
        tree, words, limits = (self.file(path) for path in files(self.env))
        titles = load_yaml(limits, Limits).value
        catalogue = load(tree, words, set(titles))
        for name in catalogue.commands:
            if page_of(self.env, name) not in self.env.found_docs:
                text = f"there is no page {page_of(self.env, name)!r} for the command {name!r}"
                raise InputError("page", text)
        if "options" in self.options:
            named = {name: limit.title for name, limit in titles.items()}
            return [self._section(catalogue, name, named) for name in catalogue.words]
        if noted(self.env, KIND, self.env.docname):
            raise InputError("twice", "this page has an explorer: one is enough")
        note(self.env, KIND, True)
        node = cli_explorer(catalogue=catalogue)
        rows: list[list[Cell]] = [
            [f"{task.group}: {task.words}", self._link(task.command)] for task in catalogue.tasks
        ]
        node += table(["Task", "Command"], rows)
        return [node]

    def _link(self, name: str) -> nodes.Node:
        """Return a link to a command's page."""
        title = f"mltrack {name}"
        return addnodes.pending_xref(
            "", nodes.literal("", title), refdomain="std", reftype="doc",
            reftarget=f"/{page_of(self.env, name)}", refdoc=self.env.docname,
            refexplicit=True, refwarn=True,
        )  # fmt: skip

    def _section(self, catalogue: Catalogue, name: str, limits: dict[str, str]) -> nodes.section:
        """Return a command with its options."""
        words = catalogue.words[name]
        section = nodes.section("", ids=[nodes.make_id(f"options-{name}")])
        section += nodes.title("", "", nodes.literal("", f"mltrack {name}"))
        more = [nodes.Text(f"{words.summary} "), nodes.Text("See "), self._link(name)]
        section += nodes.paragraph("", "", *more, nodes.Text("."))
        if params := catalogue.params(name):
            items = [_item(each, hint, catalogue.only(name, each.name)) for each, hint in params]
            section += nodes.definition_list("", *items, classes=["mlt-cli-options"])
        for limit in words.limits:
            ref = addnodes.pending_xref(
                "", nodes.inline("", limits[limit]), refdomain="std", reftype="ref",
                reftarget=f"limit-{limit}", refdoc=self.env.docname,
                refexplicit=True, refwarn=True,
            )  # fmt: skip
            section += nodes.paragraph("", "", nodes.Text("Known limit: "), ref, nodes.Text("."))
        return section


def page_of(env: BuildEnvironment, name: str) -> str:
    """Return the name of a command's page."""
    return f"{env.config.cli_explorer_pages}/{name}"


def _item(each: Parameter, hint: Hint | None, only: str) -> nodes.definition_list_item:
    """Return a parameter as a term and what there is to say about it."""
    names = [*each.opts, *each.off] or [each.title]
    term = nodes.term("")
    for number, name in enumerate(names):
        term += [nodes.Text(", ")] if number else []
        term += nodes.literal("", name)
    facts = [kind_of(each, hint)]
    facts += [f"default {each.shown_default}"] if each.shown_default else []
    facts += ["required"] if each.required else []
    facts += ["repeatable"] if each.multiple else []
    term += nodes.inline("", f" {', '.join(facts)}", classes=["mlt-cli-options__type"])
    said = [hint.note if hint else each.help, only]
    text = coded(" ".join(part for part in said if part))
    return nodes.definition_list_item(
        "", term, nodes.definition("", nodes.paragraph("", "", *text))
    )


def kind_of(each: Parameter, hint: Hint | None) -> str:
    """Return what a parameter takes, in words."""
    if choices := (hint and hint.choices) or each.choices:
        return " or ".join([", ".join(choices[:-1]), choices[-1]])
    if each.words:
        return "all words that follow"
    kind = TYPES.get(each.type, "text")
    return f"{kind} from {hint.range[0]} to {hint.range[1]}" if hint and hint.range else kind


def coded(text: str) -> list[nodes.Node]:
    """Return a text whose words in backquotes are code."""
    parts = re.split(r"`([^`]*)`", text)
    return [
        nodes.literal("", part) if number % 2 else nodes.Text(part)
        for number, part in enumerate(parts)
        if part
    ]
