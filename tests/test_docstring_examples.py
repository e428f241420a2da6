"""The examples in the package's own docstrings do what ``source/_data/docstrings.yaml`` says."""

from __future__ import annotations

import ast
import doctest
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import mlflow
import mltrack
import pytest
from docutils import nodes
from pydantic import BaseModel, ConfigDict, StringConstraints

from _ext._shared.inputs import load_yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conftest import Built

ROOT = Path(__file__).parents[1]
DATA = ROOT / "source" / "_data" / "docstrings.yaml"
REFERENCE = ROOT / "source" / "reference" / "python"
EXTENSIONS = ["sphinx_copybutton", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "_ext.docstrings"]

Text = Annotated[str, StringConstraints(min_length=1)]


class Example(BaseModel):
    """What is known of one block, or of all blocks of a docstring."""

    model_config = ConfigDict(extra="forbid")

    state: Literal["checked", "fails", "not run", "illustration"]
    check: Text | None = None
    given: Text | None = None
    reason: Text | None = None
    error: Text | None = None


def load() -> dict[str, list[Example]]:
    """Return the examples that the file names, as a list for each object."""
    data = load_yaml(DATA, dict[str, Example | list[Example]]).value
    return {name: e if isinstance(e, list) else [e] for name, e in data.items()}


KNOWN = load()

# -- Which examples there are -----------------------------------------------------------------


