"""Lists over all pages: facts noted while a page is read, and pages that show all of them.

One domain keeps the facts of every feature, so that removing a page and merging parallel
readers is written, and tested, once.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, ClassVar

from docutils import nodes
from sphinx.domains import Domain
from sphinx.transforms.post_transforms import SphinxPostTransform

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

LISTING = "listing"
UNLISTED = frozenset({"dates", "needs", "related", "related-facts", "related-sum", "search"})
"""Kinds of facts that no page lists."""


class Records(Domain):
    """Facts by kind and page, in the order in which the page states them."""

    name = "records"
    label = "Records"
    initial_data: ClassVar[dict[str, Any]] = {"kinds": {}, "listed": ""}
    data_version = 1

    def resolve_any_xref(self, *_: Any) -> list[Any]:
        """Nothing here can be linked to."""
        return []

    @property
    def kinds(self) -> dict[str, dict[str, list[Any]]]:
        """Facts by kind, then by page."""
        kinds: dict[str, dict[str, list[Any]]] = self.data["kinds"]
        return kinds

    def clear_doc(self, docname: str) -> None:
        """Forget what a page stated."""
        for pages in self.kinds.values():
            pages.pop(docname, None)

    def merge_domaindata(self, docnames: Collection[str], otherdata: dict[str, Any]) -> None:
        """Take over what another process read."""
        for kind, pages in otherdata["kinds"].items():
            mine = self.kinds.setdefault(kind, {})
            mine |= {name: facts for name, facts in pages.items() if name in docnames}


def _domain(env: BuildEnvironment) -> Records:
    domain = env.domains["records"]
    assert isinstance(domain, Records)  # noqa: S101 - for the type checker
    return domain


def note(env: BuildEnvironment, kind: str, fact: Any, docname: str | None = None) -> None:
    """Keep a fact of the page that is being read. It has to be plain data that pickles."""
    page = docname or env.docname
    _domain(env).kinds.setdefault(kind, {}).setdefault(page, []).append(fact)


def noted(env: BuildEnvironment, kind: str, docname: str | None = None) -> list[tuple[str, Any]]:
    """Return ``(page, fact)`` of one page, or of all pages in alphabetical order."""
    pages = _domain(env).kinds.get(kind, {})
    names = sorted(pages) if docname is None else [docname]
    return [(name, fact) for name in names for fact in pages.get(name, [])]


def renew(env: BuildEnvironment, kind: str, facts: Mapping[str, Any]) -> list[str]:
    """Keep what was computed from all pages, a fact a page, and return where it is another.

    It takes the place of all facts of the kind. A page that was read again counts as another.
    """
    before = _domain(env).kinds.get(kind, {})
    after = {page: [fact] for page, fact in facts.items()}
    _domain(env).kinds[kind] = after
    return sorted(
        page for page in before.keys() | after.keys() if before.get(page) != after.get(page)
    )


_LISTINGS: dict[type[nodes.Element], Callable[[BuildEnvironment, Any], list[nodes.Node]]] = {}


def add_listing(
    app: Sphinx,
    node: type[nodes.Element],
    show: Callable[[BuildEnvironment, Any], list[nodes.Node]],
) -> None:
    """Replace each ``node`` by ``show(env, node)`` once all pages are read.

    A page that has one is written again whenever a fact on any page changed.
    """
    app.setup_extension(__name__)
    app.add_node(node)
    _LISTINGS[node] = show


class FillListings(SphinxPostTransform):
    """Put the lists where their placeholders are; before links find their targets."""

    default_priority = 5

    def run(self, **_: Any) -> None:
        """Replace the placeholders of this page."""
        for placeholder in _listings(self.document):
            placeholder.replace_self(_LISTINGS[type(placeholder)](self.env, placeholder))


def _listings(document: nodes.document) -> list[nodes.Element]:
    return [node for node in document.findall(nodes.Element) if type(node) in _LISTINGS]


def _note_listings(app: Sphinx, document: nodes.document) -> None:
    if _listings(document):
        note(app.env, LISTING, True)


def _outdated(app: Sphinx, env: BuildEnvironment) -> Iterator[str]:
    """Yield the pages with lists if any fact is another than in the last build."""
    domain = _domain(env)
    kinds = {
        kind: sorted(pages.items())
        for kind, pages in sorted(domain.kinds.items())
        if kind not in UNLISTED
    }
    digest = hashlib.sha256(repr(kinds).encode()).hexdigest()
    if digest != domain.data["listed"]:
        domain.data["listed"] = digest
        yield from sorted({page for page, _ in noted(env, LISTING)})


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the domain, the transform, and what keeps lists up to date."""
    app.add_domain(Records)
    app.add_post_transform(FillListings)
    app.connect("doctree-read", _note_listings, priority=900)
    app.connect("env-updated", _outdated)
    return {"env_version": 1, "parallel_read_safe": True, "parallel_write_safe": True}
