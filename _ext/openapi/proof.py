"""What stands behind the blocks of a document: exchanges, and the test that sends the samples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from _ext._shared.evidence import Evidence

EXAMPLES = "tests/test_openapi.py, which holds examples against their schemas"


class Exchange(NamedTuple):
    """A request that was sent and the answer that came back."""

    status: int
    answer: Any
    request: Any = None
    limit: str = ""
    """The known limit that makes it fail."""

    @property
    def failure(self) -> str:
        """The error in words."""
        detail = self.answer.get("detail", "") if isinstance(self.answer, dict) else self.answer
        return f"{self.status}: {detail}"


@dataclass(frozen=True)
class Proof:
    """What stands behind the blocks of one document.

    Args:
        name: the document's.
        tested_by: the test that sends every sample in every language; empty if none does.
    """

    name: str
    tested_by: str = ""

    def sample(self, exchange: Exchange | None) -> Evidence:
        """Return what stands behind a request in several languages."""
        if not self.tested_by:
            reason = "Written from the document: no test has a service that it could ask."
            return Evidence("not run", f"the document {self.name}", "http", reason)
        source = f"{self.tested_by}, which sends it in each language"
        if exchange and exchange.limit:
            return Evidence("fails", source, "http", exchange.failure, limit=exchange.limit)
        return Evidence("checked", source, "http")

    def exchange(self, endpoint: str, exchange: Exchange) -> Evidence:
        """Return what stands behind an answer, and the request that it answers."""
        source = f"exchange {self.name}/{endpoint}, with the generated service"
        if exchange.limit:
            return Evidence("fails", source, "json", exchange.failure, limit=exchange.limit)
        return Evidence("recorded", source, "json")

    def example(self) -> Evidence:
        """Return what stands behind a value made from a schema, or given by the document."""
        return Evidence("checked", EXAMPLES)
