"""``_ext/stored_outputs/``: outputs made apart look like any other, or the build warns."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from myst_nb.sphinx_ import NbMetadataCollector

from _ext._shared.records import noted
from _ext._shared.versions import installed
from _ext.stored_outputs.model import (
    Stored,
    cells_digest,
    digest,
    dump,
    environment_of,
    fill,
    load,
    read,
    stale,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Built

ROOT = Path(__file__).parents[1]
EXTENSIONS = ["sphinx_copybutton", "_ext.stored_outputs", "_ext.ledger"]
HOSTILE = '<script>alert("1")</script> & "quotes"'
LIST = "grove==1.0 --hash=sha256:0\n"
PAGE = """\
---
file_format: mystnb
kernelspec: {name: python3}
environment: forest
---
# Page

Before.

```{code-cell} python
print("grown")
```

## Part

```{code-cell} python
---
tags: [raises-exception]
mltrack: {limit: axe, fails: "OSError: cut"}
---
raise OSError("cut")
```
"""
STREAM = {"output_type": "stream", "name": "stdout", "text": "one\ntwo\n"}
ERROR = {
    "output_type": "error",
    "ename": "OSError",
    "evalue": "cut",
    "traceback": ["Traceback (most recent call last):", "  …", "OSError: cut"],
}


def stored(page: str = PAGE, **other: object) -> Stored:
    facts = {
        "environment": "forest",
        "cells": cells_digest(read(page, "page.md")),
        "requirements": digest(LIST),
        "versions": installed() | {"grove": "1.0"},
        "date": "2026-02-03",
        "seconds": 7.5,
        "outputs": [[STREAM], [ERROR]],
    }
    return Stored.model_validate(facts | other)


@pytest.fixture
def site(build: Callable[..., Built], tmp_path: Path) -> Callable[..., Built]:
    """Return a builder of a site with ``page`` and a file of outputs (``None``: no file)."""

    def make(page: str = PAGE, content: str | None = "", builder: str = "html") -> Built:
        (tmp_path / "requirements").mkdir(exist_ok=True)
        (tmp_path / "requirements" / "forest.txt").write_text(LIST)
        if content is not None:
            place = tmp_path / "notebooks" / "_outputs"
            place.mkdir(parents=True, exist_ok=True)
            (place / "page.json").write_text(content or dump(stored(page)), encoding="utf-8")
        pages = {"index": "# Top\n\n```{toctree}\npage\n```\n", "page": page}
        return build(
            pages, EXTENSIONS, builder, stored_outputs_root=str(tmp_path), nb_execution_mode="cache"
        )

    return make


# -- Model -----------------------------------------------------------------------------------


def test_a_file_survives_writing_and_reading_and_has_a_line_for_each_line() -> None:
    figure = {
        "output_type": "display_data",
        "metadata": {},
        "data": {
            "image/svg+xml": "<svg>\n</svg>\n",
            "text/plain": "<Figure>",
            "application/json": {"a": ["b\n", "c"]},
        },
    }
    before = stored(outputs=[[STREAM, figure], [ERROR]])
    text = dump(before)
    assert load(text) == before
    assert json.loads(text)["outputs"][0][0]["text"] == ["one\n", "two\n"]


def test_outputs_go_to_their_cells() -> None:
    notebook = fill(read(PAGE, "page.md"), stored())
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.outputs for cell in code] == [[STREAM], [ERROR]]
    assert [cell.execution_count for cell in code] == [1, 2]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (PAGE, "forest"),
        ("# No front matter\n", ""),
        ("---\nkind: how-to\n---\n# A\n", ""),
        ("---\n[broken\n---\n# A\n", ""),
        ("---\nenvironment:\n---\n# A\n", ""),
    ],
)
def test_the_environment_stands_in_the_front_matter(text: str, found: str) -> None:
    assert environment_of(text) == found


def test_what_makes_outputs_old(tmp_path: Path) -> None:
    listed = tmp_path / "forest.txt"
    listed.write_text(LIST)
    notebook = read(PAGE, "page.md")
    assert stale(stored(), "forest", notebook, listed) == ""
    assert "'forest', not 'meadow'" in stale(stored(), "meadow", notebook, listed)
    changed = read(PAGE.replace("grown", "felled"), "page.md")
    assert stale(stored(), "forest", changed, listed) == "the code of the page has changed"
    other_words = read(PAGE.replace("Before.", "After."), "page.md")
    assert stale(stored(), "forest", other_words, listed) == ""
    old = stored(versions=installed() | {"mlflow": "1.0"})
    assert "mlflow 1.0 (installed:" in stale(old, "forest", notebook, listed)
    other_python = stored(versions=installed() | {"python": "3.99"})
    assert stale(other_python, "forest", notebook, listed) == ""
    listed.write_text("grove==2.0\n")
    assert "has changed" in stale(stored(), "forest", notebook, listed)
    listed.unlink()
    assert "there is no requirements/forest.txt" in stale(stored(), "forest", notebook, listed)


# -- Pages -----------------------------------------------------------------------------------


def test_it_renders_as_an_executed_page(site: Callable[..., Built]) -> None:
    built = site()
    assert built.warnings == ""
    article = built.article("page")
    assert article.select_one(".cell_output .stream").get_text().strip() == "one\ntwo"
    assert "OSError: cut" in article.select_one(".cell_output .traceback").get_text()
    assert article.select_one(".cell_input .highlight-ipython3 .nb").get_text() == "print"


def test_a_line_before_the_first_section_says_when_and_with_what(
    site: Callable[..., Built],
) -> None:
    article = site().article("page")
    line = article.select_one(".mlt-stored-outputs")
    assert line.select_one("time")["datetime"] == "2026-02-03"
    assert "mltrack-py 0.2.0, MLflow" in line.get_text()
    assert "grove 1.0" in line.get_text()
    assert line.find_next_sibling()["id"] == "part"


def test_the_ledger_and_the_record_of_runs_know_the_run(site: Callable[..., Built]) -> None:
    env = site().app.env
    (_, first), (_, second) = noted(env, "ledger", "page")
    assert (first.state, second.state) == ("executed", "fails")
    assert (second.limit, second.reason) == ("axe", "OSError: cut")
    for block in (first, second):
        assert block.date == "2026-02-03"
        assert block.versions["grove"] == "1.0"
        assert "environment forest" in block.evidence
    ran = NbMetadataCollector.get_exec_data(env, "page")
    assert (ran["runtime"], ran["succeeded"]) == (7.5, True)


def test_a_page_without_an_environment_is_left_to_the_build(site: Callable[..., Built]) -> None:
    built = site(PAGE.replace("environment: forest\n", ""), None)
    assert "this cell was not run" not in built.warnings
    assert built.article("page").select_one(".mlt-stored-outputs") is None
    assert "grown" in built.article("page").select_one(".cell_output").get_text()


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        (None, "missing", "there is no notebooks/_outputs/page.json; run: make notebooks"),
        ("{", "file", "notebooks/_outputs/page.json is damaged; run: make notebooks"),
        (dump(stored(cells="0")), "stale", "the code of the page has changed; run: make notebooks"),
        (dump(stored(requirements="0")), "stale", "requirements/forest.txt has changed; run: make"),
    ],
)
def test_outputs_that_are_not_the_page_s(
    site: Callable[..., Built], content: str | None, name: str, says: str
) -> None:
    built = site(content=content)
    line = next(line for line in built.warnings.splitlines() if "stored_outputs" in line)
    assert "page.md:1: WARNING: " in line
    assert says in line
    assert f"[stored_outputs.{name}]" in line
    assert built.article("page").select_one(".mlt-stored-outputs") is None


def test_a_page_is_read_again_when_its_outputs_change(
    site: Callable[..., Built], tmp_path: Path
) -> None:
    env = site().app.env
    files = {Path(name).name for name in env.dependencies["page"]}
    assert files >= {"page.json", "forest.txt"}


def test_a_hostile_string_is_escaped(site: Callable[..., Built]) -> None:
    output = {**STREAM, "text": HOSTILE}
    content = stored(outputs=[[output], [ERROR]], versions=installed() | {"grove": HOSTILE})
    built = site(content=dump(content))
    assert HOSTILE in built.article("page").select_one(".cell_output").get_text()
    assert HOSTILE in built.article("page").select_one(".mlt-stored-outputs").get_text()
    assert "<script>alert" not in built.text("page.html")


def test_a_text_build_survives(site: Callable[..., Built]) -> None:
    text = " ".join(site(builder="text").text("page.txt").split())
    assert "The outputs on this page were made on 2026-02-03 with mltrack-py" in text
    assert "one two" in text


def test_its_style_is_on_its_pages_and_no_other(site: Callable[..., Built]) -> None:
    built = site()
    assert "css/stored-outputs.css" in built.text("page.html")
    assert "css/stored-outputs.css" not in built.text("index.html")


# -- What is committed -----------------------------------------------------------------------


def test_each_page_has_the_outputs_of_its_code() -> None:
    """The same as ``python -m tools.notebooks --stale``, which the build also says."""
    from tools.notebooks.__main__ import pages
    from tools.notebooks.__main__ import stale as reason

    found = {page: reason(ROOT, page, group) for page, group in pages(ROOT).items()}
    assert {page: why for page, why in found.items() if why} == {}


def test_no_outputs_are_left_over() -> None:
    from tools.notebooks.__main__ import pages

    place = ROOT / "notebooks" / "_outputs"
    kept = {path.relative_to(place).with_suffix("").as_posix() for path in place.rglob("*.json")}
    assert kept == {*pages(ROOT)}


def test_kernels_are_those_of_the_build() -> None:
    from tools.notebooks.__main__ import pages

    for page in pages(ROOT):
        text = (ROOT / "notebooks" / f"{page}.md").read_text(encoding="utf-8")
        front = yaml.safe_load(text.split("---\n")[1])
        assert front["kernelspec"]["name"] == "python3"
