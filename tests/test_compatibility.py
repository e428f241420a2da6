"""Compatibility: the stored result, its table, and the checks run once more in this environment."""

from __future__ import annotations

import json
import re
import sys
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from _ext.compatibility import GROUPS
from tools.compatibility import __main__ as tool
from tools.compatibility import environments
from tools.compatibility.checks import IDENTIFIER, said
from tools.compatibility.matrix import BUILT_WITH, CHECKS, COMBINATIONS, Combination, Result

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Built

ROOT = Path(__file__).parents[1]
STORED = Result.load()
EXTENSIONS = ["_ext.compatibility"]
HOSTILE = "<script>alert('x')</script>\"&"


def combination(**more: Any) -> dict[str, Any]:
    given = {"python": "3.11", "mlflow": "3.17.2", "date": "2026-11-23", "checks": {"install": ""}}
    return Combination(**(given | more)).model_dump()


def data(*found: dict[str, Any]) -> dict[str, str]:
    text = json.dumps({"release": "0.2.0", "combinations": list(found)})
    return {"_data/compatibility.json": text}


def test_each_combination_has_a_result() -> None:
    assert [each.key for each in STORED.combinations] == list(COMBINATIONS)
    for each in STORED.combinations:
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", each.date)
        if not each.not_run:
            assert set(each.checks) == set(CHECKS)
            assert each.versions["mlflow"] == each.mlflow


def test_the_combination_of_the_site_is_the_one_it_is_built_with() -> None:
    assert (f"{sys.version_info.major}.{sys.version_info.minor}", version("mlflow")) == BUILT_WITH


def test_the_checks_say_the_same_in_this_environment() -> None:
    """The stored outcome of the site's own combination, repeated: not the installation."""
    stored = next(each for each in STORED.combinations if each.key[:2] == BUILT_WITH)
    expected = {name: error for name, error in stored.checks.items() if name != "install"}
    assert tool.checks(Path(sys.executable)) == expected


def test_all_checks_are_shown_or_named_on_the_page() -> None:
    shown = {name for names in GROUPS.values() for name in names}
    assert set(CHECKS) - shown == {"defaults"}
    assert "`defaults`" in (ROOT / "source/reference/compatibility.md").read_text("utf-8")


def test_the_advice_of_the_page_is_what_the_table_says() -> None:
    for each in STORED.combinations:
        recent = int(each.python.split(".")[1]) >= 10
        if not each.not_run and recent and float(each.mlflow.rpartition(".")[0]) >= 3.1:
            fails = {name for name, error in each.checks.items() if error}
            if each.pinned or each.mlflow != "3.5.1":
                assert fails == {"defaults"}, each.key


def test_errors_are_the_same_on_every_machine() -> None:
    run = "0" * 32
    error = ValueError(f"no run {run} in /home/somebody/project\nsecond line")
    assert said(error) == "ValueError: no run <run-id> in …"
    assert IDENTIFIER.search(run)
    assert said(RuntimeError("nothing")) == "nothing"
    assert len(said(ValueError("long " * 100))) <= 160


def test_a_date_stays_when_nothing_changes() -> None:
    result = Result(release="0.2.0", combinations=[Combination(**combination(date="2026-01-01"))])
    result.put(Combination(**combination()))
    assert result.combinations[0].date == "2026-01-01"
    result.put(Combination(**combination(checks={"install": "no"})))
    assert result.combinations[0].date == "2026-11-23"
    assert len(result.combinations) == 1


def test_an_interpreter_that_is_not_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert environments.interpreter("3.11") is None
    assert "no Python 3.11" in tool.attempt("3.11", "3.17.2", "").not_run


def test_the_reason_of_uv_is_shortened() -> None:
    long = "error: No solution\n  cause: Because torch has no\n wheels, we can conclude that"
    assert environments.why(long) == "torch has no wheels"
    assert environments.why("something else") == "something else"


def test_an_unknown_combination_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert tool.main(["2.7/1.0"]) == 1
    assert "2.7/1.0 is not in matrix.py" in capsys.readouterr().err


PAGE = """# C

```{compatibility} combinations
```

```{compatibility} failures
```

```{compatibility} skipped
```
"""


def test_the_tables(build: Callable[..., Built]) -> None:
    works = combination(checks=dict.fromkeys(CHECKS, ""))
    fails = combination(
        mlflow="2.22.5", pinned="a<2",
        checks=works["checks"] | {"load": f"a.b.E: {HOSTILE}", "save": f"E: {HOSTILE}"},
    )  # fmt: skip
    skipped = combination(python="3.14", not_run="There was no Python 3.14", checks={})
    built = build(PAGE, EXTENSIONS, files=data(works, fails, skipped))
    assert "compatibility" not in built.warnings
    tables = built.article().select("table")
    rows = [[[cell.text for cell in row("td")] for row in each("tr")[1:]] for each in tables]
    assert rows[0] == [
        ["3.11", "3.17.2", "yes", "yes", "yes", "yes", "yes"],
        ["3.11", "2.22.5 with a<2", "yes", "yes", "no", "yes", "yes"],
    ]
    assert rows[1] == [[f"E: {HOSTILE}", "load, save", "Python 3.11, MLflow 2.22.5 with a<2"]]
    assert rows[2] == [["Python 3.14, MLflow 3.17.2", "There was no Python 3.14"]]
    assert "<script>alert" not in built.text()


@pytest.mark.parametrize(
    ("page", "text", "warning"),
    [
        ("```{compatibility} all\n```", "", "there is no table 'all'; there are combinations"),
        ("```{compatibility} skipped\n```", '{"release": "0.2.0"}', "combinations: Field required"),
    ],
)
def test_wrong_input_is_named(
    build: Callable[..., Built], page: str, text: str, warning: str
) -> None:
    files = {"_data/compatibility.json": text} if text else data(combination())
    assert warning in build(f"# C\n\n{page}\n", EXTENSIONS, files=files).warnings


def test_the_text_build_has_the_tables(build: Callable[..., Built]) -> None:
    built = build(PAGE, EXTENSIONS, builder="text", files=data(combination()))
    assert "3.17.2" in built.text("index.txt")
