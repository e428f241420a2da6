"""Style sheets and scripts of other extensions: only where a page needs them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Built

PAGES = {
    "index": "# A\n\n```{toctree}\ntabs\nbutton\ncode\n```\n",
    "tabs": "# B\n\n::::{tab-set}\n:::{tab-item} One\ntext\n:::\n::::\n",
    "button": "# C\n\n```{button-ref} index\n:ref-type: doc\n```\n",
    "code": "---\nfile_format: mystnb\nkernelspec:\n  name: python3\n---\n# D\n\n"
    "```{code-cell}\n1 + 1\n```\n",
}


def loaded(built: Built, page: str) -> tuple[bool, bool, bool]:
    """Return whether the page loads sphinx-design's style, its tabs' script, MyST-NB's style."""
    head = str(built.soup(page))
    return "sphinx-design" in head, "design-tabs" in head, "mystnb." in head


def test_each_page_loads_what_it_needs(build: Callable[..., Built]) -> None:
    built = build(PAGES, ["sphinx_design", "sphinx_copybutton", "_ext.lean"])
    assert loaded(built, "index") == (False, False, False)
    assert loaded(built, "tabs") == (True, True, False)
    assert loaded(built, "button") == (True, False, False)
    assert loaded(built, "code") == (False, False, True)
    assert loaded(built, "search") == (False, False, False)


def test_without_the_extension_every_page_loads_everything(build: Callable[..., Built]) -> None:
    built = build(PAGES, ["sphinx_design", "sphinx_copybutton"])
    assert loaded(built, "index") == (True, True, True)
