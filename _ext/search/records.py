"""What a reader may look for: pages, sections, names, options, settings and terms.

``places`` takes them from a page when it is read; ``of`` gives them addresses when the build has
finished.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, TypeGuard

from docutils import nodes
from sphinx import addnodes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

LONGEST = 1_400
"""Characters of a place's text in the index; a longer one is found by what it begins with. Prose
comes first, code after it."""
SILENT = (
    nodes.comment, nodes.raw, nodes.image, nodes.substitution_definition, nodes.system_message,
    nodes.title, nodes.meta, addnodes.toctree, addnodes.index,
)  # fmt: skip
APART = (nodes.section, addnodes.desc, addnodes.glossary)
"""What gives places of its own."""
MESSAGES = "mlt-errors"
"""The class of lists of error messages, each with an anchor."""
QUIET = "mlt-unsearched"
"""The class of what is shown and not searched, as queries in a table."""
OBJECTS = {"py": "python", "option": "option", "confval": "setting", "envvar": "setting"}
SEPARATOR = " \u203a "
ONWARD = {"where-to-go-next", "related"}
"""The sections of links to other pages: nobody looks for them."""


class Place(NamedTuple):
    """A place of a page, as the page says it. The first one is the page itself."""

    anchor: str
    title: str
    text: str
    kind: str = ""
    """Where it is not that of the page."""
    keywords: str = ""
    """What readers may call it, with commas between."""


@dataclass
class Record:
    """Something to find: where it is, what it is called and what is said there."""

    docname: str
    anchor: str
    url: str
    kind: str
    title: str
    page: str
    """The titles of what it stands in."""
    text: str = ""
    keywords: str = ""

    @property
    def target(self) -> str:
        """Name the place as data files do: ``guides/costs#add-up-the-costs``."""
        return f"{self.docname}#{self.anchor}" if self.anchor else self.docname


def places(doctree: nodes.document, meta: dict[str, Any]) -> Iterator[Place]:
    """Give the places of a page in reading order; none if it says ``nosearch``."""
    if "nosearch" in meta:
        return
    for section in doctree.children:
        if isinstance(section, nodes.section):
            first, *others = _section(section)
            yield first._replace(keywords=str(meta.get("keywords", "")))
            words = section_keywords(meta)
            for place in others:
                yield place._replace(keywords=words.get(place.anchor, ""))
            return


def section_keywords(meta: dict[str, Any]) -> dict[str, str]:
    """Return the words of places in a page, by anchor; MyST keeps a mapping as JSON."""
    try:
        found = json.loads(meta.get("section_keywords", "{}"))
    except ValueError:
        return {}
    if not isinstance(found, dict):
        return {}
    return {anchor: str(words) for anchor, words in found.items()}


def of(app: Sphinx, docname: str, kind: str, found: list[Place]) -> list[Record]:
    """Return the records of a page's places."""
    env, address = app.env, app.builder.get_target_uri(docname)
    way = trail(env, docname)
    records = []
    for number, place in enumerate(found):
        anchor = place.anchor if number else ""
        records.append(
            Record(
                docname=docname,
                anchor=anchor,
                url=f"{address}#{anchor}" if anchor else address,
                kind=place.kind or kind,
                title=place.title,
                page=SEPARATOR.join([*way, found[0].title] if number else way),
                text=place.text,
                keywords=place.keywords,
            )
        )
    return records


def trail(env: BuildEnvironment, docname: str) -> list[str]:
    """Return the titles of the pages above one, the first page left out."""
    above = {
        child: parent for parent, children in env.toctree_includes.items() for child in children
    }
    found: list[str] = []
    while (docname := above.get(docname, "")) and docname != env.config.root_doc:
        found.insert(0, env.titles[docname].astext())
    return found


def _section(section: nodes.section) -> Iterator[Place]:
    title = section.next_node(nodes.title)
    yield Place(section["ids"][0], title.astext() if title else "", text_of(section))
    for node in _apart(section):
        if isinstance(node, addnodes.desc):
            yield from _object(node)
        elif isinstance(node, addnodes.glossary):
            yield from _terms(node, "glossary")
        elif isinstance(node, nodes.definition_list):
            yield from _terms(node, "error")
        elif isinstance(node, nodes.section) and not ONWARD.intersection(node["ids"]):
            yield from _section(node)


def _object(node: addnodes.desc) -> Iterator[Place]:
    signature = node.next_node(addnodes.desc_signature)
    kind = OBJECTS.get(node.get("domain"), "") or OBJECTS.get(node.get("objtype"), "")
    if signature is None or not signature["ids"] or not kind:
        return
    name = str(signature.get("fullname") or signature.astext())
    module = signature.get("module")
    content = node.next_node(addnodes.desc_content)
    said = text_of(content) if content else ""
    yield Place(signature["ids"][0], f"{module}.{name}" if module else name, said, kind)
    for inner in _apart(content) if content else ():
        if isinstance(inner, addnodes.desc):
            yield from _object(inner)


def _terms(found: nodes.Element, kind: str) -> Iterator[Place]:
    for item in found.findall(nodes.definition_list_item):
        term = item.next_node(nodes.term)
        definition = item.next_node(nodes.definition)
        if term is not None and term["ids"] and definition is not None:
            yield Place(term["ids"][0], term.astext(), text_of(definition), kind)


def _apart(node: nodes.Element) -> Iterator[nodes.Element]:
    """Give the nearest nodes below one that have places of their own."""
    for child in node.children:
        if is_apart(child):
            yield child
        elif isinstance(child, nodes.Element):
            yield from _apart(child)


def is_apart(node: nodes.Node) -> TypeGuard[nodes.Element]:
    """Tell whether a node gives places of its own."""
    return isinstance(node, APART) or (
        isinstance(node, nodes.definition_list) and MESSAGES in node["classes"]
    )


def text_of(node: nodes.Element) -> str:
    """Return what is said in a node itself, as one line of at most :data:`LONGEST` characters."""
    prose, code = list[str](), list[str]()
    for said, literal in _said(node):
        (code if literal else prose).append(said)
    return beginning(" ".join(" ".join([*prose, *code]).split()), LONGEST)


def beginning(text: str, most: int) -> str:
    """Return as many whole words of a text as have room: a part of a name would be a term."""
    return text if len(text) <= most else text[: most + 1].rpartition(" ")[0]


def _said(node: nodes.Element) -> Iterator[tuple[str, bool]]:
    """Give each text in a node, and whether it is a block of code."""
    for child in node.children:
        if is_apart(child) or isinstance(child, SILENT) or _quiet(child):
            continue
        if isinstance(child, (nodes.Text, nodes.TextElement)):
            yield child.astext(), isinstance(child, nodes.literal_block)
        elif isinstance(child, nodes.Element):
            yield from _said(child)


def _quiet(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Element) and QUIET in node["classes"]


class Listed(NamedTuple):
    """A page in a list."""

    name: str
    title: str


def pages(env: BuildEnvironment) -> list[dict[str, Any]]:
    """Return the sections of the site, each with its pages in reading order."""
    return [
        {"name": name, "title": env.titles[name].astext(), "pages": list(_below(env, name))}
        for name in env.toctree_includes.get(env.config.root_doc, [])
    ]


def _below(env: BuildEnvironment, name: str) -> Iterator[Listed]:
    for child in env.toctree_includes.get(name, []):
        yield Listed(child, env.titles[child].astext())
        yield from _below(env, child)
