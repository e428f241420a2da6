"""What a page documents and mentions, noted while it is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml
from docutils import nodes
from sphinx import addnodes
from sphinx.util.logging import get_node_location

from _ext._shared.evidence import evidence_of
from _ext._shared.records import note

from .mentions import Mention, mentions, mentions_in_code

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.application import Sphinx

SIGNATURE = "coverage-signature"
"""Facts ``(node id, place, parameters)``."""

MENTION = "coverage-mention"
"""Facts ``(place, mention)``."""

ABSENT = "coverage-absent"
"""Facts ``(place, text)``."""

ERROR = "coverage-error"
"""Facts ``(place, pattern)``."""

ABSENT_CLASS = "mlt-absent"
REAL = ("recorded", "executed", "fails")
CONFIGURATION = ".mltrack.yml"


def place_of(node: nodes.Node, docname: str) -> str:
    """Return ``path:line`` of a node or of the nearest one around it; else the page's name."""
    around: nodes.Node | None = node
    while around is not None:
        known = around.line is not None and around.source and "<" not in around.source
        if known and (found := get_node_location(around)):
            return found
        around = around.parent
    return docname


def _ran(node: nodes.Node) -> bool:
    """Say whether a block shows a real run: what it names was typed, and answered."""
    around: nodes.Node | None = node
    while around is not None:
        if isinstance(around, nodes.Element) and (evidence := evidence_of(around)):
            return evidence.state in REAL
        around = around.parent
    return False


def _parameters(signature: addnodes.desc_signature) -> list[str]:
    return [
        name.astext()
        for each in signature.findall(addnodes.desc_parameter)
        if not isinstance(each.children[0], addnodes.desc_sig_operator)  # *, /, *args, **fields
        and (name := next(each.findall(addnodes.desc_sig_name), None)) is not None
    ]


def _signatures(document: nodes.document, docname: str) -> Iterator[tuple[str, str, list[str]]]:
    for signature in document.findall(addnodes.desc_signature):
        for name in signature["ids"]:
            yield name, place_of(signature, docname), _parameters(signature)


def _keys(block: nodes.literal_block) -> Iterator[Mention]:
    """Yield the keys of a block that is captioned as a configuration file."""
    wrapper = block.parent
    caption = next(wrapper.findall(nodes.caption), None) if wrapper is not None else None
    if caption is None or not caption.astext().endswith(CONFIGURATION):
        return
    try:
        settings = yaml.safe_load(block.astext())
    except yaml.YAMLError:
        return
    if isinstance(settings, dict):
        yield from (Mention("setting", str(key)) for key in settings)


def _in_block(block: nodes.literal_block, docname: str) -> Iterator[tuple[str, Mention]]:
    path, _, first = place_of(block, docname).rpartition(":")
    language = str(block.get("language", ""))
    for number, line in enumerate(block.astext().splitlines(), int(first) if path else 0):
        place = f"{path}:{number + 1}" if path else docname
        yield from ((place, mention) for mention in mentions_in_code(line, language))
    yield from ((place_of(block, docname), mention) for mention in _keys(block))


def _mentions(document: nodes.document, docname: str) -> Iterator[tuple[str, Mention]]:
    for literal in document.findall(nodes.literal):
        checked_by_others = isinstance(literal.parent, addnodes.pending_xref)
        if checked_by_others or ABSENT_CLASS in literal["classes"] or _ran(literal):
            continue
        place = place_of(literal, docname)
        yield from ((place, mention) for mention in mentions(literal.astext()))
    for block in document.findall(nodes.literal_block):
        if not _ran(block):
            yield from _in_block(block, docname)


def _absent(document: nodes.document, docname: str) -> Iterator[tuple[str, str]]:
    for literal in document.findall(nodes.literal):
        if ABSENT_CLASS in literal["classes"]:
            yield place_of(literal, docname), literal.astext()


def collect(app: Sphinx, document: nodes.document) -> None:
    """Note what the page that was just read documents and mentions."""
    page = app.env.current_document.docname
    found: dict[str, Iterator[Any]] = {
        SIGNATURE: _signatures(document, page),
        MENTION: _mentions(document, page),
        ABSENT: _absent(document, page),
    }
    for kind, facts in found.items():
        for fact in facts:
            note(app.env, kind, fact, page)
