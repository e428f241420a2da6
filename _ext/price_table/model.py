"""The exported prices. Without Sphinx."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

NONE = "none"  # what a table says when the package has no number
MODE = "chat"  # what most models are, and no table says


@dataclass(frozen=True)
class Price:
    """A model: prices in US dollars for a million tokens, and how many go in and come out."""

    name: str
    provider: str
    mode: str
    input: float | None
    output: float | None
    reads: int | None
    writes: int | None

    @property
    def cells(self) -> tuple[str, str, str]:
        """Input, output and context as texts."""
        return money(self.input), money(self.output), tokens(self.reads)


def money(value: float | None) -> str:
    """Return a price as text, with at least two decimals: ``0.15``, ``1.50``, ``0.075``."""
    if value is None:
        return NONE
    text = f"{value:.9f}".rstrip("0")
    whole, _, decimals = text.partition(".")
    return f"{whole}.{decimals:0<2}" if decimals else f"{whole}.00"


def tokens(value: int | None) -> str:
    """Return a number of tokens as text."""
    return NONE if value is None else f"{value:,}"


@dataclass(frozen=True)
class Prices:
    """The file."""

    rows: list[list[Any]]

    @classmethod
    def load(cls, path: Path) -> Prices:
        """Read the file.

        Raises:
            ValueError: it is something else.
        """
        data = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(data, dict) or not isinstance(data.get("models"), list):
            raise ValueError("it has no list of models")
        return cls(data["models"])

    @cached_property
    def providers(self) -> dict[str, int]:
        """The providers, each with its number of models."""
        return dict(sorted(Counter(str(row[1]) for row in self.rows).items()))

    def of(self, provider: str) -> list[Price]:
        """Return the models of a provider, in alphabetical order."""
        return [Price(*row) for row in self.rows if row[1] == provider]

    def script(self) -> str:
        """Return the data as a script, with a provider's number in place of its name."""
        numbers = {name: number for number, name in enumerate(self.providers)}
        rows = [[row[0], numbers[row[1]], *row[2:]] for row in self.rows]
        data = {"providers": [*numbers], "models": rows}
        text = json.dumps(data, ensure_ascii=True, separators=(",", ":")).replace("</", "<\\/")
        return f"window.mltrackPrices={text};\n"
