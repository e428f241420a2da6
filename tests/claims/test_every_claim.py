"""Each claim names a test that is there, and each test here checks a claim."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from _ext.claims.model import Claim, load

ROOT = Path(__file__).parents[2]
CLAIMS = load(ROOT / "source" / "_data" / "claims.yaml").value
CHECKED = {name: claim for name, claim in CLAIMS.items() if claim.check}


def checks(directory: Path) -> dict[str, ast.FunctionDef]:
    """Return all tests of the directory, but for those of this file, by their names."""
    return {
        f"tests/claims/{path.name}::{node.name}": node
        for path in sorted(directory.glob("test_*.py"))
        if path.name != Path(__file__).name
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }


def asked(function: ast.FunctionDef) -> set[str]:
    """Return the claims whose values the test asks for."""
    return {
        str(node.args[0].value)
        for node in ast.walk(function)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "claim"
        and isinstance(node.args[0], ast.Constant)
    }


def faults(claims: dict[str, Claim], tests: dict[str, ast.FunctionDef]) -> list[str]:
    """Return what is wrong between claims and tests."""
    found = []
    for name, claim in claims.items():
        if claim.check is None:
            continue
        if claim.check not in tests:
            found.append(f"{name}: there is no test {claim.check}")
        elif claim.value is not None and name not in asked(tests[claim.check]):
            found.append(f"{name}: {claim.check} does not ask for claim({name!r})")
    named = {claim.check for claim in claims.values()}
    return found + [f"{test} checks no claim" for test in tests if test not in named]


def test_claims_and_tests_belong_together() -> None:
    assert faults(CLAIMS, checks(Path(__file__).parent)) == []


def test_a_fault_is_found() -> None:
    tests = checks(Path(__file__).parent)
    some = {**CLAIMS, "commands": CLAIMS["commands"].model_copy(update={"check": "t.py::gone"})}
    assert faults(some, tests) == [
        "commands: there is no test t.py::gone",
        "tests/claims/test_package.py::test_commands checks no claim",
    ]
    other = CLAIMS["commands"].model_copy(update={"check": CLAIMS["price-models"].check})
    assert "commands: tests/claims/test_prices.py::test_price_models does not ask" in str(
        faults({**CLAIMS, "commands": other}, tests)
    )


@pytest.mark.parametrize("name", CHECKED)
def test_the_sentence_has_the_value(name: str) -> None:
    """What the list of claims says is what pages show."""
    assert CHECKED[name].agrees(CHECKED[name].says)
