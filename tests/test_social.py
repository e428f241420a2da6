"""``_ext/social``: cards and tags of pages that somebody shares."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

import pytest
from PIL import Image

from _ext.social.card import (
    BOLD,
    DISPLAY,
    ELLIPSIS,
    GREY,
    SIZE,
    TEAL,
    WHITE,
    Card,
    _font,
    compose,
    png,
    wrap,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Built

ROOT = Path(__file__).parents[1]
BASE = "https://example.org/en/latest/"
HOSTILE = '<script>"&'
FRONT = "---\nmyst:\n  html_meta:\n    description: {}\n---\n"
PAGES = {
    "index": FRONT.format("The first page.") + "# Start here\n\n```{toctree}\nsub/index\n```\n",
    "sub/index": "# Guides\n\n```{toctree}\npage\n```\n",
    "sub/page": FRONT.format("'" + HOSTILE + "'") + f"# Hostile {HOSTILE}\n\nText.\n",
}
HEAVIEST = 30_000


@pytest.fixture
def shared(build: Callable[..., Built]) -> Callable[..., Built]:
    """Return ``shared(pages=PAGES, builder="html", **config)``."""

    def make(pages: dict[str, str] = PAGES, builder: str = "html", **config: Any) -> Built:
        config = {"html_baseurl": BASE, "project": "Docs", "smartquotes": False, **config}
        return build(pages, ["sphinx_copybutton", "_ext.social"], builder, **config)

    return make


def tags(built: Built, page: str) -> dict[str, str]:
    found = built.soup(page).head.find_all("meta")
    return {tag.get("property") or tag.get("name"): tag.get("content") for tag in found}


# -- cards -----------------------------------------------------------------------------------


def test_a_card_is_a_small_png_of_the_size_that_the_tags_say() -> None:
    content = png(Card("Install MLTrack", "Get started", "A sentence of some length. " * 20))
    with Image.open(io.BytesIO(content)) as image:
        assert image.size == SIZE
        assert image.mode == "P"
    assert len(content) < HEAVIEST


def test_the_same_card_has_the_same_bytes_and_another_has_others() -> None:
    assert png(Card("One", "Guides")) == png(Card("One", "Guides"))
    assert png(Card("One", "Guides")) != png(Card("Two", "Guides"))
    assert Card("One", "Guides").digest != Card("One", "Reference").digest


def test_title_section_and_sentence_are_drawn_in_their_colours() -> None:
    bare = {colour for _, colour in compose(Card("", "")).getcolors(1 << 20)}
    full = {colour for _, colour in compose(Card("T", "S", "Words.")).getcolors(1 << 20)}
    for name in (WHITE, TEAL, GREY):
        colour = tuple(int(name[at : at + 2], 16) for at in (1, 3, 5))
        assert colour in full
        assert colour not in bare or name != GREY


def test_lines_keep_their_width_and_say_when_something_is_left_out() -> None:
    font = _font(DISPLAY, 60, BOLD)
    lines = wrap("a title of many words " * 5, font, 600, 2)
    assert len(lines) == 2
    assert all(font.getlength(line) <= 600 for line in lines)
    assert lines[-1].endswith(ELLIPSIS)
    assert wrap("short", font, 600, 2) == ["short"]
    (cut,) = wrap("x" * 200, font, 600, 2)
    assert cut.endswith(ELLIPSIS)
    assert font.getlength(cut) <= 600


def test_text_stays_above_the_brand() -> None:
    """Whatever a card says, the ground's mark and name below it are as they were."""
    box = (60, 490, 400, 620)
    full = compose(Card("many long words " * 12, "Section", "and a sentence " * 40))
    assert full.crop(box).tobytes() == compose(Card("", "")).crop(box).tobytes()


# -- pages -----------------------------------------------------------------------------------


