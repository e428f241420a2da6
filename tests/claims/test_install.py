"""Claims about what an installation needs."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def test_git_needed(tmp_path: Path) -> None:
    """Other tests import it with git on ``PATH``; only that is missing here."""
    done = subprocess.run(
        [sys.executable, "-c", "import mltrack"],
        env={"PATH": str(tmp_path), "HOME": str(tmp_path), "MLFLOW_DISABLE_TELEMETRY": "true"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "Bad git executable" in done.stderr
