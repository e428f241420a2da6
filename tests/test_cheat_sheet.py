"""The cheat sheet: every line is one that click takes, and it prints on one side of A4."""

from __future__ import annotations

import importlib
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import pytest
from browser import serve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser

ROOT = Path(__file__).parents[1]
CLI = ROOT / "source" / "reference" / "cli"
TEXT = (CLI / "cheat-sheet.md").read_text(encoding="utf-8")
LINES = re.findall(r"^\| `((?:mltrack|ml) [^`]+)` \|", TEXT, re.MULTILINE)
EXTENSIONS = ["sphinx_copybutton", "_ext.cheat_sheet"]
PAGE = "# Sheet\n\n```{cheat-sheet}\n```\n\nText.\n"
A4 = (595, 842)
"""Points."""
POINTS = re.compile(rb"/MediaBox\s*\[\s*0\s+0\s+([\d.]+)\s+([\d.]+)")
SHEETS = re.compile(rb"/Type\s*/Page\b")


def group() -> Any:
    """Return the command line of the package."""
    return importlib.import_module("mltrack.cli").cli


def parse(line: str) -> click.Context:
    """Parse a line as the program does, without running it.

    Raises:
        click.UsageError: the program would refuse it.
    """
    _, name, *arguments = shlex.split(line)
    command = group().get_command(click.Context(group()), name)
    if command is None:
        raise click.UsageError(f"No such command '{name}'.")
    context: click.Context = command.make_context(name, arguments)
    return context


@pytest.mark.parametrize("line", LINES)
def test_click_takes_every_line(line: str) -> None:
    given = parse(line)
    assert given.command.name == shlex.split(line)[1]


@pytest.mark.parametrize(
    "line",
    ["mltrack train", "mltrack save iris --stage production", "mltrack serve iris --port x",
     "mltrack run", "mltrack list iris"],
)  # fmt: skip
def test_click_refuses_others(line: str) -> None:
    with pytest.raises(click.UsageError):
        parse(line)


def test_every_command_is_on_the_sheet() -> None:
    assert {shlex.split(line)[1] for line in LINES} == set(group().commands)


def test_most_options_are_on_the_sheet() -> None:
    """All but those that are for Modal or do nothing, and a few that one seldom needs."""
    used = {word for line in LINES for word in shlex.split(line) if word.startswith("--")}
    assert used - {"--", "--epochs"} == {
        "--tracking-uri", "--team", "--force", "--port", "--run-id", "--description", "--stage",
        "--push", "--registry-url", "--detach", "--production", "--platform", "--output",
    }  # fmt: skip


def test_what_it_says_of_defaults_is_true() -> None:
    defaults = {
        (name, parameter.name): parameter.default
        for name, command in group().commands.items()
        for parameter in command.params
    }
    assert "Serve on port 8000" in TEXT
    assert defaults["serve", "port"] == 8000
    assert "another port than 5000" in TEXT
    assert defaults["flow", "port"] == 5000
    assert "Deploy to Modal, the default" in TEXT
    assert defaults["deploy", "platform"] == "modal"


def test_the_workflows_use_recordings_that_there_are() -> None:
    shown = re.findall(r"```\{console\} (\S+)", (CLI / "workflows.md").read_text(encoding="utf-8"))
    assert len(set(shown)) == 5
    assert all((ROOT / "_static" / "casts" / f"{name}.cast").is_file() for name in shown)


# -- On paper -----------------------------------------------------------------------------------


def printed(browser: Browser, url: str, theme: str) -> bytes:
    """Return the PDF that Chromium makes of a page."""
    sheet = browser.new_page(color_scheme=theme)  # type: ignore[arg-type]
    try:
        sheet.goto(url)
        return sheet.pdf(prefer_css_page_size=True)
    finally:
        sheet.close()


