"""``search``: one index of the whole site, its palette on every page, and the search page.

``records`` finds what a reader may look for, ``terms`` cuts text into terms, ``index`` packs both.
The palette (``js/search.js``) loads engine and index when it is first opened.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import rjsmin  # type: ignore[import-untyped]
import sphinx

from .._shared import records as facts
from .._shared.report import InputError, warn
from . import data, docsearch, index, records

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx

SCRIPT = "js/search.js"
WORKER, INDEX = "search/worker.js", "search/index.js"
"""Below ``_static``. The index is a script, not JSON: a page opened from disk can load it."""
PALETTE = "search/palette.js"
LIBRARY = "vendor/minisearch/minisearch.js"
ENGINE = ("search/terms.js", "search/unpack.js", "search/words.js", "search/engine.js")
RESULTS, LOCAL, PAGE = "search/results.js", "search/local.js", "search/page.js"
"""What becomes the palette's script: results, who answers, the palette, the search page."""
STEMMER = Path(sphinx.__file__).parent / "search" / "minified-js"
THEIRS = ("sphinx_highlight.js", "searchtools.js", "language_data.js", "searchindex.js")
"""Sphinx's own engine, and what marks words that came from it."""


def _read(app: Sphinx, doctree: nodes.document) -> None:
    """Keep what a page has to be found; warn of words for a place that it lacks."""
    meta = app.env.metadata[app.env.docname]
    words = records.section_keywords(meta)
    for place in records.places(doctree, meta):
        facts.note(app.env, "search", place)
        words.pop(place.anchor, None)
    for anchor in words:
        message = f"`section_keywords` has words for {anchor!r}, which the page lacks"
        warn("search", "place", message, (app.env.docname, _line(app, anchor)))


def _line(app: Sphinx, anchor: str) -> int | None:
    """Return where the front matter of the page that is read names an anchor."""
    lines = Path(app.env.doc2path(app.env.docname)).read_text("utf-8").splitlines()
    found = (n for n, line in enumerate(lines, 1) if line.strip().startswith(f"{anchor}:"))
    return next(found, None)


def _records(app: Sphinx, hints: data.Hints) -> list[records.Record]:
    kept: dict[str, list[records.Place]] = {}
    for docname, place in facts.noted(app.env, "search"):
        kept.setdefault(docname, []).append(place)
    kept.pop(getattr(app.config, "notfound_pagename", ""), None)
    return [
        record
        for docname in sorted(kept)
        for record in records.of(app, docname, hints.kind_of(docname), kept[docname])
    ]


def _source(app: Sphinx, name: str) -> Path:
    """Return a file of ours, where the output may have another by its name, or none."""
    places = [Path(app.confdir, entry, name) for entry in app.config.html_static_path]
    return next(path for path in places if path.is_file())


def _joined(paths: list[Path]) -> str:
    texts = [path.read_text("utf-8") for path in paths]
    return "".join(f"{rjsmin.jsmin(text, keep_bang_comments=True)};\n" for text in texts)


def _palette(app: Sphinx) -> str:
    """Return the palette with the adapter of who answers."""
    theirs = docsearch.wanted(app.config)
    answers = docsearch.SCRIPT if theirs else LOCAL
    text = _joined([_source(app, name) for name in (RESULTS, answers, PALETTE, PAGE)])
    return docsearch.settings(app.config) + text if theirs else text


def _worker(app: Sphinx) -> str:
    """Return all that answers queries but the index."""
    stemmer = [STEMMER / "base-stemmer.js", STEMMER / "english-stemmer.js"]
    return _joined([_source(app, LIBRARY), *stemmer, *(_source(app, name) for name in ENGINE)])


def _write(app: Sphinx, error: Exception | None) -> None:
    """Write the index of all pages, read and unread by this build, and what answers from it."""
    if error is not None or app.builder.format != "html":
        return
    try:
        hints = data.load(app)
    except InputError as fault:
        warn("search", fault.subtype, fault.message, fault.location)
        return
    found = _records(app, hints.value)
    data.lead(hints, found)
    files = {PALETTE: _palette(app)}
    if not docsearch.wanted(app.config):
        files |= {WORKER: _worker(app), INDEX: index.script(found, hints.value)}
    static = Path(app.outdir) / "_static"
    for name in {RESULTS, LOCAL, PAGE, *ENGINE, docsearch.SCRIPT, WORKER, INDEX} - files.keys():
        (static / name).unlink(missing_ok=True)
    for name, text in files.items():
        path = static / name
        if not path.is_file() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")


def _on_page(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Leave out Sphinx's own engine; list all pages for readers without scripts."""
    context["script_files"] = [
        file for file in context["script_files"] if not str(file.filename).endswith(THEIRS)
    ]
    if templatename == "search.html":
        context["search_pages"] = records.pages(app.env)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the setting and connect the handlers."""
    app.setup_extension(facts.__name__)
    app.add_config_value("search_data", "", "env", [str])
    docsearch.add_settings(app)
    app.add_js_file(SCRIPT, loading_method="defer")
    app.connect("doctree-read", _read)
    app.connect("html-page-context", _on_page)
    app.connect("build-finished", _write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
