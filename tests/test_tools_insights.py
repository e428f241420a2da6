"""The collector: what it takes, refuses and keeps, also when it is killed; imports and report."""

from __future__ import annotations

import asyncio
import csv
import json
import os
import re
import shutil
import sqlite3
import subprocess
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import uvicorn
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, inspect, select
from sqlalchemy.exc import DataError, OperationalError
from starlette.testclient import TestClient
from test_accessibility import violations

from tests.browser import serve
from tests.test_guides_team import programs
from tools.http.services import ROOT, free_port
from tools.insights.__main__ import main
from tools.insights.app import create
from tools.insights.events import (
    BATCH,
    LONGEST_COMMENT,
    LONGEST_QUERY,
    Feedback,
    Search,
    View,
    Vitals,
)
from tools.insights.figures import compute, contributions, percentile
from tools.insights.limits import CELLS, Limiter
from tools.insights.load import Result, Server, prove
from tools.insights.readthedocs import ImportFault, load_searches, load_traffic
from tools.insights.report import write
from tools.insights.settings import Settings, SettingsError, read
from tools.insights.store import FEEDBACK, META, SEARCHES, THEIR_SEARCHES, VIEWS, VITALS, Store, now
from tools.insights.writer import Full, Refused, Writer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser
    from sqlalchemy import Table

VIEW = {"kind": "view", "page": "guides/tracking.html", "entry": True}
SEARCH = {"kind": "search", "page": "index.html", "query": "cost", "results": 3, "ended": "left"}
VITAL = {"kind": "vitals", "page": "index.html", "load": 1200.0, "lcp": 900.0, "cls": 0.01}
RATING = {"kind": "feedback", "page": "index.html", "rating": 4, "comment": "Good"}
SITE = "https://docs.example.org"
SENDER = "203.0.113.77"


@pytest.fixture
def url(tmp_path: Path) -> str:
    """The URL of a database that does not exist yet."""
    return f"sqlite:///{tmp_path / 'insights.db'}"


@pytest.fixture
def client(url: str) -> Iterator[TestClient]:
    """A collector that takes events of one site."""
    app = create(Settings(database=url, origins=(SITE,), max_bytes=2000))
    with TestClient(app, client=(SENDER, 4711)) as opened:
        yield opened


def send(client: TestClient, *events: Any, **headers: str) -> Any:
    """Send events as the site's script does."""
    given = {"origin": SITE, "sec-fetch-site": "cross-site", "content-type": "text/plain"}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.post("/events", content=json.dumps({"events": events}), headers=given | named)


def rows(url: str, table: Table) -> list[dict[str, Any]]:
    """Return what is stored, without ids and hours."""
    store = Store(url)
    with store.engine.connect() as connection:
        found = [dict(row._mapping) for row in connection.execute(select(table))]
    store.close()
    return [{k: v for k, v in row.items() if k not in {"id", "hour"}} for row in found]


# -- What is taken -----------------------------------------------------------------------------


def test_events_are_stored_when_they_are_acknowledged(client: TestClient, url: str) -> None:
    answer = send(client, VIEW, SEARCH, VITAL, RATING)
    assert (answer.status_code, answer.json()) == (202, {"stored": 4})
    assert answer.headers["access-control-allow-origin"] == SITE
    assert rows(url, VIEWS) == [{"page": "guides/tracking.html", "entry": True}]
    assert rows(url, SEARCHES) == [
        {"page": "index.html", "query": "cost", "results": 3, "rank": None, "ended": "left"}
    ]
    assert rows(url, VITALS) == [
        {"page": "index.html", "load": 1200, "lcp": 900, "inp": None, "ttfb": None, "cls": 0.01}
    ]
    assert rows(url, FEEDBACK) == [{"page": "index.html", "rating": 4, "comment": "Good"}]


def test_health(client: TestClient) -> None:
    answer = client.get("/health")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "waiting": 0})


def test_private_text_is_not_kept(client: TestClient, url: str) -> None:
    send(client, SEARCH | {"query": "bob@example.org"}, RATING | {"comment": f"I am {SENDER}."})
    assert [each["query"] for each in rows(url, SEARCHES)] == [None]
    assert [each["comment"] for each in rows(url, FEEDBACK)] == ["I am [removed]."]


