"""How a command ends: its exit statuses, and the errors that it prints with their cure.

``{outcomes} mltrack save`` shows the statuses, with ``:errors:`` the errors. Both are in
``source/_data/outcomes.yaml``; a test runs every line of it and compares.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from docutils import nodes
from docutils.parsers.rst import directives
from pydantic import BaseModel, ConfigDict, Field
from sphinx import addnodes

from _ext._shared.inputs import FeatureDirective, load_yaml
from _ext._shared.report import InputError
from _ext._shared.tables import Cell, table

if TYPE_CHECKING:
    from sphinx.application import Sphinx

FILE = "/_data/outcomes.yaml"
ABSENT = "mlt-absent"
"""The class of code that the package does not have; the directive ``coverage`` knows it."""
WRONG = 2
"""The status of a command line that click refuses."""
MEANING = {0: "Also with a message", 1: "It failed", WRONG: "The command line is wrong"}
STAND_IN = (
    "A program that stands in for Docker gave the outcomes that need Docker: they are what "
    "{} makes of Docker's answers."
)


class Outcome(BaseModel):
    """A command line that was run, how it ended, and what to do about it."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    run: str = Field(min_length=2)
    project: Literal["empty", "configured", "trained"] = Field(alias="in")
    status: int = Field(ge=0, le=255)
    when: str = Field(min_length=10)
    says: str | None = None
    cure: str | None = None
    error: str | None = None
    docker: Literal["works", "down", "taken", "refuses"] | None = None
    answers: str = ""
    stop_at: str = ""


class OutcomesDirective(FeatureDirective):
    """``{outcomes} COMMAND``: a table of exit statuses; with ``:errors:``, the errors."""

    feature = "outcomes"
    required_arguments = 1
    final_argument_whitespace = True
    option_spec: ClassVar[dict[str, Any]] = {"errors": directives.flag}

    def build(self) -> list[nodes.Node]:
        """Return the table, or the list of errors.

        Raises:
            InputError: the data or the command's name is wrong.
        """
        data = load_yaml(self.source_file(FILE), dict[str, list[Outcome]])
        command = self.arguments[0]
        if command not in data.value:
            known = ", ".join(data.value)
            raise InputError("name", f"outcomes.yaml has no command {command!r}; it has {known}")
        found = data.value[command]
        for number, outcome in enumerate(found):
            if (outcome.says is None) != (outcome.cure is None):
                message = "says and cure belong together: what it says, and what to do about it"
                raise InputError("data", message, data.place(command, number))
        errors = [each for each in found if each.says is not None]
        if "errors" in self.options:
            return [self._errors(errors)] if errors else []
        shown: list[nodes.Node] = [self._statuses(found)]
        if any(each.docker for each in found):
            before, after = STAND_IN.split("{}")
            name = nodes.literal("", command)
            shown.append(nodes.paragraph("", "", nodes.Text(before), name, nodes.Text(after)))
        return shown

    def _statuses(self, found: list[Outcome]) -> nodes.table:
        rows: list[tuple[int, Cell, nodes.literal]] = [
            (each.status, self._inline(each.when), line_of(each))
            for each in found
            if each.says is None
        ]
        for status in {each.status for each in found if each.says}:
            first = next(each for each in found if each.says and each.status == status)
            what = MEANING.get(status, MEANING[1])
            rows.append((status, f"{what}: see the errors below", line_of(first)))
        cells: list[tuple[Cell, Cell, Cell]] = [
            (nodes.literal("", str(status)), when, line)
            for status, when, line in sorted(rows, key=lambda row: row[0])
        ]
        return table(("Status", "When", "For example"), cells, "mlt-outcomes")

    def _errors(self, errors: list[Outcome]) -> nodes.definition_list:
        entries = nodes.definition_list(classes=["mlt-errors"])
        for each in errors:
            term = nodes.term("", "", nodes.literal("", str(each.says)))
            status = [nodes.Text(f"Status {each.status}, here from "), line_of(each)]
            body = nodes.definition("", nodes.paragraph("", "", *status, classes=["mlt-option"]))
            body += self.parse_text_to_nodes(f"{each.when} {each.cure}")
            if each.error:
                target = f"error-{nodes.make_id(each.error)}"[:60].rstrip("-")
                more = addnodes.pending_xref(
                    "", nodes.inline("", "More about this message"), refdomain="std",
                    reftype="ref", reftarget=target, refexplicit=True, refwarn=True,
                    refdoc=self.env.docname,
                )  # fmt: skip
                last = body.children[-1]
                if isinstance(last, nodes.paragraph):
                    last += [nodes.Text(" "), more, nodes.Text(".")]
            entries += nodes.definition_list_item("", term, body)
        return entries

    def _inline(self, text: str) -> list[nodes.Node]:
        return self.parse_inline(text)[0]


def line_of(outcome: Outcome) -> nodes.literal:
    """Return the command line as code; what does not exist is marked."""
    missing = (outcome.says or "").startswith(("Error: No such option", "Error: No such command"))
    return nodes.literal("", outcome.run, classes=[ABSENT] if missing else [])


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive."""
    app.add_directive("outcomes", OutcomesDirective)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
