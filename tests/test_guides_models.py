"""The guides to tracking, the registry and several models: their recipes and what they say."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
RECIPES = ROOT / "source" / "recipes"
GUIDES = ROOT / "notebooks" / "guides"
WRITTEN = re.compile(r"^```\{code-cell\} python\n%%writefile (\S+\.py)\n(.*?)^```$", re.M | re.S)
ROW = re.compile(r"^\| (.+?) \| (\d+\.\d\d) s \| (\d+\.\d\d) s \|$", re.M)
BAR = re.compile(r'^    "([^"]+)": ([\d.]+),$', re.M)
CASES = {
    "MLflow alone: one parameter, one metric": "plain MLflow run",
    "`@track`, all parts off": "all parts off",
    "`@track`, without the list of packages": "without auto_log_pip",
    "`@track`, without frameworks": "without auto_detect_frameworks",
    "`@track`, without system tags": "without auto_log_system",
    "`@track`, without Git tags": "without auto_log_git",
    "`@track`, all parts on": "all parts on",
    "a small tree, no autologging": "fit, no autologging",
    "a small tree, autologging with `log_models=False`": "fit, without the model",
    "a small tree, autologging": "fit, with autologging",
}
BARS = {
    "MLflow alone": "plain MLflow run",
    "all parts off": "all parts off",
    "without packages": "without auto_log_pip",
    "all parts on": "all parts on",
    "fit, no autologging": "fit, no autologging",
    "fit, no model": "fit, without the model",
    "fit, autologging": "fit, with autologging",
}

DRIVER = """\
import json, sys
import mlflow
from mltrack import MLTrackConfig
from mltrack.core import MLTracker

settings = MLTrackConfig(
    tracking_uri="sqlite:///mlflow.db", experiment_name="facts",
    auto_detect_frameworks=False, auto_log_pip=False,
)
tracker = MLTracker(settings)

@tracker.track_function
def leave(text): sys.exit(3)

@tracker.track_function(tags={"status": "mine"})
def fine(text, none=None): mlflow.set_tag("rows", 3)

for arguments in [("x" * 7000,), ()]:
    try:
        leave(*arguments)
    except (SystemExit, TypeError):
        pass
fine("x")
found = {}
for run in mlflow.search_runs(experiment_names=["facts"], output_format="list"):
    key = f"{run.info.run_name} {len(run.data.params)}"
    found[key] = [run.info.status, run.data.params, run.data.tags]
MLTracker(settings.model_copy(update={"experiment_name": "newer"}))
fine("later")
found["newer"] = len(mlflow.search_runs(experiment_names=["newer"]))
print(json.dumps(found))
"""


def environment(home: Path) -> dict[str, str]:
    """Return the environment of a program that has a home directory of its own."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return {**os.environ, "HOME": str(home), "PATH": path, "MLFLOW_DISABLE_TELEMETRY": "true"}


