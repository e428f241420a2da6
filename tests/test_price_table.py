"""The prices: the exported file, the tables, and the search in a browser."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from browser import serve
from test_accessibility import violations

from _ext.price_table.model import Prices, money
from tools import prices as tool

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conftest import Built
    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).parents[1]
FILE = ROOT / "source" / "_data" / "prices.json"
PAGES = ROOT / "source" / "reference" / "pricing"
MILLION = 1_000_000
HOSTILE = "<script>alert('x')</script>\"&"
FEW = [
    ["gpt-4o-mini", "openai", "chat", 0.15, 0.6, 128000, 16384],
    ["text-embedding-3-small", "openai", "embedding", 0.02, 0, 8191, None],
    [f"x/{HOSTILE}", "x", "chat", None, None, None, None],
]
SITE = (
    "# Prices\n\n```{price-search}\n```\n\n```{price-providers}\n```\n\n```{prices} openai\n```\n"
)
EXTENSIONS = ["_ext.price_table"]


def data(rows: list[list[Any]] = FEW) -> dict[str, str]:
    return {"_data/prices.json": json.dumps({"models": rows})}


def test_the_file_is_that_of_the_package() -> None:
    assert tool.main(["--check"]) == 0


def test_the_check_notices_another_price(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    changed = tmp_path / "prices.json"
    changed.write_text(FILE.read_text("utf-8").replace("12.5", "12.6", 1), encoding="utf-8")
    monkeypatch.setattr(tool, "FILE", changed)
    assert tool.main(["--check"]) == 1


def test_each_price_shown_is_what_the_package_computes() -> None:
    from mltrack.pricing import calculate_cost, load_pricing_snapshot

    snapshot, found = load_pricing_snapshot(), Prices.load(FILE)
    assert len(found.rows) == len(snapshot["models"])
    for provider in found.providers:
        for price in found.of(provider):
            for way, value in (("prompt", price.input), ("completion", price.output)):
                counted = {f"{way}_tokens": MILLION}
                cost = calculate_cost(counted, price.name, provider, snapshot)
                if price.input is None and price.output is None:
                    assert cost is None
                else:
                    assert cost == pytest.approx(value or 0, abs=1e-6), price.name


def test_each_provider_has_one_table() -> None:
    texts = [path.read_text("utf-8") for path in sorted(PAGES.glob("*.md"))]
    shown = re.findall(r"^```\{prices\} (\S+)$", "\n".join(texts), re.M)
    assert sorted(shown) == list(Prices.load(FILE).providers)


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "none"), (0, "0.00"), (3, "3.00"), (0.15, "0.15"), (1.5, "1.50"), (0.075, "0.075"),
     (1e-4, "0.0001")],
)  # fmt: skip
def test_prices_have_two_decimals_or_more(value: float | None, text: str) -> None:
    assert money(value) == text


def test_tables_list_and_search(build: Callable[..., Built]) -> None:
    built = build(SITE, EXTENSIONS, files=data())
    assert "price_table" not in built.warnings
    assert "ref." not in built.warnings
    (table,) = built.article().select(".mlt-prices table.docutils")
    rows = [[cell.get_text(" ", strip=True) for cell in row.select("td")] for row in table("tr")]
    assert rows[1:] == [
        ["gpt-4o-mini", "0.15", "0.60", "128,000"],
        ["text-embedding-3-small (embedding)", "0.02", "0.00", "8,191"],
    ]
    links = built.article().select(".mlt-price-providers li")
    assert [link.get_text() for link in links] == ["openai 2", "x 1"]
    assert links[0].a["href"] == "#prices-openai"
    assert built.article().select_one("#prices-openai") is not None
    (search,) = built.article().select("[data-price-search]")
    assert search.has_attr("hidden")
    assert [each["value"] for each in search.select("option")] == ["", "openai", "x"]


def test_a_provider_that_does_not_exist_is_named(build: Callable[..., Built]) -> None:
    built = build("# P\n\n```{prices} opena\n```\n", EXTENSIONS, files=data())
    assert (
        "index.md:3: WARNING: there is no provider 'opena'; there are openai, x" in built.warnings
    )
    assert "[price_table.provider]" in built.warnings


def test_a_file_of_something_else_is_named(build: Callable[..., Built]) -> None:
    built = build("# P\n\n```{price-search}\n```\n", EXTENSIONS, files={"_data/prices.json": "[]"})
    assert "prices.json:1: WARNING: not prices: it has no list of models" in built.warnings


def test_hostile_names_are_escaped(build: Callable[..., Built]) -> None:
    rows = [[HOSTILE, HOSTILE, "chat", 1, 1, 1, 1], ["b", "x", "chat", 1, 1, 1, 1]]
    built = build("# P\n\n```{price-search}\n```\n\n```{prices} x\n```\n", EXTENSIONS,
                  files=data(rows))  # fmt: skip
    assert "<script>alert" not in built.text()
    assert "</script>" not in built.text("_static/js/price-table.data.js")


def test_the_text_build_has_the_table(build: Callable[..., Built]) -> None:
    text = build(SITE, EXTENSIONS, builder="text", files=data()).text("index.txt")
    assert "gpt-4o-mini" in text
    assert "128,000" in text


def test_style_and_script_are_on_their_pages_only(build: Callable[..., Built]) -> None:
    pages = {
        "index": "# P\n\n```{toctree}\nall\nnone\n```\n",
        "all": "# All\n\n```{prices} x\n```\n\n```{prices} openai\n```\n",
        "none": "# None\n\nNo prices.\n",
    }
    built = build(pages, EXTENSIONS, files=data())
    assert "price-table.css" in built.text("all.html")
    assert "price-table.js" not in built.text("all.html")
    assert "price-table" not in built.text("none.html")


@pytest.fixture(scope="module")
def pricing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real page with all real prices, in a small site."""
    from sphinx.testing.util import SphinxTestApp

    from tests.conftest import BASE

    source = tmp_path_factory.mktemp("pricing")
    (source / "conf.py").write_text("")
    tables = "".join(f"```{{prices}} {name}\n```\n\n" for name in ("openai", "xai"))
    (source / "index.md").write_text(SITE.partition("```{prices}")[0] + tables)
    (source / "_data").mkdir()
    (source / "_data" / "prices.json").write_text(FILE.read_text("utf-8"))
    config = {**BASE, "extensions": ["myst_nb", *EXTENSIONS], "html_css_files": ["css/tokens.css"]}
    app = SphinxTestApp("html", srcdir=source, confoverrides=config, freshenv=True)
    app.build()
    app.cleanup()
    return Path(app.outdir)


