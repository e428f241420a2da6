"""``social``: what others show of a page when somebody shares it.

Each page gets a card, a PNG with its section, title and description below ``social/``, and the
tags of Open Graph and X that point there. ``card`` draws. A card is drawn once for each content:
the next build takes it from the cache beside the doctrees. Icons for browsers and phones come
with the tags; ``tools.brand`` makes them.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes

from _ext._shared.records import note, noted
from _ext._shared.render import render

from .card import SIZE, Card, png

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

DESCRIPTION = "social-description"
FOLDER = "social"
AFTER_OTHERS = 700
"""After sphinx-notfound-page has made ``pathto`` absolute on the 404 page."""


def _note_description(app: Sphinx, document: nodes.document) -> None:
    """Keep a page's description from its front matter."""
    for meta in document.findall(nodes.meta):
        if meta.get("name") == "description":
            note(app.env, DESCRIPTION, " ".join(meta["content"].split()))


def card_of(env: BuildEnvironment, docname: str, site: str) -> Card:
    """Return what the card of a page says; its section is the title of the directory's index."""
    descriptions = [text for _, text in noted(env, DESCRIPTION, docname)]
    index = f"{docname.split('/', maxsplit=1)[0]}/index"
    nested = index != docname and index in env.titles
    section = env.titles[index].astext() if nested else f"{site} documentation"
    return Card(env.titles[docname].astext(), section, descriptions[0] if descriptions else "")


def _shared(app: Sphinx) -> list[str]:
    """Return the pages that have a card."""
    hidden = getattr(app.config, "notfound_pagename", "")
    return sorted(app.env.found_docs - {hidden})


def _add_tags(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Add icons to the head of every page, and the tags of its card to a page that has one."""
    card, base = None, app.config.html_baseurl
    if doctree is not None and base and pagename in _shared(app):
        card = card_of(app.env, pagename, app.config.project)
    context["metatags"] = context.get("metatags", "") + render(
        "social.html",
        card=card,
        site=app.config.project,
        kind="website" if pagename == app.config.root_doc else "article",
        url=context.get("pageurl") if card else "",  # canonical: _ext/versions.py has been there
        image=f"{base}{FOLDER}/{pagename}.png",
        size=SIZE,
        brand=context["pathto"]("_static/brand", 1),
    )


def _draw(app: Sphinx, exception: Exception | None) -> None:
    """Write the cards of all pages, and remove those of pages that are gone."""
    if exception or app.builder.format != "html" or not app.config.html_baseurl:
        return
    cache, folder = Path(app.doctreedir) / FOLDER, Path(app.outdir) / FOLDER
    cache.mkdir(parents=True, exist_ok=True)
    kept, written = set(), set()
    for docname in _shared(app):
        card = card_of(app.env, docname, app.config.project)
        drawn = cache / f"{card.digest}.png"
        if not drawn.is_file():
            drawn.write_bytes(png(card))
        target = folder / f"{docname}.png"
        target.parent.mkdir(parents=True, exist_ok=True)
        content = drawn.read_bytes()
        if not target.is_file() or target.read_bytes() != content:
            target.write_bytes(content)
        kept.add(drawn)
        written.add(target)
    for path in {*cache.rglob("*.png"), *folder.rglob("*.png")} - kept - written:
        path.unlink()


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect the three handlers."""
    app.setup_extension("_ext._shared.records")
    app.connect("doctree-read", _note_description)
    app.connect("html-page-context", _add_tags, priority=AFTER_OTHERS)
    app.connect("build-finished", _draw)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
