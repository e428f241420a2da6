"""Whether a page is built like one of its kind."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docutils import nodes
from sphinx import addnodes

from _ext._shared.report import warn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.environment import BuildEnvironment

KINDS = ("tutorial", "how-to", "explanation", "reference")
LAST = "Where to go next"
FEWEST_LINKS = 2
STEP = re.compile(r"^(\d+)\. ")
VERBS = frozenset(
    """Add Build Call Choose Collect Combine Come Compare Connect Cut Debug Deploy Evaluate Export
    Find Install Keep Load Log Look Manage Measure Monitor Move Operate Pay Protect Publish Put
    Read Record Release Register Roll Run Save Secure See Send Serve Set Share Show Spend Split
    Start Store Test Trace Track Train Try Tune Use Watch Work Wrap Write""".split()  # noqa: SIM905
)
"""Verbs that the title of a how-to guide may begin with."""


def kind_of(env: BuildEnvironment, page: str) -> str:
    """Return the kind that a page's front matter names, or nothing."""
    return str(env.metadata[page].get("kind", ""))


def outcome_of(env: BuildEnvironment, page: str) -> str:
    """Return what readers have at the end of a page, as its front matter says."""
    return " ".join(str(env.metadata[page].get("outcome", "")).split())


def check_page(env: BuildEnvironment, document: nodes.document) -> None:
    """Warn of everything in which the page that was read differs from its kind's shape."""
    page = env.docname
    kind, outcome = kind_of(env, page), outcome_of(env, page)
    for subtype, message, node in _faults(env, document, kind, outcome):
        warn("diataxis", subtype, message, node or (page, 1))


def _faults(
    env: BuildEnvironment, document: nodes.document, kind: str, outcome: str
) -> Iterator[tuple[str, str, nodes.Node | None]]:
    """Yield ``(subtype, message, where)`` of each fault; nowhere means the front matter."""
    section, _, name = env.docname.partition("/")
    if not kind:
        if section in env.config.diataxis_sections and name != "index":
            one = ", ".join(KINDS)
            yield "kind", f"say in the front matter what kind of page this is: kind: {one}", None
        return
    if kind not in KINDS:
        yield "kind", f"kind: {kind!r} is none of {', '.join(KINDS)}", None
        return
    if kind != "reference" and not outcome:
        message = "say in the front matter what readers have at the end: outcome: You have …"
        yield "outcome", message, None
    title, sections = _sections(document)
    if kind != "reference":
        yield from _ending(sections)
    if kind == "how-to" and title is not None and title.astext().split()[0] not in VERBS:
        message = (
            f"{title.astext()!r}: the title of a how-to guide begins with a verb in the imperative."
            " If it does, add the verb to VERBS in _ext/diataxis/shape.py"
        )
        yield "title", message, title
    if kind == "tutorial":
        yield from _steps(sections[:-1])
    if kind == "explanation":
        yield from _no_steps(document, sections)


def _sections(document: nodes.document) -> tuple[nodes.title | None, list[nodes.section]]:
    """Return the page's title and the sections of the second level."""
    top = next((each for each in document.children if isinstance(each, nodes.section)), None)
    if top is None:
        return None, []
    title = next((each for each in top.children if isinstance(each, nodes.title)), None)
    return title, [each for each in top.children if isinstance(each, nodes.section)]


def _heading(section: nodes.section) -> str:
    return section.children[0].astext()


def _ending(sections: list[nodes.section]) -> Iterator[tuple[str, str, nodes.Node | None]]:
    if not sections or _heading(sections[-1]) != LAST:
        where = sections[-1] if sections else None
        yield "ending", f"the last section has to be '## {LAST}'", where
        return
    links = [
        each
        for each in sections[-1].findall(addnodes.pending_xref)
        if each["reftype"] in {"doc", "ref", "any", "myst"}
    ]
    if len(links) < FEWEST_LINKS:
        message = f"{LAST!r} links to {len(links)} pages: name at least {FEWEST_LINKS}"
        yield "ending", message, sections[-1]


def _steps(sections: list[nodes.section]) -> Iterator[tuple[str, str, nodes.Node | None]]:
    for number, section in enumerate(sections, start=1):
        found = STEP.match(_heading(section))
        if found is None or int(found[1]) != number:
            message = (
                f"{_heading(section)!r}: sections of a tutorial are its steps, in order:"
                f" begin this one with '{number}. '"
            )
            yield "step", message, section


def _no_steps(
    document: nodes.document, sections: list[nodes.section]
) -> Iterator[tuple[str, str, nodes.Node | None]]:
    numbered = [each for each in sections if STEP.match(_heading(each))]
    for node in [*numbered, *document.findall(nodes.enumerated_list)]:
        message = "an explanation has no steps: move them to a guide, or write a bullet list"
        yield "step", message, node