@pytest.fixture
def sheet(browser: Browser, pricing: Path) -> Iterator[Callable[..., Page]]:
    """Return ``open(query)``, which opens the page under the site's policy."""
    context = browser.new_context(viewport={"width": 320, "height": 800})
    errors: list[str] = []

    def open_(url: str, query: str = "") -> Page:
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
        page.goto(f"{url}/index.html{query}")
        return page

    yield open_
    context.close()
    assert errors == []


@pytest.fixture(scope="module")
def url(pricing: Path) -> Iterator[str]:
    with serve(pricing) as address:
        yield address


def names(page: Page) -> list[str]:
    return page.locator("[data-price-found] tbody th code").all_inner_texts()


@pytest.mark.browser
def test_search_finds_filters_and_sorts(sheet: Callable[..., Page], url: str) -> None:
    from playwright.sync_api import expect

    page = sheet(url)
    page.get_by_label("Search 2,024 models").fill("GPT-4o mini")
    count = page.get_by_role("status")
    expect(count).to_have_text(re.compile(r"^\d+ models?"))
    everywhere = len(names(page))
    assert all("gpt-4o" in name and "mini" in name for name in names(page))
    page.get_by_label("Provider").select_option("openai")
    expect(page).to_have_url(re.compile(r"q=GPT-4o\+mini&provider=openai"))
    assert 0 < len(names(page)) < everywhere
    page.get_by_label("Search 2,024 models").fill("")
    expect(count).to_have_text("103 models, the first 50 shown")
    heads = page.locator("[data-price-column]")
    assert heads.nth(0).get_attribute("aria-sort") == "ascending"
    page.get_by_role("button", name="Input").press("Enter")
    page.get_by_role("button", name="Input").press("Enter")
    expect(heads.nth(1)).to_have_attribute("aria-sort", "descending")
    assert heads.nth(0).get_attribute("aria-sort") is None
    cells = page.locator("[data-price-found] tbody td:nth-child(2)").all_inner_texts()
    values = [float(cell) for cell in cells if cell != "none"]
    assert values == sorted(values, reverse=True)
    page.get_by_role("button", name="Show more").press("Enter")
    expect(count).to_have_text("103 models, the first 100 shown")
    assert page.evaluate("document.activeElement.closest('tr').sectionRowIndex") == 50


