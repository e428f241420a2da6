"""``_ext/asciinema/``: transcripts that are complete, and play in a real browser."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from browser import CHROMIUM_ARGS, CSP, chromium_path, serve

from _ext._shared.ansi import LONGEST_LINE, Painter, Span, final_screen, joined
from _ext._shared.cast import LARGEST, CastError, parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conftest import Built
    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).parents[1]
CASTS = ROOT / "_static" / "casts"
EXTENSIONS = ["sphinx_copybutton", "_ext.asciinema"]
HOSTILE = '<script>alert("1")</script> & "quotes"'
WASM = CSP.replace("script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'")

PLAIN = [
    [0.0, "o", "\x1b[32m$\x1b[0m "],
    [0.5, "m", "First"],
    [0.5, "i", "echo one\r"],
    *[[round(0.5 + 0.1 * n, 1), "o", key] for n, key in enumerate("echo one")],
    [1.3, "o", "\r\n"],
    [1.5, "o", "\x1b[1;36mone\x1b[0m of many\r\n"],
    [1.6, "o", "\x1b[32m$\x1b[0m "],
    [2.0, "i", "echo two\r"],
    [2.2, "o", "echo two"],
    [2.4, "o", "\r\ntwo ✅\r\n"],
    [2.5, "o", "\x1b[32m$\x1b[0m "],
    [3.0, "o", ""],
]
CURSOR = [
    [0.0, "o", "start\r\n"],
    [0.3, "o", "\x1b[31m10%\x1b[0m"],
    [0.6, "o", "\r\x1b[2K\x1b[32m100%\x1b[0m\r\n"],
    [0.9, "o", "done\r\n"],
]


def cast(events: list[Any], title: str = "A session", **header: Any) -> str:
    head = {"version": 2, "width": 60, "height": 10, "title": title, **header}
    return "".join(json.dumps(row) + "\n" for row in (head, *events))


@pytest.fixture
def casts(tmp_path: Path) -> Path:
    directory = tmp_path / "casts"
    directory.mkdir()
    (directory / "plain.cast").write_text(cast(PLAIN), encoding="utf-8")
    (directory / "cursor.cast").write_text(cast(CURSOR), encoding="utf-8")
    return directory


@pytest.fixture
def site(build: Callable[..., Built], casts: Path) -> Callable[..., Built]:
    """Return ``build`` with the extension, the casts above, and a page that has none."""

    def make(text: str, builder: str = "html") -> Built:
        pages = {"index": f"# Recordings\n\n{text}\n\n```{{toctree}}\nother\n```\n"}
        pages["other"] = "# Other\n\nNothing here.\n"
        return build(pages, EXTENSIONS, builder, recordings=str(casts))

    return make


def show(name: str, *options: str) -> str:
    return "\n".join([f"```{{asciinema}} {name}", *options, "```"])


# -- Model -----------------------------------------------------------------------------------


def test_commands_are_whole_and_know_when_they_were_typed() -> None:
    recording = parse(cast(PLAIN).encode())
    commands = [chunk for chunk in recording.chunks if chunk.is_command]
    assert [(c.text, c.start, c.end) for c in commands] == [
        ("echo one", 0.5, 1.2),
        ("echo two", 2.2, 2.2),
    ]
    assert recording.text == "$ echo one\none of many\n$ echo two\ntwo ✅\n$"
    assert recording.duration == 3.0
    assert not recording.moves


def test_an_echo_that_is_not_the_command_stays_output() -> None:
    events = [[0, "i", "secret\r"], [0.1, "o", "se"], [0.2, "o", "***\r\n"], [0.3, "o", "ok"]]
    recording = parse(cast(events).encode())
    assert recording.text == "se***\nok"
    assert not any(chunk.is_command for chunk in recording.chunks)


def test_steps_begin_with_their_prompt_and_at_zero() -> None:
    part = parse(cast(PLAIN).encode()).steps(2, 2)
    assert part.text == "$ echo two\ntwo ✅\n$"
    assert part.chunks[0].start == 0
    assert part.duration == 1.4
    first = parse(cast(PLAIN).encode()).steps(1, 1)
    assert first.text == "$ echo one\none of many"
    assert first.duration == 1.6


@pytest.mark.parametrize("steps", [(0, 1), (1, 3), (2, 1)])
def test_steps_that_are_not_there(steps: tuple[int, int]) -> None:
    with pytest.raises(CastError, match="there are 2 commands"):
        parse(cast(PLAIN).encode()).steps(*steps)


def test_colours_last_from_piece_to_piece_and_survive_a_cut() -> None:
    painter = Painter()
    assert painter.paint("\x1b[1;9") == []
    assert painter.paint("1mred") == [Span("red", ("bold", "bright-red"))]
    assert painter.paint(" still\x1b[0m\r") == [Span(" still", ("bold", "bright-red"))]
    assert painter.paint("\nplain") == [Span("\nplain")]


@pytest.mark.parametrize(
    ("code", "classes"),
    [
        ("2", ("dim",)),
        ("3;4", ("italic", "underline")),
        ("9;7", ("strike", "reverse")),
        ("38;5;9", ("bright-red",)),
        ("38;2;0;128;0", ("green",)),
        ("43", ("on-yellow",)),
        ("39;49", ()),
    ],
)
def test_styles(code: str, classes: tuple[str, ...]) -> None:
    assert Painter().paint(f"\x1b[{code}mx") == [Span("x", classes)]


def test_wide_characters_stand_alone() -> None:
    assert joined([Span("│ ✅ │", ("green",))]) == [
        Span("│ ", ("green",)),
        Span("✅", ("green", "wide")),
        Span(" │", ("green",)),
    ]


def test_control_characters_are_left_out_and_long_lines_cut() -> None:
    noise = "a\x00\x07\x1b]0;title\x07b\x1b[?25lc\u202ed\r\r\n" + "x" * (LONGEST_LINE + 50)
    recording = parse(cast([[0, "o", noise], [1, "o", "y" * 50 + "\r\nend"]]).encode())
    assert not recording.moves
    assert recording.text == "abcd\n" + "x" * LONGEST_LINE + "…\nend"


def test_cursor_movement_shows_the_last_screen_with_what_scrolled_away() -> None:
    recording = parse(cast(CURSOR).encode())
    assert recording.moves
    assert recording.text == "start\n100%\ndone"
    assert Span("100%", ("green",)) in recording.chunks[0].spans
    lines = "".join(f"line {n}\r\n" for n in range(30))
    text = "".join(span.text for span in final_screen(lines + "\x1b[H\x1b[1mtop", 20, 5))
    assert text.startswith("line 0\nline 1\n")
    assert text.count("\n") == 30
    assert "top" in text


@pytest.mark.parametrize("output", ["\x1b[2J", "50%\r100%", "a\bb", "\x1b7", "\x1b[?1049h"])
def test_what_moves_the_cursor(output: str) -> None:
    assert parse(cast([[0, "o", output]]).encode()).moves


@pytest.mark.parametrize(
    ("data", "message", "line"),
    [
        (b"", "not an asciicast 2", 1),
        (b"{}", "not an asciicast 2: version", 1),
        (b'{"version": 3, "term": {"cols": 1}}', "not an asciicast 2: version", 1),
        (cast([[0, "o", "x"]]).encode() + b'[1, "o", "\xff"]', "not UTF-8", 3),
        (cast([[0, "o"]]).encode(), "not an event", 2),
        (cast([]).encode() + b'[NaN, "o", "x"]', "not an event", 2),
        (cast([]).encode() + b'[-1, "o", "x"]', "not an event", 2),
        (cast([]).encode() + b"[" * 100_000, "not an event", 2),
        (b" " * (LARGEST + 1), "at most 1,000,000", 1),
    ],
)
def test_bad_casts_say_where(data: bytes, message: str, line: int) -> None:
    with pytest.raises(CastError, match=message) as error:
        parse(data)
    assert error.value.line == line


def test_numbers_that_are_too_long_do_no_harm() -> None:
    recording = parse(cast([[0, "o", f"\x1b[{'1' * 9000}mone\x1b[{'1;' * 9000}H two"]]).encode())
    assert recording.text == "one two"


@pytest.mark.parametrize("path", sorted(CASTS.glob("*.cast")), ids=lambda path: path.stem)
def test_the_committed_casts_are_readable(path: Path) -> None:
    data = path.read_bytes()
    recording = parse(data)
    steps = json.loads(data.split(b"\n")[0])["mltrack"]["steps"]
    typed = [chunk.text for chunk in recording.chunks if chunk.is_command]
    assert typed == [step["command"] for step in steps]
    assert not recording.moves
    assert not re.search(r"[0-9a-f]{32}", recording.text)
    assert recording.duration <= 60


# -- On a page -------------------------------------------------------------------------------


def test_it_renders(site: Callable[..., Built]) -> None:
    built = site(show("plain", ":title: My title", ":speed: 2", ":autoplay:"))
    assert built.warnings == ""
    figure = built.article().select_one("figure.mlt-asciinema")
    assert figure["data-speed"] == "2.0"
    assert figure["data-duration"] == "3.0"
    assert figure.has_attr("data-autoplay")
    assert figure.select_one(".mlt-asciinema__title").text == "My title"
    assert figure.select_one(".mlt-asciinema__length").text == "0:03"
    screen = figure.select_one(".mlt-asciinema__screen")
    assert (screen["tabindex"], screen["role"]) == ("0", "group")
    assert screen["aria-label"] == "Terminal recording: My title"
    assert screen.text.strip() == "$ echo one\none of many\n$ echo two\ntwo ✅\n$"
    assert [kbd.text for kbd in screen.find_all("kbd")] == ["echo one", "echo two"]
    bold = screen.select_one(".mlt-ansi__bold.mlt-ansi__cyan")
    assert bold.text == "one"
    assert not figure.has_attr("data-cast")


def test_the_cast_is_a_dependency(site: Callable[..., Built], casts: Path) -> None:
    built = site(show("plain"))
    found = built.app.env.dependencies["index"]
    assert any(Path(built.app.srcdir, path).resolve() == casts / "plain.cast" for path in found)


def test_a_cast_that_moves_the_cursor_comes_with_its_file(site: Callable[..., Built]) -> None:
    built = site(show("cursor"))
    figure = built.article().select_one("figure")
    assert figure.select_one("pre").text.strip() == "start\n100%\ndone"
    assert built.text(figure["data-cast"]) == cast(CURSOR)


@pytest.mark.parametrize(
    ("text", "subtype", "message"),
    [
        (show("../plain"), "name", "is not a recording's name"),
        (show("absent"), "file", "there is no recording 'absent'"),
        (show("plain", ":speed: 9"), "option", ":speed: must be from 0.25 to 4"),
        (show("plain", ":speed: nan"), "option", ":speed: must be"),
        (show("plain", ":speed: fast"), "option", ":speed: could not convert"),
        (show("plain", ":steps: all"), "option", ":steps: must be a command's number"),
        (show("plain", ":steps: 2-5"), "steps", "there are 2 commands"),
        (show("cursor", ":steps: 1"), "steps", "moves the cursor"),
    ],
)
def test_bad_input_warns(site: Callable[..., Built], text: str, subtype: str, message: str) -> None:
    built = site(text)
    assert re.search(rf"index\.md:3: WARNING: .*\[asciinema\.{subtype}\]", built.warnings)
    assert message in built.warnings
    assert built.article().find("figure") is None


def test_a_bad_cast_warns_at_its_line(site: Callable[..., Built], casts: Path) -> None:
    (casts / "plain.cast").write_text(cast([[0, "o", "x"]]) + "oops\n")
    warnings = site(show("plain")).warnings
    assert re.search(r"plain\.cast:3: WARNING: not an event.*\[asciinema\.cast\]", warnings)


def test_hostile_text_is_escaped(site: Callable[..., Built], casts: Path) -> None:
    events = [[0, "i", f"{HOSTILE}\r"], [1, "o", HOSTILE], [2, "o", f"\r\n\x1b[31m{HOSTILE}"]]
    (casts / "plain.cast").write_text(cast(events, HOSTILE))
    built = site(show("plain"))
    figure = built.article().find("figure")
    assert figure.find("script") is None
    assert figure.select_one(".mlt-asciinema__title").text == HOSTILE
    assert figure.find("kbd").text == HOSTILE
    assert figure.select_one(".mlt-ansi__red").text == HOSTILE
    assert figure.select_one("[tabindex]")["aria-label"].endswith(HOSTILE)
    assert "style=" not in str(figure)


def test_text_build(site: Callable[..., Built]) -> None:
    built = site(show("plain"), builder="text")
    assert built.warnings == ""
    assert "   $ echo one\n   one of many\n   $ echo two\n" in built.text("index.txt")


def test_assets_only_where_needed(site: Callable[..., Built]) -> None:
    built = site(show("plain"))
    assert "css/asciinema.css" in built.text("index.html")
    assert "js/asciinema.js" in built.text("index.html")
    assert "asciinema" not in built.text("other.html")


# -- In a browser ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=CHROMIUM_ARGS)
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium: Browser, site: Callable[..., Built]) -> Iterator[Callable[..., Page]]:
    """Return ``visit(text, csp, **context)``: a page under the policy; fails on console errors."""
    from contextlib import ExitStack

    with ExitStack() as stack:

        def open_page(text: str, csp: str = CSP, **context: Any) -> Page:
            built = site(text)
            address = stack.enter_context(serve(built.out, csp))
            page = chromium.new_context(**context).new_page()
            stack.callback(page.context.close)
            errors: list[str] = []
            page.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
            page.on("pageerror", lambda error: errors.append(str(error)))
            stack.callback(lambda: _none(errors))
            page.asked = []  # type: ignore[attr-defined]
            page.on("request", lambda r: page.asked.append(r.url))  # type: ignore[attr-defined]
            page.goto(f"{address}/index.html")
            assert page.locator("article [style]").count() == 0
            return page

        yield open_page


def _none(errors: list[str]) -> None:
    """Fail on console errors, but for those of the theme's icons; the article has no such style."""
    assert [error for error in errors if "Applying inline style" not in error] == []


