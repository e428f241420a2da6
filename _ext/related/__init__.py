"""``related``: at the foot of a page, what to read after it, each with the reason in words.

``facts`` takes from each page what another one may share: words, names, links. When all pages are
read, ``build`` compares them: ``words`` says how near their texts are (TF-IDF), ``corpus`` how rare
a name is, ``model`` weighs everything and finds the reasons. A page is
written again when its suggestions become others.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from _ext._shared import records
from _ext._shared.assets import AFTER_THE_THEME
from _ext.diataxis.needs import needs_of

from . import build, facts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docutils import nodes
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

    from .model import Suggestion

STYLE = "css/related.css"
SHOWN, SUM = "related", "related-sum"
MOST = 4
"""Pages that a page is said to prepare for."""


def _read(app: Sphinx, document: nodes.document) -> None:
    records.note(app.env, build.FACTS, facts.read(app.env, document))


def _compare(app: Sphinx, env: BuildEnvironment) -> Iterator[str]:
    """Give the pages whose suggestions are others than in the last build."""
    if app.builder.format != "html" or not records.renew(env, SUM, {"": _sum(env)}):
        return
    linked = build.links_of_the_frame(env)
    found = build.of_all_pages(env, linked)
    prepares: dict[str, list[str]] = {}
    for page in linked:
        for need in needs_of(env, page):
            if page not in linked.get(need, ()):
                prepares.setdefault(need, []).append(page)
    shown = {
        page: _shown(env, page, prepares.get(page, [])[:MOST], found.get(page, []))
        for page in linked
    }
    yield from (page for page in records.renew(env, SHOWN, shown) if page in env.found_docs)


def _sum(env: BuildEnvironment) -> str:
    """Return the sum of all that suggestions depend on."""
    parts = (
        records.noted(env, build.FACTS),
        records.noted(env, "needs"),
        sorted(build.documented(env).items()),
        sorted(env.toctree_includes.items()),
        sorted((page, title.astext()) for page, title in env.titles.items()),
        sorted(env.config.related_apart),
        sorted(env.config.related_never),
    )
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _shown(
    env: BuildEnvironment, page: str, prepares: list[str], found: list[Suggestion]
) -> dict[str, Any]:
    """Return what a page shows; titles too, because a page is to follow those of others."""
    return {
        "needs": [(need, env.titles[need].astext()) for need in needs_of(env, page)],
        "prepares": [(other, env.titles[other].astext()) for other in prepares],
        "suggestions": found,
    }


def _on_page(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    for _, shown in records.noted(app.env, SHOWN, pagename):
        context["related"] = shown


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the settings and connect the handlers."""
    app.setup_extension(records.__name__)
    app.add_css_file(STYLE, priority=AFTER_THE_THEME)
    app.add_config_value("related_apart", [], "env", [list])
    app.add_config_value("related_never", [], "env", [list])
    app.connect("doctree-read", _read, priority=850)  # behind everybody who adds to a page
    app.connect("env-updated", _compare)
    app.connect("html-page-context", _on_page)
    return {"env_version": 1, "parallel_read_safe": True, "parallel_write_safe": True}
