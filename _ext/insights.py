"""``insights``: what readers find and miss, counted if the owner says where; a line for feedback.

By default nothing is loaded, sent or kept: the line below a page leads to a prefilled issue of the
package's repository. With ``insights_adapter`` a small script loads the rest, which is in
``_static/insights/``, unless the browser asks not to track. ``tools.insights`` is the collector.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode, urlsplit

from docutils import nodes
from sphinx.errors import ConfigError

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config

SCRIPT = "js/insights.js"
BEFORE_OTHERS = 400
"""Before handlers that replace the list of scripts."""

NEEDS = {
    "none": set[str](),
    "plausible": {"insights_site"},
    "posthog": {"insights_key"},
    "endpoint": {"insights_endpoint"},
}
"""Adapter → settings that it cannot do without."""
ENDPOINTS = {
    "plausible": "https://plausible.io/api/event",
    "posthog": "https://us.i.posthog.com/i/v0/e/",
}
SETTINGS = ("insights_endpoint", "insights_site", "insights_key")
LOCAL = {"127.0.0.1", "localhost", "::1"}


def check(config: Config) -> None:
    """Refuse settings that would send nothing, or send it anywhere.

    Raises:
        ConfigError: with the setting and what to write instead.
    """
    adapter = config.insights_adapter
    if adapter not in NEEDS:
        names = ", ".join(f'"{name}"' for name in NEEDS)
        raise ConfigError(f"conf.py: insights_adapter is {adapter!r}; choose one of {names}.")
    for name in sorted(NEEDS[adapter]):
        if not config[name]:
            raise ConfigError(f'conf.py: insights_adapter = "{adapter}" also needs {name}.')
    for name in SETTINGS:
        if adapter == "none" and config[name]:
            raise ConfigError(f'conf.py: {name} has no effect while insights_adapter is "none".')
    if config.insights_endpoint and not _is_endpoint(config.insights_endpoint):
        raise ConfigError(
            f"conf.py: insights_endpoint is {config.insights_endpoint!r}; write an address that "
            "begins with https:// or, on the site itself, with one slash."
        )


def _is_endpoint(text: str) -> bool:
    """Tell whether events may be sent there: encrypted, to the site itself, or to this machine."""
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:
        return False
    if parts.query or parts.fragment or any(each.isspace() for each in text):
        return False
    if not parts.scheme:
        return not parts.netloc and text.startswith("/")
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and host in LOCAL))


def attributes(config: Config, page: str) -> dict[str, str]:
    """Return what the script reads from its own tag."""
    adapter = config.insights_adapter
    values = {
        "adapter": adapter,
        "page": f"{quote(page)}.html",
        "endpoint": config.insights_endpoint or ENDPOINTS.get(adapter, ""),
        "site": config.insights_site,
        "key": config.insights_key,
    }
    return {f"data-{name}": value for name, value in values.items() if value}


def issue(issues: str, title: str, address: str) -> str:
    """Return the address of a new issue about a page."""
    words = {"title": f"Documentation: {title}", "body": f"Page: {address}\n\n"}
    return f"{issues}?{urlencode(words, quote_via=quote)}"


def _on_page(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Give the line below a page its link, and every page its script if there is an adapter."""
    config = app.config
    context["insights_issue"] = ""
    apart = {config.root_doc, getattr(config, "notfound_pagename", "")}
    if config.insights_issues and doctree is not None and pagename not in apart:
        heading = doctree.next_node(nodes.title)
        title = pagename if heading is None else heading.astext()
        address = config.html_baseurl + app.builder.get_target_uri(pagename)
        context["insights_issue"] = issue(config.insights_issues, title, address)
    if config.insights_adapter != "none":
        data: dict[str, Any] = attributes(config, pagename)
        app.add_js_file(SCRIPT, loading_method="defer", **data)


def _check(app: Sphinx, config: Config) -> None:
    check(config)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the settings and connect the handlers."""
    app.add_config_value("insights_adapter", "none", "html", [str])
    for name in (*SETTINGS, "insights_issues"):
        app.add_config_value(name, "", "html", [str])
    app.connect("config-inited", _check)
    app.connect("html-page-context", _on_page, priority=BEFORE_OTHERS)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
