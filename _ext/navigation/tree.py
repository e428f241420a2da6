"""The sidebar's tree: computed once for a depth, folded for each page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from sphinx.environment.adapters.toctree import global_toctree_for_doc

from _ext._shared.icons import icon

if TYPE_CHECKING:
    from sphinx.builders.html import StandaloneHTMLBuilder
    from sphinx.util.tags import Tags

ITEM = re.compile(
    r'<li class="(?P<item>toctree-l[^"]*)">'
    r'<a class="(?P<link>[^"]*)" href="(?P<href>[^"]*)">(?P<title>.*?)</a>'
    r"(?P<box><input [^>]*>)?",
    re.DOTALL,
)
"""The head of an entry, as Furo writes it; the box folds the entry's children."""

SECTION = re.compile(r'<li class="toctree-l1[^"]*"><a [^>]*?href="(?P<href>[^"]*)"[^>]*>')
"""What stands in front of the title of an entry without one above it."""

LIST_ITEM = re.compile(r"<li |</li>")


class Entry(NamedTuple):
    """An entry of a tree: where it stands in the text, and what stands in it."""

    start: int
    end: int
    head: re.Match[str] | None
    body: int
    """Where the list of its children begins; its end without children."""
    children: tuple[Entry, ...]

    def holds(self, href: str) -> bool:
        """Tell whether an address is this entry's or that of one in it."""
        own = self.head is not None and self.head["href"] == href
        return own or any(child.holds(href) for child in self.children)


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
        """Return Furo's ``tree`` with the page current, the branches above it open, others folded.

        A folded branch keeps its switch; a script gives it its entries when it is opened.
        """
        if tree not in self.entries:
            self.entries[tree] = _entries(tree)
        href = self.builder.get_relative_uri(_page_at(pagename.count("/")), pagename)
        return _Folded(tree, href, self.entries[tree]).text

    def decorate(self, tree: str, pagename: str, icons: dict[str, str], root: str | None) -> str:
        """Return ``tree`` with an icon in front of each section of ``icons``.

        ``root`` stands before the addresses on a page that shows at any depth.
        """
        if root is None:
            place = _page_at(pagename.count("/"))
            names = {self.builder.get_relative_uri(place, page): page for page in icons}
        else:
            names = {root + self.builder.get_target_uri(page): page for page in icons}

        def decorated(head: re.Match[str]) -> str:
            page = names.get(head["href"])
            return f"{head[0]}{icon(icons[page])}" if page else head[0]

        return SECTION.sub(decorated, tree)


class _Folded:
    """A tree as one page shows it."""

    def __init__(self, tree: str, href: str, entries: list[Entry]) -> None:
        self.tree = tree
        self.href = href
        self.left = sum(_count(entry, href) for entry in entries)
        """Current links that are still to come; Furo shows the last one as the page."""
        self.text = self.within(0, len(tree), entries)

    def within(self, start: int, end: int, entries: list[Entry] | tuple[Entry, ...]) -> str:
        """Return a part of the text, its entries as the page shows them."""
        parts = []
        for entry in entries:
            parts += [self.tree[start : entry.start], self.entry(entry)]
            start = entry.end
        return "".join([*parts, self.tree[start:end]])

    def entry(self, entry: Entry) -> str:
        """Return an entry: open on the way to the page, else without what is below it."""
        close = entry.end - len("</li>")
        if not entry.holds(self.href) or entry.head is None:
            return self.tree[entry.start : entry.body] + self.tree[close : entry.end]
        is_link = entry.head["href"] == self.href
        self.left -= is_link
        head = _current(entry.head, is_link=is_link, is_page=is_link and not self.left)
        head += self.tree[entry.head.end() : entry.body]
        return head + self.within(entry.body, close, entry.children) + "</li>"


def _count(entry: Entry, href: str) -> int:
    own = entry.head is not None and entry.head["href"] == href
    return own + sum(_count(child, href) for child in entry.children)


def _entries(tree: str) -> list[Entry]:
    """Return the outermost entries of Furo's ``tree`` in their order."""
    heads = {head.start(): head for head in ITEM.finditer(tree)}
    found: list[list[Entry]] = [[]]
    starts: list[int] = []
    for tag in LIST_ITEM.finditer(tree):
        if tag[0] != "</li>":
            starts.append(tag.start())
            found.append([])
            continue
        start, children = starts.pop(), tuple(found.pop())
        body = tree.rindex("<ul", start, children[0].start) if children else tag.start()
        found[-1].append(Entry(start, tag.end(), heads.get(start), body, children))
    return found[0]


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
