"""All pages in one small script, for what opens a folded branch and for the 404 page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from .sections import names_of

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.builders.html import StandaloneHTMLBuilder

SCRIPT = "navigation/pages.js"
"""Below ``_static``. A script, not JSON: a page opened from disk can load it."""


def write(app: Sphinx, error: Exception | None) -> None:
    """Write titles and addresses of all pages, as the tables of contents order them."""
    if error is not None or app.builder.format != "html":
        return
    builder = cast("StandaloneHTMLBuilder", app.builder)
    tree = json.dumps(
        _below(builder, app.config.root_doc), ensure_ascii=False, separators=(",", ":")
    )
    moved = json.dumps(dict(sorted(getattr(app.config, "redirects", {}).items())))
    text = f"self.mltPages = {tree};\nself.mltMoved = {moved};\n"
    path = Path(app.outdir) / "_static" / SCRIPT
    if not path.is_file() or path.read_text("utf-8") != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


def _below(builder: StandaloneHTMLBuilder, page: str) -> list[list[Any]]:
    """Return ``[title, address, children]`` of the pages below one."""
    return [
        [title, builder.get_target_uri(child), _below(builder, child)]
        for child, title in names_of(builder.env, page)
    ]
