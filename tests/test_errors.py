"""The messages of reference/errors: each provoked, each on the pages, and none that nobody says."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from _ext.coverage.errors import Message, anchor, letter
from _ext.coverage.model import Omission, glob
from tools import messages as tool
from tools.messages import __main__ as command
from tools.messages.room import pattern

ROOT = Path(__file__).parents[1]
DATA = ROOT / "source" / "_data"
PACKAGE = json.loads((DATA / "inventory.json").read_text("utf-8"))["message"]
SEEN: dict[str, dict[str, Any]] = json.loads((DATA / "messages.json").read_text("utf-8"))
ENTRIES = [
    Message.model_validate(entry)
    for area in yaml.safe_load((DATA / "errors.yaml").read_text("utf-8")).values()
    for entry in area
]
OMITTED = [
    Omission.model_validate(each)
    for each in yaml.safe_load((DATA / "omissions.yaml").read_text("utf-8"))
]
SHOWN = {text: entry for entry in ENTRIES for text in entry.texts(PACKAGE)}
UNTESTED = {text for entry in ENTRIES for text in entry.untested}
UNREACHABLE = {"Model does not support generation"}
"""Messages in generated code that no model logged with MLflow brings about: each can predict."""


def test_every_message_of_the_package_is_shown_or_left_out() -> None:
    """The build checks the same; here it also holds for what is said in any other way."""
    missing = [
        text
        for text, facts in PACKAGE.items()
        if text not in SHOWN
        and not any(each.matches("message", text, facts["in"]) for each in OMITTED)
    ]
    assert missing == []


def test_every_message_shown_is_provoked() -> None:
    assert sorted(set(SHOWN) - SEEN.keys() - UNTESTED) == []


def test_every_message_provoked_is_shown() -> None:
    assert sorted(SEEN.keys() - SHOWN.keys()) == []


def test_what_is_untested_is_shown_and_not_provoked() -> None:
    assert sorted(UNTESTED - SHOWN.keys()) == []
    assert UNTESTED & SEEN.keys() == set()


def test_messages_of_the_package_have_no_origin() -> None:
    for entry in ENTRIES:
        own = entry.message in PACKAGE
        assert own == (entry.origin is None), entry.message


def test_exceptions_are_those_that_the_source_raises() -> None:
    """What the inventory read off the source is what came out when it ran."""
    ways = {"terminal": "printed", "log": "log"}
    for text, facts in SEEN.items():
        if text in PACKAGE and pattern(text).match(facts["text"]):  # not within another one
            said = {ways.get(way, way) for way in PACKAGE[text]["as"]} | {"printed"}
            assert facts["as"] in said, text


def test_messages_in_generated_code_are_shown() -> None:
    """The services' code is text to the inventory: what it raises is looked up here."""
    import mltrack.deployment.api.fastapi_generator as generator
    import mltrack.deployment.docker.uv_builder as builder
    from mltrack.deploy import lambda_deploy

    found = set()
    for module in (generator, builder, lambda_deploy):
        text = Path(str(module.__file__)).read_text("utf-8")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found |= _raised(node.value)
    assert {"Model does not support chat", "Invalid JSON body"} <= found
    assert sorted(found - SHOWN.keys() - UNREACHABLE) == []


def _raised(code: str) -> set[str]:
    """Return the fixed texts with which generated code raises, or answers ``error``."""
    try:
        tree = ast.parse(code)
    except SyntaxError:
        return set()
    texts = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            values = [*node.exc.args, *(each.value for each in node.exc.keywords)]
        elif isinstance(node, ast.Dict):
            keys = [getattr(key, "value", None) for key in node.keys]
            values = [v for k, v in zip(keys, node.values, strict=True) if k == "error"]
        else:
            continue
        texts |= {str(each.value) for each in values if isinstance(each, ast.Constant)
                  and isinstance(each.value, str)}  # fmt: skip
    return texts


def test_anchors_of_entries_differ() -> None:
    anchors = [anchor(entry.message) for entry in ENTRIES]
    assert sorted(anchors) == sorted(set(anchors))


@pytest.mark.parametrize(
    ("text", "expected"),
    [("❌ Build failed: {}", "B"), ("'{}' object is", "O"), ("{} validation error", "V"),
     ("[Errno 2] No such file", "E"), ("`BaseSettings` has", "B"), ("42", "#")],
)  # fmt: skip
def test_signs_do_not_count_in_the_order(text: str, expected: str) -> None:
    assert letter(text) == expected


@pytest.mark.parametrize("area", ["calls", "commands", "storage", "services"])
def test_the_tool_names_its_modules(area: str) -> None:
    assert f"``{area}``" in str(tool.__doc__)
    assert (Path(tool.__file__).parent / f"{area}.py").is_file()


def test_each_message_is_said_as_stored() -> None:
    """All triggers, in a process and a home of their own."""
    assert command.main(["--check"]) == 0


def test_a_message_that_nobody_says_ends_the_tool() -> None:
    with pytest.raises(SystemExit, match="the triggers cannot be run"):
        command.provoked("Nobody says this")


def test_patterns_of_entries_mean_something() -> None:
    for entry in ENTRIES:
        for each in entry.covers:
            assert any(glob(each, text) for text in PACKAGE), each
