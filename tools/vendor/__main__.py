"""``python -m tools.vendor``: install the pinned npm packages and copy what the site uses.

Fonts are cut to the characters and weights in use; icons are copied as they are. Run it after
a version in ``tools/vendor/package.json`` changed, then look at ``git diff --stat``.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys

import yaml

from . import fonts
from .fonts import HERE, PACKAGES, STATIC

DRAWINGS = {"lucide": "lucide-static/icons", "tabler": "@tabler/icons/icons/outline"}
"""Source in ``icons.yaml`` → directory of its icons."""


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


def main() -> None:
    """Install, then copy everything."""
    install()
    fonts.main()
    icons()
    player()
    versions = json.loads((HERE / "package.json").read_text())["dependencies"]
    for name, version in versions.items():
        print(f"vendor: {name} {version}")


if __name__ == "__main__":
    main()
