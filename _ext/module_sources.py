"""``module_sources``: the package's source, as viewcode shows it, in valid HTML that leads back.

- viewcode puts a ``<div>`` around each object in the ``<pre>`` of a module, where only lines are
  allowed: they become ``<span>``.
- Its links back take an object for one of the module that was documented first. Ours ask the
  Python domain; an object that the pages do not describe has none.
- It leaves a module's page as it is while the module is the same, although the pages that it leads
  to may have changed: old ones are removed first.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sphinx.util.osutil import relative_uri

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docutils import nodes
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

FOLDER = "_modules"
PRE = re.compile(r"<pre>.*?</pre>", re.DOTALL)
BACK = re.compile(r'<a class="viewcode-back" href="[^"#]*#([^"]+)">(.*?)</a>')


def _mend(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Mend the page of a module."""
    if not pagename.startswith(f"{FOLDER}/") or doctree is not None:
        return
    module = pagename.removeprefix(f"{FOLDER}/").replace("/", ".")
    body = PRE.sub(
        lambda match: match[0].replace("<div", "<span").replace("</div>", "</span>"),
        context["body"],
    )
    context["body"] = BACK.sub(lambda match: _back(app, pagename, module, match), body)


def _back(app: Sphinx, page: str, module: str, link: re.Match[str]) -> str:
    """Return a link to where the pages describe an object, or nothing."""
    known = app.env.domains.python_domain.objects
    name, words = link.groups()
    within = (name[dot.end() :] for dot in re.finditer(r"\.", name))
    for candidate in (name, *(f"{module}.{rest}" for rest in within)):
        if found := known.get(candidate):
            here, there = (app.builder.get_target_uri(each) for each in (page, found.docname))
            address = f"{relative_uri(here, there)}#{found.node_id}"
            return f'<a class="viewcode-back" href="{address}">{words}</a>'
    return ""


def _forget(
    app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]
) -> Sequence[str]:
    """Remove the pages of modules before they are written again."""
    if added | changed | removed:
        for path in Path(app.outdir, FOLDER).rglob("*.html"):
            path.unlink()
    return ()


def setup(app: Sphinx) -> dict[str, bool]:
    """Stand behind viewcode, where it is there."""
    app.connect("html-page-context", _mend)
    app.connect("env-get-outdated", _forget)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
