"""``page_markdown``: each page as Markdown, beside its HTML, for machines and for copying.

``inline``, ``tables`` and ``blocks`` write the resolved doctree of a page (they know no builder):
outputs of notebooks, transcripts, generated tables and values are in it, and everything is text.
A page and its twin are written by the same process at the same time, so an incremental build
renews both or none. The head of a page names its twin, and the row above its text links to it.
"""

from __future__ import annotations

import json
import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from _ext._shared.assets import AFTER_THE_THEME
from _ext._shared.records import noted
from _ext._shared.render import render
from _ext._shared.versions import installed
from _ext.social import DESCRIPTION

from .blocks import Blocks

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx

AFTER_ALL = 960
"""After everybody who changes the page's address or says what stands below it."""
SUFFIX = ".md"
STYLE, SCRIPT = "css/page-markdown.css", "js/page-markdown.js"
NOWHERE = "https://nowhere.invalid/"
"""Stands for the site's address while there is none."""


def has_twin(app: Sphinx, docname: str) -> bool:
    """Tell whether a page has one: all have but the one that stands for those that are not."""
    return docname in app.env.found_docs and docname != getattr(
        app.config, "notfound_pagename", "404"
    )


def pages(app: Sphinx) -> list[str]:
    """Return the pages that have a twin."""
    return [docname for docname in sorted(app.env.found_docs) if has_twin(app, docname)]


def address(app: Sphinx, docname: str) -> str:
    """Return the address of a twin, below the site's if it has one."""
    return f"{app.config.html_baseurl}{docname}{SUFFIX}"


def description(app: Sphinx, docname: str) -> str:
    """Return what the front matter of a page says of it."""
    return next((text for _, text in noted(app.env, DESCRIPTION, docname)), "")


def _target(app: Sphinx, docname: str, uri: str) -> str:
    """Return where a link of a page leads when it stands outside of it: to a twin if it can."""
    if uri.startswith("#") or not uri:
        return uri
    base = app.config.html_baseurl or NOWHERE
    if uri.startswith("/_"):
        uri = base + uri[1:]
    whole = urljoin(base + app.builder.get_target_uri(docname), uri)
    if not whole.startswith(base):
        return whole
    path, _, rest = whole.removeprefix(base).partition("#")
    suffix = app.builder.out_suffix  # type: ignore[attr-defined]
    if path.endswith(suffix) and has_twin(app, path.removesuffix(suffix)):
        path = path.removesuffix(suffix) + SUFFIX
    whole = base + path + ("#" + rest if rest else "")
    if app.config.html_baseurl:
        return whole
    return "../" * docname.count("/") + whole.removeprefix(NOWHERE)


def _picture(app: Sphinx, docname: str, uri: str) -> str:
    """Return the address of an image of a page."""
    name = app.builder.images.get(uri)
    return _target(app, docname, f"/_images/{name}" if name else uri)


def front_matter(app: Sphinx, docname: str, canonical: str) -> str:
    """Return what a machine wants to know of a page before it reads it, as YAML."""
    versions = ", ".join(f"{name} {version}" for name, version in installed().items())
    facts = {
        "title": app.env.titles[docname].astext(),
        "description": description(app, docname),
        "canonical_url": canonical,
        "version": app.config.release,
        "verified_against": versions,
    }
    lines = [
        f"{key}: {json.dumps(fact, ensure_ascii=False)}" for key, fact in facts.items() if fact
    ]
    return "\n".join(["---", *lines, "---"])


def _below(context: dict[str, Any]) -> str:
    """Return the line at the end of a page: what stands behind its blocks of code."""
    ledger = context.get("ledger")
    if not ledger:
        return ""
    counts = ", ".join(f"{count} {state}" for state, count in ledger["counts"])
    blocks = f"Blocks of code: {counts}." if counts else "No blocks of code."
    return f"\n\nVerified against {ledger['versions']}. {blocks}"


def markdown(app: Sphinx, docname: str, doctree: nodes.document, context: dict[str, Any]) -> str:
    """Return a page as Markdown."""
    blocks = Blocks(partial(_target, app, docname), partial(_picture, app, docname))
    head = front_matter(app, docname, context.get("pageurl") or "")
    return f"{head}\n\n{blocks.page(doctree)}{_below(context)}\n"


def _write(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Write the twin of a page, and tell its template and its head where it is."""
    context["page_markdown"] = ""
    if doctree is None or app.builder.name != "html" or not has_twin(app, pagename):
        return
    path = Path(app.outdir, pagename + SUFFIX)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{os.getpid()}.part")
    part.write_text(markdown(app, pagename, doctree, context), encoding="utf-8")
    part.replace(path)
    context["page_markdown"] = path.name
    context["metatags"] = context.get("metatags", "") + render(
        "page-markdown-head.html", href=path.name
    )


def _provide(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Load what the row above the text needs; the first page has none."""
    if doctree is None or app.builder.name != "html" or pagename == app.config.root_doc:
        return
    if has_twin(app, pagename):
        app.add_css_file(STYLE, priority=AFTER_THE_THEME)
        app.add_js_file(SCRIPT, loading_method="defer")


def _remove(app: Sphinx, exception: Exception | None) -> None:
    """Remove the twins of pages that are gone."""
    if exception or app.builder.name != "html":
        return
    out = Path(app.outdir)
    for path in out.rglob(f"*{SUFFIX}"):
        name = path.relative_to(out).as_posix()
        if not name.startswith(("_", ".")) and not has_twin(app, name.removesuffix(SUFFIX)):
            path.unlink()


def setup(app: Sphinx) -> dict[str, bool]:
    """Stand behind everybody who changes a page."""
    app.setup_extension("_ext.social")
    app.connect("html-page-context", _provide)
    app.connect("html-page-context", _write, priority=AFTER_ALL)
    app.connect("build-finished", _remove)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
