"""What Sphinx's own HTML lacks for assistive technology and validity, mended where it is written.

- The caption of a table of contents is a heading without a level. It stands below the page's
  title, so its level is the second.
- A signature on several lines is a ``<dl>`` of ``<dd>`` without one ``<dt>``: lines of a
  signature are no definitions, and become ``<span>``.
- sphinx-design's tabs have ``aria-controls`` on ``<label>``, which nothing allows; what the
  keyboard and assistive technology use is the radio button before it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx import addnodes
from sphinx.writers.html5 import HTML5Translator

if TYPE_CHECKING:
    from collections.abc import Callable

    from sphinx.application import Sphinx

    Visitor = Callable[[HTML5Translator, Any], None]

LEVEL = {'role="heading"': 'role="heading" aria-level="2"'}
LINES = {
    "<dl>": '<span class="mlt-sig-lines">',
    "</dl>": "</span>",
    "<dd>": '<span class="mlt-sig-line">',
    "</dd>": "</span>",
}
MENDED: dict[type[nodes.Element], dict[str, str]] = {
    nodes.title: LEVEL,
    addnodes.desc_parameterlist: LINES,
    addnodes.desc_type_parameter_list: LINES,
    addnodes.desc_parameter: LINES,
    addnodes.desc_type_parameter: LINES,
    addnodes.desc_optional: LINES,
}
"""What is replaced in the tags of which node."""


def _mended(name: str, changes: dict[str, str]) -> Visitor:
    """Return Sphinx's visitor ``name``, with ``changes`` in what it writes."""
    original: Visitor = getattr(HTML5Translator, name)

    def visit(self: HTML5Translator, node: nodes.Element) -> None:
        before = len(self.body)
        original(self, node)
        for index in range(before, len(self.body)):
            for old, new in changes.items():
                self.body[index] = self.body[index].replace(old, new)

    return visit


def _mend_tabs(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    for node in doctree.findall(nodes.Element):
        if node.tagname == "sd_tab_label":
            node.attributes.pop("aria_controls", None)


def setup(app: Sphinx) -> dict[str, bool]:
    """Take the place of Sphinx's writers."""
    for node, changes in MENDED.items():
        name = node.__name__
        visitors = _mended(f"visit_{name}", changes), _mended(f"depart_{name}", changes)
        app.add_node(node, override=True, html=visitors)
    app.connect("doctree-resolved", _mend_tabs)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
