"""``overlays``: what the package's docstrings leave out or get wrong, said without touching them.

``source/reference/python/overlays/MODULE.yaml`` has an entry for each object that needs one:
purpose, parameters, result, exceptions, a tested example. ``model`` reads the files and compares
them with the inventory; ``weave`` puts an entry into a docstring. This module does so before
napoleon reads it, and puts a line of facts below each object: ``facts``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docutils.statemachine import StringList
from sphinx import addnodes
from sphinx.util.parsing import nested_parse_to_nodes

from _ext._shared.inputs import FeatureDirective
from _ext._shared.records import add_listing, note
from _ext._shared.report import warn

from .facts import USES, object_facts, show_facts
from .model import overlays_of
from .moved import MovedDirective
from .weave import weave

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx

FEATURE = "overlays"
MENDED_BEFORE, NAPOLEON_AFTER = 450, 490


class ExampleDirective(FeatureDirective):
    """``overlay-example``: written into docstrings by this extension, not by authors."""

    feature = FEATURE
    required_arguments = 1

    def build(self) -> list[nodes.Node]:
        """Return the doctest of an overlay, with the file and line where it stands."""
        overlays = overlays_of(self.config)
        name = self.arguments[0]
        path, _, line = overlays.place(name, "example").rpartition(":")
        code = overlays.entries[name].example.strip("\n").splitlines()
        text = [".. doctest::", "", *(f"   {each}".rstrip() for each in code)]
        # Doctest adds the number of the line in the block to that of the directive.
        items = [(path, int(line) + number) for number in range(len(text))]
        return list(nested_parse_to_nodes(self.state, StringList(text, items=items)))


class FactsDirective(FeatureDirective):
    """``object-facts``: written into docstrings by this extension, not by authors."""

    feature = FEATURE
    required_arguments = 1

    def build(self) -> list[nodes.Node]:
        """Return the placeholder, filled when all pages are read."""
        return [object_facts(name=self.arguments[0])]


def _read(app: Sphinx) -> None:
    """Read the overlays, and warn of each that does not fit the package."""
    for error in overlays_of(app.config).errors:
        warn(FEATURE, error.subtype, error.message, error.location)


def _process(app: Sphinx, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    """Weave the overlay of an object into its docstring, and add the line of facts."""
    overlays = overlays_of(app.config)
    if not overlays.known(name):
        return
    canonical = overlays.canonical(name)
    for path in overlays.files:
        app.env.note_dependency(path)
    if canonical in overlays.entries:
        lines[:] = weave(lines, canonical, overlays)
    if what in ("function", "class", "method") and not getattr(options, "no_index", False):
        lines += ["", f".. object-facts:: {name}", ""]


def _note_references(app: Sphinx, document: nodes.document) -> None:
    """Note which objects a page names in its prose."""
    overlays = overlays_of(app.config)
    for reference in document.findall(addnodes.pending_xref):
        target = str(reference.get("reftarget", ""))
        if reference.get("refdomain") == "py" and overlays.known(target):
            note(app.env, USES, overlays.canonical(target))


def setup(app: Sphinx) -> dict[str, bool]:
    """Register directives, settings and handlers."""
    app.setup_extension("sphinx.ext.autodoc")
    for name in ("overlays_data", "overlays_inventory", "overlays_limits"):
        app.add_config_value(name, "", "env", types=(str,))
    app.add_config_value("overlays_release", "", "env", types=(str,))
    app.add_directive("overlay-example", ExampleDirective)
    app.add_directive("object-facts", FactsDirective)
    app.add_directive("moved", MovedDirective)
    add_listing(app, object_facts, show_facts)
    app.connect("builder-inited", _read)
    app.connect("autodoc-process-docstring", _process, priority=MENDED_BEFORE)
    app.connect("doctree-read", _note_references)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
