"""``tools/``: what they say when something is missing, and what they refuse."""

from __future__ import annotations

import io
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tools import bench_build, browser, environment, intersphinx, screenshots

ROOT = Path(__file__).parents[1]


class Runs:
    """Stands in for ``subprocess.run``: keeps the commands, fails those with ``fails``."""

    def __init__(self, fails: str = "\0") -> None:
        self.fails = fails
        self.commands: list[list[str]] = []

    def __call__(self, command: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        self.commands.append(command)
        return subprocess.CompletedProcess(command, int(self.fails in command))


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Runs:
    """No program runs, and the environment is elsewhere."""
    runs = Runs()
    monkeypatch.setattr(subprocess, "run", runs)
    monkeypatch.setattr(environment, "VENV", tmp_path / ".venv")
    return runs


# -- environment -----------------------------------------------------------------------------


def test_an_old_python_is_told_what_to_do(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 4))
    monkeypatch.setattr(sys, "version", "3.10.4 (main)")
    with pytest.raises(SystemExit) as ended:
        environment.create()
    assert "This is Python 3.10.4; the site needs 3.11 or newer." in str(ended.value)
    assert "make html PYTHON=python3.11" in str(ended.value)
    assert runs.commands == []


def test_the_minimum_is_the_projects() -> None:
    major, minor = environment.MINIMUM
    assert f'requires-python = ">={major}.{minor}"' in (ROOT / "pyproject.toml").read_text()


def test_a_python_without_venv_is_told_what_to_do(runs: Runs) -> None:
    runs.fails = "venv"
    with pytest.raises(SystemExit, match=r"apt install python3-venv"):
        environment.create()


def test_an_environment_that_is_there_is_used(runs: Runs) -> None:
    python = environment.VENV / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.touch()
    assert environment.create() == python
    assert runs.commands == []


def test_pip_without_a_network_is_explained(runs: Runs) -> None:
    runs.fails = "pip"
    with pytest.raises(SystemExit) as ended:
        environment.install(Path("python"), "docs")
    assert "pip could not install requirements/docs.txt; its message is above." in str(ended.value)
    assert "run the same command again" in str(ended.value)


def test_only_the_locked_list_is_installed(runs: Runs) -> None:
    environment.install(Path("python"), "docs")
    (command,) = runs.commands
    assert {"--require-hashes", "--no-deps"} <= set(command)
    assert command[-2:] == ["-r", str(ROOT / "requirements" / "docs.txt")]


@pytest.mark.parametrize(
    ("group", "stamps"), [("docs", ["docs.stamp"]), ("test", ["docs.stamp", "test.stamp"])]
)
def test_stamps_tell_make_what_is_installed(
    runs: Runs, monkeypatch: pytest.MonkeyPatch, group: str, stamps: list[str]
) -> None:
    environment.VENV.mkdir()
    monkeypatch.setattr(sys, "argv", ["environment.py", group])
    environment.main()
    assert sorted(path.name for path in environment.VENV.iterdir()) == stamps


def test_a_failure_leaves_no_stamp(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    environment.VENV.mkdir()
    runs.fails = "pip"
    monkeypatch.setattr(sys, "argv", ["environment.py", "docs"])
    with pytest.raises(SystemExit):
        environment.main()
    assert list(environment.VENV.iterdir()) == []


def test_it_runs_before_anything_is_installed() -> None:
    """``-S -I``: no site packages, no environment."""
    code = "import runpy; runpy.run_path('tools/environment.py')"
    subprocess.run([sys.executable, "-S", "-I", "-c", code], cwd=ROOT, check=True)


# -- browser ---------------------------------------------------------------------------------


def test_the_browser_that_is_named_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMIUM", "/named/chromium")
    assert browser.find() == "/named/chromium"


def test_a_browser_on_the_path_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "chromium-browser"
    program.touch(mode=0o755)
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert browser.find() == str(program)


def test_a_browser_that_cannot_be_installed_is_explained(
    runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browser.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(browser, "find", lambda: None)
    with pytest.raises(SystemExit, match=r"make test CHROMIUM=/path/to/chromium"):
        browser.install()
    assert runs.commands == [[sys.executable, "-m", "playwright", "install", "chromium"]]


# -- intersphinx -----------------------------------------------------------------------------


def answers(content: bytes | Exception) -> Any:
    def urlopen(url: str, timeout: float) -> io.BytesIO:
        if isinstance(content, Exception):
            raise content
        return io.BytesIO(content)

    return urlopen


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"<!doctype html>", "is not a Sphinx inventory; python.inv is unchanged"),
        (b"", "is not a Sphinx inventory"),
        (urllib.error.URLError("no network"), "Check the network and try again"),
        (TimeoutError("slow"), "Check the network and try again"),
    ],
)
def test_what_is_no_inventory_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: Any, message: str
) -> None:
    old = tmp_path / "python.inv"
    old.write_bytes(b"old")
    monkeypatch.setattr(intersphinx, "INVENTORIES", tmp_path)
    monkeypatch.setattr(urllib.request, "urlopen", answers(content))
    with pytest.raises(SystemExit, match=message):
        intersphinx.fetch("python")
    assert old.read_bytes() == b"old"


