"""A page that prints on one sheet of paper.

``{cheat-sheet}`` stands at the top of the page: it says that one can print it, and loads the style
sheet that makes it fit. A test prints the page and counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from docutils import nodes

from _ext._shared import assets
from _ext._shared.inputs import FeatureDirective
from _ext._shared.report import InputError

if TYPE_CHECKING:
    from docutils.nodes import NodeVisitor
    from sphinx.application import Sphinx
    from sphinx.writers.html5 import HTML5Translator

HINT = "Print this page: it fits on one sheet of A4 paper."


class cheat_sheet(nodes.General, nodes.Element):  # noqa: N801 - docutils names in lower case
    """The hint; its page is a sheet."""


class CheatSheetDirective(FeatureDirective):
    """``{cheat-sheet}``: this page is printed on one sheet."""

    feature = "cheat_sheet"
    has_content = False
    seen: ClassVar[str] = "a page is one sheet: take the second {cheat-sheet} out"

    def build(self) -> list[nodes.Node]:
        """Return the hint.

        Raises:
            InputError: the page has another one.
        """
        if next(self.state.document.findall(cheat_sheet), None) is not None:
            raise InputError("twice", self.seen)
        return [cheat_sheet("", nodes.paragraph("", HINT))]


def _begin(self: HTML5Translator, node: cheat_sheet) -> None:
    self.body.append(self.starttag(node, "div", CLASS="mlt-cheat-sheet"))


def _end(self: HTML5Translator, _node: cheat_sheet) -> None:
    self.body.append("</div>\n")


def _keep(self: NodeVisitor, node: nodes.Element) -> None:
    """Let other builders write the hint."""


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive, its node and its style."""
    app.add_directive("cheat-sheet", CheatSheetDirective)
    keep = (_keep, _keep)
    app.add_node(cheat_sheet, html=(_begin, _end), text=keep, latex=keep, man=keep, xml=keep)
    assets.provide(app, cheat_sheet, css="css/cheat-sheet.css")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