HIDDEN = "[...document.querySelectorAll('.mlt-asciinema__later')].length"


@pytest.mark.browser
def test_complete_without_a_script(visit: Callable[..., Page]) -> None:
    page = visit(show("plain"), java_script_enabled=False)
    screen = page.get_by_role("group", name="Terminal recording: A session")
    assert screen.inner_text().strip() == "$ echo one\none of many\n$ echo two\ntwo ✅\n$"
    assert page.locator("figure button").count() == 0
    assert not page.locator("[data-controls]").is_visible()


@pytest.mark.browser
def test_play_hides_then_reveals(visit: Callable[..., Page]) -> None:
    page = visit(show("plain", ":speed: 0.5"))
    assert page.evaluate(HIDDEN) == 0
    page.get_by_role("button", name="Play").click()
    page.get_by_role("button", name="Pause").wait_for()
    assert page.evaluate(HIDDEN) > 3
    # A command that is being typed is one element, whose text is whole.
    page.locator("kbd .mlt-asciinema__later").first.wait_for(state="attached")
    assert page.locator("article kbd").first.text_content() == "echo one"
    page.get_by_label("Speed").select_option("2")
    page.get_by_role("button", name="Play").wait_for(timeout=5000)
    assert page.evaluate(HIDDEN) == 0
    assert page.locator(".mlt-asciinema__time").inner_text() == "0:03 / 0:03"


