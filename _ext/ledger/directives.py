"""What authors write: declarations of state, and the lists of the page on trust."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives

from _ext._shared.evidence import STATES
from _ext._shared.inputs import FeatureDirective
from _ext._shared.report import InputError

if TYPE_CHECKING:
    from docutils.nodes import Node

LONGEST_REASON = 300


class declared(nodes.General, nodes.Element):  # noqa: N801 - docutils names nodes in lower case
    """Around blocks whose state their author declares; gone once they are collected."""


class ledger_totals(nodes.General, nodes.Element):  # noqa: N801
    """Placeholder: how many blocks of the site are in each state."""


class ledger_table(nodes.General, nodes.Element):  # noqa: N801
    """Placeholder: all blocks in some states, with their reasons."""


class Declaration(FeatureDirective):
    """A container that gives the blocks in it a state, with a reason that the reader sees."""

    feature = "ledger"
    has_content = True
    optional_arguments = 1
    final_argument_whitespace = True
    declares: ClassVar[str]

    def build(self) -> list[Node]:
        """Return the container.

        Raises:
            InputError: the reason or the block is missing.
        """
        reason = " ".join(self.arguments[0].split()) if self.arguments else ""
        if not reason:
            message = f"{self.name} needs a reason that the reader sees, after its name"
            raise InputError("reason", message)
        if len(reason) > LONGEST_REASON:
            raise InputError("reason", f"the reason has {len(reason)} characters; say it shorter")
        self.assert_has_content()
        container = declared(state=self.declares, reason=reason, directive=self.name)
        self.set_source_info(container)
        container += self.parse_content_to_nodes()
        return [container]


class NotRun(Declaration):
    """``{not-run} reason``: it needs an account or hardware that we do not have."""

    declares = "not run"


class Illustration(Declaration):
    """``{illustration} reason``: not code to run."""

    declares = "illustration"


class Totals(FeatureDirective):
    """``{ledger-totals}``: the sums over all pages."""

    feature = "ledger"

    def build(self) -> list[Node]:
        """Return the placeholder."""
        node = ledger_totals()
        self.set_source_info(node)
        return [node]


class Table(FeatureDirective):
    """``{ledger-table} STATE, STATE``: the blocks in these states."""

    feature = "ledger"
    required_arguments = 1
    final_argument_whitespace = True
    option_spec: ClassVar[dict[str, Any]] = {"empty": directives.unchanged_required}

    def build(self) -> list[Node]:
        """Return the placeholder.

        Raises:
            InputError: there is no such state.
        """
        states = [" ".join(each.split()) for each in self.arguments[0].split(",")]
        for state in states:
            if state not in STATES:
                message = f"there is no state {state!r}; there are {', '.join(STATES)}"
                raise InputError("state", message)
        node = ledger_table(states=states, empty=self.options.get("empty", "There is none."))
        self.set_source_info(node)
        return [node]
