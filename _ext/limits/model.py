"""Known limits of the release and what shows each of them. Knows no Sphinx.

A recording's step or an exchange says which limit it shows (``limit``, with ``fails``) or works
around (``workaround``); ``source/_data/limits.yaml`` says what the limit means to the reader.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path
    from typing import Self

Name = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
Line = Annotated[str, Field(min_length=1, max_length=600)]


class Limit(BaseModel):
    """What the release cannot do, and what to do instead."""

    model_config = ConfigDict(extra="forbid")

    title: Line
    summary: Line
    """What happens, in Markdown."""
    instead: Line
    """What to do, in Markdown."""
    affects: list[Line] = Field(min_length=1)
    """Commands, functions, endpoints or settings, as the reader would type them."""
    no_workaround: str = ""
    """Why there is none."""

    @model_validator(mode="after")
    def _one_line_title(self) -> Self:
        if "\n" in self.title:
            raise ValueError("title: must be one line")
        return self


Limits = dict[Name, Limit]


@dataclass(frozen=True)
class Shown:
    """A step of a recording, or an exchange, that shows a limit or works around it."""

    limit: str
    works: bool
    """Whether it is the workaround."""
    directive: str
    """``console`` or ``http-example``."""
    name: str
    """Of the recording or of the file of exchanges."""
    part: str
    """Number of the step, or id of the request."""
    path: Path

    @property
    def markup(self) -> str:
        """The MyST that shows it."""
        option = "steps" if self.directive == "console" else "request"
        return f"```{{{self.directive}}} {self.name}\n:{option}: {self.part}\n```"


def from_casts(directory: Path) -> Iterator[Shown]:
    """Yield what the recordings in ``directory`` show, by name and step."""
    for path in sorted(directory.glob("*.cast")):
        with path.open(encoding="utf-8", errors="replace") as file:
            facts = _object(file.readline()).get("mltrack") or {}
        for number, step in enumerate(facts.get("steps", []), start=1):
            for limit, works in _limits(step):
                yield Shown(limit, works, "console", path.stem, str(number), path)


def from_exchanges(directory: Path) -> Iterator[Shown]:
    """Yield what the exchanges in ``directory`` show, by name and in their order."""
    for path in sorted(directory.glob("*.json")):
        content = _object(path.read_text(encoding="utf-8", errors="replace"))
        for name, exchange in content.get("exchanges", {}).items():
            for limit, works in _limits(exchange):
                yield Shown(limit, works, "http-example", path.stem, name, path)


def joined(shown: Iterable[Shown]) -> list[Shown]:
    """Return the same with steps of a recording that follow each other as one."""
    found: list[Shown] = []
    for each in shown:
        last = found[-1] if found else None
        if last and _follows(last, each):
            first = last.part.partition("-")[0]
            found[-1] = replace(last, part=f"{first}-{each.part}")
        else:
            found.append(each)
    return found


def _follows(last: Shown, each: Shown) -> bool:
    """Tell whether both are steps of one recording, for one purpose, without one between."""
    alike = replace(last, part="") == replace(each, part="") and each.directive == "console"
    return alike and int(last.part.rpartition("-")[2]) + 1 == int(each.part)


def _limits(step: dict[str, Any]) -> Iterator[tuple[str, bool]]:
    if step.get("limit"):
        yield step["limit"], False
    if step.get("workaround"):
        yield step["workaround"], True


def _object(text: str) -> dict[str, Any]:
    """Return a JSON object; nothing for what is none, which its own reader reports."""
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _no_html(text: str) -> str:
    """Return Markdown whose ``<`` are text, not tags; code keeps them anyway."""
    parts = re.split(r"(`+[^`]*`+)", text)
    return "".join(part if part.startswith("`") else part.replace("<", "&lt;") for part in parts)


def markdown(name: str, limit: Limit, shown: list[Shown]) -> str:
    """Return a limit as the MyST of a section."""
    affects = ", ".join(f"`{each}`" for each in limit.affects)
    parts = [
        f"(limit-{name})=\n## {_no_html(limit.title)}",
        _no_html(limit.summary),
        f"Affects {affects}.",
        *(each.markup for each in joined(shown) if not each.works),
        f"```{{limit-cells}} {name}\n:state: fails\n```",
        f"**Instead:** {_no_html(limit.instead)}",
        *(each.markup for each in joined(shown) if each.works),
        f"```{{limit-cells}} {name}\n:state: executed\n```",
    ]
    if limit.no_workaround:
        parts.append(_no_html(limit.no_workaround))
    return "\n\n".join(parts) + "\n"
