"""``source/_data/search_eval.json``: writing it, and comparing with it."""

from __future__ import annotations

from pathlib import Path

from _ext.search_eval import GOALS, Figures, Measured, Result

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "source" / "_data" / "search_eval.json"
LATENCY, BYTES = 30.0, 250_000
TOLERANCE = 0.015
"""How much a figure may fall before a check fails: five queries of 341, two held out of 111."""


def read(path: Path = FILE) -> Result:
    """Return what the file has."""
    return Result.model_validate_json(path.read_text("utf-8"))


def lasting(result: Result) -> str:
    """Return what does not change from run to run."""
    return result.model_dump_json(exclude={"date": True, "engines": {"__all__": {"latency"}}})


def write(result: Result, path: Path = FILE) -> None:
    """Write the file at once; one that differs in date and latency only stays."""
    if path.is_file() and lasting(read(path)) == lasting(result):
        return
    new = path.with_name(f"{path.name}.new")
    new.write_text(result.model_dump_json(indent=1) + "\n", "utf-8")
    new.replace(path)


def falls(stored: Measured, now: dict[str, Figures]) -> list[str]:
    """Return what is worse than the stored figures by more than the tolerance, in words."""
    found = []
    for name in ("all", "tuning", "held out"):
        for measure in GOALS:
            before, after = getattr(stored.sets[name], measure), getattr(now[name], measure)
            if after < before - TOLERANCE:
                what = measure.replace("_", "@")
                found.append(f"{what} of {name} queries fell from {before:.1%} to {after:.1%}")
    return found


def misses(engine: Measured) -> list[str]:
    """Return the goals that an engine misses, in words."""
    figures = engine.sets["all"]
    found = [
        f"{measure.replace('_', '@')} is {getattr(figures, measure):.1%}, the goal {goal:.0%}"
        for measure, goal in GOALS.items()
        if getattr(figures, measure) < goal
    ]
    if engine.latency.p95 > LATENCY:
        found.append(f"p95 is {engine.latency.p95} ms, the goal {LATENCY:.0f} ms")
    if engine.bytes > BYTES:
        found.append(f"{engine.bytes} bytes are loaded, the goal is {BYTES}")
    return found
