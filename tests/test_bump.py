"""A new release: pins, commands, and what it tells the reader."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tools.bump.__main__ import bump
from tools.bump.changes import LONGEST_DIFF, draft, items
from tools.bump.plan import REMAKE, BumpError, mentions, pinned, pins
from tools.bump.snapshot import Snapshot, take

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

CAST = '{"version": 2, "width": 80, "height": 24}\n[0, "o", "$ mltrack list\\r\\nempty\\r\\n"]\n'
NOTEBOOK = '<div class="cell_output"><pre>0.97</pre></div>'
INVENTORY = {
    "package": {"mltrack-py": {"version": "0.2.0"}},
    "command": {"mltrack list": {}, "mltrack ui": {}},
    "python": {"mltrack.track": {"kind": "function", "parameters": ["func", "name"]}},
}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A repository with one artefact of each kind."""
    files = {
        "requirements/docs.in": "mltrack-py==0.2.0\nsphinx>=9\n",
        "tools/casts/install.toml": 'a = "mltrack-py==0.2.0"\nb = "mltrack-py-0.2.0 removed"\n',
        "tools/casts/other.toml": 'a = "mltrack list"\n',
        "_static/casts/list.cast": CAST,
        "source/_data/inventory.json": json.dumps(INVENTORY),
        "source/_data/http/predict.json": json.dumps({"exchanges": [{"id": "a", "status": 200}]}),
        "source/page.md": "In release 0.2.0 it fails.\n10.2.0 and 0.2.0.1 are others.\n",
        "_build/html/page.html": NOTEBOOK,
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


def test_items_are_added_removed_and_changed() -> None:
    after = {
        "package": {"mltrack-py": {"version": "0.3.0"}},
        "command": {"mltrack list": {}, "mltrack costs": {}},
        "python": {"mltrack.track": {"kind": "class", "parameters": ["func", "tags"]}},
    }
    assert items(INVENTORY, after) == [
        ("command", "mltrack costs", "added"),
        ("command", "mltrack ui", "removed"),
        (
            "python",
            "mltrack.track",
            "kind `function` is now `class`; parameters without `name`, with `tags`",
        ),
    ]


def test_the_draft_has_a_section_for_each_kind_of_change() -> None:
    before = Snapshot({"command": {"a": {}}}, {"recording x": "one\ntwo\n"})
    after = Snapshot({"command": {"b": {}}}, {"recording x": "one\n2\n", "recording y": "new\n"})
    text = draft("0.3.0", before, after, ["source/page.md:1"])
    assert text == (
        "## mltrack-py 0.3.0\n\n### Added\n\n- command `b`\n\n### Removed\n\n- command `a`\n\n"
        "### Outputs that differ\n\n"
        "#### recording x\n\n````diff\n--- before\n+++ after\n"
        "@@ -1,2 +1,2 @@\n one\n-two\n+2\n````\n\n"
        "#### recording y\n\n````diff\n--- before\n+++ after\n@@ -0,0 +1 @@\n+new\n````\n\n"
        "### Pages that name the old release\n\n- source/page.md:1\n"
    )


def test_nothing_new_is_said_and_long_differences_are_cut() -> None:
    assert "Nothing changed for the reader." in draft("0.2.1", Snapshot(), Snapshot())
    after = Snapshot(texts={"recording x": "line\n" * 500})
    text = draft("0.2.1", Snapshot(), after)
    assert "463 more lines" in text
    assert text.count("+line") == LONGEST_DIFF - 3


def test_a_snapshot_reads_what_a_reader_sees(tree: Path) -> None:
    found = take(tree, tree / "_build" / "html")
    assert found.items == INVENTORY
    assert found.texts["notebook page"] == "0.97\n"
    assert "$ mltrack list" in found.texts["recording list"]
    assert '"status": 200' in found.texts["exchange predict"]


def test_bump_pins_remakes_and_reports(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ran: list[str] = []

    def run(command: Sequence[str], root: Path) -> int:
        ran.append(" ".join(command))
        if "tools.record" in command:
            (root / "_static/casts/list.cast").write_text(CAST.replace("empty", "nothing"))
            return 1
        return 0

    assert bump("0.3.0", tree, run) == 1
    assert pinned(tree) == "0.3.0"
    assert "mltrack-py-0.3.0 removed" in (tree / "tools/casts/install.toml").read_text()
    assert [command for command in ran if "tools." in command and "sphinx" not in command] == [
        " ".join(step.command) for step in REMAKE if "tools." in step.command[-1]
    ]
    said = capsys.readouterr()
    assert "+nothing" in said.out
    assert "source/page.md:1" in said.out
    assert "failed to record the terminal sessions" in said.err
    assert "+nothing" in (tree / "_build/changes-0.3.0.md").read_text()


def test_a_release_that_cannot_be_installed_leaves_the_pins(tree: Path) -> None:
    before = {path: path.read_text() for path in pins(tree)}

    def run(command: Sequence[str], root: Path) -> int:
        return int("tools/lock.py" in command)

    with pytest.raises(BumpError, match=r"could not resolve the locked lists with mltrack-py 9\.9"):
        bump("9.9", tree, run)
    assert {path: path.read_text() for path in pins(tree)} == before


@pytest.mark.parametrize("version", ["", "latest", "0.3.0; rm -rf /", "../x"])
def test_what_is_no_version_is_refused(tree: Path, version: str) -> None:
    def run(*_: Any) -> int:
        raise AssertionError("nothing may run")

    with pytest.raises(BumpError, match="is not a version"):
        bump(version, tree, run)


def test_only_the_release_itself_is_a_mention(tree: Path) -> None:
    assert mentions(tree, "0.2.0") == ["source/page.md:1"]
    (tree / "requirements/docs.in").write_text("mltrack-py\n")
    with pytest.raises(BumpError, match=r"no line says mltrack-py==…"):
        pinned(tree)
