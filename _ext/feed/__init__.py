"""``feed``: what changed in the documentation, for feed readers.

``changelog`` reads ``feed_changelog``, ``atom`` writes ``feed.xml``, the times come from Git. Where
Git knows none of them, there is no feed, and no page links to one: Atom wants times, and none is
made up. All ids begin with ``feed_id``, a ``tag:`` URI; without it there is no feed either.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from _ext._shared.dates import lines, tags
from _ext._shared.render import render
from _ext._shared.report import InputError, warn
from _ext.versions import canonical

from .atom import Entry, Head, entries, feed
from .changelog import read

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx
    from sphinx.config import Config

FILE = "feed.xml"
TAG = re.compile(r"tag:[a-z0-9.-]+,\d{4}(-\d\d){0,2}:[\w.-]+")
AFTER_OTHERS = 700
"""After sphinx-notfound-page has made ``pathto`` absolute on the 404 page."""


def _entries(config: Config, confdir: Path) -> list[Entry]:
    path = confdir / config.feed_changelog
    return entries(read(path), lines(path), tags(path.parent))


def _read(app: Sphinx, config: Config) -> None:
    """Note whether there will be a feed: pages are written again when that changes."""
    config.feed_exists = False
    if not config.feed_id or not config.html_baseurl:
        return
    if not TAG.fullmatch(config.feed_id):
        text = f"feed_id is {config.feed_id!r}, and not like tag:example.org,2026:changes"
        warn("feed", "setting", text, None)
        return
    try:
        config.feed_exists = bool(_entries(config, Path(app.confdir)))
    except OSError as error:
        warn("feed", "file", f"feed_changelog cannot be read: {error}", None)
    except InputError as error:
        warn("feed", error.subtype, error.message, error.location)


def _link(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Name the feed in the head of the page, and hand its address to the foot."""
    if app.config.feed_exists:
        address = context["pathto"](FILE, 1)
        context["feed"] = address
        tag = render("feed.html", address=address, title=_title(app.config))
        context["metatags"] = context.get("metatags", "") + tag


def _title(config: Config) -> str:
    return f"{config.project} documentation: changes"


def _write(app: Sphinx, exception: Exception | None) -> None:
    if exception or app.builder.format != "html":
        return
    target, config = Path(app.outdir) / FILE, app.config
    if not config.feed_exists:
        target.unlink(missing_ok=True)
        return
    page = config.feed_page if config.feed_page in app.env.found_docs else config.root_doc
    base, place = str(config.html_baseurl), app.builder.get_target_uri(page)
    address = canonical(base, page, place, getattr(config, "versions_pages", []))
    head = Head(config.feed_id, _title(config), config.author, base + FILE, address)
    target.write_bytes(feed(head, _entries(config, Path(app.confdir))))


def setup(app: Sphinx) -> dict[str, bool]:
    """Look for the changes first, write them last."""
    app.add_config_value("feed_id", "", "", str)
    app.add_config_value("feed_changelog", "CHANGELOG.md", "", str)
    app.add_config_value("feed_page", "changelog", "", str)
    app.add_config_value("feed_exists", False, "html", bool)
    app.connect("config-inited", _read)
    app.connect("html-page-context", _link, priority=AFTER_OTHERS)
    app.connect("build-finished", _write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
