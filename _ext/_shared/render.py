"""HTML from templates that escape, and nodes that other builders can read too.

A component is a node with two faces: attributes, which a template turns into HTML, and
children, ordinary docutils nodes, which every other builder writes.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes
from jinja2 import Environment, FileSystemLoader, StrictUndefined

if TYPE_CHECKING:
    from collections.abc import Callable

    from sphinx.application import Sphinx
    from sphinx.writers.html5 import HTML5Translator

TEMPLATES = Path(__file__).parents[2] / "_templates" / "components"


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def render(template: str, **context: Any) -> str:
    """Return the HTML of ``_templates/components/<template>``; every value is escaped.

    Raises:
        jinja2.UndefinedError: the template uses a value that ``context`` lacks.
    """
    return _environment().get_template(template).render(context)


def add_component(
    app: Sphinx,
    node: type[nodes.Element],
    html: Callable[[HTML5Translator, Any], str],
) -> None:
    """Register ``node``: ``html(translator, node)`` writes it, its children stand elsewhere."""

    def visit_html(self: HTML5Translator, node: nodes.Element) -> None:
        self.body.append(html(self, node))
        raise nodes.SkipNode

    keep = (_keep, _keep)
    app.add_node(
        node, html=(visit_html, None), text=keep, latex=keep, man=keep, texinfo=keep, xml=keep
    )


def _keep(self: nodes.NodeVisitor, node: nodes.Element) -> None:
    """Let the builder write the children."""
