"""``cli-explorer``: the command explorer, and all options in sections.

``model`` joins the click tree, which ``tools.cli_tree`` exported, with our words and rules;
``directive`` puts both on a page. ``_static/js/cli-explorer.js`` makes the form. Without it the
page has the tasks with links to the commands' pages, and the sections.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from sphinx.builders.html import StandaloneHTMLBuilder

from _ext._shared import assets, records
from _ext._shared.icons import icon
from _ext._shared.inputs import load_yaml
from _ext._shared.render import add_component, render
from _ext.limits.model import Limits

from .directive import CliExplorerDirective, cli_explorer, files, page_of
from .model import Limit, payload

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.writers.html5 import HTML5Translator

    from .model import Catalogue, Task


def _html(self: HTML5Translator, node: cli_explorer) -> str:
    catalogue: Catalogue = node["catalogue"]
    builder = self.builder
    assert isinstance(builder, StandaloneHTMLBuilder)  # noqa: S101 - for the type checker
    here = builder.current_docname
    pages = {
        name: builder.get_relative_uri(here, page_of(builder.env, name))
        for name in catalogue.commands
    }
    titles = load_yaml(files(builder.env)[2], Limits).value
    limits = {
        name: Limit(limit.title, _place(builder, here, name)) for name, limit in titles.items()
    }
    data = json.dumps(payload(catalogue, pages, limits), ensure_ascii=False, separators=(",", ":"))
    groups = {
        group: [
            {
                "words": task.words,
                "command": task.command,
                "page": pages[task.command],
                "state": urlencode({"cli": task.command, **task.preset}, safe=":/"),
                "find": _find(catalogue, task),
            }
            for task in tasks
        ]
        for group, tasks in catalogue.groups().items()
    }
    return render("cli-explorer.html", data=data, groups=groups, search=icon("search"))


def _place(builder: StandaloneHTMLBuilder, here: str, limit: str) -> str:
    """Return the address of a limit's description; empty when no page has it."""
    found = builder.env.domains.standard_domain.labels.get(f"limit-{limit}")
    return f"{builder.get_relative_uri(here, found[0])}#{found[1]}" if found else ""


def _find(catalogue: Catalogue, task: Task) -> str:
    """Return all by which a reader may look for a task."""
    options = [opt for each in catalogue.commands[task.command].params for opt in each.opts]
    summary = catalogue.words[task.command].summary
    parts = [task.words, task.group, f"mltrack {task.command}", summary, task.also, *options]
    return " ".join(parts).lower()


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive, its node, the settings and the assets."""
    app.setup_extension("_ext.limits")  # its data names the limits
    app.setup_extension(records.__name__)
    app.add_config_value("cli_explorer_data", "", "env", types=(str,))
    app.add_config_value("cli_explorer_pages", "reference/cli", "env", types=(str,))
    app.add_directive("cli-explorer", CliExplorerDirective)
    add_component(app, cli_explorer, _html)
    assets.provide(app, cli_explorer, css="css/cli-explorer.css", js="js/cli-explorer.js")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
