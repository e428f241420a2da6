"""``tools/record/``: real sessions, the same bytes each time."""

from __future__ import annotations

import datetime
import json
import re
import time
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from rich.cells import cell_len

from tools.record.__main__ import main
from tools.record.cast import transcript
from tools.record.mask import MASKS, mask, plain
from tools.record.recorder import Places, record, write
from tools.record.scenario import ScenarioError, load
from tools.record.session import ROOM

ROOT = Path(__file__).parents[1]

GOOD = """\
title = "A session"
description = "A greeting and a number."
project = "trial"
size = [60, 10]

[env]
GREETING = "hello"

[masks]
'number \\d+' = "number <n>"

[[steps]]
command = "echo $GREETING; cat note.txt"
marker = "Say"
shows = "A greeting"
expect = ["hello", "a note"]

[[steps]]
command = "echo number $RANDOM at $(date '+%F %T')"
shows = "A number"

[[steps]]
command = "ls nothing"
exit = 2
shows = "What is missing"
fails = "cannot access 'nothing'"
limit = "no-thing"

[[steps]]
command = "bash -c 'echo shown; echo lost >&2'"
run = "{command} 2>/dev/null"
shows = "What is not lost"
workaround = "no-thing"

[[steps]]
command = "pwd; tput cols; echo $PATH; test ! -e ~/.bashrc"
hidden = true
expect = ["/tmp/mltrack/trial", "60"]
"""


@pytest.fixture
def places(tmp_path: Path) -> Places:
    places = Places(tmp_path / "scenarios", tmp_path / "casts")
    project = places.scenarios / "projects" / "trial"
    project.mkdir(parents=True)
    (project / "note.txt").write_text("a note\n")
    places.casts.mkdir()
    places.scenario("trial").write_text(GOOD)
    return places


def change(places: Places, old: str, new: str) -> None:
    path = places.scenario("trial")
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def rows(cast: str) -> tuple[dict[str, object], list[tuple[float, str, str]]]:
    header, *events = map(json.loads, cast.splitlines())
    return header, [tuple(event) for event in events]


def test_two_recordings_are_the_same_bytes(places: Places) -> None:
    first, second = record("trial", places), record("trial", places)
    assert first == second
    assert record_text(first) == (
        "$ echo $GREETING; cat note.txt\nhello\na note\n"
        "$ echo number $RANDOM at $(date '+%F %T')\nnumber <n> at <date>\n"
        "$ ls nothing\nls: cannot access 'nothing': No such file or directory\n"
        "$ bash -c 'echo shown; echo lost >&2'\nshown\n$"
    )


def record_text(cast: str) -> str:
    return "\n".join(line for line in transcript(cast).splitlines() if line[:2] != "# ")


def test_the_format(places: Places) -> None:
    header, events = rows(record("trial", places))
    assert (header["version"], header["width"], header["height"]) == (2, 60, 10)
    facts = header["mltrack"]
    assert isinstance(facts, dict)
    assert facts["steps"][0] == {
        "command": "echo $GREETING; cat note.txt",
        "exit": 0,
        "shows": "A greeting",
    }
    assert facts["steps"][2] == {
        "command": "ls nothing",
        "exit": 2,
        "shows": "What is missing",
        "fails": "cannot access 'nothing'",
        "limit": "no-thing",
    }
    assert facts["steps"][3]["workaround"] == "no-thing"
    assert [step["exit"] for step in facts["steps"]] == [0, 0, 2, 0]
    assert (facts["description"], facts["theme"]) == ("A greeting and a number.", "auto")
    assert set(facts["versions"]) == {"mltrack-py", "mlflow", "python"}
    assert re.fullmatch(r"3\.\d+", facts["versions"]["python"])
    times = [time for time, _, _ in events]
    assert times == sorted(times)
    assert max(b - a for a, b in pairwise(times)) <= 2.0
    assert {kind for _, kind, _ in events} == {"o", "i", "m"}
    at = next(index for index, event in enumerate(events) if event[1] == "m")
    assert events[at][2] == "Say"
    assert events[at + 1][1:] == ("i", "echo $GREETING; cat note.txt\r")
    assert [event[2] for event in events[at + 2 : at + 6]] == list("echo")
    assert events[at + 2][0] > events[at + 1][0]


def test_nothing_is_left(places: Places) -> None:
    change(places, 'expect = ["hello"', 'timeout = 60\nexpect = ["hello"')
    change(places, "cat note.txt", "cat note.txt; (sleep 300 & echo $! > /tmp/mltrack/pid)")
    record("trial", places)
    pid = int((ROOM / "pid").read_text())
    (ROOM / "pid").unlink()
    assert not _runs(pid)
    assert not (ROOM / "trial").exists()
    assert not list(places.casts.iterdir())


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except FileNotFoundError:
        return False


