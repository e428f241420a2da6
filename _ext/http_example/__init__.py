"""``http-example``: an exchange with a generated service, as ``tools/http`` recorded it.

``model`` reads a transcript and writes request and response as text (it knows no Sphinx),
``directive`` puts one exchange on a page: the request in tabs, then the response.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from _ext._shared import assets
from _ext._shared.render import render

from .directive import HttpExampleDirective, http_example

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx


def _visit(self: Any, node: http_example) -> None:
    """Put aside what is written, so that the template gets the children's HTML alone."""
    node["before"], self.body = self.body, []


def _depart(self: Any, node: http_example) -> None:
    body = Markup("".join(self.body))  # noqa: S704 - written by Sphinx, which escaped it
    self.body = node["before"]
    del node["before"]
    self.body.append(render("http-example.html", title=node["title"], body=body))


def _keep(self: nodes.NodeVisitor, node: nodes.Element) -> None:
    """Let the builder write the children."""


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive, its node, its setting and its style."""
    app.setup_extension("sphinx_design")
    app.add_config_value("http_example_data", "", "env", types=(str,))
    app.add_directive("http-example", HttpExampleDirective)
    keep = (_keep, _keep)
    app.add_node(
        http_example,
        html=(_visit, _depart),
        text=keep,
        latex=keep,
        man=keep,
        texinfo=keep,
        xml=keep,
    )
    assets.provide(app, http_example, css="css/http-example.css")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
