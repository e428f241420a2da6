"""Two style sheets and one script for all pages; scripts wait until a page is read.

The first paint waits for each style sheet, and a browser opens six connections. Joined and
minified, those of the theme and of all features weigh less than the fifteen files that a page of
ours needs one by one. They are two, of about 13 kB each: what a server sends on a new connection
before it waits for an answer (ten packets, RFC 6928). What is heavy and needed by few pages
(sphinx-design, MyST-NB) is a bundle of its own, before ours; ``lean`` leaves it out where nothing
needs it, and ``bundle_unused`` names the classes whose rules no page needs. A page that has such a
class warns.

The scripts that every page has are one file too; what few pages need follows it, file by file.
"""

from __future__ import annotations

import os
import re
from fnmatch import fnmatch
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import furo  # type: ignore[import-untyped]
import rcssmin  # type: ignore[import-untyped]
import rjsmin  # type: ignore[import-untyped]
import tinycss2  # type: ignore[import-untyped]

from ._shared.assets import AFTER_THE_THEME
from ._shared.report import warn

if TYPE_CHECKING:
    from collections.abc import Callable

    from docutils import nodes
    from sphinx.application import Sphinx

OURS = "_static/css/"
PYGMENTS = "_static/pygments.css"
AFTER_LEAN = 950
FIRST = 0
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


def without(css: str, unused: re.Pattern[str]) -> str:
    """Return a style sheet without the rules that only speak of classes or ids of a pattern."""
    return _rules(tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True), unused)


def _rules(rules: list[Any], unused: re.Pattern[str]) -> str:
    kept = []
    for rule in rules:
        if rule.type == "at-rule" and rule.at_keyword in {"media", "supports"}:
            inner = tinycss2.parse_rule_list(rule.content, True, True)
            if text := _rules(inner, unused):
                prelude = tinycss2.serialize(rule.prelude)
                kept.append(f"@{rule.at_keyword}{prelude}{{{text}}}")
        elif rule.type == "qualified-rule":
            selectors = [s for s in _selectors(rule.prelude) if not _speaks_of(s, unused)]
            if selectors:
                body = tinycss2.serialize(rule.content)
                kept.append(f"{','.join(map(tinycss2.serialize, selectors))}{{{body}}}")
        else:
            kept.append(rule.serialize())
    return "\n".join(kept)


def _selectors(prelude: list[Any]) -> list[list[Any]]:
    """Split a prelude at its commas."""
    found: list[list[Any]] = [[]]
    for part in prelude:
        if part == ",":
            found.append([])
        else:
            found[-1].append(part)
    return found


def _speaks_of(selector: list[Any], unused: re.Pattern[str]) -> bool:
    """Tell whether the selector only matches elements with, or in ones with, such a name."""
    return any(
        (token.type == "hash" or (before == "." and token.type == "ident"))
        and unused.fullmatch(token.value)
        for before, token in pairwise([None, *selector])
    )


def join_scripts(scripts: dict[str, str]) -> str:
    """Return the scripts, by name, as one without comments and spaces; licences stay."""
    return "".join(f"{rjsmin.jsmin(text, keep_bang_comments=True)};\n" for text in scripts.values())


KINDS: dict[str, Callable[[dict[str, str]], str]] = {
    "bundle_styles": join,
    "bundle_scripts": join_scripts,
}
"""How the files that a setting names become one."""


def _bundles(app: Sphinx, setting: str) -> dict[str, list[str]]:
    """Return what goes into each bundle: patterns of names below the output directory."""
    return {
        f"_static/{bundle}": [f"_static/{name}" for name in names]
        for bundle, names in app.config[setting].items()
    }


def _unused(app: Sphinx, name: str) -> list[re.Pattern[str]]:
    """Return what classes a style sheet has for no page."""
    patterns: dict[str, str] = app.config.bundle_unused
    return [re.compile(p) for file, p in patterns.items() if fnmatch(name, f"_static/{file}")]


def _read(app: Sphinx, name: str) -> str:
    """Return the text of a file that was copied to the output, without what no page needs."""
    if name == PYGMENTS and app.config.html_theme == "furo":
        return str(furo.get_pygments_stylesheet())  # Furo puts it in place at the very end
    text = (Path(app.outdir) / name).read_text("utf-8")
    for unused in _unused(app, name):
        text = without(text, unused)
    return text


def _files(app: Sphinx, patterns: list[str]) -> list[str]:
    """Return the files of the output that a bundle names, in its order."""
    out = Path(app.outdir)
    found = (path for pattern in patterns for path in sorted(out.glob(pattern)))
    return [path.relative_to(out).as_posix() for path in found]


def _write(app: Sphinx, setting: str, bundle: str, names: list[str]) -> bool:
    """Write a bundle; tell whether it is there."""
    try:
        text = KINDS[setting]({name: _read(app, name) for name in _files(app, names)})
    except ValueError as error:
        warn("bundle", "url", str(error), None)
        return False
    target = Path(app.outdir) / bundle
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


def _joined(app: Sphinx, setting: str, files: list[Any], before: int) -> list[Any]:
    """Return a page's files with bundles, from a priority on, in place of what is in them."""
    for place, (bundle, names) in enumerate(_bundles(app, setting).items(), start=before):
        apart = [
            file for file in files if not any(fnmatch(str(file.filename), name) for name in names)
        ]
        if len(apart) < len(files) and _write(app, setting, bundle, names):
            files = [*apart, type(files[0])(bundle, priority=place)]  # Sphinx sorts them
    return files


CLASSES = re.compile(r'\sclass="([^"]*)"')


def _missed(app: Sphinx, page: str, body: str, styles: list[Any]) -> None:
    """Warn of a page with a class whose rules are left out."""
    names = {str(file.filename) for file in styles}
    unused = [pattern for name in names for pattern in _unused(app, name)]
    if not unused:
        return
    present = {name for match in CLASSES.finditer(body) for name in match[1].split()}
    for name in sorted(present):
        if any(pattern.fullmatch(name) for pattern in unused):
            text = f"the page has the class {name}, whose rules bundle_unused leaves out"
            warn("bundle", "unused", text, page)


def _deliver(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    styles = context.get("css_files", [])
    _missed(app, pagename, context.get("body", ""), styles)
    context["css_files"] = _joined(app, "bundle_styles", styles, AFTER_THE_THEME - 9)
    scripts = _joined(app, "bundle_scripts", context.get("script_files", []), FIRST)
    context["script_files"] = [_wait(file) for file in scripts]


def _fetch(app: Sphinx, builder: object) -> None:
    """Have the style sheet of MyST-NB copied before pages are written, not after."""
    if "myst_nb" in app.extensions:
        from myst_nb.sphinx_ext import (  # type: ignore[import-untyped]
            add_global_html_resources,
        )

        (Path(app.outdir) / "_static").mkdir(parents=True, exist_ok=True)
        add_global_html_resources(app, None)


def _renew(app: Sphinx, error: Exception | None) -> None:
    """Follow a changed file in a build that wrote no page."""
    if error is None and app.builder.format == "html":
        for setting in KINDS:
            for bundle, names in _bundles(app, setting).items():
                _write(app, setting, bundle, names)


def setup(app: Sphinx) -> dict[str, bool]:
    """Stand behind everybody who adds files."""
    for setting in KINDS:
        app.add_config_value(setting, {}, "html", [dict])
    app.add_config_value("bundle_unused", {}, "html", [dict])
    app.connect("write-started", _fetch)
    app.connect("html-page-context", _deliver, priority=AFTER_LEAN)
    app.connect("build-finished", _renew)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
