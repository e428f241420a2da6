"""What a page says that another page may say too: words, names and links, noted when it is read."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from docutils import nodes
from sphinx import addnodes

from _ext.coverage.mentions import mentions, mentions_in_code

from .corpus import Facts, Name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.environment import BuildEnvironment

WORD = re.compile(r"[a-z][a-z-]*")
ABSENT = "mlt-absent"
"""The class of what is named because it does not exist."""
ONWARD = frozenset({"where-to-go-next", "related"})
"""Sections of links that an author chose: suggestions beside them name other pages."""
PROSE = (nodes.paragraph, nodes.title, nodes.term, nodes.entry)


def read(env: BuildEnvironment, document: nodes.document) -> Facts:
    """Return the facts of the page that was read."""
    used = {name for uses, name in _names(document) if uses}
    named = {name for _, name in _names(document)} | set(_roles(document))
    return Facts(
        kind=str(env.metadata[env.docname].get("kind", "")),
        text=" ".join(_prose(document)),
        names=tuple(sorted(named)),
        used=tuple(sorted(used)),
        links=tuple(sorted({link for _, link in _links(env, document)})),
        onward=tuple(sorted({link for chosen, link in _links(env, document) if chosen})),
        headings=tuple(_headings(document)),
    )


def _prose(document: nodes.document) -> Iterator[str]:
    """Give the text without code: what a page is about, not what it prints."""
    for node in document.findall(lambda each: isinstance(each, PROSE)):
        if isinstance(node, nodes.entry) and node.next_node(nodes.paragraph):
            continue  # its paragraphs come by themselves
        if not _generated(node):
            yield _words(node)


def _words(node: nodes.Node) -> str:
    if isinstance(node, nodes.literal) or _untitled(node):
        return " "
    if isinstance(node, nodes.Text):
        return node.astext()
    return "".join(_words(child) for child in node.children)


def _untitled(node: nodes.Node) -> bool:
    """Tell whether a link still has an address where its reader will see a title."""
    return isinstance(node, addnodes.pending_xref) and not node.get("refexplicit")


def _generated(node: nodes.Node) -> bool:
    """Tell whether a node is in what code printed."""
    around: nodes.Element | None = node.parent
    while around is not None:
        if "cell_output" in around.get("classes", ()):
            return True
        around = around.parent
    return False


def _names(document: nodes.document) -> Iterator[tuple[bool, Name]]:
    """Give commands, functions, settings and endpoints in code, and whether a block uses them."""
    for literal in document.findall(nodes.literal):
        if ABSENT not in literal["classes"]:
            for kind, text in mentions(literal.astext()):
                yield from ((False, name) for name in _name(kind, text))
    for block in document.findall(nodes.literal_block):
        language = str(block.get("language", ""))
        for line in block.astext().splitlines():
            for kind, text in mentions_in_code(line, language):
                yield from ((True, name) for name in _name(kind, text))


def _name(kind: str, text: str) -> Iterator[Name]:
    if kind == "call":
        first = text.split()[0]
        if WORD.fullmatch(first):
            yield Name("command", f"mltrack {first}")
    elif kind == "python":
        yield Name(kind, text.partition("(")[0])
    else:
        yield Name(kind, text)


def _roles(document: nodes.document) -> Iterator[Name]:
    """Give what roles name."""
    for node in document.findall(addnodes.pending_xref):
        domain, role, target = node.get("refdomain"), node["reftype"], node["reftarget"]
        if domain == "py":
            yield Name("python", target.lstrip("~."))
        elif domain == "std" and role in {"term", "envvar", "confval"}:
            yield Name({"envvar": "variable", "confval": "setting"}.get(role, role), target)


def _links(env: BuildEnvironment, document: nodes.document) -> Iterator[tuple[bool, str]]:
    """Give the pages that a page links to, and whether an author chose them as onward links."""
    for node in document.findall(addnodes.pending_xref):
        target = node.get("reftarget", "")
        if node["reftype"] == "doc":
            link = _page(env, target)
        elif node.get("refdomain") == "doc":
            link = target  # MyST's links to files
        else:
            continue
        if link in env.found_docs and link != env.docname:
            yield _chosen(node), link


def _page(env: BuildEnvironment, target: str) -> str:
    if target.startswith("/"):
        return target[1:]
    return posixpath.normpath(posixpath.join(posixpath.dirname(env.docname), target))


def _chosen(node: nodes.Node) -> bool:
    around: nodes.Element | None = node.parent
    while around is not None:
        if isinstance(around, nodes.section) and ONWARD & set(around["ids"]):
            return True
        around = around.parent
    return False


def _headings(document: nodes.document) -> Iterator[str]:
    for section in document.findall(nodes.section):
        title = section.next_node(nodes.title)
        if title is not None and not ONWARD & set(section["ids"]):
            yield title.astext()
