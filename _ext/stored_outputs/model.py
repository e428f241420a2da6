"""Outputs of a notebook that were made apart from the build. Knows no Sphinx.

A file of ``notebooks/_outputs`` holds them with the sums of what they were made from, so that a
build can tell without running anything whether they are still those of the page.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from myst_nb.core.read import read_myst_markdown_notebook  # type: ignore[import-untyped]
from myst_parser.config.main import TopmatterReadError, read_topmatter
from nbformat.notebooknode import NotebookNode, from_dict
from pydantic import BaseModel, ConfigDict

from _ext._shared.versions import outdated

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from myst_parser.config.main import MdParserConfig
KEY = "environment"
"""In the front matter of a notebook: the environment that its code needs."""

REMEDY = "run: make notebooks"


class Stored(BaseModel):
    """What a file of outputs holds."""

    model_config = ConfigDict(extra="forbid")

    environment: str
    """Name of ``requirements/<environment>.txt``."""
    cells: str
    """Sum of the code that made the outputs."""
    requirements: str
    """Sum of that list."""
    versions: dict[str, str]
    """Of mltrack-py, mlflow and python, then of the packages that the environment is for."""
    date: str
    """ISO date of the last run that changed anything above or below."""
    seconds: float
    """Time of that run, or of a quicker one since."""
    outputs: list[list[dict[str, Any]]]
    """For each code cell, in nbformat's form."""

    def facts(self) -> dict[str, Any]:
        """Return what a second run has to repeat."""
        facts = self.model_dump(exclude={"date", "seconds"})
        facts["versions"] = {
            name: version for name, version in self.versions.items() if name != "python"
        }
        return facts

    def packages(self) -> dict[str, str]:
        """Return the versions of the packages that the environment adds."""
        known = ("mltrack-py", "mlflow", "python")
        return {name: version for name, version in self.versions.items() if name not in known}


def environment_of(text: str) -> str:
    """Return the environment that a page's front matter names; empty if it names none."""
    try:
        front = read_topmatter(text) or {}
    except TopmatterReadError:  # the parser says so
        return ""
    return str(front.get(KEY) or "")


def digest(content: str | bytes) -> str:
    """Return the sum of a text."""
    return hashlib.sha256(content.encode() if isinstance(content, str) else content).hexdigest()


def code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    """Return the cells that have outputs."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def cells_digest(notebook: NotebookNode) -> str:
    """Return the sum of the code of all cells."""
    return digest(json.dumps([cell.source for cell in code_cells(notebook)]))


def read(text: str, path: str, config: MdParserConfig | None = None) -> NotebookNode:
    """Return a page in Markdown as a notebook without outputs."""
    found = read_myst_markdown_notebook(text, config=config, add_source_map=True, path=path)
    assert isinstance(found, NotebookNode)  # noqa: S101 - for the type checker
    return found


def fill(notebook: NotebookNode, stored: Stored | None) -> NotebookNode:
    """Put outputs into the cells of ``notebook``; without any, the cells count as run."""
    outputs = stored.outputs if stored else []
    notebook.metadata["language_info"] = {"name": "python", "pygments_lexer": "ipython3"}
    for number, cell in enumerate(code_cells(notebook)):
        cell.execution_count = number + 1
        if number < len(outputs):
            cell.outputs = [from_dict(output) for output in outputs[number]]  # type: ignore[no-untyped-call]
    return notebook


def load(text: str) -> Stored:
    """Return the content of a file.

    Raises:
        pydantic.ValidationError: it is not such a file.
    """
    stored = Stored.model_validate_json(text)
    stored.outputs = [[_texts(output, "".join, list) for output in each] for each in stored.outputs]
    return stored


def dump(stored: Stored) -> str:
    """Return the content of a file, a line of output on a line of its own."""
    content = stored.model_dump()
    content["outputs"] = [
        [_texts(output, _lines, str) for output in each] for each in stored.outputs
    ]
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def _texts(output: dict[str, Any], convert: Callable[[Any], Any], kind: type) -> dict[str, Any]:
    """Return an output with each of its texts converted, where it is of a ``kind``."""
    changed = dict(output)
    if isinstance(output.get("text"), kind):
        changed["text"] = convert(output["text"])
    if "data" in output:
        changed["data"] = {
            mime: convert(value) if isinstance(value, kind) and "json" not in mime else value
            for mime, value in output["data"].items()
        }
    return changed


def stale(stored: Stored, environment: str, notebook: NotebookNode, requirements: Path) -> str:
    """Return in words why outputs are no longer those of a page; empty if they are."""
    if stored.environment != environment:
        return f"they come from the environment {stored.environment!r}, not {environment!r}"
    if stored.cells != cells_digest(notebook):
        return "the code of the page has changed"
    if not requirements.is_file():
        return f"there is no requirements/{requirements.name}"
    if stored.requirements != digest(requirements.read_bytes()):
        return f"requirements/{requirements.name} has changed"
    if other := outdated(stored.versions):
        return f"they were made with {other}"
    return ""
