"""Lighthouse: what counts as a miss. The measuring itself is a benchmark, not a test."""

from __future__ import annotations

import gzip
import urllib.request
from typing import TYPE_CHECKING, Any

import pytest

from tools.lighthouse.__main__ import GOALS, medians, misses, serve

if TYPE_CHECKING:
    from pathlib import Path

GOOD = {"performance": 0.98, "accessibility": 1, "best-practices": 1, "seo": 1}
TIMES = {
    "largest-contentful-paint": 1500,
    "cumulative-layout-shift": 0.02,
    "total-blocking-time": 200,
}


def report(scores: dict[str, float] | None = None, **times: float) -> dict[str, Any]:
    """Return the part of a report that the tool reads."""
    numbers = TIMES | {name.replace("_", "-"): value for name, value in times.items()}
    audits: dict[str, Any] = {
        name: {"numericValue": value, "scoreDisplayMode": "numeric", "score": 1, "title": name}
        for name, value in numbers.items()
    }
    audits["image-alt"] = {"scoreDisplayMode": "binary", "score": 1, "title": "Images have names"}
    categories = {name: {"score": score} for name, score in (GOOD | (scores or {})).items()}
    return {"categories": categories, "audits": audits}


def test_a_page_at_its_goals_misses_none() -> None:
    one = report()
    assert misses("index", medians([one]), [one]) == []


@pytest.mark.parametrize(
    ("bad", "expected"),
    [
        (report({"performance": 0.97}), "index: performance 97, goal 98"),
        (report({"accessibility": 0.99}), "index: accessibility 99, goal 100"),
        (report(largest_contentful_paint=1510), "index: LCP ms 1.51e+03, goal 1500"),
        (report(cumulative_layout_shift=0.03), "index: CLS 0.03, goal 0.02"),
    ],
)
def test_each_goal_can_be_missed(bad: dict[str, Any], expected: str) -> None:
    assert misses("index", medians([bad]), [bad]) == [expected]


def test_one_slow_run_of_three_counts_for_nothing() -> None:
    runs = [report(), report(largest_contentful_paint=9000), report()]
    assert misses("index", medians(runs), runs) == []


def test_a_failed_audit_is_named() -> None:
    bad = report()
    bad["audits"]["image-alt"]["score"] = 0
    assert misses("a", medians([bad]), [bad]) == ["a: audit image-alt: Images have names"]


def test_every_goal_of_the_design_is_there() -> None:
    assert {goal.name: goal.limit for goal in GOALS if goal.least} == {
        "performance": 98, "accessibility": 100, "best practices": 100, "SEO": 100,
    }  # fmt: skip


def test_the_server_compresses(tmp_path: Path) -> None:
    text = "<p>" + "word " * 500
    (tmp_path / "index.html").write_text(text)
    with serve(tmp_path) as address:
        request = urllib.request.Request(f"{address}/", headers={"Accept-Encoding": "gzip"})
        with urllib.request.urlopen(request) as answer:
            body = answer.read()
            assert answer.headers["Content-Encoding"] == "gzip"
    assert len(body) < 200
    assert gzip.decompress(body).decode() == text
