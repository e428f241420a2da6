"""``tools/brand``: the committed pictures are what their drawings say."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from PIL import Image

from tools.brand.__main__ import (
    BRAND,
    CARD,
    MANIFEST,
    MARK,
    PICTURES,
    TOLERANCE,
    difference,
    encode,
    manifest,
    pictures,
    stale,
)  # fmt: skip
from tools.browser import find

ROOT = Path(__file__).parents[1]
TOKENS = (ROOT / "_static" / "css" / "tokens.css").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Image.Image]:
    """All pictures, drawn now."""
    if find() is None:
        pytest.skip("Chromium is not installed: run make browser")
    return pictures(tmp_path_factory.mktemp("brand"))


@pytest.mark.browser
def test_the_committed_pictures_are_those_of_the_drawings(drawn: dict[str, Image.Image]) -> None:
    assert stale(BRAND, drawn) == []


@pytest.mark.browser
def test_another_picture_is_noticed(drawn: dict[str, Image.Image], tmp_path: Path) -> None:
    for name, image in drawn.items():
        (tmp_path / name).write_bytes(encode(image))
    (tmp_path / MANIFEST).write_text(manifest(), encoding="utf-8")
    assert stale(tmp_path, drawn) == []
    (tmp_path / "icon-192.png").write_bytes(encode(drawn["apple-touch-icon.png"]))
    (tmp_path / "card.png").write_bytes(encode(drawn["card.png"].rotate(180)))
    (tmp_path / MANIFEST).write_text("{}", encoding="utf-8")
    assert stale(tmp_path, drawn) == ["icon-192.png", "card.png", MANIFEST]


def test_differences_are_measured() -> None:
    white, black = Image.new("RGBA", (8, 8), "white"), Image.new("RGBA", (8, 8), "black")
    assert difference(white, white) == 0
    assert difference(white, black) > TOLERANCE
    assert difference(white, Image.new("RGBA", (9, 8), "white")) > TOLERANCE


@pytest.mark.parametrize("name", PICTURES)
def test_sizes_and_grounds(name: str) -> None:
    picture = PICTURES[name]
    with Image.open(BRAND / name) as file:
        assert file.size == (picture.width, picture.height)
        corner = file.convert("RGBA").getpixel((0, 0))
    assert corner[3] == (0 if picture.ground == "transparent" else 255)


def test_the_manifest_names_files_of_their_sizes() -> None:
    content = json.loads((BRAND / MANIFEST).read_text(encoding="utf-8"))
    for icon in content["icons"]:
        path = BRAND / icon["src"]
        assert path.is_file()
        if path.suffix == ".png":
            with Image.open(path) as file:
                assert icon["sizes"] == f"{file.width}x{file.height}"
    assert (BRAND / content["start_url"]).resolve() == (ROOT / "index.html").resolve()


@pytest.mark.parametrize("drawing", [CARD, MARK], ids=lambda path: path.name)
def test_drawings_have_colours_of_the_tokens_only(drawing: Path) -> None:
    text = drawing.read_text(encoding="utf-8").replace('"#fff"', '"#ffffff"')
    used = set(re.findall(r'"(#[0-9a-f]{3,8})"', text))
    assert len(used) > 3
    assert {colour for colour in used if colour not in TOKENS} == set()
