"""The environment variables that notebooks run with, in the build and apart from it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

REMOVED = ("MLFLOW_TRACKING_URI", "MLTRACK_LLM_PRICING_SNAPSHOT", "MLTRACK_USER_EMAIL")
"""Variables that would change what MLTrack does."""


def variables(root: Path, home: Path, python: Path, path: str) -> dict[str, str]:
    """Return what notebooks need.

    Args:
        root: the repository.
        home: the directory that takes the place of the user's.
        python: the interpreter that runs the notebooks; its directory comes first on the path.
        path: the path so far.
    """
    return {
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / ".config"),
        "XDG_CACHE_HOME": str(home / ".cache"),
        "PATH": os.pathsep.join([str(python.parent), path]),
        "PYTHONHASHSEED": "0",
        "PYTHONWARNINGS": "ignore",
        "MATPLOTLIBRC": str(root / "notebooks" / "matplotlibrc"),
        "JUPYTER_PATH": str(root / "notebooks"),  # the kernel, with figures as SVG
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "DO_NOT_TRACK": "true",
    }


def apart(inherited: Mapping[str, str], root: Path, home: Path, python: Path) -> dict[str, str]:
    """Return the whole environment of a process that runs a notebook apart from the build."""
    kept = {name: value for name, value in inherited.items() if name not in REMOVED}
    return kept | variables(root, home, python, inherited["PATH"])
