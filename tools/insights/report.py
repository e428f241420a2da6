"""The report: ``insights.json``, and ``index.html`` with the site's tokens beside it."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from .figures import DAYS, Figures, compute
from .store import Store

if TYPE_CHECKING:
    from datetime import date

HERE = Path(__file__).parent
STATIC = HERE.parents[1] / "_static"
STYLES = {"css/tokens.css": STATIC / "css" / "tokens.css", "css/report.css": HERE / "report.css"}
FONTS = ("inter.woff2", "space-grotesk.woff2", "jetbrains-mono.woff2")


def number(value: float | None, unit: str = "") -> str:
    """Return a figure as it is read, or that there is none."""
    if value is None:
        return "no data"
    text = f"{value:,.3f}".rstrip("0").rstrip(".") if value % 1 else f"{value:,.0f}"
    return f"{text} %" if unit == "%" else f"{text} {unit}".rstrip()


def as_json(figures: Figures) -> dict[str, Any]:
    """Return the figures as plain data."""
    data = asdict(figures) | {"today": figures.today.isoformat(), "days": DAYS}
    return data | {"goals": [goal.as_json() for goal in figures.goals]}


def page(figures: Figures) -> str:
    """Return the page; every value is escaped."""
    environment = Environment(
        loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.filters["number"] = number
    most = max((week["views"] for week in figures.weeks), default=0)
    return environment.get_template("report.html.jinja").render(
        figures=figures, days=DAYS, most=max(1, most)
    )


def write(database: str, out: Path, repository: Path, today: date | None = None) -> Path:
    """Write the report into a directory; return its page."""
    store = Store(database)
    with store.engine.connect() as connection:
        figures = compute(connection, repository, today or datetime.now(UTC).date())
    store.close()
    data = json.dumps(as_json(figures), indent=2, ensure_ascii=False) + "\n"
    for name, text in {"insights.json": data, "index.html": page(figures)}.items():
        _put(out / name, text)
    for name, path in STYLES.items():
        _put(out / name, path.read_text("utf-8"))
    (out / "fonts").mkdir(exist_ok=True)
    for name in FONTS:
        shutil.copyfile(STATIC / "fonts" / name, out / "fonts" / name)
    return out / "index.html"


def _put(path: Path, text: str) -> None:
    """Write a file at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{os.getpid()}.part")
    part.write_text(text, "utf-8")
    part.replace(path)
