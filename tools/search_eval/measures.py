"""What the answers to many queries come to."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from _ext.search_eval import KINDS, Figures, Latency

from .queries import Query, rank

if TYPE_CHECKING:
    from collections.abc import Sequence

DEPTH = 10
"""Lines of results in which a right answer counts at all."""


class Answer(BaseModel):
    """What an engine said to a query."""

    model_config = ConfigDict(frozen=True)

    found: list[list[str]]
    """For each line of the results the addresses that it shows."""
    took: float
    """Milliseconds."""


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that ``share`` of all do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def figures(queries: list[Query], answers: list[Answer]) -> Figures:
    """Sum up one set."""
    pairs = list(zip(queries, answers, strict=True))
    ranks = [rank(query, answer.found[:DEPTH]) for query, answer in pairs]
    inner = [(query.places(), answer) for query, answer in pairs if query.places().targets]
    met = sum(rank(query, answer.found[:3]) > 0 for query, answer in inner)

    def share(count: float) -> float:
        return round(count / len(pairs), 4)

    return Figures(
        queries=len(pairs),
        success_1=share(sum(one == 1 for one in ranks)),
        success_3=share(sum(1 <= one <= 3 for one in ranks)),
        place_3=round(met / len(inner), 4) if inner else 0,
        reciprocal_rank=share(sum(1 / one for one in ranks if one)),
        nothing=share(sum(not answer.found for answer in answers)),
    )


def latency(answers: list[Answer]) -> Latency:
    """Return how long answers took."""
    times = [answer.took for answer in answers]
    return Latency(median=round(percentile(times, 0.5), 1), p95=round(percentile(times, 0.95), 1))


def sets(queries: list[Query], answers: list[Answer]) -> dict[str, Figures]:
    """Return the figures of all queries, of both sets, and of each kind."""
    pairs = list(zip(queries, answers, strict=True))
    chosen: dict[str, list[tuple[Query, Answer]]] = {
        "all": pairs,
        "tuning": [pair for pair in pairs if not pair[0].held_out],
        "held out": [pair for pair in pairs if pair[0].held_out],
    }
    for kind in KINDS:
        chosen[kind] = [pair for pair in pairs if pair[0].kind == kind]
    return {
        name: figures([query for query, _ in some], [answer for _, answer in some])
        for name, some in chosen.items()
        if some
    }
