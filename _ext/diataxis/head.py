"""The head of a guide: what kind of page it is, what you have at its end, how long it takes."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from docutils import nodes
from myst_nb.sphinx_ import NbMetadataCollector  # type: ignore[import-untyped]
from sphinx import addnodes

from _ext._shared.icons import icon
from _ext._shared.render import render

from .needs import needs_of
from .shape import KINDS, kind_of, outcome_of

if TYPE_CHECKING:
    from sphinx.environment import BuildEnvironment
    from sphinx.writers.html5 import HTML5Translator

WORDS_PER_MINUTE = 238
"""Silent reading of English prose: the mean of 190 studies, https://doi.org/10.1016/j.jml.2019.104047."""
FIRST = "Before you begin"
WORD = re.compile(r"\w\S*")
LABELS = {
    "tutorial": ("graduation-cap", "Tutorial"),
    "how-to": ("compass", "How-to guide"),
    "explanation": ("lightbulb", "Explanation"),
    "reference": ("book-open", "Reference"),
}


class guide_head(nodes.General, nodes.Element):  # noqa: N801 - docutils names in lower case
    """The head: attribute ``kind``; its paragraphs are outcome, facts and what to read first."""


def place_head(env: BuildEnvironment, document: nodes.document) -> None:
    """Put the head below the title of the page that was read."""
    kind, outcome = kind_of(env, env.docname), outcome_of(env, env.docname)
    title = next(document.findall(nodes.title), None)
    if kind not in KINDS or not outcome or title is None:
        return
    facts = [LABELS[kind][1], reading_time(document)]
    if seconds := _computing(env):
        facts.append(f"its code ran in {rounded(seconds)}")
    head = guide_head(kind=kind)
    head += nodes.paragraph("", "", nodes.Text(outcome))
    head += nodes.paragraph("", " · ".join(facts), facts=facts, measured=True)
    if needs := needs_of(env, env.docname):
        head += _before(env.docname, needs)
    for node in head.findall(nodes.paragraph):
        node.source, node.line = str(document["source"]), 1
    title.parent.insert(title.parent.index(title) + 1, head)


def _before(page: str, needs: tuple[str, ...]) -> nodes.paragraph:
    """Return the pages to read first, as other builders than HTML show them."""
    before = nodes.paragraph("", "", nodes.Text(f"{FIRST}: "), needs=needs)
    for number, need in enumerate(needs):
        if number:
            before += nodes.Text(", ")
        link = addnodes.pending_xref(
            "", nodes.inline(), refdomain="std", reftype="doc", reftarget=f"/{need}", refdoc=page,
            refexplicit=False, refwarn=True,
        )  # fmt: skip
        before += link
    return before


def reading_time(document: nodes.document) -> str:
    """Return how long the page takes to read, what it printed left out."""
    texts = (
        node.astext()
        for node in document.findall(nodes.TextElement)
        if isinstance(node, (nodes.paragraph, nodes.term, nodes.title))
        or (isinstance(node, nodes.literal_block) and not _is_output(node))
    )
    words = sum(len(WORD.findall(text)) for text in texts)
    return f"{math.ceil(words / WORDS_PER_MINUTE)} min to read"


def rounded(seconds: float) -> str:
    """Return a duration as precisely as it repeats: machines and their load differ."""
    if seconds < 10:
        return "under 10 s"
    if seconds < 90:
        return f"about {round(seconds, -1):.0f} s"
    return f"about {seconds / 60:.0f} min"


def _is_output(node: nodes.Element) -> bool:
    around: nodes.Element | None = node
    while around is not None and "cell_output" not in around.get("classes", ()):
        around = around.parent
    return around is not None


def _computing(env: BuildEnvironment) -> float:
    """Return the seconds that the page's cells ran, in this build or when they last changed."""
    ran = NbMetadataCollector.get_exec_data(env, env.docname) or {}
    return float(ran.get("runtime") or 0)


def html(self: HTML5Translator, node: guide_head) -> str:
    """Return the head's HTML."""
    outcome, facts, *before = node.findall(nodes.paragraph)
    builder = self.builder
    page = builder.current_docname
    symbol, _ = LABELS[node["kind"]]
    return render(
        "diataxis.html",
        kind=node["kind"],
        icon=icon(symbol),
        outcome=outcome.astext(),
        facts=facts["facts"],
        first=FIRST,
        needs=[
            (builder.get_relative_uri(page, need), builder.env.titles[need].astext())
            for paragraph in before
            for need in paragraph["needs"]
        ],
        before="What it explains" if node["kind"] == "explanation" else "At the end",
    )
