"""``{status}`works` `` says in a badge what this release does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes
from sphinx.util.docutils import SphinxRole

from _ext._shared.report import warn
from _ext.cards import STATUS, SYMBOLS
from _ext.icons import icon_node

if TYPE_CHECKING:
    from docutils.nodes import Node, system_message


class StatusRole(SphinxRole):
    """One of the statuses of a feature, as a word with its icon."""

    def run(self) -> tuple[list[Node], list[system_message]]:
        """Return the badge, or warn and leave the text."""
        name = self.text.strip()
        if name not in STATUS:
            message = f"there is no status {name!r}; there are {', '.join(STATUS)}"
            warn("components", "status", message, self.get_location())
            return [nodes.Text(name)], []
        symbol = icon_node(self.env, SYMBOLS[name])
        classes = ["mlt-status", f"mlt-status--{name}"]
        return [nodes.inline("", "", symbol, nodes.Text(STATUS[name]), classes=classes)], []
