"""The sitemap and ``robots.txt``: all pages with their days, also after an incremental build."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Built

BASE = "https://example.org/en/latest/"
STABLE = "https://example.org/en/stable/"
EXTENSIONS = ["notfound.extension", "sphinx_copybutton", "_ext.sitemap"]
NAMESPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
PAGES = {
    "index": "# A\n\n```{toctree}\nb\nc/d\n```\n",
    "b": "# B\n",
    "c/d": "# D\n",
    "404": "---\norphan: true\n---\n# E\n",
}


def places(built: Built) -> dict[str, str | None]:
    """Return the addresses in the sitemap, each with the day of its last change."""
    root = ET.parse(built.out / "sitemap.xml").getroot()
    return {
        url.findtext(f"{NAMESPACE}loc", ""): url.findtext(f"{NAMESPACE}lastmod") for url in root
    }


def git(folder: Path, *arguments: str, day: str = "2026-01-05") -> None:
    """Run Git with a clock that stands still."""
    when = f"{day}T12:00:00+00:00"
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    subprocess.run(
        ["git", "-C", str(folder), *identity, *arguments],
        check=True,
        capture_output=True,
        env={**os.environ, "GIT_AUTHOR_DATE": when, "GIT_COMMITTER_DATE": when},
    )


def test_lists_every_page_again_after_an_incremental_build(build: Callable[..., Built]) -> None:
    built = build(PAGES, EXTENSIONS, html_baseurl=BASE)
    every = [f"{BASE}b.html", f"{BASE}c/d.html", f"{BASE}index.html"]
    assert list(places(built)) == every
    (built.app.srcdir / "b.md").write_text("# B, edited\n")
    built.app.build()
    assert list(places(built)) == every


def test_days_come_from_git_and_are_missing_where_it_does_not_know(
    build: Callable[..., Built],
) -> None:
    built = build(PAGES, EXTENSIONS, html_baseurl=BASE)
    assert set(places(built).values()) == {None}
    source = built.app.srcdir
    git(source, "init", "-q")
    git(source, "add", "index.md", "b.md")
    git(source, "commit", "-qm", "One", day="2026-01-05")
    (source / "b.md").write_text("# B, edited\n")
    git(source, "commit", "-qam", "Two", day="2026-02-06")
    built.app.build()
    found = places(built)
    assert found[f"{BASE}index.html"] == "2026-01-05"
    assert found[f"{BASE}b.html"] == "2026-02-06"
    assert found[f"{BASE}c/d.html"] is None


def test_addresses_are_canonical(build: Callable[..., Built], tmp_path: Path) -> None:
    known = tmp_path / "stable.json"
    known.write_text('{"version": "1.0", "pages": ["b", "index"]}')
    extensions = [*EXTENSIONS, "_ext.versions"]
    built = build(PAGES, extensions, html_baseurl=BASE, versions_stable=str(known))
    assert set(places(built)) == {f"{STABLE}b.html", f"{BASE}c/d.html", f"{STABLE}index.html"}
    for page in ("b", "c/d"):
        assert built.soup(page).find("link", rel="canonical")["href"] in places(built)


def test_a_page_that_hides_from_engines_is_not_listed(build: Callable[..., Built]) -> None:
    hidden = "---\nmyst:\n  html_meta:\n    robots: noindex\n---\n# B\n"
    built = build({**PAGES, "b": hidden}, EXTENSIONS, html_baseurl=BASE)
    assert f"{BASE}b.html" not in places(built)
    (built.app.srcdir / "b.md").write_text("# B\n")
    built.app.build()
    assert f"{BASE}b.html" in places(built)


def test_robots_find_the_sitemap(build: Callable[..., Built]) -> None:
    built = build("# A\n", EXTENSIONS, html_baseurl=BASE)
    text = f"User-agent: *\nAllow: /\n\nSitemap: {BASE}sitemap.xml\n"
    assert built.text("robots.txt") == text


@pytest.mark.parametrize(("builder", "base"), [("html", ""), ("text", BASE)])
def test_no_address_no_sitemap(build: Callable[..., Built], builder: str, base: str) -> None:
    built = build("# A\n", EXTENSIONS, builder, html_baseurl=base)
    assert built.warnings == ""
    assert not (built.out / "sitemap.xml").exists()
    assert not (built.out / "robots.txt").exists()
