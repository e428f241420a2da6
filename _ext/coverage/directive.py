"""The tables of the comparison, and the role ``absent``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from docutils import nodes
from sphinx.util.docutils import SphinxRole

from _ext._shared.inputs import FeatureDirective
from _ext._shared.report import InputError
from _ext._shared.tables import Cell, table

from .check import data_file, figures
from .collect import ABSENT_CLASS
from .model import KINDS

if TYPE_CHECKING:
    from sphinx.environment import BuildEnvironment


class coverage_table(nodes.General, nodes.Element):  # noqa: N801 - docutils names in lower case
    """Place of the table of figures."""


class omissions_table(nodes.General, nodes.Element):  # noqa: N801
    """Place of the table of omissions."""


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
