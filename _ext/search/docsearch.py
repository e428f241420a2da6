"""Algolia DocSearch instead of the site's own index, if the settings ``docsearch_*`` say so.

``_static/search/docsearch.js`` asks Algolia; ``tools/docsearch`` makes the records. Without the
settings neither the site nor its pages have anything of it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from .._shared.report import warn

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config

SCRIPT = "search/docsearch.js"
NEEDED = ("docsearch_app_id", "docsearch_api_key", "docsearch_index_name")


def add_settings(app: Sphinx) -> None:
    """Register what Algolia needs to know, and the host that tests stand in with."""
    for name in (*NEEDED, "docsearch_host"):
        app.add_config_value(name, "", "html", [str])
    app.connect("builder-inited", _check)


def _check(app: Sphinx) -> None:
    """Warn of settings that are there in part: the site keeps its own search."""
    missing = [name for name in NEEDED if not app.config[name]]
    if missing and len(missing) < len(NEEDED):
        message = f"the search stays the site's own, because {' and '.join(missing)} is not set"
        warn("search", "docsearch", message, f"{Path(app.confdir, 'conf.py')}:1")


def wanted(config: Config) -> bool:
    """Tell whether Algolia is to answer."""
    return all(config[name] for name in NEEDED)


def settings(config: Config) -> str:
    """Return a script that hands the settings to the adapter."""
    values = {
        "app": config.docsearch_app_id,
        "key": config.docsearch_api_key,
        "index": config.docsearch_index_name,
        "host": config.docsearch_host.rstrip("/"),
        "facets": {"version": config.version, "lang": config.language},
    }
    return f"self.mltDocSearch={json.dumps(values)};\n"
