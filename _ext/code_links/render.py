"""Write a block of code with its links."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import quoteattr

from docutils import nodes
from sphinx.writers.html5 import HTML5Translator
from sphinx_codeautolink.extension.block import construct_name_pattern

from _ext.overlays.model import overlays_of

from .names import Found, as_name

if TYPE_CHECKING:
    from sphinx.environment import BuildEnvironment

PRE = re.compile(r"(<pre\b[^>]*>)(.*)(</pre>)", re.DOTALL)


def visit_block(self: HTML5Translator, node: Any) -> None:
    """Write the block as the theme does, then put the links in."""
    try:
        HTML5Translator.visit_literal_block(self, node)
    except nodes.SkipNode:
        if found := node.get("code_names"):
            self.body[-1] = _linked(self, found, self.body[-1])
        raise


def depart_block(self: HTML5Translator, node: Any) -> None:
    """End what is no code."""
    HTML5Translator.depart_literal_block(self, node)


def _linked(writer: HTML5Translator, found: list[Found], html: str) -> str:
    match = PRE.search(html)
    if match is None:
        return html
    lines = match[2].split("\n")
    for each in found:
        if address := _address(writer, each.target):
            link(lines, each, address)
    return html[: match.start(2)] + "\n".join(lines) + html[match.end(2) :]


def link(lines: list[str], found: Found, address: str) -> None:
    """Put a link around the first place of a name in lines of highlighted code."""
    within = slice(found.first - 1, found.last)
    text = "\n".join(lines[within])
    match = re.search(construct_name_pattern(as_name(found)), text)
    if match is None:
        return
    begin, end = match.start() + len(match[1] or ""), match.end()
    linked = f'<a class="mlt-ref" href={quoteattr(address)}>{text[begin:end]}</a>'
    lines[within] = f"{text[:begin]}{linked}{text[end:]}".split("\n")


def _address(writer: HTML5Translator, target: str) -> str:
    """Return where a name is documented, seen from the page that is written."""
    env: BuildEnvironment = writer.builder.env
    page = getattr(writer.builder, "current_docname", "")
    if target.startswith("mltrack"):
        entry = _objects(env).get(target)
        if entry is None:
            return ""
        return f"{writer.builder.get_relative_uri(page, entry[0])}#{entry[1]}"
    inventory: dict[str, dict[str, Any]] = getattr(env, "intersphinx_inventory", {})
    for kind, names in inventory.items():
        if kind.startswith("py:") and target in names:
            item = names[target]
            return str(getattr(item, "uri", None) or item[2])
    return ""


def _objects(env: BuildEnvironment) -> dict[str, tuple[str, str]]:
    """Return page and anchor of MLTrack's objects, by canonical name."""
    overlays = overlays_of(env.config)
    return {
        overlays.canonical(name): (entry.docname, entry.node_id)
        for name, entry in env.domains.python_domain.objects.items()
        if name.startswith("mltrack")
    }
