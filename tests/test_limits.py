"""The page of known limits: from declared failures and workarounds, compared both ways."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from _ext.limits.model import from_casts, from_exchanges

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

EXTENSIONS = ["sphinx_design", "sphinx_copybutton", "_ext.console", "_ext.ledger", "_ext.limits"]

LIMITS = """zero:
  title: Division by <zero> & more
  summary: It *fails*.
  instead: Divide by one.
  affects: [mltrack.track, mltrack run]
"""
STEPS = [
    {"command": "one", "exit": 1, "fails": "boom", "limit": "zero"},
    {"command": "two", "exit": 0, "workaround": "zero"},
]
TEXT = """# Page

```{limits}
```
"""


def cast(steps: list[dict[str, Any]]) -> str:
    header = {
        "version": 2,
        "width": 80,
        "height": 24,
        "title": "Limits",
        "mltrack": {"steps": steps, "versions": {"mltrack-py": "0.2.0"}},
    }
    rows: list[Any] = [header]
    for number, step in enumerate(steps):
        rows += [
            [number, "o", "$ "],
            [number, "i", f"{step['command']}\r"],
            *([number, "o", key] for key in step["command"]),
            [number, "o", f"\r\n{step.get('fails', 'fine')}\r\n"],
        ]
    return "".join(json.dumps(row) + "\n" for row in rows)


@pytest.fixture
def make(build: Callable[..., Any], tmp_path: Path) -> Callable[..., Any]:
    """Build a page of limits from a data file and the steps of a recording."""

    def made(limits: str = LIMITS, steps: Any = STEPS, text: Any = TEXT, **config: Any) -> Any:
        data, casts = tmp_path / "limits.yaml", tmp_path / "casts"
        data.write_text(limits)
        casts.mkdir(exist_ok=True)
        (casts / "demo.cast").write_text(cast(steps))
        return build(
            text,
            EXTENSIONS,
            limits_data=str(data),
            limits_casts=str(casts),
            recordings=str(casts),
            **config,
        )

    return made


def test_each_limit_is_a_section_with_its_failure_and_its_workaround(
    make: Callable[..., Any],
) -> None:
    built = make()
    article = built.article()
    assert article.h2.get_text().startswith("Division by <zero> & more")
    assert article.select_one("#limit-zero")
    found = [each["data-ledger-state"] for each in article.select("[data-ledger-state]")]
    assert found == ["fails", "recorded"]
    text = article.get_text()
    assert text.index("boom") < text.index("Divide by one.") < text.index("two")
    assert "limits." not in built.warnings


@pytest.mark.parametrize(
    ("limits", "steps", "says"),
    [
        (LIMITS, STEPS[1:], "limits.yaml:1: WARNING: nothing shows the limit 'zero': declare"),
        (LIMITS, STEPS[:1], "limits.yaml:1: WARNING: nothing runs the workaround of 'zero'"),
        (LIMITS.replace("zero:", "one:"), STEPS, "demo.cast:1: WARNING: there is no limit 'zero'"),
        (LIMITS.replace("title", "titel"), STEPS, "limits.yaml:1: WARNING: zero.title: Field req"),
        (LIMITS.replace("zero:", "Zero!:"), STEPS, "limits.yaml:1: WARNING: Zero!.[key]: String"),
    ],
)
def test_entries_and_declarations_are_compared_both_ways(
    make: Callable[..., Any], limits: str, steps: Any, says: str
) -> None:
    assert says in make(limits, steps).warnings


def test_steps_that_follow_each_other_are_one_transcript(make: Callable[..., Any]) -> None:
    failed = {"command": "again", "exit": 1, "fails": "bang", "limit": "zero"}
    built = make(steps=[STEPS[0], failed, STEPS[1]])
    found = [each["data-ledger-state"] for each in built.article().select("[data-ledger-state]")]
    assert found == ["fails", "recorded"]
    assert built.article().select_one('[data-ledger-state="fails"]').get_text().count("$ ") == 2
    assert "Shown in" not in built.article().get_text()


def test_a_limit_may_say_why_there_is_no_workaround(make: Callable[..., Any]) -> None:
    built = make(LIMITS + "  no_workaround: It comes with a later release.\n", STEPS[:1])
    assert "limits." not in built.warnings
    assert "It comes with a later release." in built.article().get_text()


def test_notebook_cells_count(make: Callable[..., Any]) -> None:
    head = "---\nfile_format: mystnb\nkernelspec:\n  name: python3\n  display_name: P\n---\n"
    cells = (
        "\n```{code-cell} python\n---\ntags: [raises-exception]\n"
        "mltrack: {limit: zero, fails: division}\n---\n1 / 0\n```\n"
        "\n```{code-cell} python\n---\nmltrack: {workaround: zero}\n---\n1\n```\n"
    )
    pages = {
        "index": TEXT + "\n```{toctree}\ncells\n```\n",
        "cells": head + "# Cells\n" + cells,
    }
    built = make(steps=[{"command": "x"}], text=pages, nb_execution_mode="force")
    assert "limits." not in built.warnings
    text = built.article().get_text()
    assert "Shown in Cells: ZeroDivisionError: division by zero." in text
    assert "How to do it is run in Cells." in text
    assert built.article().find("a", string="Cells")["href"] == "cells.html"


def test_a_page_without_the_directive_compares_nothing(make: Callable[..., Any]) -> None:
    assert "limits." not in make(steps=STEPS[:1], text="# Page\n").warnings


def test_other_builders_get_the_sections(make: Callable[..., Any]) -> None:
    assert "Divide by one." in make(builder="text").text("index.txt")


def test_exchanges_count_too(tmp_path: Path) -> None:
    exchanges = {
        "good": {"workaround": "zero"},
        "plain": {},
        "bad": {"limit": "zero", "fails": "boom"},
    }
    (tmp_path / "predict.json").write_text(json.dumps({"exchanges": exchanges}))
    shown = list(from_exchanges(tmp_path))
    assert [(each.part, each.works, each.limit) for each in shown] == [
        ("good", True, "zero"),
        ("bad", False, "zero"),
    ]
    assert shown[0].markup == "```{http-example} predict\n:request: good\n```"


def test_broken_files_show_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.cast").write_text("not json\n")
    (tmp_path / "b.cast").write_text("[]\n")
    (tmp_path / "c.json").write_text("{")
    assert list(from_casts(tmp_path)) == []
    assert list(from_exchanges(tmp_path)) == []
