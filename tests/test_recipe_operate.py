"""source/recipes/operate: logs, metrics, the way back to a version, and load; tools/load."""

from __future__ import annotations

import csv
import json
import re
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import promql_parser
import pytest
import yaml

from tests.recipe_services import FLOWER, RECIPES, project, serving
from tools.http.exchange import mask
from tools.load import measure
from tools.load.__main__ import FILE, main
from tools.load.measure import HEADER, SETUP, LoadError, Setup, row

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

HERE = RECIPES / "operate"
PREDICT = "/api/v1/predict"


@pytest.fixture(scope="module")
def service() -> Iterator[httpx.Client]:
    """The watched service, after four requests."""
    where = project()
    where.copy(HERE)
    with serving(HERE / "watch.sh", where) as client:
        requests: list[tuple[Any, str]] = [
            (FLOWER, "order-4711"), ({"data": [[5.1]]}, "order-4712"), ({}, ""), (FLOWER, "a b\n"),
        ]  # fmt: skip
        client.answers = [  # type: ignore[attr-defined]
            client.post(PREDICT, json=body, headers={"X-Request-ID": number.strip()})
            for body, number in requests
        ]
        yield client


def lines(service: httpx.Client) -> list[dict[str, Any]]:
    return [json.loads(line) for line in service.log.read_text().splitlines()]  # type: ignore[attr-defined]


def test_the_answers_carry_the_requests_id(service):
    ids = [each.headers["x-request-id"] for each in service.answers]
    assert ids[:2] == ["order-4711", "order-4712"]
    assert all(re.fullmatch("[0-9a-f]{32}", each) for each in ids[2:]), "not one that was sent"
    assert [each.status_code for each in service.answers] == [200, 500, 422, 200]


def test_every_line_is_json(service):
    assert {"time", "level", "logger", "message", "request_id"} <= set.intersection(
        *[set(line) for line in lines(service)]
    )


def test_the_page_shows_lines_of_the_log(service):
    shown = [json.loads(line) for line in (HERE / "log-example.jsonl").read_text().splitlines()]
    for expected in shown:
        found = [
            each
            for each in lines(service)
            if each["request_id"] == expected["request_id"] and each["logger"] == expected["logger"]
        ]
        assert len(found) == 1
        assert list(found[0]) == list(expected)
        if "milliseconds" in found[0]:
            found[0]["milliseconds"] = "<duration>"
        assert mask(found[0]) == expected


def test_no_request_is_logged_twice(service):
    logged = [each for each in lines(service) if each["logger"] == "request"]
    assert sum(each["path"] == PREDICT for each in logged) == 4
    assert "uvicorn.access" not in {each["logger"] for each in lines(service)}


def test_the_page_shows_the_metrics(service):
    text = service.get("/metrics").text
    shown = (HERE / "metrics-example.txt").read_text()
    found = "\n".join(
        line
        for line in text.splitlines()
        if line.startswith(("http_requests_total{", "model_info{"))
    )
    wanted = "".join(f"{line}\n" for line in sorted(mask(found).splitlines()))
    assert wanted == shown
    assert "/metrics" not in service.get("/openapi.json").json()["paths"]


def names(expression: Any) -> set[str]:
    """Return the metrics that a query asks for."""
    return set(re.findall(r"\b(?:http|model|up)[a-z_]*(?=\{)", str(expression)))


def test_alerts_ask_for_metrics_that_exist(service):
    served = service.get("/metrics").text
    config = yaml.safe_load((HERE / "prometheus.yml").read_text())
    job = config["scrape_configs"][0]["job_name"]
    rules = yaml.safe_load((HERE / "alerts.yml").read_text())["groups"][0]["rules"]
    assert config["rule_files"] == ["alerts.yml"]
    assert len(rules) == 3
    for rule in rules:
        promql_parser.parse(rule["expr"])
        assert f'job="{job}"' in rule["expr"]
        asked = names(rule["expr"])
        assert asked
        for each in asked - {"up"}:
            assert f"\n{each}{{" in served, each
    assert f'handler="{PREDICT}"' in served
    with pytest.raises(ValueError, match="unclosed"):
        promql_parser.parse("sum(rate(")