@pytest.mark.browser
def test_keyboard(visit: Callable[..., Page]) -> None:
    page = visit(show("plain"))
    page.get_by_label("Position").focus()
    page.keyboard.press("Home")
    assert page.locator("article kbd").first.is_hidden()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    assert page.get_by_label("Position").get_attribute("aria-valuetext") == "2 of 3 seconds"
    assert page.locator("article kbd").first.is_visible()
    assert page.locator("article kbd").last.is_hidden()
    page.keyboard.press("End")
    assert page.evaluate(HIDDEN) == 0
    page.locator(".mlt-asciinema__screen").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Pause").wait_for()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Play").wait_for()
    assert page.evaluate(HIDDEN) > 0


@pytest.mark.browser
def test_speed(visit: Callable[..., Page]) -> None:
    page = visit(show("plain", ":speed: 4"))
    speed = page.get_by_label("Speed")
    assert speed.locator("option").all_inner_texts() == [
        f"{rate}\u00d7" for rate in ("0.5", "1", "1.5", "2", "4")
    ]
    assert speed.input_value() == "4"
    elapsed = page.evaluate(
        """async () => {
          const button = document.querySelector(".mlt-asciinema__play"), begin = performance.now();
          button.click();
          while (button.textContent !== "Play") await new Promise(requestAnimationFrame);
          return performance.now() - begin;
        }"""
    )
    assert 650 < elapsed < 1500  # 3 s at four times the speed


