"""Several versions of the site: what the selector in the header needs, and the canonical address.

``versions_from`` says where the site stands: ``readthedocs``, ``tree`` (see ``tools/versions``), or
nowhere with other versions. Scripts do the rest, because a page cannot know what comes after it.

``versions_stable`` names the pages of the current release. Their canonical address is the one in
``stable/``, in every version; a page that the release has not is its own.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from pydantic import BaseModel, ConfigDict

from ._shared.inputs import load_yaml
from ._shared.render import render
from ._shared.report import InputError, warn

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx
    from sphinx.config import Config

HOSTS = ("", "readthedocs", "tree")


class Stable(BaseModel):
    """The current release.

    Args:
        version: its name; empty before the first one.
        pages: its pages, without suffix.
    """

    model_config = ConfigDict(extra="forbid")
    version: str
    pages: list[str]


def _read(app: Sphinx, config: Config) -> None:
    """Read the pages into the configuration: pages are written again when they change."""
    if config.versions_from not in HOSTS:
        known = ", ".join(repr(host) for host in HOSTS)
        text = f"versions_from is {config.versions_from!r}: it is one of {known}"
        warn("versions", "setting", text, None)
        config.versions_from = ""
    if not config.versions_stable:
        return
    try:
        data = load_yaml(Path(app.confdir) / config.versions_stable, Stable)
    except OSError as error:
        warn("versions", "file", f"versions_stable cannot be read: {error}", None)
    except InputError as error:
        warn("versions", "file", error.message, error.location)
    else:
        config.versions_pages = data.value.pages if data.value.version else []


def canonical(base: str, page: str, address: str, stable: list[str]) -> str:
    """Return the canonical address of a page.

    Args:
        base: where this version stands, with a slash at its end.
        page: the page's name.
        address: the page's address in any version.
        stable: the pages of the current release.
    """
    return (urljoin(base, "../stable/") if page in stable else base) + address


def _add(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    config = app.config
    if pagename == getattr(config, "notfound_pagename", None):
        return  # it shows at any address
    context["versions_from"] = config.versions_from
    if config.versions_from == "readthedocs":
        context["metatags"] = context.get("metatags", "") + render("versions.html")
    if config.html_baseurl and context.get("pageurl"):
        address = app.builder.get_target_uri(pagename)
        base = str(config.html_baseurl)
        context["pageurl"] = canonical(base, pagename, address, config.versions_pages)


def setup(app: Sphinx) -> dict[str, bool]:
    """Read the settings first; stand behind Furo, which hands tags on."""
    app.add_config_value("versions_from", "", "html", str)
    app.add_config_value("versions_stable", "", "html", str)
    app.add_config_value("versions_pages", [], "html", list)
    app.connect("config-inited", _read)
    app.connect("html-page-context", _add, priority=600)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
