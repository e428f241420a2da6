"""What engines are told of a page: JSON-LD that agrees with the page, and that no policy minds."""

from __future__ import annotations

import json
import re
from importlib.metadata import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

import pytest
import yaml
from bs4 import BeautifulSoup

from tests.browser import serve
from tests.test_sitemap import git

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Built
    from playwright.sync_api import Browser

ROOT = Path(__file__).parents[1]
FACTS = ROOT / "source" / "_data" / "software.yaml"
BASE = "https://example.org/en/latest/"
STABLE = "https://example.org/en/stable/"
HOSTILE = '</script><script>alert("1")</script>&\''
EXTENSIONS = ["sphinx_copybutton", "notfound.extension", "_ext.structured_data", "_ext.versions"]
FRONT = "---\nmyst:\n  html_meta:\n    description: {}\n---\n"
PAGES = {
    "index": FRONT.format("The first page.") + "# Home\n\n```{toctree}\nsub/index\n```\n",
    "sub/index": "# Guides\n\n```{toctree}\npage\nhostile\n```\n",
    "sub/page": FRONT.format("It says how.") + "# Keep `grapes`\n\nText.\n",
    "sub/hostile": FRONT.format(json.dumps(HOSTILE)) + "# A " + HOSTILE.replace("<", "\\<") + "\n",
    "alone": "---\norphan: true\n---\n# Alone\n",
    "404": "---\norphan: true\n---\n# Nothing\n",
}


@pytest.fixture
def told(build: Callable[..., Built]) -> Callable[..., Built]:
    """Return ``told(builder="html", **config)``: a site with the facts of the package."""

    def make(builder: str = "html", **config: Any) -> Built:
        given = {
            "html_baseurl": BASE,
            "project": "Docs",
            "smartquotes": False,
            "structured_data_software": str(FACTS),
            "html_context": {"package_source": "https://example.org/code"},
            **config,
        }
        return build(PAGES, EXTENSIONS, builder, **given)

    return make


def said(soup: BeautifulSoup) -> dict[str, dict[str, Any]]:
    """Return what a page says of itself, by type."""
    blocks = soup.select('script[type="application/ld+json"]')
    if not blocks:
        return {}
    (block,) = blocks
    data = json.loads(block.string)
    assert data["@context"] == "https://schema.org"
    return {each["@type"]: each for each in data["@graph"]}


def steps(crumbs: dict[str, Any]) -> list[tuple[str, str]]:
    """Return names and addresses of a breadcrumb; the last one has no address."""
    items = crumbs["itemListElement"]
    assert [item["position"] for item in items] == list(range(1, len(items) + 1))
    return [(item["name"], item.get("item", "")) for item in items]


def test_a_page_is_an_article(told: Callable[..., Built]) -> None:
    built = told()
    assert built.warnings == ""
    found = said(built.soup("sub/page"))
    assert set(found) == {"TechArticle", "BreadcrumbList"}
    assert found["TechArticle"] == {
        "@type": "TechArticle",
        "headline": "Keep grapes",
        "description": "It says how.",
        "url": f"{BASE}sub/page.html",
        "image": f"{BASE}social/sub/page.png",
        "inLanguage": "en",
        "isPartOf": {
            "@type": "WebSite",
            "name": "Docs documentation",
            "url": f"{BASE}index.html",
        },
        "about": {
            "@type": "SoftwareApplication",
            "@id": f"{BASE}index.html#software",
            "name": "MLTrack",
        },
    }
    assert (built.out / "social" / "sub" / "page.png").is_file()


def test_the_way_to_a_page_is_that_of_its_breadcrumb(told: Callable[..., Built]) -> None:
    built = told()
    crumbs = said(built.soup("sub/page"))["BreadcrumbList"]
    home, guides = ("Docs", f"{BASE}index.html"), ("Guides", f"{BASE}sub/index.html")
    assert steps(crumbs) == [home, guides, ("Keep grapes", "")]
    assert steps(said(built.soup("alone"))["BreadcrumbList"]) == [home, ("Alone", "")]


