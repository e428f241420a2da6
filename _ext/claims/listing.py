"""The directive ``claims``: the table of all claims."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from docutils import nodes

from _ext._shared.inputs import FeatureDirective
from _ext._shared.records import note, noted
from _ext._shared.report import InputError
from _ext._shared.tables import Cell, page_link, table

from .model import Claim, load, long_date
from .role import LISTED, USED, bound, data_file

if TYPE_CHECKING:
    from sphinx.environment import BuildEnvironment

HEAD = ("Claim", "Value", "What stands behind it", "Where")


class claims(nodes.General, nodes.Element):  # noqa: N801 - docutils names nodes in lower case
    """The place of the table."""


class ClaimsDirective(FeatureDirective):
    """``{claims}`` lists all claims. One page has it; the marked words link there."""

    feature = "claims"
    option_spec: ClassVar[dict[str, Any]] = {}

    def build(self) -> list[nodes.Node]:
        """Return the placeholder."""
        self.env.note_dependency(data_file(self.config, self.env, "claims.yaml"))
        note(self.env, LISTED, True)
        node = claims()
        self.set_source_info(node)
        return [node]


def show(env: BuildEnvironment, _node: claims) -> list[nodes.Node]:
    """Return the table, in the order of the file."""
    try:
        entries = load(data_file(env.config, env, "claims.yaml")).value
    except InputError:
        return []  # reported once, at the end of the build
    where: dict[str, list[str]] = {}
    for page, name in noted(env, USED):
        pages = where.setdefault(name, [])
        if page not in pages:
            pages.append(page)
    rows: list[tuple[Cell, ...]] = [
        (entry.says, entry.text, _backing(entry), _links(where.get(name, [])))
        for name, entry in entries.items()
    ]
    made = table(HEAD, rows, "mlt-claims")
    (body,) = made.findall(nodes.tbody)
    for name, row in zip(entries, body.findall(nodes.row), strict=True):
        row["ids"].append(f"claim-{name}")
    return [bound("", made)]


def _links(pages: list[str]) -> list[nodes.Node]:
    found: list[nodes.Node] = []
    for page in pages:
        found += [nodes.Text(", "), page_link(page)] if found else [page_link(page)]
    return found


def _backing(entry: Claim) -> list[nodes.Node]:
    if entry.measured is None:
        check = entry.check or ""
        return [nodes.literal(check, check)]
    how = entry.measured
    return [
        nodes.Text(f"Measured on {long_date(how.date)}: {how.machine}. "),
        nodes.literal(how.command, how.command),
    ]
