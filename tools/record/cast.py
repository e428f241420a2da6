"""The asciicast: events at made-up, repeatable times, and its transcript for people.

The format is asciicast 2, https://docs.asciinema.org/manual/asciicast/v2/. The header's key
``mltrack`` is ours: what is shown, which commands were run and how they ended, with which
versions, and when.
"""

from __future__ import annotations

import json
import random
import re
from dataclasses import dataclass, field
from importlib.metadata import version
from sys import version_info
from typing import TYPE_CHECKING, Any

from .mask import plain

if TYPE_CHECKING:
    from .scenario import Scenario, Step
    from .session import Result

KEY = (0.03, 0.075)
"""Shortest and longest time between two keys, in seconds."""
LINE = 0.05
"""Time between two lines of output, in seconds."""
LONGEST_OUTPUT = 1.5
"""Long outputs scroll faster, so that none takes more seconds than this."""

WORDS = ("shows", "fails", "limit", "workaround")
"""What the header repeats of a step's description."""


@dataclass
class Cast:
    """A recording while it is made."""

    scenario: Scenario
    name: str
    events: list[tuple[float, str, str]] = field(default_factory=list)
    steps: list[dict[str, Any]] = field(default_factory=list)
    now: float = 0.0

    def __post_init__(self) -> None:
        """Begin with a prompt; the name seeds the rhythm of the keys."""
        self._keys = random.Random(self.name)  # noqa: S311 - a rhythm, not a secret
        self._waiting = 0.0
        self._add("o", self.scenario.prompt)

    def step(self, step: Step, result: Result) -> None:
        """Add a command that was run."""
        self._wait(step.before)
        if step.marker:
            self._add("m", step.marker)
        self._add("i", f"{step.command}\r")
        for key in step.command:
            self._wait(self._keys.uniform(*KEY))
            self._add("o", key)
        self._wait(0.2)
        self._add("o", "\r\n")
        lines = re.findall(r"[^\n]*\n|[^\n]+\Z", result.output)
        pause = min(LINE, LONGEST_OUTPUT / max(1, len(lines)))
        self._wait(step.think)
        for line in lines:
            self._add("o", line)
            self._wait(pause)
        self._add("o", result.prefix + self.scenario.prompt)
        self._wait(step.after)
        said = {key: getattr(step, key) for key in WORDS}
        facts = {key: value for key, value in said.items() if value is not None}
        self.steps.append({"command": step.command, "exit": result.status, **facts})

    def text(self) -> str:
        """Return the file, but for its date (see ``drift.dated``)."""
        header = {
            "version": 2,
            "width": self.scenario.size[0],
            "height": self.scenario.size[1],
            "title": self.scenario.title,
            "idle_time_limit": self.scenario.idle_limit,
            "env": {"SHELL": "/bin/bash", "TERM": "xterm-256color"},
            "mltrack": {
                "description": self.scenario.description,
                "theme": self.scenario.theme,
                "steps": self.steps,
                "versions": versions(),
            },
        }
        end = (round(self.now + self._pause(), 3), "o", "")
        rows: list[Any] = [header, *self.events, end]
        return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)

    def _wait(self, seconds: float) -> None:
        self._waiting += seconds

    def _pause(self) -> float:
        return min(self._waiting, self.scenario.idle_limit)

    def _add(self, kind: str, data: str) -> None:
        self.now = round(self.now + self._pause(), 3)
        self._waiting = 0.0
        self.events.append((self.now, kind, data))


def versions() -> dict[str, str]:
    """Return what the recording was made with. Python without its patch number, which may vary."""
    return {
        "mltrack-py": version("mltrack-py"),
        "mlflow": version("mlflow"),
        "python": f"{version_info.major}.{version_info.minor}",
    }


def transcript(cast: str) -> str:
    """Return what a cast shows, as lines of text, below its header in words."""
    first, *rows = [json.loads(line) for line in cast.splitlines() if line.strip()]
    facts = first.get("mltrack", {})
    head = [
        f"# {first.get('title', '')}, {first.get('width')} by {first.get('height')}",
        f"# {facts.get('description', '')} ({facts.get('theme', '')})",
        "# " + ", ".join(f"{key} {value}" for key, value in facts.get("versions", {}).items()),
        *(_step_in_words(*numbered) for numbered in enumerate(facts.get("steps", []), start=1)),
    ]
    shown = plain("".join(data for _, kind, data in rows if kind == "o"))
    lines = [line.rstrip() for line in shown.replace("\r\n", "\n").split("\n")]
    return "\n".join([*head, *lines]) + "\n"


def _step_in_words(number: int, step: dict[str, Any]) -> str:
    said = [f"{key} {value}" for key, value in step.items() if key != "command"]
    return f"# step {number}: {', '.join(said)}"