def test_the_first_page_is_the_software(told: Callable[..., Built]) -> None:
    found = said(told().soup())
    assert set(found) == {"SoftwareApplication"}
    software = found["SoftwareApplication"]
    assert software["@id"] == f"{BASE}index.html#software"
    assert software["softwareVersion"] == metadata("mltrack-py")["Version"]
    assert software["sameAs"] == "https://example.org/code"
    assert software["description"] == "The first page."
    assert software["offers"] == {"@type": "Offer", "price": "0", "priceCurrency": "USD"}
    assert not {"aggregateRating", "review", "author"} & set(software)


def test_days_come_from_git(told: Callable[..., Built]) -> None:
    built = told()
    assert "dateModified" not in said(built.soup("sub/page"))["TechArticle"]
    source = built.app.srcdir
    git(source, "init", "-q")
    git(source, "add", "sub/page.md")
    git(source, "commit", "-qm", "One", day="2026-01-05")
    (source / "sub" / "page.md").write_text("# Keep grapes\n\nMore.\n")
    git(source, "commit", "-qam", "Two", day="2026-02-06")
    built.app.build()
    article = said(built.soup("sub/page"))["TechArticle"]
    assert (article["datePublished"], article["dateModified"]) == ("2026-01-05", "2026-02-06")
    assert "dateModified" not in said(built.soup("alone"))["TechArticle"]


def test_addresses_are_canonical(told: Callable[..., Built], tmp_path: Path) -> None:
    known = tmp_path / "stable.json"
    known.write_text('{"version": "1.0", "pages": ["index", "sub/page"]}')
    built = told(versions_stable=str(known))
    article = said(built.soup("sub/page"))["TechArticle"]
    link = built.soup("sub/page").find("link", rel="canonical")["href"]
    assert article["url"] == link == f"{STABLE}sub/page.html"
    assert article["about"]["@id"] == said(built.soup())["SoftwareApplication"]["@id"]
    crumbs = steps(said(built.soup("sub/page"))["BreadcrumbList"])
    assert [place for _, place in crumbs] == [
        f"{STABLE}index.html",
        f"{BASE}sub/index.html",
        "",
    ]


def test_a_hostile_string_is_data(told: Callable[..., Built]) -> None:
    built = told()
    article = said(built.soup("sub/hostile"))["TechArticle"]
    assert article["headline"] == f"A {HOSTILE}"
    assert article["description"] == HOSTILE
    (block,) = re.findall(r'application/ld\+json">(.*?)</script>', built.text("sub/hostile.html"))
    assert not set("<>&'") & set(block)
    assert "\\u003c/script\\u003e" in block


def test_pages_without_a_source_and_the_404_page_say_nothing(told: Callable[..., Built]) -> None:
    built = told()
    assert [said(built.soup(page)) for page in ("search", "genindex", "404")] == [{}, {}, {}]


def test_a_text_build_survives(told: Callable[..., Built]) -> None:
    built = told("text")
    assert built.warnings == ""
    assert "ld+json" not in built.text("sub/page.txt")


def test_a_site_without_address_or_facts(told: Callable[..., Built]) -> None:
    assert said(told(html_baseurl="").soup("sub/page")) == {}
    bare = told(structured_data_software="")
    assert said(bare.soup()) == {}
    assert "about" not in said(bare.soup("sub/page"))["TechArticle"]


@pytest.mark.parametrize(
    ("change", "line", "words"),
    [
        ({"category": "Game"}, 2, "category: Input should be"),
        ({"license": "MIT"}, 4, "license: String should match"),
        ({"price": -1}, 5, "price: Input should be"),
        ({"rating": 5}, 7, "rating: Extra inputs"),
    ],
)
def test_wrong_facts_warn_with_their_line(
    told: Callable[..., Built], tmp_path: Path, change: dict[str, Any], line: int, words: str
) -> None:
    facts = {**yaml.safe_load(FACTS.read_text("utf-8")), **change}
    path = tmp_path / "software.yaml"
    path.write_text("".join(f"{key}: {value}\n" for key, value in facts.items()))
    built = told(structured_data_software=str(path))
    assert f"software.yaml:{line}: WARNING: {words}" in built.warnings
    assert "[structured_data.data]" in built.warnings
    assert said(built.soup()) == {}


