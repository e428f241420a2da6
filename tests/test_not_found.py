"""The 404 page: every link in it works from any depth."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Built

PAGES = {
    "index": "# A\n\n{doc}`b/c`\n\n```{toctree}\n:hidden:\nb/c\n```\n",
    "b/c": "# C\n",
    "404": "---\norphan: true\n---\n# Gone\n\n{doc}`b/c` and <https://example.org/x>\n",
}


@pytest.mark.parametrize("prefix", [None, "/en/stable/"])
def test_links_are_absolute(build: Callable[..., Built], prefix: str | None) -> None:
    built = build(PAGES, ["notfound.extension", "_ext.not_found"], notfound_urls_prefix=prefix)
    links = [a["href"] for a in built.article("404").select("section > p a")]
    assert links == [f"{prefix or '/'}b/c.html", "https://example.org/x"]
    (link,) = built.article("index").select("section > p a")
    assert link["href"] == "b/c.html"


def test_a_text_build_survives(build: Callable[..., Built]) -> None:
    built = build(PAGES, ["notfound.extension", "_ext.not_found"], builder="text")
    assert "Gone" in built.text("404.txt")
