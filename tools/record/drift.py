"""Two casts compared, for people; and the date, which is no difference."""

from __future__ import annotations

import difflib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .cast import transcript

if TYPE_CHECKING:
    import datetime


def dated(recorded: str, committed: str | None, today: datetime.date) -> str:
    """Return the cast ``recorded`` with its date: that of ``committed`` if nothing else differs."""
    before, date = _undated(committed or "")
    if before != recorded or date is None:
        date = today.isoformat()
    header, _, events = recorded.partition("\n")
    facts = json.loads(header)
    facts["mltrack"]["recorded"] = date
    return f"{_dumps(facts)}\n{events}"


def drift(name: str, path: Path, recorded: str) -> str:
    """Return how ``recorded`` differs from the committed cast at ``path``; empty if it does not."""
    remedy = f"python -m tools.record {name}"
    if not path.is_file():
        return f"{path}:1: does not exist; run {remedy}\n"
    text = path.read_text(encoding="utf-8")
    committed, _ = _undated(text)
    if committed == recorded:
        return ""
    return (
        _where(path, committed.splitlines(), recorded.splitlines())
        + _difference(path.name, committed, recorded)
        + f"If this is right, run {remedy} and commit the cast. If it is not, the cast shows what "
        "is no longer so: mend the scenario or the project.\n"
    )


def _undated(cast: str) -> tuple[str, str | None]:
    """Return the cast without its date, and the date."""
    header, _, events = cast.partition("\n")
    try:
        facts = json.loads(header)
        date = facts["mltrack"].pop("recorded", None)
    except (ValueError, KeyError, TypeError, AttributeError):
        return cast, None
    return f"{_dumps(facts)}\n{events}", date


def _dumps(row: Any) -> str:
    return json.dumps(row, ensure_ascii=False)


def _where(path: Path, committed: list[str], recorded: list[str]) -> str:
    """Return ``file:line`` of the first difference, its step and how many lines differ."""
    longest = max(len(committed), len(recorded))
    before, after = (lines + [""] * (longest - len(lines)) for lines in (committed, recorded))
    different = [at for at in range(longest) if before[at] != after[at]]
    first = different[0]
    typed = [line for line in committed[1 : first + 1] if ', "i", ' in line]
    place = f"step {len(typed)}" if typed else "before the first step" if first else "the header"
    here = path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
    facts = f"{place}; different lines: {len(different)}"
    return f"{here}:{first + 1}: differs from a new run ({facts})\n"


def _difference(name: str, committed: str, recorded: str) -> str:
    """Return the difference of the transcripts, or of the lines if they are the same."""
    try:
        before, after = (transcript(cast).splitlines() for cast in (committed, recorded))
    except (ValueError, AttributeError):
        return f"{name} is not a cast\n"
    if before != after:
        return _unified(name, before, after, context=3)
    message = "The text is the same; times, colours or markers differ. The first of them:\n"
    lines = _unified(name, committed.splitlines(), recorded.splitlines(), context=0)
    return message + "".join(lines.splitlines(keepends=True)[:12])


def _unified(name: str, before: list[str], after: list[str], context: int) -> str:
    labels = (f"{name} (committed)", f"{name} (recorded now)")
    lines = difflib.unified_diff(before, after, *labels, n=context, lineterm="")
    return "".join(f"{line}\n" for line in lines)
