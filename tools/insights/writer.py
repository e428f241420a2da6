"""One transaction for all that waits; a request is answered once its events are on disk."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy.exc import OperationalError, SQLAlchemyError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .events import AnyEvent
    from .store import Store

logger = logging.getLogger(__name__)


class Full(Exception):  # noqa: N818 - a state, not a fault
    """More events wait than may."""


class Refused(Exception):  # noqa: N818 - the database's answer
    """The database did not take the events."""


class Waiting(NamedTuple):
    """The events of a request, and who waits for them."""

    events: Sequence[AnyEvent]
    done: asyncio.Future[None]


class Writer:
    """Writes what requests bring: while one transaction is under way, the next gathers."""

    def __init__(self, store: Store, most: int) -> None:
        self._store, self._most = store, most
        self._waiting: list[Waiting] = []
        self._count = 0
        self._wake = asyncio.Event()
        self._ending = False

    @property
    def count(self) -> int:
        """How many events wait."""
        return self._count

    async def add(self, events: Sequence[AnyEvent]) -> None:
        """Return when the events are on disk.

        Raises:
            Full: too many wait.
            Refused: the database failed; nothing of the request is stored.
        """
        if self._count + len(events) > self._most:
            raise Full
        done = asyncio.get_running_loop().create_future()
        self._waiting.append(Waiting(events, done))
        self._count += len(events)
        self._wake.set()
        await done

    async def run(self) -> None:
        """Write until the end, and then what is left."""
        while not (self._ending and not self._waiting):
            await self._wake.wait()
            self._wake.clear()
            batch, self._waiting = self._waiting, []
            if batch:
                await self._write(batch)
            if self._ending:
                self._wake.set()

    def end(self) -> None:
        """Let ``run`` return once all is written."""
        self._ending = True
        self._wake.set()

    async def _write(self, batch: list[Waiting]) -> None:
        events = [each for waiting in batch for each in waiting.events]
        try:
            await asyncio.to_thread(self._store.write, events)
        except SQLAlchemyError as error:
            logger.error("insights: %d events were refused: %s", len(events), error.args[:1])
            if len(batch) > 1 and not isinstance(error, OperationalError):
                for each in batch:  # one of them is at fault; the others are not to suffer
                    await self._write([each])
                return
            self._answer(batch, Refused())
        else:
            self._answer(batch, None)

    def _answer(self, batch: list[Waiting], error: Exception | None) -> None:
        for events, done in batch:
            self._count -= len(events)
            if done.done():
                continue
            if error is None:
                done.set_result(None)
            else:
                done.set_exception(error)
