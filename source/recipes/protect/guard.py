"""Ask each caller who they are, and limit how often they may ask: uvicorn guard:app."""

import hashlib
import json
import math
import os
import time
from pathlib import Path

import jwt
from app.main import app as service  # the application that MLTrack wrote
from limits import parse
from limits.aio.strategies import MovingWindowRateLimiter
from limits.storage import storage_from_string
from starlette.requests import Request
from starlette.responses import JSONResponse

OPEN = {"/api/v1/health"}  # for probes: it says nothing but the model's version
SCOPE = "predict"  # what a token has to allow


class RefusedError(Exception):
    """An answer other than the service's own."""

    def __init__(self, status, detail, **headers):
        self.answer = JSONResponse({"detail": detail}, status, headers)


class Guard:
    """An ASGI application around another one."""

    def __init__(self, app, clients, failures="20/minute", storage="async+memory://"):
        self.app = app
        self.clients = json.loads(Path(clients).read_text())
        self.names = {entry["sha256"]: name for name, entry in self.clients.items()}
        self.failures = parse(failures)  # wrong credentials from one address
        self.limiter = MovingWindowRateLimiter(storage_from_string(storage))
        self.issuer = os.environ.get("TOKEN_ISSUER")
        if self.issuer:
            self.audience = os.environ["TOKEN_AUDIENCE"]
            self.public_key = Path(os.environ["TOKEN_PUBLIC_KEY"]).read_text()

    async def __call__(self, scope, receive, send):
        """Check a request, then hand it on or answer it."""
        if scope["type"] == "lifespan":
            return await self.app(scope, receive, send)
        if scope["type"] != "http":
            return await send({"type": "websocket.close", "code": 1008})
        request = Request(scope)
        try:
            if request.url.path not in OPEN and not preflight(request):
                client = await self.who(request)
                scope.setdefault("state", {})["client"] = client
                await self.count(parse(self.clients[client]["limit"]), "client", client)
        except RefusedError as refused:
            return await refused.answer(scope, receive, send)
        return await self.app(scope, receive, send)

    async def who(self, request):
        """Return the caller's name."""
        address = request.client.host if request.client else "unknown"
        if not await self.limiter.test(self.failures, "failures", address):
            await self.refuse(self.failures, "failures", address)
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        try:
            if key := request.headers.get("x-api-key"):
                return self.names[hashlib.sha256(key.encode()).hexdigest()]
            if kind.lower() == "bearer" and self.issuer:
                return self.subject(token.strip())
        except (KeyError, jwt.InvalidTokenError):
            await self.limiter.hit(self.failures, "failures", address)
            challenge = {"WWW-Authenticate": 'Bearer error="invalid_token"' if kind else "Bearer"}
            raise RefusedError(401, "Wrong or expired credentials", **challenge) from None
        raise RefusedError(401, "Send an API key or a token", **{"WWW-Authenticate": "Bearer"})

    def subject(self, token):
        """Return the client that a token was given to."""
        claims = jwt.decode(
            token,
            self.public_key,
            algorithms=["ES256"],  # never read it from the token
            issuer=self.issuer,
            audience=self.audience,
            options={"require": ["exp", "iss", "aud", "sub"]},
        )
        if SCOPE not in claims.get("scope", "").split():
            raise RefusedError(403, f"The token does not allow {SCOPE!r}")
        if claims["sub"] not in self.clients:
            raise RefusedError(403, "This client may not use the service")
        return claims["sub"]

    async def count(self, limit, *who):
        """Count a request; refuse it when there were too many."""
        if not await self.limiter.hit(limit, *who):
            await self.refuse(limit, *who)

    async def refuse(self, limit, *who):
        """Say when to ask again."""
        reset, _ = await self.limiter.get_window_stats(limit, *who)
        seconds = max(1, math.ceil(reset - time.time()))
        raise RefusedError(429, "Too many requests", **{"Retry-After": str(seconds)})


def preflight(request):
    """Return whether a browser asks what it may send; the service's own CORS rules answer."""
    return request.method == "OPTIONS" and "access-control-request-method" in request.headers


app = Guard(
    service,
    os.environ.get("CLIENTS", "clients.json"),
    os.environ.get("FAILURES", "20/minute"),
    os.environ.get("RATE_STORAGE", "async+memory://"),
)
