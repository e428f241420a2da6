"""How the commands end: every line of source/_data/outcomes.yaml is run and compared."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[1]
DATA = ROOT / "source" / "_data"
PAGES = ROOT / "source" / "reference" / "cli"
OUTCOMES: dict[str, list[dict[str, Any]]] = yaml.safe_load((DATA / "outcomes.yaml").read_text())
CASES = [
    pytest.param(number, each, id=f"{each['run']} in {each['in']}, {each.get('docker')}")
    for number, each in enumerate(each for found in OUTCOMES.values() for each in found)
]  # fmt: skip
SCRIPTS = Path(sys.executable).parent
SETTINGS = """tracking_uri: sqlite:///mlflow.db
experiment_name: iris
auto_detect_frameworks: false
warn_non_uv: false
"""
TRAIN = """
import mlflow, mltrack
from pathlib import Path
from sklearn.linear_model import LogisticRegression

with mlflow.start_run() as run:
    Path("empty_id.txt").write_text(run.info.run_id)
with mlflow.start_run() as run:
    mlflow.sklearn.log_model(LogisticRegression().fit([[0], [1]], [0, 1]), name="model")
    Path("run_id.txt").write_text(run.info.run_id)
"""
STAND_IN = """#!/bin/sh
case "{kind} $1" in
  "down "*) echo "Cannot connect to the Docker daemon" >&2; exit 1 ;;
  "taken run") echo "port is already allocated" >&2; exit 125 ;;
  "refuses push") echo "denied" >&2; exit 1 ;;
esac
"""


def surroundings(place: Path) -> dict[str, str]:
    """Variables of a machine with Git and Python, and neither Docker nor an account."""
    return {
        "PATH": f"{place / 'docker'}:{place.parent / 'programs'}",
        "HOME": str(place / "home"),
        "TMPDIR": str(place),
        "COLUMNS": "250",
        "LC_ALL": "C.UTF-8",
        "PYTHONWARNINGS": "ignore",
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "DO_NOT_TRACK": "true",
        "MLFLOW_LOGGING_LEVEL": "ERROR",
        "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
        "AWS_EC2_METADATA_DISABLED": "true",
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
        "MLFLOW_WORKERS": "1",
    }


class Worker:
    """A process that has imported the package, and becomes one command after the other."""

    def __init__(self, home: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("command_worker.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=home,
            env=os.environ | surroundings(home) | {"PATH": os.environ["PATH"]},
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # off in background
        )

    def perform(self, runs: list[dict[str, Any]]) -> list[tuple[int, str]]:
        """Return exit status and output of each command."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        found = []
        for run in runs:
            self.process.stdin.write(json.dumps(run) + "\n")
            self.process.stdin.flush()
            status, text = json.loads(self.process.stdout.readline())
            found.append((status, text))
        return found


@pytest.fixture(scope="module")
def worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    """The process, with an empty home of its own."""
    found = Worker(tmp_path_factory.mktemp("worker"))
    yield found
    assert found.process.stdin is not None
    found.process.stdin.close()
    found.process.wait()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, worker: Worker) -> Path:
    """Three projects to copy: ``empty``, ``configured`` and ``trained``."""
    place = tmp_path_factory.mktemp("commands")
    programs = place / "programs"
    programs.mkdir()
    for name in ("git", "sh"):
        (programs / name).symlink_to(str(shutil.which(name)))
    (programs / "python").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    (programs / "python").chmod(0o755)
    for name in ("empty", "configured", "trained"):
        (place / name / "home").mkdir(parents=True)
        (place / name / "docker").mkdir()
        if name != "empty":
            (place / name / ".mltrack.yml").write_text(SETTINGS)
    (place / "configured" / "train.py").write_text("")
    project = place / "trained"
    variables = surroundings(project)
    (project / "prepare.py").write_text(TRAIN)
    subprocess.run([sys.executable, "prepare.py"], cwd=project, check=True, env=variables)
    run = (project / "run_id.txt").read_text()
    save = ["mltrack", "save", "iris", "--run-id", run]
    first = {"arguments": save, "directory": str(project), "environment": variables}
    second = {
        "arguments": ["mltrack", "list"],
        "directory": str(place / "configured"),
        "environment": surroundings(place / "configured"),
    }
    done = worker.perform([first, second])
    assert [status for status, _ in done] == [0, 0], done
    return place