def test_no_address_is_stored(client: TestClient, url: str, tmp_path: Path) -> None:
    headers = {
        "x_forwarded_for": SENDER,
        "user_agent": "Agent/7.7",
        "referer": "https://from.example",
    }
    assert send(client, VIEW, SEARCH, VITAL, RATING, **headers).status_code == 202
    files = [path for path in tmp_path.iterdir() if path.name.startswith("insights.db")]
    stored = b"".join(path.read_bytes() for path in files)
    assert b"guides/tracking.html" in stored
    for secret in (SENDER.encode(), b"Agent/7.7", b"from.example", SITE.encode()):
        assert secret not in stored
    columns = {column.name for table in META.tables.values() for column in table.columns}
    assert columns == {
        "id", "hour", "page", "entry", "load", "lcp", "inp", "ttfb", "cls", "query", "results",
        "rank", "ended", "rating", "comment", "day", "version", "path", "views",
    }  # fmt: skip


def test_times_are_cut_to_the_hour(client: TestClient, url: str) -> None:
    send(client, VIEW)
    store = Store(url)
    with store.engine.connect() as connection:
        hour = connection.scalar(select(VIEWS.c.hour))
    assert hour is not None
    assert (hour.minute, hour.second, hour.microsecond) == (0, 0, 0)


def test_sqlite_writes_ahead_and_waits_for_the_disk(url: str) -> None:
    store = Store(url)
    with store.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2


# -- What is refused ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422),
        (b"{", 422),
        (b"[]", 422),
        (b"\xff\xfe", 422),
        (b'{"events": []}', 422),
        (b"[" * 900, 422),
        (json.dumps({"events": [VIEW] * 21}).encode(), 422),
        (json.dumps({"events": [VIEW], "user": "bob"}).encode(), 422),
        (b'{"events":[' + b" " * 2000 + b"]}", 413),
    ],
)
def test_bodies_that_are_no_events_are_refused(
    client: TestClient, url: str, body: bytes, status: int
) -> None:
    headers = {"origin": SITE, "content-type": "text/plain"}
    assert client.post("/events", content=body, headers=headers).status_code == status
    assert rows(url, VIEWS) == []


@pytest.mark.parametrize(
    "event",
    [
        {},
        VIEW | {"kind": "login"},
        VIEW | {"user": "bob"},
        VIEW | {"entry": 1},
        VIEW | {"page": ""},
        VIEW | {"page": "a b"},
        VIEW | {"page": "x?token=1"},
        VIEW | {"page": "x\n"},
        VIEW | {"page": "x" * 201},
        SEARCH | {"query": "x" * 81},
        SEARCH | {"query": "a\u0000b"},
        SEARCH | {"results": -1},
        SEARCH | {"results": 2.5},
        SEARCH | {"rank": 1},
        SEARCH | {"ended": "chosen"},
        SEARCH | {"rank": 0, "ended": "chosen"},
        VITAL | {"load": -1},
        VITAL | {"load": 1e12},
        VITAL | {"load": "NaN"},
        {"kind": "vitals", "page": "index.html"},
        RATING | {"rating": 6},
        RATING | {"rating": True},
        RATING | {"comment": "x" * 301},
    ],
)
def test_events_of_another_form_are_refused(client: TestClient, url: str, event: Any) -> None:
    answer = send(client, VIEW, event)
    assert answer.status_code == 422
    assert answer.json()["error"]
    assert rows(url, VIEWS) == [], "a request is stored whole or not at all"


def test_an_oversized_body_without_a_length_is_refused(client: TestClient) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(100):
            yield b" " * 100

    headers = {"origin": SITE, "content-type": "text/plain"}
    assert client.post("/events", content=pieces(), headers=headers).status_code == 413


def test_other_types_paths_and_methods_are_refused(client: TestClient) -> None:
    assert send(client, VIEW, content_type="application/x-www-form-urlencoded").status_code == 415
    assert send(client, VIEW, content_type="application/json; charset=utf-8").status_code == 202
    assert client.get("/events").status_code == 405
    assert client.get("/").status_code == 404


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": SITE, "sec-fetch-site": "cross-site"}, 202),  # named in the settings
        ({"origin": SITE}, 202),
        ({"origin": "http://testserver", "sec-fetch-site": "same-origin"}, 202),
        ({"origin": "http://testserver"}, 202),
        ({}, 202),  # no browser
        ({"origin": "https://evil.example", "sec-fetch-site": "cross-site"}, 403),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": f"{SITE}.evil.example"}, 403),
        ({"origin": "http://docs.example.org"}, 403),
        ({"origin": "null", "sec-fetch-site": "cross-site"}, 403),
        ({"origin": "", "sec-fetch-site": "cross-site"}, 403),
        ({"origin": "http://[", "sec-fetch-site": "cross-site"}, 403),
        ({"origin": "http://testserver", "sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "none"}, 403),
    ],
)
def test_only_named_sites_may_send(
    client: TestClient, url: str, headers: dict[str, str], status: int
) -> None:
    body = json.dumps({"events": [VIEW]})
    sent = headers | {"content-type": "text/plain"}
    answer = client.post("/events", content=body, headers=sent)
    assert answer.status_code == status
    assert len(rows(url, VIEWS)) == (status == 202)
    assert client.options("/events", headers=headers).status_code == (204 if status == 202 else 403)


