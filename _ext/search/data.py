"""The data file of the search: kinds of pages, words for the same, words that lead somewhere."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from .._shared.inputs import Data, load_yaml
from .._shared.report import warn
from .terms import terms

if TYPE_CHECKING:
    from sphinx.application import Sphinx

    from .records import Record

Words = Annotated[
    str, StringConstraints(min_length=2, max_length=200, strip_whitespace=True, pattern="^[^,]+$")
]
"""What somebody types. A comma would make two of it, as in the keywords of a page."""
Kind = Literal[
    "page", "guide", "command", "option", "python", "endpoint", "setting", "error", "example",
    "glossary", "contributing",
]  # fmt: skip
"""What results are grouped by; ``_static/search/palette.js`` names them for readers."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Lead(_Strict):
    """Words, as readers type them, that lead to a place."""

    to: str
    words: Annotated[list[Words], Field(min_length=1)]


class Hints(_Strict):
    """``search.yaml``."""

    kinds: dict[str, Kind] = {}
    """Path of a page or a directory → kind of what is below it."""
    synonyms: list[Annotated[list[Words], Field(min_length=2)]] = []
    """Words that mean the same to a reader."""
    toward: dict[Words, Annotated[list[Words], Field(min_length=1)]] = {}
    """A word, and others that its readers look for: not the reverse."""
    leads: list[Lead] = []

    def kind_of(self, docname: str) -> Kind:
        """Return the kind that the longest path above a page has."""
        above = [path for path in self.kinds if f"{docname}/".startswith(f"{path}/")]
        return self.kinds[max(above, key=len)] if above else "page"

    def by_term(self) -> dict[str, list[str]]:
        """Return for each term those that mean the same."""
        found: dict[str, dict[str, None]] = {}
        ways = [(word, group) for group in self.synonyms for word in group]
        for word, others in [*ways, *self.toward.items()]:
            term = terms(word)[0]
            for other in others:
                if (same := terms(other)[0]) != term:
                    found.setdefault(term, {})[same] = None
        return {term: list(same) for term, same in found.items()}


def load(app: Sphinx) -> Data[Hints]:
    """Return the file that ``search_data`` names; without the setting, nothing.

    Raises:
        InputError: at the file's line.
    """
    if not app.config.search_data:
        return Data(Path(), Hints(), None)
    return load_yaml(Path(app.confdir, app.config.search_data), Hints)


def lead(data: Data[Hints], records: list[Record]) -> None:
    """Give each record the words that lead to it; warn of a place that does not exist."""
    by_target = {record.target: record for record in records}
    for number, entry in enumerate(data.value.leads):
        record = by_target.get(entry.to)
        if record is None:
            near = ", ".join(get_close_matches(entry.to, by_target, n=3)) or "none that is near"
            message = f"words lead to {entry.to!r}, which is no page or place; there are {near}"
            warn("search", "target", message, data.place("leads", number, "to"))
            continue
        record.keywords = ", ".join([*filter(None, [record.keywords]), *entry.words])
