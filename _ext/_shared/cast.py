"""An asciicast as a transcript in pieces, each with its time. Knows no Sphinx.

The format is asciicast 2, https://docs.asciinema.org/manual/asciicast/v2/. An ``i`` event holds
a whole command; the ``o`` events after it, which echo its keys, become one piece. The header's
key ``mltrack`` is ours: which commands were run, how they ended, when, and with which versions.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from typing import Annotated, Literal

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from .ansi import INVISIBLE, LONGEST_LINE, OVERLONG, Painter, final_screen, moves_cursor
from .transcript import Chunk, bounded, mark_last_prompt, mark_prompt

LARGEST = 1_000_000
"""Bytes of a cast."""
MOST_COMMANDS = 200
"""Commands of a cast."""
SURROGATE = re.compile("[\ud800-\udfff]")

Time = Annotated[float, Field(ge=0, le=86_400, allow_inf_nan=False)]
Event = tuple[Time, str, str]
EVENT: TypeAdapter[Event] = TypeAdapter(Event)


class CastError(ValueError):
    """A cast that cannot be shown, at a line of its file."""

    def __init__(self, message: str, line: int = 1) -> None:
        super().__init__(message)
        self.line = line


class Fact(BaseModel):
    """What a recording says about one command."""

    command: str
    exit: int = 0
    fails: str = ""
    """The error that it shows; the text is in the output."""
    limit: str = ""
    """The known limit that the error belongs to."""
    workaround: str = ""
    """The known limit that the command works around."""


class Made(BaseModel):
    """How a recording was made."""

    steps: list[Fact] = []
    versions: dict[str, str] = {}
    recorded: str = ""


class Header(BaseModel):
    """The first line of a cast, as far as it matters here."""

    version: Literal[2]
    width: int = Field(ge=1, le=500)
    height: int = Field(ge=1, le=200)
    title: str = ""
    mltrack: Made = Made()


@dataclass(frozen=True)
class Recording:
    """A cast, read."""

    title: str
    duration: float
    chunks: tuple[Chunk, ...]
    moves: bool
    """Whether it moves the cursor: then there is one chunk, the last screen."""
    facts: tuple[Fact, ...] = ()
    """One for each command; none if the cast says nothing about how it was made."""
    versions: dict[str, str] = field(default_factory=dict)
    recorded: str = ""
    """ISO date of the run."""

    @property
    def text(self) -> str:
        """The whole transcript without colours, without blank lines around it."""
        text = "".join(chunk.text for chunk in self.chunks)
        return "\n".join(line.rstrip() for line in text.split("\n")).strip("\n")

    def steps(self, first: int, last: int) -> Recording:
        """Return the part from command ``first`` to command ``last``, both from 1.

        Raises:
            CastError: there are no such commands.
        """
        typed = [index for index, chunk in enumerate(self.chunks) if chunk.is_command]
        if not 1 <= first <= last <= len(typed):
            raise CastError(f"there are {len(typed)} commands, not {first} to {last}")
        begin = self._prompt(typed[first - 1])
        if last < len(typed):
            stop = self._prompt(typed[last])
            end = self.chunks[stop].start
        else:
            stop, end = len(self.chunks), self.duration
        zero = self.chunks[begin].start
        part = (
            replace(
                chunk,
                start=round(chunk.start - zero, 3),
                end=None if chunk.end is None else round(chunk.end - zero, 3),
            )
            for chunk in self.chunks[begin:stop]
        )
        facts = self.facts[first - 1 : last]
        return replace(self, chunks=tuple(part), duration=round(end - zero, 3), facts=facts)

    def _prompt(self, command: int) -> int:
        """Return where the prompt of the command at index ``command`` is, or that index."""
        return command - 1 if command and self.chunks[command - 1].is_prompt else command


def parse(data: bytes) -> Recording:
    """Return the recording in the bytes of a cast.

    Raises:
        CastError: it is too large, not UTF-8, or not an asciicast 2.
    """
    if len(data) > LARGEST:
        raise CastError(f"{len(data):,} bytes; at most {LARGEST:,} are shown. Record less output")
    try:
        lines = data.decode("utf-8").split("\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise CastError(f"not UTF-8 at byte {error.start}", line) from error
    header = _header(lines[0])
    events = _events(lines[1:])
    output = "".join(text for _, kind, text in events if kind == "o")
    moves = moves_cursor(output)
    made = header.mltrack
    if moves:
        chunks = [Chunk(0.0, tuple(final_screen(output, header.width, header.height)))]
    else:
        chunks = _chunks(events)
        _compare(made.steps, chunks)
    return Recording(
        title=INVISIBLE.sub("", header.title.replace("\x1b", "")),
        duration=events[-1][0] if events else 0.0,
        chunks=tuple(bounded(chunks)),
        moves=moves,
        facts=tuple(made.steps),
        versions=made.versions,
        recorded=made.recorded,
    )


def _compare(steps: list[Fact], chunks: list[Chunk]) -> None:
    """Refuse a header that names other commands than those that were typed."""
    typed = [chunk.text for chunk in chunks if chunk.is_command]
    if len(typed) > MOST_COMMANDS:
        raise CastError(f"{len(typed)} commands; at most {MOST_COMMANDS} are shown. Split it")
    named = ["".join(span.text for span in Painter().paint(step.command)) for step in steps]
    if named and named != typed:
        raise CastError("mltrack.steps: these are not the commands that were typed. Record again")


def _header(line: str) -> Header:
    try:
        return Header.model_validate_json(line)
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in fault["loc"]) or "header"
        raise CastError(f"not an asciicast 2: {where}: {fault['msg']}") from error


def _events(lines: list[str]) -> list[Event]:
    events: list[Event] = []
    now = 0.0
    for number, line in enumerate(lines, start=2):
        if not line.strip():
            continue
        try:
            time, kind, text = EVENT.validate_python(json.loads(line))
        except (ValueError, RecursionError) as error:
            raise CastError("not an event: [seconds, type, text]", number) from error
        if kind == "i" and len(text) > LONGEST_LINE:
            most = f"at most {LONGEST_LINE:,} are shown. Put it into a script"
            raise CastError(f"a command of {len(text):,} characters; {most}", number)
        now = max(now, time)
        events.append((now, kind, SURROGATE.sub("\ufffd", OVERLONG.sub("", text))))
    return events


def _chunks(events: list[Event]) -> list[Chunk]:
    """Return the output in pieces; the keys of a command are one."""
    painter = Painter()
    chunks: list[Chunk] = []
    awaited = typed = ""
    begin = 0.0
    for time, kind, text in events:
        if kind == "i" and text.endswith("\r"):
            mark_prompt(chunks)
            awaited, typed = text[:-1], ""
        elif kind == "o" and awaited and awaited.startswith(typed + text):
            begin = begin if typed else time
            typed += text
            if typed == awaited:
                chunks.append(Chunk(begin, tuple(painter.paint(typed)), time))
                awaited = ""
        elif kind == "o":
            if awaited and typed:  # the echo was another: keep what came as output
                chunks.append(Chunk(begin, tuple(painter.paint(typed))))
            awaited = ""
            if spans := painter.paint(text):
                chunks.append(Chunk(time, tuple(spans)))
    mark_last_prompt(chunks)
    return chunks
