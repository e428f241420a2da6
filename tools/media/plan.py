"""What to make of which recording: ``media.yaml``, validated, and how large the files may be."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

ROOT = Path(__file__).parents[2]

NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
"""The names of recordings and videos: what the directives accept."""

GIF = 1_000_000
"""Bytes of a GIF, however long."""
VIDEO_SECOND = 25_000
"""Bytes of a second of MP4 or WebM: 500 kB for 20 s."""
POSTER = 60_000
"""Bytes of a poster."""
ANIMATION = 100_000
"""Bytes of an animated SVG."""

Output = Literal["poster", "svg", "gif", "mp4", "webm"]


class MediaError(Exception):
    """Something that the author or the machine's owner can mend; the message says how."""


class Cast(BaseModel):
    """What is made of ``_static/casts/NAME.cast``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    outputs: list[Literal["poster", "svg", "gif", "mp4", "webm"]] = Field(min_length=1)
    moment: Annotated[float, Field(ge=0)] | None = None
    """The second that the poster shows; the last one without it."""
    fps: Annotated[int, Field(ge=1, le=30)] = 12
    """Frames a second of the GIF and the videos."""
    size: Annotated[int, Field(ge=8, le=32)] = 16
    """Height of the letters in the GIF and the videos, in pixels."""
    speed: Annotated[float, Field(ge=0.25, le=4)] = 1.0
    """How much faster than the cast everything plays."""


class Film(BaseModel):
    """A video of MLflow's interface while a script of a project logs."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    outputs: list[Literal["poster", "mp4", "webm"]] = Field(min_length=1)
    project: str = Field(pattern=rf"^{NAME.pattern}$")
    """A directory of ``tools/casts/projects``."""
    command: list[str] = Field(min_length=1)
    """What ``mltrack run`` starts."""
    run: str = Field(min_length=1)
    """The name of the run that it makes."""
    fast: Annotated[float, Field(ge=1, le=20)] = 8.0
    """How much faster than in truth the waiting for new points passes."""
    fps: Annotated[int, Field(ge=1, le=30)] = 12

    @model_validator(mode="after")
    def _has_a_poster(self) -> Film:
        if "poster" not in self.outputs:
            raise ValueError("a film needs its poster: add it to outputs")
        return self


class Plan(BaseModel):
    """The whole file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    casts: dict[str, Cast] = {}
    films: dict[str, Film] = {}

    @model_validator(mode="after")
    def _names(self) -> Plan:
        for name in (*self.casts, *self.films):
            if not NAME.fullmatch(name):
                raise ValueError(f"{name!r} is not a recording's name: a-z, 0-9 and hyphens")
        if both := self.casts.keys() & self.films.keys():
            raise ValueError(f"{sorted(both)[0]!r} is a cast and a film: rename one")
        return self

    @property
    def names(self) -> list[str]:
        """The names of all declarations."""
        return sorted((*self.casts, *self.films))

    def files(self, name: str) -> dict[str, Output]:
        """Return the names of the files of ``name``, each with what it is."""
        if name in self.films:
            return {_file(name, output, "avif"): output for output in self.films[name].outputs}
        return {_file(name, output, "svg"): output for output in self.casts[name].outputs}


def _file(name: str, output: Output, still: str) -> str:
    return f"{name}.poster.{still}" if output == "poster" else f"{name}.{output}"


@dataclass(frozen=True)
class Places:
    """Where things are."""

    plan: Path = ROOT / "tools" / "media" / "media.yaml"
    casts: Path = ROOT / "_static" / "casts"
    projects: Path = ROOT / "tools" / "casts" / "projects"
    media: Path = ROOT / "_static" / "media"
    tokens: Path = ROOT / "_static" / "css" / "tokens.css"

    @property
    def ledger(self) -> Path:
        """What was made of what."""
        return self.media / "media.json"

    def cast(self, name: str) -> Path:
        """Return the path of a recording."""
        return self.casts / f"{name}.cast"


def load(path: Path) -> Plan:
    """Return the declarations.

    Raises:
        MediaError: the file is missing or wrong; says which key.
    """
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        return TypeAdapter(Plan).validate_python(data or {})
    except OSError as error:
        raise MediaError(f"{path}: {error.strerror}") from error
    except yaml.YAMLError as error:
        raise MediaError(f"{path}: not YAML: {error}") from error
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in fault["loc"])
        raise MediaError(f"{path}: {where + ': ' if where else ''}{fault['msg']}") from error


def budget(output: str, duration: float) -> int:
    """Return how many bytes a file may have."""
    if output in ("mp4", "webm"):
        return int(VIDEO_SECOND * duration)
    return {"gif": GIF, "poster": POSTER, "svg": ANIMATION}[output]


def over_budget(path: str, output: str, size: int, duration: float) -> str:
    """Return what is wrong with a file's size and what to do; empty if it is small enough."""
    allowed = budget(output, duration)
    if size <= allowed:
        return ""
    remedy = {
        "gif": "lower fps or size, or raise speed",
        "mp4": "lower fps or size",
        "webm": "lower fps or size",
        "poster": "choose another moment, or record a smaller terminal",
        "svg": "leave svg out of outputs, or record less output",
    }[output]
    return (
        f"{path} has {size:,} bytes, {allowed:,} are allowed: in tools/media/media.yaml, {remedy}"
    )
