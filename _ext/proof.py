"""The strip of figures on the first page: counted by the build, each linked to its proof.

Nothing in it is typed. The ledger counts blocks, ``coverage`` what the package has and the pages
document, ``claims`` the facts that are bound to a check. A figure whose feature has nothing to
count is left out.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx import addnodes

from ._shared import assets
from ._shared.inputs import FeatureDirective
from ._shared.records import add_listing, noted
from ._shared.render import add_component, render
from ._shared.report import InputError
from .claims.model import load as load_claims
from .claims.role import data_file
from .coverage import figures
from .ledger.collect import KIND as LEDGER
from .ledger.model import VERIFIED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment
    from sphinx.writers.html5 import HTML5Translator

COVERED = {"command": "commands documented", "python": "public names documented"}
"""Kinds of ``coverage`` that the strip shows."""


@dataclass(frozen=True)
class Proof:
    """A figure: ``value``, out of ``total`` if that says something, and what it counts."""

    name: str
    value: str
    total: str
    label: str


class proof_place(nodes.General, nodes.Element):  # noqa: N801 - docutils names in lower case
    """Where the strip will be once all pages are read."""


class proof(nodes.General, nodes.Element):  # noqa: N801
    """The strip: a :class:`proof_figure` for each number."""


class proof_figure(nodes.General, nodes.Element):  # noqa: N801
    """A number: attributes of :class:`Proof`, and a sentence for builders without templates."""


class ProofDirective(FeatureDirective):
    """``{proof} PAGE``: figures that link to ``PAGE``, known limits to ``:limits: PAGE``."""

    feature = "proof"
    required_arguments = 1
    option_spec: ClassVar[dict[str, Any]] = {"limits": directives.unchanged_required}

    def build(self) -> list[nodes.Node]:
        """Return the placeholder.

        Raises:
            InputError: a page does not exist.
        """
        page = self.arguments[0]
        limits = self.options.get("limits", page)
        for name in (page, limits):
            if name not in self.env.found_docs:
                message = f"there is no page {name!r}; write its path below source/, without .md"
                raise InputError("link", message)
        node = proof_place(page=page, limits=limits)
        self.set_source_info(node)
        return [node]


def count(env: BuildEnvironment) -> Iterator[Proof]:
    """Yield the figures of the site; all pages are read."""
    states = [block.state for _, block in noted(env, LEDGER)]
    verified = sum(state in VERIFIED for state in states)
    if states:
        yield Proof("blocks", f"{verified:,}", f"{len(states):,}", "blocks of code verified")
    try:
        for each in figures(env).kinds:
            if each.kind in COVERED and each.total:
                done, total = f"{each.documented:,}", f"{each.total:,}"
                yield Proof(each.kind, done, total, COVERED[each.kind])
    except InputError:
        pass  # the site has no inventory; ``coverage`` says so if it should
    try:
        claims = load_claims(data_file(env.config, env, "claims.yaml")).value
        checked = sum(each.check is not None for each in claims.values())
        yield Proof("claims", f"{checked:,}", "", "facts that a test computes")
    except InputError:
        pass  # likewise
    if fails := states.count("fails"):
        yield Proof("fails", f"{fails:,}", "", "blocks shown because they fail")


def show(env: BuildEnvironment, place: nodes.Element) -> list[nodes.Node]:
    """Return the strip."""
    strip = proof()
    for each in count(env):
        page = place["limits" if each.name == "fails" else "page"]
        link = addnodes.pending_xref(
            "", nodes.inline("", each.label), refdomain="std", reftype="doc",
            reftarget=f"/{page}", refexplicit=True, refwarn=True,
        )  # fmt: skip
        out_of = f" of {each.total}" if each.total else ""
        sentence = nodes.paragraph("", "", nodes.Text(f"{each.value}{out_of} "), link)
        strip += proof_figure("", sentence, **asdict(each))
    return [strip] if strip.children else []


def _html(self: HTML5Translator, node: proof) -> str:
    entries = []
    for child in node.findall(proof_figure):
        link = next(child.findall(nodes.reference), None)
        href = link["refuri"] if link is not None else None
        entries.append({key: child[key] for key in Proof.__annotations__} | {"href": href})
    return render("proof.html", entries=entries)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive, its nodes and its style."""
    for counted in ("claims", "coverage", "ledger"):
        app.setup_extension(f"_ext.{counted}")
    app.add_directive("proof", ProofDirective)
    add_listing(app, proof_place, show)
    add_component(app, proof, _html)
    add_component(app, proof_figure, lambda _self, _node: "")
    assets.provide(app, proof, css="css/proof.css")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