@pytest.mark.browser
def test_reduced_motion_goes_to_the_end(visit: Callable[..., Page]) -> None:
    page = visit(show("plain", ":autoplay:"), reduced_motion="reduce")
    page.wait_for_timeout(300)
    assert page.evaluate(HIDDEN) == 0
    page.get_by_label("Position").focus()
    page.keyboard.press("Home")
    assert page.evaluate(HIDDEN) > 0
    page.get_by_role("button", name="Play").click()
    assert page.evaluate(HIDDEN) == 0
    assert page.get_by_role("button", name="Play").is_visible()


@pytest.mark.browser
def test_autoplay_starts_once_in_view(visit: Callable[..., Page]) -> None:
    page = visit("<br>" * 120 + "\n\n" + show("plain", ":speed: 4", ":autoplay:"))
    page.wait_for_timeout(300)
    assert page.get_by_role("button", name="Play").count() == 1
    page.locator("figure").scroll_into_view_if_needed()
    page.get_by_role("button", name="Pause").wait_for()
    page.get_by_role("button", name="Play").wait_for()
    page.evaluate("scrollTo(0, 0)")
    page.wait_for_timeout(200)
    page.locator("figure").scroll_into_view_if_needed()
    page.wait_for_timeout(300)
    assert page.get_by_role("button", name="Play").count() == 1


