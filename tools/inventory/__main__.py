"""``python -m tools.inventory``: write ``source/_data/inventory.json``; ``--check``: compare."""

from __future__ import annotations

import argparse
import difflib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tools.inventory.rest import services

ROOT = Path(__file__).parents[2]
FILE = ROOT / "source" / "_data" / "inventory.json"
DOCUMENTS = ROOT / "source" / "_data" / "openapi"


def of_the_package() -> dict[str, Any]:
    """Ask the installed package, in a process with an empty home.

    Raises:
        SystemExit: the package cannot be imported.
    """
    with tempfile.TemporaryDirectory(prefix="inventory-") as home:
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": home,
            "PYTHONPATH": str(ROOT),
            "PYTHONHASHSEED": "0",
            "MLFLOW_DISABLE_TELEMETRY": "true",
            "DO_NOT_TRACK": "true",
        }
        run = subprocess.run(
            [sys.executable, "-W", "ignore", "-m", "tools.inventory.worker"],
            cwd=home,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
    if run.returncode:
        sys.exit(f"inventory: the package cannot be read:\n{run.stderr}")
    found: dict[str, Any] = json.loads(run.stdout)
    return found


def text_of(kinds: dict[str, dict[str, Any]]) -> str:
    """Return the file's text: sorted, one line for each item."""
    blocks = []
    for kind, items in kinds.items():
        lines = [
            f"    {json.dumps(name, ensure_ascii=False)}: "
            f"{json.dumps(items[name], ensure_ascii=False, sort_keys=True)}"
            for name in sorted(items)
        ]
        blocks.append(f"  {json.dumps(kind)}: {{\n" + ",\n".join(lines) + "\n  }")
    return "{\n" + ",\n".join(blocks) + "\n}\n"


def export() -> str:
    """Return the inventory of the installed package and the exported documents."""
    return text_of(of_the_package() | services(DOCUMENTS))


def differences(new: str) -> list[str]:
    """Return a diff from the committed file to ``new``; empty when they agree."""
    old = FILE.read_text("utf-8") if FILE.is_file() else ""
    return list(
        difflib.unified_diff(
            old.splitlines(), new.splitlines(), "committed", "installed package", "", "", 0, ""
        )
    )


def main(arguments: list[str] | None = None) -> int:
    """Write the file, or compare; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.inventory", description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    options = parser.parse_args(arguments)
    new = export()
    if not options.check:
        FILE.write_text(new, encoding="utf-8")
        return 0
    if lines := differences(new):
        print(*lines, sep="\n")
        print("inventory: the package offers something else now. Run: python -m tools.inventory")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
