"""``_ext/console.py``, and what all directives that show recordings have in common."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from browser import CHROMIUM_ARGS, chromium_path, serve
from sphinx.testing.util import SphinxTestApp

from _ext._shared import versions
from _ext._shared.ansi import LONGEST_LINE, Span
from _ext._shared.cast import MOST_COMMANDS, CastError, Recording, parse
from _ext._shared.evidence import Evidence, evidence_of
from _ext._shared.recordings import UNKNOWN, evidence
from _ext._shared.transcript import MOST_LINES, MOST_TEXT, turns
from _ext.asciinema.directive import asciinema
from _ext.console import console, plain, scrolls, shown
from tests.conftest import BASE

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Built

ROOT = Path(__file__).parents[1]
CASTS = ROOT / "_static" / "casts"
EXTENSIONS = ["sphinx_copybutton", "_ext.asciinema", "_ext.console"]
HOSTILE = '<script>alert("1")</script> & "quotes"'
PROMPT = "\x1b[1;32m$\x1b[0m "
DIRECTIVES = ("asciinema", "console")
VERSIONS = versions.installed()


def session(*steps: tuple[str, str], prompt: str = PROMPT) -> list[Any]:
    """Return the events of commands and their outputs, as the recorder writes them."""
    rows: list[Any] = [[0, "o", prompt]]
    for command, output in steps:
        rows += [[1, "i", f"{command}\r"], *([1, "o", key] for key in command), [1, "o", "\r\n"]]
        rows += [[2, "o", line] for line in re.findall(r"[^\n]*\n|[^\n]+", output)]
        rows.append([3, "o", prompt])
    return [*rows, [4, "o", ""]]


def cast(events: list[Any], steps: list[dict[str, Any]] | None = None, **made: Any) -> str:
    """Return a cast; with ``steps`` or ``made`` its header says how it was made."""
    header: dict[str, Any] = {"version": 2, "width": 80, "height": 24, "title": "A session"}
    if steps is not None or made:
        header["mltrack"] = {"steps": steps or [], **made}
    return "".join(json.dumps(row) + "\n" for row in (header, *events))


STEPS = [("echo one", "\x1b[36mone\x1b[0m\r\n"), ("false", ""), ("echo two", "two ✅\r\n\r\n")]
FACTS: list[dict[str, Any]] = [
    {"command": "echo one", "exit": 0},
    {"command": "false", "exit": 1, "fails": "no luck", "limit": "luck"},
    {"command": "echo two", "exit": 0, "workaround": "luck"},
]
PLAIN = cast(session(*STEPS), FACTS, versions=VERSIONS, recorded="2026-11-02")
BARE = cast(session(*STEPS))


def read(text: str) -> Recording:
    return parse(text.encode())


@pytest.fixture
def casts(tmp_path: Path) -> Path:
    directory = tmp_path / "casts"
    directory.mkdir()
    (directory / "plain.cast").write_text(PLAIN, encoding="utf-8")
    (directory / "cursor.cast").write_text(cast([[0, "o", "10%\r20%"]]), encoding="utf-8")
    return directory


@pytest.fixture
def site(build: Callable[..., Built], casts: Path) -> Callable[..., Built]:
    """Return ``build`` with the extensions, the casts above, and a page that has none."""

    def make(text: str, builder: str = "html") -> Built:
        pages = {"index": f"# Recordings\n\n{text}\n\n```{{toctree}}\nother\n```\n"}
        pages["other"] = "# Other\n\nNothing here.\n"
        return build(pages, EXTENSIONS, builder, recordings=str(casts))

    return make


def show(name: str, *options: str, directive: str = "console") -> str:
    return "\n".join([f"```{{{directive}}} {name}", *options, "```"])


# -- Transcripts -----------------------------------------------------------------------------


def test_commands_have_their_prompt_and_their_output() -> None:
    found = turns(read(PLAIN).chunks)
    assert [turn.command for turn in found] == ["echo one", "false", "echo two"]
    assert {turn.prompt for turn in found} == {(Span("$", ("bold", "green")), Span(" "))}
    assert found[0].output == (Span("one", ("cyan",)), Span("\n"))
    assert found[1].output == ()
    assert "".join(span.text for span in found[2].output) == "two ✅\n\n"


def test_an_output_without_a_last_line_break_is_not_the_prompt() -> None:
    recording = read(cast(session(("printf x", "x"), ("printf $", "cost: 5"))))
    assert [turn.output for turn in turns(recording.chunks)] == [
        (Span("x\n"),),
        (Span("cost: 5\n"),),
    ]
    assert recording.steps(2, 2).text == "$ printf $\ncost: 5$"


def test_a_prompt_in_one_piece_with_the_output_before_it() -> None:
    events = [[0, "o", "Welcome\r\n$ "], [1, "i", "ls\r"], [1, "o", "ls"], [2, "o", "\r\na\r\n$ "]]
    recording = read(cast([*events, [3, "i", "id\r"], [3, "o", "id"], [4, "o", "\r\nme\r\n"]]))
    assert recording.steps(2, 2).text == "$ id\nme"
    assert plain(shown(recording, without_output=False)) == "$ ls\na\n$ id\nme"


def test_statuses_are_shown_if_one_is_not_zero() -> None:
    recording = read(PLAIN)
    assert [each.status for each in shown(recording, without_output=False)] == [0, 1, 0]
    assert [each.status for each in shown(recording.steps(1, 1), without_output=False)] == [None]
    assert plain(shown(recording.steps(2, 3), without_output=True)) == (
        "$ false\n[exit 1]\n$ echo two\n[exit 0]"
    )


@pytest.mark.parametrize(("lines", "notice"), [(0, ""), (1, "… 1 more line"), (123, "… 123 more")])
def test_long_outputs_say_how_much_is_left_out(lines: int, notice: str) -> None:
    output = "".join(f"line {number}\r\n" for number in range(MOST_LINES + lines))
    recording = read(cast(session(("seq", output), ("echo", "end\r\n"))))
    long, short = turns(recording.chunks)
    text = "".join(span.text for span in long.output)
    assert f"line {MOST_LINES - 1}\n" in text
    assert f"line {MOST_LINES}\n" not in text
    assert text.splitlines()[-1].startswith(notice or "line 499")
    assert short.output == (Span("end\n"),)


def test_a_recording_shows_so_much_output_and_all_its_commands() -> None:
    wide = ("x" * 900 + "\r\n") * 200
    recording = read(cast(session(("one", wide), ("two", "2\r\n" * 9), ("three", ""))))
    one, two, three = turns(recording.chunks)
    assert "".join(span.text for span in one.output).endswith("… 90 more lines\n")
    assert len(recording.text) < MOST_TEXT + 1000
    assert (two.command, three.command, three.output) == ("two", "three", ())


# -- Evidence --------------------------------------------------------------------------------


def about(first: int, last: int) -> Evidence:
    return evidence(read(PLAIN).steps(first, last), "plain", (first, last))


def test_evidence_of_a_recording() -> None:
    made = {"date": "2026-11-02", "versions": VERSIONS, "language": "console"}
    assert about(1, 1) == Evidence("recorded", "recording plain, command 1", **made)
    assert about(3, 3) == Evidence("recorded", "recording plain, command 3", limit="luck", **made)
    fails = {"reason": "no luck", "limit": "luck"}
    assert about(2, 3) == Evidence("fails", "recording plain, commands 2 to 3", **fails, **made)
    assert evidence(read(PLAIN), "plain", None).source == "recording plain"


def test_a_recording_that_does_not_say_how_it_was_made_proves_nothing() -> None:
    found = evidence(read(BARE), "bare", None)
    assert (found.state, found.reason) == ("illustration", UNKNOWN)


@pytest.mark.parametrize("directive", DIRECTIVES)
def test_directives_attach_their_evidence(site: Callable[..., Built], directive: str) -> None:
    built = site(show("plain", ":steps: 2", directive=directive))
    (node,) = built.doctree().findall(lambda node: isinstance(node, (asciinema, console)))
    assert evidence_of(node) == about(2, 2)
    assert (node.line, Path(node.source).name) == (3, "index.md")


@pytest.mark.parametrize("directive", DIRECTIVES)
def test_other_versions_warn(
    site: Callable[..., Built], directive: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(versions, "installed", lambda: VERSIONS | {"mlflow": "9.9", "python": "3"})
    built = site(show("plain", directive=directive))
    assert re.search(rf"index\.md:3: WARNING: .*\[{directive}\.versions\]", built.warnings)
    old = VERSIONS["mlflow"]
    assert (
        f"plain.cast was recorded with mlflow {old} (installed: 9.9). Run: make" in built.warnings
    )
    assert "mltrack-py" not in built.warnings
    assert built.article().select_one(f".mlt-{directive}")


def test_pages_are_read_again_with_other_versions(
    site: Callable[..., Built], casts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = site(show("plain"))
    assert built.warnings == ""
    monkeypatch.setattr(versions, "installed", lambda: VERSIONS | {"mlflow": "9.9"})
    config = {**BASE, "extensions": ["myst_nb", *EXTENSIONS], "recordings": str(casts)}
    again = SphinxTestApp("html", srcdir=built.app.srcdir, confoverrides=config)
    again.build()
    assert "[console.versions]" in again.warning.getvalue()
    again.cleanup()


# -- Casts -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (cast(session(*STEPS), FACTS[:2]), "not the commands that were typed"),
        (cast(session(*STEPS), [*FACTS[:2], {"command": "echo 3"}]), "not the commands that were"),
        (cast([], [{"exit": 0}]), "mltrack.steps.0.command: Field required"),
        (cast([], [{"command": "x", "exit": "?"}]), "mltrack.steps.0.exit"),
        (cast(session(*[("x", "")] * (MOST_COMMANDS + 1))), f"at most {MOST_COMMANDS}"),
        (cast([[0, "i", "x" * LONGEST_LINE + "\r"]]), "a command of 1,001 characters"),
    ],
)
def test_bad_casts(text: str, message: str) -> None:
    with pytest.raises(CastError, match=re.escape(message)):
        read(text)


@pytest.mark.parametrize("path", sorted(CASTS.glob("*.cast")), ids=lambda path: path.stem)
def test_the_committed_casts_say_how_they_were_made(path: Path) -> None:
    recording = parse(path.read_bytes())
    commands = [turn.command for turn in turns(recording.chunks)]
    assert commands == [fact.command for fact in recording.facts]
    assert evidence(recording, path.stem, None).state in ("recorded", "fails")
    for fact in recording.facts:
        assert fact.fails in recording.text
        assert bool(fact.fails) == bool(fact.limit)


# -- On a page -------------------------------------------------------------------------------


def test_it_renders(site: Callable[..., Built]) -> None:
    built = site(show("plain", ":title: Try your luck"))
    assert built.warnings == ""
    figure = built.article().select_one("figure.mlt-console")
    assert figure.select_one("figcaption").text == "Try your luck"
    pre = figure.select_one("div.highlight-console > div.highlight > pre")
    assert pre.text == "$ echo one\none\nexit 0\n$ false\nexit 1\n$ echo two\ntwo ✅\n\nexit 0\n"
    assert pre.select_one(".go .mlt-ansi__cyan").text == "one"
    assert pre.select_one(".gp .mlt-ansi__bold.mlt-ansi__green").text == "$"
    assert [badge.text for badge in pre.select(".mlt-console__exit--failed")] == ["exit 1"]
    assert not pre.has_attr("tabindex")
    for element in pre.select(".gp, .go"):
        element.decompose()
    assert pre.text == "echo one\nfalse\necho two\n"


def test_only_the_commands(site: Callable[..., Built]) -> None:
    article = site(show("plain", ":steps: 3", ":commands:")).article()
    assert article.select_one("div.mlt-console pre").text == "$ echo two\n"
    assert article.select_one("figcaption, .go") is None


def test_what_scrolls_can_be_reached(site: Callable[..., Built], casts: Path) -> None:
    (casts / "plain.cast").write_text(cast(session(("cat", "wide " * 9 + "\r\n"))))
    pre = site(show("plain")).article().find("pre")
    assert (pre["tabindex"], pre["role"], pre["aria-label"]) == (
        "0",
        "group",
        "Terminal: A session",
    )
    assert scrolls("line\n" * 21)
    assert not scrolls("line\n" * 3)


@pytest.mark.parametrize(
    ("text", "subtype", "message"),
    [
        (show("../plain"), "name", "is not a recording's name"),
        (
            show("plan"),
            "file",
            "there is no recording 'plan'; there are plain. Write tools/casts/plan",
        ),
        (show("xyz"), "file", "there are cursor, plain"),
        (show("plain", ":steps: all"), "option", ":steps: must be a command's number"),
        (show("plain", ":steps: 2-5"), "steps", "there are 3 commands, not 2 to 5"),
        (show("cursor"), "moves", "moves the cursor: show it with {asciinema} cursor"),
        (show("cursor", ":steps: 1"), "steps", "with {asciinema} cursor and without :steps:"),
    ],
)
def test_bad_input_warns(site: Callable[..., Built], text: str, subtype: str, message: str) -> None:
    built = site(text)
    assert re.search(rf"index\.md:3: WARNING: .*\[console\.{subtype}\]", built.warnings)
    assert message in built.warnings
    assert built.article().select_one(".mlt-console") is None


def test_bad_casts_warn_at_their_line(site: Callable[..., Built], casts: Path) -> None:
    (casts / "broken.cast").write_bytes(PLAIN.encode() + b"oops\n")
    (casts / "latin.cast").write_bytes(BARE.encode() + b'[5, "o", "\xe9"]\n')
    (casts / "silent.cast").write_text(cast([[0, "o", "no command"]]))
    names = ("broken", "latin", "silent")
    built = site("\n\n".join(show(name, directive=kind) for name in names for kind in DIRECTIVES))
    for kind in DIRECTIVES:
        line = PLAIN.count("\n") + 1
        assert re.search(rf"broken\.cast:{line}: WARNING: .*\[{kind}\.cast\]", built.warnings)
        assert re.search(rf"latin\.cast:\d+: WARNING: not UTF-8.*\[{kind}\.cast\]", built.warnings)
    assert "silent.cast has no command" in built.warnings


ESCAPES = [
    "\x1b[2J", "\x1b[H", "\x1b]0;title\x07", "\x1b]8;;http://x.invalid\x1b\\", "\x1b[?1049h",
    "\x1bPq#0\x1b\\", "\x1b_x\x1b\\", "\x1b[38;2;1;2;3m", "\x1b[999m", "\x1b[;;;m", "\x9b31m",
    "\x00\x07\x08\x0b\x0c\x0e\x7f", "\u202e\u2066\ufeff", "\ud800", "\r", "\x1b", "\x1b[",
]  # fmt: skip
LIMIT = 400_000
"""Bytes of a page with one hostile transcript."""
TRANSCRIPTS = {
    "escapes": [("x", "".join(f"{e}{HOSTILE}\r\n" for e in ESCAPES if "\x1b" not in e[:1]))],
    "colours": [(HOSTILE, "\r\n".join(f"\x1b[3{n % 8}m{HOSTILE}" for n in range(50)))],
    "wide-line": [("x", "<" * 990_000)],
    "lines": [("x", "&\n" * 100_000)],
    "spans": [("x", "\x1b[31m<\x1b[32m&" * 40_000)],
    "emoji": [("x", "✅" * 70_000)],
}


def hostile(name: str) -> str:
    steps = TRANSCRIPTS[name]
    rows = [[0, "o", PROMPT]]
    for command, output in steps:
        echo = [[1, "i", f"{command}\r"], [1, "o", command], [1, "o", "\r\n"]]
        rows += [*echo, [2, "o", output], [3, "o", f"\r\n{PROMPT}"]]
    return cast(rows)


def test_hostile_transcripts_come_out_escaped_and_bounded(
    site: Callable[..., Built], casts: Path
) -> None:
    blocks = []
    for name in TRANSCRIPTS:
        (casts / f"{name}.cast").write_text(hostile(name))
        blocks += [show(name, directive=kind) for kind in DIRECTIVES if name != "escapes"]
    built = site("\n\n".join([*blocks, show("escapes", directive="asciinema")]))
    assert built.warnings == ""
    article = built.article()
    shown = article.select("figure.mlt-asciinema, div.mlt-console")
    assert len(shown) == 2 * len(TRANSCRIPTS) - 1
    for figure in shown:
        assert len(str(figure)) < LIMIT
        assert figure.find("script") is None
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e\u2066\ufeff\ud800]", figure.text)
    (colours,) = (each for each in article.select(".mlt-console") if "alert" in each.text)
    assert colours.select_one(".mlt-console__command").text == HOSTILE
    assert colours.select_one(".mlt-ansi__red").text.strip() == HOSTILE
    assert "99,501 more lines" in article.text


@pytest.mark.parametrize("escape", ESCAPES, ids=ascii)
def test_each_escape_sequence_is_harmless(escape: str) -> None:
    output = f"{HOSTILE}{escape}{HOSTILE}\r\n"
    recording = read(cast([*session(("x", "")), [5, "o", output]]))
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\u2066\ufeff\ud800]", recording.text)
    assert HOSTILE in recording.text
    names = {name for chunk in recording.chunks for span in chunk.spans for name in span.classes}
    assert all(re.fullmatch("[a-z-]+", name) for name in names)


def test_a_hostile_title_is_escaped(site: Callable[..., Built]) -> None:
    figure = site(show("plain", f":title: {HOSTILE}")).article().select_one("figure")
    assert figure.find("script") is None
    assert figure.select_one("figcaption").text == HOSTILE
    assert "style=" not in str(figure)


def test_text_build(site: Callable[..., Built]) -> None:
    built = site(show("plain", ":steps: 1-2"), builder="text")
    assert built.warnings == ""
    assert "   $ echo one\n   one\n   [exit 0]\n   $ false\n   [exit 1]\n" in built.text(
        "index.txt"
    )


def test_assets_only_where_needed(site: Callable[..., Built]) -> None:
    built = site(show("plain"))
    assert "css/console.css" in built.text("index.html")
    assert "css/ansi.css" in built.text("index.html")
    assert "asciinema" not in built.text("index.html")
    assert not re.search(r"css/(console|ansi)", built.text("other.html"))


def test_the_shown_examples(build: Callable[..., Built]) -> None:
    page = (ROOT / "source/contributing/components/console.md").read_text(encoding="utf-8")
    examples = re.findall(r"^````markdown\n(.*?)^````", page, re.DOTALL | re.MULTILINE)
    assert len(examples) == 2
    assert all(page.count(example) == 2 for example in examples)
    built = build("# E\n\n" + "\n".join(examples), EXTENSIONS, recordings=str(CASTS))
    assert built.warnings == ""
    assert len(built.article().select(".mlt-console")) == 2


# -- In a browser ----------------------------------------------------------------------------


@pytest.mark.browser
def test_copying_gives_the_commands_alone(site: Callable[..., Built], casts: Path) -> None:
    from playwright.sync_api import sync_playwright

    wide = cast(session(("echo 'a  b'", "wide " * 60 + "\r\n"), ("exit 3", "")),
                [{"command": "echo 'a  b'"}, {"command": "exit 3", "exit": 3}])  # fmt: skip
    (casts / "plain.cast").write_text(wide)
    built = site("\n\n".join([show("plain"), show("plain", ":commands:", ":title: Both")]))
    with serve(built.out) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=CHROMIUM_ARGS)
        size: Any = {"width": 360, "height": 800}
        grants = ["clipboard-read", "clipboard-write"]
        tab = browser.new_context(viewport=size, permissions=grants).new_page()
        tab.goto(f"{url}/index.html")
        for block in tab.locator(".mlt-console").all():
            block.hover()
            block.locator("button.copybtn").click()
            assert tab.evaluate("navigator.clipboard.readText()") == "echo 'a  b'\nexit 3"
        pre = tab.get_by_role("group", name="Terminal: A session")
        assert pre.evaluate("e => e.scrollWidth > e.clientWidth")
        assert tab.evaluate("document.documentElement.scrollWidth") <= 360
        badge = tab.locator(".mlt-console__exit--failed").first
        assert badge.evaluate("e => getComputedStyle(e).userSelect") == "none"
        browser.close()
