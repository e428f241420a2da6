"""Settings of sphinx-autodoc-typehints that a value in ``conf.py`` cannot express.

It writes a type variable as ``TypeVar(F, bound=Callable[..., Any])``; here it is ``F``, the
name that the signature above it shows. Its role calls a method that Sphinx 10 removes: that
is its authors' business, so the notice stays off the console.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from sphinx.deprecation import RemovedInSphinx10Warning

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config


@dataclass(frozen=True)
class Formatter:
    """Formats a type; equal to each other formatter, so that a build can tell no change."""

    def __call__(self, annotation: Any, config: Config | None = None) -> str | None:
        """Return a type variable's name, or ``None`` for types that need no care.

        Args:
            annotation: the type.
            config: the configuration; without it the type is for a signature.
        """
        if config is not None and isinstance(annotation, TypeVar):
            return f"``{annotation.__name__}``"
        return None


def _use(app: Sphinx, config: Config) -> None:
    config.typehints_formatter = Formatter()


def setup(app: Sphinx) -> dict[str, bool]:
    """Hand the formatter to sphinx-autodoc-typehints."""
    warnings.filterwarnings(
        "ignore", category=RemovedInSphinx10Warning, module=r"sphinx_autodoc_typehints\."
    )
    app.setup_extension("sphinx_autodoc_typehints")
    app.connect("config-inited", _use)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
