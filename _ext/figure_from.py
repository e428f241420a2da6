"""``{figure-from} PAGE``: a figure that a notebook made, shown again on another page.

The picture is the very one of the notebook, taken when all pages are read: it cannot differ
from what that page computes.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives

from ._shared.inputs import FeatureDirective
from ._shared.records import add_listing, note
from ._shared.report import InputError, warn
from .plots import plot

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

PICTURE = "figure-from"


class figure_place(nodes.General, nodes.Element):  # noqa: N801 - docutils names in lower case
    """Where the figure will be; its children are the caption."""


class FigureFromDirective(FeatureDirective):
    """``{figure-from} PAGE``: figure ``:number:`` of a page; the content is its caption."""

    feature = "figure_from"
    required_arguments = 1
    has_content = True
    option_spec: ClassVar[dict[str, Any]] = {"number": directives.positive_int}

    def build(self) -> list[nodes.Node]:
        """Return the placeholder with its caption.

        Raises:
            InputError: there is no such page, or no caption that says where the figure is from.
        """
        page = self.arguments[0]
        if page not in self.env.found_docs:
            message = f"there is no page {page!r}; write its path below source/, without .md"
            raise InputError("page", message)
        caption = self.parse_content_to_nodes()
        if len(caption) != 1 or not isinstance(caption[0], nodes.paragraph):
            raise InputError("caption", "write one paragraph that says where the figure is from")
        place = figure_place("", *caption, page=page, number=self.options.get("number", 1))
        self.set_source_info(place)
        return [place]


def _note_figures(app: Sphinx, document: nodes.document) -> None:
    """Note a page's figures, so that pages which show one are written again when it changes."""
    for each in document.findall(plot):
        note(app.env, PICTURE, sha256(each["svg"].encode()).hexdigest())


def show(env: BuildEnvironment, place: nodes.Element) -> list[nodes.Node]:
    """Return the figure with its caption, or warn that the page has none of that number."""
    found = list(env.get_doctree(place["page"]).findall(plot))
    if place["number"] > len(found):
        message = f"{place['page']} has {len(found)} figures; there is no number {place['number']}"
        warn("figure_from", "number", message, place)
        return []
    picture = found[place["number"] - 1].deepcopy()
    caption = nodes.caption("", "", *place.children[0].children)
    name = f"figure-from-{nodes.make_id(place['page'])}-{place['number']}"
    return [nodes.figure("", picture, caption, classes=["mlt-figure-from"], ids=[name])]


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive and what fills its place; the style is that of ``plots``."""
    app.setup_extension("_ext.plots")
    app.add_directive("figure-from", FigureFromDirective)
    add_listing(app, figure_place, show)
    app.connect("doctree-read", _note_figures)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
