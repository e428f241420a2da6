"""What a reader sees of the package: its items, and what it prints."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bs4 import BeautifulSoup

from tools.record.cast import transcript

if TYPE_CHECKING:
    from pathlib import Path

Items = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Snapshot:
    """The state of the artefacts.

    Args:
        items: kind of item to names to facts, as in ``source/_data/inventory.json``.
        texts: what is shown, by what shows it: ``recording landing``, ``exchange regression``,
            ``notebook guides/costs``.
    """

    items: Items = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)


def take(root: Path, site: Path) -> Snapshot:
    """Return the state of the repository at ``root`` and of the site that was built from it."""
    items = json.loads((root / "source" / "_data" / "inventory.json").read_text("utf-8"))
    texts = {}
    for path in sorted((root / "_static" / "casts").glob("*.cast")):
        shown = transcript(path.read_text("utf-8")).splitlines(keepends=True)
        texts[f"recording {path.stem}"] = "".join(line for line in shown if line[:2] != "# ")
    for path in sorted((root / "source" / "_data" / "http").glob("*.json")):
        exchanges = json.loads(path.read_text("utf-8")).get("exchanges", [])
        texts[f"exchange {path.stem}"] = json.dumps(exchanges, indent=1, ensure_ascii=False) + "\n"
    for path in sorted(site.rglob("*.html")):
        if printed := outputs(path):
            name = path.relative_to(site).with_suffix("").as_posix()
            texts[f"notebook {name}"] = printed
    return Snapshot(items, texts)


def outputs(page: Path) -> str:
    """Return what the cells of a built notebook print, one after the other."""
    text = page.read_text("utf-8")
    if "cell_output" not in text:
        return ""
    cells = BeautifulSoup(text, "html.parser").select(".cell_output")
    return "".join(cell.get_text().strip() + "\n" for cell in cells)
