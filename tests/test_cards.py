"""``_ext/cards.py``: cards from data, and wrong data named with file and line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from _ext._shared.icons import icon_names
from _ext._shared.inputs import load_yaml
from _ext._shared.report import InputError
from _ext.cards import STATUS, SYMBOLS, Card

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Built

EXTENSIONS = ["sphinx_copybutton", "_ext.cards"]
PAGE = "# Page\n\n```{toctree}\nother\n```\n\n```{cards} some\n```\n"
OTHER = "# Other\n\nNo cards here.\n"
HOSTILE = '<script>"&'
GOOD = f"""\
# Two cards
- icon: terminal
  title: First
  text: It links to the other page.
  link: other
  status: works
- icon: coins
  title: '{HOSTILE}'
  text: 'Text {HOSTILE}'
  status: absent
"""


@pytest.fixture
def show(build: Callable[..., Built]) -> Callable[..., Built]:
    """Return ``show(yaml, builder="html")``: a page with the cards of ``yaml``, and another."""

    def make(data: str, builder: str = "html") -> Built:
        pages = {"index": PAGE, "other": OTHER}
        return build(pages, EXTENSIONS, builder=builder, files={"_data/some.yaml": data})

    return make


def test_cards_are_a_list(show: Callable[..., Built]) -> None:
    site = show(GOOD)
    assert site.warnings == ""
    grid = site.article().select_one("ul.mlt-cards")
    first, second = grid.find_all("li", recursive=False)
    assert first.select_one(".mlt-cards__title a")["href"] == "other.html"
    assert first.select_one(".mlt-cards__title").get_text(strip=True) == "First"
    assert first.select_one(".mlt-cards__text").get_text() == "It links to the other page."
    assert first.select_one(".mlt-cards__status").get_text() == STATUS["works"]
    assert first.select_one(".mlt-cards__status")["data-status"] == "works"
    assert first.select_one("svg")["aria-hidden"] == "true"
    assert second.find("a") is None
    assert first.svg != second.svg


def test_a_card_without_status_has_no_badge(show: Callable[..., Built]) -> None:
    site = show("- {icon: terminal, title: First, text: Text.}\n")
    assert site.warnings == ""
    assert site.article().select(".mlt-cards__card")
    assert not site.article().select(".mlt-cards__status")


def test_the_first_cards_only(build: Callable[..., Built]) -> None:
    page = "# Page\n\n```{cards} some\n:first: 1\n```\n\n```{toctree}\nother\n```\n"
    site = build({"index": page, "other": OTHER}, EXTENSIONS, files={"_data/some.yaml": GOOD})
    assert site.warnings == ""
    (card,) = site.article().select(".mlt-cards__card")
    assert card.select_one(".mlt-cards__title").get_text(strip=True) == "First"
    assert card.select_one(".mlt-cards__status svg")["aria-hidden"] == "true"


def test_every_status_has_a_symbol() -> None:
    assert set(STATUS) == set(SYMBOLS)
    assert set(SYMBOLS.values()) <= set(icon_names())


def test_a_hostile_string_is_text(show: Callable[..., Built]) -> None:
    site = show(GOOD)
    second = site.article().select(".mlt-cards__card")[1]
    assert second.select_one(".mlt-cards__title").get_text(strip=True) == HOSTILE
    assert second.select_one(".mlt-cards__text").get_text() == f"Text {HOSTILE}"
    assert second.find("script") is None


def test_text_reads_well(show: Callable[..., Built]) -> None:
    site = show(GOOD, builder="text")
    assert site.warnings == ""
    text = site.text("index.txt")
    assert f"({STATUS['works']}): It links to the other page." in text
    assert f"({STATUS['absent']}): Text {HOSTILE}" in text


def test_the_style_is_on_pages_with_cards_only(show: Callable[..., Built]) -> None:
    site = show(GOOD)
    assert site.soup("index").select('link[href*="css/cards.css"]')
    assert not site.soup("other").select('link[href*="cards"]')


def test_the_page_depends_on_data_and_icons(show: Callable[..., Built]) -> None:
    depends = {str(path) for path in show(GOOD).app.env.dependencies["index"]}
    for name in ("some.yaml", "terminal.svg", "coins.svg"):
        assert any(path.endswith(name) for path in depends), name


@pytest.mark.parametrize(
    ("data", "line", "subtype", "message"),
    [
        ("- icon: terminal\n  title: A\n  text: B\n- icon: nix\n  title: A\n  text: B\n", 4,
         "cards.icon", "there is no icon 'nix'; there are "),
        ("- icon: terminal\n  title: A\n  text: B\n  link: nowhere\n", 4,
         "cards.link", "there is no page 'nowhere'"),
        ("- icon: terminal\n  title: A\n  text: B\n  colour: red\n", 4,
         "cards.data", "0.colour: Extra inputs are not permitted"),
        ("- icon: terminal\n  title: A\n  text: B\n  status: soon\n", 4, "cards.data", "0.status"),
        ("- icon: terminal\n  text: B\n", 1, "cards.data", "0.title: Field required"),
        ("\n- icon: terminal\n  title: [\n", 4, "cards.data", "not YAML"),
        ("icon: terminal\n", 1, "cards.data", "Input should be a valid list"),
    ],
)  # fmt: skip
def test_wrong_data_is_named_with_file_and_line(
    show: Callable[..., Built], data: str, line: int, subtype: str, message: str
) -> None:
    site = show(data)
    assert f"some.yaml:{line}: WARNING: " in site.warnings
    assert message in site.warnings
    assert f"[{subtype}]" in site.warnings
    assert site.warnings.count("WARNING") == 1
    assert not site.article().select(".mlt-cards")


def test_a_missing_file_is_named_with_the_directives_line(build: Callable[..., Built]) -> None:
    site = build("# Page\n\n```{cards} none\n```\n", EXTENSIONS)
    assert "index.md:3: WARNING: there is no file 'none.yaml'" in site.warnings
    assert "[cards.file]" in site.warnings


def test_places(tmp_path: Path) -> None:
    path = tmp_path / "some.yaml"
    path.write_text(GOOD)
    data = load_yaml(path, list[Card])
    assert data.place() == f"{path}:1"
    assert data.place(0) == f"{path}:2"
    assert data.place(0, "status") == f"{path}:6"
    assert data.place(1, "title") == f"{path}:8"
    assert data.place(1, "link") == f"{path}:7", "a key that is not there: the entry's line"
    assert data.place(5) == f"{path}:1"


def test_an_empty_file_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "some.yaml"
    path.write_text("")
    with pytest.raises(InputError) as raised:
        load_yaml(path, list[Card])
    assert raised.value.location == f"{path}:1"
    assert raised.value.subtype == "data"


def test_icons_are_there() -> None:
    assert {"terminal", "coins"} <= set(icon_names())
