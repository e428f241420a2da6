"""The proof: events at a steady rate, a kill without warning, and nothing acknowledged is lost.

Each event names a page of its own, so what is stored can be compared with what was acknowledged,
one by one. Sender, collector and database share the machine.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.request import urlopen

from sqlalchemy import select

from .store import VIEWS, Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HOST = "127.0.0.1"
CONNECTIONS = 64
TICK = 0.01
PATIENCE = 60.0
"""Seconds that the collector has to start, and the last answers to come."""


class LoadError(RuntimeError):
    """A measurement that says nothing."""


@dataclass
class Result:
    """What was sent, acknowledged and stored."""

    rate: int
    seconds: float
    sent: int = 0
    """Requests that were begun."""
    elapsed: float = 0.0
    """Seconds of sending, without those in which the collector was down."""
    acknowledged: list[str] = field(default_factory=list)
    refused: int = 0
    """Requests with another answer than 202."""
    times: list[float] = field(default_factory=list)
    """Seconds from the request to its answer."""
    down: float = 0.0
    """Seconds from the kill to the first healthy answer."""
    stored: list[str] = field(default_factory=list)

    @property
    def lost(self) -> set[str]:
        """Events that were acknowledged and are not stored."""
        return set(self.acknowledged) - set(self.stored)

    @property
    def twice(self) -> int:
        """How many events are stored more than once."""
        return len(self.stored) - len(set(self.stored))

    def percentile(self, share: float) -> float:
        """Return a percentile of the answers' times, in milliseconds."""
        ordered = sorted(self.times)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0

    def rows(self) -> list[tuple[str, str]]:
        """Return the figures with their names."""
        return [
            ("Events a second, wanted", f"{self.rate:,}"),
            ("Events a second, sent", f"{self.sent / self.elapsed:,.0f}"),
            ("Seconds of sending", f"{self.elapsed:.1f}"),
            ("Events sent", f"{self.sent:,}"),
            ("Acknowledged", f"{len(self.acknowledged):,}"),
            ("Stored", f"{len(self.stored):,}"),
            ("Acknowledged and lost", f"{len(self.lost):,}"),
            ("Stored twice", f"{self.twice:,}"),
            ("Refused", f"{self.refused:,}"),
            ("Under way at the kill, never acknowledged", f"{self.under_way:,}"),
            ("Seconds from the kill to the next healthy answer", f"{self.down:.1f}"),
            ("Time to an answer, median (ms)", f"{self.percentile(0.5):.0f}"),
            ("Time to an answer, p95 (ms)", f"{self.percentile(0.95):.0f}"),
            ("Time to an answer, p99 (ms)", f"{self.percentile(0.99):.0f}"),
        ]

    @property
    def under_way(self) -> int:
        """How many requests have no answer, yet or for ever."""
        return self.sent - len(self.acknowledged) - self.refused


