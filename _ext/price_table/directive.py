"""The directives ``prices``, ``price-providers`` and ``price-search``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from docutils import nodes
from sphinx import addnodes

from _ext._shared.inputs import FeatureDirective
from _ext._shared.records import note, noted
from _ext._shared.render import render
from _ext._shared.report import InputError
from _ext._shared.tables import Cell, table

from .model import MODE, Prices

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment
    from sphinx.writers.html5 import HTML5Translator

FEATURE = "price_table"
DATA = "prices.json"
SCRIPT = "js/price-table.data.js"
HEAD = ("Model", "Input", "Output", "Context")
TABLE = "price-table"
"""Kind of the records: providers with a table, each with its label."""


class price_table(nodes.General, nodes.Element):  # noqa: N801 - docutils names in lower case
    """Around a table of prices."""


class price_providers(nodes.General, nodes.Element):  # noqa: N801
    """The place of the list of providers."""


class price_search(nodes.General, nodes.Element):  # noqa: N801
    """The search; for builders without scripts it is nothing."""


class PriceDirective(FeatureDirective):
    """What all three read."""

    feature = FEATURE

    @property
    def origin(self) -> str:
        """The file that all numbers come from."""
        return str(self.source_file(f"/_data/{DATA}"))

    def prices(self) -> Prices:
        """Return the exported prices.

        Raises:
            InputError: the file is missing or something else.
        """
        path = Path(self.origin)
        try:
            return Prices.load(path)
        except ValueError as error:
            message = f"not prices: {error}. Write it with: python -m tools.prices"
            raise InputError("data", message, f"{path}:1") from error


class PricesDirective(PriceDirective):
    """``{prices} PROVIDER``: a table of the provider's models, which can be linked to."""

    required_arguments = 1

    def build(self) -> list[nodes.Node]:
        """Return the table.

        Raises:
            InputError: there is no such provider.
        """
        prices, provider = self.prices(), self.arguments[0]
        if provider not in prices.providers:
            known = ", ".join(prices.providers)
            raise InputError("provider", f"there is no provider {provider!r}; there are {known}")
        rows: list[tuple[Cell, ...]] = []
        for price in prices.of(provider):
            name: list[nodes.Node] = [nodes.literal("", price.name)]
            if price.mode != MODE:
                name.append(nodes.Text(f" ({price.mode})"))
            rows.append((name, *price.cells))
        place = price_table("", table(HEAD, rows))
        label = f"prices-{nodes.make_id(provider)}"
        place["names"].append(label)
        place.source, place.line = self.origin, 1  # nobody has typed these numbers
        self.state.document.note_explicit_target(place)
        note(self.env, TABLE, (provider, label))
        return [place]


class ProvidersDirective(PriceDirective):
    """``{price-providers}``: the providers, with links to their tables."""

    option_spec: ClassVar[dict[str, Any]] = {}

    def build(self) -> list[nodes.Node]:
        """Return the placeholder."""
        place = price_providers("", providers=self.prices().providers)
        self.set_source_info(place)
        return [place]


class SearchDirective(PriceDirective):
    """``{price-search}``: the search over all models."""

    def build(self) -> list[nodes.Node]:
        """Return the form."""
        prices = self.prices()
        search = price_search("", providers=prices.providers, total=len(prices.rows))
        self.set_source_info(search)
        return [search]


def show_providers(env: BuildEnvironment, place: price_providers) -> list[nodes.Node]:
    """Return the list of providers, once all pages are read."""
    labels = {provider: label for _, (provider, label) in noted(env, TABLE)}
    items = nodes.bullet_list(classes=["mlt-price-providers"])
    for provider, count in place["providers"].items():
        name: nodes.Node = nodes.inline("", provider)
        if provider in labels:
            name = addnodes.pending_xref(
                "", name, refdomain="std", reftype="ref", reftarget=labels[provider],
                refexplicit=True, refwarn=True,
            )  # fmt: skip
        items += nodes.list_item("", nodes.paragraph("", "", name, nodes.Text(f" {count}")))
    return [price_table("", items)]


def visit(self: HTML5Translator, node: price_table) -> None:
    """Open the element around a table."""
    self.body.append(self.starttag(node, "div", CLASS="mlt-prices"))


def depart(self: HTML5Translator, _node: price_table) -> None:
    """Close it."""
    self.body.append("</div>\n")


def search_html(_translator: HTML5Translator, node: Any) -> str:
    """Return the form, which the script shows."""
    return render("price-table.html", providers=node["providers"], total=node["total"])


def write_data(app: Sphinx, exception: Exception | None) -> None:
    """Write the data of the search beside its script."""
    path = Path(app.srcdir) / "_data" / DATA
    if exception is None and app.builder.format == "html" and noted(app.env, TABLE):
        target = Path(app.outdir) / "_static" / SCRIPT
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(Prices.load(path).script(), encoding="utf-8")
