"""``stored_outputs``: pages whose code needs packages that the build has not.

A notebook with ``environment: NAME`` in its front matter is never executed by the build. ``make
notebooks`` runs it in an environment of its own (``tools/notebooks``) and stores what it printed
in ``notebooks/_outputs``. ``parser`` puts that into the cells before the page is rendered, so that
it looks like any other; ``note`` says when and with what it was made; ``model`` is the format and
tells whether the outputs are still those of the page. Old or missing outputs are a warning.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from _ext._shared import assets
from _ext._shared.render import add_component

from .note import html, stored_outputs
from .parser import StoredParser

if TYPE_CHECKING:
    from sphinx.application import Sphinx


def setup(app: Sphinx) -> dict[str, Any]:
    """Take the place of MyST-NB's parser; register the line and its style."""
    app.setup_extension("myst_nb")
    app.add_config_value("stored_outputs_root", "", "env", types=(str,))
    app.add_source_parser(StoredParser, override=True)
    add_component(app, stored_outputs, html)
    assets.provide(app, stored_outputs, css="css/stored-outputs.css")
    return {"env_version": 1, "parallel_read_safe": True, "parallel_write_safe": True}
