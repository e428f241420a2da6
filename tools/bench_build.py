"""Measure builds: the same pages with plain Furo and with this site's configuration.

``python -m tools.bench_build`` writes a corpus of plain Markdown, builds it clean several times
in alternating order and prints medians. ``--site`` measures rebuilds of the real site, ``--weight``
what the navigation of a page weighs as the site grows, and ``--related`` what suggestions cost.
"""

from __future__ import annotations

import argparse
import gzip
import os
import platform
import re
import runpy
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
NAVIGATION = "_ext.navigation"
RELATED = "_ext.related"
SIDEBAR = re.compile(r'<div class="sidebar-tree">.*?</div>', re.DOTALL)
PLAIN = ["myst_parser"]  # all that the corpus needs beside its theme
TEXT = """
a run keeps its parameters and metrics while the model waits for another table of results that
nobody wrote by hand so each page links to the next one and explains what it shows
"""
WORDS = TEXT.split()
PAGES_A_SECTION = 13


@dataclass
class Build:
    """One way to build, and what each of its builds took, in seconds."""

    name: str
    options: list[str]
    cpu: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)

    def run(self, source: Path, out: Path, jobs: str) -> None:
        """Build ``source`` into ``out`` and note processor time (user and system) and wall time.

        Raises:
            SystemExit: the build failed.
        """
        command = [sys.executable, "-m", "sphinx", "-q", "-j", jobs, *self.options]
        before, start = os.times(), time.perf_counter()
        done = subprocess.run(
            [*command, str(source), str(out)], check=False, capture_output=True, text=True
        )
        after, end = os.times(), time.perf_counter()
        if done.returncode:
            sys.exit(f"bench_build: {self.name} failed:\n{done.stderr}")
        self.cpu.append(
            after.children_user - before.children_user
            + after.children_system - before.children_system
        )  # fmt: skip
        self.wall.append(end - start)


def sentence(seed: int, length: int = 14) -> str:
    """Return words that depend on ``seed`` only."""
    words = [WORDS[(seed * 7 + step * (seed % 5 + 3)) % len(WORDS)] for step in range(length)]
    return " ".join(words).capitalize() + "."


def page(number: int, other: str) -> str:
    """Return a page: sections, a list, a table, code and a link to ``other``."""
    parts = [f"# Page {number}", sentence(number)]
    for section in range(5):
        seed = number * 31 + section * 5
        parts += [
            f"## Part {section} of page {number}",
            " ".join(sentence(seed + line) for line in range(6)),
            "\n".join(f"- {sentence(seed + line, 8)}" for line in range(3)),
        ]
    parts += [
        "| name | value |\n| --- | --- |\n" + "\n".join(f"| `p{n}` | {n} |" for n in range(5)),
        f"```python\ndef part_{number}(value: int) -> int:\n    return value + {number}\n```",
        f":::{{note}}\nRead [the next one]({other}).\n:::",
    ]
    return "\n\n".join(parts) + "\n"


def tree(pages: int) -> dict[str, list[str]]:
    """Return the directories of a corpus, each with the names in its toctree.

    A section has up to 13 pages. Every third stands in the directory of the one before.
    """
    directories: dict[str, list[str]] = {"": []}
    left, number, parent = pages - 1, 0, ""
    while left > 0:
        inside = number % 3 != 0
        name = f"{parent}/s{number}" if inside else f"s{number}"
        directories[parent if inside else ""].append(f"s{number}/index")
        names = [f"p{index}" for index in range(min(PAGES_A_SECTION, left) - 1)]
        directories[name] = names
        left -= len(names) + 1
        parent, number = name, number + 1
    return directories


def write_corpus(source: Path, pages: int) -> int:
    """Write the corpus below ``source`` and return the number of its pages."""
    number = 0
    for directory, names in tree(pages).items():
        folder = source / directory
        folder.mkdir(parents=True, exist_ok=True)
        toctree = "\n".join(["```{toctree}", *names, "```"]) if names else ""
        (folder / "index.md").write_text(page(number, "#") + f"\n{toctree}\n")
        number += 1
        for name in names:
            if not name.endswith("/index"):
                (folder / f"{name}.md").write_text(page(number, "index.md"))
                number += 1
    return number


def builds() -> list[Build]:
    """Return the three builds: plain Furo, ours, ours with Furo's own sidebar."""
    furo = ["-C", "-D", "html_theme=furo", "-D", f"extensions={','.join(PLAIN)}"]
    furo += ["-D", "myst_enable_extensions=colon_fence"]
    ours = ["-c", str(ROOT)]
    return [
        Build("plain Furo", furo),
        Build("this site", ours),
        ours_without("this site, Furo's sidebar", NAVIGATION),
    ]


def table(rows: list[Build]) -> str:
    """Return medians, and ratios to the first row."""
    first = statistics.median(rows[0].cpu), statistics.median(rows[0].wall)
    lines = [f"{'':28}{'CPU s':>8}{'ratio':>8}{'wall s':>8}{'ratio':>8}"]
    for row in rows:
        cpu, wall = statistics.median(row.cpu), statistics.median(row.wall)
        lines.append(
            f"{row.name:28}{cpu:8.2f}{cpu / first[0]:8.2f}{wall:8.2f}{wall / first[1]:8.2f}"
        )
    return "\n".join(lines)


