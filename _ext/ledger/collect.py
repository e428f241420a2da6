"""Find the blocks of a page that was read, and note what stands behind each."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from docutils import nodes

from _ext._shared.evidence import Evidence, attach, evidence_of
from _ext._shared.inputs import load_yaml
from _ext._shared.records import note
from _ext._shared.report import InputError, warn

from .cells import cell_evidence
from .directives import declared
from .model import Block, language
from .rules import DOCSTRING, Docstrings, Facts, Included, evidence_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

KIND = "ledger"
EvidenceFile = dict[Literal["included"], list[Included]]
TARGET = re.compile(r"^([a-z][a-z_-]*):", re.MULTILINE)


def read_page(app: Sphinx, document: nodes.document) -> None:
    """Give each block of the page its evidence, and note it."""
    env = app.env
    try:
        facts = _facts(env, app)
    except InputError as error:
        warn("ledger", error.subtype, error.message, error.location)
        return
    seen: Counter[str] = Counter()
    for block in list(_blocks(document)):
        name = language(_language(block))
        try:
            evidence = _evidence(block, name, seen, facts)
        except InputError as error:
            warn("ledger", error.subtype, error.message, error.location or block)
            continue
        name = language(evidence.language or name)
        attach(block, evidence)
        note(env, KIND, _entry(env.docname, document, block, name, evidence))
    for container in list(document.findall(declared)):
        _dissolve(container)


def _blocks(node: nodes.Element) -> Iterator[nodes.Element]:
    """Yield the outermost elements that are blocks."""
    for child in node.children:
        if not isinstance(child, nodes.Element):
            continue
        is_literal = isinstance(child, (nodes.literal_block, nodes.doctest_block))
        if evidence_of(child) or is_literal or child.get("nb_element") == "cell_code":
            yield child
        else:
            yield from _blocks(child)


def _evidence(block: nodes.Element, name: str, seen: Counter[str], facts: Facts) -> Evidence:
    """Return what stands behind a block.

    Raises:
        InputError: nothing does, or two things contradict each other.
    """
    given = evidence_of(block)
    if given is None and block.get("nb_element") == "cell_code":
        given = cell_evidence(block)
    container = _declared_around(block)
    if container is None:
        match = DOCSTRING.search(str(block.source or ""))
        origin = match[1] if match else ""
        seen[origin] += 1
        return given or evidence_for(block, name, seen[origin] - 1, facts)
    if given is not None:
        raise InputError(
            "declared", f"this block is {given.state}: take it out of {{{container['state']}}}"
        )
    return Evidence(container["state"], "", reason=container["reason"])


def _declared_around(node: nodes.Element) -> declared | None:
    parent = node.parent
    while parent is not None and not isinstance(parent, declared):
        parent = parent.parent
    return parent


def _dissolve(container: declared) -> None:
    if not any(evidence_of(each) for each in container.findall(nodes.Element)):
        message = f"there is no block of code in this {{{container['directive']}}}"
        warn("ledger", "declared", message, container)
    container.replace_self(container.children)


def _language(block: nodes.Element) -> str:
    literal = next(iter(block.findall(nodes.literal_block)), None)
    if isinstance(block, nodes.doctest_block):
        return "python"
    return str(literal.get("language", "")) if literal is not None else ""


def _entry(
    page: str, document: nodes.document, block: nodes.Element, name: str, evidence: Evidence
) -> Block:
    source = str(block.source or "")
    own = not source or Path(source).resolve() == Path(str(document["source"])).resolve()
    return Block(
        page=page,
        line=_line(block) if own else 0,
        language=name,
        state=evidence.state,
        evidence=evidence.source,
        reason=evidence.reason,
        date=evidence.date,
        versions=evidence.versions,
        limit=evidence.limit,
    )


def _line(node: nodes.Element) -> int:
    """Return the line of a node or of the nearest one around it; 0 if none has one."""
    around: nodes.Element | None = node
    while around is not None and around.line is None:
        around = around.parent
    return 0 if around is None else around.line or 0


def _facts(env: BuildEnvironment, app: Sphinx) -> Facts:
    """Read what the rules compare with; each file is a dependency of the page.

    Raises:
        InputError: a data file is wrong.
    """
    config = app.config
    root = Path(config.ledger_root or app.srcdir).resolve()
    included = _load(env, config.ledger_evidence, EvidenceFile)
    examples = _load(env, config.ledger_docstrings, Docstrings)
    makefile = root / "Makefile"
    targets = frozenset(TARGET.findall(makefile.read_text("utf-8"))) if makefile.is_file() else ()
    page = Path(env.doc2path(env.docname))
    text = page.read_text("utf-8", errors="replace") if page.is_file() else ""
    if "$ make " in text:
        env.note_dependency(makefile)
    return Facts(
        root=root,
        included=(included or {}).get("included", []),
        docstrings=examples or {},
        targets=frozenset(targets),
        source=text,
    )


def _load(env: BuildEnvironment, name: str, model: Any) -> Any:
    """Return a data file as ``model``; nothing if the site has none."""
    if not name:
        return None
    path = Path(name)
    if not path.is_file():
        raise InputError("data", f"there is no file {path.name}", str(path))
    env.note_dependency(path)
    return _cached(path, path.stat().st_mtime_ns, model)


@cache
def _cached(path: Path, changed: int, model: Any) -> Any:
    return load_yaml(path, model).value
