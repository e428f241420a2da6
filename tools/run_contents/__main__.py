"""``python -m tools.run_contents``: write what runs contain; ``--check``: compare."""

from __future__ import annotations

import argparse
import difflib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
FILE = ROOT / "source" / "_data" / "run_contents.json"

PROGRAMS = {
    "uv": '#!/bin/sh\ncase "$1" in pip) echo "numpy==1.0" ;; *) echo "uv 0.9.0" ;; esac\n',
    "conda": "#!/bin/sh\necho 'name: base'\n",
}
"""Programs that stand in for real ones, in one of the runs: MLTrack only reads what they print."""


def export() -> str:
    """Make the runs, and return the file's text.

    Raises:
        SystemExit: a run cannot be made.
    """
    with tempfile.TemporaryDirectory(prefix="run-contents-") as name:
        home = Path(name)
        programs, managed, project = home / "bin", home / "managed", home / "garden"
        for directory in (programs, managed, project):
            directory.mkdir()
        (programs / "git").symlink_to(shutil.which("git") or "git")
        (programs / "pip").symlink_to(Path(sys.executable).parent / "pip")
        for program, text in PROGRAMS.items():
            (managed / program).write_text(text)
            (managed / program).chmod(0o755)
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-m", "tools.run_contents.worker", str(managed)],
            cwd=project,
            env={
                "PATH": str(programs),
                "HOME": name,
                "USER": "ada",
                "PYTHONPATH": str(ROOT),
                "PYTHONHASHSEED": "0",
                "MLFLOW_DISABLE_TELEMETRY": "true",
                "MPLBACKEND": "agg",
                "MPLCONFIGDIR": os.environ.get("MPLCONFIGDIR", name),
            },
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            sys.exit(f"run_contents: the runs cannot be made:\n{done.stdout}{done.stderr}")
        text = (project / "runs.json").read_text("utf-8")
    if name in text:
        sys.exit(f"run_contents: a value tells where it was made: {name}")
    return text


def main(arguments: list[str] | None = None) -> int:
    """Write the file, or compare; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.run_contents", description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    options = parser.parse_args(arguments)
    new = export()
    if not options.check:
        FILE.write_text(new, encoding="utf-8")
        return 0
    old = FILE.read_text("utf-8") if FILE.is_file() else ""
    if lines := list(
        difflib.unified_diff(old.splitlines(), new.splitlines(), "committed", "now", "", "", 2, "")
    ):
        print(*lines, sep="\n")
        print("run_contents: runs contain something else now. Run: python -m tools.run_contents")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
