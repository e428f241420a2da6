"""Kinds of pages: the head below the title, and the shape that each kind has to keep."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from _ext.diataxis.head import rounded

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Built

    Build = Callable[..., Built]

EXTENSION = ["sphinx_copybutton", "_ext.diataxis"]
NEXT = "\n## Where to go next\n\n- {doc}`index` and {doc}`other`\n"
ONE_LINK = "## Where to go next\n\n{doc}`other`\n"
OUTCOME = "You have a service that answers."


def guide(kind: str, body: str, title: str = "Serve a model", outcome: str = OUTCOME) -> str:
    """Return a page of this kind."""
    said = f"outcome: >-\n  {outcome}\n" if outcome else ""
    return f"---\nkind: {kind}\n{said}---\n\n# {title}\n\nFor you.\n\n{body}"


def built(build: Build, text: str, **config: object) -> Built:
    """Build a site whose page ``guides/one`` is ``text``."""
    pages = {
        "index": "# Home\n\n```{toctree}\nother\nguides/one\n```\n",
        "other": "# Other\n",
        "guides/one": text.replace("{doc}`index`", "{doc}`/index`").replace("`other`", "`/other`"),
    }
    return build(pages, EXTENSION, diataxis_sections=["guides"], **config)


def test_the_head_says_kind_outcome_and_time(build: Build) -> None:
    words = "word " * 300
    result = built(build, guide("how-to", words + NEXT))
    assert result.warnings == ""
    head = result.article("guides/one").select_one("h1 + .mlt-guide")
    assert head["data-kind"] == "how-to"
    assert head.select_one(".mlt-guide__outcome").get_text() == f"At the end {OUTCOME}"
    facts = [" ".join(each.get_text().split()) for each in head.select("li")]
    assert facts == ["How-to guide", "2 min to read"]


def test_the_time_of_cells_is_the_time_that_they_ran(build: Build) -> None:
    front = "file_format: mystnb\nkernelspec:\n  name: python3\n"
    text = guide("how-to", "```{code-cell} python\nprint('x')\n```\n" + NEXT)
    result = built(build, text.replace("---\n", f"---\n{front}", 1), nb_execution_mode="force")
    assert result.warnings == ""
    facts = result.article("guides/one").select(".mlt-guide__facts li")
    assert facts[-1].get_text() == "its code ran in under 10 s"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.2, "under 10 s"), (14, "about 10 s"), (84, "about 80 s"), (119, "about 2 min")],
)
def test_times_are_as_precise_as_they_repeat(seconds: float, text: str) -> None:
    assert rounded(seconds) == text


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("tutorial", "## 1. Begin\n\nDo.\n\n## 2. Go on\n\nDo.\n"),
        ("how-to", "## Do it\n\n1. First\n2. Second\n"),
        ("explanation", "## Why\n\n- Because\n"),
    ],
)
def test_a_page_of_each_kind_is_accepted(build: Build, kind: str, body: str) -> None:
    assert built(build, guide(kind, body + NEXT)).warnings == ""


@pytest.mark.parametrize(
    ("text", "subtype", "message", "line"),
    [
        ("# Page\n\nText.\n", "kind", "say in the front matter what kind", 1),
        (guide("recipe", NEXT), "kind", "'recipe' is none of tutorial, how-to", 1),
        (guide("how-to", NEXT, outcome=""), "outcome", "outcome: You have", 1),
        (guide("how-to", "Text.\n"), "ending", "'## Where to go next'", 1),
        (
            guide("how-to", "## Where to go next\n\n{doc}`other`\n"),
            "ending",
            "links to 1 pages",
            11,
        ),
        (guide("how-to", NEXT, title="Serving"), "title", "a verb in the imperative", 7),
        (guide("tutorial", "## 1. A\n\nB.\n\n## 3. C\n\nD.\n" + NEXT), "step", "with '2. '", 15),
        (guide("tutorial", "## Begin\n\nB.\n" + NEXT), "step", "with '1. '", 11),
        (guide("explanation", "1. One\n2. Two\n" + NEXT), "step", "has no steps", 11),
        (guide("explanation", "## 1. One\n\nText.\n" + NEXT), "step", "has no steps", 11),
    ],
)
def test_another_shape_is_a_warning_with_its_line(
    build: Build, text: str, subtype: str, message: str, line: int
) -> None:
    warnings = built(build, text).warnings
    assert f"[diataxis.{subtype}]" in warnings
    assert message in warnings
    assert re.search(rf"one\.md:{line}: WARNING", warnings)


def test_hostile_outcomes_are_escaped(build: Build) -> None:
    hostile = '<script>alert(1)</script> & "quotes"'
    result = built(build, guide("how-to", NEXT, outcome=hostile))
    outcome = result.article("guides/one").select_one(".mlt-guide__outcome")
    assert outcome.get_text() == f"At the end {hostile}"
    assert outcome.find("script") is None


def test_the_text_builder_writes_it(build: Build) -> None:
    result = built(build, guide("how-to", NEXT), builder="text")
    text = result.text("guides/one.txt")
    assert OUTCOME in text
    assert "How-to guide · 1 min to read" in text


def test_its_style_is_on_its_pages_only(build: Build) -> None:
    result = built(build, guide("how-to", NEXT))
    assert "css/diataxis.css" in result.text("guides/one.html")
    assert "css/diataxis.css" not in result.text("index.html")
