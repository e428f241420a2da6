"""Kinds of pages, after https://diataxis.fr: what a page is for, and a shape that keeps to it.

A page's front matter names its ``kind`` and its ``outcome``. ``shape`` checks that the page is
built like one of its kind (it knows no Sphinx application), ``head`` puts kind, outcome and time
below its title, and the pages that readers need first, which ``needs`` reads and checks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from _ext._shared import assets, records
from _ext._shared.render import add_component

from .head import guide_head, html, place_head
from .needs import check, read
from .shape import check_page

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx


def read_page(app: Sphinx, document: nodes.document) -> None:
    """Check a page's shape and give it its head."""
    check_page(app.env, document)
    read(app.env)
    place_head(app.env, document)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the setting, the head and the check."""
    app.setup_extension(records.__name__)
    app.add_config_value("diataxis_sections", [], "env", [list])
    add_component(app, guide_head, html)
    assets.provide(app, guide_head, css="css/diataxis.css")
    app.connect("doctree-read", read_page, priority=400)  # before claims: it checks the outcome
    app.connect("env-check-consistency", check)
    return {"env_version": 1, "parallel_read_safe": True, "parallel_write_safe": True}
