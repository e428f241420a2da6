"""The list of known faults of the services: a data file, on a page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

EXTENSIONS = ["_ext.openapi", "_ext.rest_faults"]
PAGE = "# Page\n\n```{rest-faults} faults.yaml\n```\n"
FAULTS = """- title: A <script>alert(1)</script> & more
  endpoints: [&predict shop POST /predict, [*predict, shop GET /]]
  status: 500
  failure: ServerError
  says: boom
  why: Because it is *so*.
  instead: Ask {endpoint}`shop GET /`.
- title: Elsewhere
  endpoints: ["* POST *"]
  chance: true
  status: 400
  failure: UndefinedStatusCode
  says: boom
  why: Because it is so.
  instead: Do something else.
"""
SHOP = """openapi: 3.1.0
info: {title: Shop, version: "1"}
paths:
  /predict: {post: {responses: {"200": {description: Good}}}}
  /: {get: {responses: {"200": {description: Good}}}}
"""
SITE = {"index": PAGE + "\n```{toctree}\nshop\n```\n",
        "shop": "# Shop\n\n```{openapi} shop.yaml\n```\n"}  # fmt: skip


def made(build: Callable[..., Any], faults: str = FAULTS, **options: Any) -> Any:
    files = {"faults.yaml": faults, "shop.yaml": SHOP}
    return build(SITE, ["sphinx_copybutton", *EXTENSIONS], files=files, **options)


def test_each_fault_is_an_entry_with_links_to_its_endpoints(build):
    built = made(build)
    assert built.warnings == ""
    entries = built.article().select_one("dl.mlt-rest-faults")
    assert [term.get_text() for term in entries.select("dt")][1] == "Elsewhere"
    first, second = entries.select("dd")
    assert [text.get_text() for text in first.select("p")] == [
        "Because it is so.",
        "Ask shop GET /.",
        "Status 500 of shop: POST /predict, POST /predict, GET /.",
    ]
    assert first.em.get_text() == "so"
    assert len(first.select("a[href^='shop.html#']")) == 4
    assert second.select("p")[2].get_text() == "Status 400, at every endpoint that takes a body."


def test_hostile_titles_come_out_escaped(build):
    article = made(build).article()
    assert article.select_one("dt").get_text().startswith("A <script>alert(1)</script> & more")
    assert not article.select("dt script")


def test_mistakes_name_file_and_line(build):
    for old, new, line, words in (
        ("status: 500", "status: many", 3, "status: Input should be a valid integer"),
        ("says: boom", "saying: boom", 1, "says: Field required"),
        ("title: Elsewhere", "title: [", 10, "not YAML"),
    ):
        warnings = made(build, FAULTS.replace(old, new, 1)).warnings
        assert f"faults.yaml:{line}: WARNING: " in warnings, warnings
        assert words in warnings
        assert "[rest_faults.data]" in warnings
    missing = build(PAGE, EXTENSIONS).warnings
    assert "index.md:3: WARNING: there is no file 'faults.yaml'" in missing
    assert "[rest_faults.file]" in missing


def test_an_endpoint_that_is_not_there_warns(build):
    warnings = made(
        build, FAULTS.replace("shop GET /]", "shop GET /nowhere]"), nitpicky=True
    ).warnings
    assert "nowhere" in warnings


def test_text_builds_have_all_of_it(build):
    built = made(build, builder="text")
    text = (built.app.outdir / "index.txt").read_text("utf-8")
    assert "Because it is *so*." in text
    assert "Status 500 of shop" in text


def test_the_file_is_a_dependency(build):
    built = made(build)
    assert any("faults.yaml" in str(each) for each in built.app.env.dependencies["index"])


def test_it_needs_no_files_of_its_own(build):
    head = made(build).article().find_parent("html").head
    assert "faults" not in str(head.select("link, script"))
