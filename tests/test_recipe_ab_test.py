"""The recipe of the A/B test: who gets which service, what is noted, what the figures mean.

The recording ``ab-test`` runs all of it with two generated services.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import numpy as np
import pandas as pd  # type: ignore[import-untyped]
import pytest
from fastapi.testclient import TestClient
from scipy import stats  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

ROOT = Path(__file__).parents[1]
RECIPE = ROOT / "source" / "recipes" / "ab-test"
USERS = [f"user-{number}" for number in range(2000)]


def load(name: str) -> ModuleType:
    """Load a module of the recipe afresh."""
    spec = importlib.util.spec_from_file_location(f"ab_test_{name}", RECIPE / f"{name}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def router(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The router, with a log of its own."""
    monkeypatch.setenv("AB_LOG", str(tmp_path / "ab-test.db"))
    return load("router")


@pytest.fixture(scope="module")
def evaluation() -> ModuleType:
    """The evaluation."""
    return load("evaluate")


def service(request: httpx.Request) -> httpx.Response:
    """Answer as the service at this port would."""
    if request.url.port == 8002 and b"broken" in request.content:
        raise httpx.ConnectError("refused")
    if b"invalid" in request.content:
        return httpx.Response(422, json={"detail": "no"})
    return httpx.Response(200, json={"port": request.url.port, "path": request.url.path})


@dataclass
class Asked:
    """A router that can be asked."""

    client: TestClient

    def __call__(self, user: str, data: str = "x") -> httpx.Response:
        """Ask for a prediction."""
        headers = {"X-User": user}
        answer: httpx.Response = self.client.post(
            "/api/v1/predict", json={"data": data}, headers=headers
        )
        return answer


