"""What runs contain: the tool, the data and the directive that shows both."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from _ext.run_contents import KINDS, rows
from tools.run_contents import __main__ as tool

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[1]
COMMITTED = json.loads(tool.FILE.read_text("utf-8"))
PAGE = ROOT / "source" / "reference" / "run-contents.md"
MEANINGS = yaml.safe_load((tool.FILE.parent / "run_meanings.yaml").read_text("utf-8"))
EXTENSIONS = ["sphinx_copybutton", "_ext.run_contents"]
EMPTY = {"parameters": {}, "metrics": {}, "tags": {}, "files": []}
RUNS = {
    "one": {**EMPTY, "name": "<script>", "status": "FINISHED", "parameters": {"a.x": "<b>&"}},
    "managed": {**EMPTY, "name": "two", "status": "FAILED", "parameters": {"a.x": "1", "c": "2"},
                "files": ["uv.json"], "autologged": {"parameters": ["p", "q"]}},
}  # fmt: skip
SAID = """runs:
  one: the *first*
  managed: the second
parameters:
  a.*: an `argument`
  c: another
files:
  uv.json: of uv
"""


def made(build: Callable[..., Any], kind: str, said: str = SAID, **options: Any) -> Any:
    files = {"_data/run_contents.json": json.dumps(RUNS), "_data/run_meanings.yaml": said}
    page = f"# Page\n\n```{{run-contents}} {kind}\n```\n"
    return build(page, EXTENSIONS, files=files, **options)


def cells(built: Any) -> list[list[str]]:
    lines = built.article().select("table tr")
    return [[cell.get_text(strip=True) for cell in line.select("th, td")] for line in lines]


# -- The data ---------------------------------------------------------------------------------


def test_the_package_still_writes_what_is_committed(capsys: pytest.CaptureFixture[str]) -> None:
    assert tool.main(["--check"]) == 0, capsys.readouterr().out


def test_check_shows_the_difference_and_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "runs.json"
    file.write_text('{"old": 1}\n')
    monkeypatch.setattr(tool, "FILE", file)
    monkeypatch.setattr(tool, "export", lambda: '{"new": 1}\n')
    assert tool.main(["--check"]) == 1
    assert '-{"old": 1}\n+{"new": 1}\n' in capsys.readouterr().out
    assert file.read_text() == '{"old": 1}\n'
    assert tool.main([]) == tool.main(["--check"]) == 0


def test_every_name_has_a_meaning_and_every_meaning_a_run() -> None:
    assert set(MEANINGS) == {"runs", *KINDS}
    assert set(MEANINGS["runs"]) == set(COMMITTED)
    for kind in KINDS:
        found = [rows(COMMITTED, kind, pattern) for pattern in MEANINGS[kind]]
        assert all(names for names, _, _ in found)
        names = {name for run in COMMITTED.values() for name in run[kind]}
        assert {name for each, _, _ in found for name in each} == names


def test_what_the_page_says_beside_the_tables() -> None:
    text = PAGE.read_text("utf-8")
    for kind in ("runs", *KINDS, "autologged"):
        assert f"```{{run-contents}} {kind}\n" in text
    assert "execution_time_seconds" not in COMMITTED["failure"]["metrics"]
    assert "result.txt" not in COMMITTED["failure"]["files"]
    for run in ("llm", "logged", "session"):
        assert not [tag for tag in COMMITTED[run]["tags"] if tag.startswith(("git.", "system."))]
    assert COMMITTED["anthropic"]["metrics"]["llm.tokens.total_tokens"] == "1500.0"
    assert not [name for name in COMMITTED["model"]["files"] if name.startswith("model/")]


def test_what_the_switches_leave_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import mlflow
    from mltrack import MLTrackConfig
    from mltrack.core import MLTracker

    monkeypatch.chdir(tmp_path)
    store = "sqlite:///switches.db"
    quiet = {"auto_log_pip": False, "auto_detect_frameworks": False, "warn_non_uv": False}
    tracker = MLTracker(MLTrackConfig(tracking_uri=store, experiment_name="e", **quiet))
    tracker.track_function(lambda x, y: {"x": x}, log_args=False, log_results=False)(1, [2])
    client = mlflow.MlflowClient(store)
    found = [each.experiment_id for each in client.search_experiments()]
    (run,) = client.search_runs(found)
    files = {item.path for item in client.list_artifacts(run.info.run_id)}
    mlflow.set_tracking_uri(None)
    monkeypatch.setattr(mlflow.tracking.fluent, "_active_experiment_id", None)
    assert set(run.data.params) == {"function_name", "function_module"}
    assert not files & {"args", "result.txt", "model_info.json", "requirements.txt"}


# -- The directive ----------------------------------------------------------------------------


def test_a_table_has_names_values_runs_and_meanings(build: Callable[..., Any]) -> None:
    built = made(build, "parameters")
    assert built.warnings == ""
    assert cells(built) == [
        ["Name", "Example", "Runs", "Meaning"],
        ["a.…", "<b>&", "one", "anargument"],
        ["c", "2", "managed", "another"],
    ]
    assert cells(made(build, "files")) == [
        ["Name", "Runs", "Meaning"],
        ["uv.json", "managed", "of uv"],
    ]
    assert cells(made(build, "autologged"))[1:] == [["managed", "parameters", "p,q"]]


def test_hostile_names_come_out_escaped(build: Callable[..., Any]) -> None:
    built = made(build, "runs")
    assert cells(built)[1] == ["one", "thefirst", "<script>", "FINISHED"]
    assert not built.article().select("table script")


@pytest.mark.parametrize(
    ("kind", "old", "new", "line", "words"),
    [
        ("parameters", "  c: another\n", "", 4, "nothing says what 'c' means"),
        ("parameters", "  c: another\n", "  c: x\n  d: y\n", 7, "no run has 'd' any more"),
        ("runs", "  one: the *first*\n", "", 1, "nothing says what 'one' means"),
        ("tags", "runs:\n", "runs: [\n", 1, "not YAML"),
    ],
)
def test_mistakes_name_file_and_line(
    build: Callable[..., Any], kind: str, old: str, new: str, line: int, words: str
) -> None:
    warnings = made(build, kind, SAID.replace(old, new)).warnings
    assert words in warnings
    assert "run_meanings.yaml:" in warnings
    if "YAML" not in words:
        assert f"run_meanings.yaml:{line}: WARNING" in warnings
        assert "[run_contents.meaning]" in warnings


def test_an_unknown_kind_warns_at_its_line(build: Callable[..., Any]) -> None:
    warnings = made(build, "params").warnings
    assert "index.md:3: WARNING: there is nothing called 'params'" in warnings
    assert "[run_contents.option]" in warnings
    missing = build("# Page\n\n```{run-contents} tags\n```\n", EXTENSIONS).warnings
    assert "[run_contents.file]" in missing


def test_text_builds_have_the_table(build: Callable[..., Any]) -> None:
    built = made(build, "parameters", builder="text")
    text = (built.app.outdir / "index.txt").read_text("utf-8")
    assert 'an "argument"' in text


def test_files_are_dependencies_and_nothing_is_loaded(build: Callable[..., Any]) -> None:
    built = made(build, "tags")
    names = " ".join(str(each) for each in built.app.env.dependencies["index"])
    assert "run_contents.json" in names
    assert "run_meanings.yaml" in names
    head = built.article().find_parent("html").head
    assert "run" not in str(head.select("link[href*=run], script[src*=run]"))
