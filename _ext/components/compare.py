"""Two things side by side: the comparison table, and before and after."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives

from _ext._shared.report import InputError
from _ext.icons import icon_node

from .nodes import BlockDirective, line

if TYPE_CHECKING:
    from docutils.nodes import Node

ANSWER = re.compile(r"(yes|no|in part)\b", re.IGNORECASE)
ANSWERS = {"yes": ("yes", "check"), "no": ("no", "x"), "in part": ("part", "minus")}
"""Words at the beginning of a cell → class and icon."""


class Comparison(BlockDirective):
    """``{comparison} Title``: a table whose first column stays, and whose answers have icons."""

    wants = "one table, with at least two columns"
    required_arguments = 1
    final_argument_whitespace = True

    def build(self) -> list[Node]:
        """Return the table.

        Raises:
            InputError: there is no table, or something beside it.
        """
        table = self.only(nodes.table)
        columns = list(table.findall(nodes.colspec))
        if len(columns) < 2:
            raise self.wrong()
        columns[0]["stub"] = 1
        for group in table.findall(nodes.tgroup):
            group["stubs"] = [1, *[0] * (len(columns) - 1)]
        for body in table.findall(nodes.tbody):
            for entry in body.findall(nodes.entry):
                self._mark(entry)
        title = " ".join(self.arguments[0].split())
        corner = next(iter(table.findall(nodes.entry)))
        if not corner.astext().strip():  # a header cell without words has no meaning when read out
            words = nodes.inline("", title, classes=["visually-hidden"])
            corner.children = [nodes.paragraph("", "", words)]
            corner.setup_child(corner.children[0])
        return [self.around("comparison", [table], label=title)]

    def _mark(self, entry: nodes.entry) -> None:
        """Put the icon of its answer before the words of a cell."""
        paragraph = next(iter(entry.findall(nodes.paragraph)), None)
        match = ANSWER.match(entry.astext())
        if paragraph is None or match is None:
            return
        kind, name = ANSWERS[match[1].lower()]
        paragraph["classes"] += ["mlt-answer", f"mlt-answer--{kind}"]
        paragraph.insert(0, [icon_node(self.env, name), nodes.Text(" ")])


class BeforeAfter(BlockDirective):
    """``{before-after}``: two blocks side by side, each with its label."""

    wants = "two blocks, such as two {literalinclude}"
    option_spec: ClassVar[dict[str, Any]] = {
        "before": directives.unchanged_required,
        "after": directives.unchanged_required,
    }

    def build(self) -> list[Node]:
        """Return the two panes.

        Raises:
            InputError: there are not two blocks.
        """
        children = self.children()
        if len(children) != 2:
            message = f"{{{self.name}}} takes {self.wants}; there are {len(children)}"
            raise InputError("content", message)
        panes = []
        for side, child in zip(("before", "after"), children, strict=True):
            label = self.options.get(side, side.capitalize())
            head = line([nodes.Text(label)], "before-after__label")
            panes.append(self.around(f"before-after__pane mlt-before-after__pane--{side}",
                                     [head, child], label=label))  # fmt: skip
        return self.made("before-after", *panes)
