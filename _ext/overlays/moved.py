"""``{moved}``: where a page's old anchors of objects lead."""

from __future__ import annotations

from docutils import nodes
from sphinx import addnodes

from _ext._shared.inputs import FeatureDirective
from _ext._shared.report import InputError

from .model import overlays_of


class MovedDirective(FeatureDirective):
    """``{moved}``: names of objects, one a line, that this page documented in the past.

    Each keeps its anchor here, and leads to where it is documented now.
    """

    feature = "overlays"
    has_content = True

    def build(self) -> list[nodes.Node]:
        """Return a paragraph of links.

        Raises:
            InputError: the package has no such name.
        """
        overlays = overlays_of(self.config)
        text = nodes.paragraph("", "")
        for number, name in enumerate(self.content):
            if not overlays.known(name):
                raise InputError("moved", f"the package has no {name!r}")
            link = addnodes.pending_xref(
                "", nodes.literal("", name.rpartition(".")[2]), refdomain="py", reftype="obj",
                reftarget=name, refexplicit=True, refwarn=True,
            )  # fmt: skip
            text += [nodes.Text(", " if number else ""), nodes.inline("", "", link, ids=[name])]
        return [text]
