"""From a recording's file to a cast, and from two casts to their difference."""

from __future__ import annotations

import difflib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from .cast import Cast, transcript
from .mask import MASKS, mask, plain
from .scenario import COMMAND, load
from .session import SessionError, Shell, room, screen

if TYPE_CHECKING:
    from .scenario import Step
    from .session import Result

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Places:
    """Where recordings are described and kept."""

    scenarios: Path = ROOT / "tools" / "casts"
    casts: Path = ROOT / "_static" / "casts"

    def names(self) -> list[str]:
        """Return the names of all recordings that a file describes."""
        return sorted(path.stem for path in self.scenarios.glob("*.toml"))

    def scenario(self, name: str) -> Path:
        """Return the path of the file that describes ``name``."""
        return self.scenarios / f"{name}.toml"

    def cast(self, name: str) -> Path:
        """Return the path of the recording ``name``."""
        return self.casts / f"{name}.cast"


def record(name: str, places: Places) -> str:
    """Run the recording ``name`` and return its cast.

    Raises:
        ScenarioError: its file is wrong.
        SessionError: a command failed, hung, or printed something else.
    """
    scenario = load(places.scenario(name))
    masks = {**scenario.masks, **MASKS}
    cast = Cast(scenario, name)
    with (
        room(places.scenarios / "projects" / scenario.project) as (place, home),
        Shell(scenario, place, home) as shell,
    ):
        for number, step in enumerate(scenario.steps, start=1):
            try:
                result = _run(step, shell)
            except SessionError as error:
                raise SessionError(f"{name}: step {number}, {step.command}: {error}") from error
            if not step.hidden:
                cast.step(step, result._replace(output=mask(result.output, masks)))
    return cast.text()


def _run(step: Step, shell: Shell) -> Result:
    """Run one step and check what came of it."""
    result = shell.run(step.run.replace(COMMAND, step.command), step.timeout)
    shown = screen(result.output)
    if result.status != step.exit:
        raise SessionError(f"exit status {result.status}, expected {step.exit}\n{shown}")
    for text in step.expect:
        if text not in plain(result.output):
            raise SessionError(f"{text!r} is not on the screen\n{shown}")
    return result


def write(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        temporary.chmod(0o644)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def drift(name: str, places: Places, recorded: str) -> str:
    """Return how ``recorded`` differs from the committed cast, for people; empty if it does not."""
    path = places.cast(name)
    if not path.is_file():
        return f"{path} does not exist; run python -m tools.record {name}\n"
    committed = path.read_text(encoding="utf-8")
    if committed == recorded:
        return ""
    lines = difflib.unified_diff(
        transcript(committed).splitlines(keepends=True),
        transcript(recorded).splitlines(keepends=True),
        f"{path.name} (committed)",
        f"{path.name} (recorded now)",
    )
    remedy = f"If this is right, run python -m tools.record {name} and commit the cast.\n"
    return ("".join(lines) or "The text is the same; times, colours or markers differ.\n") + remedy