def compare(pages: int, repeats: int, jobs: str) -> list[Build]:
    """Build a corpus in all three ways, ``repeats`` times, in an order that turns round."""
    rows = builds()
    with tempfile.TemporaryDirectory(prefix="mltrack-bench-") as folder:
        source, out = Path(folder, "source"), Path(folder, "out")
        count = write_corpus(source, pages)
        print(f"{count} pages, {repeats} clean builds each, -j {jobs}", flush=True)
        for turn in range(repeats):
            for row in rows if turn % 2 == 0 else rows[::-1]:
                shutil.rmtree(out, ignore_errors=True)
                row.run(source, out, jobs)
    return rows


def site(repeats: int, jobs: str) -> list[Build]:
    """Measure the real site, its notebooks from the cache: clean, unchanged, one page newer."""
    ours = ["-c", str(ROOT)]
    rows = [Build("clean", ours), Build("no change", ours), Build("one page newer", ours)]
    changed = ROOT / "source" / "get-started" / "index.md"
    times = changed.stat()
    with tempfile.TemporaryDirectory(prefix="mltrack-bench-") as folder:
        for turn in range(repeats):
            out = Path(folder, f"out{turn}")
            rows[0].run(ROOT / "source", out, jobs)
            rows[1].run(ROOT / "source", out, jobs)
            try:
                os.utime(changed)
                rows[2].run(ROOT / "source", out, jobs)
            finally:
                os.utime(changed, ns=(times.st_atime_ns, times.st_mtime_ns))
    return rows


def ours_without(name: str, extension: str) -> Build:
    """Return a build with this site's configuration, one extension less."""
    extensions: list[str] = runpy.run_path(str(ROOT / "conf.py"))["extensions"]
    kept = ",".join(each for each in extensions if each != extension)
    return Build(name, ["-c", str(ROOT), "-D", f"extensions={kept}"])


def related(pages: int, repeats: int, jobs: str) -> list[Build]:
    """Build a corpus without and with suggestions, in an order that turns round."""
    rows = [ours_without("without suggestions", RELATED), Build("with", ["-c", str(ROOT)])]
    with tempfile.TemporaryDirectory(prefix="mltrack-bench-") as folder:
        source, out = Path(folder, "source"), Path(folder, "out")
        print(f"{write_corpus(source, pages)} pages, {repeats} clean builds each", flush=True)
        for turn in range(repeats):
            for row in rows if turn % 2 == 0 else rows[::-1]:
                shutil.rmtree(out, ignore_errors=True)
                row.run(source, out, jobs)
    return rows


def weight(pages: int, jobs: str) -> str:
    """Return what the navigation of pages weighs, in corpora up to a number of pages."""
    lines = [f"{'pages':>8}{'median':>10}{'gz':>8}{'most':>10}{'gz':>8}   bytes of navigation"]
    for size in (pages // 25, pages // 5, pages):
        with tempfile.TemporaryDirectory(prefix="mltrack-bench-") as folder:
            source, out = Path(folder, "source"), Path(folder, "out")
            count = write_corpus(source, size)
            Build("this site", ["-c", str(ROOT)]).run(source, out, jobs)
            found = [match[0].encode() for path in sorted(out.rglob("*.html"))
                     if (match := SIDEBAR.search(path.read_text("utf-8")))]  # fmt: skip
        sizes, packed = [len(each) for each in found], [len(gzip.compress(each)) for each in found]
        lines.append(
            f"{count:8}{statistics.median(sizes):10.0f}{statistics.median(packed):8.0f}"
            f"{max(sizes):10}{max(packed):8}"
        )
    return "\n".join(lines)


def machine() -> dict[str, Any]:
    """Return what the figures depend on."""
    packages = {name: version(name) for name in ("sphinx", "furo", "myst-nb")}
    return {"Python": platform.python_version(), **packages, "cores": os.cpu_count()}


def main() -> None:
    """Measure and print one table."""
    parser = argparse.ArgumentParser(prog="python -m tools.bench_build", description=__doc__)
    parser.add_argument("--pages", type=int, default=130, help="of the corpus")
    parser.add_argument("--repeats", type=int, default=3, help="builds of each kind")
    parser.add_argument("--jobs", default="auto", help="Sphinx's -j")
    parser.add_argument("--site", action="store_true", help="rebuilds of the real site instead")
    parser.add_argument("--weight", action="store_true", help="bytes of navigation instead")
    parser.add_argument("--related", action="store_true", help="the cost of suggestions instead")
    args = parser.parse_args()
    print(", ".join(f"{name} {value}" for name, value in machine().items()))
    if args.weight:
        print(weight(args.pages, args.jobs))
        return
    if args.site:
        rows = site(args.repeats, args.jobs)
    else:
        rows = (related if args.related else compare)(args.pages, args.repeats, args.jobs)
    print(table(rows))


if __name__ == "__main__":
    main()
