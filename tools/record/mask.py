"""Values that differ from run to run or from machine to machine, replaced where one sees it.

A mask works on the text without its colours. In a line with a border after the value, the cell
keeps its width: spaces before the border come and go, and a replacement that finds no room is
cut.
"""

from __future__ import annotations

import re

from rich.cells import cell_len, set_cell_size

ANSI = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)")
BORDER = re.compile("[│┃║]")

MASKS = {
    r"\bm-[0-9a-f]{32}\b": "<model-id>",
    r"\b[0-9a-f]{32}\b": "<run-id>",
    r"\bv\d{8}_[0-9a-f]{8}\b": "<version>",
    r"\b\d{4}[-/]\d\d[-/]\d\d[ T]\d\d:\d\d:\d\d(?:\.\d+)?\b": "<date>",
    r"\b\d{4}-\d\d-\d\d\b": "<date>",
    r"\b\d+\.\d+ ?(?:ms|s|sec|seconds)\b": "<duration>",
    r"\b([Pp]ython[ /-]?3\.\d+)\.\d+\b": r"\1.<patch>",
    r"\bLinux[- ]\d[\w.+-]*": "<system>",
}
"""What every recording masks."""


def plain(text: str) -> str:
    """Return ``text`` without colours and other escape sequences."""
    return ANSI.sub("", text)


def mask(text: str, masks: dict[str, str]) -> str:
    """Return ``text`` with each match of a mask replaced, line by line."""
    for pattern, replacement in masks.items():
        regex = re.compile(pattern)
        text = "".join(_mask_line(line, regex, replacement) for line in text.splitlines(True))
    return text


def _mask_line(line: str, regex: re.Pattern[str], replacement: str) -> str:
    """Return the line with each match replaced; escape sequences inside a match stay."""
    visible, places = _places(line)
    for match in reversed(list(regex.finditer(visible))):
        if match.start() == match.end():
            continue
        start, end = places[match.start()], places[match.end() - 1] + 1
        kept = "".join(ANSI.findall(line[start:end]))
        new, rest = _fit(match[0], match.expand(replacement), line[end:])
        line = line[:start] + new + kept + rest
    return line


def _places(line: str) -> tuple[str, list[int]]:
    """Return the visible characters and where each of them stands in ``line``."""
    places: list[int] = []
    start = 0
    for sequence in ANSI.finditer(line):
        places.extend(range(start, sequence.start()))
        start = sequence.end()
    places.extend(range(start, len(line)))
    return "".join(line[place] for place in places), places


def _fit(old: str, new: str, rest: str) -> tuple[str, str]:
    """Return ``new`` and the ``rest`` of its line, the next border where it was."""
    border = BORDER.search(rest)
    if border is None:
        return new, rest
    cell, after = rest[: border.start()], rest[border.start() :]
    missing = cell_len(old) - cell_len(new)
    if missing >= 0:
        return new, cell + " " * missing + after
    cell, lacking = _take_spaces(cell, -missing)
    return set_cell_size(new, cell_len(new) - lacking), cell + after


def _take_spaces(cell: str, count: int) -> tuple[str, int]:
    """Return the cell without ``count`` of the spaces at its end, and how many it lacks.

    The last space stays: it parts the text from the border.
    """
    visible, places = _places(cell)
    blank = len(visible) - len(visible.rstrip(" "))
    taken = min(count, max(0, blank - 1))
    for place in sorted(places[len(places) - taken :], reverse=True):
        cell = cell[:place] + cell[place + 1 :]
    return cell, count - taken