def run(place: Path, *command: str) -> str:
    """Run Python in ``place`` and return what it prints."""
    done = subprocess.run(
        [sys.executable, *command],
        cwd=place,
        env=environment(place),
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout


# -- the pages show the files that they offer ------------------------------------------------


@pytest.mark.parametrize(
    ("guide", "names"),
    [
        ("tracking", set()),
        ("registry", {"registry_tools.py"}),
        ("several-models", {"shelf.py", "service.py"}),
    ],
)
def test_a_guide_writes_the_very_files_that_it_offers(guide: str, names: set[str]) -> None:
    text = (GUIDES / f"{guide}.md").read_text(encoding="utf-8")
    written = dict(WRITTEN.findall(text))
    assert set(written) == names
    for name, code in written.items():
        assert code == (RECIPES / guide / name).read_text(encoding="utf-8")
    offered = set(re.findall(rf"</recipes/{guide}/(\S+)>`", text))
    assert offered == {path.name for path in (RECIPES / guide).glob("*.py")}
    sentences = " ".join(text.split()).count("This is a recipe of this documentation, not a part")
    assert sentences >= 1


# -- tracking --------------------------------------------------------------------------------


def test_the_table_of_costs_is_what_was_measured() -> None:
    text = (GUIDES / "tracking.md").read_text(encoding="utf-8")
    seconds = json.loads((RECIPES / "tracking" / "speed.json").read_text())["seconds"]
    shown = {CASES[case]: (float(a), float(b)) for case, a, b in ROW.findall(text)}
    assert shown == {
        case: (round(each["first"], 2), round(each["later"], 2)) for case, each in seconds.items()
    }
    bars = {BARS[case]: float(value) for case, value in BAR.findall(text)}
    assert bars == {case: seconds[case]["later"] for case in BARS.values()}


def test_what_the_guide_concludes_from_the_table() -> None:
    seconds = json.loads((RECIPES / "tracking" / "speed.json").read_text())["seconds"]
    later = {case: each["later"] for case, each in seconds.items()}
    saved = {case: later["all parts on"] - value for case, value in later.items()}
    parts = [case for case in saved if case.startswith("without auto_")]
    assert max(parts, key=lambda case: saved[case]) == "without auto_log_pip"
    assert saved["without auto_log_pip"] > later["all parts on"] / 2
    model = later["fit, with autologging"] - later["fit, without the model"]
    assert model > later["fit, with autologging"] / 2


def test_the_measurement_can_be_repeated(tmp_path: Path) -> None:
    script = str(RECIPES / "tracking" / "speed.py")
    seconds = json.loads(run(tmp_path, script, "--case", "all parts off", "2").splitlines()[-1])
    assert len(seconds) == 2
    assert all(each > 0 for each in seconds)


def test_the_recipe_keeps_runs_of_tests_out_of_the_store(tmp_path: Path) -> None:
    for name in ("conftest.py", "test_train.py", "train.py"):
        shutil.copy(RECIPES / "tracking" / name, tmp_path)
    (tmp_path / ".mltrack.yml").write_text(
        "tracking_uri: sqlite:///own.db\nexperiment_name: own\n"
        "auto_detect_frameworks: false\nauto_log_pip: false\n"
    )
    assert "2 passed" in run(tmp_path, "-m", "pytest", "-q", "-p", "no:cacheprovider")
    count = "import mlflow; mlflow.set_tracking_uri('sqlite:///own.db'); "
    count += "print(len(mlflow.search_runs(experiment_names=['own'])))"
    assert run(tmp_path, "-c", count).splitlines()[-1] == "0"


def test_what_the_guide_says_of_runs(tmp_path: Path) -> None:
    found = json.loads(run(tmp_path, "-c", DRIVER).splitlines()[-1])
    status, params, tags = found["leave 3"]
    assert (status, "status" in tags, "error" in tags) == ("FAILED", False, False)
    assert len(params["arg.text"]) == 6000
    status, _, tags = found["leave 2"]
    assert (status, "status" in tags) == ("FAILED", False)
    _, params, tags = found["fine 3"]
    assert (tags["status"], tags["rows"]) == ("success", "3")
    assert "arg.none" not in params
    assert found["newer"] == 1


# -- the registry ----------------------------------------------------------------------------


@dataclass
class Shelf:
    """A registry with two versions of one model, and a second store."""

    registry: Any
    entries: list[dict[str, Any]]
    tools: Any
    shelf: Any
    place: Path


def log(model: Any, **options: Any) -> str:
    """Log a model in a run of its own; return the run's id."""
    import mlflow

    with mlflow.start_run() as started:
        mlflow.sklearn.log_model(model, name="model", pip_requirements=["scikit-learn"], **options)
    return str(started.info.run_id)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    """Two versions of ``lab-iris`` in one store; a directory with settings for another."""
    mlflow = import_module("mlflow")
    from mltrack import MLTrackConfig
    from mltrack.model_registry import ModelRegistry
    from sklearn.datasets import load_iris
    from sklearn.naive_bayes import GaussianNB

    place = tmp_path_factory.mktemp("lab")
    (place / ".mltrack.yml").write_text("tracking_uri: sqlite:///mlflow.db\n")
    before = mlflow.get_tracking_uri()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(place / "home"))
        patch.chdir(place)
        for folder in ("registry", "several-models"):
            patch.syspath_prepend(str(RECIPES / folder))
        tools, own = import_module("registry_tools"), import_module("shelf")
        mlflow.set_tracking_uri(own.absolute("sqlite:///mlflow.db"))
        fitted = GaussianNB().fit(*load_iris(return_X_y=True))
        entries = [own.keep(log(fitted), "lab", "iris") for _ in range(2)]
        registry = ModelRegistry(MLTrackConfig(tracking_uri=mlflow.get_tracking_uri()))
        yield Shelf(registry, entries, tools, own, place)
    mlflow.set_tracking_uri(before)
    for name in ("registry_tools", "shelf", "service"):
        sys.modules.pop(name, None)


def test_newest_is_the_newest(shelf: Shelf) -> None:
    newest = shelf.tools.newest(shelf.registry, "lab-iris")
    assert newest["version"] == shelf.entries[1]["version"]
    assert shelf.registry.get_model("lab-iris")["version"] == shelf.entries[0]["version"]
    with pytest.raises(LookupError, match="no model 'lab-rose' in stage any"):
        shelf.tools.newest(shelf.registry, "lab-rose")


