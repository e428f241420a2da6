"""The ledger on its pages: a mark below each block, a line below each page, lists of all."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from _ext._shared.evidence import STATES, Evidence, evidence_of
from _ext._shared.records import noted
from _ext._shared.render import render
from _ext._shared.tables import Cell, page_link, table
from _ext._shared.versions import installed

from .collect import KIND
from .model import SCHEMA, Block, totals

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.environment import BuildEnvironment
    from sphinx.writers.html5 import HTML5Translator

NAMES = {"mltrack-py": "mltrack-py", "mlflow": "MLflow", "python": "Python"}

MEANING = {
    "executed": "A notebook cell or doctest, run for this version of the site.",
    "recorded": "A real terminal or HTTP session, run again by the tests and compared.",
    "checked": "A file or text that a test runs, or that a parser or the package accepts.",
    "fails": "Run, and it fails in this release. If it starts to work, our checks fail.",
    "not run": "Nothing ran it. The reason says why: often it needs an account or hardware.",
    "illustration": "Not code to run: a tree, a diagram, a piece of a file.",
}


class ledger(nodes.General, nodes.Element):  # noqa: N801 - docutils names nodes in lower case
    """Around a block, in HTML only."""


class MarkBlocks(SphinxPostTransform):
    """Put each block that has evidence into a :class:`ledger` node."""

    default_priority = 6  # after lists are filled, before other extensions rebuild the blocks
    formats = ("html",)

    def run(self, **_: Any) -> None:
        """Wrap the blocks of this page."""
        for block in list(_outermost(self.document)):
            wrapper = ledger(evidence=evidence_of(block))
            block.replace_self(wrapper)
            wrapper += block


def _outermost(node: nodes.Element) -> Iterator[nodes.Element]:
    """Yield the elements with evidence that are in no other."""
    for child in node.children:
        if isinstance(child, nodes.Element):
            if evidence_of(child):
                yield child
            else:
                yield from _outermost(child)


def in_words(versions: dict[str, str]) -> str:
    """Return versions as "mltrack-py 0.2.0, MLflow 3.17.2, Python 3.11"."""
    return ", ".join(f"{NAMES[key]} {versions[key]}" for key in NAMES if versions.get(key))


def visit_html(self: HTML5Translator, node: ledger) -> None:
    """Begin a block."""
    self.body.append(render("ledger-begin.html", state=node["evidence"].state))


def depart_html(self: HTML5Translator, node: ledger) -> None:
    """End a block with its mark."""
    evidence: Evidence = node["evidence"]
    versions = in_words(evidence.versions or installed())
    self.body.append(
        render("ledger.html", evidence=evidence, versions=versions, meaning=MEANING[evidence.state])
    )


def page_line(env: BuildEnvironment, docname: str) -> dict[str, Any]:
    """Return what the line below a page says."""
    counts = totals(block for _, block in noted(env, KIND, docname))
    present = [(state, count) for state, count in counts.items() if count]
    return {"versions": in_words(installed()), "counts": present}


def show_totals(env: BuildEnvironment, _: nodes.Element) -> list[nodes.Node]:
    """Return a table of states: how many blocks, and what the state means."""
    blocks = [block for _, block in noted(env, KIND)]
    counts = totals(blocks)
    rows: list[list[Cell]] = [[state, f"{counts[state]:,}", MEANING[state]] for state in STATES]
    rows.append(["all", f"{len(blocks):,}", "Every block of code on every page."])
    files = nodes.paragraph(
        "",
        "For machines: ",
        _file("ledger.json"),
        nodes.Text(", described by "),
        _file(SCHEMA),
        nodes.Text("."),
    )
    return [table(["State", "Blocks", "What it means"], rows, "mlt-ledger-table"), files]


def _file(name: str) -> nodes.Node:
    """Return a link to a file that the build writes next to the page on trust."""
    return nodes.reference("", name, refuri=name, internal=False)


def show_table(env: BuildEnvironment, node: nodes.Element) -> list[nodes.Node]:
    """Return a table of the blocks in some states, one row for those of one page and reason."""
    blocks: list[Block] = [block for _, block in noted(env, KIND) if block.state in node["states"]]
    if not blocks:
        return [nodes.paragraph("", node["empty"])]
    groups = Counter((block.page, block.state, block.reason) for block in blocks)
    rows: list[list[Cell]] = [
        [page_link(page), state, reason, str(count)]
        for (page, state, reason), count in groups.items()
    ]
    return [table(["Page", "State", "Reason", "Blocks"], rows, "mlt-ledger-table")]
