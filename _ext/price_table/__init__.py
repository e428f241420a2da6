"""``price_table``: the prices of the package as plain tables, and one search over all of them.

``{prices} PROVIDER`` is a table of one provider, ``{price-providers}`` links to all of them, and
``{price-search}`` is the search, which only scripts can do. All read ``source/_data/prices.json``,
which ``tools.prices`` exports. The search loads its data on first use, as a script, so that it
also works from disk.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from _ext._shared import assets
from _ext._shared.records import add_listing
from _ext._shared.render import add_component

from .directive import (
    PricesDirective,
    ProvidersDirective,
    SearchDirective,
    depart,
    price_providers,
    price_search,
    price_table,
    search_html,
    show_providers,
    visit,
    write_data,
)

if TYPE_CHECKING:
    from sphinx.application import Sphinx


def setup(app: Sphinx) -> dict[str, bool]:
    """Register directives, nodes, their files, and what writes the data of the search."""
    app.add_directive("prices", PricesDirective)
    app.add_directive("price-providers", ProvidersDirective)
    app.add_directive("price-search", SearchDirective)
    plain = (lambda *_: None, lambda *_: None)
    app.add_node(price_table, html=(visit, depart), text=plain, latex=plain, man=plain, xml=plain)
    add_component(app, price_search, search_html)
    add_listing(app, price_providers, show_providers)
    assets.provide(app, price_table, css="css/price-table.css")
    assets.provide(app, price_search, css="css/price-table.css", js="js/price-table.js")
    app.connect("build-finished", write_data)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
