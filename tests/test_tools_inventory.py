"""``tools/inventory/``: what the installed package offers, complete and the same each time."""

from __future__ import annotations

import ast
import dataclasses
import importlib
import json
import subprocess
from enum import Enum
from functools import lru_cache
from pathlib import Path
from typing import Any

import click
import pytest
from pydantic import BaseModel

from tools.inventory import __main__ as program
from tools.inventory import scan, worker
from tools.inventory.rest import services


def tree(source: str) -> dict[str, ast.Module]:
    return {"package.module": ast.parse(source)}


@pytest.fixture(scope="module")
def exported() -> str:
    """The inventory of the installed package, made once."""
    return program.export()


# -- Source -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "way", "text"),
    [
        ('raise ValueError(f"No {x!r} in {y:>3}")', "ValueError", "No {} in {}"),
        ('raise module.Wrong("One " "two")', "Wrong", "One two"),
        ('raise RuntimeError("See " + place + ".")', "RuntimeError", "See {}."),
        ('logger.warning("Lost %s of %d", a, b)', "log", "Lost {} of {}"),
        ('self.logger.error(f"Lost {a}")', "log", "Lost {}"),
        ('warnings.warn("Soon gone")', "warning", "Soon gone"),
        ('console.print(f"\\n❌ [red]Failed: {e}[/red]")', "terminal", "❌ Failed: {}"),
        ('console.print("[bold yellow]Take care[/]")', None, ""),
        ('console.print("[yellow]Take care[/yellow]")', "terminal", "Take care"),
        ('click.echo("Error: no file", err=True)', "terminal", "Error: no file"),
        ('print("All is well")', None, ""),
        ('logger.info("All is well")', None, ""),
        ('raise ValueError(f"{e}")', None, ""),
        ("raise ValueError(message)", None, ""),
        ("raise ValueError", None, ""),
        ("raise", None, ""),
    ],
)
def test_messages_are_found(source: str, way: str | None, text: str) -> None:
    expected = {text: {"as": [way], "in": ["package.module"]}} if way else {}
    assert scan.messages(tree(source)) == expected


def test_the_same_message_is_one_item() -> None:
    trees = tree('raise ValueError("Gone")') | {"a": ast.parse('raise KeyError("Gone")')}
    assert scan.messages(trees) == {
        "Gone": {"as": ["KeyError", "ValueError"], "in": ["a", "package.module"]}
    }


@pytest.mark.parametrize(
    ("source", "name", "way"),
    [
        ('os.environ["A_B"]', "A_B", "read"),
        ('os.environ.get("A_B", "x")', "A_B", "read"),
        ('os.getenv("A_B")', "A_B", "read"),
        ("f\"{os.getenv('A_B')}\"", "A_B", "read"),
        ('click.option("--a", envvar="A_B")', "A_B", "read"),
        ('os.environ["A_B"] = "1"', "A_B", "set"),
        ('env = os.environ.copy()\nenv["A_B"] = "1"', "A_B", "set"),
        ('cmd.extend(["-e", "A_B=production"])', "A_B", "set"),
    ],
)
def test_environment_variables_are_found(source: str, name: str, way: str) -> None:
    other = "set" if way == "read" else "read"
    assert scan.variables(tree(source)) == {name: {way: ["package.module"], other: []}}


@pytest.mark.parametrize("source", ['names["A_B"]', 'names.get("A_B")', '"A_B = 1"', '"text"'])
def test_what_is_no_environment_variable_is_not_found(source: str) -> None:
    assert scan.variables(tree(source)) == {}


def test_tags_are_dotted_strings() -> None:
    source = 'set_tag("mltrack.task", x); log("mltrack is here"); path = "mltrack.yml/a"'
    assert scan.tags(tree(source)) == {"mltrack.task": {}}


# -- Package ----------------------------------------------------------------------------------


class Color(Enum):
    """An enumeration."""

    RED = 1


@dataclasses.dataclass
class Point:
    """A data class: ``y`` has no default, so the class has no attribute of that name."""

    y: int


class Model(BaseModel):
    """A model with all kinds of members."""

    field: int = 0

    @property
    def name(self) -> str:
        return ""

    @classmethod
    def make(cls, path: str) -> None: ...

    @lru_cache(maxsize=1)  # noqa: B019 - as the package does
    def cached(self, version: str) -> None: ...

    def call(self, one: int, *rest: int, two: int = 0, **more: int) -> None: ...

    def _private(self) -> None: ...


