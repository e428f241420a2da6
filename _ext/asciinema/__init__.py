"""``asciinema``: terminal recordings as transcripts that read without a script and play with one.

``_shared/cast.py`` reads a recording, ``_shared/recordings.py`` finds it and says what stands
behind it, ``directive`` puts it on a page. ``_static/js/asciinema.js`` plays it. A cast that moves
the cursor shows its last screen, and plays in asciinema-player, loaded on request.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from _ext._shared import assets, recordings
from _ext._shared.render import add_component, render

from .directive import AsciinemaDirective, asciinema

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.writers.html5 import HTML5Translator


def _html(self: HTML5Translator, node: asciinema) -> str:
    cast = node["cast"] and posixpath.join(self.builder.dlpath, node["cast"])
    return render("asciinema.html", **{**node.attributes, "cast": cast})


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive, its node and its assets."""
    app.setup_extension(recordings.__name__)
    app.add_directive("asciinema", AsciinemaDirective)
    add_component(app, asciinema, _html)
    assets.provide(app, asciinema, css="css/asciinema.css", js="js/asciinema.js")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
