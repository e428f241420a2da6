"""The TOML file of a recording: what to type, what must come of it, what to mask."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

if TYPE_CHECKING:
    from pathlib import Path

COMMAND = "{command}"
"""Stands for the shown command in what is really run."""


class ScenarioError(Exception):
    """A recording's file that its author can mend; says ``path:line``."""


def _one_line(text: str) -> str:
    if not text.isprintable():
        raise ValueError("must be one line of printable characters")
    return text


def _wraps_the_command(text: str) -> str:
    if COMMAND not in text:
        raise ValueError(f"must contain {COMMAND}, so that what is shown is what is run")
    return text


def _a_regex(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from error
    return pattern


Line = Annotated[str, Field(min_length=1, max_length=1000), AfterValidator(_one_line)]
Regex = Annotated[str, Field(min_length=1), AfterValidator(_a_regex)]
Seconds = Annotated[float, Field(ge=0, le=30)]
LimitId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")]
"""A key of ``source/_data/limits.yaml``."""


class Step(BaseModel):
    """One command: typed, run, checked."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    command: Line
    """What the reader sees and can type."""
    run: Annotated[Line, AfterValidator(_wraps_the_command)] = COMMAND
    """What is run, such as ``{command} 2>/dev/null``."""
    marker: Line | None = None
    exit: int = Field(default=0, ge=0, le=255)
    expect: list[str] = []
    """Texts that the output must hold, before masks and without colours."""
    shows: Line | None = None
    """What the reader sees here, in a short phrase; required unless the step is hidden."""
    fails: Line | None = None
    """Part of the output that shows a known limit of the release, as the reader sees it."""
    limit: LimitId | None = None
    """The limit that ``fails`` shows."""
    workaround: LimitId | None = None
    """The limit that this step works around."""
    hidden: bool = False
    """Run and checked, not shown: proves something about what was shown."""
    before: Seconds = 0.6
    """Pause before the first key."""
    think: Seconds = 0.5
    """Pause between Enter and the first line of output."""
    after: Seconds = 1.0
    """Pause after the last line of output."""
    timeout: float = Field(default=300, gt=0, le=1800)
    """Seconds of real time."""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.fails is None) != (self.limit is None):
            raise ValueError("fails and limit belong together: the text that shows it, and its id")
        if self.hidden and (self.shows or self.limit or self.workaround):
            raise ValueError("a hidden step has no shows, fails, limit or workaround")
        if not self.hidden and self.shows is None:
            raise ValueError('needs shows, such as shows = "The settings of the project"')
        if self.limit is not None and self.limit == self.workaround:
            raise ValueError("a step cannot show a limit and work around it")
        return self


class Scenario(BaseModel):
    """A whole recording."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: Line
    description: Line
    """What the recording shows, in one sentence, for those who do not see it."""
    theme: Literal["light", "dark", "auto"] = "auto"
    """The colours of the player and of the film; ``auto`` follows the page."""
    project: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    """A directory of ``tools/casts/projects``, copied for the session."""
    size: tuple[Annotated[int, Field(ge=40, le=200)], Annotated[int, Field(ge=5, le=80)]] = (80, 24)
    """Columns and lines."""
    prompt: str = "\x1b[1;32m$\x1b[0m "
    env: dict[str, str] = {}
    network: bool = False
    idle_limit: Annotated[float, Field(gt=0, le=10)] = 2.0
    """Longest pause in the recording, in seconds."""
    masks: dict[Regex, str] = {}
    """Regular expression → what stands there instead, before the masks of every recording."""
    steps: list[Step] = Field(min_length=1)


def load(path: Path) -> Scenario:
    """Return the recording that the file describes.

    Raises:
        ScenarioError: the file is missing, is not TOML or says something that no recording has.
    """
    try:
        text = path.read_text(encoding="utf-8")
        data = tomllib.loads(text)
    except OSError as error:
        raise ScenarioError(f"{path}: {error.strerror}") from error
    except ValueError as error:
        raise ScenarioError(f"{path}: not TOML: {error}") from error
    try:
        return Scenario.model_validate(data)
    except ValidationError as error:
        lines = [
            f"{path}:{_line_of(text, fault['loc'])}: "
            f"{'.'.join(str(part) for part in fault['loc'])}: {fault['msg']}"
            for fault in error.errors(include_url=False)
        ]
        raise ScenarioError("\n".join(lines)) from error


def _line_of(text: str, loc: tuple[Any, ...]) -> int:
    """Return the line, from 1, of the key at ``loc``, or of the table that it belongs to."""
    lines = text.splitlines()
    line = 0
    for part, following in zip(loc, (*loc[1:], None), strict=True):
        if isinstance(part, int):
            continue
        count = following + 1 if isinstance(following, int) else 1
        key = re.escape(str(part))
        pattern = re.compile(rf"\s*(\[+\s*{key}\s*\]+|[\"']?{key}[\"']?\s*=)")
        found = [number for number in range(line, len(lines)) if pattern.match(lines[number])]
        if not found:
            break
        line = found[min(count, len(found)) - 1]
    return line + 1
