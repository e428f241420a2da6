"""The ledger of the whole site beside an independent count of the built pages."""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from bs4 import BeautifulSoup

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
BLOCK = "[data-ledger-state]"


@cache
def ledger(site: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((site / "trust" / "ledger.json").read_text("utf-8"))
    return found


@cache
def articles(site: Path) -> dict[str, Any]:
    """The articles of all pages, parsed, by name; those of the package's source apart."""
    found = {}
    for path in sorted(site.rglob("*.html")):
        article = BeautifulSoup(path.read_text("utf-8"), "html.parser").find("article")
        name = path.relative_to(site).with_suffix("").as_posix()
        if article is not None and not name.startswith(("_static/", "_sources/", "_modules/")):
            found[name] = article
    return found


def blocks(site: Path) -> Iterator[tuple[str, Any]]:
    for name, article in articles(site).items():
        for block in article.select(BLOCK):
            yield name, block


def test_the_json_is_as_its_schema_says(site: Path) -> None:
    schema = json.loads((site / "trust" / "ledger.schema.json").read_text("utf-8"))
    jsonschema.validate(ledger(site), schema)
    assert len(ledger(site)["blocks"]) > 150


def test_the_json_agrees_with_a_count_of_the_html(site: Path) -> None:
    counted = Counter((name, block["data-ledger-state"]) for name, block in blocks(site))
    noted = Counter((entry["page"], entry["state"]) for entry in ledger(site)["blocks"])
    assert counted == noted
    totals = Counter(block["data-ledger-state"] for _, block in blocks(site))
    assert {state: n for state, n in ledger(site)["totals"].items() if n} == dict(totals)


def test_every_block_has_exactly_one_state(site: Path) -> None:
    """Every ``<pre>`` of every page, whatever made it, is in one block."""
    wrong = [
        f"{name}: {pre.get_text()[:60]!r}"
        for name, article in articles(site).items()
        for pre in article.find_all("pre")
        if sum(1 for parent in pre.parents if parent.has_attr("data-ledger-state")) != 1
    ]
    assert wrong == []


def test_blocks_that_nothing_verified_say_why(site: Path) -> None:
    for entry in ledger(site)["blocks"]:
        if entry["state"] in ("fails", "not run", "illustration"):
            assert entry["reason"], entry
        else:
            assert entry["evidence"], entry


def test_nine_in_ten_blocks_of_code_are_verified(site: Path) -> None:
    code = ledger(site)["code"]
    own = [each for each in ledger(site)["blocks"] if each["language"] in ("python", "shell")]
    verified = sum(each["state"] in ("executed", "recorded", "checked") for each in own)
    assert (code["blocks"], code["verified"]) == (len(own), verified)
    assert verified / len(own) >= 0.9


def test_evidence_that_names_a_test_names_one_that_exists(site: Path) -> None:
    named = {each["evidence"] for each in ledger(site)["blocks"]}
    tests = {name for name in named if name.startswith("tests/")}
    assert len(tests) > 3
    for name in tests:
        path, _, function = name.partition(",")[0].partition("::")
        text = (ROOT / path).read_text("utf-8")
        assert f"def {function.partition('[')[0]}" in text, name


def test_each_page_ends_with_what_it_was_verified_against(site: Path) -> None:
    for name, article in articles(site).items():
        if name in ("genindex", "py-modindex", "search"):
            continue
        (line,) = article.select(".mlt-verified")
        after = [each["class"] for each in line.find_next_siblings()]
        assert after in ([], [["mlt-insights"]]), name
        counts = Counter(block["data-ledger-state"] for block in article.select(BLOCK))
        for state, count in counts.items():
            assert f"{count} {state}" in line.get_text(), name


@pytest.mark.parametrize("state", ["not run", "fails"])
def test_the_page_on_trust_lists_what_was_not_run_and_what_fails(site: Path, state: str) -> None:
    text = articles(site)["trust/index"].get_text()
    for entry in ledger(site)["blocks"]:
        if entry["state"] == state:
            assert entry["reason"] in text