def test_missing_facts_warn(told: Callable[..., Built]) -> None:
    assert "[structured_data.file]" in told(structured_data_software="gone.yaml").warnings


# -- The facts, and the whole site -----------------------------------------------------------


def test_the_facts_are_those_of_the_package() -> None:
    facts, package = yaml.safe_load(FACTS.read_text("utf-8")), metadata("mltrack-py")
    assert facts["license"] == f"https://spdx.org/licenses/{package['License-Expression']}.html"
    page = (ROOT / "source" / "reference" / "compatibility.md").read_text("utf-8")
    assert f"All combinations ran on {facts['system']}" in page


def test_the_first_page_of_the_site_is_mltrack(site: Path) -> None:
    software = said(BeautifulSoup((site / "index.html").read_text("utf-8"), "html.parser"))
    known, package = software["SoftwareApplication"], metadata("mltrack-py")
    assert (known["name"], known["softwareVersion"]) == ("MLTrack", package["Version"])
    urls = (each.split(", ") for each in package.get_all("Project-URL"))
    assert known["sameAs"] == dict(urls)["Source"]


def test_every_document_says_what_its_page_says(site: Path) -> None:
    checked = 0
    for path in sorted(site.rglob("*.html")):
        soup = BeautifulSoup(path.read_text("utf-8"), "html.parser")
        found = said(soup)
        if "TechArticle" not in found:
            continue
        article, page = found["TechArticle"], path.relative_to(site).as_posix()
        address = soup.find("link", rel="canonical")["href"]
        assert article["url"] == address, page
        for key, tag in (("description", "name=description"), ("image", 'property="og:image"')):
            assert article[key] == soup.select_one(f"meta[{tag}]")["content"], page
        shown = soup.select(".mlt-breadcrumb li > *")
        names = [" ".join(each.get_text().split()) for each in shown]
        places = [urljoin(address, str(each["href"])) if each.name == "a" else "" for each in shown]
        crumbs = steps(found["BreadcrumbList"])
        assert crumbs == list(zip(names, places, strict=True)), page
        assert article["headline"] == names[-1], page
        checked += 1
    assert checked == (site / "sitemap.xml").read_text("utf-8").count("<url>") - 1
    assert checked > 100


REPORTED = """() => {
  window.reported = [];
  document.addEventListener("securitypolicyviolation", (event) =>
    window.reported.push(event.violatedDirective));
}"""


@pytest.mark.browser
def test_the_policy_minds_code_and_not_data(
    told: Callable[..., Built], browser: Browser, tmp_path: Path
) -> None:
    """Under ``script-src 'self'`` a block of data is no violation; beside it, code is one."""
    built = told()
    page = (built.out / "sub" / "hostile.html").read_text("utf-8")
    data = page[page.index('<script type="application/ld+json">') :].partition("</script>")[0]
    head = f"<!doctype html><html lang=en><title>A</title>{data}</script>"
    (tmp_path / "data.html").write_text(head)
    (tmp_path / "code.html").write_text(f"{head}<script>window.ran = 1</script>")
    with serve(tmp_path) as url:
        for name, expected in (("data", []), ("code", ["script-src-elem"])):
            sheet = browser.new_page()
            said_so: list[str] = []
            sheet.on("console", lambda message, to=said_so: to.append(message.text))
            sheet.add_init_script(f"({REPORTED})()")
            sheet.goto(f"{url}/{name}.html", wait_until="networkidle")
            assert sheet.evaluate("window.reported") == expected
            assert len([text for text in said_so if "Security Policy" in text]) == len(expected)
            assert sheet.evaluate("window.ran") is None
            block = sheet.evaluate("document.querySelector('[type$=json]').textContent")
            assert json.loads(block)["@graph"][0]["headline"] == f"A {HOSTILE}"
            sheet.close()
