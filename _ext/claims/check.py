"""What the build checks: words without proof on each page, and claims that no page uses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx import addnodes

from _ext._shared.records import noted
from _ext._shared.report import InputError, warn

from . import prose
from .model import load
from .role import LISTED, USED, accepted, claim, data_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

TEXTS = (
    nodes.paragraph, nodes.title, nodes.term, nodes.caption, nodes.rubric, nodes.line,
    nodes.attribution,
)  # fmt: skip
PASSED_OVER = (addnodes.desc, nodes.comment, addnodes.toctree)
FURTHEST = 200
REMEDY = (
    "bind it with {claim}`…`, say it without the number or the praise, "
    "or give the reason: {words}`… <reason>`"
)


def check_page(app: Sphinx, document: nodes.document) -> None:
    """Warn of words without proof, then leave only words in titles."""
    path = data_file(app.config, app.env, "prose.yaml")
    app.env.note_dependency(path)
    try:
        rules = prose.load(path)
    except InputError:
        pass  # reported once, at the end of the build
    else:
        _check(document, Path(app.env.doc2path(app.env.docname)), rules)
    for passed in list(document.findall(accepted)):
        passed.replace_self(nodes.Text(passed.astext()))
    for bound in list(document.findall(claim)):
        if isinstance(bound.parent, nodes.title):  # titles are links in the sidebar
            bound.replace_self(nodes.Text(bound.astext()))


def _check(document: nodes.document, page: Path, rules: prose.Prose) -> None:
    reasons = _accepted_words(document, page)
    lines = page.read_text(encoding="utf-8").splitlines()
    needed: set[str] = set()
    for first, text in _texts(document, page):
        for found in rules.search(text):
            if accepting := reasons.keys() & {found.words.lower(), found.kind} - {"words"}:
                needed |= accepting
                continue
            line = _place(lines, first + text.count("\n", 0, found.start), found.words)
            message = f"{found.words!r}: {found.because}; {REMEDY}"
            warn("claims", "unbound", message, f"{page}:{line}")
    for key in sorted(reasons.keys() - needed):
        message = f"prose: {key!r} is not on this page: remove it from the front matter"
        warn("claims", "words", message, f"{page}:1")


def _accepted_words(document: nodes.document, page: Path) -> dict[str, str]:
    """Return the words that the page's front matter accepts, or kinds of them, with reasons."""
    fields = (field for info in document.findall(nodes.docinfo) for field in info.children)
    texts = [[part.astext() for part in field.children] for field in fields]
    text = next((pair[1] for pair in texts if pair[0] == "prose"), "{}")
    try:
        given = json.loads(text)
    except ValueError:
        given = None
    if not isinstance(given, dict) or not all(
        isinstance(reason, str) and reason.strip() for reason in given.values()
    ):
        warn("claims", "words", "prose: has to map words to reasons", f"{page}:1")
        return {}
    return {" ".join(key.lower().split()): reason for key, reason in given.items()}


def _place(lines: list[str], line: int, words: str) -> int:
    """Return the line of the words: the parser gives the cells of a table its first line."""
    word = words.split()[0]
    rows = range(line, min(line + FURTHEST, len(lines)) + 1)
    return next((row for row in rows if word in lines[row - 1]), line)


def _texts(document: nodes.document, page: Path) -> Iterator[tuple[int, str]]:
    """Yield the page's own running text, each piece with its first line."""
    for meta in document.findall(nodes.meta):
        if meta.get("name") == "description":  # search engines show it
            yield 1, str(meta.get("content", ""))
    for node in document.findall(lambda node: isinstance(node, TEXTS)):
        if _is_own(node, page):
            yield _line(node), _flat(node)


def _is_own(node: nodes.Node, page: Path) -> bool:
    """Tell whether an author wrote this on the page, outside of what was measured."""
    source: Any = None
    at: nodes.Node | None = node
    while at is not None:
        if isinstance(at, PASSED_OVER):
            return False
        if isinstance(at, nodes.Element) and (
            "measured" in at or "cell_output" in at.get("classes", ())
        ):
            return False
        source = source or getattr(at, "source", None)
        at = at.parent
    return source is None or Path(source).resolve() == page.resolve()


def _line(node: nodes.Node) -> int:
    at: nodes.Node | None = node
    while at is not None:
        if at.line:
            return int(at.line)
        at = at.parent
    return 1


def _flat(node: nodes.Node) -> str:
    """Return the text, with what is bound, accepted or code hidden."""
    if isinstance(node, nodes.Text):
        return str(node)
    by_target = isinstance(node, addnodes.pending_xref) and not node.get("refexplicit")
    if by_target or isinstance(node, nodes.literal | nodes.math | claim | accepted):
        return prose.HIDDEN
    return "".join(_flat(child) for child in node.children)


def check_claims(app: Sphinx, env: BuildEnvironment) -> None:
    """Warn of wrong data, once, and of claims that no page uses."""
    try:
        prose.load(data_file(app.config, env, "prose.yaml"))
    except InputError as error:
        warn("claims", error.subtype, error.message, error.location)
    path = data_file(app.config, env, "claims.yaml")
    try:
        data = load(path)
    except InputError as error:
        # A page that uses a claim has said that the file is missing.
        if error.location is not None:
            warn("claims", error.subtype, error.message, error.location)
        return
    first, *others = [page for page, _ in noted(env, LISTED)] or [""]
    for page in others:
        message = f"{first!r} already lists the claims: keep one table, and link to it"
        warn("claims", "listed", message, page)  # Sphinx finds its file
    used = {name for _, name in noted(env, USED)}
    for name in data.value:
        if name not in used:
            message = f"no page uses the claim {name!r}: use it, or remove it and its test"
            warn("claims", "unused", message, data.place(name))
