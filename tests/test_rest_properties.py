"""Property-based tests of the generated services: what is found is what is known, both ways."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import TypeAdapter

from _ext.rest_faults import Fault

ROOT = Path(__file__).parents[1]
PAGES = ROOT / "source" / "reference" / "rest"
DATA = ROOT / "source" / "_data"
FAULTS = TypeAdapter(list[Fault]).validate_python(
    yaml.safe_load((DATA / "rest_faults.yaml").read_text("utf-8"))
)
INVENTORY = json.loads((DATA / "inventory.json").read_text("utf-8"))
LIMIT_OF_TIME = 300
ENOUGH = 20
"""Requests that each endpoint with a body gets at least."""


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What Schemathesis found, how much it asked, and what requests of ours were answered."""
    directory = tmp_path_factory.mktemp("properties")
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.rest_properties", str(directory)],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(directory),
            "PYTHONHASHSEED": "0",
            "MLFLOW_DISABLE_TELEMETRY": "true",
        },
        capture_output=True,
        text=True,
        timeout=LIMIT_OF_TIME,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def matches(fault: Fault, found: list[Any]) -> bool:
    """Tell whether something that was found is a known fault at a known place."""
    endpoint, _, status, failure, says = found
    alike = (fault.status, fault.failure) == (status, failure) and re.search(fault.says, says)
    return bool(alike) and fault.at(endpoint)


def test_nothing_is_found_that_is_not_known(result):
    unknown = [each for each in result["found"] if not any(matches(f, each) for f in FAULTS)]
    assert not unknown, "add these to source/_data/rest_faults.yaml"


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.title)
def test_what_is_known_is_found(fault, result):
    at = {each[0] for each in result["found"] if matches(fault, each)}
    gone = set(fault.endpoints) - at if not fault.chance else not at
    assert not gone, "the services do better now: take this out of source/_data/rest_faults.yaml"


def test_every_endpoint_is_asked(result):
    assert set(result["asked"]) == set(INVENTORY["endpoint"])
    for endpoint, requests in result["asked"].items():
        assert requests >= (ENOUGH if " POST " in endpoint else 1), endpoint


def test_faults_are_of_endpoints_that_there_are():
    for fault in FAULTS:
        assert any(fault.at(endpoint) for endpoint in INVENTORY["endpoint"])
        exact = {name for name in fault.endpoints if "*" not in name}
        assert exact <= set(INVENTORY["endpoint"])
        assert len(fault.endpoints) == len(set(fault.endpoints))


ANSWERS = {
    "\xff": (400, "application/json", "There was an error parsing the body"),
    "{": (422, "application/json", "JSON decode error"),
    '{"data": NaN}': (500, "text/plain", "Internal Server Error"),
    '{"data": "\\ud800"}': (500, "text/plain", "Internal Server Error"),
    "GET": (405, "application/json", "Method Not Allowed"),
    "nowhere": (404, "application/json", "Not Found"),
}


def test_errors_of_the_index_page(result):
    posts = {name for name in INVENTORY["endpoint"] if " POST " in name}
    assert {each[0] for each in result["by_hand"]} == posts
    for endpoint, body, status, kind, text in result["by_hand"]:
        expected = ANSWERS[body]
        assert (status, kind) == expected[:2], (endpoint, body, text)
        assert expected[2] in text


# -- Tables of the pages ---------------------------------------------------------------------

ROW = re.compile(r"^\| (.*) \|$", re.M)
CODE = re.compile(r"`([^`]+)`")
KINDS = ("classification", "regression", "llm", "other")
ALWAYS = {"/health", "/info", "/"}
TYPES = {"array": "rows of numbers", "object": "an object", None: ""}


def tables(page: str, heading: str) -> list[list[list[str]]]:
    """Return the cells of the tables below a heading of a page, without their first two lines."""
    text = (PAGES / f"{page}.md").read_text("utf-8").split(f"\n## {heading}\n")[1]
    blocks = re.findall(r"(?:^\|.*\n)+", text.split("\n## ")[0], re.M)
    return [
        [[cell.strip() for cell in row.split("|")] for row in ROW.findall(block)[2:]]
        for block in blocks
    ]