def shown(document: nodes.document) -> Iterator[tuple[str, str]]:
    """Yield the object and the text of each block that comes from a docstring."""
    for node in document.findall(nodes.Element):
        source = getattr(node, "source", None) or ""
        block = isinstance(node, nodes.literal_block | nodes.doctest_block)
        if block and ":docstring of " in source:
            yield source.rpartition(":docstring of ")[2], node.astext()


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """All blocks that the Python reference shows out of docstrings, by object."""
    from sphinx.testing.util import SphinxTestApp

    source = tmp_path_factory.mktemp("reference")
    (source / "conf.py").write_text("")
    for path in REFERENCE.glob("*.md"):
        (source / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    app = SphinxTestApp(
        "dummy", srcdir=source, freshenv=True,
        confoverrides={"extensions": ["myst_nb", "sphinx.ext.doctest", *EXTENSIONS]},
    )  # fmt: skip
    try:
        app.build()
        found: dict[str, list[str]] = {}
        for page in sorted(app.env.found_docs):
            for name, text in shown(app.env.get_doctree(page)):
                found.setdefault(name, []).append(text)
    finally:
        app.cleanup()
    return found


def test_the_file_names_each_example_and_no_other(examples: dict[str, list[str]]) -> None:
    assert sorted(examples) == sorted(KNOWN), "mend source/_data/docstrings.yaml"
    counts = {name: len(blocks) for name, blocks in examples.items()}
    for name, entries in KNOWN.items():
        assert len(entries) in (1, counts[name]), f"{name} has {counts[name]} blocks"


def test_each_state_says_what_it_has_to() -> None:
    here = f"tests/{Path(__file__).name}::"
    for name, entries in KNOWN.items():
        for entry in entries:
            if entry.state in ("checked", "fails"):
                assert entry.check, name
                assert entry.check.startswith(here), name
                assert entry.check.removeprefix(here) in globals(), name
            else:
                assert entry.reason, name
            assert (entry.state == "fails") == (entry.error is not None), name


# -- What they do -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A store for all examples: MLflow takes seconds to make one."""
    return f"sqlite:///{tmp_path_factory.mktemp('store')}/mlflow.db"


@pytest.fixture
def project(
    store: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator[str]:
    """A configured project, entered, with an experiment of its own, whose name is returned."""
    experiment = request.node.name
    (tmp_path / ".mltrack.yml").write_text(
        f"tracking_uri: {store}\nexperiment_name: {experiment}\n"
        "auto_detect_frameworks: false\nauto_log_pip: false\nwarn_non_uv: false\n"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr("mltrack.core._tracker", None)
    # MLflow keeps these for the process; each is set here, so that it is put back.
    monkeypatch.setenv("MLFLOW_TRACKING_URI", store)
    monkeypatch.setenv("MLFLOW_EXPERIMENT_ID", "0")
    monkeypatch.setattr("mlflow.tracking.fluent._active_experiment_id", None)
    before = mlflow.get_tracking_uri()
    mlflow.set_tracking_uri(store)
    mlflow.set_experiment(experiment)
    yield experiment
    while mlflow.active_run():
        mlflow.end_run()
    mlflow.set_tracking_uri(before)


def outcome(run: Callable[[], None]) -> str:
    """Return the state that a run shows: checked, or fails and the error."""
    try:
        run()
    except Exception as error:
        return f"fails: {type(error).__name__}: {error}"
    return "checked"


def expected(name: str) -> str:
    (entry,) = KNOWN[name]
    return f"fails: {entry.error}" if entry.state == "fails" else entry.state


def runs(experiment: str) -> dict[str, Any]:
    """Return all runs of the project, by name."""
    every = mlflow.search_runs(experiment_names=[experiment], output_format="list")
    return {run.info.run_name: run.data for run in every}


def execute(code: str, names: dict[str, Any]) -> None:
    """Run an example; call each function that it defines with two arguments."""
    for statement in ast.parse(code).body:
        exec(compile(ast.Module([statement], []), "<example>", "exec"), names)
        if isinstance(statement, ast.FunctionDef):
            names[statement.name]([1, 2], {"depth": 3})


def test_track(examples: dict[str, list[str]], project: str) -> None:
    (code,) = examples["mltrack.core.track"]
    names = {"track": mltrack.track}
    assert outcome(lambda: execute(code, names)) == expected("mltrack.core.track")
    assert set(runs(project)) == {"train_model", "custom-experiment"}
    assert runs(project)["custom-experiment"].tags["version"] == "2.0"
    assert runs(project)["train_model"].tags["status"] == "success"


def test_track_context(examples: dict[str, list[str]], project: str) -> None:
    (code,) = examples["mltrack.core.track_context"]
    names = {
        "track_context": mltrack.track_context, "mlflow": mlflow, "raw_data": [3, 1, 2],
        "preprocess": sorted,
    }  # fmt: skip
    assert outcome(lambda: execute(code, names)) == expected("mltrack.core.track_context")
    assert runs(project)["data-preprocessing"].metrics["num_samples"] == 3


def run_doctest(text: str) -> None:
    """Run an example with prompts; an output that differs is an error."""
    test = doctest.DocTestParser().get_doctest(text, {}, "example", None, 0)
    assert test.examples
    doctest.DebugRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(test)


def test_log_llm_call(examples: dict[str, list[str]], project: str) -> None:
    (text,) = examples["mltrack.llm.log_llm_call"]
    assert outcome(lambda: run_doctest(text)) == expected("mltrack.llm.log_llm_call")
    (run,) = runs(project).values()
    assert run.metrics["llm.tokens.total_tokens"] == 225
    # The reason in the file: the table of prices does not have the name in the example.
    assert "llm.cost_usd" not in run.metrics


# -- The checks can fail ----------------------------------------------------------------------


def test_an_example_that_starts_to_work_or_to_fail_is_seen() -> None:
    assert outcome(lambda: run_doctest(">>> 1 + 1\n2\n")) == "checked"
    assert outcome(lambda: run_doctest(">>> 1 + 1\n3\n")).startswith("fails: DocTestFailure")
    assert outcome(lambda: execute("1 / 0", {})) == "fails: ZeroDivisionError: division by zero"


def documented() -> None:
    """Do nothing.

    Examples:
        x = 1

    Then:

    >>> x
    1
    """


def test_blocks_of_docstrings_are_found(build: Callable[..., Built]) -> None:
    name = f"{__name__}.documented"
    text = f"# P\n\n```{{eval-rst}}\n.. autofunction:: {name}\n\n   >>> ours\n```\n"
    built = build(text, EXTENSIONS)
    assert list(shown(built.doctree())) == [(name, "x = 1"), (name, ">>> x\n1")]
