"""Command pages: sphinx-click's ``click`` directive without a section of its own.

sphinx-click puts each command into a section titled like the command. Our pages have one
command each and are titled like it, so the section would say the title twice, on the page and
in its contents, and give two elements the same address. Here only its content stays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes
from sphinx_click.ext import ClickDirective

from _ext._shared.evidence import Evidence, attach

if TYPE_CHECKING:
    from sphinx.application import Sphinx


class Click(ClickDirective):  # type: ignore[misc]
    """The ``click`` directive: description, usage, arguments and options of one command."""

    def run(self) -> list[nodes.Node]:
        """Return what is in the command's section, below its title."""
        found = [node for section in super().run() for node in section.children[1:]]
        for node in found:
            for usage in node.findall(nodes.literal_block):
                attach(usage, Evidence("checked", "the installed command's own help"))
        return found


def setup(app: Sphinx) -> dict[str, bool]:
    """Replace sphinx-click's directive."""
    app.setup_extension("sphinx_click")
    app.add_directive("click", Click, override=True)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
