"""``openapi``: the reference of an HTTP service from its OpenAPI 3 document.

sphinxcontrib-openapi reads the file, and its renderers write reStructuredText, which turns to
garbage in Markdown pages and loses fields. This package is a renderer for its plug-in point
that returns nodes, and a directive around upstream's that reports an author's mistakes.

``model`` reads the document, ``schema`` puts JSON Schema into words, ``examples`` gets values
from upstream's ``example_from_schema``, ``samples`` makes requests, ``proof`` says what stands
behind each block (none of them knows Sphinx); ``render`` and ``parts`` make nodes; ``directive``
joins them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.transforms.post_transforms import SphinxPostTransform

from _ext._shared.assets import provide
from _ext._shared.records import add_listing

from .directive import OpenApiDirective
from .render import openapi_method, openapi_try

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config
    from sphinx.environment import BuildEnvironment

AFTER_UPSTREAM = 600
DEEPEST = 6


class HeadingLevels(SphinxPostTransform):
    """Give the parts of a section the heading level below the section's own."""

    default_priority = 400
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        """Count the sections around each part."""
        for node in self.document.findall(nodes.rubric):
            if "mlt-openapi-part" not in node["classes"]:
                continue
            depth, parent = 1, node.parent
            while parent is not None:
                depth += isinstance(parent, nodes.section)
                parent = parent.parent
            node["heading-level"] = min(depth, DEEPEST)


def _try_it(env: BuildEnvironment, node: openapi_try) -> list[nodes.Node]:
    """Return a link to the operation's place in the API explorer, where a page has it."""
    if ("try", node["operation"]) not in env.domains.standard_domain.objects:
        return []
    text = nodes.inline("", "Try it")
    link = pending_xref(
        "", text, refdomain="std", reftype="try", reftarget=node["operation"], refexplicit=True
    )
    link["refdoc"] = env.docname
    return [nodes.paragraph("", "", link, classes=["mlt-openapi-try"])]


def _visit_method(self: Any, node: nodes.Element) -> None:
    self.visit_inline(node)


def _depart_method(self: Any, node: nodes.Element) -> None:
    self.depart_inline(node)


def _replace_upstream(app: Sphinx, config: Config) -> None:
    """Register the directive after upstream has registered its own, which happens this late."""
    app.add_directive("openapi", OpenApiDirective, override=True)


def _drop_label_of_no_page(app: Sphinx, env: BuildEnvironment) -> None:
    """Take back a label that upstream's http domain sets on each page that it reads.

    It names the routing table, a page that is only there when something uses that domain. In
    parallel builds it gets lost, so objects.inv would depend on the way of building.
    """
    if not any(env.get_domain("http").get_objects()):
        standard = env.domains.standard_domain
        standard.labels.pop("routingtable", None)
        standard.anonlabels.pop("routingtable", None)


def setup(app: Sphinx) -> dict[str, Any]:
    """Put our directive in the place of upstream's."""
    app.setup_extension("sphinxcontrib.openapi")
    app.setup_extension("sphinx_design")
    app.add_config_value("openapi_base_url", "http://127.0.0.1:8000", "env", types=[str])
    app.add_object_type("endpoint", "endpoint", objname="endpoint")
    app.add_object_type("schema", "schema", objname="schema")
    face = (_visit_method, _depart_method)
    app.add_node(openapi_method, html=face, text=face, latex=face, man=face, texinfo=face)
    add_listing(app, openapi_try, _try_it)
    app.add_object_type("try", "try", objname="operation to try")
    app.add_post_transform(HeadingLevels)
    app.connect("config-inited", _replace_upstream, priority=AFTER_UPSTREAM)
    app.connect("env-updated", _drop_label_of_no_page)
    provide(app, openapi_method, css="css/openapi.css")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