def test_members_of_all_kinds_are_listed() -> None:
    assert dict(worker.members(Color)) == {"RED": {"kind": "attribute"}}
    assert dict(worker.members(Point)) == {"y": {"kind": "attribute"}}
    assert dict(worker.members(Model)) == {
        "field": {"kind": "attribute"},
        "name": {"kind": "property"},
        "make": {"kind": "method", "parameters": ["path"]},
        "cached": {"kind": "method", "parameters": ["version"]},
        "call": {"kind": "method", "parameters": ["one", "two"]},
    }
    assert worker.parameters(Color) == []
    assert worker.parameters(Point) == ["y"]


def test_options_and_arguments_of_commands() -> None:
    @click.group()
    @click.option("--loud/--quiet")
    def group() -> None: ...

    @group.command()
    @click.argument("place")
    @click.option("-n", "--name")
    def go() -> None: ...

    found = worker.command_line(group)
    assert found["command"] == {"mltrack go": {}}
    assert found["argument"] == {"mltrack go PLACE": {}}
    assert found["option"] == {
        "mltrack --loud": {"flag": True},
        "mltrack --quiet": {"flag": True},
        "mltrack go -n": {"flag": False},
        "mltrack go --name": {"flag": False},
    }


def test_services_come_from_the_exported_documents(tmp_path: Path) -> None:
    document = {
        "paths": {"/a": {"get": {}, "post": {}, "parameters": []}},
        "components": {"schemas": {"A": {}}},
    }
    (tmp_path / "container-x.json").write_text(json.dumps(document))
    (tmp_path / "container-x.exchanges.json").write_text("{}")
    assert services(tmp_path) == {
        "service": {"container-x": {"kind": "container"}},
        "endpoint": {"container-x GET /a": {}, "container-x POST /a": {}},
        "schema": {"container-x A": {}},
    }


def test_the_export_has_what_is_known_to_be_there(exported: str) -> None:
    found = json.loads(exported)
    assert found["package"] == {"mltrack-py": {"version": "0.2.0"}}
    assert len(found["command"]) == 13
    assert "mltrack.track" in found["python"]["mltrack.core.track"]["also"]
    assert "mltrack.model_registry.ModelRegistry.generate_loading_code" in found["python"]
    assert found["variable"]["MLTRACK_ENABLED"] == {"read": [], "set": ["mltrack.cli"]}
    assert found["setting"]["tracking_uri"]["default"] == "file://./mlruns"
    assert found["message"]["No runs found"] == {"as": ["ValueError"], "in": ["mltrack.api"]}
    public = set(importlib.import_module("mltrack").__all__)
    names = set(found["python"])
    names |= {alias for facts in found["python"].values() for alias in facts.get("also", ())}
    assert {f"mltrack.{name}" for name in public} <= names


def test_no_path_of_this_machine_is_exported(exported: str) -> None:
    assert str(Path.home()) not in exported
    assert str(program.ROOT) not in exported


def test_one_line_an_item_sorted(exported: str) -> None:
    kinds = json.loads(exported)
    assert program.text_of(kinds) == exported
    for items in kinds.values():
        assert list(items) == sorted(items)
    assert len(exported.splitlines()) == 2 + sum(2 + len(items) for items in kinds.values())


# -- Program ----------------------------------------------------------------------------------


def test_the_committed_file_is_that_of_the_package(exported: str) -> None:
    assert program.differences(exported) == []


def test_a_difference_is_shown_with_the_remedy(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "inventory.json"
    monkeypatch.setattr(program, "FILE", file)
    monkeypatch.setattr(program, "export", lambda: program.text_of({"option": {"a --b": {}}}))
    assert program.main([]) == 0
    assert program.main(["--check"]) == 0
    assert capsys.readouterr().out == ""
    file.write_text(program.text_of({"option": {"a --c": {}}}))
    before = file.read_text()
    assert program.main(["--check"]) == 1
    out = capsys.readouterr().out.splitlines()
    assert '-    "a --c": {}' in out
    assert '+    "a --b": {}' in out
    assert out[-1].endswith("Run: python -m tools.inventory")
    assert file.read_text() == before


def test_a_package_that_cannot_be_read_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(command: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess(command, 1, "", "ImportError: git")

    monkeypatch.setattr(program.subprocess, "run", fails)
    with pytest.raises(SystemExit, match="cannot be read:\nImportError: git"):
        program.of_the_package()