def test_promote_moves_the_stage_and_the_alias(
    shelf: Shelf, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = (entry["version"] for entry in shelf.entries)
    for version, number in ((second, 2), (first, 1)):
        shelf.tools.promote(shelf.registry, "lab-iris", version, "production")
        production = shelf.registry.list_models(stage="production")
        assert [entry["version"] for entry in production] == [version]
        client = shelf.registry.mlflow_client
        aliased = client.get_model_version_by_alias("lab-iris", "production")
        assert int(aliased.version) == number
    assert capsys.readouterr().out == ""


def test_promote_refuses_a_stage_that_the_registry_takes(
    shelf: Shelf, capsys: pytest.CaptureFixture[str]
) -> None:
    version = shelf.entries[0]["version"]
    with pytest.raises(ValueError, match="'prod' is none of staging, production, archived"):
        shelf.tools.promote(shelf.registry, "lab-iris", version, "prod")
    taken = shelf.registry.transition_model_stage("lab-iris", version, "prod")
    assert taken["stage"] == "prod"
    assert "MLflow transition error (continuing)" in capsys.readouterr().out
    shelf.tools.promote(shelf.registry, "lab-iris", version, "production")


def test_remove_takes_out_one_version(shelf: Shelf) -> None:
    file = shelf.place / "home" / ".mltrack" / "registry" / "lab-iris.json"
    text = file.read_text()
    shelf.tools.remove("lab-iris", shelf.entries[0]["version"])
    kept = [entry["version"] for entry in shelf.registry.list_models()]
    assert kept == [shelf.entries[1]["version"]]
    with pytest.raises(LookupError, match="no version 'v1'"):
        shelf.tools.remove("lab-iris", "v1")
    file.write_text(text)


def test_a_tree_needs_the_argument_that_the_guide_names(shelf: Shelf) -> None:
    from sklearn.tree import DecisionTreeClassifier

    assert 'skops_trusted_types=["sklearn.tree._tree.Tree"]' in (GUIDES / "registry.md").read_text()
    tree = DecisionTreeClassifier().fit([[0], [1]], [0, 1])
    with pytest.raises(Exception, match="references untrusted types"):
        log(tree)
    assert log(tree, skops_trusted_types=["sklearn.tree._tree.Tree"])


# -- several models --------------------------------------------------------------------------


def test_a_store_gets_an_address_that_holds_everywhere(shelf: Shelf) -> None:
    absolute = shelf.shelf.absolute
    assert absolute("sqlite:///mlflow.db") == f"sqlite:///{shelf.place.resolve() / 'mlflow.db'}"
    for address in ("sqlite:////data/mlflow.db", "http://tracking.example.org"):
        assert absolute(address) == address


def test_a_model_of_another_project_is_loaded_from_its_store(
    shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mlflow = import_module("mlflow")
    before = mlflow.get_tracking_uri()
    other = f"sqlite:///{tmp_path}/other.db"
    (tmp_path / ".mltrack.yml").write_text(f"tracking_uri: {other}\n")
    monkeypatch.chdir(tmp_path)
    mlflow.set_tracking_uri(other)
    try:
        with pytest.raises(Exception, match=r"Failed to download|not found"):
            shelf.registry.load_model("lab-iris", version=shelf.entries[0]["version"])
        model, entry = shelf.shelf.load("lab-iris", stage=None)
        assert mlflow.get_tracking_uri() == other
    finally:
        mlflow.set_tracking_uri(before)
    assert entry["custom_metadata"]["project"] == "lab"
    assert model.predict([[5.1, 3.5, 1.4, 0.2]]).tolist() == [0]


def test_one_service_answers_for_each_model(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    from fastapi.testclient import TestClient

    newest = shelf.entries[1]["version"]
    shelf.tools.promote(shelf.registry, "lab-iris", newest, "production")
    monkeypatch.setenv("SERVED_MODELS", "lab-iris")
    with TestClient(import_module("service").app) as client:
        assert client.get("/models").json() == {"lab-iris": newest}

        def ask(name: str, rows: Any) -> tuple[int, Any]:
            answer = client.post(f"/models/{name}/predict", json={"rows": rows})
            return answer.status_code, answer.json()

        assert ask("lab-iris", [[5.1, 3.5, 1.4, 0.2]]) == (
            200,
            {"version": newest, "predictions": [0]},
        )
        assert ask("lab-iris", [[1.0]]) == (422, {"detail": "the rows do not fit the model"})
        assert ask("lab-iris", [["<script>"]])[0] == 422
        assert ask("<b>", [[1.0]]) == (404, {"detail": "no model '<b>': see /models"})


def test_a_service_without_its_model_does_not_start(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    from fastapi.testclient import TestClient

    monkeypatch.setenv("SERVED_MODELS", "lab-rose")
    with (
        pytest.raises(LookupError, match="no model 'lab-rose' in stage 'production'"),
        TestClient(import_module("service").app),
    ):
        pass
