"""Claims as data: what is said, with which value, and what stands behind it. Knows no Sphinx."""

from __future__ import annotations

import datetime
import re
from difflib import get_close_matches
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints, model_validator

from _ext._shared.inputs import Data, load_yaml
from _ext._shared.report import InputError

if TYPE_CHECKING:
    from pathlib import Path

Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
Check = Annotated[str, StringConstraints(pattern=r"^tests/claims/test_\w+\.py::test_\w+$")]
Line = Annotated[str, StringConstraints(min_length=1, pattern=r"^[^\n]+$")]

SMALL = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
]  # fmt: skip
TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
WORDS = {word: number for number, word in enumerate(SMALL)}
WORDS |= {word: 10 * number for number, word in enumerate(TENS, 2)}
WORDS |= {
    f"{tens}-{ones}": 10 * number + WORDS[ones]
    for number, tens in enumerate(TENS, 2)
    for ones in SMALL[1:10]
}
"""Numbers in words, up to 99."""

NUMBER = re.compile(
    r"(?<![\w.])(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?![\w]|\.\d)|(?<![\w-])(?:"
    + "|".join(sorted(WORDS, key=len, reverse=True))
    + r")(?![\w-])",
    re.IGNORECASE,
)


class Strict(BaseModel):
    """A model that refuses keys that it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Measured(Strict):
    """A measurement: when, on what, and what repeats it."""

    date: datetime.date
    machine: Line
    command: Line


class Claim(Strict):
    """One entry of ``claims.yaml``.

    Args:
        says: what is claimed, as one sentence.
        value: the number or text that pages show; a fact in words has none.
        format: a format of Python for the value, such as ``,`` for thousands.
        unit: what follows the value, after a space that does not break.
        check: the test that computes the value, as ``tests/claims/test_x.py::test_y``.
        measured: for speeds and sizes, which no test should measure.
    """

    says: Line
    value: int | float | str | None = None
    format: str = ""
    unit: str = ""
    check: Check | None = None
    measured: Measured | None = None

    @model_validator(mode="after")
    def _has_one_backing(self) -> Claim:
        if (self.check is None) == (self.measured is None):
            raise ValueError("give one of check and measured")
        if self.value is None and (self.format or self.unit):
            raise ValueError("format and unit need a value")
        try:
            format(self.value if self.value is not None else "", self.format)
        except ValueError as error:
            raise ValueError(f"format {self.format!r}: {error}") from error
        return self

    @property
    def text(self) -> str:
        """What pages show: the value in its format with its unit; empty for a fact."""
        if self.value is None:
            return ""
        text = format(self.value, self.format)
        return f"{text}\N{NO-BREAK SPACE}{self.unit}" if self.unit else text

    @property
    def backing(self) -> str:
        """What stands behind it, in a few words."""
        if self.measured is None:
            return "checked by a test"
        return f"measured on {long_date(self.measured.date)}"

    def agrees(self, words: str) -> bool:
        """Tell whether ``words``, which a page shows in place of the value, contain it."""
        if self.value is None:
            return True
        if isinstance(self.value, str):
            forms = {self.value, self.text, _long(self.value)}
            return any(_stands_in(form, words) for form in forms)
        return _stands_in(self.text, words) or float(self.value) in numbers(words)


def _stands_in(text: str, words: str) -> bool:
    """Tell whether ``text`` is in ``words``, and not as a part of a longer number or word."""
    pattern = rf"(?<![\w.,]){re.escape(text)}(?!\w|[.,]\d)"
    return re.search(pattern, words, re.IGNORECASE) is not None


def numbers(words: str) -> list[float]:
    """Return the numbers in a text, in digits or in words."""
    found = (match[0].lower().replace(",", "") for match in NUMBER.finditer(words))
    return [float(WORDS.get(number, number)) for number in found]


def long_date(date: datetime.date) -> str:
    """Return a date as in 20 January 2026."""
    return f"{date.day} {date:%B %Y}"


def _long(value: str) -> str:
    try:
        return long_date(datetime.date.fromisoformat(value))
    except ValueError:
        return value


@lru_cache(maxsize=8)
def _load(path: Path, _changed: int) -> Data[dict[str, Claim]]:
    return load_yaml(path, dict[Id, Claim])


def load(path: Path) -> Data[dict[str, Claim]]:
    """Return the claims of a file; it is parsed once for each of its versions.

    Raises:
        InputError: there is no such file, or it is wrong at ``path:line``.
    """
    if not path.is_file():
        raise InputError("file", f"there is no file {path.name!r} in {path.parent}")
    return _load(path, path.stat().st_mtime_ns)


def unknown(name: str, names: list[str], path: Path) -> str:
    """Return what to say of an id that no claim has."""
    near = get_close_matches(name, names, n=3, cutoff=0.5)
    hint = f"near it: {', '.join(near)}" if near else "none is near it"
    return f"there is no claim {name!r} in {path.name} ({hint}); mend the id or add the claim"
