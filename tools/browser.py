"""Find Chromium for the tests, or install it: by apt when root, else Playwright's own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def find() -> str | None:
    """Return the path of a Chromium, or ``None``. ``CHROMIUM`` in the environment comes first."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named
    for name in NAMES:
        if path := shutil.which(name):
            return path
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).exists() else None


def install() -> None:
    """Install Chromium.

    Raises:
        SystemExit: neither way worked.
    """
    if os.geteuid() == 0 and shutil.which("apt-get"):
        packages = ["chromium", "fonts-liberation", "fonts-noto-color-emoji"]
        subprocess.run(["apt-get", "update", "-qq"], check=False)
        done = subprocess.run(
            ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages],
            check=False,
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        )
    else:
        done = subprocess.run(
            [sys.executable, "-m", "playwright", "install", "chromium"], check=False
        )
    if done.returncode or find() is None:
        sys.exit(
            "browser: Chromium could not be installed.\n"
            "Install it yourself and name it: make test CHROMIUM=/path/to/chromium"
        )


def main() -> None:
    """Make sure there is one and say which."""
    if find() is None:
        install()
    print(f"Chromium: {find()}")


if __name__ == "__main__":
    main()
