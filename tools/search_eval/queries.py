"""The queries, and what counts as an answer."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from _ext.search_eval import Kind  # noqa: TC001 - pydantic reads it

FILE = Path(__file__).with_name("queries.toml")


class Query(BaseModel):
    """What somebody types, and the places that answer it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: str = Field(min_length=1, max_length=300)
    kind: Kind
    targets: tuple[str, ...] = Field(min_length=1)
    held_out: bool = False

    def places(self) -> Query:
        """Return the query with those targets alone that are inside a page."""
        inner = tuple(target for target in self.targets if "#" in target)
        return self.model_copy(update={"targets": inner})


@dataclass(frozen=True)
class Place:
    """A page, and a place on it if there is one."""

    page: str
    anchor: str

    @classmethod
    def of(cls, address: str) -> Place:
        """Read ``guides/costs#budget`` or the address of such a place below the site's root."""
        page, _, anchor = address.partition("#")
        return cls(page.removesuffix(".html").strip("/") or "index", anchor)

    def answers(self, target: Place) -> bool:
        """Tell whether it is the target: its page, and its anchor if the target has one."""
        return self.page == target.page and target.anchor in ("", self.anchor)


def load(path: Path = FILE) -> list[Query]:
    """Return the queries.

    Raises:
        SystemExit: with the line of what is wrong.
    """
    text = path.read_text("utf-8")
    try:
        found = tomllib.loads(text).get("query", [])
    except tomllib.TOMLDecodeError as error:
        raise SystemExit(f"{path}: {error}") from error
    lines = [n for n, line in enumerate(text.splitlines(), 1) if line.strip() == "[[query]]"]
    try:
        queries = TypeAdapter(list[Query]).validate_python(found)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        number, *where = first["loc"]
        name = ".".join(map(str, where))
        raise SystemExit(f"{path}:{lines[int(number)]}: {name}: {first['msg']}") from error
    seen: dict[str, int] = {}
    for line, query in zip(lines, queries, strict=True):
        if before := seen.setdefault(query.text, line) - line:
            raise SystemExit(f"{path}:{line}: {query.text!r} is there already, at {line + before}")
    return queries


def rank(query: Query, found: list[list[str]]) -> int:
    """Return the place of the first right answer, from one; 0 if none is right.

    Each entry of ``found`` is one line of the results with all addresses that it shows.
    """
    targets = [Place.of(target) for target in query.targets]
    for number, addresses in enumerate(found, 1):
        places = [Place.of(address) for address in addresses]
        if any(place.answers(target) for place in places for target in targets):
            return number
    return 0


def missing(queries: list[Query], site: Path) -> list[str]:
    """Return the targets that the built site lacks."""
    found = []
    texts: dict[str, str] = {}
    for target in sorted({target for query in queries for target in query.targets}):
        place = Place.of(target)
        path = site / f"{place.page}.html"
        if place.page not in texts:
            texts[place.page] = path.read_text("utf-8") if path.is_file() else ""
        text = texts[place.page]
        if not text or (place.anchor and f'id="{place.anchor}"' not in text):
            found.append(target)
    return found