def test_a_sender_that_sends_too_much_waits_and_others_do_not(url: str) -> None:
    app = create(Settings(database=url, rate=30))
    with TestClient(app, client=(SENDER, 1)) as one:
        assert send(one, *[VIEW] * 20, origin="http://testserver", sec_fetch_site="same-origin")
        answer = send(one, *[VIEW] * 20, origin="http://testserver", sec_fetch_site="same-origin")
        assert answer.status_code == 429
        assert 1 <= int(answer.headers["retry-after"]) <= 60
    assert len(rows(url, VIEWS)) == 20


def test_the_limit_counts_networks_and_forgets_them() -> None:
    clock = [0.0]
    limiter = Limiter(10, lambda: clock[0])
    assert limiter.allows("2001:db8::1", 10)
    assert not limiter.allows("2001:db8::2", 1), "the same network"
    assert limiter.allows(SENDER, 10) or limiter.allows("198.51.100.9", 10)
    kept = repr(vars(limiter))
    assert SENDER not in kept
    assert "2001:db8" not in kept
    key = limiter._key
    clock[0] = 61
    assert limiter.allows("2001:db8::1", 10)
    assert limiter._key != key
    assert Limiter(1).allows("no address", 1)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)
KEYS = ("kind", "page", "entry", "query", "results", "rank", "ended", "rating", "comment", "load")
VALUES = JSON | st.sampled_from(
    ["view", "search", "feedback", "vitals", "chosen", "left", "a.html"]
)
NEARLY = st.builds(
    lambda base, changed: base | changed,
    st.sampled_from([VIEW, SEARCH, VITAL, RATING]),
    st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=3),
)
BODIES = (
    st.binary(max_size=300)
    | JSON.map(lambda value: json.dumps(value).encode())
    | st.lists(NEARLY, max_size=3).map(lambda events: json.dumps({"events": events}).encode())
)
HEADER = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=40)


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    body=BODIES,
    headers=st.dictionaries(
        st.sampled_from(["origin", "sec-fetch-site", "content-type", "accept", "x-y"]), HEADER
    ),
    plain=st.booleans(),
)
def test_garbage_is_never_an_error_of_the_collector(
    client: TestClient, body: bytes, headers: dict[str, str], plain: bool
) -> None:
    sent = {"content-type": "text/plain"} if plain else headers
    answer = client.post("/events", content=body, headers=sent)
    assert answer.status_code == 202 or 400 <= answer.status_code < 500


# -- One transaction for all that waits ----------------------------------------------------------


class Slow:
    """A store that waits to be let go, and fails when it is told to."""

    def __init__(self) -> None:
        self.go = threading.Semaphore(0)
        self.written: list[list[Any]] = []
        self.fault: Any = None

    def write(self, events: Any) -> None:
        assert self.go.acquire(timeout=10)
        if self.fault and "bad" in events:
            raise self.fault
        self.written.append(list(events))


