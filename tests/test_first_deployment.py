"""Following the tutorial by copying: what the buttons copy, how it is replayed, what is shown."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from bs4 import BeautifulSoup

from tools.first_deployment import __main__ as command
from tools.first_deployment.buttons import Button, ButtonError, buttons, settings
from tools.first_deployment.replay import ReplayError, Took, environment, replay
from tools.first_deployment.result import Result, load, pressed

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Built

ROOT = Path(__file__).parents[1]
DATA = ROOT / "source" / "_data"
PAGE = ROOT / "source" / f"{command.PAGE}.md"
RULES = settings(ROOT / "conf.py")
SITE = ["sphinx_copybutton", "_ext.console"]
RECORDINGS = {"recordings": str(ROOT / "_static" / "casts")}

HTML = """
<article><h1>Page</h1>
<section><h2>1. Write<a class="headerlink">¶</a></h2>
<div class="literal-block-wrapper"><div class="code-block-caption">
<span class="caption-text">a/b.py</span></div>
<div class="highlight-python"><div class="highlight"><pre>x = "&lt;&amp;"
</pre></div></div></div></section>
<section><h2>2. Run</h2>
<div class="highlight-console"><div class="highlight"><pre><span class="gp">$ </span>one
<span class="go">out</span><span class="gp">$ </span>two
</pre></div></div></section>
</article>
"""


# -- what the buttons copy -------------------------------------------------------------------


def test_files_and_commands_with_their_step() -> None:
    assert buttons(HTML, *RULES) == [
        Button("1. Write", 'x = "<&"\n', "a/b.py"),
        Button("2. Run", "one\ntwo"),
    ]
    assert [each.commands for each in buttons(HTML, *RULES)] == [[], ["one", "two"]]


def test_a_block_that_cannot_be_followed_is_named() -> None:
    html = HTML.replace("literal-block-wrapper", "other")
    with pytest.raises(ButtonError, match=r"'1\. Write': a block without the name of a file: 'x ="):
        buttons(html, *RULES)


def test_the_rules_are_those_of_the_site() -> None:
    selector, exclude = RULES
    assert selector == "div.highlight pre"
    assert {".gp", ".go"} <= set(exclude.split(", "))


@pytest.fixture
def on_the_page(build: Callable[..., Built]) -> list[Button]:
    """The buttons of the page, built on the spot with the site's own directives."""
    text = re.sub(r"\{(?:claim|term|doc|words)\}", "", PAGE.read_text("utf-8"))
    text = re.sub(r"^:::+\{measured\}.*?^:::+$", "", text, flags=re.MULTILINE | re.DOTALL)
    text = text.replace("} /recipes/", "} recipes/")
    folder = ROOT / "source" / "recipes" / "first-service"
    files = {
        f"recipes/first-service/{each.name}": each.read_text("utf-8")
        for each in folder.iterdir()
        if each.is_file()
    }
    return buttons(build(text, SITE, files=files, **RECORDINGS).text(), *RULES)


# -- replaying -------------------------------------------------------------------------------


def follow(place: Path, *pressed: Button) -> tuple[list[list[Took]], str]:
    (place / "home").mkdir(parents=True)
    return replay(list(pressed), place, place / "home")


def test_one_terminal_runs_it_all(tmp_path: Path) -> None:
    took, printed = follow(
        tmp_path,
        Button("1", "hello <&\n", "a/b.txt"),
        Button("2", "cd a\nexport NAME=you"),
        Button("3", 'cat b.txt\nprintf "%s" "$NAME"\nsleep 0.2'),
    )
    assert "hello <&" in printed
    assert "you" in printed
    assert [len(each) for each in took] == [0, 2, 3]
    assert took[2][2].elapsed >= 0.2


def test_waiting_is_not_working(tmp_path: Path) -> None:
    """What runs in the background counts, too."""
    loop = "while :; do :; done"
    took, _ = follow(
        tmp_path,
        Button("1", "sleep 0.4"),
        Button("2", f"timeout 0.4 bash -c '{loop}' || true"),
        Button("3", f"(bash -c '{loop}' > /dev/null 2>&1 &)\nsleep 1"),
    )
    assert took[0][0].busy < 0.2 <= took[0][0].elapsed
    assert took[1][0].busy > 0
    assert took[2][1].busy > 0


