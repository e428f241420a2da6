"""The versions that this build runs with, and how they differ from those of a recording."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from sys import version_info
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

PACKAGES = {"mltrack-py": ("mltrack-py",), "mlflow": ("mlflow", "mlflow-skinny")}
"""What recordings name, and the distributions that provide it."""


def installed() -> dict[str, str]:
    """Return what is installed, as recordings name it; Python without its patch number."""
    found = {}
    for name, distributions in PACKAGES.items():
        for distribution in distributions:
            try:
                found[name] = version(distribution)
            except PackageNotFoundError:
                continue
            break
    return found | {"python": f"{version_info.major}.{version_info.minor}"}


def outdated(recorded: Mapping[str, str]) -> str:
    """Return in words which packages differ from ``recorded``; empty if none does.

    Python may differ: recordings are made with one version of it, pages are built with several.
    """
    now = installed()
    return ", ".join(
        f"{name} {recorded.get(name, 'unknown')} (installed: {now.get(name, 'none')})"
        for name in PACKAGES
        if recorded.get(name) != now.get(name)
    )