def test_the_prompt_is_the_shells(places: Places) -> None:
    change(places, "bash -c", 'PS1=\\"(venv) $PS1\\"; bash -c')
    assert record_text(record("trial", places)).endswith("shown\n(venv) $")


def test_no_network_and_nothing_of_the_callers_environment(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_OF_MINE", "1")
    change(places, "test ! -e ~/.bashrc", "env")
    change(places, "hidden = true", 'shows = "The environment"')
    text = record("trial", places)
    assert "SECRET_OF_MINE" not in text
    assert "https_proxy=http://127.0.0.1:9" in text
    assert "PIP_NO_INDEX=1" in text


# -- The command line ------------------------------------------------------------------------


def test_record_then_check(places: Places, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([], places) == 0
    assert "trial.cast" in capsys.readouterr().out
    assert [path.name for path in places.casts.iterdir()] == ["trial.cast"]
    assert main(["--check"], places) == 0
    assert "trial is as committed" in capsys.readouterr().out


def test_drift_is_shown_as_text(places: Places, capsys: pytest.CaptureFixture[str]) -> None:
    main([], places)
    before = places.cast("trial").read_bytes()
    project = next((places.scenarios / "projects").iterdir())
    (project / "note.txt").write_text("a note that changed\n")
    assert main(["--check", "trial"], places) == 1
    message = capsys.readouterr().err
    assert "-a note\n+a note that changed\n" in message
    assert "trial.cast (committed)" in message
    assert '"o"' not in message
    assert "\x1b" not in message
    assert places.cast("trial").read_bytes() == before


def test_one_changed_character_names_file_line_and_step(
    places: Places, capsys: pytest.CaptureFixture[str]
) -> None:
    main([], places)
    path = places.cast("trial")
    lines = path.read_text().splitlines(keepends=True)
    at = next(index for index, line in enumerate(lines) if "a note" in line)
    lines[at] = lines[at].replace("a note", "a nose")
    path.write_text("".join(lines))
    capsys.readouterr()
    assert main(["--check"], places) == 1
    message = capsys.readouterr().err
    assert message.startswith(
        f"{path}:{at + 1}: differs from a new run (step 1; different lines: 1)\n"
    )
    assert "--- trial.cast (committed)\n+++ trial.cast (recorded now)\n@@ " in message
    assert " hello\n-a nose\n+a note\n" in message
    assert "run python -m tools.record trial and commit the cast" in message


def test_what_a_step_says_is_compared_too(
    places: Places, capsys: pytest.CaptureFixture[str]
) -> None:
    main([], places)
    change(places, 'shows = "A greeting"', 'shows = "A welcome"')
    assert main(["--check"], places) == 1
    message = capsys.readouterr().err
    assert "trial.cast:1: differs from a new run (the header; different lines: 1)" in message
    assert "-# step 1: exit 0, shows A greeting\n+# step 1: exit 0, shows A welcome\n" in message


def test_what_is_no_cast_is_not_compared(
    places: Places, capsys: pytest.CaptureFixture[str]
) -> None:
    places.cast("trial").write_text("not a cast\n")
    assert main(["--check"], places) == 1
    message = capsys.readouterr().err
    assert "trial.cast:1: differs" in message
    assert "trial.cast is not a cast" in message


def test_the_date_is_that_of_the_last_change(places: Places) -> None:
    def recorded(day: int) -> str:
        assert main([], places, lambda: datetime.date(2026, 11, day)) == 0
        facts = rows(places.cast("trial").read_text())[0]["mltrack"]
        assert isinstance(facts, dict)
        return str(facts["recorded"])

    assert recorded(1) == "2026-11-01"
    assert recorded(2) == "2026-11-01"
    assert main(["--check"], places, lambda: datetime.date(2026, 11, 3)) == 0
    change(places, "cat note.txt", "cat  note.txt")
    assert recorded(4) == "2026-11-04"


def test_two_projects_are_recorded_at_a_time_and_shown_whole(
    places: Places, capsys: pytest.CaptureFixture[str]
) -> None:
    wait = "echo x > /tmp/mltrack/{}.met; until test -e /tmp/mltrack/{}.met; do sleep 0.05; done"
    for mine, other in (("trial", "second"), ("second", "trial")):
        (places.scenarios / "projects" / mine).mkdir(exist_ok=True)
        places.scenario(mine).write_text(
            f'title = "t"\ndescription = "d"\nproject = "{mine}"\n[[steps]]\nshows = "s"\n'
            f'timeout = 20\ncommand = "{wait.format(mine, other)}"\n'
        )
    try:
        assert main(["--jobs", "2"], places) == 0
    finally:
        for name in ("trial", "second"):
            (ROOM / f"{name}.met").unlink(missing_ok=True)
    out = capsys.readouterr().out.splitlines()
    assert sorted(line.split(",")[0] for line in out) == [
        "record: second.cast",
        "record: trial.cast",
    ]


def test_drift_of_times_alone(places: Places, capsys: pytest.CaptureFixture[str]) -> None:
    main([], places)
    change(places, 'marker = "Say"', "before = 1.5")
    assert main(["--check"], places) == 1
    message = capsys.readouterr().err
    assert "The text is the same" in message
    assert '-[0.6, "m", "Say"]\n' in message


def test_a_cast_that_is_missing_and_one_too_many(
    places: Places, capsys: pytest.CaptureFixture[str]
) -> None:
    (places.casts / "old.cast").write_text("{}")
    assert main(["--check"], places) == 1
    message = capsys.readouterr().err
    assert "trial.cast:1: does not exist; run python -m tools.record trial" in message
    assert "old.cast has no" in message


def test_offline_leaves_out_what_needs_a_network(
    places: Places, capsys: pytest.CaptureFixture[str]
) -> None:
    change(places, "size =", "network = true\nsize =")
    assert main(["--offline"], places) == 0
    assert "trial needs a network" in capsys.readouterr().out
    assert not places.cast("trial").exists()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("exit = 2", "exit = 3", "step 3, ls nothing: exit status 2, expected 3"),
        ('"a note"]', '"another"]', "'another' is not on the screen\n  | hello\n  | a note"),
        ("ls nothing", "exit 5", "step 3, exit 5: the shell ended"),
        ('project = "trial"', 'project = "absent"', "no project 'absent'"),
    ],
)
def test_a_session_that_goes_wrong(
    places: Places, capsys: pytest.CaptureFixture[str], old: str, new: str, message: str
) -> None:
    write(places.cast("trial"), "as it was")
    change(places, old, new)
    assert main(["trial"], places) == 1
    assert message in capsys.readouterr().err
    assert places.cast("trial").read_text() == "as it was"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('fails = "cannot access', 'fails = "cannot open'),
        ("ls nothing", "(ls nothing; true)"),
    ],
)
def test_a_limit_that_is_gone_says_what_to_remove(
    places: Places, capsys: pytest.CaptureFixture[str], old: str, new: str
) -> None:
    change(places, old, new)
    assert main(["trial"], places) == 1
    message = capsys.readouterr().err
    assert "trial: step 3: `" in message
    assert 'was declared to fail with "cannot ' in message
    assert (
        "and it does not any more: remove the limit no-thing from source/_data/limits.yaml "
        "and update the pages\n  | "
    ) in message
    assert not places.cast("trial").exists()


