"""``python -m tools.vendor``: install the pinned npm packages and copy what the site uses.

Fonts are cut to the characters and weights in use; icons are copied as they are. Run it after
a version in ``tools/vendor/package.json`` changed, then look at ``git diff --stat``.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import yaml
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

HERE = Path(__file__).parent
STATIC = HERE.parents[1] / "_static"
PACKAGES = HERE / "node_modules"

LATIN = [
    *range(0x20, 0x7F),
    *range(0xA0, 0x100),
    *(ord(mark) for mark in "–—‘’“”…·•→←↑↓↗−×≤≥≈✓✗€\u202f"),
]
ASCII = [*range(0x20, 0x7F), *(ord(mark) for mark in "–—’“”…→·")]

FONTS = {
    "inter": ("@fontsource-variable/inter", "inter-latin-wght-normal", (400, 700), LATIN),
    "space-grotesk": (
        "@fontsource-variable/space-grotesk",
        "space-grotesk-latin-wght-normal",
        (500, 700),
        ASCII,
    ),
}
"""Name in ``_static/fonts`` → package, file, range of weights, characters."""


def install() -> None:
    """Install exactly what ``package-lock.json`` says.

    Raises:
        SystemExit: npm is missing.
    """
    npm = shutil.which("npm")
    if npm is None:
        sys.exit("vendor: npm is not installed. Install Node.js 20 or newer and try again.")
    subprocess.run([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=HERE, check=True)


def font(name: str) -> None:
    """Write ``_static/fonts/<name>.woff2``, the same bytes each time."""
    package, file, weights, characters = FONTS[name]
    source = TTFont(PACKAGES / package / "files" / f"{file}.woff2", recalcTimestamp=False)
    options = Options(flavor="woff2", layout_features=["kern", "liga", "calt", "tnum", "ccmp"])
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=characters)
    subsetter.subset(source)
    cut = instantiateVariableFont(source, {"wght": weights})
    cut.flavor = "woff2"
    cut.save(STATIC / "fonts" / f"{name}.woff2")
    shutil.copyfile(PACKAGES / package / "LICENSE", STATIC / "fonts" / f"{name}-LICENSE.txt")


def icons() -> None:
    """Copy the icons that ``source/_data/icons.yaml`` names.

    Raises:
        SystemExit: Lucide has no icon of that name.
    """
    wanted = yaml.safe_load((HERE.parents[1] / "source/_data/icons.yaml").read_text())
    package = PACKAGES / "lucide-static"
    for name in wanted:
        path = package / "icons" / f"{name}.svg"
        if not path.is_file():
            sys.exit(f"vendor: source/_data/icons.yaml names {name!r}, which Lucide does not have.")
        shutil.copyfile(path, STATIC / "icons" / f"{name}.svg")
    shutil.copyfile(package / "LICENSE", STATIC / "icons" / "LICENSE.txt")


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
    for name in FONTS:
        font(name)
    icons()
    player()
    versions = json.loads((HERE / "package.json").read_text())["dependencies"]
    for name, version in versions.items():
        print(f"vendor: {name} {version}")


if __name__ == "__main__":
    main()
