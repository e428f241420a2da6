"""``api-explorer``: requests to the generated services, edited and sent in the page.

``model`` joins OpenAPI documents with recorded answers; ``directive`` puts the form and a list of
all operations on a page. ``_static/js/api-explorer.js`` fills the form and sends: it answers from
the recordings, lets ``api-explorer.worker.js`` run the application itself, or asks the reader's own
service. Without a script the page has the list, with links to the recorded answers.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sphinx.builders.html import StandaloneHTMLBuilder

from _ext._shared import assets, records
from _ext._shared.render import add_component, render
from _ext._shared.versions import installed

from .directive import ApiExplorerDirective, api_explorer, operation_list, rows

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.writers.html5 import HTML5Translator

    from .model import Service

GUIDE = "deployment/protect"
REST = "reference/rest/index"


def _places(builder: StandaloneHTMLBuilder) -> dict[tuple[str, str], str]:
    """Return the addresses of endpoints and limits as seen from the page that is written."""
    here, standard = builder.current_docname, builder.env.domains.standard_domain
    found = {
        key: f"{builder.get_relative_uri(here, page)}#{anchor}"
        for key, (page, anchor) in standard.objects.items()
        if key[0] == "endpoint"
    }
    for label, (page, anchor, _) in standard.labels.items():
        if label.startswith("limit-"):
            address = f"{builder.get_relative_uri(here, page)}#{anchor}"
            found["limit", label.removeprefix("limit-")] = address
    return found


def _html(self: HTML5Translator, node: api_explorer) -> str:
    builder = self.builder
    assert isinstance(builder, StandaloneHTMLBuilder)  # noqa: S101 - for the type checker
    services: list[Service] = node["services"]
    places, pages = _places(builder), builder.env.found_docs
    data: dict[str, Any] = {
        "base": builder.config.openapi_base_url,
        "services": [each.payload(places) for each in services],
    }
    links = {
        name: builder.get_relative_uri(builder.current_docname, page) if page in pages else ""
        for name, page in (("guide", GUIDE), ("rest", REST))
    }
    return render(
        "api-explorer.html",
        data=json.dumps(data, ensure_ascii=False, separators=(",", ":")),
        services=services,
        facts=node["facts"],
        release=installed()["mltrack-py"],
        links=links,
    )


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive, its nodes, the settings and the assets."""
    app.setup_extension("_ext.openapi")
    app.add_config_value("api_explorer_data", "", "env", types=(str,))
    app.add_directive("api-explorer", ApiExplorerDirective)
    add_component(app, api_explorer, _html)
    records.add_listing(app, operation_list, rows)
    assets.provide(app, api_explorer, css="css/api-explorer.css", js="js/api-explorer.js")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
