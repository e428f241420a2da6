"""Two style sheets for all pages, and scripts that wait until a page is read.

The first paint waits for each style sheet, and a browser opens six connections. Joined and
minified, those of the theme and of all features weigh less than the fifteen files that a page of
ours needs one by one. They are two, of about 13 kB each: what a server sends on a new connection
before it waits for an answer (ten packets, RFC 6928). What is heavy and needed by few pages
(sphinx-design, MyST-NB) stays a file of its own, before ours; ``lean`` leaves it out where nothing
needs it.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import furo  # type: ignore[import-untyped]
import rcssmin  # type: ignore[import-untyped]

from ._shared.assets import AFTER_THE_THEME
from ._shared.report import warn

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx

OURS = "_static/css/"
PYGMENTS = "_static/pygments.css"
AFTER_LEAN = 950
RELATIVE = re.compile(r"""url\(\s*["']?(?!data:|https?:|[#"'])""")


def join(sheets: dict[str, str]) -> str:
    """Return the style sheets, by name, as one without comments and spaces.

    Raises:
        ValueError: one from another directory than ours refers to a file relative to itself.
    """
    for name, text in sheets.items():
        if not name.startswith(OURS) and RELATIVE.search(text):
            raise ValueError(f"{name} refers to files beside it: leave it out of bundle_styles")
    return "\n".join(str(rcssmin.cssmin(text)) for text in sheets.values()) + "\n"


def _bundles(app: Sphinx) -> dict[str, list[str]]:
    """Return what goes into each bundle, below the output directory."""
    return {
        f"_static/{bundle}": [f"_static/{name}" for name in names]
        for bundle, names in app.config.bundle_styles.items()
    }


def _read(app: Sphinx, name: str) -> str:
    """Return the text of a style sheet that was copied to the output."""
    if name == PYGMENTS and app.config.html_theme == "furo":
        return str(furo.get_pygments_stylesheet())  # Furo puts it in place at the very end
    return (Path(app.outdir) / name).read_text("utf-8")


def _write(app: Sphinx, bundle: str, names: list[str]) -> bool:
    """Write a bundle; tell whether it is there."""
    out = Path(app.outdir)
    present = [name for name in names if (out / name).is_file()]
    try:
        text = join({name: _read(app, name) for name in present})
    except ValueError as error:
        warn("bundle", "url", str(error), None)
        return False
    target = out / bundle
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.is_file() or target.read_text("utf-8") != text:
        part = target.with_suffix(f".{os.getpid()}.part")  # several processes write pages
        part.write_text(text, "utf-8")
        part.replace(target)
    return True


def _wait(file: Any) -> Any:
    """Return a script that runs in its turn once the page is read."""
    fixed = {"async", "defer", "type", "body"} & file.attributes.keys()
    if fixed or not file.filename:
        return file
    attributes = {**file.attributes, "defer": "defer"}
    return type(file)(file.filename, priority=file.priority, **attributes)


def _deliver(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    styles = context.get("css_files", [])
    for place, (bundle, names) in enumerate(_bundles(app).items(), start=AFTER_THE_THEME - 9):
        apart = [file for file in styles if str(file.filename) not in names]
        if len(apart) < len(styles) and _write(app, bundle, names):
            styles = [*apart, type(styles[0])(bundle, priority=place)]  # Sphinx sorts them
    context["css_files"] = styles
    if templatename != "search.html":  # its own scripts do not wait, and need those before them
        context["script_files"] = [_wait(file) for file in context.get("script_files", [])]


def _renew(app: Sphinx, error: Exception | None) -> None:
    """Follow a changed style sheet in a build that wrote no page."""
    if error is None and app.builder.format == "html":
        for bundle, names in _bundles(app).items():
            _write(app, bundle, names)


def setup(app: Sphinx) -> dict[str, bool]:
    """Stand behind everybody who adds files."""
    app.add_config_value("bundle_styles", {}, "html", [dict])
    app.connect("html-page-context", _deliver, priority=AFTER_LEAN)
    app.connect("build-finished", _renew)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
