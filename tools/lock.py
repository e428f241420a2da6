"""Resolve ``requirements/*.in`` with uv, in an environment of its own.

uv is not in ``.venv``: MLTrack looks for it on the path, and recordings would show it.
The lists hold for every platform and every Python from 3.11 on, have hashes and name no index.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv-lock"
GROUPS = ("docs", "test")
OPTIONS = (
    "--universal", "--python-version", "3.11", "--generate-hashes", "--no-header",
    "--no-annotate", "--quiet", "--override", "overrides.txt",
)  # fmt: skip


def main() -> None:
    """Write docs.txt and test.txt; pins that still fit stay unless ``--upgrade`` is given."""
    if not VENV.exists():
        subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)
        subprocess.run([str(VENV / "bin/pip"), "install", "--quiet", "uv"], check=True)
    uv = [str(VENV / "bin/uv"), "pip", "compile", *OPTIONS, *sys.argv[1:]]
    for group in GROUPS:
        subprocess.run(
            [*uv, f"{group}.in", "--output-file", f"{group}.txt"],
            cwd=ROOT / "requirements",
            stdout=subprocess.DEVNULL,
            check=True,
        )
        print(f"requirements/{group}.txt")


if __name__ == "__main__":
    main()
