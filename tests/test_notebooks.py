"""The notebooks: each is a page, says what it needs and prints the same every time."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from bs4 import BeautifulSoup

ROOT = Path(__file__).parents[1]
NOTEBOOKS = ROOT / "notebooks"
SOURCE = ROOT / "source"
NOTEBOOK_FILES = sorted(NOTEBOOKS.rglob("*.md"))

CELL = re.compile(r"^```\{code-cell\}[^\n]*\n(.*?)^```$", re.DOTALL | re.MULTILINE)
OPTIONS = re.compile(r"\A---\n(.*?)^---\n", re.DOTALL | re.MULTILINE)
SHORT_OPTIONS = re.compile(r"\A(?::[\w-]+:.*\n)+")

UNSTABLE = {
    "a run id": r"\b[0-9a-f]{32}\b",
    "a date or time": r"\b20\d\d-\d\d-\d\d[T ]\d\d:|\b\d\d:\d\d:\d\d\b",
    "a version of the registry": r"\bv20\d{6}_",
    "a path of this machine": r"(?<![\w.:/])/(?:home|root|tmp|work|Users|opt|var)/",
    "an object's address": r"\bat 0x[0-9a-f]+",
    "a local server": r"(?:127\.0\.0\.1|localhost):\d+",
    "an error": r"Traceback \(most recent call last\)",
}
"""What a notebook must not print: it differs from build to build."""

HIDING = {"remove-cell", "remove-input", "remove-output", "hide-cell", "hide-input", "hide-output"}


def unstable(text: str) -> list[str]:
    """Return what in ``text`` differs from build to build."""
    return [what for what, pattern in UNSTABLE.items() if re.search(pattern, text)]


def split(body: str) -> tuple[dict[str, Any], str]:
    """Return a cell's options, in either of MyST's two spellings, and its code."""
    if options := OPTIONS.match(body):
        return yaml.safe_load(options[1]), body[options.end() :]
    if options := SHORT_OPTIONS.match(body):
        lines = options[0].replace("\n:", "\n").removeprefix(":")
        return yaml.safe_load(lines), body[options.end() :]
    return {}, body


def cells(notebook: Path) -> list[tuple[dict[str, Any], str]]:
    """Return options and code of each cell."""
    found = []
    for body in CELL.findall(notebook.read_text(encoding="utf-8")):
        found.append(split(body))
    return found


def name(notebook: Path) -> str:
    return str(notebook.relative_to(NOTEBOOKS))


each_notebook = pytest.mark.parametrize("notebook", NOTEBOOK_FILES, ids=name)


def test_there_are_notebooks() -> None:
    assert {name(notebook) for notebook in NOTEBOOK_FILES} >= {
        "get-started/first-run.md",
        "guides/costs.md",
    }


@each_notebook
def test_a_relative_link_makes_it_a_page(notebook: Path) -> None:
    link = SOURCE / notebook.relative_to(NOTEBOOKS)
    assert link.is_symlink()
    assert not link.readlink().is_absolute()
    assert link.resolve() == notebook


def test_no_link_in_the_pages_is_dead() -> None:
    links = [path for path in SOURCE.rglob("*") if path.is_symlink()]
    assert links
    assert [str(link) for link in links if not link.exists()] == []


@each_notebook
def test_front_matter(notebook: Path) -> None:
    front = yaml.safe_load(notebook.read_text(encoding="utf-8").split("---\n")[1])
    assert front["file_format"] == "mystnb"
    assert front["kernelspec"]["name"] == "python3"
    assert 110 <= len(front["myst"]["html_meta"]["description"]) <= 160


def test_both_spellings_of_options_are_read() -> None:
    tags = {"tags": ["remove-cell"]}
    assert split("---\ntags: [remove-cell]\n---\nx = 1\n") == (tags, "x = 1\n")
    assert split(":tags: [remove-cell]\n:name: a\nx = 1\n") == (tags | {"name": "a"}, "x = 1\n")
    assert split("x = {1:2}\n") == ({}, "x = {1:2}\n")


@each_notebook
def test_the_reader_sees_every_cell(notebook: Path) -> None:
    assert cells(notebook)
    for options, code in cells(notebook):
        assert not HIDING & set(options.get("tags", [])), code
        assert "skip-execution" not in options.get("tags", []), code
        assert not re.search(r"^\s*[!%](?!%writefile)", code, re.MULTILINE), code
        fails = "raises-exception" in options.get("tags", [])
        assert fails == bool(options.get("mltrack", {}).get("fails")), code


@each_notebook
def test_lines_fit_the_page(notebook: Path) -> None:
    assert [
        line for _, code in cells(notebook) for line in code.splitlines() if len(line) > 80
    ] == []


@each_notebook
def test_figures_have_a_text_alternative(notebook: Path) -> None:
    for options, code in cells(notebook):
        if "plt.show()" in code:
            assert options["mystnb"]["image"]["alt"].strip()


@pytest.mark.parametrize(
    "text",
    [
        "run 0123456789abcdef0123456789abcdef",
        "2026-01-20 10:11:12",
        "v20261123_c90a9428",
        "saved to /tmp/x",
        "<Model at 0x7f00aa>",
        "http://127.0.0.1:5000",
    ],
)
def test_unstable_text_is_found(text: str) -> None:
    assert unstable(text)
    assert not unstable("fetched 2026-01-20, sqlite:///mlflow.db, runs:/x/model, 0.937")


@each_notebook
def test_outputs_are_stable(notebook: Path, site: Path) -> None:
    """Look at what the pages of the whole site show."""
    page = site / notebook.relative_to(NOTEBOOKS).with_suffix(".html")
    outputs = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser").select(".cell_output")
    assert outputs
    for output in outputs:
        declared = output.find_parent(attrs={"data-ledger-state": "fails"})
        expected = ["an error"] if declared else []
        assert unstable(output.get_text()) == expected
