"""The sidebar's tree, computed once for each directory depth instead of once a page.

Furo asks Sphinx for the whole tree on each page and parses it with BeautifulSoup: a third of
a build, growing with the square of the pages. Links differ only by the number of ``../`` in
front of them, so one tree a depth is enough; each page then marks its own place in it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple, cast
from weakref import WeakKeyDictionary

from sphinx.environment.adapters.toctree import global_toctree_for_doc

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx
    from sphinx.builders.html import StandaloneHTMLBuilder
    from sphinx.util.tags import Tags

BEFORE_FURO, AFTER_FURO = 400, 600

ITEM = re.compile(
    r'<li class="(?P<item>toctree-l[^"]*)">'
    r'<a class="(?P<link>[^"]*)" href="(?P<href>[^"]*)">(?P<title>.*?)</a>'
    r"(?P<box><input [^>]*>)?",
    re.DOTALL,
)
"""The head of an entry, as Furo writes it; the box folds the entry's children."""

LIST_ITEM = re.compile(r"<li |</li>")


class Entry(NamedTuple):
    """An entry of a tree, and the index of the one that it stands in."""

    head: re.Match[str] | None
    above: int | None


class Navigation:
    """The trees of one build."""

    def __init__(self, builder: StandaloneHTMLBuilder, tags: Tags) -> None:
        self.builder = builder
        self.tags = tags
        self.trees: dict[int, str] = {}
        self.entries: dict[str, list[Entry]] = {}

    def tree(self, depth: int) -> str:
        """Return the tree as HTML, its links relative to a page ``depth`` directories down."""
        if depth not in self.trees:
            tree = global_toctree_for_doc(
                self.builder.env,
                _page_at(depth),
                self.builder,
                tags=self.tags,
                collapse=False,
                includehidden=True,
                maxdepth=-1,
                titles_only=True,
            )
            self.trees[depth] = self.builder.render_partial(tree)["fragment"]
        return self.trees[depth]

    def mark(self, tree: str, pagename: str) -> str:
        """Return Furo's ``tree`` with the page current and the branches above it open."""
        if tree not in self.entries:
            self.entries[tree] = _entries(tree)
        entries = self.entries[tree]
        href = self.builder.get_relative_uri(_page_at(pagename.count("/")), pagename)
        places = [i for i, entry in enumerate(entries) if entry.head and entry.head["href"] == href]
        current: set[int] = set()
        for place in places:
            index: int | None = place
            while index is not None:
                current.add(index)
                index = entries[index].above
        for index in sorted(current, reverse=True):
            if head := entries[index].head:
                text = _current(head, is_link=index in places, is_page=index == places[-1])
                tree = tree[: head.start()] + text + tree[head.end() :]
        return tree


def _entries(tree: str) -> list[Entry]:
    """Return the entries of Furo's ``tree`` in their order."""
    heads = {head.start(): head for head in ITEM.finditer(tree)}
    entries: list[Entry] = []
    above: list[int] = []
    for tag in LIST_ITEM.finditer(tree):
        if tag[0] == "</li>":
            above.pop()
        else:
            entries.append(Entry(heads.get(tag.start()), above[-1] if above else None))
            above.append(len(entries) - 1)
    return entries


def _page_at(depth: int) -> str:
    """Return the name of a page that does not exist, ``depth`` directories down."""
    return "_/" * depth + "_"


def _current(head: re.Match[str], *, is_link: bool, is_page: bool) -> str:
    """Return the entry's head as Furo writes it for the page, or for one above the page.

    A page in two toctrees has two current links; Furo shows the last one as the page.
    """
    link = " current" if is_link else ""
    page, aria = (" current-page", ' aria-current="page"') if is_page else ("", "")
    box = (head["box"] or "").replace("<input ", '<input checked="" ')
    return (
        f'<li class="{head["item"]} current{page}">'
        f'<a class="{head["link"]}{link}"{aria} href="{head["href"]}">{head["title"]}</a>{box}'
    )


_OF: WeakKeyDictionary[StandaloneHTMLBuilder, Navigation] = WeakKeyDictionary()


def _of(app: Sphinx) -> Navigation:
    builder = cast("StandaloneHTMLBuilder", app.builder)  # the event is HTML's
    return _OF.setdefault(builder, Navigation(builder, app.tags))


def _not_found(app: Sphinx) -> str | None:
    """Return the 404 page, which shows at any depth: sphinx-notfound-page writes its links."""
    return getattr(app.config, "notfound_pagename", None)


def _share(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Hand Furo the tree of the page's depth; Furo remembers what it made of the same text."""
    if "toctree" in context and pagename != _not_found(app):
        tree = _of(app).tree(pagename.count("/"))
        context["toctree"] = lambda **_: tree


def _mark(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    tree = context.get("furo_navigation_tree")
    if tree and pagename != _not_found(app):
        context["furo_navigation_tree"] = _of(app).mark(tree, pagename)


def setup(app: Sphinx) -> dict[str, bool]:
    """Stand before and after Furo's own handler."""
    app.connect("html-page-context", _share, priority=BEFORE_FURO)
    app.connect("html-page-context", _mark, priority=AFTER_FURO)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