def test_a_command_that_fails_is_named_with_its_output(tmp_path: Path) -> None:
    with pytest.raises(ReplayError, match=r"ls nowhere\nexit 2\n.*No such file"):
        follow(tmp_path, Button("1", "ls nowhere"))


def test_a_command_that_ends_the_shell(tmp_path: Path) -> None:
    with pytest.raises(ReplayError, match="ended the shell"):
        follow(tmp_path, Button("1", "exit 3"))


def test_what_runs_in_the_background_ends_with_it(tmp_path: Path) -> None:
    follow(tmp_path, Button("1", "(sleep 300 > /dev/null 2>&1 & echo $! > pid)"))
    state = Path("/proc", (tmp_path / "pid").read_text().strip(), "stat")
    assert not state.exists() or state.read_text().split()[2] == "Z"


def test_nothing_of_the_caller_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://example.org")
    monkeypatch.setenv("PYTHONPATH", "/somewhere")
    variables = environment(tmp_path)
    assert {"MLFLOW_TRACKING_URI", "PYTHONPATH", "VIRTUAL_ENV"}.isdisjoint(variables)
    assert variables["HOME"] == str(tmp_path)
    for place in variables["PATH"].split(os.pathsep):
        assert not Path(place, "mltrack").exists()


def test_a_wrong_answer_is_an_error() -> None:
    with pytest.raises(ReplayError, match="no answer has"):
        command.once([Button("1", "echo nothing")])


# -- the result ------------------------------------------------------------------------------


def test_the_median_of_steps_and_runs(tmp_path: Path) -> None:
    found = [Button("a", "x\ny"), Button("b", "z\n", "f"), Button("b", "w")]
    both = [[(1, 5), (1, 5)], [], [(4, 5)]], [[(2, 5), (1, 5)], [], [(9, 5)]]
    runs = [*both, [[(3, 5), (3, 5)], [], [(5, 5)]]]
    lists = [[[list(map(float, each)) for each in took] for took in run] for run in runs]
    result = Result({"date": "2026-01-01"}, pressed(found), lists)
    assert result.steps(command.ELAPSED) == {"a": 3, "b": 5}
    assert result.steps(command.BUSY) == {"a": 10, "b": 5}
    assert (result.total(command.ELAPSED), result.total(command.BUSY)) == (11, 15)
    result.save(tmp_path / "r.json")
    assert load(tmp_path / "r.json") == result


def test_the_committed_result_is_of_this_page(on_the_page: list[Button]) -> None:
    """When it is not, run ``make first-deployment``: the page shows other blocks than measured."""
    assert len(on_the_page) >= 10
    assert load(command.RESULT).pressed == pressed(on_the_page)


def shown() -> dict[str, int]:
    """Return the table of the page: seconds by step."""
    rows = re.findall(r"^\| (\d\. .*?) \| (\d+) s \|$", PAGE.read_text("utf-8"), re.MULTILINE)
    return {step: int(seconds) for step, seconds in rows}


def test_the_page_shows_what_was_measured() -> None:
    result = load(command.RESULT)
    assert len(result.runs) >= 3
    measured = {step: round(seconds) for step, seconds in result.steps(command.BUSY).items()}
    assert shown() == {step: seconds for step, seconds in measured.items() if seconds}
    assert f"On the clock it was {round(result.total(command.ELAPSED))} s" in PAGE.read_text(
        "utf-8"
    )
    claim = yaml.safe_load((DATA / "claims.yaml").read_text("utf-8"))["first-service"]
    assert claim["value"] == round(result.total(command.BUSY))
    assert str(claim["measured"]["date"]) == result.measured["date"]


def test_it_takes_less_than_the_goal() -> None:
    """Two minutes of a machine, downloads left out."""
    assert load(command.RESULT).total(command.BUSY) < 120


def test_the_answer_that_is_expected_is_the_one_that_is_shown() -> None:
    with (ROOT / "_static" / "casts" / "first-service.cast").open(encoding="utf-8") as lines:
        events: list[Any] = [json.loads(line) for line in lines][1:]
    printed = "".join(text for _, kind, text in events if kind == "o")
    assert command.ANSWER in BeautifulSoup(printed, "html.parser").get_text()
