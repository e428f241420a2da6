"""Notebook cells: executed, or failing as their author declared."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from docutils import nodes
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from _ext._shared.evidence import Evidence
from _ext._shared.report import InputError

if TYPE_CHECKING:
    from typing import Self

FAILS_TAG = "raises-exception"
ERROR = re.compile(r"^[\w.]+(?:Error|Exception|Warning|Interrupt|Exit)\b.*", re.MULTILINE)

RUN_ID = re.compile(r"\b[0-9a-f]{32}\b")
"""Another one in each build."""


class Declared(BaseModel):
    """What a cell's metadata says under the key ``mltrack``."""

    model_config = ConfigDict(extra="forbid")

    fails: str = ""
    """Text of the error that the cell must end with."""
    limit: str = ""
    """The known limit that the error shows."""
    workaround: str = ""
    """The known limit that the cell works around."""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if bool(self.fails) != bool(self.limit):
            raise ValueError("'fails' and 'limit' go together")
        return self


def cell_evidence(cell: nodes.Element) -> Evidence:
    """Return what stands behind a code cell, and shorten its traceback.

    Raises:
        InputError: it did not run, failed unexpectedly, or did not fail as declared.
    """
    metadata = cell.get("cell_metadata") or {}
    declared = _declared(metadata)
    traceback = next(cell.findall(_is_traceback), None)
    if cell.get("exec_count") is None and not traceback:
        raise InputError(
            "cell",
            "this cell was not run: the page needs 'file_format: mystnb' and a kernelspec, and the "
            "cell no skip-execution",
        )
    if not declared.fails:
        if traceback:
            raise InputError(
                "cell",
                f"this cell fails with {_error(traceback)!r}. Mend it, or declare it: "
                f"tags: [{FAILS_TAG}], mltrack: {{limit: …, fails: …}}",
            )
        return Evidence("executed", "this build", language="python", limit=declared.workaround)
    if traceback is None:
        raise InputError(
            "cell",
            f"this cell was declared to fail with {declared.fails!r} and does not any more: remove "
            f"the declaration, and the limit {declared.limit!r} from source/_data/limits.yaml",
        )
    error = _error(traceback)
    if declared.fails not in error:
        raise InputError("cell", f"this cell fails with {error!r}, not with {declared.fails!r}")
    _shorten(traceback, error)
    return Evidence("fails", "this build", language="python", reason=error, limit=declared.limit)


def _declared(metadata: dict[str, Any]) -> Declared:
    try:
        declared = Declared.model_validate(metadata.get("mltrack", {}))
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        where = ".".join(("mltrack", *map(str, fault["loc"])))
        raise InputError("cell", f"{where}: {fault['msg']}") from error
    if declared.fails and FAILS_TAG not in metadata.get("tags", []):
        raise InputError("cell", f"a cell that is to fail needs tags: [{FAILS_TAG}]")
    return declared


def _is_traceback(node: nodes.Node) -> bool:
    return isinstance(node, nodes.literal_block) and "traceback" in node["classes"]


def _error(traceback: nodes.Node) -> str:
    """Return the error's first line, such as ``ValueError: Unsupported platform: ecs``."""
    text = RUN_ID.sub("<run-id>", traceback.astext())
    found = ERROR.findall(text)
    return str(found[-1]) if found else text.strip().rpartition("\n")[2]


def _shorten(traceback: nodes.Node, error: str) -> None:
    """Leave the error: the frames name files of the machine that built the page."""
    assert isinstance(traceback, nodes.literal_block)  # noqa: S101 - for the type checker
    text = f"Traceback (most recent call last):\n  …\n{error}"
    traceback.rawsource = text
    traceback.children = []
    traceback += nodes.Text(text)
    traceback["language"] = "text"