def apart(function: Callable[..., Any], *arguments: Any) -> Any:
    """Call a function in a thread of its own: the browser of other tests has a loop in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(function, *arguments).result()


def writing(test: Any, most: int = 100) -> Slow:
    """Run a coroutine function with a writer and its store."""
    store = Slow()

    async def whole() -> None:
        writer = Writer(store, most)  # type: ignore[arg-type]
        running = asyncio.create_task(writer.run())
        await test(writer, store)
        for _ in range(20):
            store.go.release()
        writer.end()
        await asyncio.wait_for(running, 10)

    apart(asyncio.run, whole())
    return store


def test_an_event_is_acknowledged_after_its_transaction_and_not_before() -> None:
    async def test(writer: Writer, store: Slow) -> None:
        first = asyncio.create_task(writer.add(["1"]))  # type: ignore[list-item]
        await asyncio.sleep(0.1)
        rest = [asyncio.create_task(writer.add([name])) for name in "23"]  # type: ignore[list-item]
        await asyncio.sleep(0.1)
        assert not first.done()
        assert writer.count == 3
        store.go.release()
        await asyncio.wait_for(first, 5)
        await asyncio.sleep(0.1)
        assert not any(each.done() for each in rest), "the second transaction is under way"
        store.go.release()
        await asyncio.wait_for(asyncio.gather(*rest), 5)
        assert writer.count == 0

    assert writing(test).written == [["1"], ["2", "3"]], "what gathers goes into one transaction"


def test_what_waits_at_the_end_is_written() -> None:
    waiting: list[Any] = []

    async def test(writer: Writer, store: Slow) -> None:
        waiting.extend(asyncio.create_task(writer.add([name])) for name in "12")  # type: ignore[list-item]
        await asyncio.sleep(0.1)

    assert list(chain(*writing(test).written)) == ["1", "2"]
    assert all(each.done() and each.exception() is None for each in waiting)


def test_one_bad_event_does_not_take_others_along() -> None:
    async def test(writer: Writer, store: Slow) -> None:
        store.fault = DataError("insert", {}, Exception("bad"))
        for _ in range(9):
            store.go.release()
        first = asyncio.create_task(writer.add(["1"]))  # type: ignore[list-item]
        others = [asyncio.create_task(writer.add([name])) for name in ("2", "bad", "3")]  # type: ignore[list-item]
        answers = await asyncio.gather(first, *others, return_exceptions=True)
        assert [type(each) for each in answers] == [type(None), type(None), Refused, type(None)]

    assert sorted(chain(*writing(test).written)) == ["1", "2", "3"]


def test_a_failing_database_is_said_and_a_full_queue_too() -> None:
    async def test(writer: Writer, store: Slow) -> None:
        store.fault = OperationalError("insert", {}, Exception("disk"))
        store.go.release()
        with pytest.raises(Refused):
            await writer.add(["bad"])  # type: ignore[list-item]
        with pytest.raises(Full):
            await writer.add(["1"] * 101)  # type: ignore[list-item]

    assert writing(test).written == []


def test_a_database_that_fails_is_answered_with_503(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise OperationalError("insert", {}, Exception("disk is full"))

    monkeypatch.setattr(Store, "write", fail)
    monkeypatch.setattr(Store, "ready", fail)
    answer = send(client, VIEW)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "10")
    assert "disk" not in answer.text
    assert client.get("/health").status_code == 503


def test_old_events_are_removed(url: str) -> None:
    store = Store(url)
    with store.engine.begin() as connection:
        for days in (0, 29, 31, 400):
            hour = now() - timedelta(days=days)
            values = {"hour": hour, "page": f"{days}.html", "entry": True}
            connection.execute(insert(VIEWS).values(values))
        old = {"day": date(2020, 1, 1), "query": "x", "results": 1}
        connection.execute(insert(THEIR_SEARCHES).values(old))
    assert store.expire(30) == 3
    assert [each["page"] for each in rows(url, VIEWS)] == ["0.html", "29.html"]


def test_a_collector_removes_old_events_when_it_starts(url: str) -> None:
    store = Store(url)
    with store.engine.begin() as connection:
        hour = now() - timedelta(days=11)
        connection.execute(insert(VIEWS).values(hour=hour, page="old.html", entry=True))
    with TestClient(create(Settings(database=url, retention_days=10))):
        until = time.monotonic() + 10
        while rows(url, VIEWS) and time.monotonic() < until:
            time.sleep(0.05)
    assert rows(url, VIEWS) == []


# -- Killed ------------------------------------------------------------------------------------


def test_nothing_acknowledged_is_lost_when_the_collector_is_killed(tmp_path: Path) -> None:
    result = apart(prove, tmp_path, free_port(), 200, 3)
    assert result.sent == 600
    assert result.refused == 0
    assert len(result.acknowledged) >= 600 - 64, "only what was under way is cut off"
    assert result.lost == set()
    assert result.twice == 0
    assert result.down > 0
    assert b"127.0.0.1" not in (tmp_path / "collector.log").read_bytes(), "no access log"


def test_a_loss_would_be_seen() -> None:
    result = Result(1, 1, sent=3, elapsed=1, acknowledged=["a", "b", "c"], stored=["a", "b", "b"])
    assert result.lost == {"c"}
    assert result.twice == 1
    assert ("Acknowledged and lost", "1") in result.rows()


def test_figures_of_a_loss_are_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lossy = Result(10, 1, sent=2, elapsed=1, acknowledged=["a", "b"], times=[0.1], stored=["a"])
    monkeypatch.setattr("tools.insights.__main__.prove", lambda *_: lossy)
    out = tmp_path / "load.csv"
    assert main(["load", "--out", str(out)]) == 1
    assert not out.exists()
    assert "failure" in capsys.readouterr().err
    lossy.stored.append("b")
    assert main(["load", "--out", str(out)]) == 0
    assert ["Acknowledged and lost", "0"] in list(csv.reader(out.read_text().splitlines()))


@pytest.fixture
def postgres() -> Iterator[str]:
    """The URL of a database of PostgreSQL."""
    place = Path(tempfile.mkdtemp(prefix="insights-pg-"))
    account: dict[str, Any] = {"cwd": place, "env": {"HOME": str(place), "PATH": "/usr/bin:/bin"}}
    port, server = free_port(), None
    try:
        binaries, data = programs(place), place / "data"
        if os.getuid() == 0:  # PostgreSQL refuses to be run by root
            shutil.chown(place, "nobody")
            account |= {"user": "nobody", "extra_groups": []}
        initialize = [
            binaries / "initdb",
            "-D",
            data,
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
        ]
        subprocess.run(
            [*initialize, "--no-locale", "--no-sync"], check=True, capture_output=True, **account
        )
        options = ["-c", "listen_addresses=127.0.0.1", "-k", str(place), "-p", str(port)]
        server = subprocess.Popen(
            [binaries / "postgres", "-D", data, *options],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **account,
        )  # fmt: skip
        url = f"postgresql+psycopg2://postgres@127.0.0.1:{port}/postgres"
        for _ in range(100):
            try:
                Store(url).close()
                break
            except OperationalError:
                time.sleep(0.2)
        yield url
    finally:
        if server:
            server.terminate()
            server.wait(20)
        shutil.rmtree(place, ignore_errors=True)


def test_postgresql_keeps_the_same_and_reports_the_same(postgres: str, tmp_path: Path) -> None:
    with TestClient(create(Settings(database=postgres, origins=(SITE,)))) as client:
        comment = "@a.bc" * 60  # longer once its parts are replaced
        for events in ([VIEW, SEARCH, VITAL, RATING], [RATING | {"comment": comment}]):
            assert send(client, *events).status_code == 202
        assert send(client, SEARCH | {"query": "a\u0000b"}).status_code == 422
    assert len(rows(postgres, FEEDBACK)) == 2
    assert rows(postgres, VIEWS) == [{"page": "guides/tracking.html", "entry": True}]
    store = Store(postgres)
    assert "hour" in {column["name"] for column in inspect(store.engine).get_columns("views")}
    assert store.expire(30) == 0
    store.close()
    data = json.loads((write(postgres, tmp_path, tmp_path).parent / "insights.json").read_text())
    assert {goal["key"]: goal["value"] for goal in data["goals"]} == {
        "search_success": 0, "satisfaction": 4, "page_load": 1.2, "visits": 1,
        "contributions": None,
    }  # fmt: skip


def test_postgresql_loses_nothing_when_the_collector_is_killed(
    postgres: str, tmp_path: Path
) -> None:
    result = apart(prove, tmp_path, free_port(), 100, 2, postgres)
    assert result.acknowledged
    assert result.lost == set()


# -- Settings and commands -----------------------------------------------------------------------


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INSIGHTS_ORIGINS", " https://a.example/, http://127.0.0.1:8000 ")
    monkeypatch.setenv("INSIGHTS_RETENTION_DAYS", "7")
    chosen = read()
    assert chosen.origins == ("https://a.example", "http://127.0.0.1:8000")
    assert chosen.retention_days == 7


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("INSIGHTS_ORIGINS", "docs.example.org"),
        ("INSIGHTS_ORIGINS", "https://docs.example.org/path"),
        ("INSIGHTS_RETENTION_DAYS", "0"),
        ("INSIGHTS_RATE", "many"),
    ],
)
def test_wrong_settings_are_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=f"^{name}: "):
        read()
    assert main(["serve"]) == 1
    assert name in capsys.readouterr().err


def test_a_database_that_cannot_be_opened_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    broken = tmp_path / "broken.db"
    broken.write_bytes(b"no database" * 1000)
    monkeypatch.setenv("INSIGHTS_DATABASE", f"sqlite:///{broken}")
    assert main(["report", "--out", str(tmp_path / "out")]) == 1
    assert "the database" in capsys.readouterr().err
    monkeypatch.setenv("INSIGHTS_DATABASE", "no url")
    assert main(["report", "--out", str(tmp_path / "out")]) == 1


def test_a_report_makes_no_database(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    missing = tmp_path / "missing.db"
    monkeypatch.setenv("INSIGHTS_DATABASE", f"sqlite:///{missing}")
    assert main(["report", "--out", str(tmp_path / "out"), "--repository", str(tmp_path)]) == 0
    assert f"there is no {missing}" in capsys.readouterr().err
    assert not missing.exists()
    assert "Nothing measured" in (tmp_path / "out" / "index.html").read_text("utf-8")


def test_files_are_imported_by_a_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], url: str, tmp_path: Path
) -> None:
    monkeypatch.setenv("INSIGHTS_DATABASE", url)
    path = tmp_path / "search.csv"
    path.write_text(THEIR_SEARCH, "utf-8")
    assert main(["import", "--search", str(path)]) == 0
    assert f"4 searches from {path}" in capsys.readouterr().out
    assert main(["import"]) == 2
    assert main(["import", "--traffic", str(path)]) == 1
    assert f"{path}:1:" in capsys.readouterr().err


# -- What the page says ------------------------------------------------------------------------

PAGE = (ROOT / "source" / "contributing" / "insights.md").read_text("utf-8")
UNIT = ROOT / "tools" / "insights" / "insights.service"


def test_the_page_has_each_variable_with_its_default() -> None:
    said = dict(re.findall(r"^\| `INSIGHTS_(\w+)` \|.*\| `?([^`|]+?)`? \|$", PAGE, re.MULTILINE))
    defaults = {name.upper(): field.default for name, field in Settings.model_fields.items()}
    assert said.pop("ORIGINS") == "its own origin"
    assert defaults.pop("ORIGINS") == ()
    assert said == {name: str(value) for name, value in defaults.items()}


def test_the_page_has_each_event_with_its_fields() -> None:
    said = {
        kind: set(re.findall(r"`(\w+)`", fields))
        for kind, fields in re.findall(
            r"^\| `(view|vitals|search|feedback)` \| (.*?) \|", PAGE, re.M
        )
    }
    has = {
        model.model_fields["kind"].annotation.__args__[0]: model.model_fields.keys()
        - {"kind", "page"}
        for model in (View, Vitals, Search, Feedback)
    }
    ways = set(Search.model_fields["ended"].annotation.__args__)  # type: ignore[union-attr]
    assert said.pop("search") == has.pop("search") | ways
    assert said == has


def test_the_page_has_the_limits_and_goals(tmp_path: Path) -> None:
    assert f"cut to {LONGEST_QUERY} characters" in PAGE
    assert f"up to {LONGEST_COMMENT} characters" in PAGE
    script = (ROOT / "_static" / "insights" / "events.js").read_text("utf-8")
    for name, value in (("QUERY", LONGEST_QUERY), ("COMMENT", LONGEST_COMMENT)):
        assert f"const LONGEST_{name} = {value};" in script
    assert f"const LONGEST = {LONGEST_COMMENT};" in (
        ROOT / "_static" / "insights" / "feedback.js"
    ).read_text("utf-8")
    assert "const SETTLED = 1500;" in script
    assert "for 1.5 seconds" in PAGE
    assert f"{CELLS:,} cells" in PAGE
    store = Store("sqlite://")
    with store.engine.connect() as connection:
        goals = compute(connection, tmp_path, TODAY).goals
    said = dict(re.findall(r"^\| ([A-Z][\w ]+) \|.*\| ([\d.,]+)[^|]*\|$", PAGE, re.MULTILINE))
    assert said == {goal.title: f"{goal.goal:,}" for goal in goals}


def test_the_unit_starts_the_collector_without_an_access_log() -> None:
    text = UNIT.read_text("utf-8").replace("\\\n", " ")
    lines = [line.partition("=")[::2] for line in text.splitlines() if "=" in line]
    (start,) = [value.split() for key, value in lines if key == "ExecStart"]
    assert start[1:5] == ["-m", "uvicorn", "--factory", "tools.insights.app:create"]
    parsed = uvicorn.main.make_context("uvicorn", start[3:], resilient_parsing=False).params
    assert parsed["access_log"] is False
    assert parsed["proxy_headers"] is True
    assert (parsed["host"], parsed["port"]) == ("127.0.0.1", 8300)
    given = dict(value.split("=", 1) for key, value in lines if key == "Environment")
    assert {
        name.removeprefix("INSIGHTS_").lower() for name in given
    } <= Settings.model_fields.keys()
    Settings(origins=given["INSIGHTS_ORIGINS"], retention_days=given["INSIGHTS_RETENTION_DAYS"])


# -- Read the Docs -----------------------------------------------------------------------------

THEIR_SEARCH = """\ufeffCreated Date,Query,Total Results
2026-11-20 10:11:12,cost,4
2026-11-20 10:15:00,"quoted, query",0
2026-11-21 09:00:00,bob@example.org,0
2026-11-21 09:01:00,old,None
"""
THEIR_TRAFFIC = """Date,Version,Path,Views
2026-11-20 00:00:00,latest,/en/latest/index.html,12
2026-11-21 00:00:00,stable,/en/stable/guides/tracking.html,3
"""


def test_their_files_are_imported_once(url: str, tmp_path: Path) -> None:
    store, search, traffic = Store(url), tmp_path / "search.csv", tmp_path / "traffic.csv"
    search.write_text(THEIR_SEARCH, "utf-8")
    traffic.write_text(THEIR_TRAFFIC, "utf-8")
    for _ in range(2):
        assert load_searches(store, search) == 4
        assert load_traffic(store, traffic) == 2
    store.close()
    found = [(each["query"], each["results"]) for each in rows(url, THEIR_SEARCHES)]
    assert found == [("cost", 4), ("quoted, query", 0), (None, 0), ("old", None)]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Query,Results\n", ":1: the first line is not Created Date,Query,Total Results"),
        ("", ":1: "),
        (THEIR_SEARCH + "yesterday,x,1\n", ":6: "),
        (THEIR_SEARCH + "2026-11-20 10:11:12,x\n", ":6: "),
        (THEIR_SEARCH + "2026-11-20 10:11:12,x,-1\n", ":6: -1 is out of range"),
    ],
)
def test_a_wrong_line_is_named_and_nothing_is_imported(
    url: str, tmp_path: Path, text: str, place: str
) -> None:
    path = tmp_path / "search.csv"
    path.write_text(text, "utf-8")
    store = Store(url)
    with pytest.raises(ImportFault, match=re.escape(f"{path}{place}")):
        load_searches(store, path)
    store.close()
    assert rows(url, THEIR_SEARCHES) == []


def test_a_missing_or_binary_file_is_named(url: str, tmp_path: Path) -> None:
    store, path = Store(url), tmp_path / "x.csv"
    with pytest.raises(ImportFault, match=r"x\.csv"):
        load_traffic(store, path)
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ImportFault, match=r"x\.csv"):
        load_traffic(store, path)


# -- The report --------------------------------------------------------------------------------

TODAY = date(2026, 11, 24)
HOSTILE = "<script>alert(1)</script>\"'&"


def fill(url: str) -> None:
    """Store events of known figures."""
    store = Store(url)

    def at(days: int) -> datetime:
        return datetime.combine(TODAY - timedelta(days=days), datetime.min.time())

    with store.engine.begin() as connection:
        views = [(0, True), (6, True), (6, False), (7, True), (40, True)]
        connection.execute(
            insert(VIEWS), [{"hour": at(d), "page": "a.html", "entry": e} for d, e in views]
        )
        connection.execute(
            insert(VITALS),
            [
                {"hour": at(1), "page": "a.html", "load": float(each)}
                for each in range(100, 500, 100)
            ]
            + [{"hour": at(40), "page": "a.html", "load": 90_000.0}],
        )
        found = [("x", "chosen", 1, 5), ("x", "chosen", 2, 5), ("x", "chosen", 3, 5)]
        found += [(HOSTILE, "left", None, 0), ("Seen", "left", None, 4)]
        found += [(HOSTILE.upper(), "refined", None, 0)]
        connection.execute(
            insert(SEARCHES),
            [
                {"hour": at(2), "page": "a.html", "query": q, "results": n, "rank": r, "ended": e}
                for q, e, r, n in found
            ],
        )
        connection.execute(
            insert(FEEDBACK),
            [
                {"hour": at(3), "page": "a.html", "rating": 5, "comment": HOSTILE},
                {"hour": at(3), "page": "b.html", "rating": 4, "comment": ""},
            ],
        )
    store.close()


def history(place: Path) -> None:
    """Make a repository with two commits of this month, one of the last, and a merge."""
    env = {
        **os.environ, "GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.org",
        "GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@example.org",
    }  # fmt: skip

    def git(*words: str, day: str = "2026-11-20") -> None:
        when = {"GIT_AUTHOR_DATE": f"{day}T12:00:00Z", "GIT_COMMITTER_DATE": f"{day}T12:00:00Z"}
        command = ["git", "-c", "commit.gpgsign=false", "-C", str(place), *words]
        subprocess.run(command, check=True, capture_output=True, env=env | when)

    git("init", "-b", "main")
    git("commit", "--allow-empty", "-m", "one", day="2026-10-02")
    git("checkout", "-b", "side")
    git("commit", "--allow-empty", "-m", "two")
    git("checkout", "main")
    git("commit", "--allow-empty", "-m", "three")
    git("merge", "--no-ff", "-m", "merge", "side")


def test_figures_are_those_of_the_events(url: str, tmp_path: Path) -> None:
    fill(url)
    repository = tmp_path / "repository"
    repository.mkdir()
    history(repository)
    page = write(url, tmp_path / "out", repository, TODAY)
    data = json.loads((page.parent / "insights.json").read_text("utf-8"))
    goals = {goal["key"]: (goal["value"], goal["goal"], goal["state"]) for goal in data["goals"]}
    assert goals == {
        "search_success": (60.0, 90, "missed"),
        "satisfaction": (4.5, 4.5, "met"),
        "page_load": (0.3, 2, "met"),
        "visits": (2, 1000, "missed"),
        "contributions": (2, 10, "missed"),
    }
    assert data["searches"]["rank"] == 2
    assert data["searches"]["none"] == [{"query": HOSTILE.lower(), "times": 2}]
    assert data["searches"]["abandoned"] == [{"query": "seen", "times": 1}]
    assert [week["visits"] for week in data["weeks"][-2:]] == [1, 2]
    assert data["weeks"][-1] == {"from": "2026-11-18", "to": "2026-11-24", "visits": 2, "views": 3}
    assert data["months"][-2:] == [
        {"month": "2026-10", "commits": 1}, {"month": "2026-11", "commits": 2},
    ]  # fmt: skip
    assert [each["page"] for each in data["ratings"]] == ["b.html", "a.html"]


@pytest.mark.parametrize("number", [1, 2, 3, 4, 5, 8, 100, 101])
def test_the_percentile_is_the_nearest_rank(url: str, number: int) -> None:
    store = Store(url)
    hour = now()
    with store.engine.begin() as connection:
        values = [{"hour": hour, "page": "a", "load": float(each + 1)} for each in range(number)]
        connection.execute(insert(VITALS), values)
        found, count = percentile(connection, VITALS.c.load, hour)
    assert count == number
    assert sum(each["load"] <= found for each in values) / number >= 0.75
    assert sum(each["load"] < found for each in values) / number < 0.75


def test_without_events_the_report_says_that_there_are_none(url: str, tmp_path: Path) -> None:
    page = write(url, tmp_path / "out", tmp_path, TODAY)
    data = json.loads((page.parent / "insights.json").read_text("utf-8"))
    assert {(goal["value"], goal["state"]) for goal in data["goals"]} == {(None, "no data")}
    text = page.read_text("utf-8")
    assert text.count("Nothing measured") == 5
    assert "Goal met" not in text


def test_texts_of_readers_are_escaped(url: str, tmp_path: Path) -> None:
    fill(url)
    text = write(url, tmp_path / "out", tmp_path, TODAY).read_text("utf-8")
    assert "alert(1)" in text
    assert "<script" not in text


def test_a_shallow_history_counts_for_nothing(tmp_path: Path) -> None:
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    whole.mkdir()
    history(whole)
    clone = ["git", "clone", "--depth", "1", whole.as_uri(), str(cut)]
    subprocess.run(clone, check=True, capture_output=True)
    assert contributions(cut, TODAY) is None
    assert contributions(tmp_path / "none", TODAY) is None
    assert len(contributions(whole, TODAY) or []) == 3


def test_imported_figures_stand_apart(url: str, tmp_path: Path) -> None:
    store, search, traffic = Store(url), tmp_path / "search.csv", tmp_path / "traffic.csv"
    search.write_text(THEIR_SEARCH, "utf-8")
    traffic.write_text(THEIR_TRAFFIC, "utf-8")
    load_searches(store, search)
    load_traffic(store, traffic)
    with store.engine.connect() as connection:
        found = compute(connection, tmp_path, TODAY)
    store.close()
    assert found.readthedocs["searches"] == 4
    assert found.readthedocs["none"] == [{"query": "quoted, query", "times": 1}]
    assert found.readthedocs["views"] == 15
    assert [goal.value for goal in found.goals[:4]] == [None] * 4


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_report_is_accessible_in_both_themes(
    browser: Browser, url: str, tmp_path: Path, theme: Any
) -> None:
    fill(url)
    out = write(url, tmp_path / "out", tmp_path, TODAY).parent
    with serve(out) as address:
        context = browser.new_context(viewport={"width": 320, "height": 640}, color_scheme=theme)
        page = context.new_page()
        said: list[str] = []
        page.on("console", lambda each: said.append(each.text))
        page.goto(f"{address}/index.html")
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        assert violations(page) == []
        assert [each for each in said if "Content Security Policy" in each] == []
        context.close()


def test_the_report_can_be_written_while_events_come(url: str, tmp_path: Path) -> None:
    with TestClient(create(Settings(database=url, origins=(SITE,)))) as client:
        send(client, VIEW)
        write(url, tmp_path / "out", tmp_path)
        assert send(client, VIEW).status_code == 202
    assert len(rows(url, VIEWS)) == 2


def test_a_database_is_opened_by_another_process_after_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "insights.db"
    port = free_port()
    server = Server(tmp_path, port, f"sqlite:///{path}")
    server.start()
    server.kill()
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_the_event_of_the_load_is_one_that_the_script_sends() -> None:
    assert BATCH.validate_json(json.dumps({"events": [VIEW]}).encode()).events[0].page
