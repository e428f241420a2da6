"""The schema of .mltrack.yml: made from the package, true to it, and held against all our files."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from jsonschema import Draft7Validator

from tools import config_schema

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
RECIPES = ROOT / "source" / "recipes" / "configuration"
EXAMPLE = RECIPES / "all.mltrack.yml"
SCHEMA = json.loads(config_schema.FILE.read_text("utf-8"))
KEYS = set(SCHEMA["properties"])
PLACES = ("source", "notebooks", "tools/casts")


# -- The file ---------------------------------------------------------------------------------


def test_it_is_what_the_tool_writes(capsys: pytest.CaptureFixture[str]) -> None:
    assert config_schema.main(["--check"]) == 0
    assert capsys.readouterr().out == ""


def test_check_shows_the_difference_and_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "mltrack.schema.json"
    file.write_text("{}\n")
    monkeypatch.setattr(config_schema, "FILE", file)
    assert config_schema.main(["--check"]) == 1
    assert '+  "properties": {' in capsys.readouterr().out
    assert file.read_text() == "{}\n"
    assert config_schema.main([]) == config_schema.main(["--check"]) == 0


def test_a_key_that_page_or_package_lacks_stops_it() -> None:
    page = config_schema.PAGE.read_text("utf-8")
    for wrong in (page.replace("{confval} team_name", "{confval} team"), ""):
        with pytest.raises(SystemExit, match="team_name"):
            config_schema.schema(wrong)
    with pytest.raises(SystemExit, match="sets something else"):
        config_schema.schema(
            page.replace("Example: `team_name: growth`", "Example: `team: growth`")
        )


def test_descriptions_are_plain_and_examples_fit() -> None:
    Draft7Validator.check_schema(SCHEMA)
    for key, field in SCHEMA["properties"].items():
        assert len(field["description"]) > 15
        assert not re.search(r"[`{}]|\]\(", field["description"]), key
        assert field["examples"]
        for example in field["examples"]:
            Draft7Validator(field).validate(example)
    assert config_schema.plain("See {py:func}`~a.b` and [c](d.md), {x}`e <f>`.") == (
        "See a.b and c, e."
    )


# -- True to the package ----------------------------------------------------------------------

LOOSE = [1, 0, 1.0, "yes", "no", "on", "off", "true", "false", "1", "0", "t", "f", "y", "n"]
VALUES = ["text", "", 2, 2.5, True, False, None, [], ["a"], {}, {"a": "b"}, {"a": 1}, *LOOSE]


def accepted(text: str, path: Path) -> bool:
    """Tell whether MLTrack takes a file: a canary beside the value arrives."""
    from mltrack import MLTrackConfig

    path.write_text(text)
    config = MLTrackConfig.from_file(path)
    return bool(config.model_fields_set)


@pytest.mark.parametrize("key", sorted(KEYS))
def test_a_value_is_valid_when_the_package_takes_it(key: str, tmp_path: Path) -> None:
    boolean = SCHEMA["properties"][key]["type"] == "boolean"
    for value in VALUES:
        text = yaml.safe_dump({key: value})
        valid = Draft7Validator(SCHEMA).is_valid({key: value})
        takes = accepted(text, tmp_path / ".mltrack.yml")
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if (boolean and any(value is each for each in LOOSE)) or (
            key == "tracking_uri" and not isinstance(value, str | None)
        ):
            assert takes  # the schema is stricter, and the page says so
            assert not valid or number
        else:
            assert valid == takes, (key, value)


def test_unknown_keys_are_valid_and_marked(tmp_path: Path) -> None:
    assert Draft7Validator(SCHEMA).is_valid({"no_such_key": [1]})
    assert accepted("no_such_key: 1\nteam_name: a\n", tmp_path / "a.yml")
    assert SCHEMA["additionalProperties"]["deprecated"] is True


def test_an_empty_file_is_valid(tmp_path: Path) -> None:
    from mltrack import MLTrackConfig

    (tmp_path / ".mltrack.yml").write_text("# nothing\n")
    assert MLTrackConfig.from_file(tmp_path / ".mltrack.yml") == MLTrackConfig()
    assert Draft7Validator(SCHEMA).is_valid(None)


# -- As the page uses it ----------------------------------------------------------------------


def test_the_example_has_every_key_and_the_package_takes_them() -> None:
    from mltrack import MLTrackConfig

    values = yaml.safe_load(EXAMPLE.read_text("utf-8"))
    assert set(values) == KEYS
    config = MLTrackConfig.from_file(EXAMPLE)
    assert {key: getattr(config, key) for key in values} == values


def test_the_address_is_that_of_the_published_file() -> None:
    first = EXAMPLE.read_text("utf-8").splitlines()[0]
    assert first == f"# yaml-language-server: $schema={SCHEMA['$id']}"
    site = re.search(r'SITE = "(.*)"', (ROOT / "conf.py").read_text("utf-8"))
    assert site is not None
    path = config_schema.FILE.relative_to(ROOT).as_posix()
    assert SCHEMA["$id"] == f"{site[1]}en/latest/{path}"
    settings = json.loads((RECIPES / "settings.json").read_text("utf-8"))
    assert settings == {"yaml.schemas": {SCHEMA["$id"]: ".mltrack.yml"}}


def checked(directory: Path) -> subprocess.CompletedProcess[str]:
    """Run the second line of the page's commands."""
    command = (RECIPES / "check.sh").read_text("utf-8").splitlines()[1].split()
    assert command[0] == "check-jsonschema"
    return subprocess.run(
        [sys.executable, "-m", "check_jsonschema", *command[1:]],
        cwd=directory,
        capture_output=True,
        text=True,
    )


