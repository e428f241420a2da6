"""What textlint and cspell say of the pages' prose, at the pages' own lines."""

from __future__ import annotations

import json
import os
import re
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .extract import Block

ROOT = Path(__file__).parents[2]
STYLE = Path(__file__).parent / "style"
MODULES = ROOT / "node_modules"
REPORTED = re.compile(
    r"^(?P<file>[^:\n]+):(?P<line>\d+):(?P<column>\d+) - (?P<text>.*)", re.MULTILINE
)
COMMAND = re.compile(
    r"\bmltrack(?=-py\b|\.\w"
    r"| (?:config|demo|deploy|doctor|flow|init|list|run|save|serve|ship|try|ui)\b)"
)
"""A command or the package by its name, in text that has no markup: titles and descriptions."""


@dataclass(frozen=True, order=True)
class Finding:
    """Something to mend, at a line of a page."""

    page: str
    line: int
    text: str

    def __str__(self) -> str:
        """As an author reads it."""
        return f"{self.page}:{self.line}: {self.text}"


def lint(pages: Mapping[str, list[Block]], modules: Path = MODULES) -> list[Finding]:
    """Check words, names and spelling of the pages' blocks.

    Raises:
        SystemExit: a program is missing or cannot run.
    """
    with tempfile.TemporaryDirectory(prefix="prose-") as directory:
        files: dict[str, str] = {}
        for number, (page, blocks) in enumerate(pages.items()):
            name = f"{number}.txt"
            lines = (COMMAND.sub("command", block.text) for block in blocks)
            (Path(directory) / name).write_text("\n\n".join(lines) + "\n", encoding="utf-8")
            files[name] = page
        found = [*_textlint(directory, modules), *_cspell(directory, files, modules)]
    return sorted(
        Finding(files[name], pages[files[name]][line // 2].line(column), text)
        for name, line, column, text in found
    )


def _run(arguments: list[str], directory: str, modules: Path) -> subprocess.CompletedProcess[str]:
    program = modules / ".bin" / arguments[0]
    if not program.exists():
        raise SystemExit(f"prose: {arguments[0]} is missing. Run: make node_modules")
    return subprocess.run(
        [str(program), *arguments[1:]],
        cwd=directory,
        env=os.environ | {"NODE_PATH": str(modules)},
        capture_output=True,
        text=True,
        check=False,
    )


def _textlint(directory: str, modules: Path) -> Iterator[tuple[str, int, int, str]]:
    """Yield file, line, column (both from 0) and message."""
    run = _run(
        ["textlint", "--config", str(STYLE / "textlint.json"), "--format", "json", "*.txt"],
        directory, modules,
    )  # fmt: skip
    try:
        results = json.loads(run.stdout)
    except ValueError:
        raise SystemExit(f"prose: textlint failed:\n{run.stdout}{run.stderr}") from None
    for result in results:
        for message in result["messages"]:
            text = " ".join(message["message"].split())
            if message["ruleId"] == "prh":
                text = text.replace("=>", "→ write", 1)
            yield Path(result["filePath"]).name, message["line"] - 1, message["column"] - 1, text


def _cspell(
    directory: str, files: Mapping[str, str], modules: Path
) -> Iterator[tuple[str, int, int, str]]:
    run = _run(
        ["cspell", "lint", "--config", str(STYLE / "cspell.json"), "--no-progress", "--no-summary",
         "--no-color", "--relative", "--show-suggestions", "*.txt"],
        directory, modules,
    )  # fmt: skip
    if run.returncode not in {0, 1} or (run.returncode and not run.stdout):
        raise SystemExit(f"prose: cspell failed:\n{run.stdout}{run.stderr}")
    for match in REPORTED.finditer(run.stdout):
        text = f"{match['text']}. If it is right, add it to tools/prose/style/names.txt"
        yield Path(match["file"]).name, int(match["line"]) - 1, int(match["column"]) - 1, text