@pytest.mark.browser
def test_the_address_brings_a_search_back(sheet: Callable[..., Page], url: str) -> None:
    from playwright.sync_api import expect

    page = sheet(url, "?q=grok-4&provider=xai&sort=-output")
    expect(page.get_by_role("status")).to_have_text(re.compile("models"))
    assert page.get_by_label("Provider").input_value() == "xai"
    assert all("grok-4" in name for name in names(page))
    assert page.locator("[aria-sort=descending]").inner_text().startswith("Output")


@pytest.mark.browser
def test_the_search_shows_the_packages_numbers(sheet: Callable[..., Page], url: str) -> None:
    from playwright.sync_api import expect

    page = sheet(url, "?provider=groq")
    expect(page.get_by_role("status")).to_have_text("10 models")
    rows = page.locator("[data-price-found] tbody tr").all()
    shown = [tuple(row.locator("th code, td").all_inner_texts()) for row in rows]
    assert shown == [(price.name, *price.cells) for price in Prices.load(FILE).of("groq")]


@pytest.mark.browser
def test_it_works_from_disk(sheet: Callable[..., Page], pricing: Path) -> None:
    from playwright.sync_api import expect

    page = sheet(pricing.as_uri())
    page.get_by_label("Search 2,024 models").fill("no such model")
    expect(page.get_by_role("status")).to_have_text("0 models")
    page.get_by_label("Search 2,024 models").fill("claude")
    expect(page.get_by_role("status")).to_have_text(re.compile("the first 50 shown"))


@pytest.mark.browser
def test_nothing_is_loaded_before_it_is_used(sheet: Callable[..., Page], url: str) -> None:
    page = sheet(url)
    loaded = "performance.getEntriesByType('resource').map(each => each.name).join()"
    assert "price-table.js" in page.evaluate(loaded)
    assert "price-table.data.js" not in page.evaluate(loaded)
    with page.expect_response("**/price-table.data.js*"):
        page.get_by_label("Search 2,024 models").focus()


@pytest.mark.browser
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_and_a_narrow_screen(browser: Browser, pricing: Path, theme: Any) -> None:
    context = browser.new_context(
        viewport={"width": 320, "height": 800}, color_scheme=theme, reduced_motion="reduce"
    )
    with serve(pricing, csp="") as address:
        page = context.new_page()
        page.goto(f"{address}/index.html?q=gpt-4o")
        page.locator("[data-price-found] tbody tr").first.wait_for()
        ours = ("price", "prices")
        found = [line for line in violations(page) if any(word in line for word in ours)]
        width = page.evaluate("document.documentElement.scrollWidth")
    context.close()
    assert found == []
    assert width <= 320
