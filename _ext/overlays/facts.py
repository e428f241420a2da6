"""The line below each object: its release, the pages that use it, its known limits."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx import addnodes

from _ext._shared.inputs import load_yaml
from _ext._shared.records import noted
from _ext._shared.tables import page_link
from _ext.limits.model import Limits

from .model import overlays_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sphinx.environment import BuildEnvironment

    from _ext.coverage.model import Inventory

    from .model import Overlays

USES = "overlay-uses"
"""Facts: canonical names that a page uses in its code or names in its prose."""
MOST = 4
"""Guides that one object lists."""
REFERENCE = ("reference/", "contributing/", "trust/")


class object_facts(nodes.General, nodes.Element):  # noqa: N801 - docutils names nodes in lower case
    """Placeholder: an object's release, guides and limits."""


def show_facts(env: BuildEnvironment, node: Any) -> list[nodes.Node]:
    """Return the line of facts."""
    overlays = overlays_of(env.config)
    name = overlays.canonical(node["name"])
    parts: list[list[nodes.Node]] = []
    if env.config.overlays_release:
        parts.append([nodes.Text(f"Since {env.config.overlays_release}.")])
    if guides := [page_link(page) for page in _guides(env, name)]:
        parts.append([nodes.Text("Used in "), *_listed(guides), nodes.Text(".")])
    if limits := list(_limits(env, overlays, name)):
        parts.append([nodes.Text("Known limits: "), *_listed(limits), nodes.Text(".")])
    inline: list[nodes.Node] = []
    for part in parts:
        inline += [nodes.Text(" "), *part] if inline else part
    return [nodes.paragraph("", "", *inline, classes=["mlt-facts"])] if inline else []


def _listed(links: Iterable[nodes.Node]) -> list[nodes.Node]:
    """Return links with commas between them."""
    found: list[nodes.Node] = []
    for link in links:
        found += [nodes.Text(", "), link] if found else [link]
    return found


def _guides(env: BuildEnvironment, name: str) -> list[str]:
    """Return the pages that use an object most, outside of the reference."""
    counts: dict[str, int] = {}
    for page, used in noted(env, USES):
        if used == name and not page.startswith(REFERENCE):
            counts[page] = counts.get(page, 0) + 1
    return sorted(counts, key=lambda page: (-counts[page], page))[:MOST]


def _limits(env: BuildEnvironment, overlays: Overlays, name: str) -> Iterator[nodes.Node]:
    """Yield a link to each known limit that names the object, or a member of it."""
    path = Path(env.config.overlays_limits)
    if not path.is_file():
        return
    for key, limit in _read(path, path.stat().st_mtime_ns).items():
        if any(affects(overlays.inventory, each, name) for each in limit.affects):
            yield addnodes.pending_xref(
                "", nodes.inline("", limit.title), refdomain="std", reftype="ref",
                reftarget=f"limit-{key}", refexplicit=True, refwarn=True, refdoc=env.docname,
            )  # fmt: skip


def affects(inventory: Inventory, said: str, name: str) -> bool:
    """Say whether a limit's words name an object: in full, or by class and method, or a field."""
    if inventory.canonical(said) == name:
        return True
    owned = f"{name}.{said}" in inventory.items("python") and said in inventory.items("setting")
    return owned or ("." in said and " " not in said and name.endswith(f".{said}"))


@cache
def _read(path: Path, changed: int) -> Limits:
    return load_yaml(path, Limits).value
