"""The ledger: what stands behind each block, on the pages and in ledger.json."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from _ext._shared.evidence import STATES, Evidence, attach
from _ext.ledger.model import Block, document, language, totals, verified_share

if TYPE_CHECKING:
    from collections.abc import Callable

    from sphinx.application import Sphinx

ROOT = Path(__file__).parents[1]
SCHEMA = json.loads((ROOT / "_ext" / "ledger" / "ledger.schema.json").read_text())
EXTENSIONS = ["sphinx_design", "sphinx_copybutton", "sphinx.ext.doctest", "_ext.ledger"]
NOTEBOOK = (
    "---\nfile_format: mystnb\nkernelspec:\n  name: python3\n  display_name: Python 3\n---\n# N\n\n"
)

DOCSTRINGS = "json.dumps: {state: checked, check: tests/test_x.py}\n"


@pytest.fixture
def make(build: Callable[..., Any], tmp_path: Path) -> Callable[..., Any]:
    """Build a small site whose ledger knows a Makefile, included files and docstrings."""

    def made(pages: Any, *, extensions: list[str] | None = None, **config: Any) -> Any:
        (tmp_path / "Makefile").write_text("html:\n\techo\ntest:\n")
        (tmp_path / "lib").mkdir(exist_ok=True)
        (tmp_path / "lib" / "run.py").write_text("print(1)\n")
        (tmp_path / "lone.py").write_text("print(2)\n")
        evidence = tmp_path / "evidence.yaml"
        if not evidence.exists():
            evidence.write_text("included:\n  - path: lib\n    test: tests/test_lib.py\n")
        docstrings = tmp_path / "docstrings.yaml"
        docstrings.write_text(DOCSTRINGS)
        return build(
            pages,
            [*EXTENSIONS, *(extensions or [])],
            ledger_root=str(tmp_path),
            ledger_evidence=str(evidence),
            ledger_docstrings=str(docstrings),
            **config,
        )

    return made


def ledger_of(built: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(built.text("trust/ledger.json"))
    return found


def states(built: Any) -> list[str]:
    return [block["state"] for block in ledger_of(built)["blocks"]]


# -- Model --------------------------------------------------------------------------------------


def test_sums_name_every_state() -> None:
    blocks = [Block("a", 1, "python", "executed", ""), Block("a", 2, "shell", "fails", "")]
    assert totals(blocks) == {**dict.fromkeys(STATES, 0), "executed": 1, "fails": 1}
    assert verified_share(blocks, ["python", "shell"]) == (1, 2)
    assert verified_share(blocks, ["yaml"]) == (0, 0)


def test_the_document_is_sorted_and_valid() -> None:
    blocks = [
        Block("b", 1, "python", "executed", "this build"),
        Block("a", 9, "shell", "recorded", "recording x", date="2026-11-23", versions={"m": "1"}),
        Block("a", 2, "text", "illustration", "", reason="A tree."),
    ]
    content = document(blocks, {"mltrack-py": "0.2.0"})
    jsonschema.validate(content, SCHEMA)
    assert [(entry["page"], entry["line"]) for entry in content["blocks"]] == [
        ("a", 2),
        ("a", 9),
        ("b", 1),
    ]
    assert content["blocks"][1]["versions"] == {"m": "1"}
    assert content["code"] == {"verified": 2, "blocks": 2}


def test_lexers_of_one_language_have_one_name() -> None:
    assert {language(name) for name in ("ipython3", "pycon", "python", "default")} == {"python"}
    assert {language(name) for name in ("console", "bash", "shell")} == {"shell"}
    assert language("") == "text"


def test_a_made_up_state_is_refused() -> None:
    with pytest.raises(ValueError, match="'sure' is not one of executed"):
        Evidence("sure", "me")


# -- Derived states -----------------------------------------------------------------------------


def test_each_kind_of_block_gets_its_state(make: Callable[..., Any]) -> None:
    built = make(
        "# Page\n\n"
        "```{doctest}\n>>> 1 + 1\n2\n```\n\n"
        "```{literalinclude} ../lib/run.py\n:language: python\n```\n\n"
        "```json\n{}\n```\n\n```toml\na = 1\n```\n\n"
        "```console\n$ make html\n$ make test PYTHON=python3\n```\n\n"
        "````markdown\n```{tip}\nWell.\n```\n````\n\n```{tip}\nWell.\n```\n\n"
        ":::{not-run} Needs an account at *Modal*.\n```python\nx = 1\n```\n:::\n\n"
        "```{illustration} The shape of a project.\n\n"
        "    a/\n```\n"
    )
    assert built.warnings == ""
    assert [
        (block["language"], block["state"], block["evidence"], block["line"] > 0)
        for block in ledger_of(built)["blocks"]
    ] == [
        ("python", "executed", "make doctest", True),
        ("python", "checked", "tests/test_lib.py", True),
        ("json", "checked", "parsed as json in this build", True),
        ("toml", "checked", "parsed as toml in this build", True),
        ("shell", "checked", "the Makefile has this target", True),
        ("markdown", "checked", "the same markup is built on this page", True),
        ("python", "not run", "", True),
        ("text", "illustration", "", True),
    ]
    jsonschema.validate(ledger_of(built), SCHEMA)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("```python\nx = 1\n```", "index.md:3: WARNING: nothing stands behind this block"),
        ("```bash\nls\n```", "nobody ran 'ls' for this page. Record it in tools/casts"),
        ("```console\n$ mltrack train x.py\n```", "index.md:3: WARNING: nobody ran '$ mltrack"),
        ("```console\n$ make tea\n```", "the Makefile has no target 'tea'"),
        ("```json\n{,}\n```", "this is not json: Expecting property name"),
        ("```yaml\na: [\n```", "this is not yaml:"),
        ("```{literalinclude} ../lone.py\n```", "no test runs or reads lone.py: write one and add"),
        ("```{doctest}\n>>> 1  # doctest: +SKIP\n```", "this doctest is skipped"),
        ("````md\n```{tip}\nOnly shown.\n```\n````", "nothing stands behind this block (markdown)"),
        (":::{not-run}\n```python\nx\n```\n:::", "not-run needs a reason"),
        (":::{illustration} Why.\nProse only.\n:::", "there is no block of code in this {illus"),
        (":::{not-run} Why.\n:::", "Content block expected"),
        (f":::{{not-run}} {'a' * 301}\n```python\nx\n```\n:::", "say it shorter"),
        ("```{ledger-table} sure\n```", "there is no state 'sure'"),
        ("```{doctest}\n:skipif: True\n\n>>> 1\n1\n```", "this doctest is skipped"),
        ("Text.\n\n    x = 1", "nothing stands behind this block (text)"),
        ("```\nx = 1\n```", "nothing stands behind this block ("),
        ("```js\n1\n```", "nothing stands behind this block (js)"),
        ("- a list\n\n  ~~~py\n  x\n  ~~~", "index.md:5: WARNING: nothing stands behind"),
        ("````{admonition} A\n```py\nx\n```\n````", "nothing stands behind this block (python)"),
        ("```{eval-rst}\n.. code-block:: python\n\n   x\n```", "nothing stands behind this"),
        ("```{literalinclude} ../absent.py\n```", "absent.py"),
    ],
)
def test_a_block_without_a_state_is_a_warning(
    make: Callable[..., Any], text: str, says: str
) -> None:
    built = make(f"# Page\n\n{text}\n")
    assert says in built.warnings
    assert "index.md:" in built.warnings
    assert ": WARNING: " in built.warnings or ": ERROR: " in built.warnings


def test_the_test_of_the_longest_path_counts(make: Callable[..., Any], tmp_path: Path) -> None:
    paths = {"lib": "wide", "lib/run.py": "own"}
    lines = [f"  - path: {path}\n    test: tests/{name}.py" for path, name in paths.items()]
    (tmp_path / "evidence.yaml").write_text("\n".join(["included:", *lines]) + "\n")
    built = make("# P\n\n```{literalinclude} ../lib/run.py\n:language: python\n```\n")
    assert [block["evidence"] for block in ledger_of(built)["blocks"]] == ["tests/own.py"]


def test_a_wrong_evidence_file_is_named_with_its_line(
    make: Callable[..., Any], tmp_path: Path
) -> None:
    (tmp_path / "evidence.yaml").write_text("included:\n  - path: lib\n    tests: typo\n")
    built = make("# Page\n")
    assert "evidence.yaml:2: WARNING: included.0.test: Field required" in built.warnings


# -- Notebook cells -----------------------------------------------------------------------------

FAILS = """```{code-cell} python
---
tags: [raises-exception]
mltrack: {limit: zero, fails: "ZeroDivisionError: division by zero"}
---
1 / 0
```
"""


def test_cells_are_executed_and_may_fail_as_declared(make: Callable[..., Any]) -> None:
    workaround = '```{code-cell} python\n---\nmltrack: {workaround: zero}\n---\nprint("<b>")\n```\n'
    built = make(NOTEBOOK + FAILS + "\nInstead:\n\n" + workaround, nb_execution_mode="force")
    assert built.warnings == ""
    failed, worked = ledger_of(built)["blocks"]
    assert (failed["state"], failed["reason"], failed["limit"]) == (
        "fails",
        "ZeroDivisionError: division by zero",
        "zero",
    )
    assert (worked["state"], worked["limit"]) == ("executed", "zero")
    text = built.article().find(attrs={"data-ledger-state": "fails"}).get_text()
    assert "Traceback (most recent call last):\n  …\nZeroDivisionError" in text
    assert "ipykernel" not in text
    assert str(ROOT) not in text


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        (FAILS.replace("1 / 0", "1"), "was declared to fail with 'ZeroDivisionError: division by"),
        (FAILS.replace("1 / 0", "int('a')"), 'fails with "ValueError: invalid literal'),
        (FAILS.replace("limit: zero, ", ""), "'fails' and 'limit' go together"),
        (FAILS.replace("tags: [raises-exception]\n", ""), "needs tags: [raises-exception]"),
        (FAILS.replace("mltrack:", "other:"), "Mend it, or declare it"),
        (FAILS.replace("limit:", "limits:"), "mltrack.limits: Extra inputs are not permitted"),
    ],
)
def test_a_cell_that_does_not_do_as_declared_is_a_warning(
    make: Callable[..., Any], cell: str, says: str
) -> None:
    built = make(NOTEBOOK + cell, nb_execution_mode="force", nb_execution_allow_errors=True)
    assert says in built.warnings
    assert "index.md:11: WARNING" in built.warnings


def test_a_cell_that_did_not_run_is_a_warning(make: Callable[..., Any]) -> None:
    built = make(NOTEBOOK + "```{code-cell} python\n1\n```\n")
    assert "this cell was not run" in built.warnings


# -- On the pages -------------------------------------------------------------------------------

PAGE = (
    "# Page\n\n```json\n{}\n```\n\n"
    ":::{not-run} <script>alert(1)</script> & more\n```python\nx = 1\n```\n:::\n"
)


def test_a_block_carries_its_state_and_says_why(make: Callable[..., Any]) -> None:
    built = make(PAGE)
    checked, declared = built.article().select("[data-ledger-state]")
    assert checked["data-ledger-state"] == "checked"
    assert len(checked.select("pre")) == 1
    details = checked.find("details")
    assert details.summary.get_text() == "Checked"
    assert "parsed as json in this build. With mltrack-py" in details.p.get_text()
    assert declared["data-ledger-state"] == "not run"
    assert "<script>alert(1)</script> & more" in declared.summary.get_text()
    assert "<script>alert(1)" not in built.text()


def test_each_page_ends_with_what_it_was_verified_against(make: Callable[..., Any]) -> None:
    pages = {"index": PAGE + "\n```{toctree}\nempty\n```\n", "empty": "# Empty\n"}
    built = make(pages)
    line = built.article().select_one(".mlt-verified").get_text()
    assert line.startswith("Verified against mltrack-py 0.2.0, MLflow 3.")
    assert line.endswith("Blocks of code: 1 checked, 1 not run.\n")
    assert built.article("empty").select_one(".mlt-verified").get_text().endswith("of code.\n")
    assert built.soup("search").select_one(".mlt-verified") is None


def test_the_table_of_what_was_not_run_escapes_reasons(make: Callable[..., Any]) -> None:
    trust = "# Trust\n\n```{ledger-totals}\n```\n\n```{ledger-table} not run, fails\n```\n"
    toc = "\n```{toctree}\ntrust/index\n```\n"
    built = make({"index": PAGE + toc, "trust/index": trust})
    sums, table = built.article("trust/index").find_all("table")
    assert ["checked", "1"] in [[cell.get_text() for cell in row("td")][:2] for row in sums("tr")]
    cells = [cell.get_text() for cell in table("tr")[1]("td")]
    assert cells == ["Page", "not run", "<script>alert(1)</script> & more", "1"]
    assert table.a["href"] == "../index.html"
    assert "What this means" in built.article().select_one(".mlt-verified").get_text()


def test_other_builders_keep_the_blocks(make: Callable[..., Any]) -> None:
    text = make(PAGE, builder="text").text("index.txt")
    assert "{}" in text
    assert "x = 1" in text


def test_assets_and_json_come_with_pages_only(make: Callable[..., Any]) -> None:
    built = make(PAGE)
    assert "ledger.css" in built.text()
    assert "ledger.css" not in built.text("search.html")
    assert (built.out / "trust" / "ledger.schema.json").is_file()
    assert not (make(PAGE, builder="text").out / "trust").exists()


def test_json_agrees_with_a_count_of_the_html(make: Callable[..., Any]) -> None:
    built = make(PAGE)
    marked = [each["data-ledger-state"] for each in built.article().select("[data-ledger-state]")]
    assert marked == states(built)


def test_a_run_s_id_in_an_error_is_masked(make: Callable[..., Any]) -> None:
    cell = FAILS.replace("1 / 0", "raise Exception('Run ' + 32 * 'a' + ' is active')").replace(
        "ZeroDivisionError: division by zero", "is active"
    )
    built = make(NOTEBOOK + cell, nb_execution_mode="force")
    assert built.warnings == ""
    assert ledger_of(built)["blocks"][0]["reason"] == "Exception: Run <run-id> is active"


def test_evidence_within_evidence_counts_once(make: Callable[..., Any]) -> None:
    built = make("# Page\n\n```{twice}\n```\n", extensions=["tests.test_ledger"])
    (block,) = ledger_of(built)["blocks"]
    assert (block["evidence"], block["line"]) == ("outer", 3)
    assert len(built.article().select("[data-ledger-state]")) == 1


class Twice(SphinxDirective):
    def run(self) -> list[nodes.Node]:
        inner = nodes.literal_block("x", "x", language="json")
        attach(inner, Evidence("checked", "inner"))
        outer = nodes.container("", inner)
        attach(outer, Evidence("recorded", "outer", language="json"))
        return [outer]


def setup(app: Sphinx) -> None:
    app.add_directive("twice", Twice)