def test_each_page_has_tags_with_absolute_addresses(shared: Callable[..., Built]) -> None:
    built = shared()
    assert built.warnings == ""
    found = tags(built, "index")
    assert found["og:title"] == "Start here"
    assert found["og:type"] == "website"
    assert found["og:site_name"] == "Docs"
    assert found["og:description"] == found["description"] == "The first page."
    assert found["og:image"] == f"{BASE}social/index.png"
    assert found["twitter:card"] == "summary_large_image"
    below = tags(built, "sub/page")
    assert below["og:url"] == f"{BASE}sub/page.html"
    assert below["og:type"] == "article"
    assert below["og:image:alt"].startswith("Guides: ")
    assert (int(below["og:image:width"]), int(below["og:image:height"])) == SIZE
    for name in PAGES:
        path = built.out / tags(built, name)["og:image"].removeprefix(BASE)
        assert path.read_bytes().startswith(b"\x89PNG")


def test_the_address_is_the_canonical_one(build: Callable[..., Built]) -> None:
    stable = json.dumps({"version": "1.0", "pages": ["index"]})
    built = build(
        PAGES, ["sphinx_copybutton", "_ext.social", "_ext.versions"],
        files={"stable.json": stable}, html_baseurl=BASE, versions_stable="stable.json",
    )  # fmt: skip
    for page, base in (("index", urljoin(BASE, "../stable/")), ("sub/page", BASE)):
        assert tags(built, page)["og:url"] == f"{base}{page}.html"
        assert built.soup(page).select_one("link[rel=canonical]")["href"] == f"{base}{page}.html"


def test_a_page_without_a_description_says_none(shared: Callable[..., Built]) -> None:
    assert "og:description" not in tags(shared(), "sub/index")


def test_a_hostile_string_is_text(shared: Callable[..., Built]) -> None:
    built = shared()
    assert tags(built, "sub/page")["og:title"] == f"Hostile {HOSTILE}"
    assert tags(built, "sub/page")["og:description"] == HOSTILE
    assert HOSTILE not in built.text("sub/page.html").partition("</head>")[0]


def test_icons_are_in_the_head_of_every_page(shared: Callable[..., Built]) -> None:
    built = shared()
    for name in (*PAGES, "search", "genindex"):
        folder = (built.out / name).parent
        links = built.soup(name).head.select('link[href*="_static/brand/"]')
        assert {"apple-touch-icon", "manifest"} <= {link["rel"][0] for link in links}
        for link in links:
            assert (folder / link["href"].partition("?")[0]).resolve().is_file(), link


def test_pages_without_a_source_have_no_card(shared: Callable[..., Built]) -> None:
    assert "og:image" not in tags(shared(), "search")


def test_other_builders_and_a_site_without_address_have_none(shared: Callable[..., Built]) -> None:
    text = shared(builder="text")
    assert text.warnings == ""
    assert not list(text.out.rglob("*.png"))
    nowhere = shared(html_baseurl="")
    assert not (nowhere.out / "social").exists()
    assert "og:image" not in tags(nowhere, "index")


def test_a_card_is_drawn_again_only_when_it_says_something_else(
    shared: Callable[..., Built], monkeypatch: pytest.MonkeyPatch
) -> None:
    built = shared()
    drawn: list[Card] = []
    monkeypatch.setattr("_ext.social.png", lambda card: drawn.append(card) or png(card))
    page = Path(built.app.srcdir) / "sub" / "page.md"
    page.write_text(page.read_text("utf-8").replace("# Hostile", "# Harmless"), "utf-8")
    later = page.stat().st_mtime + 5
    os.utime(page, (later, later))
    before = (built.out / "social" / "sub" / "page.png").read_bytes()
    built.app.build()
    assert [card.title for card in drawn] == [f"Harmless {HOSTILE}"]
    assert (built.out / "social" / "sub" / "page.png").read_bytes() != before


def test_the_card_of_a_page_that_is_gone_goes_too(shared: Callable[..., Built]) -> None:
    built = shared()
    stray = built.out / "social" / "old.png"
    stray.write_bytes(b"")
    built.app.build()
    assert not stray.exists()
    assert (built.out / "social" / "index.png").is_file()


def test_every_page_of_the_site_has_a_light_card(site: Path) -> None:
    pages = {
        path.relative_to(site / "social").with_suffix("")
        for path in (site / "social").rglob("*.png")
    }
    assert {Path("index"), Path("get-started/install")} <= pages
    heavy = [path for path in (site / "social").rglob("*.png") if path.stat().st_size > HEAVIEST]
    assert heavy == []
    assert all((site / f"{page}.html").is_file() for page in pages)