@pytest.fixture(scope="module")
def results(place: Path, worker: Worker) -> list[tuple[int, str]]:
    """What became of every line, in the order of the file."""
    runs = []
    known = {name: (place / "trained" / f"{name}_id.txt").read_text() for name in ("run", "empty")}
    for number, outcome in (case.values for case in CASES):
        project = place / f"run-{number}"
        shutil.copytree(place / outcome["in"], project)
        if kind := outcome.get("docker"):
            program = project / "docker" / "docker"
            program.write_text(STAND_IN.replace("{kind}", kind))
            program.chmod(0o755)
        line = outcome["run"].replace("<run-id>", known["run"])
        runs.append(
            {
                "arguments": shlex.split(line.replace("<empty-run-id>", known["empty"])),
                "directory": str(project),
                "environment": surroundings(project),
                "answers": outcome.get("answers", ""),
                "stop_at": outcome.get("stop_at", ""),
            }
        )
    return worker.perform(runs)


@pytest.mark.parametrize(("number", "outcome"), CASES)
def test_it_ends_as_the_page_says(
    results: list[tuple[int, str]], number: int, outcome: dict[str, Any]
) -> None:
    status, text = results[number]
    assert status == outcome["status"], text
    words = " ".join(text.split())
    if says := outcome.get("says"):
        pattern = ".*".join(re.escape(" ".join(part.split())) for part in says.split("…"))
        assert re.search(pattern, words), text
    elif not outcome.get("stop_at"):  # a server that is stopped may say how it ended
        assert "Traceback" not in words


def test_all_three_statuses_of_all_commands_are_run() -> None:
    """Success and a wrong command line of every command, and failure of those that can fail."""
    commands = set(json.loads((DATA / "inventory.json").read_text())["command"])
    assert set(OUTCOMES) == commands | {"mltrack"}
    statuses = {name: {each["status"] for each in found} for name, found in OUTCOMES.items()}
    assert all(found >= {0, 2} for found in statuses.values())
    never_fail = {"mltrack init", "mltrack config", "mltrack doctor", "mltrack ui"}
    assert {name for name, found in statuses.items() if 1 not in found} == never_fail


def test_each_line_is_of_its_command() -> None:
    for name, found in OUTCOMES.items():
        assert all(shlex.split(each["run"])[: len(name.split())] == name.split() for each in found)


def test_each_page_shows_its_outcomes() -> None:
    for name in OUTCOMES:
        page = PAGES / f"{name.removeprefix('mltrack').strip() or 'index'}.md"
        text = page.read_text()
        assert f"```{{outcomes}} {name}\n```" in text
        assert f"```{{outcomes}} {name}\n:errors:\n```" in text


def test_the_linked_messages_are_in_the_list_of_errors() -> None:
    areas = yaml.safe_load((DATA / "errors.yaml").read_text()).values()
    known = {entry["message"] for area in areas for entry in area}
    linked = {each["error"] for found in OUTCOMES.values() for each in found if "error" in each}
    assert linked <= known


@pytest.mark.parametrize("name", sorted(OUTCOMES))
def test_both_programs_are_one(place: Path, worker: Worker, name: str) -> None:
    """Each command's help is the same under both names, but for the name."""
    rest = name.split()[1:]
    runs = [
        {
            "arguments": [program, *rest, "--help"],
            "directory": str(place / "empty"),
            "environment": surroundings(place / "empty"),
        }
        for program in ("mltrack", "ml")
    ]
    (status, long), (other, short) = worker.perform(runs)
    assert status == other == 0
    assert short.startswith(f"Usage: {' '.join(['ml', *rest])} ")
    assert short == long.replace(f"Usage: {name}", short.split(" [", 1)[0], 1)


