"""The reference and the released package say the same: no name too many, none too few."""

from __future__ import annotations

import importlib
import inspect
import os
import pkgutil
import re
import shlex
import subprocess
import sys
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import pytest
from pydantic import BaseModel
from sphinx.util.inventory import InventoryFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ROOT = Path(__file__).parents[1]
REFERENCE = ROOT / "source" / "reference"

PUBLIC = {
    "track", "track_context", "track_llm", "track_llm_context", "log_llm_call",
    "MLTrackConfig", "get_last_run", "deploy", "__version__",
}  # fmt: skip

LEFT_OUT = {
    "mltrack.cli": "the command-line reference",
    "mltrack.deployment.cli_shortcuts": "the code behind the commands",
    "mltrack.deploy.modal_deploy": "cannot be run without accounts",
    "mltrack.ui": "starts an interface that is not in the package",
    "mltrack.version": "holds __version__, which mltrack exports",
}
"""Modules without a page, and why; source/reference/python/index.md says the same."""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Only the Python and command pages, built; links to other pages stay open."""
    out = tmp_path_factory.mktemp("reference")
    subprocess.run(
        [sys.executable, "-m", "sphinx", "-q", "-c", str(ROOT), "-d", str(out / "doctrees"),
         "-D", "exclude_patterns=rest/**", "-D", "suppress_warnings=myst.xref_missing,toc",
         str(REFERENCE), str(out / "html")],
        check=True, capture_output=True,
    )  # fmt: skip
    return out / "html"


@pytest.fixture(scope="module")
def inventory(built: Path) -> dict[str, dict[str, Any]]:
    """The built pages' objects.inv: names by role."""
    data = InventoryFile.loads((built / "objects.inv").read_bytes(), uri="").data
    return {role: dict(names) for role, names in data.items()}


@pytest.fixture(scope="module", autouse=True)
def _home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A home directory for the package, which writes there when it is imported."""
    before = os.environ.get("HOME")
    os.environ["HOME"] = str(tmp_path_factory.mktemp("home"))
    yield
    if before is not None:
        os.environ["HOME"] = before


# -- Python -----------------------------------------------------------------------------------


def package_modules() -> list[str]:
    """All modules of the package."""
    package = importlib.import_module("mltrack")
    return sorted(module.name for module in pkgutil.walk_packages(package.__path__, "mltrack."))


def package_objects() -> dict[tuple[int, str], str]:
    """What the package defines and has pages for, each with the name of its definition."""
    found: dict[tuple[int, str], str] = {}
    for name in set(package_modules()) - set(LEFT_OUT):
        module = importlib.import_module(name)
        for attribute, value in vars(module).items():
            ours = getattr(value, "__module__", None) == name
            if attribute.startswith("_") or not ours:
                continue
            if not (inspect.isclass(value) or inspect.isfunction(value)):
                continue
            found[id(value), ""] = f"{name}.{attribute}"
            if inspect.isclass(value):
                found |= {
                    (id(value), member): f"{name}.{attribute}.{member}"
                    for member in class_members(value)
                }
    return found


def class_members(cls: type) -> list[str]:
    """Public methods, members of an enumeration, fields of a model."""
    methods = [
        name
        for name, value in vars(cls).items()
        if not name.startswith("_")
        and (inspect.isfunction(value) or isinstance(value, classmethod | staticmethod | property))
    ]
    if issubclass(cls, Enum):
        methods += cls.__members__
    if issubclass(cls, BaseModel):
        methods += cls.model_fields
    return methods


def resolve(name: str) -> tuple[int, str]:
    """Return what a documented name stands for, as (id, "") or (id of its class, member).

    Raises:
        LookupError: the package has no such name.
    """
    parts = name.split(".")
    for length in range(len(parts) - 1, 0, -1):
        try:
            owner: Any = importlib.import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        *path, last = parts[length:]
        try:
            for part in path:
                owner = getattr(owner, part)
            if inspect.isclass(owner) and last in class_members(owner):
                return id(owner), last
            return id(getattr(owner, last)), ""
        except AttributeError:
            break
    raise LookupError(name)


def compare(documented: Iterable[str]) -> tuple[list[str], list[str]]:
    """Return the names that the pages lack, and those that the package lacks."""
    known, unknown = set(), []
    for name in documented:
        try:
            known.add(resolve(name))
        except LookupError:
            unknown.append(name)
    missing = [name for key, name in package_objects().items() if key not in known]
    public = importlib.import_module("mltrack").__all__
    missing += [f"mltrack.{name}" for name in public if f"mltrack.{name}" not in documented]
    return sorted(missing), sorted(unknown)


def documented_names(inventory: dict[str, dict[str, Any]]) -> set[str]:
    return {
        name
        for role, names in inventory.items()
        if role.startswith("py:") and role != "py:module"
        for name in names
    }


def test_the_nine_public_names_are_what_the_package_exports() -> None:
    assert set(importlib.import_module("mltrack").__all__) == PUBLIC


def test_each_object_is_documented_and_each_documented_object_exists(
    inventory: dict[str, dict[str, Any]],
) -> None:
    assert compare(documented_names(inventory)) == ([], [])


def test_documented_modules_exist(inventory: dict[str, dict[str, Any]]) -> None:
    modules = set(inventory["py:module"])
    assert modules <= set(package_modules())
    assert not modules & set(LEFT_OUT)
    assert set(LEFT_OUT) <= set(package_modules())


def test_the_comparison_can_fail(inventory: dict[str, dict[str, Any]]) -> None:
    names = documented_names(inventory)
    one_less = names - {"mltrack.track"}
    assert "mltrack.track" in compare(one_less)[0]
    method = "mltrack.model_registry.ModelRegistry.load_model"
    assert compare(names - {method})[0] == [method]
    invented = {"mltrack.train", "mltrack.core.MLTracker.stop", "mltrack.costs.total"}
    assert compare(names | invented)[1] == sorted(invented)


# -- Command line -----------------------------------------------------------------------------


def commands() -> dict[str, click.Command]:
    """The commands of the program."""
    group = importlib.import_module("mltrack.cli").cli
    assert isinstance(group, click.Group)
    return group.commands


def option_names(command: click.Command) -> list[str]:
    return [
        name
        for parameter in command.params
        if isinstance(parameter, click.Option)
        for name in (*parameter.opts, *parameter.secondary_opts)
    ]


def test_there_are_thirteen_commands_and_each_has_a_page(built: Path) -> None:
    assert len(commands()) == 13
    pages = {page.stem for page in (built / "cli").glob("*.html")} - {"index"}
    assert pages == set(commands())


def test_each_option_is_on_its_command_s_page(inventory: dict[str, dict[str, Any]]) -> None:
    documented = {
        name: item.uri.partition("#")[0] for name, item in inventory["std:cmdoption"].items()
    }
    real = {
        f"mltrack-{name}.{option}": f"cli/{name}.html"
        for name, command in commands().items()
        for option in option_names(command)
    }
    real |= {
        f"mltrack-{name}.{parameter.human_readable_name}": f"cli/{name}.html"
        for name, command in commands().items()
        for parameter in command.params
        if isinstance(parameter, click.Argument)
    }
    assert documented == real | {"mltrack.--version": "cli/index.html"}


def test_the_overview_links_each_command(built: Path) -> None:
    text = (REFERENCE / "cli" / "index.md").read_text()
    assert set(re.findall(r"\]\((\w+)\.md\)", text)) >= set(commands())


# -- Mentions on all pages --------------------------------------------------------------------

FENCE = re.compile(r"\s*(`{3,}|~{3,})")
INLINE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
SEPARATOR = re.compile(r"&&|\|\||[;|]")
CALL = re.compile(r"(?:\$ )?(?:\w+=\S+ )*(?:mltrack|ml) (?P<rest>\S.*)")
WORD = re.compile(r"[a-z][a-z-]*")


def calls(text: str) -> Iterator[tuple[int, str]]:
    """Yield what follows ``mltrack`` or ``ml`` in a page's code, with its line."""
    fence = ""
    for number, line in enumerate(text.splitlines(), 1):
        mark = FENCE.match(line)
        if mark and not fence:
            fence = mark[1]
            continue
        if mark and line.strip() == fence:
            fence = ""
            continue
        for snippet in [line] if fence else INLINE.findall(line):
            for part in SEPARATOR.split(snippet):
                if match := CALL.fullmatch(part.strip()):
                    yield number, match["rest"]


