"""The collector: ``POST /events`` and ``GET /health``, for any ASGI server.

``uvicorn --factory tools.insights.app:create``. Let the server write no access log: it would hold
the addresses that nothing else here keeps.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, NamedTuple

from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from . import settings as config
from .events import BATCH
from .limits import Limiter
from .store import Store
from .writer import Full, Refused, Writer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request

    from .events import AnyEvent

logger = logging.getLogger(__name__)

TYPES = {"application/json", "text/plain"}
"""Browsers ask before they send JSON to another origin; plain text they send at once."""
NAMED = 3
"""Faults of a request that the answer names."""
HOUR = 3600.0


class Rejected(Exception):  # noqa: N818 - an answer
    """A request that is answered with 4xx."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


class Collector(NamedTuple):
    """What requests share."""

    settings: config.Settings
    store: Store
    writer: Writer
    limiter: Limiter


def check_origin(request: Request, allowed: tuple[str, ...]) -> None:
    """Refuse what another site's page sends.

    A browser says where a page is from, and no script can change that. What sends neither header
    is no browser.

    Raises:
        Rejected: the page is of a site that may not send.
    """
    origin = request.headers.get("origin")
    site = request.headers.get("sec-fetch-site")
    if origin is None:
        if site is not None and site not in {"same-origin", "same-site"}:
            raise Rejected(403, "cross-site requests are refused")
        return
    if origin in allowed:
        return
    host = request.headers.get("host", "")
    own = host and origin in {f"https://{host}", f"http://{host}"}
    if not own or site not in {None, "same-origin"}:
        raise Rejected(403, "this origin may not send: INSIGHTS_ORIGINS names those that may")


async def read_body(request: Request, most: int) -> bytes:
    """Return the body.

    Raises:
        Rejected: it is too large, or was not sent to its end.
    """
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind not in TYPES:
        raise Rejected(415, "send application/json or text/plain")
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length[:20]) > most:
        raise Rejected(413, f"more than {most} bytes")
    body = bytearray()
    try:
        async for piece in request.stream():
            body += piece
            if len(body) > most:
                raise Rejected(413, f"more than {most} bytes")
    except ClientDisconnect:
        raise Rejected(400, "the request ended early") from None
    return bytes(body)


def parse(body: bytes) -> tuple[AnyEvent, ...]:
    """Return the events of a body.

    Raises:
        Rejected: it is not what ``events`` describes.
    """
    try:
        return BATCH.validate_json(body).events
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False, include_context=False)
        named = "; ".join(
            f"{'.'.join(map(str, each['loc']))[:100]}: {each['msg'][:100]}"
            for each in faults[:NAMED]
        )
        raise Rejected(422, named) from None


async def receive(request: Request) -> Response:
    """Take events; answer once they are on disk."""
    collector: Collector = request.state.collector
    headers = {"Cache-Control": "no-store", "Vary": "Origin"}
    try:
        check_origin(request, collector.settings.origins)
        if origin := request.headers.get("origin"):
            headers["Access-Control-Allow-Origin"] = origin
        if request.method == "OPTIONS":
            headers["Access-Control-Allow-Headers"] = "content-type"
            return Response(status_code=204, headers=headers)
        events = parse(await read_body(request, collector.settings.max_bytes))
        sender = request.client.host if request.client else ""
        if not collector.limiter.allows(sender, len(events)):
            headers["Retry-After"] = str(collector.limiter.wait)
            raise Rejected(429, "too many events")
        await collector.writer.add(events)
    except Rejected as fault:
        return JSONResponse({"error": str(fault)}, fault.status, headers)
    except (Full, Refused):
        return JSONResponse({"error": "try again later"}, 503, headers | {"Retry-After": "10"})
    return JSONResponse({"stored": len(events)}, 202, headers)


async def health(request: Request) -> Response:
    """Tell whether events can be stored."""
    collector: Collector = request.state.collector
    try:
        await asyncio.to_thread(collector.store.ready)
    except SQLAlchemyError:
        return JSONResponse({"status": "no database"}, 503)
    return JSONResponse({"status": "ok", "waiting": collector.writer.count})


async def _expire(store: Store, days: int) -> None:
    """Remove old events, now and each hour."""
    while True:
        try:
            await asyncio.to_thread(store.expire, days)
        except SQLAlchemyError as error:
            logger.error("insights: old events were not removed: %s", error.args[:1])
        await asyncio.sleep(HOUR)


def create(settings: config.Settings | None = None) -> Starlette:
    """Return the application."""
    chosen = settings or config.read()

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[dict[str, Collector]]:
        store = Store(chosen.database)
        writer = Writer(store, chosen.max_waiting)
        writing = asyncio.create_task(writer.run())
        expiring = asyncio.create_task(_expire(store, chosen.retention_days))
        yield {"collector": Collector(chosen, store, writer, Limiter(chosen.rate))}
        writer.end()
        await writing
        expiring.cancel()
        with suppress(asyncio.CancelledError):
            await expiring
        store.close()

    routes = [
        Route("/events", receive, methods=["POST", "OPTIONS"]),
        Route("/health", health, methods=["GET"]),
    ]
    return Starlette(routes=routes, lifespan=lifespan)
