"""Sections of the site: their icons in the sidebar, and their names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sphinx import addnodes

from _ext._shared.icons import icon_names
from _ext._shared.inputs import load_yaml
from _ext._shared.report import InputError, warn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.application import Sphinx
    from sphinx.config import Config
    from sphinx.environment import BuildEnvironment

    from _ext._shared.inputs import Data


def names_of(env: BuildEnvironment, page: str) -> Iterator[tuple[str, str]]:
    """Give the pages in a page's tables of contents, as these call them."""
    if page not in env.tocs:
        return
    for toctree in env.tocs[page].findall(addnodes.toctree):
        for title, other in toctree["entries"]:
            if other in env.titles:
                yield other, title or env.titles[other].astext()


def section_of(env: BuildEnvironment) -> dict[str, str]:
    """Return for each page the section that it is in: the first page of the section."""
    found: dict[str, str] = {}

    def walk(page: str, section: str) -> None:
        if page not in found:
            found[page] = section
            for child in env.toctree_includes.get(page, []):
                walk(child, section)

    for section in env.toctree_includes.get(env.config.root_doc, []):
        walk(section, section)
    return found


def _sections(app: Sphinx) -> Data[dict[str, str]]:
    return load_yaml(Path(app.confdir) / app.config.navigation_sections, dict[str, str])


def read(app: Sphinx, config: Config) -> None:
    """Read the icons into the configuration: pages are written again when they change."""
    if not config.navigation_sections:
        return
    try:
        data = _sections(app)
    except OSError as error:
        warn("navigation", "file", f"navigation_sections cannot be read: {error}", None)
        return
    except InputError as error:
        warn("navigation", "file", error.message, error.location)
        return
    icons = dict(data.value)
    for page, name in data.value.items():
        if name not in icon_names():
            known = ", ".join(icon_names())
            message = f"there is no icon {name!r}; there are: {known}"
            warn("navigation", "icon", message, data.place(page))
            del icons[page]
    config.navigation_icons = icons


def check(app: Sphinx, env: BuildEnvironment) -> None:
    for page in sorted(set(app.config.navigation_icons) - env.found_docs):
        message = f"there is no page {page!r}: name the first page of a section"
        warn("navigation", "page", message, _sections(app).place(page))
