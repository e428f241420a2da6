"""The index that Pagefind makes of the built site, in a directory of its own."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROGRAM = HERE / "node_modules" / ".bin" / "pagefind"
NPM = ("npm", "install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund",
       "--loglevel=error")  # fmt: skip


def release() -> str:
    """Return the release that ``package.json`` names."""
    found = json.loads((HERE / "package.json").read_text("utf-8"))
    return str(found["dependencies"]["pagefind"])


def install() -> str:
    """Install Pagefind if it is missing, and return why that cannot be done, or nothing."""
    if PROGRAM.exists():
        return ""
    if shutil.which("npm") is None:
        return "Node.js is not installed"
    done = subprocess.run(NPM, cwd=HERE, capture_output=True, text=True, check=False)
    return "" if PROGRAM.exists() else f"npm could not install it: {done.stderr.strip()[-200:]}"


def index(site: Path, out: Path) -> None:
    """Index the articles of the site: with the frame, its results are worse.

    Raises:
        SystemExit: Pagefind failed.
    """
    command = [str(PROGRAM), "--site", str(site), "--output-path", str(out / "pagefind"),
               "--root-selector", "article", "--exclude-selectors", ".headerlink"]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"search_eval: Pagefind failed:\n{done.stdout}{done.stderr}")
