"""The reference pages: what the build's comparison (``_ext/coverage/``) does not look at."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import yaml

REFERENCE = Path(__file__).parents[1] / "source" / "reference"
DATA = REFERENCE.parent / "_data"

PUBLIC = {
    "track", "track_context", "track_llm", "track_llm_context", "log_llm_call",
    "MLTrackConfig", "get_last_run", "deploy", "__version__",
}  # fmt: skip
CLICK = re.compile(r"^\.\. click:: mltrack\.cli:(\w+)\n   :prog: (.+)$", re.MULTILINE)


def commands() -> dict[str, str]:
    """The commands, each with the name of its function."""
    group = importlib.import_module("mltrack.cli").cli
    return {name: command.callback.__name__ for name, command in group.commands.items()}


def test_the_nine_public_names_are_what_the_package_exports() -> None:
    assert set(importlib.import_module("mltrack").__all__) == PUBLIC


def test_the_python_overview_shows_each_public_name() -> None:
    text = (REFERENCE / "python" / "index.md").read_text()
    table = text[: text.index("Behind these names")]
    assert set(re.findall(r"`~mltrack\.(\w+)`", table)) == PUBLIC


def test_the_python_overview_says_which_modules_are_left_out() -> None:
    omissions = yaml.safe_load((DATA / "omissions.yaml").read_text())
    left_out = {
        re.sub(r"\.(\*|main)$", "", entry["name"])
        for entry in omissions
        if entry["kind"] == "python"
    }
    text = (REFERENCE / "python" / "index.md").read_text()
    section = text[text.index("## What is left out") :]
    assert set(re.findall(r"`(mltrack\.[\w.]+)`", section)) == left_out


def test_each_command_has_a_page_of_its_own_with_its_options() -> None:
    assert len(commands()) == 13
    pages = {page.stem: page.read_text() for page in (REFERENCE / "cli").glob("*.md")}
    for other in {"index", "cheat-sheet", "explorer", "workflows"} & set(pages):
        del pages[other]
    shown = {name: CLICK.findall(text) for name, text in pages.items()}
    assert shown == {name: [(code, f"mltrack {name}")] for name, code in commands().items()}


def test_the_overview_links_each_command() -> None:
    text = (REFERENCE / "cli" / "index.md").read_text()
    assert set(re.findall(r"\]\((\w+)\.md\)", text)) >= set(commands())