def problem(call: str) -> str | None:
    """Return what click says of a call, if the command or an option does not exist."""
    try:
        words = shlex.split(call)
    except ValueError:
        words = call.split()
    group = importlib.import_module("mltrack.cli").cli
    if words[0].startswith("-"):
        return None if words[0] in (*option_names(group), "--help") else f"no option {words[0]}"
    if not WORD.fullmatch(words[0]):
        return None  # a placeholder, or a version
    command = commands().get(words[0])
    if command is None:
        return f"no command {words[0]}"
    try:
        command.make_parser(click.Context(command)).parse_args(words[1:])
    except click.NoSuchOption as error:
        return f"{words[0]}: {error.message}"
    except click.UsageError:
        pass  # a mention may leave out an option's value
    return None


def problems(text: str) -> list[str]:
    return [f"{line}: {said}" for line, call in calls(text) if (said := problem(call))]


PAGES = sorted({*(ROOT / "source").rglob("*.md"), *(ROOT / "notebooks").rglob("*.md")})


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_pages_name_commands_and_options_that_exist(page: Path) -> None:
    assert problems(page.read_text(encoding="utf-8")) == []


def test_the_check_of_mentions_can_fail() -> None:
    page = """
Train with `mltrack train`, list with `ml list --stage production`, `ml --version`.
Plain mltrack train is prose. `mltrack run -- python a.py --epochs 5` is right.

```console
$ mltrack run python a.py --epochs 5
$ cd x && A=1 ml save iris --stage production
$ mltrack save iris --run-id
```

`mltrack --quiet` and ``mltrack 0.2.0``, `mltrack <command>`.
"""
    assert problems(page) == [
        "2: no command train",
        "6: run: No such option '--epochs'.",
        "7: save: No such option '--stage'.",
        "11: no option --quiet",
    ]
