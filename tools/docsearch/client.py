"""Algolia's HTTP interface for writing: settings, batches, and what is no longer there.

A version's records are replaced without a moment in which its readers find nothing: the new ones
are written over the old, then those that no longer exist are deleted. Other versions stay.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import httpx

if TYPE_CHECKING:
    from collections.abc import Iterable

BATCH = 1_000
TRIES = 60
PAUSE = 0.5
LEVELS = [f"unordered(hierarchy.lvl{number})" for number in range(7)]
SETTINGS = {
    "searchableAttributes": [*LEVELS, "content"],
    "attributesForFaceting": ["version", "lang", "kind", "type", "filterOnly(build)"],
    "attributesToRetrieve": ["hierarchy", "content", "anchor", "url", "kind", "type"],
    "attributesToHighlight": ["hierarchy", "content"],
    "attributesToSnippet": ["content:24"],
    "attributeForDistinct": "url",
    "distinct": True,
    "ranking": ["words", "filters", "typo", "attribute", "proximity", "exact", "custom"],
    "customRanking": ["desc(weight.pageRank)", "desc(weight.level)", "asc(weight.position)"],
    "minWordSizefor1Typo": 3,
    "minWordSizefor2Typos": 7,
    "ignorePlurals": True,
    "separatorsToIndex": "_-.",
    "removeWordsIfNoResults": "allOptional",
}


class AlgoliaError(Exception):
    """What Algolia answered, without the key."""


class Client:
    """One index of one application."""

    def __init__(self, app: str, key: str, index: str, host: str = "") -> None:
        """Take the write key; ``host`` stands in for Algolia's own hosts."""
        theirs = [f"https://{app}.algolia.net"]
        theirs += [f"https://{app}-{number}.algolianet.com" for number in (1, 2, 3)]
        self.hosts = [host.rstrip("/")] if host else theirs
        self.path = f"/1/indexes/{quote(index, safe='')}"
        headers = {"x-algolia-application-id": app, "x-algolia-api-key": key}
        self.http = httpx.Client(headers=headers, timeout=30)

    def replace(self, records: list[dict[str, Any]], version: str, lang: str, build: str) -> None:
        """Make these records those of a version and language."""
        self._wait(self._send("PUT", "/settings", SETTINGS))
        last = None
        for batch in _batches({**record, "build": build} for record in records):
            requests = [{"action": "updateObject", "body": record} for record in batch]
            last = self._send("POST", "/batch", {"requests": requests})
        if last:
            self._wait(last)
        gone = f'version:"{version}" AND lang:"{lang}" AND NOT build:"{build}"'
        self._wait(self._send("POST", "/deleteByQuery", {"filters": gone}))

    def _wait(self, task: dict[str, Any]) -> None:
        """Wait until Algolia has done what it was told."""
        for _ in range(TRIES):
            if self._send("GET", f"/task/{task['taskID']}").get("status") == "published":
                return
            time.sleep(PAUSE)
        raise AlgoliaError(f"task {task['taskID']} takes more than {TRIES * PAUSE:.0f} s")

    def _send(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        """Send a request to one host after the other until one answers.

        Raises:
            AlgoliaError: it refuses, or none answers.
        """
        why = ""
        for host in self.hosts:
            try:
                answer = self.http.request(method, host + self.path + path, json=body)
            except httpx.TransportError as error:
                why = f"{host}: {type(error).__name__}"
                continue
            if answer.is_success:
                found: dict[str, Any] = answer.json()
                return found
            why = f"{host} answers {answer.status_code}: {_message(answer)}"
            if answer.status_code < httpx.codes.INTERNAL_SERVER_ERROR:
                break
        raise AlgoliaError(why)


def _message(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["message"])
    except (ValueError, KeyError, TypeError):
        return answer.reason_phrase


def _batches(records: Iterable[dict[str, Any]]) -> Iterable[list[dict[str, Any]]]:
    batch: list[dict[str, Any]] = []
    for record in records:
        batch.append(record)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
