"""Algolia DocSearch: records, their upload, and the palette that asks a stand-in for Algolia."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests import algolia as stand
from tests.browser import CSP, serve
from tools.docsearch import __main__ as tool
from tools.docsearch.client import AlgoliaError, Client
from tools.docsearch.records import LIMIT, PIECE, Site, line, of_page, of_site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser

    from tests.conftest import Built

    Build = Callable[..., Built]

ROOT = Path(__file__).parents[1]
EXTENSIONS = ["_ext.search", "_ext.tokens"]
PAGES = {
    "index": "# Home\n\nWelcome.\n\n```{toctree}\nguides/index\nnames\n```\n",
    "guides/index": "# Guides\n\nAll of them.\n\n```{toctree}\ncosts\n```\n",
    "guides/costs": """# Track costs

What `calls` cost.

## Set a budget

Calls stop when the budget is spent: `<script>"&`.

1. First
2. Second `code`.

| a | b |
|---|---|
| c | d |
""",
    "names": """# Names

```{eval-rst}
.. py:class:: mltrack.Tracker(store)

   Tracks runs.

   .. py:method:: log_param(name)

      Logs one.

.. glossary::

   artifact
      A file of a run.
```
""",
}
SITE = Site("https://docs.example.org/en/v1/", "v1", "en", lambda name: name.split("/")[0][:-1])
SETTINGS = {
    "docsearch_app_id": stand.APP,
    "docsearch_api_key": stand.SEARCH_KEY,
    "docsearch_index_name": stand.INDEX,
}
FIELD = ".mlt-palette__field"


@pytest.fixture
def server() -> Iterator[tuple[stand.Algolia, str]]:
    with stand.stand_in() as made:
        yield made


def built(build: Build, **config: Any) -> Built:
    return build(PAGES, EXTENSIONS, version="v1", **config)


def records_of(out: Path, site: Site = SITE) -> list[dict[str, Any]]:
    return list(of_site(out, site))


# -- Records ---------------------------------------------------------------------------------


def test_records_have_levels_places_and_facets(build: Build) -> None:
    records = records_of(built(build).out)
    assert [record["version"] for record in records] == ["v1"] * len(records)
    heading = next(r for r in records if r["anchor"] == "set-a-budget" and r["type"] == "lvl2")
    assert heading["url"] == "https://docs.example.org/en/v1/guides/costs.html#set-a-budget"
    assert heading["url_without_anchor"] == "https://docs.example.org/en/v1/guides/costs.html"
    assert heading["hierarchy"] == {
        "lvl0": "Guides", "lvl1": "Track costs", "lvl2": "Set a budget",
        "lvl3": None, "lvl4": None, "lvl5": None, "lvl6": None,
    }  # fmt: skip
    assert heading["lang"] == "en"
    assert heading["kind"] == "guide"
    assert heading["content"] is None
    text = next(r for r in records if r["anchor"] == "set-a-budget" and r["type"] == "content")
    assert text["content"] == (
        'Calls stop when the budget is spent: <script>"&. First Second code. a b c d'
    )
    page = next(r for r in records if r["url"].endswith("costs.html") and r["type"] == "lvl1")
    assert page["weight"]["level"] > heading["weight"]["level"] > text["weight"]["level"]


def test_names_and_terms_are_levels_of_their_own(build: Build) -> None:
    records = {record["anchor"]: record for record in records_of(built(build).out) if
               record["type"] != "content"}  # fmt: skip
    assert records["mltrack.Tracker"]["hierarchy"]["lvl2"] == "mltrack.Tracker"
    assert records["mltrack.Tracker"]["kind"] == "python"
    assert records["mltrack.Tracker.log_param"]["hierarchy"]["lvl2"] == "log_param"
    assert records["term-artifact"]["kind"] == "glossary"


def test_no_text_is_there_twice_and_no_page_that_nobody_seeks(build: Build) -> None:
    records = records_of(built(build).out)
    texts = " ".join(record["content"] or "" for record in records)
    for words in ("Logs one", "Tracks runs", "A file of a run", "What calls cost"):
        assert texts.count(words) == 1, words
    pages = {record["url_without_anchor"] for record in records}
    assert not [page for page in pages if re.search("search|genindex|404", page)]
    assert len({record["objectID"] for record in records}) == len(records)


def test_a_long_text_becomes_records_that_are_small_enough() -> None:
    words = "naïve " * 4_000 + "x" * 30_000
    html = (
        f"<article role=main><section id=a><h1>{'T' * 9_000}</h1><p>{words}</p></section></article>"
    )
    records = list(of_page(html, "a", SITE))
    texts = [record["content"] for record in records if record["content"]]
    assert "".join(texts).replace(" ", "") == words.replace(" ", "")
    assert max(len(text.encode()) for text in texts) <= PIECE
    assert max(len(line(record).encode()) for record in records) < LIMIT
    with pytest.raises(ValueError, match="Algolia takes 10000"):
        line(records[0] | {"content": "x" * LIMIT})


def test_the_same_site_gives_the_same_lines(build: Build, tmp_path: Path) -> None:
    out, name = built(build).out, tmp_path / "records.jsonl"
    arguments = ["--site", str(out), "--out", str(name), "--version", "v1"]
    assert tool.main(arguments) == 0
    first = name.read_bytes()
    assert tool.main(arguments) == 0
    assert name.read_bytes() == first
    assert all(json.loads(one)["lang"] == "en" for one in first.splitlines())
    assert [path.name for path in tmp_path.glob("records*")] == ["records.jsonl"]


def test_without_a_site_or_credentials_it_says_what_to_do(
    build: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SystemExit, match="make html"):
        tool.main(["--site", str(tmp_path / "none")])
    for name in tool.NEEDED:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ALGOLIA_APP_ID", "A")
    out = built(build).out
    with pytest.raises(SystemExit, match="ALGOLIA_API_KEY and ALGOLIA_INDEX_NAME"):
        tool.main(["--site", str(out), "--upload", "--out", str(tmp_path / "r.jsonl")])


# -- Upload ----------------------------------------------------------------------------------


def upload(
    monkeypatch: pytest.MonkeyPatch, out: Path, host: str, version: str = "v1", key: str = ""
) -> int:
    values = (stand.APP, key or stand.WRITE_KEY, stand.INDEX)
    for name, value in zip(tool.NEEDED, values, strict=True):
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("ALGOLIA_HOST", host)
    return tool.main(
        ["--site", str(out), "--out", str(out / "records.jsonl"), "--version", version,
         "--address", "https://docs.example.org", "--upload"]
    )  # fmt: skip


def test_an_upload_replaces_its_version_and_no_other(
    build: Build, server: tuple[stand.Algolia, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    algolia, host = server
    out = built(build).out
    assert upload(monkeypatch, out, host, "v1") == 0
    assert upload(monkeypatch, out, host, "v2") == 0
    both = len(algolia.records)
    assert {record["version"] for record in algolia.records.values()} == {"v1", "v2"}
    assert algolia.settings["attributeForDistinct"] == "url"
    (out / "guides" / "costs.html").unlink()
    algolia.told.clear()
    assert upload(monkeypatch, out, host, "v2") == 0
    left = [record for record in algolia.records.values() if "costs.html" in record["url"]]
    assert {record["version"] for record in left} == {"v1"}
    assert len(algolia.records) < both
    order = [action for _, action, _ in algolia.told if not action.startswith("task")]
    assert order == ["settings", "batch", "deleteByQuery"], "readers always find something"


@pytest.mark.parametrize(
    ("key", "fail", "said"),
    [
        (stand.SEARCH_KEY, [], "Not enough rights"),
        ("wrong", [], "Invalid Application-ID"),
        ("", [503], "503: down"),
    ],
)
def test_a_refused_upload_says_why_without_the_key(
    build: Build,
    server: tuple[stand.Algolia, str],
    monkeypatch: pytest.MonkeyPatch,
    key: str,
    fail: list[int],
    said: str,
) -> None:
    algolia, host = server
    algolia.fail_next = fail
    with pytest.raises(SystemExit) as caught:
        upload(monkeypatch, built(build).out, host, key=key)
    assert said in str(caught.value)
    assert (key or stand.WRITE_KEY) not in str(caught.value)


def test_batches_have_a_thousand_records_and_the_next_host_takes_over(
    server: tuple[stand.Algolia, str],
) -> None:
    algolia, host = server
    client = Client(stand.APP, stand.WRITE_KEY, stand.INDEX, host)
    client.hosts = ["http://127.0.0.1:9", host]
    records = [{"objectID": str(number), "version": "v1", "lang": "en"} for number in range(2_001)]
    client.replace(records, "v1", "en", "b1")
    sizes = [len(body["requests"]) for _, action, body in algolia.told if action == "batch"]
    assert sizes == [1_000, 1_000, 1]
    assert len(algolia.records) == 2_001
    client.hosts = ["http://127.0.0.1:9"]
    with pytest.raises(AlgoliaError, match="ConnectError"):
        client.replace(records, "v1", "en", "b1")
    real = Client("APP", "key", "i")
    assert real.hosts[0] == "https://APP.algolia.net"
    assert len(real.hosts) == 4


def test_the_stand_in_refuses_what_algolia_refuses(server: tuple[stand.Algolia, str]) -> None:
    _, host = server
    client = Client(stand.APP, stand.WRITE_KEY, stand.INDEX, host)
    large = {"objectID": "1", "content": "x" * LIMIT}
    with pytest.raises(AlgoliaError, match="too big"):
        client._send("POST", "/batch", {"requests": [{"action": "updateObject", "body": large}]})
    with pytest.raises(AlgoliaError, match="not specified"):
        client._send("POST", "/deleteByQuery", {"filters": 'unknown:"x"'})
    assert httpx.get(f"{host}/1/indexes/other/task/1").status_code == 403


# -- The palette -----------------------------------------------------------------------------


def test_without_settings_the_site_has_nothing_of_it(build: Build) -> None:
    out = built(build).out
    texts = [path for path in out.rglob("*") if path.suffix in (".js", ".html", ".css", ".json")]
    assert len(texts) > 20
    for path in texts:
        assert not re.search("algolia|docsearch", path.read_text("utf-8"), re.IGNORECASE), path
    assert not list(out.rglob("docsearch*"))


def test_settings_in_part_warn_and_change_nothing(build: Build) -> None:
    made = built(build, docsearch_app_id="X")
    assert "[search.docsearch]" in made.warnings
    assert "docsearch_api_key and docsearch_index_name is not set" in made.warnings
    assert (made.out / "_static/search/index.js").is_file()


def test_with_settings_there_is_no_index_and_no_worker(build: Build) -> None:
    made = built(build, **SETTINGS)
    files = {path.name for path in (made.out / "_static/search").iterdir()}
    assert files == {"palette.css", "palette.js"}
    assert made.text("_static/search/palette.js").startswith("self.mltDocSearch={")


@pytest.mark.parametrize("value", ['</script>"\\', "A\u2028B"])
def test_a_hostile_setting_stays_a_string(build: Build, value: str) -> None:
    text = built(build, **SETTINGS | {"docsearch_index_name": value}).text(
        "_static/search/palette.js"
    )
    found = re.match(r"self\.mltDocSearch=(\{.*\});\n", text)
    assert found
    assert json.loads(found[1])["index"] == value


@pytest.mark.browser
def test_the_palette_asks_algolia_and_shows_the_same(
    browser: Browser, build: Build, server: tuple[stand.Algolia, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    algolia, host = server
    made = built(build, **SETTINGS, docsearch_host=host)
    policy = CSP.replace("connect-src 'self'", f"connect-src 'self' {host}")
    faults: list[str] = []
    with serve(made.out, csp=policy) as address:
        for version in ("v1", "v2"):
            upload(monkeypatch, made.out, host, version)
        for record in algolia.records.values():
            record["url"] = record["url"].replace("https://docs.example.org", address)
        algolia.told.clear()
        tab = browser.new_page()
        tab.on("console", lambda m: faults.append(m.text) if m.type == "error" else None)
        asked: list[str] = []
        tab.on("request", lambda request: asked.append(request.url))
        tab.goto(f"{address}/names.html", wait_until="load")
        assert not [url for url in asked if url.startswith(host)], "nothing before the first use"
        tab.keyboard.press("/")
        tab.locator(FIELD).wait_for()
        assert algolia.told == [], "nothing before the first word"
        tab.locator(FIELD).fill("budget")
        first = tab.locator("[role=option][aria-selected=true][href*=budget]")
        first.wait_for()
        assert first.get_attribute("href") == f"{address}/guides/costs.html#set-a-budget"
        assert first.locator(".mlt-found__trail").inner_text() == "Guides › Track costs"
        assert first.locator("mark").first.inner_text() == "budget"
        assert tab.locator(".mlt-palette__group").first.inner_text() == "Best results"
        hrefs = tab.get_by_role("option").evaluate_all("all => all.map(a => a.href)")
        assert len(set(hrefs)) == len(hrefs)
        method, action, body = algolia.told[-1]
        assert (method, action) == ("POST", "query")
        assert body["facetFilters"] == ["version:v1", "lang:en"]
        assert body["query"] == "budget"
        assert algolia.preflights == 0, "one request for each answer"
        tab.locator(FIELD).fill("zzzzqqqq")
        tab.locator(".mlt-palette__note", has_text="zzzzqqqq").wait_for()
        tab.goto(f"{address}/search.html?q=artifact", wait_until="load")
        tab.locator(".mlt-results a[href$=term-artifact]").wait_for()
        tab.close()
    assert faults == []


@pytest.mark.browser
def test_when_algolia_fails_the_palette_says_so(
    browser: Browser, build: Build, server: tuple[stand.Algolia, str]
) -> None:
    algolia, host = server
    algolia.settings = {"attributesForFaceting": ["version", "lang"]}
    made = built(build, **SETTINGS, docsearch_host=host)
    with serve(made.out, csp="") as address:
        tab = browser.new_page()
        tab.goto(f"{address}/names.html", wait_until="load")
        tab.keyboard.press("/")
        tab.locator(FIELD).wait_for()
        algolia.fail_next = [500]
        tab.locator(FIELD).fill("budget")
        tab.locator(".mlt-palette [role=status]", has_text="could not load").wait_for()
        tab.get_by_role("button", name="Try again").click()
        tab.locator(".mlt-palette__note", has_text="Nothing found").wait_for()
        tab.close()


def test_the_page_about_it_names_every_setting_and_host() -> None:
    text = (ROOT / "source/contributing/docsearch.md").read_text("utf-8")
    for name in (*SETTINGS, "docsearch_host", *tool.NEEDED, "connect-src", "*.algolia.net",
                 "*.algolianet.com", "python -m tools.docsearch"):  # fmt: skip
        assert name in text, name
