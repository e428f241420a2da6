"""What may be sent: four kinds of events, each with few fields, and nothing else."""

from __future__ import annotations

from typing import Annotated, Literal
from unicodedata import category

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, model_validator

from .privacy import is_private, scrub

MOST_EVENTS = 20
"""Events of one request."""
LONGEST_QUERY, LONGEST_COMMENT = 80, 300
MOST_RESULTS = 10_000
LONGEST_TIME = 600_000.0
"""Milliseconds; a page that was longer hidden than shown says nothing about its speed."""


def _plain(text: str) -> str:
    """Refuse control characters, which databases refuse too."""
    if any(category(each) in {"Cc", "Cs"} and each != "\n" for each in text):
        raise ValueError("control characters are not allowed")
    return text


Text = Annotated[str, AfterValidator(_plain)]
Page = Annotated[str, Field(pattern=r"\A[A-Za-z0-9._~%/-]{1,200}\z")]
Time = Annotated[float, Field(ge=0, le=LONGEST_TIME, allow_inf_nan=False)]


class Event(BaseModel):
    """An event on a page, named by its path below the site's root."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    page: Page


class View(Event):
    """A page was opened; ``entry``: from elsewhere, so a visit begins."""

    kind: Literal["view"]
    entry: bool


class Vitals(Event):
    """How fast a page was, in milliseconds; CLS has no unit."""

    kind: Literal["vitals"]
    load: Time | None = None
    lcp: Time | None = None
    inp: Time | None = None
    ttfb: Time | None = None
    cls: Annotated[float, Field(ge=0, le=1000, allow_inf_nan=False)] | None = None

    @model_validator(mode="after")
    def _measured(self) -> Vitals:
        if all(value is None for value in (self.load, self.lcp, self.inp, self.ttfb, self.cls)):
            raise ValueError("nothing was measured")
        return self


class Search(Event):
    """A search: the query, what it found, and how it ended.

    Args:
        query: missing when it looked like a secret or an address.
        results: how many were shown.
        rank: of the result that was opened, from 1.
        ended: ``chosen``, a result was opened; ``refined``, another query came; ``left``, none.
    """

    kind: Literal["search"]
    query: Annotated[Text, Field(min_length=1, max_length=LONGEST_QUERY)] | None = None
    results: Annotated[int, Field(ge=0, le=MOST_RESULTS)]
    rank: Annotated[int, Field(ge=1, le=MOST_RESULTS)] | None = None
    ended: Literal["chosen", "refined", "left"]

    @model_validator(mode="after")
    def _consistent(self) -> Search:
        if (self.rank is not None) != (self.ended == "chosen"):
            raise ValueError("rank belongs to a search that ended with a chosen result")
        return self

    @property
    def kept(self) -> str | None:
        """The query, unless it looks private."""
        return None if self.query is None or is_private(self.query) else self.query


class Feedback(Event):
    """What a reader thinks of a page, from 1 to 5, and perhaps why."""

    kind: Literal["feedback"]
    rating: Annotated[int, Field(ge=1, le=5)]
    comment: Annotated[Text, Field(max_length=LONGEST_COMMENT)] = ""

    @property
    def kept(self) -> str:
        """The comment, without what looks private."""
        return scrub(self.comment)


AnyEvent = Annotated[View | Vitals | Search | Feedback, Field(discriminator="kind")]


class Batch(BaseModel):
    """The body of a request."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    events: Annotated[tuple[AnyEvent, ...], Field(min_length=1, max_length=MOST_EVENTS)]


BATCH: TypeAdapter[Batch] = TypeAdapter(Batch)
