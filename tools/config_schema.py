"""``python -m tools.config_schema``: write the schema of ``.mltrack.yml``; ``--check``: compare.

Types and defaults come from the package's own model. What each key does, and an example, come from
its entry in the reference, so that an editor says what the page says.
"""

from __future__ import annotations

import argparse
import difflib
import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
FILE = ROOT / "_static" / "schema" / "mltrack.schema.json"
PAGE = ROOT / "source" / "reference" / "configuration.md"
SITE = "https://mltrack.readthedocs.io/en/latest/"
ADDRESS = f"{SITE}_static/schema/{FILE.name}"

ENTRY = re.compile(r"^```\{confval\} (\w+)\n(?::[^\n]*\n)*\n(.*?)^```$", re.M | re.S)
EXAMPLE = re.compile(r"^Example: `(.*)`$", re.M)
ROLE = re.compile(r"\{[\w:]+\}`~?(?:([^`<]+?) <[^`>]+>|([^`]+))`")
LINK = re.compile(r"\[([^\]]+)\]\([^)]*\)")
BARE_LINK = re.compile(r", see \[\]\([^)]*\)")

IGNORED = "MLTrack knows no such key and ignores it, without a word."
MISTAKE = (
    "A value of another type makes MLTrack ignore the whole file. "
    "Unknown keys are ignored one by one."
)


@dataclass(frozen=True)
class Entry:
    """What the reference says about a key."""

    text: str
    examples: list[Any]


def plain(markdown: str) -> str:
    """Return Markdown as one line of plain text."""
    text = BARE_LINK.sub("", markdown)
    text = ROLE.sub(lambda match: match[1] or match[2], text)
    text = LINK.sub(r"\1", text).replace("`", "")
    return " ".join(text.split())


def entries(page: str) -> dict[str, Entry]:
    """Return the entries of the reference page by key.

    Raises:
        SystemExit: the example of a key is one of something else.
    """
    found = {}
    for key, body in ENTRY.findall(page):
        examples = []
        for example in EXAMPLE.findall(body):
            values = yaml.safe_load(example)
            if not isinstance(values, dict) or set(values) != {key}:
                sys.exit(f"config_schema: the example of {key} sets something else: {example}")
            examples.append(values[key])
        found[key] = Entry(plain(EXAMPLE.sub("", body)), examples)
    return found


def simple(field: dict[str, Any]) -> dict[str, Any]:
    """Return the type and the default of a field, in the words that all editors know."""
    kinds = [each["type"] for each in field.get("anyOf", [field])]
    kept = {"type": kinds[0] if len(kinds) == 1 else kinds}
    if "additionalProperties" in field:
        kept["additionalProperties"] = field["additionalProperties"]
    if "default" in field:
        kept["default"] = field["default"]
    return kept


def schema(page: str) -> dict[str, Any]:
    """Return the schema.

    Raises:
        SystemExit: the page and the package know different keys.
    """
    from mltrack import MLTrackConfig

    fields = MLTrackConfig.model_json_schema()["properties"]
    said = entries(page)
    if set(said) != set(fields):
        sys.exit(f"config_schema: not in both, page and package: {set(said) ^ set(fields)}")
    properties = {}
    for key, field in fields.items():
        known = simple(field)
        if key == "tracking_uri":  # its validator takes null, and asks the environment
            known["type"] = ["string", "null"]
        elif isinstance(known["type"], str) and known["type"] == "object":
            known.setdefault("default", {})
        examples = {"examples": said[key].examples} if said[key].examples else {}
        properties[key] = {"description": said[key].text, **known, **examples}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$id": ADDRESS,
        "title": "Configuration of MLTrack (.mltrack.yml)",
        "description": MISTAKE,
        "type": ["object", "null"],
        "properties": properties,
        "additionalProperties": {
            "description": IGNORED,
            "deprecated": True,
            "deprecationMessage": IGNORED,
        },
    }


def export() -> str:
    """Return the file's text."""
    made = schema(PAGE.read_text("utf-8"))
    return json.dumps(made, indent=2, ensure_ascii=False) + "\n"


def main(arguments: list[str] | None = None) -> int:
    """Write the file, or compare; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.config_schema", description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    options = parser.parse_args(arguments)
    new = export()
    if not options.check:
        FILE.parent.mkdir(parents=True, exist_ok=True)
        FILE.write_text(new, encoding="utf-8")
        return 0
    old = FILE.read_text("utf-8") if FILE.is_file() else ""
    if lines := list(
        difflib.unified_diff(old.splitlines(), new.splitlines(), "committed", "now", "", "", 2, "")
    ):
        print(*lines, sep="\n")
        print(
            "config_schema: package or page say something else. Run: python -m tools.config_schema"
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
