"""A stand-in for Algolia: the parts of its HTTP interface that this site uses, in memory.

It refuses what Algolia refuses: wrong credentials, a search key that writes, records that are too
large, filters on attributes that are no facets.
"""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

APP, SEARCH_KEY, WRITE_KEY, INDEX = "TESTAPP", "search-only", "may-write", "docs"
LIMIT = 10_000
FILTER = re.compile(r'(NOT )?(\w+):"([^"]*)"')


class Algolia:
    """What the stand-in knows, and what it was told."""

    def __init__(self) -> None:
        self.records: dict[str, dict[str, Any]] = {}
        self.settings: dict[str, Any] = {}
        self.told: list[tuple[str, str, dict[str, Any]]] = []
        self.preflights = 0
        self.fail_next: list[int] = []
        """Statuses to answer with instead."""

    def facets(self) -> set[str]:
        names = self.settings.get("attributesForFaceting", [])
        return {re.sub(r"^\w+\((\w+)\)$", r"\1", name) for name in names}

    def answer(self, method: str, action: str, body: dict[str, Any], key: str) -> Any:
        if action == "query":
            return self.search(body)
        if key != WRITE_KEY:
            return 403, "Not enough rights to update an object near line:1 column:1"
        if (method, action) == ("PUT", "settings"):
            self.settings = body
        elif action == "batch":
            return self.batch(body["requests"])
        elif action == "deleteByQuery":
            return self.delete(body["filters"])
        elif method == "GET" and action.startswith("task/"):
            return {"status": "published", "pendingTask": False}
        return {"taskID": len(self.told)}

    def batch(self, requests: list[dict[str, Any]]) -> Any:
        assert len(requests) <= 1_000
        for number, request in enumerate(requests):
            assert request["action"] == "updateObject"
            body = request["body"]
            size = len(json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode())
            if size > LIMIT:
                return 400, f"Record at the position {number} is too big size={size}/{LIMIT} bytes"
            self.records[body["objectID"]] = body
        return {
            "taskID": len(self.told),
            "objectIDs": [one["body"]["objectID"] for one in requests],
        }

    def delete(self, filters: str) -> Any:
        rules = FILTER.findall(filters)
        assert " AND ".join(f'{no}{name}:"{value}"' for no, name, value in rules) == filters
        if unknown := {name for _, name, _ in rules} - self.facets():
            return 400, f"filter attribute {unknown} not specified in attributesForFaceting"
        gone = [
            name
            for name, record in self.records.items()
            if all((record[field] == value) != bool(no) for no, field, value in rules)
        ]
        for name in gone:
            del self.records[name]
        return {"taskID": len(self.told)}

    def search(self, body: dict[str, Any]) -> Any:
        words = re.findall(r"\w+", body["query"].lower())
        hits = []
        for record in self.records.values():
            facets = [one.split(":", 1) for one in body.get("facetFilters", [])]
            if unknown := {name for name, _ in facets} - self.facets():
                return 400, f"{unknown} are no facets"
            if any(record[name] != value for name, value in facets):
                continue
            titles = {name: text for name, text in record["hierarchy"].items() if text}
            said = " ".join([*titles.values(), record["content"] or ""]).lower()
            if not all(re.search(rf"\b{re.escape(word)}", said) for word in words):
                continue
            marks = {
                name: {"value": text, "matchedWords": [w for w in words if w in text.lower()]}
                for name, text in titles.items()
            }
            content = {"value": record["content"] or "", "matchedWords": words}
            hits.append(
                {
                    **{name: record[name] for name in body["attributesToRetrieve"]},
                    "objectID": record["objectID"],
                    "_highlightResult": {"hierarchy": marks, "content": content},
                    "_snippetResult": {"content": content} if record["content"] else {},
                    "_weight": record["weight"],
                }
            )
        hits.sort(key=lambda hit: (-hit["_weight"]["pageRank"], -hit["_weight"]["level"],
                                   hit["_weight"]["position"]))  # fmt: skip
        distinct: dict[str, dict[str, Any]] = {}
        for hit in hits:
            distinct.setdefault(hit["url"], hit)
        best = list(distinct.values())[: body["hitsPerPage"]]
        return {"hits": best, "nbHits": len(distinct), "page": 0}


class _Handler(BaseHTTPRequestHandler):
    algolia: Algolia

    def _do(self) -> None:
        address = urlsplit(self.path)
        given = {name: values[0] for name, values in parse_qs(address.query).items()}
        app = self.headers.get("x-algolia-application-id") or given.get("x-algolia-application-id")
        key = self.headers.get("x-algolia-api-key") or given.get("x-algolia-api-key")
        length = int(self.headers.get("content-length") or 0)
        body = json.loads(self.rfile.read(length) or b"{}")
        _, _, _, index, action = unquote(address.path).split("/", 4)
        self.algolia.told.append((self.command, action, body))
        if self.algolia.fail_next:
            return self._send(self.algolia.fail_next.pop(0), {"message": "down"})
        if app != APP or key not in (SEARCH_KEY, WRITE_KEY):
            return self._send(403, {"message": "Invalid Application-ID or API key"})
        if index != INDEX:
            return self._send(404, {"message": f"Index {index} does not exist"})
        answer = self.algolia.answer(self.command, action, body, str(key))
        if isinstance(answer, tuple):
            return self._send(answer[0], {"message": answer[1], "status": answer[0]})
        return self._send(200, answer)

    do_GET = do_POST = do_PUT = _do  # noqa: N815 - the base class's names

    def do_OPTIONS(self) -> None:
        self.algolia.preflights += 1
        self._send(200, {})

    def _send(self, status: int, body: Any) -> None:
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def stand_in() -> Iterator[tuple[Algolia, str]]:
    """Give the stand-in and its address."""
    algolia = Algolia()
    handler = type("Handler", (_Handler,), {"algolia": algolia})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield algolia, f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