class Server:
    """A collector in a process of its own."""

    def __init__(self, directory: Path, port: int, url: str) -> None:
        self._port = port
        self._log = directory / "collector.log"
        self._env = dict(os.environ) | {
            "INSIGHTS_DATABASE": url,
            "INSIGHTS_ORIGINS": f"http://{HOST}:{port}",
            "INSIGHTS_RATE": "10000000",  # all events come from one address
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and return when it is healthy.

        Raises:
            LoadError: it does not start.
        """
        command = [sys.executable, "-m", "tools.insights", "serve", "--port", str(self._port)]
        with self._log.open("ab") as log:
            process = subprocess.Popen(command, env=self._env, stdout=log, stderr=log)
        self._process = process
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and process.poll() is None:
            with suppress(OSError), urlopen(f"http://{HOST}:{self._port}/health", timeout=5):
                return
            time.sleep(0.02)
        self.kill()
        raise LoadError(f"the collector does not start:\n{self._log.read_text('utf-8')}")

    def kill(self) -> None:
        """End it without warning."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()


def message(port: int, page: str) -> bytes:
    """Return a request with one event, as a browser sends it."""
    event = {"kind": "view", "page": page, "entry": False}
    body = json.dumps({"events": [event]}).encode()
    head = (
        f"POST /events HTTP/1.1\r\nHost: {HOST}:{port}\r\nOrigin: http://{HOST}:{port}\r\n"
        "Sec-Fetch-Site: same-origin\r\nContent-Type: text/plain;charset=UTF-8\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def _connection(
    port: int, pages: asyncio.Queue[str], up: asyncio.Event, result: Result
) -> None:
    """Send events one after the other; open a new connection when one breaks."""
    reader = asyncio.StreamReader()
    writer: asyncio.StreamWriter | None = None
    while True:
        page = await pages.get()
        await up.wait()
        if writer is not None and (reader.at_eof() or reader.exception()):
            writer.close()  # the kill ended it while nothing was under way
            writer = None
        result.sent += 1
        begun = time.perf_counter()
        try:
            if writer is None:
                reader, writer = await asyncio.open_connection(HOST, port)
            writer.write(message(port, page))
            head = await reader.readuntil(b"\r\n\r\n")
            length = head.lower().split(b"content-length: ")[1].split(b"\r\n")[0]
            await reader.readexactly(int(length))
        except (OSError, EOFError):  # an event that no answer came for is not acknowledged
            if writer is not None:
                writer.close()
                writer = None
            await asyncio.sleep(TICK)
        else:
            result.times.append(time.perf_counter() - begun)
            if head.startswith(b"HTTP/1.1 202"):
                result.acknowledged.append(page)
            else:
                result.refused += 1
        finally:
            pages.task_done()


async def _pace(pages: asyncio.Queue[str], up: asyncio.Event, result: Result) -> None:
    """Hand out events at the rate, whether others are answered or not, while the collector runs."""
    total = round(result.rate * result.seconds)
    begun, given = time.perf_counter(), 0
    while given < total:
        if not up.is_set():
            paused = time.perf_counter()
            await up.wait()
            begun += time.perf_counter() - paused
        due = min(total, int((time.perf_counter() - begun) * result.rate))
        for number in range(given, due):
            pages.put_nowait(f"load/{number:07}.html")
        given = max(given, due)
        await asyncio.sleep(TICK)
    await pages.join()
    result.elapsed = time.perf_counter() - begun


async def _send(server: Server, port: int, result: Result, kill_after: float) -> None:
    pages: asyncio.Queue[str] = asyncio.Queue()
    up = asyncio.Event()
    up.set()
    senders = [
        asyncio.create_task(_connection(port, pages, up, result)) for _ in range(CONNECTIONS)
    ]

    async def accident() -> None:
        await asyncio.sleep(kill_after)
        while not result.under_way:
            await asyncio.sleep(0)
        killed = time.perf_counter()
        up.clear()  # no new event; those under way are cut off
        server.kill()
        await asyncio.to_thread(server.start)
        result.down = time.perf_counter() - killed
        up.set()

    async with asyncio.timeout(result.seconds + 2 * PATIENCE):
        await asyncio.gather(_pace(pages, up, result), accident())
    for each in senders:
        each.cancel()


def stored(url: str) -> Iterator[str]:
    """Yield the pages of the stored events."""
    store = Store(url)
    with store.engine.connect() as connection:
        yield from connection.execute(select(VIEWS.c.page)).scalars()
    store.close()


def prove(directory: Path, port: int, rate: int, seconds: float, url: str = "") -> Result:
    """Send, kill in the midst and once more at the end, and compare.

    Raises:
        LoadError: the collector does not start, or acknowledged nothing.
    """
    url = url or f"sqlite:///{directory / 'insights.db'}"
    server, result = Server(directory, port, url), Result(rate, seconds)
    server.start()
    try:
        asyncio.run(_send(server, port, result, seconds / 2))
    finally:
        server.kill()
    result.stored = list(stored(url))
    if not result.acknowledged:
        raise LoadError("nothing was acknowledged")
    return result
