"""``{specimen}``: a component as it is written, and as it looks in the light and the dark theme."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives

from _ext._shared.evidence import Evidence, attach

from .nodes import BlockDirective, fold, line, specimen_block

if TYPE_CHECKING:
    from docutils.nodes import Node

THEMES = ("light", "dark")


class Specimen(BlockDirective):
    """``{specimen} Title`` around Markdown, which it builds once for each theme."""

    wants = "the Markdown of a component"
    required_arguments = 1
    final_argument_whitespace = True
    option_spec: ClassVar[dict[str, Any]] = {"stacked": directives.flag, "once": directives.flag}

    def build(self) -> list[Node]:
        """Return the panes and the source.

        Raises:
            InputError: there is nothing to show.
        """
        if not "".join(self.content).strip():
            raise self.wrong()
        title = " ".join(self.arguments[0].split())
        shape = "specimen mlt-specimen--stacked" if "stacked" in self.options else "specimen"
        node = specimen_block("", kind=shape, label="")
        self.set_source_info(node)
        if "once" in self.options:
            node += self.around("specimen__pane", self.children())
        else:
            node += [self._pane(theme, title) for theme in THEMES]
        node += self._source(title)
        attach(node, Evidence("checked", "this page, which is built from it", "markdown"))
        return [node]

    def _pane(self, theme: str, title: str) -> Node:
        head = line([nodes.Text(theme.capitalize())], "specimen__theme")
        pane = f"specimen__pane mlt-theme-{theme}"
        return self.around(pane, [head, *self.children()], f"{title}, {theme} theme")

    def _source(self, title: str) -> Node:
        text = "\n".join(self.content)
        code = nodes.literal_block(text, text, language="markdown")
        self.set_source_info(code)
        return fold("", code, kind="specimen__source", label=f"Source: {title}")
