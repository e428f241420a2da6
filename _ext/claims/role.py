"""The roles ``claim`` and ``words``, and the directive ``measured``."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from docutils import nodes
from sphinx.util.docutils import ReferenceRole

from _ext._shared.inputs import FeatureDirective
from _ext._shared.records import note, noted
from _ext._shared.render import render
from _ext._shared.report import InputError, warn

from .model import Claim, load, long_date, unknown

if TYPE_CHECKING:
    from sphinx.config import Config
    from sphinx.environment import BuildEnvironment
    from sphinx.writers.html5 import HTML5Translator

USED, LISTED = "claims.used", "claims.listed"
"""Kinds of facts: a claim's id, where it is used; a page that lists all claims."""


class claim(nodes.Inline, nodes.TextElement):  # noqa: N801 - docutils names nodes in lower case
    """Words that a claim backs."""


class bound(nodes.General, nodes.Element):  # noqa: N801
    """Around a block of this feature: nothing of its own, but for the style of the page."""


class accepted(nodes.Inline, nodes.TextElement):  # noqa: N801
    """Words that the check of the prose passes over; plain text once it is done."""


LAST_BRACKETS = re.compile(r"^(.+?)\s*(?<!\x00)<([^<>]*)>$", re.DOTALL)
"""Words and what is in the last angle brackets; Sphinx takes the first, which words may have."""


def data_file(config: Config, env: BuildEnvironment, name: str) -> Path:
    """Return the path of ``claims.yaml`` or ``prose.yaml``."""
    return Path(config.claims_data or Path(env.srcdir) / "_data") / name


def find(env: BuildEnvironment, name: str) -> Claim:
    """Return a claim and note that the page which is being read uses it.

    Raises:
        InputError: there is no such claim, or the data is wrong.
    """
    path = data_file(env.config, env, "claims.yaml")
    env.note_dependency(path)
    claims = load(path).value
    if name not in claims:
        raise InputError("unknown", unknown(name, sorted(claims), path))
    note(env, USED, name)
    return claims[name]


class ClaimRole(ReferenceRole):
    """``{claim}`id` `` shows a value; ``{claim}`words <id>` `` says it in words."""

    explicit_title_re = LAST_BRACKETS

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the words with what backs them, or plain words and a warning."""
        words = self.title if self.has_explicit_title else ""
        try:
            return [self._node(find(self.env, self.target), words)], []
        except InputError as error:
            # The data's own faults are reported once, at the end of the build.
            if error.location is None:
                warn("claims", error.subtype, error.message, self.get_location())
            return [nodes.Text(words or self.target)], []

    def _node(self, entry: Claim, words: str) -> claim:
        name = self.target
        if not words and not entry.text:
            message = f"the claim {name!r} has no value: write `words <{name}>`"
            raise InputError("text", message)
        if words and not entry.agrees(words):
            message = (
                f"{words!r} does not contain {entry.text!r}, the value of {name!r}: "
                f"write `{name}` to show the value, or mend the words"
            )
            raise InputError("value", message)
        text = words or entry.text
        node = claim(text, text, claim=name, says=entry.says, backing=entry.backing)
        self.set_source_info(node)
        return node


class WordsRole(ReferenceRole):
    """``{words}`text <reason>` `` says why these words need no proof."""

    explicit_title_re = LAST_BRACKETS

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the words, marked for the check."""
        if not self.has_explicit_title:
            message = "say why these words need no proof: `words <reason>`"
            warn("claims", "words", message, self.get_location())
        return [accepted(self.title, self.title)], []


class MeasuredDirective(FeatureDirective):
    """``{measured} ID`` around text and tables whose numbers come from one measurement."""

    feature = "claims"
    required_arguments = 1
    has_content = True
    option_spec: ClassVar[dict[str, Any]] = {}

    def build(self) -> list[nodes.Node]:
        """Return the content and a sentence that says how it was measured.

        Raises:
            InputError: there is no such claim, or it has no measurement.
        """
        name = self.arguments[0]
        try:
            entry = find(self.env, name)
        except InputError as error:
            if error.location is None:
                raise
            return self.parse_content_to_nodes()
        if entry.measured is None:
            message = f"the claim {name!r} has a test in place of `measured`: use the role claim"
            raise InputError("measured", message)
        how = entry.measured
        box = nodes.container(classes=["mlt-measured"], measured=name)
        box += self.parse_content_to_nodes()
        box += nodes.paragraph(
            "", "",
            nodes.Text(f"Measured on {long_date(how.date)}: {how.machine}. To repeat it, run "),
            nodes.literal(how.command, how.command), nodes.Text("."),
            classes=["mlt-measured__how"],
        )  # fmt: skip
        self.set_source_info(box)
        return [bound("", box)]


def is_listed(env: BuildEnvironment) -> str | None:
    """Return the page that lists all claims, if there is one."""
    return next((page for page, _ in noted(env, LISTED)), None)


def html(self: HTML5Translator, node: claim) -> str:
    """Return the words as a link to the row of the claim."""
    page = is_listed(self.builder.env)
    inside_link = any(isinstance(parent, nodes.reference) for parent in _parents(node))
    href = None
    if page is not None and not inside_link:
        here = self.builder.current_docname
        href = f"{self.builder.get_relative_uri(here, page)}#claim-{node['claim']}"
    return render(
        "claims.html", text=node.astext(), href=href, says=node["says"], backing=node["backing"]
    )


def _parents(node: nodes.Node) -> list[nodes.Node]:
    parents = []
    while node.parent is not None:
        node = node.parent
        parents.append(node)
    return parents
