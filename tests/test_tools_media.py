"""``tools/media/``: budgets, files that are out of date, and pictures that need nothing else."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest

from _ext._shared.cast import parse
from tools.media import encode, film, ledger, maker, stage, terminal
from tools.media.__main__ import main
from tools.media.plan import (
    ANIMATION,
    GIF,
    POSTER,
    VIDEO_SECOND,
    MediaError,
    Places,
    budget,
    load,
    over_budget,
)

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[1]
HOSTILE = "</title><script>alert(\"1\")</script> & 'quotes'"
EVENTS = [
    [0.0, "o", "\x1b[32m$\x1b[0m "],
    [0.5, "i", "echo one\r"],
    *[[round(0.5 + 0.1 * n, 1), "o", key] for n, key in enumerate("echo one")],
    [1.3, "o", "\r\n\x1b[41mone\x1b[0m ✅ of many\r\n"],
    [2.0, "o", "two\r\nthree\r\nfour\r\n\x1b[32m$\x1b[0m "],
    [3.0, "o", ""],
]
SVG = "{http://www.w3.org/2000/svg}"


def cast(events: list[Any] = EVENTS, title: str = "A session", **header: Any) -> str:
    head = {"version": 2, "width": 40, "height": 5, "title": title, **header}
    return "".join(json.dumps(row) + "\n" for row in (head, *events))


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """Places with one cast, ``plain``, and its poster declared."""
    places = Places(
        plan=tmp_path / "media.yaml",
        casts=tmp_path / "casts",
        projects=tmp_path / "projects",
        media=tmp_path / "media",
    )
    for directory in (places.casts, places.projects, places.media):
        directory.mkdir()
    places.cast("plain").write_text(cast(), encoding="utf-8")
    declare(places, "plain: {outputs: [poster]}")
    return places


def declare(places: Places, *casts: str, films: tuple[str, ...] = ()) -> None:
    lines = ["casts:", *(f"  {line}" for line in casts)] if casts else []
    lines += ["films:", *(f"  {line}" for line in films)] if films else []
    places.plan.write_text("\n".join(lines) + "\n", encoding="utf-8")


def drawing(size: tuple[int, int] = (40, 5), **options: Any) -> str:
    recording = parse(cast(**options).encode())
    return terminal.animated(recording, size, ROOT / "_static/css/tokens.css")


def texts(svg: str) -> list[str]:
    return ["".join(node.itertext()) for node in ET.fromstring(svg).iter(f"{SVG}text")]


# -- What is committed -----------------------------------------------------------------------


def test_what_is_committed_is_complete_up_to_date_and_within_its_budget(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["--check"]) == 0, capsys.readouterr().err


def test_what_is_committed_is_small() -> None:
    assert sum(path.stat().st_size for path in Places().media.iterdir()) < 3_000_000


def test_a_check_needs_no_program(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    assert main([], places) == 0
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: pytest.fail("a program was run"))
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert main(["--check"], places) == 0


# -- Pictures --------------------------------------------------------------------------------


def test_an_animation_has_all_text_and_needs_no_script_font_or_host() -> None:
    svg = drawing()
    assert "".join(texts(svg)) == "A session$echo oneone✅ of manytwothreefour$"
    assert "<script" not in svg
    assert "@font-face" not in svg
    assert [word for word in svg.split('"') if "://" in word] == ["http://www.w3.org/2000/svg"]


def test_an_animation_moves_only_for_readers_who_want_it() -> None:
    svg = drawing()
    style = ET.fromstring(svg).find(f"{SVG}style")
    assert style is not None
    before, _, inside = (style.text or "").partition(
        "@media (prefers-reduced-motion:no-preference){"
    )
    assert "animation" in inside
    assert "animation" not in before
    # Without it, the last screen: six lines, of which five fit.
    assert f'transform="translate(0 -{terminal.LINE})"' in svg


def test_letters_appear_in_order_and_the_screen_scrolls_when_it_is_full() -> None:
    delays = [float(each) for each in stage.DELAY.findall(drawing())]
    assert delays == sorted(delays)
    assert len(set(delays)) == len(delays) > 4
    assert drawing((40, 20)).count("@keyframes s{") == 0
    assert f"translateY(-{terminal.LINE}px)" in drawing()


def test_a_poster_shows_one_moment(places: Places) -> None:
    recording = parse(cast().encode())
    whole = terminal.still(recording, (40, 5), places.tokens)
    early = terminal.still(recording, (40, 5), places.tokens, 1.0)
    assert "four" in texts(whole)
    assert "four" not in texts(early)
    assert "ec" in texts(early)
    assert "animation" not in whole
    with pytest.raises(MediaError, match="nothing is on the screen at 0 s: choose a later"):
        terminal.still(parse(cast([[1, "o", "x"]]).encode()), (40, 5), places.tokens, 0)


def test_a_wide_character_takes_two_cells() -> None:
    run = terminal.Run("✅ of", 0, 4, 0.0)
    assert run.length == round(5 * terminal.CELL, 1)


def test_a_background_is_drawn_and_its_text_is_dark() -> None:
    svg = drawing()
    colours = terminal.palette(ROOT / "_static/css/tokens.css")
    assert f'fill="{colours["red"]}"/>' in svg
    assert 'class="on-red' in svg


def test_a_hostile_title_and_output_are_escaped() -> None:
    svg = drawing(events=[[0, "o", HOSTILE], [1, "o", "."]], title=HOSTILE)
    assert "<script" not in svg
    assert HOSTILE in texts(svg)
    assert ET.fromstring(svg).findtext(f"{SVG}title") == HOSTILE


def test_tokens_without_a_colour_are_named(tmp_path: Path) -> None:
    tokens = tmp_path / "tokens.css"
    tokens.write_text("--mlt-term-bg: #000000;")
    with pytest.raises(MediaError, match="has no --mlt-term-bar with a colour"):
        terminal.palette(tokens)


def test_a_drawing_has_the_dark_colours_of_a_screen() -> None:
    colours = terminal.palette(ROOT / "_static/css/tokens.css")
    assert colours["bg"] == "#0d1716"
    assert colours["magenta"] == "#d8a5f8"


def test_a_cast_that_moves_the_cursor_has_no_animation(
    places: Places, capsys: pytest.CaptureFixture[str]
) -> None:
    places.cast("plain").write_text(cast([[0, "o", "10%"], [1, "o", "\r20%"]]))
    declare(places, "plain: {outputs: [svg]}")
    assert main([], places) == 1
    error = capsys.readouterr().err
    assert "media.yaml: plain: it moves the cursor" in error
    assert "outputs: [poster]" in error


# -- Budgets ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("output", "duration", "allowed"),
    [
        ("gif", 60, GIF),
        ("mp4", 20, 500_000),
        ("mp4", 10, 250_000),
        ("webm", 4, 100_000),
        ("poster", 0, POSTER),
        ("svg", 9, ANIMATION),
    ],
)
def test_budgets(output: str, duration: float, allowed: int) -> None:
    assert budget(output, duration) == allowed
    assert over_budget("a.file", output, allowed, duration) == ""
    message = over_budget("a.file", output, allowed + 1, duration)
    assert message.startswith(f"a.file has {allowed + 1:,} bytes, {allowed:,} are allowed: in ")
    assert "tools/media/media.yaml, " in message


def test_the_budgets_that_the_documentation_names_are_the_tools() -> None:
    text = (ROOT / "source" / "contributing" / "media.md").read_text()
    named = {
        what: int(size) * 1000
        for what, size, _ in re.findall(r"^\| ([^|]+) \| (\d+) kB ([^|]*)\|$", text, re.MULTILINE)
    }
    assert named == {
        "poster": POSTER,
        "animated SVG": ANIMATION,
        "GIF": GIF,
        "MP4, WebM": VIDEO_SECOND,
    }


def test_a_file_over_its_budget_is_not_put_in_place(
    places: Places, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("tools.media.plan.POSTER", 100)
    assert main([], places) == 1
    assert "plain.poster.svg has" in capsys.readouterr().err
    assert [path.name for path in places.media.iterdir()] == ["media.json"]


# -- Files that are missing, changed, out of date, or nobody's -----------------------------------


@pytest.fixture
def made(places: Places, capsys: pytest.CaptureFixture[str]) -> Callable[[], str]:
    """Make the files; return what a check says then, which has to be something wrong."""
    assert main([], places) == 0
    assert main(["--check"], places) == 0
    capsys.readouterr()

    def check() -> str:
        assert main(["--check"], places) == 1
        return capsys.readouterr().err

    return check


def test_files_are_the_same_bytes_each_time(places: Places) -> None:
    declare(places, "plain: {outputs: [poster, svg]}")
    assert main(["plain"], places) == 0
    first = {path.name: path.read_bytes() for path in places.media.iterdir()}
    assert set(first) == {"plain.poster.svg", "plain.svg", "media.json"}
    assert main(["plain"], places) == 0
    assert {path.name: path.read_bytes() for path in places.media.iterdir()} == first


def test_only_what_is_out_of_date_is_made_again(
    places: Places, made: Callable[[], str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([], places) == 0
    assert capsys.readouterr().out == "media: all is up to date\n"


def test_a_cast_that_shows_something_else(places: Places, made: Callable[[], str]) -> None:
    places.cast("plain").write_text(cast([*EVENTS, [4, "o", "more"]]), encoding="utf-8")
    assert "plain: its recording or its settings changed. Run: make media NAME=plain" in made()
    assert main([], places) == 0
    assert main(["--check"], places) == 0


def test_a_cast_recorded_again_with_the_same_result(places: Places) -> None:
    assert main([], places) == 0
    again = cast(mltrack={"recorded": "2030-01-01", "versions": {"mlflow": "9"}})
    places.cast("plain").write_text(again, encoding="utf-8")
    assert main(["--check"], places) == 0


def test_a_setting_that_changed(places: Places, made: Callable[[], str]) -> None:
    declare(places, "plain: {outputs: [poster], moment: 1}")
    assert "its recording or its settings changed" in made()


def test_colours_that_changed(places: Places, made: Callable[[], str], tmp_path: Path) -> None:
    tokens = tmp_path / "tokens.css"
    text = places.tokens.read_text()
    tokens.write_text(text.replace("--mlt-term-red: ", "--mlt-term-red: #123456; --old: "))
    assert main(["--check"], replace(places, tokens=tokens)) == 1


def test_a_cast_that_is_gone(places: Places, made: Callable[[], str]) -> None:
    places.cast("plain").unlink()
    assert "there is no" in (error := made())
    assert "plain.cast: remove it there" in error


def test_a_file_that_is_gone(places: Places, made: Callable[[], str]) -> None:
    (places.media / "plain.poster.svg").unlink()
    assert "plain.poster.svg is missing. Run: make media NAME=plain" in made()


def test_a_file_that_somebody_changed(places: Places, made: Callable[[], str]) -> None:
    (places.media / "plain.poster.svg").write_text("<svg/>")
    assert "plain.poster.svg is not the file that was made. Run: make media" in made()


def test_a_file_that_is_too_large_in_the_ledger_too(
    places: Places, made: Callable[[], str]
) -> None:
    large = b"<svg>" + b"x" * POSTER
    noted = ledger.read(places.ledger)
    (places.media / "plain.poster.svg").write_bytes(large)
    file = ledger.entry(places.media / "plain.poster.svg", "poster", (1, 1, 0.0))
    new = noted["plain"].model_copy(update={"files": {"plain.poster.svg": file}})
    ledger.write(places.ledger, {"plain": new})
    assert "plain.poster.svg has 60,005 bytes, 60,000 are allowed" in made()


def test_a_declaration_of_which_nothing_was_made(places: Places, made: Callable[[], str]) -> None:
    places.cast("new").write_text(cast())
    declare(places, "plain: {outputs: [poster]}", "new: {outputs: [poster]}")
    assert "new: nothing was made of it. Run: make media NAME=new" in made()


def test_files_of_nobody(places: Places, made: Callable[[], str]) -> None:
    (places.media / "stray.gif").write_bytes(b"GIF")
    (places.media / ".hidden").write_bytes(b"")
    error = made()
    assert "stray.gif is declared nowhere: remove it, or add it to" in error
    assert ".hidden is declared nowhere" in error


def test_a_ledger_that_speaks_of_others(places: Places, made: Callable[[], str]) -> None:
    places.plan.write_text("casts: {}\n")
    (places.media / "plain.poster.svg").unlink()
    assert "media.json speaks of 'plain' as" in made()
    assert main([], places) == 0
    assert main(["--check"], places) == 0


def test_a_damaged_ledger(places: Places, made: Callable[[], str]) -> None:
    places.ledger.write_text("{")
    assert "media.json is damaged; restore it, or remove it and run: make media" in made()


# -- Declarations ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("casts: {'../../etc': {outputs: [svg]}}", "is not a recording's name"),
        ("casts: {'<script>': {outputs: [svg]}}", "is not a recording's name"),
        ("casts: {a: {outputs: []}}", "casts.a.outputs"),
        ("casts: {a: {outputs: [exe]}}", "casts.a.outputs.0"),
        ("casts: {a: {outputs: [gif], fsp: 3}}", "casts.a.fsp: Extra inputs"),
        ("casts: {a: {outputs: [gif], fps: 99}}", "casts.a.fps"),
        ("films: {a: {outputs: [poster], project: ../x, command: [x], run: r}}", "films.a.project"),
        ("films: {a: {outputs: [mp4], project: x, command: [x], run: r}}", "needs its poster"),
        (
            "casts: {a: {outputs: [gif]}}\n"
            "films: {a: {outputs: [poster], project: x, command: [x], run: r}}",
            "'a' is a cast and a film",
        ),
        ("casts: [", "not YAML"),
    ],
)
def test_wrong_declarations(
    places: Places, text: str, problem: str, capsys: pytest.CaptureFixture[str]
) -> None:
    places.plan.write_text(text)
    assert main(["--check"], places) == 1
    error = capsys.readouterr().err
    assert error.startswith(f"media: {places.plan}")
    assert problem in error


def test_a_missing_declaration_file(places: Places, capsys: pytest.CaptureFixture[str]) -> None:
    places.plan.unlink()
    assert main(["--check"], places) == 1
    assert "media.yaml: No such file" in capsys.readouterr().err


def test_a_name_that_nobody_declared(places: Places, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["../../etc/passwd"], places) == 1
    assert "declares no '../../etc/passwd'; there are plain" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["", "not json\n", "[1]\n"])
def test_a_file_that_is_no_cast(
    places: Places, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    places.cast("plain").write_text(text)
    assert main([], places) == 1
    assert "plain.cast:1: not an asciicast" in capsys.readouterr().err


# -- Programs --------------------------------------------------------------------------------


@pytest.mark.parametrize("output", ["gif", "mp4"])
def test_without_ffmpeg_it_says_what_to_install(
    places: Places,
    output: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    declare(places, f"plain: {{outputs: [{output}]}}")
    assert main([], places) == 1
    assert "media: ffmpeg is not installed: on Debian and Ubuntu, apt install ffmpeg" in (
        capsys.readouterr().err
    )


def test_a_program_that_fails_is_quoted(
    places: Places, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    failed = subprocess.CompletedProcess([], 3, "", "one\nNo such filter: 'x'\n")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: failed)
    with pytest.raises(MediaError, match="ffmpeg failed with 3:\none\nNo such filter: 'x'"):
        encode.gif(tmp_path / "frames.txt", tmp_path / "a.gif", 10)


def test_a_film_of_a_project_that_is_not_there(
    places: Places, capsys: pytest.CaptureFixture[str]
) -> None:
    declare(places, films=("live: {outputs: [poster], project: live, command: [a], run: r}",))
    assert main([], places) == 1
    assert "names the project 'live'" in capsys.readouterr().err


def test_a_film_is_out_of_date_when_its_script_changed(places: Places) -> None:
    entry = "live: {outputs: [poster], project: live, command: [python, run.py], run: r}"
    declare(places, films=(entry,))
    script = places.projects / "live" / "run.py"
    script.parent.mkdir()
    script.write_text("1")
    plan = load(places.plan)
    before = ledger.source("live", plan, places)
    (script.parent / "other.py").write_text("something else")
    assert ledger.source("live", plan, places) == before
    script.write_text("2")
    assert ledger.source("live", plan, places) != before


# -- Frames ----------------------------------------------------------------------------------


def test_what_is_hurried_takes_less_time() -> None:
    marks = [(10.0, 5.0), (20.0, 1.0)]
    assert [film.warped(time, marks) for time in (5, 10, 15, 20, 25)] == [5, 10, 11, 12, 17]
    assert film.warped(7, []) == 7
    frames = [(9.0, Path("a.png")), (10.0, Path("b.png")), (20.0, Path("c.png"))]
    assert film.cut(frames, marks) == [
        (Path("a.png"), 1.0),
        (Path("b.png"), 2.0),
        (Path("c.png"), film.LAST),
    ]


def test_the_list_for_ffmpeg_names_the_last_frame_twice() -> None:
    text = film.listing([(Path("x/a.png"), 0.5), (Path("x/b.png"), 1)])
    assert text.splitlines() == [
        "ffconcat version 1.0",
        "file 'a.png'",
        "duration 0.500",
        "file 'b.png'",
        "duration 1.000",
        "file 'b.png'",
    ]


def test_moments_cover_the_whole_animation() -> None:
    moments = stage.moments(drawing(), 10)
    assert moments[0][0] == 0
    assert all(at + stays == pytest.approx(after) for (at, stays), (after, _) in pairwise(moments))
    assert moments[-1][1] == terminal.REST
    with pytest.raises(MediaError, match="nothing moves in it"):
        stage.moments("<svg/>", 10)


@pytest.mark.browser
@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")
def test_a_gif_and_an_mp4(places: Places) -> None:
    declare(places, "plain: {outputs: [gif, mp4], fps: 4, size: 14}")
    made = maker.make("plain", load(places.plan), places)
    gif, mp4 = made.files["plain.gif"], made.files["plain.mp4"]
    assert (gif.width, gif.height) == (364, 157)
    assert (mp4.width, mp4.height) == (364, 156)
    assert 4.5 < mp4.duration < 6
    assert (places.media / "plain.gif").read_bytes().startswith(b"GIF89a")


@pytest.mark.browser
def test_reduced_motion_shows_the_end_inside_an_image(tmp_path: Path) -> None:
    (tmp_path / "a.svg").write_text(drawing(), encoding="utf-8")
    (tmp_path / "index.html").write_text('<img src="a.svg">')
    shots = {}
    for argument in ("--force-prefers-reduced-motion", "--force-prefers-no-reduced-motion"):
        with stage.chromium((argument,)) as browser:
            page = browser.new_page()
            page.goto((tmp_path / "index.html").as_uri())
            page.wait_for_timeout(300)
            first = page.locator("img").screenshot()
            page.wait_for_timeout(1200)
            shots[argument] = first, page.locator("img").screenshot()
    still, moving = shots.values()
    assert still[0] == still[1]
    assert moving[0] != moving[1]
