"""The pieces of a transcript: commands, their prompts and their output, which is bounded."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from .ansi import Span, joined

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MOST_LINES = 500
"""Lines of one command's output that are shown."""
MOST_TEXT = 100_000
"""Characters of output that are shown of a whole recording."""

LINE = re.compile(r"[^\n]*\n|[^\n]+")
AT_PROMPT = re.compile(r"[$#%>\u276f] ?\Z")


@dataclass(frozen=True)
class Chunk:
    """A piece of the transcript."""

    start: float
    """When it appears, in seconds."""
    spans: tuple[Span, ...]
    end: float | None = None
    """When its last key was typed; ``None`` for output."""
    is_prompt: bool = False
    """Whether it asks for the command that follows, or for none at the end."""

    @property
    def text(self) -> str:
        """The piece without its colours."""
        return "".join(span.text for span in self.spans)

    @property
    def is_command(self) -> bool:
        """Whether it was typed."""
        return self.end is not None


class Turn(NamedTuple):
    """A command with its prompt and its output."""

    prompt: tuple[Span, ...]
    command: str
    output: tuple[Span, ...]


def turns(chunks: Iterable[Chunk]) -> list[Turn]:
    """Return the commands of a transcript. What stands before the first one is no part of them."""
    found: list[tuple[tuple[Span, ...], str, list[Span]]] = []
    prompt: tuple[Span, ...] = ()
    for chunk in chunks:
        if chunk.is_prompt:
            prompt = chunk.spans
        elif chunk.is_command:
            found.append((prompt, chunk.text, []))
            prompt = ()
        elif found:
            found[-1][2].extend(chunk.spans)
    return [Turn(prompt, command, _output(output)) for prompt, command, output in found]


def _output(spans: list[Span]) -> tuple[Span, ...]:
    """Return an output without the line break that ended the command, and with one at its end."""
    result = joined(spans)
    if result and result[0].text.startswith("\n"):
        result[0] = result[0]._replace(text=result[0].text[1:])
    if any(span.text for span in result) and not result[-1].text.endswith("\n"):
        result.append(Span("\n"))
    return tuple(joined(result))


def mark_prompt(chunks: list[Chunk]) -> None:
    """Take the unfinished line at the end for the prompt of the command that now comes."""
    if not chunks or chunks[-1].is_command:
        return
    last = chunks.pop()
    output, tail = _split(last.spans)
    if output:
        chunks.append(replace(last, spans=output))
    if tail:
        chunks.append(replace(last, spans=tail, is_prompt=True))


def mark_last_prompt(chunks: list[Chunk]) -> None:
    """Mark the prompt after the last command, if the transcript ends with one."""
    prompts = {chunk.text for chunk in chunks if chunk.is_prompt}
    if not prompts or chunks[-1].is_command:
        return
    tail = "".join(span.text for span in _split(chunks[-1].spans)[1])
    if tail in prompts or AT_PROMPT.search(tail):
        mark_prompt(chunks)


def _split(spans: tuple[Span, ...]) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """Return the spans up to the last line break, and those after it."""
    for index in range(len(spans) - 1, -1, -1):
        text, classes = spans[index]
        if "\n" in text:
            place = text.rindex("\n") + 1
            rest = (Span(text[place:], classes),) if text[place:] else ()
            return (*spans[:index], Span(text[:place], classes)), (*rest, *spans[index + 1 :])
    return (), spans


def bounded(chunks: Iterable[Chunk]) -> Iterator[Chunk]:
    """Yield the transcript with the end of long outputs left out, and how much that is."""
    lines, room = MOST_LINES, MOST_TEXT
    hidden: list[tuple[float, str]] = []
    last = "\n"
    for chunk in chunks:
        if chunk.is_command or chunk.is_prompt:
            yield from _notice(hidden, last)
            yield chunk
            # The line break that ends the command is no line of its output.
            lines, hidden, last = MOST_LINES + 1, [], chunk.text
            continue
        shown = "" if hidden else _first(chunk.text, lines, max(1, room))
        if left_out := chunk.text[len(shown) :]:
            hidden.append((chunk.start, left_out))
        if shown:
            yield replace(chunk, spans=tuple(_cut(chunk.spans, len(shown))))
            lines, room, last = lines - shown.count("\n"), room - len(shown), shown
    yield from _notice(hidden, last)


def _first(text: str, lines: int, room: int) -> str:
    """Return the first ``lines`` lines, as far as they are no more than ``room`` characters."""
    whole = LINE.findall(text)
    if len(text) <= room and len(whole) <= lines:
        return text
    length = 0
    for number, line in enumerate(whole):
        if number == lines or length + len(line) > room:
            break
        length += len(line)
    return text[:length]


def _cut(spans: Iterable[Span], length: int) -> Iterator[Span]:
    """Yield the spans up to ``length`` characters."""
    for span in spans:
        if length > 0:
            yield span._replace(text=span.text[:length])
        length -= len(span.text)


def _notice(hidden: list[tuple[float, str]], last: str) -> Iterator[Chunk]:
    """Yield a line that says how many are hidden after ``last``."""
    if hidden:
        start = hidden[0][0]
        lines = len(LINE.findall("".join(text for _, text in hidden)))
        text = f"… {lines:,} more line{'s' if lines > 1 else ''}\n"
        yield Chunk(start, (Span("" if last.endswith("\n") else "\n"), Span(text, ("dim",))))
