"""``_ext/video.py``: a video that keeps its place, and its description for everybody."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from browser import serve

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Built

ROOT = Path(__file__).parents[1]
MEDIA = ROOT / "_static" / "media"
EXTENSIONS = ["_ext.video"]
HOSTILE = '<script>alert("1")</script> & "quotes"'
SEEN = "A page opens, a curve grows in two steps, and a pointer shows its last value."


def show(name: str = "demo", title: str = "A run", alt: str = SEEN) -> str:
    lines = [f"```{{video}} {name}", *([f":title: {title}"] if title else [])]
    return "\n".join([*lines, *([f":alt: {alt}"] if alt else []), "```"])


def fact(output: str, **changes: Any) -> dict[str, Any]:
    plain = {"output": output, "bytes": 1, "sha256": f"{output:0<64}", "duration": 15.6}
    return {**plain, "width": 1280, "height": 720, **changes}


@pytest.fixture
def media(tmp_path: Path) -> Path:
    """A directory with the video ``demo``, and ``picture``, which is none."""
    directory = tmp_path / "media"
    directory.mkdir()
    files = {"demo.poster.avif": "poster", "demo.mp4": "mp4", "demo.webm": "webm"}
    demo = {name: fact(output) for name, output in files.items()}
    picture = {"picture.poster.svg": fact("poster", duration=0)}
    for name in (*demo, *picture):
        (directory / name).write_bytes(b"x")
    made = {"demo": {"source": "1", "files": demo}, "picture": {"source": "2", "files": picture}}
    (directory / "media.json").write_text(json.dumps(made))
    return directory


@pytest.fixture
def site(build: Callable[..., Built], media: Path) -> Callable[..., Built]:
    """Return a function that builds a page with the text, and one without."""

    def make(text: str, builder: str = "html", **config: Any) -> Built:
        pages = {"index": f"# Videos\n\n{text}\n\n```{{toctree}}\nsub/deep\n```\n"}
        pages["sub/deep"] = "# Other\n\nNothing here.\n"
        return build(pages, EXTENSIONS, builder, video_media=str(media), **config)

    return make


def test_it_renders(site: Callable[..., Built]) -> None:
    built = site(show())
    assert "video." not in built.warnings
    assert "index.md" not in built.warnings
    video = built.article().find("video")
    assert (video["width"], video["height"]) == ("1280", "720")
    assert video["data-poster"] == "_static/media/demo.poster.avif?v=poster00"
    assert [(s["src"], s["type"]) for s in video.find_all("source")] == [
        ("_static/media/demo.webm?v=webm0000", "video/webm"),
        ("_static/media/demo.mp4?v=mp400000", "video/mp4"),
    ]
    assert video["aria-label"] == "A run"
    caption = built.article().find("figcaption")
    assert SEEN in caption.text
    assert "0:16, without sound" in caption.text


def test_nothing_loads_or_plays_by_itself(site: Callable[..., Built]) -> None:
    video = site(show()).article().find("video")
    assert video["preload"] == "none"
    for attribute in ("controls", "muted", "playsinline"):
        assert video.has_attr(attribute)
    assert not video.has_attr("autoplay")
    assert not video.has_attr("loop")


def test_addresses_are_relative_to_the_page(build: Callable[..., Built], media: Path) -> None:
    pages = {
        "index": "# Home\n\n```{toctree}\na/b/deep\n```\n",
        "a/b/deep": f"# Deep\n\n{show()}\n",
    }
    built = build(pages, EXTENSIONS, video_media=str(media))
    video = built.article("a/b/deep").find("video")
    assert video["data-poster"].startswith("../../_static/media/demo.poster.avif")


@pytest.mark.parametrize(
    ("text", "subtype", "problem"),
    [
        (show("../demo"), "name", "is not a video's name"),
        (show("<b>"), "name", "is not a video's name"),
        (show("dem"), "file", "there is no video 'dem'; there are demo. Declare it in"),
        (show("picture"), "file", "'picture' has poster; a video needs mp4 and poster"),
        (show(alt=""), "option", ":alt: must say what one sees, step by step"),
        (show(alt="A video."), "option", "in 40 letters or more"),
        (show(title=""), "option", ":title: must say its title"),
    ],
)
def test_wrong_input_is_named_with_its_line(
    site: Callable[..., Built], text: str, subtype: str, problem: str
) -> None:
    built = site(text)
    assert "index.md:3: WARNING" in built.warnings
    assert problem in built.warnings
    assert f"[video.{subtype}]" in built.warnings
    assert built.article().find("video") is None


@pytest.mark.parametrize("text", ["", "[]", '{"demo": {"files": {"a": 1}}}', "[" * 100_000])
def test_a_damaged_ledger_is_named(site: Callable[..., Built], media: Path, text: str) -> None:
    (media / "media.json").write_text(text)
    warnings = site(show()).warnings
    assert "media.json:1: WARNING: this is not what tools.media writes. Run: make media" in warnings
    assert "[video.data]" in warnings


def test_a_file_that_is_gone(site: Callable[..., Built], media: Path) -> None:
    (media / "demo.mp4").unlink()
    warnings = site(show()).warnings
    assert "there is no file 'demo.mp4'" in warnings
    assert "[video.file]" in warnings


def test_a_hostile_string_is_escaped(site: Callable[..., Built]) -> None:
    built = site(show(title=HOSTILE, alt=f"{HOSTILE} and more text, so that it is long enough"))
    figure = built.article().find("figure")
    assert figure.find("script") is None
    assert figure.find("video")["aria-label"] == HOSTILE
    assert HOSTILE in figure.find("p", class_="mlt-video__description").text


@pytest.mark.parametrize("builder", ["text", "latex", "xml"])
def test_other_builders_get_the_description_and_a_link(
    site: Callable[..., Built], builder: str
) -> None:
    built = site(show(), builder, html_baseurl="https://example.org/en/")
    files = {"text": "index.txt", "latex": "sphinx.tex", "xml": "index.xml"}
    found = sorted(built.out.glob("*.tex")) if builder == "latex" else [built.out / files[builder]]
    text = " ".join(found[0].read_text().split())
    assert "A run" in text
    assert "its last value." in text
    if builder != "text":
        assert "https://example.org/en/_static/media/demo.mp4" in text.replace(r"\_", "_")


def test_the_style_is_on_its_page_and_on_no_other(site: Callable[..., Built]) -> None:
    built = site(show())
    for asset in ("css/video.css", "js/video.js"):
        assert asset in built.text("index.html")
        assert asset not in built.text("sub/deep.html")


def test_a_new_video_is_a_reason_to_read_the_page_again(
    site: Callable[..., Built], media: Path
) -> None:
    depends = site(show()).app.env.dependencies["index"]
    assert {Path(each).name for each in depends} >= {"media.json", "demo.mp4", "demo.webm"}


@pytest.mark.browser
def test_it_keeps_its_place_and_plays_under_the_sites_policy(
    browser: Any, build: Callable[..., Built]
) -> None:
    made = json.loads((MEDIA / "media.json").read_text())
    name = next(n for n, each in made.items() if f"{n}.webm" in each["files"])
    built = build(f"# V\n\n{show(name)}\n", EXTENSIONS, video_media=str(MEDIA))
    target = built.out / "_static" / "media"
    assert target.is_dir() or shutil.copytree(MEDIA, target)
    with serve(built.out) as address:
        page = browser.new_page(viewport={"width": 360, "height": 700})
        asked: list[str] = []
        refused: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: refused.append(message.text))
        page.goto(f"{address}/index.html")
        player = page.locator("video")
        box = player.bounding_box()
        assert box is not None
        assert box["width"] / box["height"] == pytest.approx(16 / 9, rel=0.02)
        assert not [url for url in asked if ".webm" in url or ".mp4" in url]
        player.evaluate("video => video.play()")
        page.wait_for_function("document.querySelector('video').currentTime > 0")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        assert not [text for text in refused if "Content Security Policy" in text]
        page.close()


@pytest.mark.browser
def test_the_picture_waits_until_the_reader_comes_near(browser: Any, site: Any) -> None:
    far = "\n\n".join(["text"] * 400)
    built = site(f"{show()}\n\n{far}\n\n{show()}")
    with serve(built.out) as address:
        tab = browser.new_page(viewport={"width": 800, "height": 600})
        tab.goto(f"{address}/index.html")
        for video in tab.locator("video").all():
            assert video.get_attribute("poster") is None
            video.scroll_into_view_if_needed()
            video.and_(tab.locator("[poster$=poster00]")).wait_for()
        tab.close()
