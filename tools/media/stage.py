"""Chromium as a photographer: an animated SVG, moment by moment."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

from tools.browser import find

from .film import listing
from .plan import MediaError
from .terminal import REST

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

SEEK = """seconds => { for (const each of document.getAnimations()) {
  each.pause(); each.currentTime = seconds * 1000; } }"""
DURATION = re.compile(r"animation:\S+ ([\d.]+)s")
DELAY = re.compile(r"@keyframes \w+\{0%\{opacity:0\}([\d.]+)%")


@contextmanager
def chromium(arguments: tuple[str, ...] = ()) -> Iterator[Browser]:
    """Give a Chromium.

    Raises:
        MediaError: there is none.
    """
    path = find()
    if path is None:
        raise MediaError("Chromium is not installed: run make browser")
    options = ["--no-sandbox", "--disable-gpu", *arguments]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=options)
        try:
            yield browser
        finally:
            browser.close()


def moments(drawing: str, fps: int) -> list[tuple[float, float]]:
    """Return when something changes in an animated SVG, and how long it stays, in seconds.

    Raises:
        MediaError: nothing moves.
    """
    found = DURATION.search(drawing)
    if found is None:
        raise MediaError("nothing moves in it: take gif, mp4 and webm out of outputs")
    duration = float(found[1])
    changes = {float(share) / 100 * duration for share in DELAY.findall(drawing)}
    ticks = sorted({0, *(int(change * fps) + 1 for change in changes)})
    ends = [*ticks[1:], ticks[-1] + round(REST * fps)]
    return [(tick / fps, (end - tick) / fps) for tick, end in zip(ticks, ends, strict=True)]


def photograph(drawing: str, scale: float, fps: int, directory: Path) -> Path:
    """Photograph an animated SVG into ``directory``; return the list of frames for ffmpeg.

    Raises:
        MediaError: Chromium is missing, or nothing moves.
    """
    frames = []
    page_file = directory / "drawing.svg"
    page_file.write_text(drawing, encoding="utf-8")
    times = moments(drawing, fps)
    with chromium() as browser:
        page = browser.new_page(device_scale_factor=scale, reduced_motion="no-preference")
        page.goto(page_file.as_uri())
        picture = page.locator("svg").first
        box = picture.bounding_box()
        if box:
            page.set_viewport_size({"width": round(box["width"]), "height": round(box["height"])})
        for number, (at, stays) in enumerate(times):
            page.evaluate(SEEK, at)
            path = directory / f"{number:05}.png"
            page.screenshot(path=path)
            frames.append((path, stays))
    path = directory / "frames.txt"
    path.write_text(listing(frames), encoding="utf-8")
    return path