def test_an_inventory_is_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    content = (ROOT / "_inventories" / "python.inv").read_bytes()
    monkeypatch.setattr(intersphinx, "INVENTORIES", tmp_path)
    monkeypatch.setattr(urllib.request, "urlopen", answers(content))
    intersphinx.fetch("python")
    assert (tmp_path / "python.inv").read_bytes() == content


def test_the_inventories_are_those_of_the_configuration() -> None:
    text = (ROOT / "conf.py").read_text()
    for name, site in intersphinx.SITES.items():
        assert f'"{site}"' in text
        assert f'"{name}.inv"' in text


# -- bench_build -----------------------------------------------------------------------------


@pytest.mark.parametrize("pages", [1, 2, 13, 14, 130, 131])
def test_a_corpus_has_its_pages_and_is_the_same_again(tmp_path: Path, pages: int) -> None:
    assert bench_build.write_corpus(tmp_path / "one", pages) == pages
    bench_build.write_corpus(tmp_path / "two", pages)
    one = {p.relative_to(tmp_path / "one"): p.read_text() for p in tmp_path.glob("one/**/*.md")}
    two = {p.relative_to(tmp_path / "two"): p.read_text() for p in tmp_path.glob("two/**/*.md")}
    assert len(one) == pages
    assert one == two


def test_the_builds_differ_by_the_navigation_only() -> None:
    _plain, ours, without = bench_build.builds()
    assert without.options[: len(ours.options)] == ours.options
    (extensions,) = [o for o in without.options if o.startswith("extensions=")]
    names = extensions.removeprefix("extensions=").split(",")
    assert bench_build.NAVIGATION not in names
    assert "_ext.cards" in names


def test_a_table_has_medians_and_ratios() -> None:
    rows = [
        bench_build.Build("one", [], cpu=[1, 2, 9], wall=[4, 4, 4]),
        bench_build.Build("two", [], cpu=[3, 3, 3], wall=[2, 2, 2]),
    ]
    lines = bench_build.table(rows).splitlines()
    assert lines[1].split() == ["one", "2.00", "1.00", "4.00", "1.00"]
    assert lines[2].split() == ["two", "3.00", "1.50", "2.00", "0.50"]


def test_a_build_that_fails_ends_the_measurement(tmp_path: Path) -> None:
    (tmp_path / "conf.py").write_text("raise ValueError('broken')")
    build = bench_build.Build("broken", [])
    with pytest.raises(SystemExit, match="broken failed"):
        build.run(tmp_path, tmp_path / "out", "1")
    assert build.cpu == []


# -- screenshots -----------------------------------------------------------------------------


def test_pages_are_served_on_this_machine_only(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("here")
    with screenshots.serve(tmp_path) as address:
        assert address.startswith("http://127.0.0.1:")
        with urllib.request.urlopen(f"{address}/index.html", timeout=10) as answer:
            assert answer.read() == b"here"
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(address, timeout=10)


def test_a_page_that_is_not_built_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(screenshots, "HTML", tmp_path)
    monkeypatch.setattr(sys, "argv", ["screenshots", "--pages", "none"])
    with pytest.raises(SystemExit, match=r"none\. Run make html first"):
        screenshots.main()


def test_the_pages_of_the_sheet_have_sources() -> None:
    for page in set(screenshots.PAGES) - {"genindex"}:
        places = (ROOT / "source" / f"{page}.md", ROOT / "notebooks" / f"{page}.md")
        assert any(path.exists() for path in places), page
