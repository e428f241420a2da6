"""One line of JSON for each event, with the id of the request that it belongs to."""

import json
import logging
import re
import time
import uuid
from contextvars import ContextVar
from datetime import UTC, datetime

request_id = ContextVar("request_id", default=None)
GIVEN = re.compile(rb"[A-Za-z0-9_-]{1,64}")  # other ids are replaced


class JsonFormatter(logging.Formatter):
    """Write a record as JSON."""

    def format(self, record):
        """Return the line."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "request_id": request_id.get(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line)


class RequestLog:
    """An ASGI application around another one, which logs each request."""

    def __init__(self, app, **fields):
        self.app = app
        self.fields = fields
        self.log = logging.getLogger("request")

    async def __call__(self, scope, receive, send):
        """Give a request its id, and log how it ended."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        given = dict(scope["headers"]).get(b"x-request-id", b"")
        number = given.decode() if GIVEN.fullmatch(given) else uuid.uuid4().hex
        token = request_id.set(number)
        status, begin = 500, time.perf_counter()

        async def answer(message):
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (b"x-request-id", number.encode())]
            await send(message)

        try:
            await self.app(scope, receive, answer)
        finally:
            fields = {
                "method": scope["method"],
                "path": scope["path"],
                "status": status,
                "milliseconds": round((time.perf_counter() - begin) * 1000, 1),
                "client": scope.get("state", {}).get("client"),
                **self.fields,
            }
            self.log.info("answered", extra={"fields": fields})
            request_id.reset(token)
