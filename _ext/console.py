"""Commands of a recording with their output: what a reader types, copies and sees.

A command that is in no recording cannot be shown. The transcript is a code block as
sphinx-copybutton knows it: prompts, outputs and exit statuses stand in ``gp`` and ``go``, so that
copying gives the commands alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from docutils import nodes
from docutils.parsers.rst import directives

from ._shared import assets, recordings
from ._shared.ansi import Span
from ._shared.recordings import RecordingDirective, transcript
from ._shared.render import add_component, render
from ._shared.report import InputError
from ._shared.transcript import turns

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.writers.html5 import HTML5Translator

    from ._shared.cast import Recording

PROMPT = (Span("$ "),)
"""Of commands without their output, wherever they were recorded."""
NARROW, LOW = 30, 20
"""Columns and lines that a phone shows without scrolling."""


class Shown(NamedTuple):
    """A command as a reader sees it."""

    prompt: tuple[Span, ...]
    command: str
    output: tuple[Span, ...]
    status: int | None
    """The exit status, if it is shown: that of a failed command, and of the others beside it."""


class console(nodes.General, nodes.Element):  # noqa: N801 - docutils names nodes in lower case
    """A transcript: attributes for the template, and a literal block for other builders."""


class ConsoleDirective(RecordingDirective):
    """``{console} NAME`` shows a recording as a transcript."""

    feature = "console"
    option_spec: ClassVar[dict[str, Any]] = {
        "steps": directives.unchanged,
        "commands": directives.flag,
        "title": directives.unchanged,
    }

    def build(self) -> list[nodes.Node]:
        """Return the transcript.

        Raises:
            InputError: the cast or an option is wrong.
        """
        path = self.path()
        recording = self.recording(path)
        if recording.moves:
            message = f"{path.name} moves the cursor: show it with {{asciinema}} {path.stem}"
            raise InputError("moves", message)
        commands = shown(recording, without_output="commands" in self.options)
        if not commands:
            raise InputError("steps", f"{path.name} has no command: show it with asciinema")
        text = plain(commands)
        title = self.options.get("title", "")
        node = console(
            commands=commands,
            title=title,
            label=f"Terminal: {title or recording.title or path.stem}",
            scrolls=scrolls(text),
        )
        node += transcript(text, text, language="console")
        self.vouch(node, recording, path)
        return [node]


def shown(recording: Recording, *, without_output: bool) -> list[Shown]:
    """Return the commands of a recording as a reader sees them."""
    found = turns(recording.chunks)
    statuses = [fact.exit for fact in recording.facts] or [0] * len(found)
    if without_output:
        found = [turn._replace(prompt=PROMPT, output=()) for turn in found]
    return [
        Shown(*turn, status=status if any(statuses) else None)
        for turn, status in zip(found, statuses, strict=True)
    ]


def plain(commands: list[Shown]) -> str:
    """Return a transcript without colours."""
    lines: list[str] = []
    for prompt, command, output, status in commands:
        lines.append("".join(span.text for span in prompt) + command)
        lines += "".join(span.text for span in output).split("\n")[:-1]
        if status is not None:
            lines.append(f"[exit {status}]")
    return "\n".join(line.rstrip() for line in lines)


def scrolls(text: str) -> bool:
    """Tell whether the transcript may be larger than its window; then Tab has to reach it."""
    lines = text.split("\n")
    return len(lines) > LOW or max(map(len, lines)) > NARROW


def _html(self: HTML5Translator, node: console) -> str:
    return render("console.html", **node.attributes)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive, its node and its style."""
    app.setup_extension(recordings.__name__)
    app.add_directive("console", ConsoleDirective)
    add_component(app, console, _html)
    assets.provide(app, console, css="css/console.css")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
