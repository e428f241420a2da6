"""``ledger``: what stands behind each block of code, shown on it and summed up.

``collect`` finds the blocks of a page that was read and notes each with its evidence: what a
directive attached to it, what ``cells`` says of a notebook cell, what ``rules`` find out, or what
the author declares with ``directives``. ``show`` puts it on the pages, ``model`` into
``trust/ledger.json``. A block without evidence is a warning, so the build fails.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from _ext._shared.assets import AFTER_THE_THEME
from _ext._shared.records import add_listing, noted
from _ext._shared.versions import installed

from .collect import KIND, read_page
from .directives import Illustration, NotRun, Table, Totals, declared, ledger_table, ledger_totals
from .model import SCHEMA, document
from .show import (
    MarkBlocks,
    depart_html,
    ledger,
    page_line,
    show_table,
    show_totals,
    visit_html,
)

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx

AFTER_OTHERS = 800
OUTPUT = Path("trust") / "ledger.json"


def _below_the_page(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Give the template the line below a page; pages without a source have none."""
    context["ledger"] = None
    if doctree is not None:
        context["ledger"] = page_line(app.env, pagename)
        app.add_css_file("css/ledger.css", priority=AFTER_THE_THEME)


def _write_json(app: Sphinx, exception: Exception | None) -> None:
    """Write ``trust/ledger.json`` and its schema."""
    if exception or app.builder.format != "html":
        return
    target = Path(app.outdir) / OUTPUT
    target.parent.mkdir(exist_ok=True)
    content = document((block for _, block in noted(app.env, KIND)), installed())
    target.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    shutil.copyfile(Path(__file__).with_name(SCHEMA), target.with_name(SCHEMA))


def setup(app: Sphinx) -> dict[str, Any]:
    """Register directives, nodes, settings, the transform and the handlers."""
    for name in ("ledger_root", "ledger_evidence", "ledger_docstrings"):
        app.add_config_value(name, "", "env", types=(str,))
    app.add_node(declared)
    app.add_directive("not-run", NotRun)
    app.add_directive("illustration", Illustration)
    app.add_directive("ledger-totals", Totals)
    app.add_directive("ledger-table", Table)
    add_listing(app, ledger_totals, show_totals)
    add_listing(app, ledger_table, show_table)
    app.add_node(ledger, html=(visit_html, depart_html))
    app.add_post_transform(MarkBlocks)
    app.connect("doctree-read", read_page, priority=AFTER_OTHERS)
    app.connect("html-page-context", _below_the_page)
    app.connect("build-finished", _write_json)
    return {"env_version": 1, "parallel_read_safe": True, "parallel_write_safe": True}
