"""The commands with their parameters, exported from the click tree of the installed package.

``python -m tools.cli_tree`` writes ``source/_data/cli_explorer/commands.json``, which the command
explorer and its form are built from; ``--check`` compares. One line for each parameter.
"""

from __future__ import annotations

import argparse
import difflib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import click

ROOT = Path(__file__).parents[1]
FILE = ROOT / "source" / "_data" / "cli_explorer" / "commands.json"
TYPES = {"Int": "int", "Float": "float", "Path": "path", "String": "text", "Choice": "choice"}
"""What click's types are called here."""


def parameter(info: dict[str, Any]) -> dict[str, Any]:
    """Return what a reader has to know of a parameter, from click's description of it.

    Raises:
        KeyError: click has a type that the explorer has no field for.
    """
    found: dict[str, Any] = {"name": info["name"], "kind": info["param_type_name"]}
    if found["kind"] == "option":
        found["opts"] = info["opts"]
    if info["secondary_opts"]:
        found["off"] = info["secondary_opts"]
    found["type"] = "flag" if info.get("is_flag") else TYPES[info["type"]["param_type"]]
    if found["type"] == "choice":
        found["choices"] = list(info["type"]["choices"])
    if info["default"] not in (None, False):
        found["default"] = info["default"]
    found |= {key: True for key in ("required", "multiple") if info[key]}
    if info["nargs"] == -1:
        found["words"] = True
    elif info["nargs"] != 1:
        raise KeyError(f"{info['name']}: nargs {info['nargs']}")
    if info["help"]:
        found["help"] = info["help"]
    return found


def tree(group: click.Group) -> dict[str, Any]:
    """Return the commands of a group by name, sorted, without ``--help``."""
    import click

    described = click.Context(group, info_name="mltrack").to_info_dict()["command"]["commands"]
    return {
        name: {
            "help": described[name]["help"],
            "params": [
                parameter(each)
                for each in described[name]["params"]
                if each.get("opts") != ["--help"]
            ],
        }
        for name in sorted(described)
    }


def text_of(commands: dict[str, Any]) -> str:
    """Return the file's text: sorted, one line for each parameter."""
    blocks = []
    for name, command in commands.items():
        lines = [f"      {json.dumps(each, ensure_ascii=False)}" for each in command["params"]]
        params = "[\n" + ",\n".join(lines) + "\n    ]" if lines else "[]"
        about = json.dumps(command["help"], ensure_ascii=False)
        blocks.append(f'  "{name}": {{\n    "help": {about},\n    "params": {params}\n  }}')
    return "{\n" + ",\n".join(blocks) + "\n}\n"


def installed() -> str:
    """Return the text for the installed package, read in a process with an empty home.

    Raises:
        SystemExit: the package cannot be imported.
    """
    with tempfile.TemporaryDirectory(prefix="cli-tree-") as home:
        run = subprocess.run(
            [sys.executable, "-W", "ignore", "-m", "tools.cli_tree", "--print"],
            cwd=home,
            env={
                "PATH": os.environ["PATH"], "HOME": home, "PYTHONPATH": str(ROOT),
                "MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true",
            },
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    if run.returncode:
        sys.exit(f"cli_tree: the package cannot be read:\n{run.stderr}")
    return run.stdout


def main(arguments: list[str] | None = None) -> int:
    """Write the file, or compare, or print what this process sees; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.cli_tree", description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    parser.add_argument("--print", action="store_true", help="read the package in this process")
    options = parser.parse_args(arguments)
    if options.print:
        from mltrack.cli import cli

        sys.stdout.write(text_of(tree(cli)))
        return 0
    new = installed()
    if not options.check:
        FILE.write_text(new, encoding="utf-8")
        return 0
    old = FILE.read_text("utf-8") if FILE.is_file() else ""
    if new == old:
        return 0
    print(*difflib.unified_diff(old.splitlines(), new.splitlines(), "committed", "installed"),
          sep="\n")  # fmt: skip
    print("cli_tree: the package has other commands now. Run: python -m tools.cli_tree")
    return 1


if __name__ == "__main__":
    sys.exit(main())