@pytest.mark.browser
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_prints_on_one_side_of_a4(browser: Browser, address: str, theme: str) -> None:
    pdf = printed(browser, f"{address}/reference/cli/cheat-sheet.html", theme)
    assert len(SHEETS.findall(pdf)) == 1
    ((width, height),) = {tuple(map(float, found)) for found in POINTS.findall(pdf)}
    assert (round(width), round(height)) == A4


@pytest.mark.browser
def test_all_of_it_is_on_the_paper(browser: Browser, address: str) -> None:
    """No line is wider than its column, hidden or cut."""
    sheet = browser.new_page(viewport={"width": 726, "height": 1046})  # A4 without its margins
    sheet.goto(f"{address}/reference/cli/cheat-sheet.html")
    sheet.emulate_media(media="print")
    boxes = sheet.locator("article td:first-child code").evaluate_all(
        "all => all.map(code => [code.getBoundingClientRect().width,"
        " code.closest('td').getBoundingClientRect().width, code.textContent])"
    )
    shown = {text for _, _, text in boxes}
    sheet.close()
    assert set(LINES) <= shown
    assert [text for inner, outer, text in boxes if not 0 < inner <= outer] == []


@pytest.mark.browser
def test_other_pages_print_as_before(browser: Browser, address: str) -> None:
    """The style is on its page only."""
    sheet = browser.new_page()
    sheet.goto(f"{address}/reference/cli/save.html")
    files = sheet.locator("link[rel=stylesheet]").evaluate_all("all => all.map(each => each.href)")
    sheet.close()
    assert not any("cheat-sheet" in file for file in files)


# -- The directive ------------------------------------------------------------------------------


@pytest.fixture
def served(build: Callable[..., Any]) -> Iterator[str]:
    """A long page that is a sheet, and one that is not."""
    rows = "\n".join(f"## Part {number}\n\nText.\n" for number in range(30))
    site = build({"index": PAGE + rows, "plain": f"# Plain\n\n{rows}"}, EXTENSIONS)
    with serve(site.out) as url:
        yield url


@pytest.mark.browser
def test_a_sheet_takes_less_paper(browser: Browser, served: str) -> None:
    """Also in the theme alone: what is printed depends on the style, not on the text."""
    sheets = [
        len(SHEETS.findall(printed(browser, f"{served}/{name}.html", "light")))
        for name in ("index", "plain")
    ]
    assert sheets[0] < sheets[1]


def test_it_says_that_the_page_can_be_printed(build: Callable[..., Any]) -> None:
    site = build(PAGE, EXTENSIONS)
    assert site.warnings == ""
    hint = site.article().select_one(".mlt-cheat-sheet")
    assert hint.get_text(strip=True) == "Print this page: it fits on one sheet of A4 paper."


def test_its_style_is_on_its_page_only(build: Callable[..., Any]) -> None:
    site = build({"index": PAGE, "other": "# Other\n"}, EXTENSIONS)
    loaded = [
        [link["href"] for link in site.soup(name).select("link") if "cheat-sheet" in link["href"]]
        for name in ("index", "other")
    ]
    assert [len(found) for found in loaded] == [1, 0]


def test_a_second_sheet_is_reported(build: Callable[..., Any]) -> None:
    warnings = build(PAGE + "\n```{cheat-sheet}\n```\n", EXTENSIONS).warnings
    assert "index.md:8: WARNING: a page is one sheet" in warnings
    assert "[cheat_sheet.twice]" in warnings


def test_an_argument_is_refused(build: Callable[..., Any]) -> None:
    warnings = build(PAGE.replace("{cheat-sheet}", "{cheat-sheet} <b>x</b>"), EXTENSIONS).warnings
    assert "index.md:3" in warnings
    assert "cheat-sheet" in warnings


def test_a_text_build_has_the_hint(build: Callable[..., Any]) -> None:
    assert "one sheet of A4" in build(PAGE, EXTENSIONS, builder="text").text("index.txt")
