"""The value of a claim, as the pages show it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from _ext.claims.model import load

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
CLAIMS = ROOT / "source" / "_data" / "claims.yaml"


@pytest.fixture
def claim() -> Callable[[str], int | float | str | None]:
    """Return ``claim(id)``: the value that the pages show."""
    claims = load(CLAIMS).value
    return lambda name: claims[name].value


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A home directory for the package, which writes there when it is imported."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