def fields(document: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    """Return the schema that a body's content refers to."""
    name = body["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    found: dict[str, Any] = document["components"]["schemas"][name]
    return found


def column(name: str, prefix: str) -> dict[str, set[str] | str]:
    """Return what the table of differences has to say of a service."""
    document = json.loads((DATA / "openapi" / f"{name}.json").read_text("utf-8"))
    paths = [path.removeprefix(prefix) for path in document["paths"]]
    asked = [path for path in paths if path not in ALWAYS]
    if not asked:
        return {"Ask": set(), "Required": set(), "Optional": set(), "`data` is": "",
                "The answer": set(), "Also": set(), "More": set()}  # fmt: skip
    first = next(path for path in ("/predict", "/generate") if path in asked)
    operation = document["paths"][prefix + first]["post"]
    sent = fields(document, operation["requestBody"])
    back = set(fields(document, operation["responses"]["200"])["properties"])
    required = set(sent["required"])
    also = {"model_version", "timestamp"}
    return {
        "Ask": {first},
        "Required": required,
        "Optional": set(sent["properties"]) - required,
        "`data` is": TYPES[sent["properties"].get("data", {}).get("type")],
        "The answer": back - also,
        "Also": back & also,
        "More": set(asked) - {first},
    }


@pytest.mark.parametrize(
    ("number", "prefix", "before"), [(0, "/api/v1", ""), (1, "", "container-")]
)
def test_the_tables_of_differences_are_those_of_the_documents(number, prefix, before):
    rows = tables("index", "Differences between the kinds")[number]
    for place, kind in enumerate(KINDS, 1):
        said = {
            row[0]: row[place] if row[0] == "`data` is" else set(CODE.findall(row[place]))
            for row in rows
        }
        assert {"More": set(), **said} == column(before + kind, prefix), (before, kind)


def test_every_document_can_be_downloaded():
    text = (PAGES / "index.md").read_text("utf-8")
    for file in (DATA / "openapi").glob("*.json"):
        if not file.name.endswith(".exchanges.json"):
            assert f"{{download}}`{file.name} </_data/openapi/{file.name}>`" in text


@pytest.mark.parametrize("page", [*KINDS, "container"])
def test_errors_of_a_kind_have_been_answered(page, result):
    services = [page] if page in KINDS else [f"container-{kind}" for kind in KINDS]
    pool = [
        (each[2], each[4])
        for each in [*result["found"], *result["by_hand"]]
        if each[0].split()[0] in services
    ]
    for service in services:
        recorded = json.loads((DATA / "openapi" / f"{service}.exchanges.json").read_text("utf-8"))
        pool += [
            (each["status"], json.dumps(each["answer"]))
            for exchanges in recorded.values()
            for each in exchanges
        ]
        for transcript in (DATA / "http").glob(f"{service}.json"):
            exchanges = json.loads(transcript.read_text("utf-8"))["exchanges"].values()
            answers = [each["response"] for each in exchanges]
            pool += [(each["status"], json.dumps(each["body"])) for each in answers]
    (rows,) = tables(page, "Errors")
    for status, when, detail in rows:
        text = (CODE.findall(detail) or [""])[0]
        if text and "{schema}" not in detail:
            words = ".*".join(re.escape(json.dumps(part)[1:-1]) for part in text.split("…"))
            assert any(str(code) == status and re.search(words, says) for code, says in pool), when
        else:
            assert any(str(code) == status for code, _ in pool), when


@pytest.mark.parametrize("page", [*KINDS, "container"])
def test_every_kind_leads_to_the_guides(page):
    text = (PAGES / f"{page}.md").read_text("utf-8")
    for anchor in ("give-each-client-an-api-key", "accept-bearer-tokens", "limit-each-client"):
        assert f"/deployment/protect.md#{anchor}" in text
