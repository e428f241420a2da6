"""``tools/notebooks/`` and ``tools/lock.py``: environments of their own and what is stored."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest
from nbformat.v4 import new_output

from _ext._shared.versions import installed
from tools import lock
from tools.notebooks import __main__ as notebooks
from tools.notebooks import groups, surroundings
from tools.notebooks.run import clean

ROOT = Path(__file__).parents[1]
INSTALLED = installed()
FRONT = "---\nfile_format: mystnb\nkernelspec: {name: python3}\nenvironment: forest\n---\n# A\n\n"
HELLO = (
    "```{code-cell} python\nimport os, sys\nprint('hello')\nprint('log', file=sys.stderr)\n"
    "print(os.listdir())\nprint(os.path.expanduser('~') == os.path.join(os.getcwd(), '.home'))\n"
    "```\n"
)


def page(*code: str) -> str:
    return FRONT + "\n".join(f"```{{code-cell}} python\n{cell}\n```\n" for cell in code)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a repository with one page, whose environment is that of this process."""
    (tmp_path / "requirements").mkdir()
    for name, text in {
        "docs.txt": "",
        "docs.in": "",
        "test.in": "",
        "forest.in": "# Trees.\ngrove>=1  \nmoss  # for grove\n-r meadow.in\n",
        "forest.txt": "grove==1.0\n",
        "meadow.in": 'torch==2.13.0\ngrass ; sys_platform == "linux"\n',
    }.items():
        (tmp_path / "requirements" / name).write_text(text)
    (tmp_path / "notebooks" / "a").mkdir(parents=True)
    (tmp_path / "notebooks" / "a" / "one.md").write_text(FRONT + HELLO)
    (tmp_path / "notebooks" / "a" / "plain.md").write_text("# No environment\n")
    monkeypatch.setattr(notebooks, "environment", lambda *_: Path(sys.executable))
    return tmp_path


def fake(
    monkeypatch: pytest.MonkeyPatch,
    text: str = "hello\n",
    date: str = "2026-01-01",
    seconds: float = 10.0,
) -> None:
    """Let a page print ``text`` without running it."""

    def run(root: Path, name: str, group: str) -> notebooks.model.Stored:
        source = root / "notebooks" / f"{name}.md"
        cells = notebooks.model.read(source.read_text(), str(source))
        return notebooks.model.Stored(
            environment=group,
            cells=notebooks.model.cells_digest(cells),
            requirements=notebooks.model.digest((root / "requirements/forest.txt").read_bytes()),
            versions={**INSTALLED, "grove": "1.0"},
            date=date,
            seconds=seconds,
            outputs=[[{"output_type": "stream", "name": "stdout", "text": text}]],
        )

    monkeypatch.setattr(notebooks, "run", run)


# -- Running ---------------------------------------------------------------------------------


