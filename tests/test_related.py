"""Suggestions at the foot of a page: what is suggested, why, and when it changes."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

import pytest
from bs4 import BeautifulSoup

from _ext.related.corpus import Corpus, Facts, Name
from _ext.related.model import same_task, shown, suggestions

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Built

    Build = Callable[..., Built]

EXTENSIONS = ["sphinx_copybutton", "_ext.diataxis", "_ext.related"]
FRONT = "---\nkind: {kind}\noutcome: You have it.\n{more}---\n\n# {title}\n\n{body}\n"
ONWARD = "\n## Where to go next\n\n- {doc}`/index`\n- {doc}`/a/index`\n"


def guide(title: str, body: str, kind: str = "how-to", more: str = "") -> str:
    """Return a page with a head."""
    return FRONT.format(kind=kind, title=title, body=body + ONWARD, more=more)


GRAPES = "Grapes ripen in the vineyard. A vineyard of grapes needs sun. "
PAGES = {
    "index": "# Site\n\n```{toctree}\na/index\nb/index\n```\n",
    "a/index": "# Section A\n\n```{toctree}\nfirst\nred\nwhite\nfar\n```\n",
    "a/first": guide("Start a plant", "Dig a hole for the plant. `mltrack ship` and more.\n"),
    "a/red": guide("Keep red grapes", f"{GRAPES}\n\n```console\n$ mltrack ship --all\n```\n"),
    "a/white": guide("Keep white grapes", "Clouds move over the hills and valleys.\n"),
    "a/far": guide("See the hills", "Hills and valleys under clouds. {doc}`/b/sun` {doc}`red`\n"),
    "b/index": "# Section B\n\n```{toctree}\nship\nsun\ngrapes\n```\n",
    "b/ship": "---\nkind: reference\n---\n\n# mltrack ship\n\n`mltrack ship` sends a thing away.\n",
    "b/sun": guide("Why sun", f"{GRAPES} {{doc}}`/a/red`\n", "explanation"),
    "b/grapes": guide("About vineyards", f"{GRAPES}\n\n## A vineyard\n\nIt.", "explanation"),
}


def related(built: Built, page: str) -> dict[str, str]:
    """Return addresses of the suggestions of a page, each with the reason."""
    items = built.soup(page).select(".mlt-related li")
    return {
        urljoin(f"{page}.html", str(item.a["href"])).removesuffix(".html"): " ".join(
            item.span.get_text().split()
        )
        for item in items
    }


def test_reasons_say_what_pages_share(build: Build) -> None:
    built = build(PAGES, EXTENSIONS)
    assert built.warnings == ""
    found = related(built, "a/red")
    assert found["b/ship"] == "documents mltrack ship"
    assert found["b/sun"] == "links here"
    assert found["b/grapes"] == "also about vineyard and grapes"
    assert built.soup("a/red").select_one(".mlt-related code").get_text() == "mltrack ship"
    assert related(built, "b/sun")["a/far"] == "links here"


def test_links_of_the_frame_and_onward_links_are_left_out(build: Build) -> None:
    built = build(PAGES, EXTENSIONS)
    assert not {"a/index", "a/first", "a/white", "a/red"} & set(related(built, "a/red"))
    pages = {**PAGES, "a/red": PAGES["a/red"].replace("`/a/index`", "`/b/grapes`")}
    assert "b/grapes" not in related(build(pages, EXTENSIONS), "a/red")


def test_first_pages_and_pages_outside_have_none(build: Build) -> None:
    pages = {**PAGES, "alone": "---\norphan: true\n---\n\n# Alone\n\nGrapes in a vineyard.\n"}
    built = build(pages, EXTENSIONS)
    for page in ("index", "a/index", "alone"):
        assert related(built, page) == {}, page
    assert all("alone" not in related(built, page) for page in PAGES)


def test_settings_keep_sections_apart_and_pages_out(build: Build) -> None:
    built = build(PAGES, EXTENSIONS, related_apart=["b"], related_never=["a/far"])
    assert all(page.startswith("a/") for page in related(built, "a/red"))
    assert "a/far" not in related(built, "a/first")


def test_a_hostile_title_is_escaped(build: Build) -> None:
    hostile = "<script>alert(1)</script> \"&' `x`"
    pages = {**PAGES, "b/sun": PAGES["b/sun"].replace("Why sun", hostile)}
    built = build(pages, EXTENSIONS)
    nav = built.soup("a/red").select_one(".mlt-related")
    assert not nav.select("script")
    assert any("<script>alert(1)</script>" in link.get_text() for link in nav.select("a"))


def test_a_text_build_survives(build: Build) -> None:
    built = build(PAGES, EXTENSIONS, builder="text")
    assert built.warnings == ""
    assert "Grapes" in built.text("a/red.txt")


def test_the_style_is_there(build: Build) -> None:
    links = build(PAGES, EXTENSIONS).soup("a/red").select("link[rel=stylesheet]")
    assert any("css/related.css" in str(link["href"]) for link in links)


# -- Builds after the first ------------------------------------------------------------------


def texts(built: Built) -> dict[str, str]:
    """Return what the frame of each page says."""
    return {
        page: "".join(str(part) for part in built.soup(page).select(".mlt-related, .mlt-guide"))
        for page in PAGES
        if (built.out / f"{page}.html").is_file()
    }


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("b/sun", guide("Why rain", "Clouds, hills and valleys.\n", "explanation")),
        ("b/sun", PAGES["b/sun"].replace("# Why sun", "# Why there is sun")),
        ("b/grapes", guide("Other", "It.", more="needs: [a/red]\n")),
        ("a/index", "# Section A\n\n```{toctree}\nwhite\nfar\nfirst\nred\n```\n"),
    ],
    ids=["text", "title", "needs", "order"],
)
def test_a_second_build_gives_what_a_fresh_one_gives(build: Build, name: str, text: str) -> None:
    built = build(PAGES, EXTENSIONS)
    before = texts(built)
    (built.app.srcdir / f"{name}.md").write_text(text)
    built.app.build()
    fresh = build({**PAGES, name: text}, EXTENSIONS)
    assert texts(built) == texts(fresh)
    assert texts(built) != before


def test_a_removed_page_is_suggested_no_longer(build: Build) -> None:
    built = build(PAGES, EXTENSIONS)
    (built.app.srcdir / "b/sun.md").unlink()
    (built.app.srcdir / "b/index.md").write_text(PAGES["b/index"].replace("sun\n", ""))
    (built.app.srcdir / "a/far.md").write_text(PAGES["a/far"].replace("{doc}`/b/sun`", ""))
    built.app.build()
    assert "b/sun" not in related(built, "a/red")


def test_a_build_without_a_change_writes_no_page(build: Build) -> None:
    built = build(PAGES, EXTENSIONS)
    written: list[str] = []
    built.app.connect("html-page-context", lambda *args: written.append(args[1]))
    built.app.build()
    assert not set(PAGES) & set(written)


# -- What readers need first -----------------------------------------------------------------


def test_needs_stand_at_the_top_and_lead_back(build: Build) -> None:
    pages = {
        **PAGES,
        "a/red": guide("Keep red grapes", GRAPES, more="needs: [b/ship, a/first]\n"),
    }
    built = build(pages, EXTENSIONS)
    assert built.warnings == ""
    before = built.article("a/red").select_one(".mlt-guide__needs")
    assert " ".join(before.get_text().split()) == "Before you begin mltrack ship, Start a plant"
    assert [link["href"] for link in before.select("a")] == ["../b/ship.html", "first.html"]
    assert related(built, "b/ship")["a/red"] == "needs this page first"
    assert "a/red" not in related(built, "a/first")  # it is the next page
    assert "b/ship" not in related(built, "a/red")


def test_other_builders_have_the_needs(build: Build) -> None:
    pages = {**PAGES, "a/red": guide("Keep red grapes", GRAPES, more="needs: [a/first]\n")}
    built = build(pages, EXTENSIONS, builder="text")
    assert "Before you begin: Start a plant" in built.text("a/red.txt")


@pytest.mark.parametrize(
    ("changed", "place", "words"),
    [
        ({"a/red": "[a/frist]"}, "red.md:4", "'a/frist', which does not exist; there are: a/first"),
        ({"a/red": "[a/far]", "a/far": "[a/red]"}, "red.md:4", "a/red → a/far → a/red"),
        ({"a/red": "[a/red]"}, "red.md:4", "a/red → a/red"),
        ({"a/red": "a/first"}, "red.md:4", "needs is a list of pages"),
        ({"a/red": "\n- a/first\n- a/nothing"}, "red.md:6", "'a/nothing', which does not exist"),
    ],
    ids=["missing", "circle", "itself", "no list", "second line"],
)
def test_wrong_needs_warn(build: Build, changed: dict[str, str], place: str, words: str) -> None:
    pages = dict(PAGES)
    for page, needs in changed.items():
        pages[page] = guide("Grow", GRAPES, more=f"needs: {needs}\n")
    lines = build(pages, EXTENSIONS).warnings.splitlines()
    assert any(place in line and words in line and "[diataxis.needs]" in line for line in lines), (
        lines
    )


# -- The model -------------------------------------------------------------------------------


def facts(title: str, kind: str = "how-to", **more: Any) -> Facts:
    """Return the facts of a page that says nothing else."""
    nothing: dict[str, Any] = dict.fromkeys(("names", "used", "links", "onward"), ())
    return Facts(kind=kind, text="", headings=(title,), **{**nothing, **more})


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Track PyTorch models", "Track XGBoost models", "XGBoost"),
        ("Deploy to Modal", "Deploy with Docker", "Docker"),
        ("Deploy with Docker", "Deploy to AWS Lambda", "AWS Lambda"),
        ("Use MLTrack with OpenAI", "Use MLTrack with Amazon Bedrock", "Amazon Bedrock"),
        ("Track PyTorch models", "Track experiments in depth", ""),
        ("Track PyTorch models", "Track a model of your own", ""),
        ("Deploy with Docker", "Deploy with one command", ""),
        ("Deploy to Modal", "Deploy to Modal", ""),
        ("Operate a service", "Operate", ""),
    ],
)
def test_the_same_task_for_something_else(one: str, other: str, expected: str) -> None:
    assert same_task(facts(one), facts(other), "a/x", "a/y") == expected
    assert same_task(facts(one), facts(other), "a/x", "b/y") == ""
    assert same_task(facts(one), facts(other, "reference"), "a/x", "a/y") == ""


def test_uses_and_mentions_are_told_apart() -> None:
    ship = Name("command", "mltrack ship")
    uses = facts("One", names=(ship,), used=(ship,))
    names = facts("Two", names=(ship,))
    many = {f"c/{number}": facts(str(number)) for number in range(20)}
    for other, words in ((uses, "also uses"), (names, "also mentions")):
        corpus = Corpus({"a/x": uses, "a/y": other, **many}, {}, {("a/x", "a/y"): (0.5, ())})
        (found,) = suggestions(corpus, "a/x", ())
        assert (found.why, found.what, found.code) == (words, ("mltrack ship",), True)


def test_without_a_reason_nothing_is_suggested() -> None:
    corpus = Corpus({"a/x": facts("One"), "a/y": facts("Two")}, {}, {("a/x", "a/y"): (0.9, ())})
    assert suggestions(corpus, "a/x", ()) == []


def test_no_more_than_four_are_suggested_best_first() -> None:
    pages = {"a/x": facts("One"), **{f"a/{n}": facts(f"P {n}", links=("a/x",)) for n in range(9)}}
    near = {(f"a/{n}", "a/x"): (0.2 + n / 20, ()) for n in range(9)}
    found = suggestions(Corpus(pages, {}, near), "a/x", ())
    assert [each.page for each in found] == ["a/8", "a/7", "a/6", "a/5"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (Name("python", "mltrack.llm.track_llm"), "track_llm"),
        (Name("python", "mltrack.model_registry.ModelRegistry.register_model"),
         "ModelRegistry.register_model"),
        (Name("command", "mltrack ship"), "mltrack ship"),
    ],
)  # fmt: skip
def test_names_as_readers_know_them(name: Name, expected: str) -> None:
    assert shown(name) == expected


# -- The whole site --------------------------------------------------------------------------

PAIRS = [
    ("deployment/docker", "reference/cli/ship"),
    ("deployment/docker", "understand/service"),
    ("deployment/kubernetes", "understand/service"),
    ("deployment/lambda", "deployment/docker"),
    ("deployment/lambda", "reference/cli/deploy"),
    ("deployment/modal", "reference/cli/deploy"),
    ("get-started/coming-from-mlflow", "understand/what-track-records"),
    ("get-started/first-run", "understand/what-track-records"),
    ("guides/llm", "understand/cost-model"),
    ("guides/registry", "reference/cli/list"),
    ("guides/team", "reference/configuration"),
    ("guides/tracking", "reference/run-contents"),
    ("integrations/bedrock", "integrations/openai"),
    ("integrations/openai", "reference/python/llm"),
    ("integrations/pytorch", "integrations/xgboost"),
    ("integrations/s3", "reference/python/s3"),
    ("reference/python/lineage", "guides/lineage"),
    ("reference/python/llm", "guides/llm"),
    ("reference/python/registry", "guides/registry"),
    ("reference/python/s3", "integrations/s3"),
    ("reference/python/tracking", "guides/tracking"),
    ("reference/rest/container", "deployment/docker"),
    ("understand/service", "deployment/kubernetes"),
    ("understand/what-track-records", "reference/run-contents"),
]
"""Pages that belong together, as an editor sees it."""


@cache
def page_of(path: Path) -> BeautifulSoup:
    """Return a page, parsed once."""
    return BeautifulSoup(path.read_text("utf-8"), "html.parser")


def suggested(site: Path, page: str) -> list[tuple[str, str, tuple[str, ...]]]:
    """Return pages, reasons and what they name."""
    found = []
    for item in page_of(site / f"{page}.html").select(".mlt-related li"):
        target = urljoin(f"{page}.html", str(item.a["href"])).removesuffix(".html")
        code = tuple(each.get_text() for each in item.select("code"))
        found.append((target, " ".join(item.span.get_text().split()), code))
    return found


@pytest.mark.parametrize(("name", "other"), PAIRS)
def test_pages_that_belong_together_are_suggested(site: Path, name: str, other: str) -> None:
    assert other in [target for target, _, _ in suggested(site, name)]


def fault(site: Path, page: str, other: str, why: str) -> str:
    """Return what is wrong with a reason, seen from the finished pages; empty if it is true."""
    one, two = (page_of(site / f"{name}.html").find("article") for name in (page, other))
    text, theirs = (" ".join(each.get_text(" ").split()).lower() for each in (one, two))
    links = {
        urljoin(f"{other}.html", str(link["href"]).split("#")[0]) for link in two.select("a[href]")
    }
    if why == "links here":
        return "" if f"{page}.html" in links else "no link"
    if why == "needs this page first":
        needs = {urljoin(f"{other}.html", a["href"]) for a in two.select(".mlt-guide__needs a")}
        return "" if f"{page}.html" in needs else "no need"
    match = re.fullmatch(
        r"(also uses|also mentions|also about|documents|explains|same task for) (.+)", why
    )
    if match is None:
        return "no such reason"
    words, what = match[1], match[2].lower()
    if words == "same task for":
        return "" if what in two.h1.get_text().lower() else "not in the title"
    parts = what.split(" and ") if words == "also about" else [what.rpartition(".")[2]]
    parts = [part.removeprefix("mltrack ") for part in parts]  # pages may call it ml
    missing = [part for part in parts if part not in theirs or part not in text]
    return f"not on both pages: {missing}" if missing else ""


def test_no_reason_is_false(site: Path) -> None:
    pages = [path.relative_to(site).with_suffix("").as_posix() for path in site.rglob("*.html")]
    checked, faults = 0, []
    for page in sorted(pages):
        for other, why, _ in suggested(site, page):
            checked += 1
            if wrong := fault(site, page, other, why):
                faults.append(f"{page}: {other} {why!r}: {wrong}")
    assert checked > 200
    assert faults == []


def test_suggestions_are_few_and_not_in_the_frame(site: Path) -> None:
    for path in site.rglob("*.html"):
        parsed = page_of(path)
        found = [str(link["href"]) for link in parsed.select(".mlt-related a")]
        assert len(found) == len(set(found)) <= 8, path
        frame = parsed.select(".mlt-turn a, .mlt-breadcrumb a, .mlt-guide__needs a")
        assert not {str(link["href"]) for link in frame} & set(found), path
