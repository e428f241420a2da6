"""``python -m tools.vendor``: install the pinned npm packages and copy what the site uses.

Fonts are cut to the characters and weights in use; icons are copied as they are. Run it after
a version in ``tools/vendor/package.json`` changed, then look at ``git diff --stat``.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from importlib.metadata import version

import yaml

from . import fonts
from .fonts import HERE, PACKAGES, STATIC

DRAWINGS = {"lucide": "lucide-static/icons", "tabler": "@tabler/icons/icons/outline"}
"""Source in ``icons.yaml`` → directory of its icons."""

PYODIDE = (
    "pyodide.mjs",
    "pyodide.asm.mjs",
    "pyodide.asm.wasm",
    "python_stdlib.zip",
    "pyodide-lock.json",
)
"""What Python needs in a browser."""


def install() -> None:
    """Install exactly what ``package-lock.json`` says.

    Raises:
        SystemExit: npm is missing.
    """
    npm = shutil.which("npm")
    if npm is None:
        sys.exit("vendor: npm is not installed. Install Node.js 20 or newer and try again.")
    subprocess.run([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=HERE, check=True)


def icons() -> None:
    """Copy the icons of others that ``source/_data/icons.yaml`` names.

    Raises:
        SystemExit: an icon is not there.
    """
    for entry in yaml.safe_load((HERE.parents[1] / "source/_data/icons.yaml").read_text()):
        name, source = entry["name"], entry["from"]
        target = STATIC / "icons" / f"{name}.svg"
        path = PACKAGES / DRAWINGS[source] / f"{name}.svg" if source in DRAWINGS else target
        if not path.is_file():
            sys.exit(f"vendor: source/_data/icons.yaml names {name!r}, which {source} lacks.")
        if path != target:
            shutil.copyfile(path, target)
    shutil.copyfile(PACKAGES / "lucide-static/LICENSE", STATIC / "icons/LICENSE.txt")
    shutil.copyfile(PACKAGES / "@tabler/icons/LICENSE", STATIC / "icons/tabler-LICENSE.txt")


def player() -> None:
    """Copy asciinema-player, which the page loads for recordings that move the cursor."""
    package, target = PACKAGES / "asciinema-player", STATIC / "vendor" / "asciinema-player"
    target.mkdir(parents=True, exist_ok=True)
    for name in ("asciinema-player.min.js", "asciinema-player.css"):
        shutil.copyfile(package / "dist" / "bundle" / name, target / name)
    shutil.copyfile(package / "LICENSE", target / "LICENSE")


def pyodide() -> None:
    """Copy Pyodide, and fetch the wheel of its kind for the installed pydantic-core."""
    package, target = PACKAGES / "pyodide", STATIC / "vendor" / "pyodide"
    target.mkdir(parents=True, exist_ok=True)
    for name in PYODIDE:
        shutil.copyfile(package / name, target / name)
    lock = json.loads((target / "pyodide-lock.json").read_text("utf-8"))["info"]
    for old in target.glob("pydantic_core-*.whl"):
        old.unlink()
    tag = "".join(lock["python"].split(".")[:2])
    wanted = f"pydantic-core=={version('pydantic-core')}"
    platform = ["--abi", f"cp{tag}", "--platform", f"pyemscripten_{lock['abi_version']}_wasm32"]
    subprocess.run(
        [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:",
         "--python-version", tag, *platform, "--dest", str(target), wanted],
        check=True,
    )  # fmt: skip


def vitals() -> None:
    """Copy web-vitals, which measures pages where the owner counts (``insights_adapter``)."""
    package, target = PACKAGES / "web-vitals", STATIC / "vendor" / "web-vitals"
    target.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(package / "dist" / "web-vitals.iife.js", target / "web-vitals.iife.js")
    shutil.copyfile(package / "LICENSE", target / "LICENSE")


def main() -> None:
    """Install, then copy everything."""
    install()
    fonts.main()
    icons()
    player()
    pyodide()
    vitals()
    versions = json.loads((HERE / "package.json").read_text())["dependencies"]
    for name, number in versions.items():
        print(f"vendor: {name} {number}")
    print("vendor: now run python -m tools.explorer")


if __name__ == "__main__":
    main()
