"""Serial, parallel, incremental and clean builds give the same bytes."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CACHE = ROOT / "_build" / "notebooks"
PAGE = "get-started/install.md"
"""The page that is edited; others link to it and the sidebar names it."""

LEFT_OUT = (".doctrees", ".buildinfo", ".buildinfo.bak", "environment.pickle")
"""What Sphinx keeps for itself."""


def build(tree: Path, out: str, *options: str) -> dict[str, str]:
    """Build the tree's pages into ``out`` and return a hash for each file."""
    target = tree / out
    subprocess.run(
        [sys.executable, "-m", "sphinx", "-nW", "--keep-going", "-q", *options,
         "-c", str(tree), "-d", str(tree / f"{out}.doctrees"), str(tree / "source"), str(target)],
        check=True,
        cwd=tree,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip
    return hashes(target)


def hashes(directory: Path) -> dict[str, str]:
    """Return a hash for each file that is published."""
    return {
        path.relative_to(directory).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(directory.rglob("*"))
        if path.is_file()
        and not any(part in LEFT_OUT for part in path.relative_to(directory).parts)
    }


def differing(one: dict[str, str], other: dict[str, str]) -> list[str]:
    """Return the names of the files that are not the same in both."""
    return sorted(name for name in {*one, *other} if one.get(name) != other.get(name))


def essence(path: Path) -> object:
    """Return a file without what Sphinx and MyST-NB write otherwise in an incremental build.

    MyST-NB's style sheet has its hash in its name. The one that Sphinx adds is missing as long
    as the file is not in the output. Sphinx's search index loses the index entries of pages
    that were not read again and keeps words that are gone, without pages. For both: publish
    from clean builds.
    """
    text = path.read_text(encoding="utf-8") if path.suffix in (".html", ".js") else ""
    if path.suffix == ".html":
        return re.sub(r"(mystnb\.\w+\.css)\?v=\w+", r"\1", text)
    if path.name == "searchindex.js":
        index = json.loads(text.removeprefix("Search.setIndex(").removesuffix(")"))
        del index["indexentries"]
        for kind in ("terms", "titleterms"):
            index[kind] = {word: pages for word, pages in index[kind].items() if pages != []}
        return index
    return path.read_bytes()


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory, site: Path) -> Path:
    """A copy of what a build reads, with the notebooks' cache that the site's build has filled."""
    assert site.is_dir()
    place = tmp_path_factory.mktemp("parity")
    for name in ("source", "notebooks", "_ext", "_static", "_templates", "_inventories"):
        shutil.copytree(
            ROOT / name, place / name, symlinks=True, ignore=shutil.ignore_patterns("__pycache__")
        )
    for name in ("tools", "tests", "requirements"):
        (place / name).symlink_to(ROOT / name)
    for name in ("conf.py", "Makefile", "CHANGELOG.md"):
        shutil.copy(ROOT / name, place)
    shutil.copytree(CACHE, place / "_build" / "notebooks")
    return place


@pytest.fixture(scope="module")
def clean(tree: Path) -> dict[str, str]:
    """The files of a clean parallel build."""
    return build(tree, "parallel", "-j", "auto")


@pytest.fixture(scope="module")
def serial(tree: Path) -> dict[str, str]:
    """The files of a clean serial build."""
    return build(tree, "serial", "-j", "1")


def test_the_copy_is_the_whole_site(clean: dict[str, str], site: Path) -> None:
    assert len(clean) > 100
    assert set(clean) == set(hashes(site)) - {"feed.xml"}, "a copy has no history"


def test_serial_and_parallel_builds_agree(clean: dict[str, str], serial: dict[str, str]) -> None:
    assert differing(serial, clean) == []


def test_an_incremental_build_agrees(
    tree: Path, clean: dict[str, str], serial: dict[str, str]
) -> None:
    """Edit a page and its title, build, put it back, build: nothing stays behind."""
    page = tree / "source" / PAGE
    before = page.read_text(encoding="utf-8")
    page.write_text(before.replace("# Install MLTrack", "# Set up MLTrack\n\nEdited.", 1))
    try:
        edited = build(tree, "parallel", "-j", "auto")
    finally:
        page.write_text(before, encoding="utf-8")
    text = (tree / "parallel" / PAGE).with_suffix(".html").read_text(encoding="utf-8")
    assert "Edited." in text
    assert PAGE.replace(".md", ".html") in differing(edited, clean)

    again = differing(build(tree, "parallel", "-j", "auto"), serial)
    kept = [n for n in again if not same(tree / "parallel" / n, tree / "serial" / n)]
    assert kept == []


def same(one: Path, other: Path) -> bool:
    """Tell whether two files are the same but for what ``essence`` leaves out."""
    return one.exists() and other.exists() and essence(one) == essence(other)


def test_differences_are_found(tmp_path: Path) -> None:
    for name, text in (("one/a", "1"), ("one/b", "1"), ("two/a", "2"), ("two/.buildinfo", "3")):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    assert differing(hashes(tmp_path / "one"), hashes(tmp_path / "two")) == ["a", "b"]
    assert not same(tmp_path / "one" / "a", tmp_path / "two" / "a")
    assert not same(tmp_path / "one" / "b", tmp_path / "two" / "b")


def test_essence_leaves_out_no_more_than_it_says(tmp_path: Path) -> None:
    page, index = tmp_path / "a.html", tmp_path / "searchindex.js"
    page.write_text('<link href="mystnb.1f.css?v=2"><link href="base.css?v=3"><p>Text</p>')
    assert essence(page) == '<link href="mystnb.1f.css"><link href="base.css?v=3"><p>Text</p>'
    parts = {"indexentries": {}, "terms": {"edit": [], "run": 1}, "titleterms": {}, "titles": []}
    index.write_text(f"Search.setIndex({json.dumps(parts)})")
    assert essence(index) == {"terms": {"run": 1}, "titleterms": {}, "titles": []}
