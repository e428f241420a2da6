"""The sidebar's tree, computed once for each directory depth instead of once a page.

Furo asks Sphinx for the whole tree on each page and parses it with BeautifulSoup: a third of
a build, growing with the square of the pages. Links differ only by the number of ``../`` in
front of them, so one tree a depth is enough; each page then marks its own place in it.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.environment.adapters.toctree import global_toctree_for_doc

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx
    from sphinx.util.tags import Tags

BEFORE_FURO, AFTER_FURO = 400, 600

ITEM = re.compile(
    r'<li class="(?P<item>toctree-l[^"]*)">'
    r'<a class="(?P<link>[^"]*)" href="(?P<href>[^"]*)">(?P<title>.*?)</a>'
    r"(?P<box><input [^>]*>)?",
    re.DOTALL,
)
"""The head of an entry, as Furo writes it; the box folds the entry's children."""


class Navigation:
    """The trees of one build."""

    def __init__(self, builder: StandaloneHTMLBuilder, tags: Tags) -> None:
        self.builder = builder
        self.tags = tags
        self.trees: dict[int, str] = {}
        self.items: dict[str, dict[str, re.Match[str]]] = {}

    @cached_property
    def parents(self) -> dict[str, str]:
        """Each page's parent in the tree."""
        includes = self.builder.env.toctree_includes
        return {child: page for page, children in includes.items() for child in children}

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
        if tree not in self.items:
            self.items[tree] = {match["href"]: match for match in ITEM.finditer(tree)}
        here = _page_at(pagename.count("/"))
        marked: list[tuple[int, int, str]] = []
        docname: str | None = pagename
        while docname is not None and len(marked) <= len(self.parents):
            item = self.items[tree].get(self.builder.get_relative_uri(here, docname))
            if item:
                marked.append((*item.span(), _current(item, is_page=docname == pagename)))
            docname = self.parents.get(docname)
        for start, end, text in sorted(marked, reverse=True):
            tree = tree[:start] + text + tree[end:]
        return tree


def _page_at(depth: int) -> str:
    """Return the name of a page that does not exist, ``depth`` directories down."""
    return "_/" * depth + "_"


def _current(item: re.Match[str], *, is_page: bool) -> str:
    """Return the entry's head as Furo writes it for the page, or for one above the page."""
    page, aria = (" current-page", ' aria-current="page"') if is_page else ("", "")
    box = (item["box"] or "").replace("<input ", '<input checked="" ')
    return (
        f'<li class="{item["item"]} current{page}">'
        f'<a class="{item["link"]} current"{aria} href="{item["href"]}">{item["title"]}</a>{box}'
    )


_OF: WeakKeyDictionary[StandaloneHTMLBuilder, Navigation] = WeakKeyDictionary()


def _of(app: Sphinx) -> Navigation:
    builder = app.builder
    assert isinstance(builder, StandaloneHTMLBuilder)
    return _OF.setdefault(builder, Navigation(builder, app.tags))


def _share(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Hand Furo the tree of the page's depth; Furo remembers what it made of the same text."""
    if "toctree" in context:
        tree = _of(app).tree(pagename.count("/"))
        context["toctree"] = lambda **_: tree


def _mark(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    if tree := context.get("furo_navigation_tree"):
        context["furo_navigation_tree"] = _of(app).mark(tree, pagename)


def setup(app: Sphinx) -> dict[str, bool]:
    """Stand before and after Furo's own handler."""
    app.connect("html-page-context", _share, priority=BEFORE_FURO)
    app.connect("html-page-context", _mark, priority=AFTER_FURO)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
