"""``python -m tools.notebooks.run ROOT PAGE OUT``: run one notebook in this interpreter.

It runs in a group's environment, in an empty directory, and writes outputs that do not differ
from run to run for reasons of their own: no log lines, no pieces of streams, no frames.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from _ext._shared.versions import installed
from _ext.stored_outputs.model import cells_digest, code_cells, environment_of, read

from .groups import main_packages

if TYPE_CHECKING:
    from nbformat import NotebookNode

TIMEOUT = 300
COLOUR = re.compile(r"\x1b\[[\d;]*m")
TAG = re.compile(r"<[^>]*>")
RUN_ID = re.compile(r"\b[0-9a-f]{32}\b")


def clean(outputs: list[NotebookNode]) -> list[dict[str, Any]]:
    """Return outputs without standard error, streams joined, tracebacks without their frames.

    Rich, which frameworks write their progress with, leaves displays of nothing behind.
    """
    kept: list[dict[str, Any]] = []
    for output in outputs:
        if output.output_type == "display_data" and not _text(output.data):
            continue
        if output.output_type == "stream":
            if output.name == "stderr":
                continue
            if kept and kept[-1]["output_type"] == "stream":
                kept[-1]["text"] += output.text
                continue
        if output.output_type == "error":
            output = _shortened(output)
        kept.append(dict(output))
    return kept


def _text(data: dict[str, str]) -> str:
    """Return what a display says, without markup; of a picture, anything."""
    return "".join(
        TAG.sub("", value) if kind == "text/html" else value for kind, value in data.items()
    ).strip()


def _shortened(output: NotebookNode) -> NotebookNode:
    value = RUN_ID.sub("<run-id>", output.evalue)
    text = f"Traceback (most recent call last):\n  …\n{output.ename}: {value}"
    output.evalue, output.traceback = value, text.split("\n")
    return output


def execute(page: Path) -> dict[str, Any]:
    """Run a notebook; return its outputs and how long it took.

    Raises:
        CellExecutionError: a cell failed that was not declared to.
    """
    notebook = read(page.read_text(encoding="utf-8"), str(page))
    cells = cells_digest(notebook)
    begin = time.monotonic()
    with tempfile.TemporaryDirectory() as empty:
        resources = {"metadata": {"path": empty}}
        NotebookClient(notebook, timeout=TIMEOUT, resources=resources).execute()
    return {
        "cells": cells,
        "seconds": round(time.monotonic() - begin, 1),
        "outputs": [clean(cell.outputs) for cell in code_cells(notebook)],
    }


def versions(root: Path, group: str) -> dict[str, str]:
    """Return the versions of what the notebook ran with; builds of one version are one."""
    found = installed()
    for name in main_packages(root, group):
        try:
            found[name] = version(name).partition("+")[0]
        except ModuleNotFoundError:  # meant for another platform
            continue
    return found


def main() -> None:
    """Run the page and write what came of it as JSON; a failing cell ends with its traceback."""
    root, page, out = map(Path, sys.argv[1:4])
    group = environment_of(page.read_text(encoding="utf-8"))
    try:
        result = execute(page)
    except CellExecutionError as error:
        sys.exit(COLOUR.sub("", f"{page.name}: {error}"))
    out.write_text(json.dumps({**result, "versions": versions(root, group)}), encoding="utf-8")


if __name__ == "__main__":
    main()
