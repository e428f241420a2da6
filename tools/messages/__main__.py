"""``python -m tools.messages [--check]``: write ``source/_data/messages.json``, or compare."""

from __future__ import annotations

import argparse
import difflib
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).parents[2]
FILE = ROOT / "source" / "_data" / "messages.json"


def provoked(*templates: str) -> dict[str, dict[str, Any]]:
    """Run the triggers, of all messages or of those named, in an empty home.

    Raises:
        SystemExit: the process failed, or a trigger did not bring its message about.
    """
    with tempfile.TemporaryDirectory(prefix="messages-") as place:
        environment = {
            "PATH": "/usr/bin:/bin",
            "HOME": place,
            "PYTHONPATH": str(ROOT),
            "PYTHONHASHSEED": "0",
            "PYTHONWARNINGS": "ignore",
            "COLUMNS": "400",
            "MLFLOW_DISABLE_TELEMETRY": "true",
            "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0",
            "DO_NOT_TRACK": "true",
            "AWS_EC2_METADATA_DISABLED": "true",
            "GIT_CONFIG_GLOBAL": "/dev/null",
        }
        run = subprocess.run(
            [sys.executable, "-m", "tools.messages.worker", place, *templates],
            cwd=place, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
    if run.returncode:
        sys.exit(f"messages: the triggers cannot be run:\n{run.stderr[-3000:]}")
    found: dict[str, dict[str, Any]] = json.loads(run.stdout)
    silent = [
        f"{name}\n{facts['text']}" for name, facts in found.items() if facts["as"] == "nothing"
    ]
    if silent:
        sys.exit("messages: these triggers do not bring about their message:\n" + "\n".join(silent))
    return found


def text_of(found: dict[str, dict[str, Any]]) -> str:
    """Return the file's text: sorted, one line for each message."""
    lines = [
        f"  {json.dumps(name, ensure_ascii=False)}: {json.dumps(found[name], ensure_ascii=False)}"
        for name in sorted(found)
    ]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the file, or compare; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.messages", description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    options = parser.parse_args(arguments)
    new = text_of(provoked())
    if not options.check:
        FILE.write_text(new, encoding="utf-8")
        return 0
    old = FILE.read_text("utf-8") if FILE.is_file() else ""
    lines = list(difflib.unified_diff(old.splitlines(), new.splitlines(), "stored", "now", n=0))
    print(*lines, sep="\n")
    if lines:
        print("messages: something is said differently now. Run: python -m tools.messages")
    return int(bool(lines))


if __name__ == "__main__":
    sys.exit(main())
