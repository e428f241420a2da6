"""``run-contents``: what runs contain, in tables, from runs that were really made.

``source/_data/run_contents.json`` is written by ``tools.run_contents``, and
``source/_data/run_meanings.yaml`` says what each name in it means. The directive's argument is
``runs``, ``parameters``, ``metrics``, ``tags``, ``files`` or ``autologged``.
"""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from docutils import nodes

from ._shared.inputs import Data, FeatureDirective, load_yaml
from ._shared.report import InputError, warn
from ._shared.tables import Cell, table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.application import Sphinx

CONTENTS = "/_data/run_contents.json"
MEANINGS = "/_data/run_meanings.yaml"
KINDS = ("parameters", "metrics", "tags", "files")
OTHERS = ("runs", "autologged")
STAND_IN = "managed"
"""A run that is named only for what no other has."""

Runs = dict[str, dict[str, Any]]
Meanings = dict[str, dict[str, str]]


def rows(runs: Runs, kind: str, pattern: str) -> tuple[list[str], list[str], str]:
    """Return the names that a pattern means, the runs that have one, and an example of a value."""
    names: list[str] = []
    places: list[str] = []
    example = ""
    for run, contents in runs.items():
        matching = [name for name in contents[kind] if fnmatchcase(name, pattern)]
        names += [name for name in matching if name not in names]
        if matching:
            places.append(run)
            if kind != "files" and not example:
                example = contents[kind][matching[0]]
    if len(places) > 1 and STAND_IN in places:
        places.remove(STAND_IN)
    return names, places, example


class RunContentsDirective(FeatureDirective):
    """``{run-contents} KIND``: one table."""

    feature = "run_contents"
    required_arguments = 1

    def build(self) -> list[nodes.Node]:
        """Return the table.

        Raises:
            InputError: a file is missing or wrong, or the argument is.
        """
        kind = self.arguments[0]
        if kind not in (*KINDS, *OTHERS):
            known = ", ".join((*KINDS, *OTHERS))
            raise InputError("option", f"there is nothing called {kind!r}: choose from {known}")
        runs: Runs = json.loads(self.source_file(CONTENTS).read_text("utf-8"))
        meanings = load_yaml(self.source_file(MEANINGS), Meanings)
        if kind == "runs":
            return [self._runs(runs, meanings)]
        return [
            self._autologged(runs) if kind == "autologged" else self._kind(kind, runs, meanings)
        ]

    def _runs(self, runs: Runs, meanings: Data[Meanings]) -> nodes.table:
        said = meanings.value.get("runs", {})
        for name in sorted(said.keys() ^ runs.keys()):
            self._complain("runs", name, meanings, name in said)
        cells = [
            (name, self._inline(said[name]), nodes.literal("", run["name"]), run["status"])
            for name, run in runs.items()
            if name in said
        ]
        return table(("Run", "Made by", "Its name", "Its status"), cells)

    def _kind(self, kind: str, runs: Runs, meanings: Data[Meanings]) -> nodes.table:
        said = meanings.value.get(kind, {})
        left = {name for run in runs.values() for name in run[kind]}
        cells: list[tuple[Cell, ...]] = []
        for pattern, meaning in said.items():
            names, places, example = rows(runs, kind, pattern)
            left -= set(names)
            if not names:
                self._complain(kind, pattern, meanings, True)
                continue
            value: list[Cell] = [] if kind == "files" else [nodes.literal("", example)]
            name = nodes.literal("", pattern.replace("*", "…"))
            cells.append((name, *value, ", ".join(places), self._inline(meaning)))
        for name in sorted(left):
            self._complain(kind, name, meanings, False)
        head = ("Name", "Example", "Runs", "Meaning")
        return table(head if kind != "files" else (head[0], *head[2:]), cells)

    def _autologged(self, runs: Runs) -> nodes.table:
        found = {name: run["autologged"] for name, run in runs.items() if "autologged" in run}
        cells = [
            (run, kind, list(_separated(names)))
            for run, kinds in found.items()
            for kind, names in kinds.items()
        ]
        return table(("Run", "What", "Names"), cells)

    def _inline(self, markdown: str) -> list[nodes.Node]:
        return list(self.parse_inline(markdown)[0])

    def _complain(self, kind: str, name: str, meanings: Data[Meanings], said: bool) -> None:
        message = (
            f"no run has {name!r} any more: take it out of {kind}"
            if said
            else f"nothing says what {name!r} means: add it to {kind}"
        )
        warn("run_contents", "meaning", message, meanings.place(kind, name))


def _separated(names: list[str]) -> Iterator[nodes.Node]:
    for number, name in enumerate(names):
        if number:
            yield nodes.Text(", ")
        yield nodes.literal("", name)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive."""
    app.add_directive("run-contents", RunContentsDirective)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
