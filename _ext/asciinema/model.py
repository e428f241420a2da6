"""An asciicast as a transcript in pieces, each with its time. Knows no Sphinx.

The format is asciicast 2, https://docs.asciinema.org/manual/asciicast/v2/. An ``i`` event holds
a whole command; the ``o`` events after it, which echo its keys, become one piece.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Annotated, Literal

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from .text import INVISIBLE, OVERLONG, Painter, Span, final_screen, moves_cursor

LARGEST = 1_000_000
"""Bytes of a cast."""

Time = Annotated[float, Field(ge=0, le=86_400, allow_inf_nan=False)]
Event = tuple[Time, str, str]
EVENT: TypeAdapter[Event] = TypeAdapter(Event)


class CastError(ValueError):
    """A cast that cannot be shown, at a line of its file."""

    def __init__(self, message: str, line: int = 1) -> None:
        super().__init__(message)
        self.line = line


class Header(BaseModel):
    """The first line of a cast, as far as it matters here."""

    version: Literal[2]
    width: int = Field(ge=1, le=500)
    height: int = Field(ge=1, le=200)
    title: str = ""


@dataclass(frozen=True)
class Chunk:
    """A piece of the transcript."""

    start: float
    """When it appears, in seconds."""
    spans: tuple[Span, ...]
    end: float | None = None
    """When its last key was typed; ``None`` for output."""

    @property
    def text(self) -> str:
        """The piece without its colours."""
        return "".join(span.text for span in self.spans)

    @property
    def is_command(self) -> bool:
        """Whether it was typed."""
        return self.end is not None


@dataclass(frozen=True)
class Recording:
    """A cast, read."""

    title: str
    duration: float
    chunks: tuple[Chunk, ...]
    moves: bool
    """Whether it moves the cursor: then there is one chunk, the last screen."""

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
        begin = max(0, typed[first - 1] - 1)  # the prompt belongs to its command
        if last < len(typed):
            stop = max(begin + 1, typed[last] - 1)
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
        return replace(self, chunks=tuple(part), duration=round(end - zero, 3))


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
    if moves:
        chunks = [Chunk(0.0, tuple(final_screen(output, header.width, header.height)))]
    else:
        chunks = _chunks(events)
    duration = events[-1][0] if events else 0.0
    title = INVISIBLE.sub("", header.title.replace("\x1b", ""))
    return Recording(title, duration, tuple(chunks), moves)


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
        now = max(now, time)
        events.append((now, kind, OVERLONG.sub("", text)))
    return events


def _chunks(events: list[Event]) -> list[Chunk]:
    """Return the output in pieces; the keys of a command are one."""
    painter = Painter()
    chunks: list[Chunk] = []
    awaited = typed = ""
    begin = 0.0
    for time, kind, text in events:
        if kind == "i" and text.endswith("\r"):
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
    return chunks
