"""``python -m tools.brand``: draw the committed pictures of the brand; ``--check`` compares.

The icons come from ``_static/brand/mark.svg``, the ground of the social cards from ``card.svg``
beside this file. Chromium draws them, Pillow writes them with a palette.
"""

from __future__ import annotations

import io
import json
import sys
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageChops, ImageStat
from playwright.sync_api import Browser, sync_playwright

from tools.browser import find

ROOT = Path(__file__).parents[2]
BRAND = ROOT / "_static" / "brand"
FONTS = ROOT / "_static" / "fonts"
MARK = BRAND / "mark.svg"
CARD = Path(__file__).with_name("card.svg")
MANIFEST = "site.webmanifest"

GROUND = "#0f766e"
"""The colour of the mark's own ground: icons without rounded corners are filled with it."""
NIGHT = "#0a1212"
COLOURS = 128
TOLERANCE = 1.5
"""Mean difference of a channel, of 255: two versions of Chromium smooth edges differently."""


@dataclass(frozen=True)
class Picture:
    """A PNG: where it comes from, its size, and what part of it the drawing fills."""

    source: Path
    width: int
    height: int
    share: float = 1.0
    ground: str = "transparent"


PICTURES = {
    "favicon-32.png": Picture(MARK, 32, 32),
    "apple-touch-icon.png": Picture(MARK, 180, 180, 0.9, GROUND),
    "icon-192.png": Picture(MARK, 192, 192, 0.85, GROUND),
    "icon-512.png": Picture(MARK, 512, 512, 0.85, GROUND),
    "card.png": Picture(CARD, 1200, 630, 1.0, NIGHT),
}


def page(picture: Picture) -> str:
    """Return HTML that shows the drawing in the middle of its ground."""
    font = (FONTS / "space-grotesk.woff2").as_uri()
    return (
        f'<style>@font-face{{font-family:"Space Grotesk";src:url("{font}");font-weight:500 700}}'
        f"html,body{{margin:0;height:100%;background:{picture.ground}}}"
        f"body{{display:grid;place-items:center}}"
        f"svg{{display:block;width:{picture.share * 100:g}%;height:auto}}</style>"
        + picture.source.read_text(encoding="utf-8")
    )


def draw(browser: Browser, picture: Picture, folder: Path) -> Image.Image:
    """Return the picture; ``folder`` takes the page, so that it may load fonts from disk."""
    file = folder / "picture.html"
    file.write_text(page(picture), encoding="utf-8")
    size = {"width": picture.width, "height": picture.height}
    tab = browser.new_page(viewport=size, device_scale_factor=1)  # type: ignore[arg-type]
    tab.goto(file.as_uri())
    tab.evaluate("document.fonts.ready")
    shot = tab.screenshot(omit_background=picture.ground == "transparent")
    tab.close()
    return Image.open(io.BytesIO(shot)).convert("RGBA")


def encode(image: Image.Image) -> bytes:
    """Return a small PNG with a palette; the same bytes for the same pixels."""
    opaque = image.getchannel("A").getextrema() == (255, 255)
    reduced = (
        image.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
        if opaque
        else image.quantize(COLOURS, method=Image.Quantize.FASTOCTREE)
    )
    stream = io.BytesIO()
    reduced.save(stream, "PNG", optimize=True)
    return stream.getvalue()


def difference(one: Image.Image, other: Image.Image) -> float:
    """Return the mean difference of a channel, from 0 to 255."""
    if one.size != other.size:
        return 255.0
    return max(ImageStat.Stat(ImageChops.difference(one, other)).mean)


def manifest() -> str:
    """Return the web manifest; its paths start at its own place."""
    content = {
        "name": "MLTrack documentation",
        "short_name": "MLTrack",
        "start_url": "../../index.html",
        "scope": "../../",
        "display": "browser",
        "theme_color": GROUND,
        "background_color": NIGHT,
        "icons": [
            {"src": "mark.svg", "sizes": "any", "type": "image/svg+xml", "purpose": "any"},
            *(
                {"src": f"icon-{n}.png", "sizes": f"{n}x{n}", "type": "image/png",
                 "purpose": "any maskable"}
                for n in (192, 512)
            ),
        ],
    }  # fmt: skip
    return json.dumps(content, indent=2) + "\n"


def stale(folder: Path, images: dict[str, Image.Image]) -> list[str]:
    """Return the names of the files in ``folder`` that are not what would be written."""
    wrong = []
    for name, image in images.items():
        path = folder / name
        if not path.is_file() or difference(Image.open(path).convert("RGBA"), image) > TOLERANCE:
            wrong.append(name)
    path = folder / MANIFEST
    if not path.is_file() or path.read_text(encoding="utf-8") != manifest():
        wrong.append(MANIFEST)
    return wrong


def pictures(folder: Path) -> dict[str, Image.Image]:
    """Draw all pictures.

    Raises:
        SystemExit: there is no Chromium.
    """
    program = find()
    if program is None:
        sys.exit("brand: there is no Chromium. Install one with: make browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-gpu"]
        )
        images = {name: draw(browser, each, folder) for name, each in PICTURES.items()}
        browser.close()
    return images


def main() -> None:
    """Write the pictures, or say which are not what they should be.

    Raises:
        SystemExit: with ``--check``, a file differs.
    """
    folder = ROOT / "_build" / "brand"
    folder.mkdir(parents=True, exist_ok=True)
    images = pictures(folder)
    if "--check" in sys.argv[1:]:
        wrong = stale(BRAND, images)
        if wrong:
            sys.exit(f"brand: {', '.join(wrong)} in _static/brand: draw again with: make brand")
        return
    for name, image in images.items():
        content = encode(image)
        (BRAND / name).write_bytes(content)
        print(f"{name}: {len(content):,} bytes")
    (BRAND / MANIFEST).write_text(manifest(), encoding="utf-8")


if __name__ == "__main__":
    main()
