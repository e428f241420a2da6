"""Types read like the signature, and a build sees no change where there is none."""

from __future__ import annotations

import pickle
import warnings
from collections.abc import Callable
from typing import Any, TypeVar

from sphinx.config import Config
from sphinx.deprecation import RemovedInSphinx10Warning

from _ext.typehints import Formatter

F = TypeVar("F", bound=Callable[..., Any])
EXTENSIONS = [
    "sphinx_copybutton",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx_autodoc_typehints",
]
SETTINGS = {
    "autodoc_typehints": "none",
    "always_use_bars_union": True,
    "typehints_document_rtype": False,
}
PAGE = "# Page\n\n```{eval-rst}\n.. autofunction:: mltrack.track\n```\n"


def test_a_type_variable_is_its_name() -> None:
    assert Formatter()(F, Config()) == "``F``"
    assert Formatter()(F) is None
    assert Formatter()(str, Config()) is None


def test_formatters_are_equal_and_can_be_stored() -> None:
    assert pickle.loads(pickle.dumps(Formatter())) == Formatter()


def test_the_page_shows_more_without_us(build: Callable[..., Any]) -> None:
    assert "bound=" in build(PAGE, EXTENSIONS, **SETTINGS).article().get_text()


def test_the_page_shows_the_name(build: Callable[..., Any]) -> None:
    mended = [*EXTENSIONS, "_ext.docstrings", "_ext.typehints"]
    site = build(PAGE, mended, **SETTINGS)
    assert site.warnings == ""
    assert "bound=" not in site.article().get_text()
    assert "func (F | None)" in site.article().get_text()


def test_a_deprecation_of_the_other_extension_is_silent_and_ours_is_not() -> None:
    import _ext.typehints

    class App:
        def setup_extension(self, name: str) -> None: ...
        def connect(self, *args: object) -> None: ...

    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        _ext.typehints.setup(App())  # type: ignore[arg-type]
        where = ("file.py", 1)
        for module in ("sphinx_autodoc_typehints._parser", "_ext.cards"):
            warnings.warn_explicit("old", RemovedInSphinx10Warning, *where, module=module)
    assert len(seen) == 1
