"""The committed file: what was pressed, how long each command took, and where."""

from __future__ import annotations

import json
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from .buttons import Button
    from .replay import Took


@dataclass(frozen=True)
class Result:
    """What was measured.

    Args:
        measured: date, machine and versions.
        pressed: what each button copied: its step, its file or its commands.
        runs: for each run, for each button, what each command took: seconds on the clock, and
            of processors.
    """

    measured: dict[str, Any]
    pressed: list[dict[str, Any]]
    runs: list[list[list[list[float]]]]

    def steps(self, kind: int) -> dict[str, float]:
        """Return the median seconds of each step of the page; kind 0 elapsed, 1 busy."""
        found: dict[str, list[float]] = {}
        for run in self.runs:
            sums: dict[str, float] = {}
            for button, took in zip(self.pressed, run, strict=True):
                seconds = sum(each[kind] for each in took)
                sums[button["step"]] = sums.get(button["step"], 0) + seconds
            for step, seconds in sums.items():
                found.setdefault(step, []).append(seconds)
        return {step: median(values) for step, values in found.items()}

    def total(self, kind: int) -> float:
        """Return the median seconds of a whole run; kind 0 elapsed, 1 busy."""
        return median(sum(each[kind] for took in run for each in took) for run in self.runs)

    def save(self, path: Path) -> None:
        """Write the file."""
        content = {"measured": self.measured, "pressed": self.pressed, "runs": self.runs}
        path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", "utf-8")


def load(path: Path) -> Result:
    """Read the file."""
    return Result(**json.loads(path.read_text("utf-8")))


def rounded(took: list[list[Took]]) -> list[list[list[float]]]:
    """Return one run as the file has it."""
    return [[[round(each, 1) for each in command] for command in button] for button in took]


def pressed(buttons: list[Button]) -> list[dict[str, Any]]:
    """Return what the file says of each button."""
    return [
        {"step": button.step}
        | ({"file": button.file, "text": button.text} if button.file else {})
        | ({"commands": button.commands} if button.commands else {})
        for button in buttons
    ]
