"""Docstrings are mended, and nothing that is right is touched."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from pydantic import BaseModel, Field

from _ext.docstrings import field_lines, mend, with_arguments

if TYPE_CHECKING:
    from collections.abc import Callable

AUTODOC = ["sphinx_copybutton", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]


def mended(text: str) -> list[str]:
    return mend(text.strip("\n").splitlines())


def test_code_below_examples_is_a_code_block() -> None:
    """The docstring of mltrack.track: an indented body below a decorated function."""
    lines = mended("""
Examples:
    @track
    def train_model(data, params):
        ...

    @track(name="custom")
    def train_model(data, params):
        ...
""")
    assert lines[:5] == [
        "Examples:",
        "    .. code-block:: python",
        "",
        "       @track",
        "       def train_model(data, params):",
    ]
    assert lines[-1] == "           ..."


def test_a_heading_is_a_rubric_and_a_tree_is_text() -> None:
    """The docstring of mltrack.data_store: underlined, then a tree of directories."""
    lines = mended("""
Standardized S3 Structure:
========================
mltrack/
├── experiments/
│   └── {experiment_id}/
""")
    assert lines == [
        ".. rubric:: Standardized S3 Structure",
        "",
        ".. code-block:: text",
        "",
        "   mltrack/",
        "   ├── experiments/",
        "   │   └── {experiment_id}/",
    ]


def test_a_list_below_a_paragraph_is_a_list() -> None:
    """The docstrings of mltrack.log_llm_call and mltrack.data_store_v2."""
    assert mended("including:\n- Tokens\n- Latency\n\nEnd.") == [
        "including:", "", "- Tokens", "- Latency", "", "End.",
    ]  # fmt: skip
    assert mended("1. Development:\n   - By project\n   - Frequent") == [
        "1. Development:", "", "   - By project", "   - Frequent",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "Summary.\n\nArgs:\n    name: What it is\n        - not a list here",
        "Example:\n    >>> track(1)\n    2",
        "Example:\n    Call it twice, then stop.",
        "Example:\n    word",
        "Example:\n    .. code-block:: python\n\n       x = 1\n       - y",
        "- one\n- two",
        "a = b\n\nx ==== y",
        "",
    ],
)
def test_right_markup_stays(text: str) -> None:
    if "not a list here" in text:
        assert "    name: What it is" in mended(text)
    else:
        assert mend(text.splitlines()) == text.splitlines()


def test_the_arguments_of_init_go_below_the_class() -> None:
    def init(self: Any, bucket: str) -> None:
        """Initialize it.

        Args:
            bucket: Where models go
        """

    lines = with_arguments(["A store.", ""], init)
    assert lines == ["A store.", "", "", "Args:", "    bucket: Where models go", ""]
    assert with_arguments(["A store.", "", "Args:"], init) == ["A store.", "", "Args:"]
    assert with_arguments(["A store."], None) == ["A store."]


class Settings(BaseModel):
    """Settings."""

    uri: str = Field(default="a", description="Where <b>runs</b> go.")
    tags: dict[str, str] = Field(default_factory=dict)
    name: str


def test_fields_of_a_model_have_type_default_and_description() -> None:
    text = "\n".join(field_lines(Settings))
    assert (
        ".. py:attribute:: uri\n   :type: str\n   :value: 'a'\n\n   Where <b>runs</b> go." in text
    )
    assert ":type: dict[str, str]\n   :value: {}" in text
    assert text.rstrip().endswith(".. py:attribute:: name\n   :type: str")


PAGE = """# Page

```{eval-rst}
.. %s
```
"""


BROKEN = {
    "automodule:: mltrack.data_store": ("Title underline too short", "text", "├──"),
    "automodule:: mltrack.data_store_v2": ("Title underline too short", "text", "├──"),
    "autofunction:: mltrack.track": ("Unexpected indentation", "python", "@track"),
}
"""What the package's docstrings make Sphinx say, and what is in the block that mends them."""


@pytest.mark.parametrize("directive", BROKEN)
def test_a_broken_docstring_warns_without_us(directive: str, build: Callable[..., Any]) -> None:
    assert BROKEN[directive][0] in build(PAGE % directive, AUTODOC).warnings


@pytest.mark.parametrize("directive", BROKEN)
def test_a_broken_docstring_is_mended(directive: str, build: Callable[..., Any]) -> None:
    _, language, text = BROKEN[directive]
    site = build(PAGE % directive, [*AUTODOC, "_ext.docstrings"])
    assert site.warnings == ""
    assert text in site.article().select_one(f"div.highlight-{language} pre").get_text()


def test_a_model_is_shown_with_its_fields_and_escaped(build: Callable[..., Any]) -> None:
    page = PAGE % f"autoclass:: {__name__}.Settings"
    site = build(page, [*AUTODOC, "_ext.docstrings"])
    assert site.warnings == ""
    assert "&lt;b&gt;runs&lt;/b&gt;" in site.text()
    names = [dt.get("id") for dt in site.article().select("dl.py.attribute > dt")]
    assert names == [f"{__name__}.Settings.{field}" for field in ("uri", "tags", "name")]
    assert "data" not in site.article().select_one("dl.py.class > dt").get_text()


def test_a_text_build_is_readable(build: Callable[..., Any]) -> None:
    page = PAGE % "autofunction:: mltrack.track_context"
    site = build(page, [*AUTODOC, "_ext.docstrings"], builder="text")
    assert '   with track_context("data-preprocessing"):\n' in site.text("index.txt")
