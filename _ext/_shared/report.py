"""Warnings with a type, a subtype and a place: ``-W`` fails on them and a config can name them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sphinx.util import logging

if TYPE_CHECKING:
    from docutils import nodes

logger = logging.getLogger(__name__)


class InputError(Exception):
    """Input that an author can mend.

    Args:
        subtype: the second half of the warning's name, as in ``cards.option``.
        message: what is wrong and how to mend it.
        location: ``"path:line"`` when the fault is in a data file;
            ``None`` means the directive itself.
    """

    def __init__(self, subtype: str, message: str, location: str | None = None) -> None:
        super().__init__(message)
        self.subtype = subtype
        self.message = message
        self.location = location


def warn(
    feature: str,
    subtype: str,
    message: str,
    location: str | tuple[str, int | None] | nodes.Node | None,
) -> None:
    """Log a warning named ``feature.subtype``."""
    logger.warning(message, type=feature, subtype=subtype, location=location)
