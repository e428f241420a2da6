"""A command's page is its section."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

PAGE = """# mltrack init

```{eval-rst}
.. click:: mltrack.cli:init
   :prog: mltrack init
```

## Notes

Text.
"""


def test_sphinx_click_alone_gives_two_elements_one_address(build: Callable[..., Any]) -> None:
    assert "Duplicate" in build(PAGE, ["sphinx_click"]).warnings


def test_the_command_has_no_section_of_its_own(build: Callable[..., Any]) -> None:
    site = build(PAGE, ["sphinx_copybutton", "sphinx_click", "_ext.commands"])
    assert site.warnings == ""
    assert [h.get_text("", strip=True)[:-1] for h in site.article().select("h1, h2")] == [
        "mltrack init",
        "Notes",
    ]
    assert site.article().select_one("#cmdoption-mltrack-init-team")


def test_an_unknown_command_fails(build: Callable[..., Any]) -> None:
    page = PAGE.replace("mltrack.cli:init", "mltrack.cli:missing")
    site = build(page, ["sphinx_click", "_ext.commands"])
    assert "has no attribute" in site.warnings


def test_a_text_build_is_readable(build: Callable[..., Any]) -> None:
    text = build(PAGE, ["sphinx_click", "_ext.commands"], builder="text").text("index.txt")
    assert "--tracking-uri <tracking_uri>" in text
