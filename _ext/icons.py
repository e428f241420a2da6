"""``{icon}`name` `` draws an icon in a sentence; ``{icon-list}`` shows all of them.

Beside words an icon is decoration, and assistive technology passes over it. Where it stands for
words, it has a name: ``{icon}`name <label>` ``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxRole

from ._shared import assets
from ._shared.icons import CATALOGUE, ICONS, Icon, catalogue, icon, icon_names, near
from ._shared.inputs import FeatureDirective
from ._shared.render import add_component, render
from ._shared.report import InputError, warn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docutils.nodes import Node, system_message
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment
    from sphinx.writers.html5 import HTML5Translator

LABELLED = re.compile(r"(?P<name>[^<]*?)\s*<(?P<label>.*)>\s*\Z", re.DOTALL)
SOURCES = {"mltrack": "MLTrack", "lucide": "Lucide", "tabler": "Tabler"}


class icon_image(nodes.Inline, nodes.Element):  # noqa: N801 - docutils names nodes in lower case
    """An icon; its label, if it has one, for other builders."""


class icon_list(nodes.General, nodes.Element):  # noqa: N801
    """Icons with their names; a list of both for other builders."""


def icon_node(env: BuildEnvironment, name: str, label: str = "") -> icon_image:
    """Return the icon ``name``, noted as a dependency of the page.

    Raises:
        InputError: there is no such icon.
    """
    if name not in icon_names():
        there = ", ".join(near(name)) or "those of {icon-list}"
        message = f"there is no icon {name!r}; near it: {there}. source/_data/icons.yaml has all"
        raise InputError("unknown", message)
    env.note_dependency(ICONS / f"{name}.svg")
    return icon_image("", *([nodes.Text(label)] if label else []), name=name, label=label)


class IconRole(SphinxRole):
    """``name``, or ``name <label>``."""

    def run(self) -> tuple[list[Node], list[system_message]]:
        """Return the icon, or warn and leave the label."""
        match = LABELLED.match(self.text)
        name = (match["name"] if match else self.text).strip()
        label = " ".join(match["label"].split()) if match else ""
        try:
            return [icon_node(self.env, name, label)], []
        except InputError as error:
            warn("icons", error.subtype, error.message, self.get_location())
            return [nodes.Text(label)], []


class IconList(FeatureDirective):
    """``{icon-list}``: all icons, or with ``:from:`` those of one source."""

    feature = "icons"
    option_spec: ClassVar[dict[str, Any]] = {"from": directives.unchanged_required}

    def build(self) -> list[Node]:
        """Return the list.

        Raises:
            InputError: there is no such source.
        """
        self.env.note_dependency(CATALOGUE)
        source = self.options.get("from", "")
        if source and source not in SOURCES:
            raise InputError("option", f":from: is one of {', '.join(SOURCES)}, not {source!r}")
        entries = [each for each in catalogue() if source in ("", each.source)]
        node = icon_list("", _in_words(entries), entries=[_plain(each) for each in entries])
        self.set_source_info(node)
        return [node]


def _plain(entry: Icon) -> dict[str, Any]:
    return {"name": entry.name, "meaning": entry.meaning, "keywords": entry.keywords}


def _in_words(entries: Sequence[Icon]) -> nodes.bullet_list:
    items = [
        nodes.list_item("", nodes.paragraph("", "", nodes.literal("", each.name),
                                            nodes.Text(f": {each.meaning}")))
        for each in entries
    ]  # fmt: skip
    return nodes.bullet_list("", *items)


def _html(self: HTML5Translator, node: icon_image) -> str:
    return str(icon(node["name"], node["label"]))


def _list_html(self: HTML5Translator, node: icon_list) -> str:
    entries = [{**entry, "svg": icon(entry["name"])} for entry in node["entries"]]
    return render("icon-list.html", entries=entries)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the role, the directive, their nodes and style."""
    app.add_role("icon", IconRole())
    app.add_directive("icon-list", IconList)
    add_component(app, icon_image, _html)
    add_component(app, icon_list, _list_html)
    assets.provide(app, icon_list, css="css/icons.css")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
