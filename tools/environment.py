"""Make ``.venv`` from a locked list. Uses the standard library only: it runs before all else.

``python3 tools/environment.py docs`` installs requirements/docs.txt and leaves a stamp that
make compares with the list.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
MINIMUM = (3, 11)


def fail(problem: str, remedy: str) -> None:
    """End with what is wrong and what to do."""
    sys.exit(f"\n{problem}\n{remedy}\n")


def create() -> Path:
    """Return the environment's interpreter, making the environment if there is none.

    Raises:
        SystemExit: this Python is too old, or cannot make environments.
    """
    python = VENV / "bin" / "python"
    if python.exists():
        return python
    if sys.version_info < MINIMUM:
        fail(
            f"This is Python {sys.version.split()[0]}; the site needs 3.11 or newer.",
            "Install one and name it: make html PYTHON=python3.11",
        )
    made = subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=False)
    if made.returncode:
        fail(
            "Python could not make a virtual environment.",
            "On Debian and Ubuntu: apt install python3-venv. Then run the same command again.",
        )
    return python


def install(python: Path, group: str) -> None:
    """Install ``requirements/<group>.txt``: complete, so pip resolves nothing, and hashed.

    Raises:
        SystemExit: pip failed, usually for want of a network.
    """
    requirements = ROOT / "requirements" / f"{group}.txt"
    print(f"Installing requirements/{group}.txt into .venv (a few minutes the first time)")
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    done = subprocess.run(
        [*pip, "--require-hashes", "--no-deps", "-r", str(requirements)], check=False
    )
    if done.returncode:
        fail(
            f"pip could not install requirements/{group}.txt; its message is above.",
            "Check that this machine reaches its Python package index, then run the same"
            " command again. What was downloaded is kept.",
        )


def main() -> None:
    """Install one group and stamp it; ``test`` contains ``docs``."""
    group = sys.argv[1]
    python = create()
    install(python, group)
    for name in {"test": ("test", "docs")}.get(group, (group,)):
        (VENV / f"{name}.stamp").touch()


if __name__ == "__main__":
    main()
