"""``{compatibility}``: with which Python and MLflow the package works.

``{compatibility} combinations`` is the table, ``{compatibility} failures`` says what fails and why,
``{compatibility} skipped`` what was not run. All read ``source/_data/compatibility.json``,
which ``tools.compatibility`` writes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar

from docutils import nodes
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from ._shared.inputs import FeatureDirective
from ._shared.report import InputError
from ._shared.tables import Cell, table

if TYPE_CHECKING:
    from collections.abc import Callable

    from sphinx.application import Sphinx

DATA = "/_data/compatibility.json"
GROUPS = {
    "Installs": ("install",),
    "Tracks": ("import", "track", "context", "llm"),
    "Registry": ("save", "load"),
    "Service": ("service",),
    "Commands": ("commands",),
}
"""Columns of the table, each with its checks."""
HEAD = ("Python", "MLflow", *GROUPS)
MODULES = re.compile(r"^(?:\w+\.)+(?=\w+: )")


class Combination(BaseModel):
    """What came of one combination: for each check the empty string, or why it fails."""

    model_config = ConfigDict(extra="forbid")

    python: str
    mlflow: str
    pinned: str
    date: str
    versions: dict[str, str]
    checks: dict[str, str]
    not_run: str

    @property
    def name(self) -> str:
        """The combination in words."""
        pinned = f" with {self.pinned}" if self.pinned else ""
        return f"Python {self.python}, MLflow {self.mlflow}{pinned}"

    def verdict(self, checks: tuple[str, ...]) -> str:
        """Say whether all of ``checks`` succeed."""
        known = [self.checks[name] for name in checks if name in self.checks]
        return "–" if not known else "no" if any(known) else "yes"  # noqa: RUF001 - not run


class Result(BaseModel):
    """The file."""

    model_config = ConfigDict(extra="forbid")

    release: str
    combinations: list[Combination]


class CompatibilityDirective(FeatureDirective):
    """``{compatibility} combinations | failures | skipped``."""

    feature = "compatibility"
    required_arguments = 1
    option_spec: ClassVar[dict[str, Any]] = {}

    def build(self) -> list[nodes.Node]:
        """Return the table.

        Raises:
            InputError: there is no such table, or the file is wrong.
        """
        if self.arguments[0] not in TABLES:
            known = ", ".join(TABLES)
            raise InputError("table", f"there is no table {self.arguments[0]!r}; there are {known}")
        path = self.source_file(DATA)
        try:
            result = TypeAdapter(Result).validate_json(path.read_text(encoding="utf-8"))
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            where = ".".join(str(part) for part in first["loc"])
            message = f"{where}: {first['msg']}. Write it with: python -m tools.compatibility"
            raise InputError("data", message, f"{path}:1") from error
        made = TABLES[self.arguments[0]](result.combinations)
        made.source, made.line = str(path), 1
        return [made]


def combinations(found: list[Combination]) -> nodes.table:
    """Return a row for each combination that was run."""
    rows: list[tuple[Cell, ...]] = [
        (
            each.python,
            f"{each.mlflow} with {each.pinned}" if each.pinned else each.mlflow,
            *(each.verdict(checks) for checks in GROUPS.values()),
        )
        for each in found
        if not each.not_run
    ]
    return table(HEAD, rows, "mlt-compatibility")


def failures(found: list[Combination]) -> nodes.table:
    """Return a row for each message, with the checks and combinations that end with it."""
    seen: dict[str, tuple[list[str], list[str]]] = {}
    for each in found:
        for check, error in each.checks.items():
            if error and not each.not_run:
                said = MODULES.sub("", error)
                checks, names = seen.setdefault(said, ([], []))
                checks += [] if check in checks else [check]
                names += [] if each.name in names else [each.name]
    rows: list[tuple[Cell, ...]] = [
        (nodes.literal("", error), ", ".join(checks), "; ".join(names))
        for error, (checks, names) in seen.items()
    ]
    return table(("What is said", "Checks", "Where"), rows)


def skipped(found: list[Combination]) -> nodes.table:
    """Return a row for each combination that was not run."""
    rows: list[tuple[Cell, ...]] = [
        (each.name, ": ".join([each.not_run, *filter(None, each.checks.values())]))
        for each in found
        if each.not_run
    ]
    return table(("Combination", "Why it was not run"), rows)


TABLES: dict[str, Callable[[list[Combination]], nodes.table]] = {
    "combinations": combinations,
    "failures": failures,
    "skipped": skipped,
}


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive."""
    app.add_directive("compatibility", CompatibilityDirective)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
