"""``claims``: numbers and facts of the text, each bound to what checks it.

``model`` reads ``claims.yaml`` and ``prose`` finds in text what needs proof (both know no
Sphinx); ``role`` binds words to claims, ``check`` warns of words that are not bound and of claims
that no page uses, ``listing`` makes the table of all claims. ``tests/claims/`` has the checks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from _ext._shared import assets
from _ext._shared.records import add_listing
from _ext._shared.render import add_component

from .check import check_claims, check_page
from .listing import ClaimsDirective, claims, show
from .role import ClaimRole, MeasuredDirective, WordsRole, accepted, bound, claim, html

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx

BEFORE_TITLES_ARE_COLLECTED = 400


def _nothing(self: nodes.NodeVisitor, node: nodes.Element) -> None:
    """Let the builder write the children."""


def _add_transparent(app: Sphinx, node: type[nodes.Element]) -> None:
    """Register a node of which builders write the children only."""
    nothing = (_nothing, _nothing)
    app.add_node(
        node, html=nothing, text=nothing, latex=nothing, man=nothing, texinfo=nothing, xml=nothing
    )


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the roles, the directives, the checks, the setting and the style."""
    app.add_config_value("claims_data", "", "env", types=(str,))
    app.add_role("claim", ClaimRole())
    app.add_role("words", WordsRole())
    app.add_directive("measured", MeasuredDirective)
    app.add_directive("claims", ClaimsDirective)
    add_component(app, claim, html)
    app.add_node(accepted)
    _add_transparent(app, bound)
    add_listing(app, claims, show)
    assets.provide(app, claim, css="css/claims.css")
    assets.provide(app, bound, css="css/claims.css")
    app.connect("doctree-read", check_page, priority=BEFORE_TITLES_ARE_COLLECTED)
    app.connect("env-check-consistency", check_claims)
    return {"env_version": 1, "parallel_read_safe": True, "parallel_write_safe": True}
