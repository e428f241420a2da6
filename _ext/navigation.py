"""The sidebar's tree, computed once for each directory depth instead of once a page.

Furo asks Sphinx for the whole tree on each page and parses it with BeautifulSoup: a third of
a build, growing with the square of the pages. Links differ only by the number of ``../`` in
front of them, so one tree a depth is enough; each page then marks its own place in it.

Sections get an icon from the data file that ``navigation_sections`` names.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast
from weakref import WeakKeyDictionary

from sphinx.environment.adapters.toctree import global_toctree_for_doc

from ._shared.icons import icon, icon_names
from ._shared.inputs import load_yaml
from ._shared.report import InputError, warn

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx
    from sphinx.builders.html import StandaloneHTMLBuilder
    from sphinx.config import Config
    from sphinx.environment import BuildEnvironment
    from sphinx.util.tags import Tags

    from ._shared.inputs import Data

BEFORE_FURO, AFTER_FURO = 400, 600

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
    if not tree:
        return
    root = None
    if pagename == _not_found(app):
        root = app.config.notfound_urls_prefix or "/"
    else:
        tree = _of(app).mark(tree, pagename)
    icons = app.config.navigation_icons
    context["furo_navigation_tree"] = _of(app).decorate(tree, pagename, icons, root)


def _sections(app: Sphinx) -> Data[dict[str, str]]:
    return load_yaml(Path(app.confdir) / app.config.navigation_sections, dict[str, str])


def _read_sections(app: Sphinx, config: Config) -> None:
    """Read the icons into the configuration: pages are written again when they change."""
    if not config.navigation_sections:
        return
    try:
        data = _sections(app)
    except OSError as error:
        warn("navigation", "file", f"navigation_sections cannot be read: {error}", None)
        return
    except InputError as error:
        warn("navigation", "file", error.message, error.location)
        return
    icons = dict(data.value)
    for page, name in data.value.items():
        if name not in icon_names():
            known = ", ".join(icon_names())
            message = f"there is no icon {name!r}; there are: {known}"
            warn("navigation", "icon", message, data.place(page))
            del icons[page]
    config.navigation_icons = icons


def _check_sections(app: Sphinx, env: BuildEnvironment) -> None:
    for page in sorted(set(app.config.navigation_icons) - env.found_docs):
        message = f"there is no page {page!r}: name the first page of a section"
        warn("navigation", "page", message, _sections(app).place(page))


def setup(app: Sphinx) -> dict[str, bool]:
    """Stand before and after Furo's own handler."""
    app.add_config_value("navigation_sections", "", "", str)
    app.add_config_value("navigation_icons", {}, "html", dict)
    app.connect("config-inited", _read_sections)
    app.connect("env-check-consistency", _check_sections)
    app.connect("html-page-context", _share, priority=BEFORE_FURO)
    app.connect("html-page-context", _mark, priority=AFTER_FURO)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