def test_a_limit_may_have_exit_status_0(places: Places) -> None:
    change(places, "ls nothing", "(ls nothing; true)")
    change(places, "exit = 2", "exit = 0")
    assert record("trial", places)


def test_a_command_that_hangs_shows_the_screen(
    places: Places, capsys: pytest.CaptureFixture[str]
) -> None:
    change(places, "ls nothing", "echo Sure? [y/n]; read answer")
    change(places, "exit = 2", "timeout = 1.5")
    begin = time.monotonic()
    assert main(["trial"], places) == 1
    assert time.monotonic() - begin < 10
    assert "no end after 1.5 s\n  | Sure? [y/n]" in capsys.readouterr().err


# -- The file --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("exit = 2", 'exit = "one"', 24, "steps.2.exit: Input should be a valid integer"),
        ("exit = 2", "exits = 2", 24, "steps.2.exits: Extra inputs are not permitted"),
        ("size = [60, 10]", "size = [10, 10]", 4, "size.0: Input should be greater"),
        ('"{command} 2>/dev/null"', '"rm -r x"', 31, "must contain {command}"),
        ("number \\d+", "number (", 10, "not a regular expression"),
        ("echo $GREETING;", "echo\\nls;", 13, "one line of printable characters"),
        ('title = "A session"\n', "", 1, "title: Field required"),
        ('description = "A greeting and a number."\n', "", 1, "description: Field required"),
        ("size =", 'theme = "blue"\nsize =', 4, "theme: Input should be 'light', 'dark' or 'auto'"),
        ('shows = "A number"\n', "", 18, "steps.1: Value error, needs shows"),
        ('limit = "no-thing"\n', "", 22, "steps.2: Value error, fails and limit belong together"),
        ('limit = "no-thing"', 'limit = "No thing"', 27, "steps.2.limit: String should match"),
        ('workaround = "no-thing"', "hidden = true", 29, "steps.3: Value error, a hidden step has"),
        ("exit = 2", 'workaround = "no-thing"', 22, "a step cannot show a limit and work"),
    ],
)
def test_a_bad_file_names_line_and_key(
    places: Places, old: str, new: str, line: int, message: str
) -> None:
    change(places, old, new)
    with pytest.raises(ScenarioError) as error:
        load(places.scenario("trial"))
    assert message in str(error.value)
    assert f"trial.toml:{line}: " in str(error.value)


