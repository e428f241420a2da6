"""``python -m tools.explorer``: write what the API explorer runs; ``--check``: compare with it."""

from __future__ import annotations

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path
from typing import Any

from . import packages

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
STATIC = ROOT / "_static"
SERVICES = STATIC / "api-explorer" / "services.json"
PYODIDE = STATIC / "vendor" / "pyodide"
PACK = PYODIDE / "packages.zip"
FACTS = ROOT / "source" / "_data" / "api_explorer.json"
BROWSER = HERE / "browser"
CLOSE = 1e-6
"""How far learned numbers may lie apart."""


def run(module: str, *arguments: str) -> str:
    """Run a module of this package in a process and a home of its own; return what it printed.

    Raises:
        SystemExit: it failed.
    """
    with tempfile.TemporaryDirectory(prefix="explorer-") as home:
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": home,
            "PYTHONPATH": str(ROOT),
            "PYTHONHASHSEED": "0",
            "MLFLOW_DISABLE_TELEMETRY": "true",
            "DO_NOT_TRACK": "true",
        }
        command = [sys.executable, "-W", "ignore", "-m", f"tools.explorer.{module}", *arguments]
        done = subprocess.run(
            command, cwd=home, env=environment, capture_output=True, text=True, check=False
        )
    if done.returncode:
        sys.exit(f"explorer: {module} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def wheel() -> Path:
    """Return the compiled part of Pydantic for the browser.

    Raises:
        SystemExit: it is not there, or belongs to another version of Pydantic.
    """
    version = packages.versions()[packages.CORE]
    found = sorted(PYODIDE.glob(f"pydantic_core-{version}-*.whl"))
    if len(found) != 1:
        sys.exit(f"explorer: no wheel of pydantic-core {version} in _static/vendor: make vendor")
    return found[0]


def services() -> str:
    """Return the bundle: services and models as generated, and what runs them in a browser."""
    with tempfile.TemporaryDirectory(prefix="explorer-services-") as name:
        run("worker", name)
        text = (Path(name) / "services.json").read_text("utf-8")
        if name in text:
            sys.exit(f"explorer: the bundle tells where it was made: {name}")
    bundle: dict[str, Any] = json.loads(text)
    bundle["wheel"] = wheel().name
    bundle["browser"] = {
        file.name: file.read_text("utf-8") for file in sorted(BROWSER.glob("*.py"))
    }
    return json.dumps(bundle, indent=1, ensure_ascii=False) + "\n"


def facts() -> str:
    """Return what pages say of the engine: its size, and the versions of what is in it."""
    parts = [SERVICES, *sorted(PYODIDE.iterdir())]
    loaded = [part for part in parts if part.suffix in {".json", ".mjs", ".wasm", ".zip", ".whl"}]
    sizes = [(part.stat().st_size, len(zlib.compress(part.read_bytes(), 6))) for part in loaded]
    lock = json.loads((PYODIDE / "pyodide-lock.json").read_text("utf-8"))["info"]
    found = {
        "megabytes": round(sum(small for _, small in sizes) / 1e6, 1),
        "megabytes_unpacked": round(sum(whole for whole, _ in sizes) / 1e6, 1),
        "python": lock["python"],
        "versions": packages.versions(),
        "licenses": packages.licenses(),
    }
    return json.dumps(found, indent=2) + "\n"


def same(one: Any, other: Any) -> bool:
    """Compare plain data; numbers that were learned differ a little between processors."""
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=CLOSE, abs_tol=CLOSE)
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


def bundle_of(text: str) -> dict[str, Any]:
    """Return a bundle as plain data, the models' parameters too."""
    bundle: dict[str, Any] = json.loads(text)
    for files in bundle["models"].values():
        if learned := files.get("parameters.json"):
            files["parameters.json"] = json.loads(learned)
    return bundle


def differences(made: str) -> list[str]:
    """Return what in the repository differs from what is made now."""
    found = []
    kept = bundle_of(SERVICES.read_text("utf-8")) if SERVICES.is_file() else None
    if not same(kept, bundle_of(made)):
        found.append(f"{SERVICES.relative_to(ROOT)}: the services or their models")
    packed = packages.unpacked(PACK.read_bytes()) if PACK.is_file() else {}
    now = packages.contents()
    changed = sorted(
        path for path in packed.keys() | now.keys() if packed.get(path) != now.get(path)
    )
    found += [f"{PACK.relative_to(ROOT)}: {path}" for path in changed[:5]]
    if not found and FACTS.read_text("utf-8") != facts():
        found.append(f"{FACTS.relative_to(ROOT)}: sizes or versions")
    return found


def main(arguments: list[str] | None = None) -> int:
    """Write the files, or compare; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.explorer", description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    options = parser.parse_args(arguments)
    made = services()
    if options.check:
        if lines := differences(made):
            print(*lines, sep="\n")
            print("explorer: this is something else now. Run: python -m tools.explorer")
        return int(bool(lines))
    SERVICES.parent.mkdir(parents=True, exist_ok=True)
    SERVICES.write_text(made, encoding="utf-8")
    PACK.write_bytes(packages.pack())
    FACTS.write_text(facts(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
