"""From a recording's file to a cast."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from .cast import Cast
from .mask import MASKS, mask, plain
from .scenario import COMMAND, load
from .session import SessionError, Shell, room, screen

if TYPE_CHECKING:
    from .scenario import Step
    from .session import Result

ROOT = Path(__file__).parents[2]


class LimitGoneError(SessionError):
    """A command that was declared to fail, and does not."""


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
                result = _run(step, shell, masks)
            except LimitGoneError as error:
                raise SessionError(f"{name}: step {number}: {error}") from error
            except SessionError as error:
                raise SessionError(f"{name}: step {number}, {step.command}: {error}") from error
            if not step.hidden:
                cast.step(step, result)
    return cast.text()


def _run(step: Step, shell: Shell, masks: dict[str, str]) -> Result:
    """Run one step and check what came of it; return it as it is shown."""
    result = shell.run(step.run.replace(COMMAND, step.command), step.timeout)
    shown = result._replace(output=mask(result.output, masks))
    _check_limit(step, shown)
    if result.status != step.exit:
        raise SessionError(
            f"exit status {result.status}, expected {step.exit}\n{screen(result.output)}"
        )
    for text in step.expect:
        if text not in plain(result.output):
            raise SessionError(f"{text!r} is not on the screen\n{screen(result.output)}")
    return shown


def _check_limit(step: Step, shown: Result) -> None:
    """Refuse a command that does better than its step says: its limit is gone."""
    if step.fails is None:
        return
    if (step.exit and not shown.status) or step.fails not in plain(shown.output):
        raise LimitGoneError(
            f"`{step.command}` was declared to fail with {step.fails!r}, and it does not any more: "
            f"remove the limit {step.limit} from source/_data/limits.yaml and update the pages\n"
            + screen(shown.output)
        )


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