def test_what_is_not_toml(places: Places, capsys: pytest.CaptureFixture[str]) -> None:
    change(places, 'title = "A session"', "title: A session")
    assert main(["trial", "absent"], places) == 1
    message = capsys.readouterr().err
    assert "trial.toml: not TOML" in message
    assert "line 1" in message
    assert "absent.toml: No such file" in message


# -- Masks -----------------------------------------------------------------------------------

RUN = "0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"run: {RUN}\r\n", "run: <run-id>\r\n"),
        (f"models:/m-{RUN} x", "models:/<model-id> x"),
        ("version: v20261123_c90a9428)", "version: <version>)"),
        ("2026/11/23 11:15:42 INFO", "<date> INFO"),
        ("on 2026-11-23.", "on <date>."),
        ("took 1.25 s, 3 steps", "took <duration>, 3 steps"),
        ("Python 3.11.7 here", "Python 3.11.<patch> here"),
        ("Linux-6.1.0-13-amd64 x", "<system> x"),
        ("scikit-learn 1.9.1, 0.974", "scikit-learn 1.9.1, 0.974"),
        (f"\x1b[36m{RUN[:8]}\x1b[0m{RUN[8:]}!", "<run-id>\x1b[0m!"),
    ],
)
def test_masks(text: str, expected: str) -> None:
    assert mask(text, MASKS).replace("\x1b[36m", "") == expected


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (f"│ {RUN} │ ok │", "│ <run-id>" + " " * 25 + "│ ok │"),
        (f"│\x1b[2m {RUN}  \x1b[0m│", "│ <run-id>" + " " * 26 + "│"),
        ("│ v20261123_c90a9428 (staging) │", "│ <version> (staging)          │"),
        ("│ on 2026-11-23 ✅ │", "│ on <date> ✅     │"),
    ],
)
def test_masks_keep_the_width_of_a_cell(row: str, expected: str) -> None:
    masked = plain(mask(row, MASKS))
    assert masked == expected
    assert cell_len(masked) == cell_len(plain(row))


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("│ ab   │ x │", "│ <lon │ x │"),
        ("│ ab      │ x │", "│ <long>  │ x │"),
        ("│ ab │ x │", "│ <l │ x │"),
    ],
)
def test_a_long_replacement_takes_the_cells_spaces_or_is_cut(row: str, expected: str) -> None:
    masked = mask(row, {"ab": "<long>"})
    assert cell_len(masked) == cell_len(row)
    assert masked == expected


@pytest.mark.parametrize("name", Places().names())
def test_the_committed_recordings_are_described(name: str) -> None:
    places = Places()
    scenario = load(places.scenario(name))
    header, _ = rows(places.cast(name).read_text(encoding="utf-8"))
    facts = header["mltrack"]
    assert isinstance(facts, dict)
    assert [step["command"] for step in facts["steps"]] == [
        step.command for step in scenario.steps if not step.hidden
    ]
    assert header["title"] == scenario.title
    assert facts["description"] == scenario.description
    assert facts["theme"] == scenario.theme
    shown = [step for step in scenario.steps if not step.hidden]
    for key in ("shows", "fails", "limit", "workaround"):
        assert [step.get(key) for step in facts["steps"]] == [getattr(step, key) for step in shown]
    assert datetime.date.fromisoformat(facts["recorded"])


def test_every_limit_that_is_recorded_is_described() -> None:
    limits = yaml.safe_load((ROOT / "source" / "_data" / "limits.yaml").read_text("utf-8"))
    for name, limit in limits.items():
        assert set(limit) >= {"title", "summary", "instead", "affects"}, name
    places = Places()
    for name in places.names():
        for step in load(places.scenario(name)).steps:
            assert {step.limit, step.workaround} - {None} <= set(limits), f"{name}: {step.command}"
