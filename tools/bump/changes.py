"""The difference of two snapshots, as Markdown for the changelog."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .snapshot import Items, Snapshot

LONGEST_DIFF = 40
"""Lines of one difference; the rest is in the repository's own."""
OURS = {"package"}
"""Kinds that say which release it is, not what is in it."""


class Change(NamedTuple):
    """An item that is another in the new release."""

    kind: str
    name: str
    what: str
    """``added``, ``removed``, or how its facts differ."""


def items(before: Items, after: Items) -> list[Change]:
    """Return what was added, removed and changed, by kind and name."""
    found = []
    for kind in sorted({*before, *after} - OURS):
        old, new = before.get(kind, {}), after.get(kind, {})
        for name in sorted({*old, *new}):
            if name not in old:
                found.append(Change(kind, name, "added"))
            elif name not in new:
                found.append(Change(kind, name, "removed"))
            elif old[name] != new[name]:
                found.append(Change(kind, name, _facts(old[name], new[name])))
    return found


def _facts(old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    """Return in words how the facts of an item differ."""
    parts = []
    for key in sorted({*old, *new}):
        one, other = old.get(key), new.get(key)
        if one == other:
            continue
        if isinstance(one, list) and isinstance(other, list):
            gone = [f"without `{each}`" for each in one if each not in other]
            come = [f"with `{each}`" for each in other if each not in one]
            parts.append(f"{key} {', '.join(gone + come) or 'in another order'}")
        else:
            parts.append(f"{key} `{one}` is now `{other}`")
    return "; ".join(parts)


def draft(version: str, before: Snapshot, after: Snapshot, mentions: Iterable[str] = ()) -> str:
    """Return the changelog's draft: items, outputs, and pages that still name the old release."""
    changed = items(before.items, after.items)
    lines = [f"## mltrack-py {version}", ""]
    for title, wanted in (("Added", "added"), ("Removed", "removed")):
        lines += _list(
            title, [f"{kind} `{name}`" for kind, name, what in changed if what == wanted]
        )
    others = [
        f"{kind} `{name}`: {what}"
        for kind, name, what in changed
        if what not in ("added", "removed")
    ]
    lines += _list("Changed", others)
    lines += _outputs(before.texts, after.texts)
    lines += _list("Pages that name the old release", list(mentions))
    if len(lines) == 2:
        lines += ["Nothing changed for the reader.", ""]
    return "\n".join(lines)


def _list(title: str, entries: list[str]) -> list[str]:
    return [f"### {title}", "", *(f"- {entry}" for entry in entries), ""] if entries else []


def _outputs(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """Return a section for what prints something else, comes or goes."""
    lines: list[str] = []
    for name in sorted({*before, *after}):
        old, new = before.get(name, ""), after.get(name, "")
        if old == new:
            continue
        diff = list(
            difflib.unified_diff(
                old.splitlines(), new.splitlines(), "before", "after", n=1, lineterm=""
            )
        )
        shown = [*diff[:LONGEST_DIFF]]
        if len(diff) > LONGEST_DIFF:
            shown.append(f"… {len(diff) - LONGEST_DIFF} more lines")
        lines += [f"#### {name}", "", "````diff", *shown, "````", ""]
    return ["### Outputs that differ", "", *lines] if lines else []