def test_check_jsonschema_finds_a_mistake_and_no_other(tmp_path: Path) -> None:
    shutil.copy(config_schema.FILE, tmp_path)
    file = tmp_path / ".mltrack.yml"
    shutil.copy(EXAMPLE, file)
    done = checked(tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    file.write_text(file.read_text().replace('version: "2"', "version: 2"))
    done = checked(tmp_path)
    assert done.returncode == 1
    assert "default_tags.version: 2 is not of type 'string'" in done.stdout


# -- Every configuration of this repository ---------------------------------------------------

LINE = re.compile(rf"^({'|'.join(sorted(KEYS))}):(?: |$)")
YAML = re.compile(r'(?!.*""")(?:\w+:(?: |$)|[ -] *\S|#)')
FIELD = re.compile(r"\{\w+\}")  # of an f-string


def blocks(text: str) -> Iterator[str]:
    """Yield each run of lines of YAML that has a key of the configuration at its margin."""
    lines = text.splitlines()
    end = 0
    for number, line in enumerate(lines):
        if not LINE.match(line) or number < end:
            continue
        start = end = number
        while start and YAML.match(lines[start - 1]):
            start -= 1
        while end < len(lines) and YAML.match(lines[end]):
            end += 1
        yield "\n".join(lines[start:end])


def configurations() -> Iterator[tuple[str, str]]:
    """Yield name and text of each configuration in recipes, recordings, notebooks and pages."""
    for place in PLACES:
        for path in sorted((ROOT / place).rglob("*")):
            name = path.relative_to(ROOT).as_posix()
            if path.is_symlink() or not path.is_file() or "/overlays/" in name:
                continue
            if path.name.endswith("mltrack.yml"):
                yield name, path.read_text("utf-8")
            elif path.suffix in {".md", ".py", ".sh"}:
                for number, block in enumerate(blocks(path.read_text("utf-8"))):
                    yield f"{name} {number}", block


FOUND = dict(configurations())


def test_they_are_found() -> None:
    names = {name.split()[0] for name in FOUND}
    assert {"source/recipes/serve.mltrack.yml", "notebooks/get-started/first-run.md"} <= names
    assert len(FOUND) > 20


@pytest.mark.parametrize("name", FOUND)
def test_every_configuration_fits_without_unknown_keys(name: str) -> None:
    values = yaml.safe_load(FIELD.sub("x", FOUND[name]))
    Draft7Validator({**SCHEMA, "additionalProperties": False}).validate(values)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('x = """\\\nteam_name: a\nteam: b\n"""\n', ["team_name: a\nteam: b"]),
        ("team: b\ndefault_tags:\n  a: 1\n```\n", ["team: b\ndefault_tags:\n  a: 1"]),
        ("team: a\n", []),
        (">>> x\ntracking_uri: a\n>>> x\n", ["tracking_uri: a"]),
    ],
)
def test_blocks_are_recognized_and_wrong_ones_refused(text: str, found: list[str]) -> None:
    assert list(blocks(text)) == found
    strict = Draft7Validator({**SCHEMA, "additionalProperties": False})
    assert [strict.is_valid(yaml.safe_load(each)) for each in found if "team: " in each] == [
        False for each in found if "team: " in each
    ]