@pytest.mark.browser
def test_copy_commands(visit: Callable[..., Page]) -> None:
    page = visit(show("plain"), permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy commands").click()
    page.get_by_role("button", name="Commands copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == "echo one\necho two"


@pytest.mark.browser
def test_the_page_does_not_grow_wider_than_a_phone(visit: Callable[..., Page], casts: Path) -> None:
    (casts / "plain.cast").write_text(cast([*PLAIN, [4, "o", "x" * 300]]))
    page = visit(show("plain"), viewport={"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    screen = page.locator(".mlt-asciinema__screen")
    assert screen.evaluate("e => e.scrollWidth > e.clientWidth")


@pytest.mark.browser
def test_the_player_is_loaded_for_cursor_casts_only_and_on_request(
    visit: Callable[..., Page],
) -> None:
    page = visit(f"{show('plain')}\n\n{show('cursor')}", WASM, reduced_motion="no-preference")
    asked: list[str] = page.asked  # type: ignore[attr-defined]
    page.get_by_role("button", name="Play").first.click()
    page.wait_for_timeout(200)
    assert not [url for url in asked if "vendor" in url or url.endswith(".cast")]
    figure = page.locator("figure").last
    figure.get_by_role("button", name="Play").click()
    figure.locator(".ap-term").wait_for()
    figure.locator(".ap-term").get_by_text("done").wait_for()
    assert not figure.locator(".mlt-asciinema__screen").is_visible()
    names = [url.rsplit("/", 1)[1].split("?")[0] for url in asked]
    assert names.index("asciinema-player.css") < names.index("asciinema-player.min.js")
    assert "cursor.cast" in names


@pytest.mark.browser
def test_under_a_policy_without_webassembly_the_transcript_stays(
    build: Callable[..., Built], chromium: Browser, casts: Path
) -> None:
    built = build(show("cursor"), EXTENSIONS, recordings=str(casts))
    with serve(built.out) as address:
        page = chromium.new_page()
        page.goto(f"{address}/index.html")
        page.get_by_role("button", name="Play").click()
        page.get_by_text("security policy").wait_for()
        assert page.locator(".mlt-asciinema__screen").inner_text().strip().endswith("done")
        assert page.locator(".mlt-asciinema__screen").is_visible()
        page.close()
