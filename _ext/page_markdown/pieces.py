"""What several blocks need: fences, indents, quotations, signatures, what stands beside them."""

from __future__ import annotations

import re
from pathlib import PurePath

from docutils import nodes
from sphinx import addnodes

from .inline import RUNS, SILENT

ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
LANGUAGES = {"default": "", "none": "", "myst-ansi": "", "ipython3": "python", "guess": ""}
"""Names that only Sphinx and MyST-NB know, and what others call them."""
BY_SUFFIX = {".py": "python", ".toml": "toml", ".yaml": "yaml", ".yml": "yaml", ".sh": "bash"}


def fence(text: str, language: str = "") -> str:
    """Return a block of code."""
    text = ANSI.sub("", text)
    longest = max((len(run) for run in RUNS.findall(text)), default=0)
    mark = "`" * max(3, longest + 1)
    return f"{mark}{LANGUAGES.get(language, language)}\n{text.rstrip(chr(10))}\n{mark}"


def indent(text: str, first: str) -> str:
    """Return blocks as those of a list's item, whose first line begins with ``first``."""
    rest = " " * len(first)
    lines = text.split("\n")
    return "\n".join(
        (first if number == 0 else rest if line else "") + line for number, line in enumerate(lines)
    )


def quote(text: str) -> str:
    """Return blocks as a quotation."""
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


def language(node: nodes.literal_block) -> str:
    """Return what a block is written in; an included file says so by its name."""
    said = str(node.get("language", ""))
    included = PurePath(str(node.get("source") or "")).suffix
    return BY_SUFFIX.get(included, said) if said in ("", "default") else said


def signature(node: addnodes.desc_signature) -> str:
    """Return a signature in one line, without the link to its source."""
    shown = (part for part in node.children if not isinstance(part, nodes.reference))
    return " ".join("".join(part.astext() for part in shown).split())


def name(node: addnodes.desc_signature) -> str:
    """Return the name of an object, with the module that its signature shows."""
    parts = [
        part.astext()
        for part in node.findall(nodes.Element)
        if isinstance(part, addnodes.desc_addname | addnodes.desc_name)
    ]
    return "".join(parts) or node.astext()


def is_block(node: nodes.Node) -> bool:
    """Tell whether a node is HTML that stands for itself: to docutils, all of it is inline."""
    return isinstance(node, nodes.raw) and not isinstance(node.parent, nodes.TextElement)


def beside(node: nodes.Element, step: int, *passed: type[nodes.Element]) -> nodes.Node | None:
    """Return the next node at a side that shows something and is not one of those passed."""
    siblings = node.parent.children
    at = siblings.index(node) + step
    while 0 <= at < len(siblings) and isinstance(siblings[at], (*SILENT, *passed)):
        at += step
    return siblings[at] if 0 <= at < len(siblings) else None
