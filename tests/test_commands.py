"""A command's page is its section, and says what sphinx-click leaves out."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from _ext._shared.inputs import load_yaml
from _ext.commands import Explorer

if TYPE_CHECKING:
    from collections.abc import Callable

PAGE = """# mltrack init

```{eval-rst}
.. click:: mltrack.cli:init
   :prog: mltrack init
```

## Notes

Text.
"""


def test_sphinx_click_alone_gives_two_elements_one_address(build: Callable[..., Any]) -> None:
    assert "Duplicate" in build(PAGE, ["sphinx_click"]).warnings


def test_the_command_has_no_section_of_its_own(build: Callable[..., Any]) -> None:
    site = build(PAGE, ["sphinx_copybutton", "sphinx_click", "_ext.commands"])
    assert site.warnings == ""
    assert [h.get_text("", strip=True)[:-1] for h in site.article().select("h1, h2")] == [
        "mltrack init",
        "Notes",
    ]
    assert site.article().select_one("#cmdoption-mltrack-init-team")


def test_an_unknown_command_fails(build: Callable[..., Any]) -> None:
    page = PAGE.replace("mltrack.cli:init", "mltrack.cli:missing")
    site = build(page, ["sphinx_click", "_ext.commands"])
    assert "has no attribute" in site.warnings


def test_a_text_build_is_readable(build: Callable[..., Any]) -> None:
    text = build(PAGE, ["sphinx_click", "_ext.commands"], builder="text").text("index.txt")
    assert "--tracking-uri <tracking_uri>" in text


# -- What sphinx-click leaves out ---------------------------------------------------------------

TOOL = """import click

@click.command()
@click.argument("name", required=False)
@click.option("--kind", type=click.Choice(["a", "b"]), default="a", help="Kind", show_default=True)
@click.option("--size", type=float, envvar="TOOL_SIZE", help="Size")
@click.option("--file", type=click.Path(exists=True, dir_okay=False), help="A <i>file</i>")
@click.option("--on/--off", default=True)
@click.option("--tag", multiple=True)
@click.option("--count", default=3)
@click.option("--quiet", is_flag=True)
def tool(**_):
    "A tool."
"""
EXPLORER = """commands:
  tool:
    says: [nothing]
    options:
      tag: {choices: [y, <x>]}
    rules:
      - {options: [size], when: {kind: [b]}}
      - {options: [file], when: {quiet: false}}
      - {options: [count], when: {quiet: true}}
"""
SHEET = "# Page\n\n```{eval-rst}\n.. click:: documented_tool:tool\n   :prog: mltrack tool\n```\n"
FACTS = {
    "--kind <kind>": "Type: one of a, b · Default: a",
    "--size <size>": "Type: number · Default: none · Variable: TOOL_SIZE · Only with: --kind b",
    "--file <file>": "Type: file that exists · Default: none · No effect with: --quiet",
    "--on, --off": "Type: flag · Default: on",
    "--tag <tag>": "Type: text · Values: <x>, y · Default: none · Repeatable: yes",
    "--count <count>": "Type: whole number · Default: 3 · Only with: --quiet",
    "--quiet": "Type: flag · Default: off",
    "NAME": "Type: text",
}


@pytest.fixture
def tool(
    build: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Any]:
    """Build a page about a small command line."""
    (tmp_path / "documented_tool.py").write_text(TOOL)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "documented_tool", raising=False)

    def make(data: str = EXPLORER, **more: Any) -> Any:
        files = {"_data/cli_explorer/explorer.yaml": data} if data else None
        extensions = ["sphinx_copybutton", "sphinx_click", "_ext.commands"]
        return build(SHEET, extensions, files=files, **more)

    return make


def facts(article: Any) -> dict[str, str]:
    """Return each option's line of facts."""
    found = {}
    for line in article.select("dd > .mlt-option"):
        term = line.parent.find_previous_sibling("dt")
        term.select_one("a.headerlink").extract()
        found[" ".join(term.get_text().split())] = line.get_text()
    return found


def test_options_say_type_default_variable_and_conditions(tool: Callable[..., Any]) -> None:
    site = tool()
    assert site.warnings == ""
    assert facts(site.article()) == FACTS
    assert not site.article().select("dl.field-list")


def test_without_the_explorer_there_are_no_conditions(tool: Callable[..., Any]) -> None:
    found = facts(tool("").article())
    assert found["--size <size>"] == "Type: number · Default: none · Variable: TOOL_SIZE"


def test_only_a_command_without_variables_says_so(
    tool: Callable[..., Any], build: Callable[..., Any]
) -> None:
    assert "No option reads an environment variable" not in tool().article().get_text()
    page = build(PAGE, ["sphinx_click", "_ext.commands"]).article().get_text()
    assert "No option reads an environment variable" in page


def test_wrong_data_of_the_explorer_is_reported(tool: Callable[..., Any]) -> None:
    warnings = tool(EXPLORER.replace("[size], when", "size, when")).warnings
    assert "explorer.yaml:7: WARNING" in warnings
    assert "[commands.data]" in warnings


def test_hostile_values_are_escaped(tool: Callable[..., Any]) -> None:
    assert not tool().article().select("dd i, dd x")


def test_the_other_name_of_the_program_is_said(build: Callable[..., Any]) -> None:
    article = build(PAGE, ["sphinx_click", "_ext.commands"]).article()
    said = next(each for each in article.select("p") if "other name" in each.get_text())
    assert said.get_text() == "The same under the program’s other name: ml init."
    assert said.find_previous_sibling("div").select_one("pre").get_text().startswith("mltrack init")


def test_no_option_of_the_package_reads_a_variable() -> None:
    group = importlib.import_module("mltrack.cli").cli
    assert group.context_settings == {}
    for command in (group, *group.commands.values()):
        assert all(each.envvar is None for each in command.params)


def test_the_explorers_data_are_what_the_pages_read() -> None:
    path = Path(__file__).parents[1] / "source" / "_data" / "cli_explorer" / "explorer.yaml"
    known = load_yaml(path, Explorer).value.commands
    group = importlib.import_module("mltrack.cli").cli
    assert set(known) == set(group.commands)
    for name, each in known.items():
        parameters = {parameter.name for parameter in group.commands[name].params}
        assert {
            option for rule in each.rules for option in (*rule.options, *rule.when)
        } <= parameters
    assert known["deploy"].options["platform"].choices
    assert {option for rule in known["ship"].rules for option in rule.options} >= {
        "gpu",
        "modal_gpu",
    }
