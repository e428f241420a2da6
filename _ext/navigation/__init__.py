"""``navigation``: the sidebar, the page before and after, and what helps to move about.

Furo asks Sphinx for the whole tree on each page and parses it with BeautifulSoup: a third of
a build, growing with the square of the pages. Links differ only by the number of ``../`` in
front of them, so one tree a depth is enough; each page then marks its own place in it and keeps
only the branches that lead there (``tree``). ``_static/js/navigation.js`` opens the others, from
the list of all pages that ``pages`` writes.

``turn`` keeps the links to the page before and after within a section. Sections (``sections``) get
an icon from the data file that ``navigation_sections`` names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast
from weakref import WeakKeyDictionary

from . import pages, sections
from .tree import Navigation
from .turn import Order

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx
    from sphinx.builders.html import StandaloneHTMLBuilder
    from sphinx.environment import BuildEnvironment

BEFORE_FURO, AFTER_FURO = 400, 600
SCRIPT = "js/navigation.js"

_OF: WeakKeyDictionary[StandaloneHTMLBuilder, Navigation] = WeakKeyDictionary()
_ORDER: WeakKeyDictionary[StandaloneHTMLBuilder, Order] = WeakKeyDictionary()


def _of(app: Sphinx) -> Navigation:
    builder = cast("StandaloneHTMLBuilder", app.builder)  # the event is HTML's
    if builder not in _OF:
        _OF[builder] = Navigation(builder, app.tags)
    return _OF[builder]


def _order(app: Sphinx) -> Order:
    builder = cast("StandaloneHTMLBuilder", app.builder)
    if builder not in _ORDER:
        _ORDER[builder] = Order(builder)
    return _ORDER[builder]


def _forget(app: Sphinx, env: BuildEnvironment) -> None:
    """Begin afresh: the same process may build again."""
    builder = cast("StandaloneHTMLBuilder", app.builder)
    _OF.pop(builder, None)
    _ORDER.pop(builder, None)


def _not_found(app: Sphinx) -> str | None:
    """Return the 404 page, which shows at any depth: sphinx-notfound-page writes its links."""
    return getattr(app.config, "notfound_pagename", None)


def _share(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Hand Furo the tree of the page's depth; Furo remembers what it made of the same text."""
    if "toctree" in context and pagename != _not_found(app):
        tree = _of(app).tree(pagename.count("/"))
        context["toctree"] = lambda **_: tree
    if pagename in app.env.titles:
        _order(app).stay_within(pagename, context)


def _mark(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    tree = context.get("furo_navigation_tree")
    if not tree:
        return
    root = app.config.notfound_urls_prefix or "/" if pagename == _not_found(app) else None
    tree = _of(app).mark(tree, pagename)
    icons = app.config.navigation_icons
    context["furo_navigation_tree"] = _of(app).decorate(tree, pagename, icons, root)


def setup(app: Sphinx) -> dict[str, bool]:
    """Stand before and after Furo's own handler."""
    app.add_config_value("navigation_sections", "", "", str)
    app.add_config_value("navigation_icons", {}, "html", dict)
    app.add_js_file(SCRIPT, loading_method="defer")
    app.connect("config-inited", sections.read)
    app.connect("env-check-consistency", sections.check)
    app.connect("env-updated", _forget)
    app.connect("html-page-context", _share, priority=BEFORE_FURO)
    app.connect("html-page-context", _mark, priority=AFTER_FURO)
    app.connect("build-finished", pages.write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