@pytest.mark.parametrize("program", ["mltrack", "ml"])
def test_the_installed_programs_end_like_that(place: Path, program: str) -> None:
    done = subprocess.run(
        [SCRIPTS / program, "list", "--format", "json"],
        env=surroundings(place / "empty"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith(f"Usage: {program} list [OPTIONS]\n")
    assert "No such option '--format'" in done.stderr


def test_without_git_no_command_runs(place: Path) -> None:
    done = subprocess.run(
        [SCRIPTS / "mltrack", "--version"],
        env=surroundings(place / "empty") | {"PATH": "/nowhere"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "ImportError" in done.stderr
    assert "git" in done.stderr


def test_run_sets_four_variables(place: Path, worker: Worker) -> None:
    """``mltrack run`` gives the program what its page lists, and nothing more."""
    project = place / "configured"
    show = "import json, os; print(json.dumps(dict(os.environ)))"
    line = ["mltrack", "run", "--name", "n", "--tags", "k=v", "--", "python", "-c", show]
    run = {"arguments": line, "directory": str(project), "environment": surroundings(project)}
    ((status, text),) = worker.perform([run])
    assert status == 0
    seen = json.loads(next(found for found in text.splitlines() if found.startswith('{"')))
    new = {name: value for name, value in seen.items() if name not in run["environment"]}
    new.pop("PWD", None)  # the shell's
    assert listed("run") == set(new)
    assert new["MLFLOW_TRACKING_URI"] == "sqlite:///mlflow.db"
    assert (new["MLTRACK_ENABLED"], new["MLFLOW_RUN_NAME"]) == ("1", "n")
    assert yaml.safe_load(new["MLTRACK_TAGS"]) == {"k": "v"}


VARIABLES = [
    ("MLTRACK_S3_BUCKET", "bucket", ["list", "save", "serve", "ship", "try", "deploy"]),
    ("MLFLOW_TRACKING_URI", "sqlite:///mlflow.db", ["save", "serve", "ship", "try", "deploy"]),
    ("MLFLOW_TRACKING_URI", "sqlite:///mlflow.db", ["config", "doctor", "demo", "flow"]),
    ("UV_PROJECT_ENVIRONMENT", "any", ["init", "doctor"]),
]
"""Variables, each with the commands whose pages list them."""


def listed(name: str) -> set[str]:
    """Return the variables that a command's page lists."""
    text = (PAGES / f"{name}.md").read_text()
    section = text.partition("## Environment variables\n")[2].partition("\n## ")[0]
    return set(re.findall(r"^\{envvar\}`(\w+)`$", section, re.MULTILINE))


def test_pages_list_the_variables_that_are_tried_here() -> None:
    read: dict[str, set[str]] = {name.removeprefix("mltrack "): set() for name in OUTCOMES}
    for variable, _, names in VARIABLES:
        for name in names:
            read[name].add(variable)
    read["serve"].add("MLTRACK_ENV")  # sets it, in the container
    del read["mltrack"], read["run"]  # run: see above
    assert {name: listed(name) for name in read} == read


def with_variable(place: Path, line: str, settings: str | None, **variables: str) -> dict[str, Any]:
    """Return a run in a copy of the trained project, with its store moved for other settings."""
    project = place / f"variable-{len(list(place.glob('variable-*')))}"
    shutil.copytree(place / "trained", project)
    if settings is not None:
        (project / ".mltrack.yml").write_text(settings)
    if settings and "moved.db" in settings:
        (project / "mlflow.db").rename(project / "moved.db")
    known = (place / "trained" / "run_id.txt").read_text()
    return {
        "arguments": shlex.split(line.replace("<run-id>", known)),
        "directory": str(project),
        "environment": surroundings(project) | variables,
    }


def test_the_variables_have_the_effect_that_the_pages_say(place: Path, worker: Worker) -> None:
    moved = SETTINGS.replace("mlflow.db", "moved.db")
    empty = SETTINGS.replace("sqlite:///mlflow.db", "")
    save = "mltrack save rose --run-id <run-id>"
    runs = [
        with_variable(place, "mltrack list", None, MLTRACK_S3_BUCKET="bucket"),
        with_variable(place, save, moved),
        with_variable(place, save, moved, MLFLOW_TRACKING_URI="sqlite:///moved.db"),
        with_variable(place, "mltrack config", empty, MLFLOW_TRACKING_URI="sqlite:///else.db"),
        with_variable(place, "mltrack doctor", empty, MLFLOW_TRACKING_URI="sqlite:///else.db"),
        with_variable(place, "mltrack doctor", None, UV_PROJECT_ENVIRONMENT="any"),
        with_variable(place, "mltrack init --force", None, UV_PROJECT_ENVIRONMENT="any"),
        with_variable(place, "mltrack init --force", None),
    ]
    bucket, without, with_it, config, doctor, uv, tip, no_tip = worker.perform(runs)
    assert "S3 initialization failed" in bucket[1]
    assert (without[0], with_it[0]) == (1, 0)
    assert "sqlite:///else.db" in config[1]
    assert "sqlite:///else.db" in doctor[1]
    assert "Not detected" not in uv[1]
    assert "Use UV" not in tip[1]
    assert "Use UV" in no_tip[1]


# -- The directive ----------------------------------------------------------------------------

SITE = """
mltrack save:
  - run: mltrack save iris
    in: trained
    docker: works
    status: 0
    when: The model is *saved* there.
  - run: mltrack save <b>&amp;</b> --stage x
    in: trained
    status: 2
    says: "Error: No such option '--stage' <i>"
    when: There is no such option.
    cure: Leave it out.
"""
EXTENSIONS = ["sphinx_copybutton", "_ext.outcomes"]
SHOWN = "# Page\n\n```{outcomes} mltrack save\n```\n\n```{outcomes} mltrack save\n:errors:\n```\n"


@pytest.fixture
def small(build: Callable[..., Any]) -> Iterator[Callable[..., Any]]:
    def make(page: str = SHOWN, data: str = SITE, **more: Any) -> Any:
        return build(page, EXTENSIONS, files={"_data/outcomes.yaml": data}, **more)

    yield make


def test_statuses_and_errors_are_shown(small: Callable[..., Any]) -> None:
    site = small()
    assert site.warnings == ""
    rows = [[cell.get_text().strip() for cell in row.select("td")]
            for row in site.article().select("tbody tr")]  # fmt: skip
    assert rows == [
        ["0", "The model is saved there.", "mltrack save iris"],
        ["2", "The command line is wrong: see the errors below",
         "mltrack save <b>&amp;</b> --stage x"],
    ]  # fmt: skip
    entry = site.article().select_one("dl.mlt-errors")
    assert entry.dt.get_text().strip() == "Error: No such option '--stage' <i>"
    assert "There is no such option. Leave it out." in entry.dd.get_text()
    assert "stands in for Docker" in site.article().get_text()


def test_what_does_not_exist_is_marked(small: Callable[..., Any]) -> None:
    found = {code.get_text() for code in small().article().select("code.mlt-absent")}
    assert found == {"mltrack save <b>&amp;</b> --stage x"}


def test_a_hostile_text_is_escaped(small: Callable[..., Any]) -> None:
    assert small().article().select("dl i, td b") == []


def test_an_unknown_command_is_reported(small: Callable[..., Any]) -> None:
    warnings = small("# Page\n\n```{outcomes} mltrack sav\n```\n").warnings
    assert "index.md:3: WARNING: outcomes.yaml has no command 'mltrack sav'" in warnings
    assert "[outcomes.name]" in warnings


def test_wrong_data_is_reported_with_its_line(small: Callable[..., Any]) -> None:
    warnings = small(data=SITE.replace("status: 2", "status: two")).warnings
    assert "outcomes.yaml:10: WARNING" in warnings
    warnings = small(data=SITE.replace("    cure: Leave it out.\n", "")).warnings
    assert re.search(r"outcomes\.yaml:8: WARNING: says and cure belong together", warnings)


def test_a_text_build_is_readable(small: Callable[..., Any]) -> None:
    text = small(builder="text").text("index.txt")
    assert "mltrack save iris" in text
    assert "Leave it out." in text


def test_it_loads_nothing(small: Callable[..., Any], build: Callable[..., Any]) -> None:
    with_it, without = small().soup(), build("# Page\n", EXTENSIONS).soup()
    assert len(with_it.select("script, link")) == len(without.select("script, link"))
