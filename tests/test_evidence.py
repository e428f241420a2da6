"""Files that pages include are run by the test that is named, and what the README shows exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
INCLUDED = yaml.safe_load((ROOT / "source" / "_data" / "evidence.yaml").read_text())["included"]
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("entry", INCLUDED, ids=lambda entry: entry["path"])
def test_what_pages_include_exists_and_so_does_its_test(entry: dict[str, str]) -> None:
    assert (ROOT / entry["path"]).exists()
    path, _, name = entry["test"].partition("::")
    assert f"def {name or 'test_'}" in (ROOT / path).read_text(encoding="utf-8")


def test_something_runs_each_recipe() -> None:
    places = [*(ROOT / "tests").glob("*.py"), *(ROOT / "tools").rglob("*.py")]
    recipes = [p for p in (ROOT / "source" / "recipes").iterdir() if p.is_file()]
    users = "\n".join(path.read_text(encoding="utf-8") for path in [*places, *recipes])
    assert [p.name for p in recipes if p.name not in users and p.stem not in users] == []


def wrong_lines(text: str, targets: set[str]) -> list[str]:
    """Return the lines of fences that are not ``$ make`` with targets that exist."""
    return [
        line
        for language, body in FENCE.findall(text)
        for line in body.splitlines()
        if language != "console"
        or not line.startswith("$ make ")
        or not set(line.split()[2:]) <= targets
    ]


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md"])
def test_files_outside_the_site_show_make_targets_only(name: str) -> None:
    targets = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(), re.M))
    assert wrong_lines((ROOT / name).read_text(encoding="utf-8"), targets) == []


def test_the_check_can_fail() -> None:
    text = "```console\n$ make html\n$ make tea\nout\n```\n\n```bash\nls\n```\n"
    assert wrong_lines(text, {"html"}) == ["$ make tea", "out", "ls"]