def test_forward_and_back_are_one_command():
    where = project()
    where.copy(HERE)
    shutil.rmtree(where.path / "releases", ignore_errors=True)
    old, new = where.versions
    text = (HERE / "watch.sh").read_text().replace("service/iris", "releases/current/iris")
    (where.path / "current.sh").write_text(text)
    for version in (new, old):
        where.run("sh", "release.sh", version)
        with serving(where.path / "current.sh", where) as client:
            assert client.get("/api/v1/health").json()["version"] == version
            answer = client.post(PREDICT, json=FLOWER).json()
            assert answer["model_version"] == version
    done = subprocess.run(
        ["sh", "release.sh", "v20200101_00000000"],
        cwd=where.path, env=where.environment(), capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode != 0
    assert (where.path / "releases" / "current").readlink().name == old


def test_the_guard_and_the_watch_fit_together():
    where = project()
    where.copy(HERE, RECIPES / "protect")
    key = where.run("python", "add_client.py", "shop", "60/minute").strip()
    script = where.path / "guarded.sh"
    script.write_text((HERE / "watch.sh").read_text().replace("watch:app", "guarded:app"))
    with serving(script, where) as client:
        assert client.get("/metrics").status_code == 401
        headers = {"X-API-Key": key}
        assert client.post(PREDICT, json=FLOWER, headers=headers).status_code == 200
        assert "model_info{" in client.get("/metrics", headers=headers).text
        logged = [each for each in lines(client) if each["logger"] == "request"]
        assert [each["client"] for each in logged if each["path"] == PREDICT] == ["shop"]
        assert 401 in [each["status"] for each in logged]


# -- Load ------------------------------------------------------------------------------------


def test_the_committed_figures_are_those_of_the_setups():
    with FILE.open(newline="") as file:
        head, *rows = csv.reader(file)
    assert head == HEADER
    assert [each[0] for each in rows] == [str(users) for users in SETUP.users]
    assert {each[-1] for each in rows} == {"0"}
    for each in rows:
        rate, median, p95 = map(float, each[1:4])
        assert rate > 0
        assert median <= p95


def test_a_measurement(tmp_path):
    where = project()
    where.copy(HERE)
    script = HERE / "watch.sh"
    found = list(measure.measure(Setup(script, (2,)), where.path, where.environment(), 5))
    assert [each[0] for each in found] == ["2"]
    assert float(found[0][1]) > 0
    assert found[0][-1] == "0"


def test_failures_only_are_no_figures(tmp_path):
    stats = tmp_path / "stats.csv"
    stats.write_text("Name,Request Count,Failure Count\nAggregated,7,7\n")
    with pytest.raises(LoadError, match="no request was answered"):
        row(stats, 1)


def test_nothing_is_written_when_a_measurement_fails(tmp_path, monkeypatch, capsys):
    def broken(*_: Any) -> None:
        raise LoadError("no luck")

    monkeypatch.setattr("tools.load.__main__.prepare", lambda *_: None)
    monkeypatch.setattr("tools.load.__main__.measure", broken)
    file = tmp_path / "service.csv"
    assert main(["--seconds", "1"], file) == 1
    assert "load: no luck" in capsys.readouterr().err
    assert not file.exists()


def test_the_command_of_the_page_is_locusts():
    install, load = (HERE / "load.sh").read_text().splitlines()
    assert install == "pip install locust"
    done = subprocess.run(
        ["sh", "-c", load.replace("locust ", "python -m locust ", 1) + " --list"],
        cwd=HERE, env=project().environment(), capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "Caller" in done.stdout + done.stderr
