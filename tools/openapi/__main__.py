"""``python -m tools.openapi``: write the REST reference's data; ``--check``: compare with it."""

from __future__ import annotations

import argparse
import difflib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
DATA = ROOT / "source" / "_data" / "openapi"
PROJECT = "project.txt"


def export() -> dict[str, str]:
    """Run the generators and return the files' texts by name.

    Raises:
        SystemExit: a generated service cannot be imported or asked.
    """
    with tempfile.TemporaryDirectory(prefix="openapi-") as name:
        directory = Path(name)
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": name,
            "PYTHONPATH": str(ROOT),
            "PYTHONHASHSEED": "0",
            "MLFLOW_DISABLE_TELEMETRY": "true",
            "DO_NOT_TRACK": "true",
        }
        run = subprocess.run(
            [sys.executable, "-W", "ignore", "-m", "tools.openapi.worker", name],
            cwd=directory,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if run.returncode:
            sys.exit(f"openapi: the services do not start:\n{run.stdout}{run.stderr}")
        texts = {file.name: file.read_text("utf-8") for file in sorted(directory.glob("*.json"))}
        texts[PROJECT] = tree(directory / "services" / "classification")
    for file, text in texts.items():
        if name in text:
            sys.exit(f"openapi: {file} tells where it was made: {name}")
    return texts


def tree(directory: Path) -> str:
    """Return the files below ``directory``, one path a line, without compiled ones."""
    files = (file for file in directory.rglob("*") if file.is_file())
    names = (file.relative_to(directory).as_posix() for file in files)
    return "".join(f"{name}\n" for name in sorted(names) if "__pycache__" not in name)


def differences(texts: dict[str, str]) -> list[str]:
    """Return a diff from the committed files to ``texts``; empty when they agree."""
    lines: list[str] = []
    committed = {file.name for file in DATA.glob("*") if file.is_file()}
    for name in sorted(committed | set(texts)):
        file = DATA / name
        old = file.read_text("utf-8").splitlines() if name in committed else []
        new = texts.get(name, "").splitlines()
        lines += difflib.unified_diff(
            old, new, f"committed/{name}", f"generated/{name}", "", "", 2, ""
        )
    return lines


def main(arguments: list[str] | None = None) -> int:
    """Write the files, or compare; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.openapi", description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    options = parser.parse_args(arguments)
    texts = export()
    if not options.check:
        DATA.mkdir(parents=True, exist_ok=True)
        for file in DATA.iterdir():
            if file.name not in texts:
                file.unlink()
        for name, text in texts.items():
            (DATA / name).write_text(text, encoding="utf-8")
        return 0
    if lines := differences(texts):
        print(*lines, sep="\n")
        print("openapi: the package writes something else now. Run: python -m tools.openapi")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