def test_a_page_runs_as_in_the_build_and_prints_the_same_again(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert notebooks.main([], root) == 0
    kept = notebooks.stored(root, "a/one")
    assert kept is not None
    (output,) = kept.outputs[0]
    assert output["text"] == "hello\n[]\nTrue\n"
    assert kept.environment == "forest"
    assert kept.versions["mltrack-py"] == INSTALLED["mltrack-py"]
    assert notebooks.main(["--check"], root) == 0
    assert "a/one: same outputs" in capsys.readouterr().out


def test_a_failing_cell_stores_nothing(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "notebooks/a/one.md").write_text(page("raise OSError('felled')"))
    assert notebooks.main([], root) == 1
    error = capsys.readouterr().err
    assert "a/one failed in the environment forest" in error
    assert "OSError: felled" in error
    assert notebooks.stored(root, "a/one") is None


def test_outputs_are_cleaned_of_what_differs_from_run_to_run() -> None:
    run_id = "0123456789abcdef" * 2
    outputs = [
        new_output("stream", name="stdout", text="a"),
        new_output("stream", name="stderr", text="log"),
        new_output("stream", name="stdout", text="b"),
        new_output(
            "error", ename="E", evalue=f"run {run_id}", traceback=["\x1b[31mfile /x/y.py\x1b[0m"]
        ),
    ]
    stream, error = clean(outputs)
    assert stream["text"] == "ab"
    assert error["traceback"] == ["Traceback (most recent call last):", "  …", "E: run <run-id>"]


def test_displays_of_nothing_are_left_out() -> None:
    empty = {"text/plain": "", "text/html": '<pre style="line-height:normal"></pre>\n'}
    picture = {"text/plain": "", "image/svg+xml": "<svg/>"}
    outputs = [new_output("display_data", data=data) for data in (empty, picture)]
    assert [output["data"] for output in clean(outputs)] == [picture]


# -- Storing and comparing -------------------------------------------------------------------


def test_a_run_that_changes_nothing_keeps_the_date(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake(monkeypatch, date="2026-01-01")
    notebooks.main([], root)
    before = notebooks.outputs_of(root, "a/one").read_text()
    fake(monkeypatch, date="2026-12-31")
    assert notebooks.main([], root) == 0
    assert notebooks.outputs_of(root, "a/one").read_text() == before
    fake(monkeypatch, "other\n", date="2026-12-31")
    notebooks.main([], root)
    kept = notebooks.stored(root, "a/one")
    assert kept is not None
    assert kept.date == "2026-12-31"


def test_a_quicker_run_makes_the_time_known_and_keeps_the_date(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake(monkeypatch)
    notebooks.main([], root)
    for seconds, kept in [(9.0, 10.0), (60.0, 10.0), (5.0, 5.0)]:
        fake(monkeypatch, date="2026-12-31", seconds=seconds)
        notebooks.main([], root)
        found = notebooks.stored(root, "a/one")
        assert found is not None
        assert (found.date, found.seconds) == ("2026-01-01", kept)


def test_a_check_shows_the_difference_and_writes_nothing(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fake(monkeypatch)
    notebooks.main([], root)
    before = notebooks.outputs_of(root, "a/one").read_text()
    fake(monkeypatch, "other\n")
    assert notebooks.main(["--check", "forest"], root) == 1
    error = capsys.readouterr().err
    assert "a/one prints something else now; run: make notebooks" in error
    assert "hello" in error
    assert "other" in error
    assert notebooks.outputs_of(root, "a/one").read_text() == before


def test_sums_tell_what_is_old_without_running(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert notebooks.main(["--stale"], root) == 1
    fake(monkeypatch)
    notebooks.main([], root)
    monkeypatch.setattr(notebooks, "run", lambda *_: pytest.fail("nothing is to run"))
    assert notebooks.main(["--stale"], root) == 0
    (root / "requirements/forest.txt").write_text("grove==2.0\n")
    capsys.readouterr()
    assert notebooks.main(["--stale", "a/one"], root) == 1
    assert "notebooks/a/one.md: requirements/forest.txt has changed" in capsys.readouterr().err


def test_names_are_environments_or_pages(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert notebooks.pages(root) == {"a/one": "forest"}
    assert notebooks.main(["desert"], root) == 1
    assert "'desert' is neither an environment nor a page; there are a/one, forest" in (
        capsys.readouterr().err
    )


# -- Environments ----------------------------------------------------------------------------


def test_main_packages_have_no_comment_and_torch_no_hash(root: Path) -> None:
    assert groups.names(root) == ["forest", "meadow"]
    assert groups.main_packages(root, "forest") == ["grass", "grove", "torch"]
    assert groups.unhashed(root, "forest") == ["torch==2.13.0"]


def test_an_unknown_or_unlocked_environment(root: Path) -> None:
    with pytest.raises(groups.GroupError, match=r"there is no environment 'desert'; there are for"):
        groups.environment(root, "desert")
    with pytest.raises(groups.GroupError, match=r"meadow\.txt is missing; run: make lock"):
        groups.environment(root, "meadow")


def test_an_environment_is_made_anew_when_its_list_changes(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    monkeypatch.setattr(groups, "_install", lambda *_: made.append("installed"))
    monkeypatch.setattr(groups, "_make", lambda place: place.mkdir(parents=True, exist_ok=True))
    python = groups.environment(root, "forest")
    assert python == root / ".venvs" / "forest" / "bin" / "python"
    groups.environment(root, "forest")
    assert made == ["installed"]
    (root / "requirements/forest.txt").write_text("grove==2.0\n")
    groups.environment(root, "forest")
    assert made == ["installed"] * 2


def test_a_failed_installation_is_tried_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise groups.GroupError("no network")

    monkeypatch.setattr(groups, "_install", fail)
    monkeypatch.setattr(groups, "_make", lambda place: place.mkdir(parents=True, exist_ok=True))
    for _ in range(2):
        with pytest.raises(groups.GroupError, match="no network"):
            groups.environment(root, "forest")


def test_the_surroundings_leave_out_what_would_steer_mltrack(tmp_path: Path) -> None:
    inherited = dict.fromkeys(surroundings.REMOVED, "x") | {"PATH": "/bin", "LANG": "C"}
    env = surroundings.apart(inherited, ROOT, tmp_path, Path("/venv/bin/python"))
    assert not set(surroundings.REMOVED) & set(env)
    assert env["PATH"].split(os.pathsep) == ["/venv/bin", "/bin"]
    assert env["HOME"] == str(tmp_path)
    assert env["LANG"] == "C"


# -- Locked lists ----------------------------------------------------------------------------


def test_a_group_s_list_leaves_out_what_the_base_has() -> None:
    command = lock.compile_command("uv", "forest", "grove==1.0 \\\n    --hash=x\nmoss==2\n")
    assert "--no-emit-package=grove" in command
    assert "--no-emit-package=moss" in command
    assert command[command.index("-c") + 1] == "docs.txt"
    base = lock.compile_command("uv", "docs", "grove==1.0\n")
    assert not any(option.startswith("--no-emit") for option in base)


@pytest.mark.parametrize("group", groups.names(ROOT))
def test_each_group_is_locked_with_hashes_on_top_of_the_base(group: str) -> None:
    requirements = ROOT / "requirements"
    text = (requirements / f"{group}.txt").read_text(encoding="utf-8")
    pins = lock.PIN.findall(text)
    assert pins
    assert text.count("--hash=sha256:") >= len(pins)
    assert not set(pins) & set(lock.PIN.findall((requirements / "docs.txt").read_text()))
    assert "torch" not in pins
    assert "://" not in text


def test_every_environment_that_a_page_names_exists_and_is_used() -> None:
    assert set(notebooks.pages(ROOT).values()) <= set(groups.names(ROOT))


def test_json_of_a_difference_is_readable() -> None:
    text = notebooks.difference({"outputs": "a\nb"}, {"outputs": "a\nc"})
    assert json.dumps("a\nb") not in text
    assert "-b" in text
    assert "+c" in text
