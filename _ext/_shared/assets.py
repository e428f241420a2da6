"""Style sheets and scripts, only on the pages that use them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from docutils import nodes

if TYPE_CHECKING:
    from sphinx.application import Sphinx

AFTER_THE_THEME = 800


class Assets(NamedTuple):
    """Files below ``_static/`` that a node needs."""

    css: str | None
    js: str | None


_NEEDED_BY: dict[type[nodes.Element], Assets] = {}


def provide(
    app: Sphinx, node: type[nodes.Element], *, css: str | None = None, js: str | None = None
) -> None:
    """Load ``css`` and the script ``js`` on each page that has a ``node``.

    The script is a classic, deferred one: browsers refuse modules in a page opened from disk.
    """
    app.setup_extension(__name__)
    _NEEDED_BY[node] = Assets(css, js)


def _add_to_page(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    if doctree is None:
        return
    present = {type(node) for node in doctree.findall(nodes.Element)}
    for node, (css, js) in _NEEDED_BY.items():
        if node not in present:
            continue
        if css:
            app.add_css_file(css, priority=AFTER_THE_THEME)
        if js:
            app.add_js_file(js, loading_method="defer")


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect the one handler that serves all features."""
    app.connect("html-page-context", _add_to_page)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
