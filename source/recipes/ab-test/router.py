"""Split requests between two services and note what came of them."""

import hashlib
import os
import sqlite3
import time
from contextlib import closing
from typing import Annotated
from uuid import uuid4

import httpx
from fastapi import FastAPI, Header, HTTPException, Request, Response
from pydantic import BaseModel

VARIANTS = {
    "control": os.environ.get("AB_CONTROL", "http://127.0.0.1:8001"),
    "candidate": os.environ.get("AB_CANDIDATE", "http://127.0.0.1:8002"),
}
SHARE = float(os.environ.get("AB_SHARE", "0.5"))  # of users who get the candidate
TEST = os.environ.get("AB_TEST", "digits-1")  # a new name deals the users anew
LOG = os.environ.get("AB_LOG", "ab-test.db")
COLUMNS = """id TEXT PRIMARY KEY, test TEXT, share REAL, user TEXT, variant TEXT,
             status INTEGER, ms REAL, success INTEGER"""

app = FastAPI(title="A/B router")
client = httpx.AsyncClient(timeout=10)


class Outcome(BaseModel):
    """What came of an answer."""

    success: bool


def assign(user: str, share: float = SHARE) -> str:
    """Return a user's variant: the same one at each request."""
    digest = hashlib.sha256(f"{TEST}:{user}".encode()).digest()
    position = int.from_bytes(digest[:8], "big") / 2**64  # from 0 to 1
    return "candidate" if position < share else "control"


def execute(statement: str, values: tuple = ()) -> int:
    """Execute a statement on the log and return how many rows it changed."""
    with closing(sqlite3.connect(LOG, timeout=10)) as log, log:
        log.execute("PRAGMA journal_mode=WAL")
        log.execute(f"CREATE TABLE IF NOT EXISTS requests ({COLUMNS})")
        return log.execute(statement, values).rowcount


@app.post("/api/v1/predict")
async def predict(request: Request, x_user: Annotated[str, Header()]) -> Response:
    """Have the user's variant answer."""
    variant = assign(x_user)
    headers = {"X-Variant": variant, "X-Request-Id": uuid4().hex}
    started = time.perf_counter()
    try:
        answer = await client.post(
            f"{VARIANTS[variant]}/api/v1/predict",
            content=await request.body(),
            headers={"Content-Type": "application/json"},
        )
        status, content = answer.status_code, answer.content
    except httpx.HTTPError:
        status, content = 502, b'{"detail":"the service does not answer"}'
    ms = (time.perf_counter() - started) * 1000
    row = (headers["X-Request-Id"], TEST, SHARE, x_user, variant, status, ms)
    execute("INSERT INTO requests VALUES (?, ?, ?, ?, ?, ?, ?, NULL)", row)
    return Response(content, status, headers, "application/json")


@app.post("/outcome/{request_id}", status_code=204)
def outcome(request_id: str, body: Outcome) -> None:
    """Note what came of an answer."""
    statement = "UPDATE requests SET success = ? WHERE id = ?"
    if not execute(statement, (body.success, request_id)):
        raise HTTPException(404, "no such request")
