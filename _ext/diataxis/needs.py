"""What readers need before a page: the pages that its front matter names under ``needs``."""

from __future__ import annotations

import json
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from _ext._shared.inputs import Data
from _ext._shared.records import note, noted
from _ext._shared.report import warn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

NEEDS = "needs"
"""The key in the front matter, and the kind of fact: ``(pages,)``."""


def read(env: BuildEnvironment) -> None:
    """Note the needs of the page that was read; warn of what is no list of pages."""
    found = env.metadata[env.docname].get(NEEDS)
    if found is None:
        return
    try:
        pages = json.loads(str(found))  # MyST hands lists on in this form
    except json.JSONDecodeError:
        pages = None
    if not isinstance(pages, list) or not all(isinstance(page, str) for page in pages):
        message = "needs is a list of pages: needs: [get-started/install]"
        warn("diataxis", "needs", message, place(env, env.docname))
        return
    note(env, NEEDS, tuple(pages))


def needs_of(env: BuildEnvironment, page: str) -> tuple[str, ...]:
    """Return the pages that exist and that a page's readers need first."""
    found: tuple[str, ...] = next((fact for _, fact in noted(env, NEEDS, page)), ())
    return tuple(each for each in found if each in env.found_docs and each != page)


def check(app: Sphinx, env: BuildEnvironment) -> None:
    """Warn of needs that do not exist, and of those that lead back to where they began."""
    for page, needs in noted(env, NEEDS):
        for number, need in enumerate(needs):
            if need not in env.found_docs:
                near = ", ".join(get_close_matches(need, env.found_docs, n=3)) or "none near it"
                message = f"the page needs {need!r}, which does not exist; there are: {near}"
                warn("diataxis", "needs", message, place(env, page, number))
            elif way := next(_ways_back(env, page, (need,)), None):
                circle = " \u2192 ".join((page, *way))
                message = f"these pages need each other: {circle}"
                warn("diataxis", "needs", message, place(env, page, number))


def _ways_back(env: BuildEnvironment, page: str, way: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Give the ways from the last page of ``way`` to ``page``."""
    found = next((fact for _, fact in noted(env, NEEDS, way[-1])), ())
    if way[-1] == page:
        yield way
        return
    for need in found:
        if need not in way:
            yield from _ways_back(env, page, (*way, need))


def place(env: BuildEnvironment, page: str, number: int | None = None) -> str:
    """Return ``path:line`` of a page's needs, or of one of them."""
    path = Path(env.doc2path(page))
    front = path.read_text("utf-8").split("\n---", 1)[0].removeprefix("---")
    where: tuple[str | int, ...] = (NEEDS,) if number is None else (NEEDS, number)
    return Data(path, None, yaml.compose(front, Loader=yaml.SafeLoader)).place(*where)
