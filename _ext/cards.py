"""Feature cards from data: icon, title, one sentence, a link and an honest status."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from docutils import nodes
from docutils.parsers.rst import directives
from pydantic import BaseModel, ConfigDict, Field
from sphinx import addnodes

from ._shared import assets
from ._shared.icons import ICONS, icon, icon_names, near
from ._shared.inputs import Data, FeatureDirective, load_yaml
from ._shared.render import add_component, render
from ._shared.report import InputError

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.writers.html5 import HTML5Translator

STATUS = {
    "works": "Works",
    "workaround": "Works with a workaround",
    "partial": "Works in part",
    "broken": "Fails in this release",
    "absent": "Not in this release",
}
SYMBOLS = {
    "works": "circle-check",
    "workaround": "wrench",
    "partial": "circle-dot",
    "broken": "circle-x",
    "absent": "circle-dashed",
}
"""The icon of each status."""


class Card(BaseModel):
    """One entry of the data file."""

    model_config = ConfigDict(extra="forbid")

    title: str = Field(min_length=1, max_length=40)
    text: str = Field(min_length=1, max_length=200)
    icon: str
    link: str | None = None
    status: Literal["works", "workaround", "partial", "broken", "absent"] | None = None


class cards(nodes.General, nodes.Element):  # noqa: N801 - docutils names nodes in lower case
    """A grid of :class:`card`."""


class card(nodes.General, nodes.Element):  # noqa: N801
    """One card: attributes of :class:`Card`, and a paragraph for builders without templates."""


class CardsDirective(FeatureDirective):
    """``{cards} NAME`` shows ``source/_data/NAME.yaml``, a list of cards, or its ``:first:``."""

    feature = "cards"
    required_arguments = 1
    option_spec: ClassVar[dict[str, Any]] = {"first": directives.positive_int}

    def build(self) -> list[nodes.Node]:
        """Return the grid.

        Raises:
            InputError: the file, an icon or a link is wrong.
        """
        data = load_yaml(self.source_file(f"/_data/{self.arguments[0]}.yaml"), list[Card])
        shown = range(len(data.value))[: self.options.get("first")]
        grid = cards("", *(self._card(data, index) for index in shown))
        self.set_source_info(grid)
        return [grid]

    def _card(self, data: Data[list[Card]], index: int) -> card:
        entry = data.value[index]
        if entry.icon not in icon_names():
            there = ", ".join(near(entry.icon)) or "those in source/_data/icons.yaml"
            message = f"there is no icon {entry.icon!r}; there are {there}"
            raise InputError("icon", message, data.place(index, "icon"))
        self.env.note_dependency(ICONS / f"{entry.icon}.svg")
        if entry.link is not None and entry.link not in self.env.found_docs:
            message = f"there is no page {entry.link!r}; write its path below source/, without .md"
            raise InputError("link", message, data.place(index, "link"))
        node = card(**entry.model_dump())
        node += nodes.paragraph("", "", *self._sentence(entry))
        return node

    def _sentence(self, entry: Card) -> list[nodes.Node]:
        title: nodes.Element = nodes.strong("", entry.title)
        if entry.link is not None:
            target = addnodes.pending_xref(
                "", title, refdomain="std", reftype="doc", reftarget=f"/{entry.link}",
                refdoc=self.env.docname, refexplicit=True, refwarn=True,
            )  # fmt: skip
            self.set_source_info(target)
            title = target
        status = f" ({STATUS[entry.status]})" if entry.status else ""
        return [title, nodes.Text(f"{status}: {entry.text}")]


def _html(self: HTML5Translator, node: cards) -> str:
    entries = []
    for child in node.findall(card):
        link = next(child.findall(nodes.reference), None)
        entries.append(
            {
                **{key: child[key] for key in Card.model_fields},
                "icon": icon(child["icon"]),
                "href": link["refuri"] if link is not None else None,
                "badge": STATUS.get(child["status"]),
                "symbol": icon(SYMBOLS[child["status"]]) if child["status"] else "",
            }
        )
    return render("cards.html", entries=entries)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive, its nodes and its style."""
    app.add_directive("cards", CardsDirective)
    add_component(app, cards, _html)
    add_component(app, card, lambda _self, _node: "")
    assets.provide(app, cards, css="css/cards.css")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
