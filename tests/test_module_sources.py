"""The package's source, as pages: valid, and with links back that arrive."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Built

    Build = Callable[..., Built]

BASE = ["sphinx.ext.autodoc", "sphinx.ext.viewcode"]
EXTENSIONS = [*BASE, "_ext.module_sources"]
PAGE = """# One

```{eval-rst}
.. autofunction:: colorsys.rgb_to_hsv

.. autofunction:: colorsys.hsv_to_rgb
   :no-index:
```
"""
EXPORTED = """# One

```{eval-rst}
.. autofunction:: json.load

.. autoclass:: json.decoder.JSONDecoder
   :members: decode
```
"""


def test_an_object_is_marked_by_lines_only(build: Build) -> None:
    soup = build(PAGE, EXTENSIONS).soup("_modules/colorsys")
    block = soup.select_one("pre span.viewcode-block#rgb_to_hsv")
    assert "def rgb_to_hsv(r, g, b):" in block.get_text()
    assert not soup.select("pre div")
    theirs = build(PAGE, BASE).soup("_modules/colorsys")
    assert theirs.select("pre div"), "viewcode writes lines itself: drop the mending"


def test_links_lead_back_to_what_is_described_and_others_are_left_out(build: Build) -> None:
    soup = build(PAGE, EXTENSIONS).soup("_modules/colorsys")
    links = [(link["href"], link.get_text()) for link in soup.select(".viewcode-back")]
    assert links == [("../index.html#colorsys.rgb_to_hsv", "[docs]")]
    assert soup.select_one("#hsv_to_rgb"), "the object itself stays"


def test_an_object_is_found_under_the_name_that_it_is_described_by(build: Build) -> None:
    built = build(EXPORTED, EXTENSIONS)
    assert [a["href"] for a in built.soup("_modules/json").select(".viewcode-back")] == [
        "../index.html#json.load"
    ]
    found = {a["href"] for a in built.soup("_modules/json/decoder").select(".viewcode-back")}
    assert found == {
        "../../index.html#json.decoder.JSONDecoder",
        "../../index.html#json.decoder.JSONDecoder.decode",
    }


def test_a_page_is_written_again_when_the_pages_change(build: Build) -> None:
    built = build(PAGE, EXTENSIONS)
    (built.app.srcdir / "index.md").write_text("# Other\n\n[](two.md)\n")
    (built.app.srcdir / "two.md").write_text(PAGE)
    built.app.build()
    link = built.soup("_modules/colorsys").select_one(".viewcode-back")
    assert link["href"] == "../two.html#colorsys.rgb_to_hsv"


def test_source_is_shown_as_it_is(build: Build) -> None:
    soup = build(EXPORTED, EXTENSIONS).soup("_modules/json/decoder")
    source = soup.select_one("#JSONDecoder").get_text()
    assert "Performs the following translations" in source
    assert "&lt;" not in source


def test_pages_without_source_are_left_alone(build: Build) -> None:
    built = build("# One\n\n<pre>\n<div>a</div>\n</pre>\n", ["_ext.module_sources"])
    assert built.article().select("pre > div")


def test_a_text_build_survives(build: Build) -> None:
    assert "rgb_to_hsv" in build(PAGE, EXTENSIONS, builder="text").text("index.txt")
