"""The sitemap lists every page, also after a build that wrote only some."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Built

BASE = "https://example.org/en/"


def places(built: Built) -> list[str]:
    """Return the addresses in the sitemap."""
    root = ET.parse(built.out / "sitemap.xml").getroot()
    return [loc.text or "" for loc in root.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]


def test_lists_every_page_again_after_an_incremental_build(build: Callable[..., Built]) -> None:
    pages = {
        "index": "# A\n\n```{toctree}\nb\nc/d\n```\n",
        "b": "# B\n",
        "c/d": "# D\n",
        "404": "---\norphan: true\n---\n# E\n",
    }
    extensions = ["notfound.extension", "sphinx_copybutton", "_ext.sitemap"]
    built = build(pages, extensions, html_baseurl=BASE)
    every = [f"{BASE}b.html", f"{BASE}c/d.html", f"{BASE}index.html"]
    assert places(built) == every
    (built.app.srcdir / "b.md").write_text("# B, edited\n")
    built.app.build()
    assert places(built) == every


def test_no_address_no_sitemap(build: Callable[..., Built]) -> None:
    built = build("# A\n", ["notfound.extension", "_ext.sitemap"])
    assert not (built.out / "sitemap.xml").exists()
