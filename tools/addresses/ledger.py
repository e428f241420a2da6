"""The ledger's files: one for each section of the site, an anchor a line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Set
    from pathlib import Path

ROOT_SECTION = "index"
"""What stands at the root of the site."""

Ledger = dict[str, list[str]]
"""Anchors by address, both in alphabetical order."""


def section(address: str) -> str:
    """Return the name of the file that keeps an address."""
    first, slash, _ = address.partition("/")
    return first if slash and not first.startswith("_") else ROOT_SECTION


def load(folder: Path) -> Ledger:
    """Return all that was ever published."""
    found: Ledger = {}
    for path in sorted(folder.glob("*.json")):
        found |= json.loads(path.read_text("utf-8"))
    return found


def merged(ledger: Mapping[str, list[str]], site: Mapping[str, Set[str]]) -> Ledger:
    """Return the ledger with what a site has added. Nothing is ever removed."""
    return {
        address: sorted({*ledger.get(address, ()), *site.get(address, ())})
        for address in sorted({*ledger, *site})
    }


def save(folder: Path, ledger: Ledger) -> list[Path]:
    """Write the ledger and return the files that changed."""
    sections: dict[str, Ledger] = {}
    for address, anchors in sorted(ledger.items()):
        sections.setdefault(section(address), {})[address] = sorted(anchors)
    changed = []
    folder.mkdir(parents=True, exist_ok=True)
    for name, addresses in sections.items():
        path = folder / f"{name}.json"
        text = json.dumps(addresses, indent=1, ensure_ascii=False) + "\n"
        if not path.is_file() or path.read_text("utf-8") != text:
            part = path.with_suffix(".part")
            part.write_text(text, "utf-8")
            part.replace(path)
            changed.append(path)
    return changed


def place(folder: Path, address: str, anchor: str = "") -> str:
    """Return ``path:line`` of an address, or of one of its anchors."""
    path = folder / f"{section(address)}.json"
    page, found = f" {json.dumps(address, ensure_ascii=False)}:", 1
    wanted = f"  {json.dumps(anchor, ensure_ascii=False)}"
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if line.startswith(page):
            found = number
            if not anchor:
                break
        elif anchor and found > 1 and line.rstrip(",") == wanted:
            return f"{path}:{number}"
    return f"{path}:{found}"