@pytest.fixture
def asked(router: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Iterator[Asked]:
    """Ask the router, which asks two services in the same process."""
    client = httpx.AsyncClient(transport=httpx.MockTransport(service))
    monkeypatch.setattr(router, "client", client)
    with TestClient(router.app) as asking:
        yield Asked(asking)


def rows(router: ModuleType) -> list[tuple[Any, ...]]:
    """Return what is in the log."""
    with closing(sqlite3.connect(router.LOG)) as log:
        query = "SELECT user, variant, status, success FROM requests ORDER BY rowid"
        return log.execute(query).fetchall()


# -- The router ------------------------------------------------------------------------------


def test_a_user_keeps_the_variant(router: ModuleType) -> None:
    first = [router.assign(user) for user in USERS]
    assert first == [router.assign(user) for user in USERS]
    assert stats.binomtest(first.count("candidate"), len(USERS), 0.5).pvalue > 0.001


def test_a_larger_share_only_adds_users(router: ModuleType) -> None:
    chosen = {
        share: {user for user in USERS if router.assign(user, share) == "candidate"}
        for share in (0, 0.1, 0.5, 1)
    }
    assert not chosen[0]
    assert chosen[0.1] < chosen[0.5] < chosen[1]
    assert len(chosen[1]) == len(USERS)
    assert stats.binomtest(len(chosen[0.1]), len(USERS), 0.1).pvalue > 0.001


def test_a_new_name_deals_anew(router: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    before = [router.assign(user) for user in USERS]
    monkeypatch.setattr(router, "TEST", "digits-2")
    same = sum(a == router.assign(user) for a, user in zip(before, USERS, strict=True))
    assert 0.4 < same / len(USERS) < 0.6


def test_the_variant_answers_and_is_noted(router: ModuleType, asked: Asked) -> None:
    seen = set()
    for user in USERS[:20]:
        answer = asked(user)
        variant = answer.headers["X-Variant"]
        port = {"control": 8001, "candidate": 8002}[variant]
        assert answer.json() == {"port": port, "path": "/api/v1/predict"}
        assert variant == router.assign(user)
        seen.add(variant)
    assert seen == {"control", "candidate"}
    assert [row[:3] for row in rows(router)] == [(u, router.assign(u), 200) for u in USERS[:20]]


def test_outcomes_are_noted(router: ModuleType, asked: Asked) -> None:
    for user, success in (("a", True), ("b", False), ("c", None)):
        request_id = asked(user).headers["X-Request-Id"]
        if success is not None:
            answer = asked.client.post(f"/outcome/{request_id}", json={"success": success})
            assert answer.status_code == 204
    assert [row[3] for row in rows(router)] == [1, 0, None]
    assert asked.client.post("/outcome/nobody", json={"success": True}).status_code == 404
    assert asked.client.post(f"/outcome/{request_id}", json={}).status_code == 422


def test_without_a_user_nothing_is_sent_or_noted(router: ModuleType, asked: Asked) -> None:
    assert asked.client.post("/api/v1/predict", json={"data": "x"}).status_code == 422
    asked("a")
    assert len(rows(router)) == 1


def test_errors_count_for_their_variant(router: ModuleType, asked: Asked) -> None:
    users = {router.assign(user): user for user in USERS[:20]}
    broken = asked(users["candidate"], "broken")
    assert broken.status_code == 502
    assert broken.headers["X-Variant"] == "candidate"
    assert asked(users["control"], "broken").status_code == 200
    assert asked(users["control"], "invalid").status_code == 422
    assert [row[2] for row in rows(router)] == [502, 200, 422]


# -- The evaluation --------------------------------------------------------------------------


def users(control: np.ndarray[Any, Any], candidate: np.ndarray[Any, Any]) -> pd.DataFrame:
    """Return users with these successes."""
    frames = [
        pd.DataFrame({"variant": name, "success": np.asarray(values, float), "errors": 0})
        for name, values in (("control", control), ("candidate", candidate))
    ]
    return pd.concat(frames)


def test_the_figures_are_those_of_the_textbook(evaluation: ModuleType) -> None:
    control, candidate = np.repeat([1, 0], [160, 40]), np.repeat([1, 0], [180, 20])
    figures = evaluation.evaluate(users(control, candidate), 0.5)
    assert figures["difference"] == pytest.approx(0.1)
    spread = (0.8 * 0.2 / 199 + 0.9 * 0.1 / 199) ** 0.5
    assert figures["difference.low"] == pytest.approx(0.1 - 1.96 * spread, abs=1e-3)
    assert figures["difference.high"] == pytest.approx(0.1 + 1.96 * spread, abs=1e-3)
    assert figures["p_value"] == pytest.approx(2 * stats.norm.sf(0.1 / spread), abs=1e-3)
    assert figures["split.p_value"] == pytest.approx(1)


@pytest.mark.parametrize(
    ("control", "candidate", "decision"),
    [
        ([160, 40], [180, 20], "candidate"),
        ([180, 20], [160, 40], "control"),
        ([160, 40], [162, 38], "none: no difference shown"),
        ([0, 200], [0, 200], "none: no difference shown"),
        ([160, 40], [270, 30], "none: the users were not split as planned"),
    ],
)
def test_decisions(
    evaluation: ModuleType, control: list[int], candidate: list[int], decision: str
) -> None:
    table = users(np.repeat([1, 0], control), np.repeat([1, 0], candidate))
    with np.errstate(all="ignore"):
        assert evaluation.decide(evaluation.evaluate(table, 0.5)) == decision


def test_equal_models_are_told_apart_as_seldom_as_promised(evaluation: ModuleType) -> None:
    random = np.random.default_rng(0)
    found = [
        evaluation.decide(evaluation.evaluate(users(*random.binomial(1, 0.8, (2, 300))), 0.5))
        for _ in range(150)
    ]
    assert 1 <= sum(decision in ("control", "candidate") for decision in found) <= 15


def test_too_few_users(evaluation: ModuleType) -> None:
    with pytest.raises(SystemExit, match="too few"):
        evaluation.evaluate(users(np.array([1, 0]), np.array([1])), 0.5)


def log(path: Path, entries: list[tuple[Any, ...]], router: ModuleType) -> Path:
    """Write a log with the router's own table."""
    vars(router)["LOG"] = str(path)
    for number, (user, variant, status, success, share) in enumerate(entries):
        row = (str(number), "digits-1", share, user, variant, status, 5.0, success)
        router.execute("INSERT INTO requests VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
    return path


def test_one_value_for_each_user(
    evaluation: ModuleType, router: ModuleType, tmp_path: Path
) -> None:
    entries = [
        ("a", "control", 200, 1, 0.3),
        ("a", "control", 200, 0, 0.3),
        ("b", "control", 502, None, 0.3),
        ("c", "candidate", 200, None, 0.3),
    ]
    table, share = evaluation.read(log(tmp_path / "log.db", entries, router))
    assert share == 0.3
    found = table.set_index("user")
    assert found["success"].to_dict() == pytest.approx(
        {"a": 0.5, "b": 0, "c": float("nan")}, nan_ok=True
    )
    assert found["errors"].to_dict() == {"a": 0, "b": 1, "c": 0}


def test_a_share_that_changed_is_refused(
    evaluation: ModuleType, router: ModuleType, tmp_path: Path
) -> None:
    entries = [("a", "control", 200, 1, 0.1), ("b", "candidate", 200, 1, 0.5)]
    with pytest.raises(SystemExit, match="share was changed"):
        evaluation.read(log(tmp_path / "log.db", entries, router))


def test_the_result_becomes_a_run(router: ModuleType, tmp_path: Path) -> None:
    entries = [(f"u{i}", "control", 200, int(i % 5 > 0), 0.5) for i in range(100)]
    entries += [(f"v{i}", "candidate", 200, 1, 0.5) for i in range(100)]
    log(tmp_path / "ab-test.db", entries, router)
    for name in ("evaluate.py", ".mltrack.yml"):
        shutil.copy(RECIPE / name, tmp_path)
    show = (
        "import runpy, mlflow; runpy.run_path('evaluate.py', run_name='__main__')\n"
        "run = mlflow.search_runs(experiment_names=['digits'], output_format='list')[0]\n"
        "print(run.info.run_name, run.data.tags['decision'], run.data.metrics['users.control'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", show],
        cwd=tmp_path,
        env={**os.environ, "HOME": str(tmp_path), "MLFLOW_DISABLE_TELEMETRY": "true"},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert "decision   candidate" in lines
    assert lines[-1] == "ab-test digits-1 candidate 100.0"


# -- The page --------------------------------------------------------------------------------


def test_the_planned_number_of_users_is_enough(evaluation: ModuleType) -> None:
    text = (ROOT / "notebooks" / "guides" / "compare-models.md").read_text()
    code = text.split("def users_for_each")[1].split("\n\n\nfor difference")[0]
    names: dict[str, Any] = {"np": np, "stats": stats}
    exec("def users_for_each" + code, names)
    number = names["users_for_each"](0.8, 0.1)
    random = np.random.default_rng(0)
    found = 0
    for _ in range(150):
        control, candidate = random.binomial(1, [[0.8], [0.9]], (2, number))
        figures = evaluation.evaluate(users(control, candidate), 0.5)
        found += evaluation.decide(figures) == "candidate"
    assert 0.72 < found / 150 < 0.88
