"""``{errors} AREA``: messages with their cause and cure; ``{error-index}``: all, from A to Z."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from docutils import nodes
from pydantic import BaseModel, ConfigDict, Field
from sphinx import addnodes

from _ext._shared.inputs import Data, FeatureDirective, load_yaml
from _ext._shared.records import note
from _ext._shared.report import InputError

from .check import data_file, load_inventory
from .collect import ERROR
from .model import glob

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .model import Inventory

WAYS = {
    "log": "a line in the log",
    "terminal": "printed",
    "printed": "printed",
    "warning": "a warning of Python",
}
ANCHOR = 60
"""Characters of an anchor."""
LETTERLESS = "#"
SIGNS = re.compile(r"^[^\w{]+")


class Message(BaseModel):
    """An error message: the text, when readers see it, and what they do about it."""

    model_config = ConfigDict(extra="forbid")

    message: str = Field(min_length=3)
    covers: list[str] = []
    origin: str | None = None
    when: str = Field(min_length=10)
    remedy: str = Field(min_length=10)
    see: list[str] = []
    untested: dict[str, str] = {}

    def texts(self, known: dict[str, Any]) -> Iterator[str]:
        """Yield the messages that the entry explains, its own first."""
        yield self.message
        for pattern in self.covers:
            yield from sorted(text for text in known if glob(pattern, text)) or [pattern]


def anchor(message: str) -> str:
    """Return the id of a message, which never changes."""
    return f"error-{nodes.make_id(message)}"[:ANCHOR].rstrip("-")


def shown(message: str) -> str:
    """Return the text of a message as readers see it."""
    return message.replace("{}", "…")


class ErrorData(FeatureDirective):
    """What both directives read."""

    feature = "coverage"

    def messages(self) -> Data[dict[str, list[Message]]]:
        """Return the entries by area.

        Raises:
            InputError: the file is wrong.
        """
        self.file(data_file(self.env, "inventory.json"))
        return load_yaml(self.source_file("/_data/errors.yaml"), dict[str, list[Message]])

    def provoked(self) -> dict[str, dict[str, Any]]:
        """Return what ``tools.messages`` saw; a site without the file saw nothing."""
        path = data_file(self.env, "messages.json")
        self.env.note_dependency(path)
        if not path.is_file():
            return {}
        found: dict[str, dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
        return found


class ErrorsDirective(ErrorData):
    """``{errors} AREA``: the messages of one area of ``source/_data/errors.yaml``."""

    required_arguments = 1

    def build(self) -> list[nodes.Node]:
        """Return a definition list.

        Raises:
            InputError: the file or the area's name is wrong.
        """
        data = self.messages()
        inventory, area = load_inventory(self.env), self.arguments[0]
        if area not in data.value:
            known = ", ".join(data.value)
            raise InputError("option", f"errors.yaml has no area {area!r}; it has {known}")
        entries, seen = nodes.definition_list(classes=["mlt-errors"]), self.provoked()
        for number, message in enumerate(data.value[area]):
            if message.origin is None:
                for pattern in (message.message, *message.covers):
                    note(self.env, ERROR, (data.place(area, number), pattern))
            entries += self._entry(message, inventory, seen)
        return [entries]

    def _entry(
        self, entry: Message, inventory: Inventory, seen: dict[str, dict[str, Any]]
    ) -> nodes.definition_list_item:
        term = nodes.term("", "", nodes.literal("", shown(entry.message)))
        target = anchor(entry.message)
        term["ids"].append(target)
        term["names"].append(target)
        self.state.document.note_explicit_target(term)
        texts = list(entry.texts(inventory.items("message")))
        body = nodes.definition("", *self._origin(entry, inventory, seen.get(entry.message, {})))
        for text in (entry.when, entry.remedy):
            body += self.parse_text_to_nodes(text)
        if texts[1:]:
            body += self._list("The same holds for ", [_code(text) for text in texts[1:]])
        if (said := seen.get(entry.message, {}).get("text", "")) not in ("", entry.message):
            body += nodes.paragraph("", "Seen: ", _code(said))
        if entry.see:
            links = [self.parse_inline(text)[0] for text in entry.see]
            body += self._list("More: ", [nodes.inline("", "", *link) for link in links])
        return nodes.definition_list_item("", term, body)

    def _origin(
        self, entry: Message, inventory: Inventory, seen: dict[str, Any]
    ) -> list[nodes.paragraph]:
        ways = inventory.items("message").get(entry.message, {}).get("as", [])
        says = ", ".join(WAYS.get(way, way) for way in ways) or entry.origin or ""
        if "status" in seen and "status" not in says:
            says += f", exit status {seen['status']}"
        if using := seen.get("using"):
            says += f"; provoked with {using}"
        return [nodes.paragraph("", f"({says})")] if says else []

    def _list(self, lead: str, items: list[nodes.Node]) -> nodes.paragraph:
        paragraph = nodes.paragraph("", lead)
        for number, item in enumerate(items):
            paragraph += [nodes.Text(", "), item] if number else [item]
        return paragraph


class ErrorIndexDirective(ErrorData):
    """``{error-index}``: a link to every message, from A to Z, with jump links."""

    def build(self) -> list[nodes.Node]:
        """Return jump links, then a list for each letter.

        Raises:
            InputError: a data file is wrong.
        """
        known = load_inventory(self.env).items("message")
        found: dict[str, list[tuple[str, str]]] = {}
        for entry in (entry for area in self.messages().value.values() for entry in area):
            for text in entry.texts(known):
                found.setdefault(letter(text), []).append((text, anchor(entry.message)))
        jumps, taken = nodes.paragraph(classes=["mlt-jumps"]), set[str]()
        lists: list[nodes.Node] = []
        for first in sorted(found):
            name = f"letter-{nodes.make_id(first) or 'other'}"
            jumps += nodes.reference("", first, internal=True, refid=name)
            jumps += nodes.Text(" ")
            lists.append(nodes.rubric("", first, ids=[name], **{"heading-level": 3}))
            items = nodes.bullet_list(classes=["mlt-error-index"])
            for text, target in sorted(set(found[first]), key=_order):
                items += self._item(text, target, taken)
            lists.append(items)
        return [jumps, *lists]

    def _item(self, text: str, target: str, taken: set[str]) -> nodes.list_item:
        link = addnodes.pending_xref(
            "", _code(text), refdomain="std", reftype="ref", reftarget=target, refexplicit=True,
            refwarn=True, refdoc=self.env.docname,
        )  # fmt: skip
        item = nodes.list_item("", nodes.paragraph("", "", link))
        if (name := anchor(text)) not in taken:
            taken.add(name)
            item["ids"].append(name)  # links to this page from before go on
        return item


def letter(text: str) -> str:
    """Return the letter under which a message stands: signs and what differs do not count."""
    words = SIGNS.sub("", text.replace("{}", "")).lstrip(" '\"`([/.")
    return words[:1].upper() if words[:1].isalpha() else LETTERLESS


def _order(item: tuple[str, str]) -> tuple[str, tuple[str, str]]:
    """Sort by words; what has the same words has an order too, on every machine."""
    return re.sub(r"[\W_]+", " ", item[0]).strip().lower(), item


def _code(text: str) -> nodes.literal:
    return nodes.literal("", shown(text))
