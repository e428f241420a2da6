"""The tables of the comparison, the list of error messages, and the role ``absent``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from docutils import nodes
from pydantic import BaseModel, ConfigDict, Field
from sphinx.util.docutils import SphinxRole

from _ext._shared.inputs import FeatureDirective, load_yaml
from _ext._shared.records import note
from _ext._shared.report import InputError
from _ext._shared.tables import Cell, table

from .check import data_file, figures, load_inventory
from .collect import ABSENT_CLASS, ERROR
from .model import KINDS

if TYPE_CHECKING:
    from sphinx.environment import BuildEnvironment

    from .model import Inventory

WAYS = {"log": "a line in the log", "terminal": "printed", "warning": "a warning of Python"}


class coverage_table(nodes.General, nodes.Element):  # noqa: N801 - docutils names in lower case
    """Place of the table of figures."""


class omissions_table(nodes.General, nodes.Element):  # noqa: N801
    """Place of the table of omissions."""


class Message(BaseModel):
    """An error message: the text, when readers see it, and what they do about it."""

    model_config = ConfigDict(extra="forbid")

    message: str = Field(min_length=3)
    covers: list[str] = []
    origin: str | None = None
    when: str = Field(min_length=10)
    remedy: str = Field(min_length=10)


class CoverageDirective(FeatureDirective):
    """``{coverage}``: how much of the package these pages document."""

    feature = "coverage"
    node: ClassVar[type[nodes.Element]] = coverage_table

    def build(self) -> list[nodes.Node]:
        """Return the placeholder; the figures are there when all pages are read."""
        for name in ("inventory.json", "omissions.yaml"):
            self.env.note_dependency(data_file(self.env, name))
        placeholder = self.node()
        self.set_source_info(placeholder)
        return [placeholder]


class OmissionsDirective(CoverageDirective):
    """``{omissions}``: what these pages leave out, and why."""

    node = omissions_table


class ErrorsDirective(FeatureDirective):
    """``{errors} AREA``: the messages of one area of ``source/_data/errors.yaml``."""

    feature = "coverage"
    required_arguments = 1

    def build(self) -> list[nodes.Node]:
        """Return a definition list.

        Raises:
            InputError: the file or the area's name is wrong.
        """
        data = load_yaml(self.source_file("/_data/errors.yaml"), dict[str, list[Message]])
        self.file(data_file(self.env, "inventory.json"))
        inventory, area = load_inventory(self.env), self.arguments[0]
        if area not in data.value:
            known = ", ".join(data.value)
            raise InputError("option", f"errors.yaml has no area {area!r}; it has {known}")
        entries = nodes.definition_list(classes=["mlt-errors"])
        for number, message in enumerate(data.value[area]):
            if message.origin is None:
                for pattern in (message.message, *message.covers):
                    note(self.env, ERROR, (data.place(area, number), pattern))
            entries += self._entry(message, inventory)
        return [entries]

    def _entry(self, entry: Message, inventory: Inventory) -> nodes.definition_list_item:
        ways = inventory.items("message").get(entry.message, {}).get("as", [])
        says = ", ".join(WAYS.get(way, way) for way in ways) or entry.origin or ""
        shown = nodes.literal("", entry.message.replace("{}", "…"))
        term = nodes.term("", "", shown)
        target = f"error-{nodes.make_id(entry.message)}"[:60].rstrip("-")
        term["ids"].append(target)
        term["names"].append(target)
        self.state.document.note_explicit_target(term)
        origin = [nodes.paragraph("", f"({says})")] if says else []
        body = nodes.definition("", *origin)
        for text in (entry.when, entry.remedy):
            body += self.parse_text_to_nodes(text)
        return nodes.definition_list_item("", term, body)


class AbsentRole(SphinxRole):
    """``{absent}`mltrack train```: code that the package does not have, said on purpose."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the code, marked."""
        literal = nodes.literal(self.rawtext, self.text, classes=[ABSENT_CLASS])
        self.set_source_info(literal)
        return [literal], []


def show_coverage(env: BuildEnvironment, _node: Any) -> list[nodes.Node]:
    """Return the table of figures."""
    try:
        kinds = figures(env).kinds
    except InputError:
        return []  # the check has said so
    rows = [
        (KINDS[each.kind][0], str(each.total), str(each.documented), str(each.omitted))
        for each in kinds
    ]
    return [table(("What", "In the package", "Documented", "Left out"), rows)]


def show_omissions(env: BuildEnvironment, _node: Any) -> list[nodes.Node]:
    """Return the table of omissions."""
    try:
        left = figures(env).omissions
    except InputError:
        return []
    rows: list[tuple[Cell, ...]] = []
    for each in left:
        what = each.omission
        name = what.name if what.module == "*" else f"{what.module}: {what.name}"
        rows.append((KINDS[what.kind][0], nodes.literal("", name), str(each.items), what.reason))
    return [table(("What", "Name", "Number", "Why"), rows)] if rows else []
