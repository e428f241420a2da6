"""The ledger of addresses: what was published stays, or leads on."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from tools.addresses.__main__ import ROOT, main
from tools.addresses.ledger import load, merged, place, save
from tools.addresses.site import SiteError, anchors, read

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Built

    Build = Callable[..., Built]

PAGES = {
    "index": "# Home\n\n```{toctree}\nguides/costs\nguides/models\n```\n",
    "guides/costs": (
        "# Costs\n\n## Set a budget\n\n## Spend less\n\n```{py:function} a.b_c()\n```\n"
    ),
    "guides/models": "# Models\n\n## Save\n",
}
EXTENSIONS = ["sphinx_design", "_ext.redirects"]


class Project:
    """A repository with a ledger of a small site, and later builds of it."""

    def __init__(self, root: Path, build: Build) -> None:
        self.root, self.build = root, build
        self.data = root / "source" / "_data"
        self.data.mkdir(parents=True)
        for name in PAGES:
            (root / "source" / f"{name}.md").parent.mkdir(exist_ok=True)
            (root / "source" / f"{name}.md").touch()
        self.redirects("{}")

    def redirects(self, text: str) -> None:
        (self.data / "redirects.yaml").write_text(text)

    def run(self, pages: dict[str, str], *options: str) -> int:
        """Build pages and run the tool on them."""
        out = self.build(pages, EXTENSIONS).out
        return main(["--root", str(self.root), *options, str(out)])


@pytest.fixture
def project(tmp_path: Path, build: Build) -> Project:
    made = Project(tmp_path / "repository", build)
    assert made.run(PAGES) == 0
    return made


def without(name: str, old: str = "", new: str = "") -> dict[str, str]:
    """Return the pages without one, or with one that has other words."""
    rest = {page: text for page, text in PAGES.items() if page != name}
    if not old:
        home = rest["index"].replace(f"{name}\n", "")
        return {**rest, "index": home}
    assert old in PAGES[name]
    return {**PAGES, name: PAGES[name].replace(old, new)}


def test_the_ledger_has_pages_sections_and_objects_and_nothing_generated(project: Project) -> None:
    guides = json.loads((project.data / "addresses" / "guides.json").read_text())
    assert guides == {
        "guides/costs.html": ["a.b_c", "set-a-budget", "spend-less"],
        "guides/models.html": ["save"],
    }
    root = json.loads((project.data / "addresses" / "index.json").read_text())
    assert root["index.html"] == []
    assert {"objects.inv", "search.html", "genindex.html"} < {*root}


def test_the_same_site_passes(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    assert project.run(PAGES, "--check") == 0
    assert "all lead somewhere" in capsys.readouterr().out


def test_a_page_that_was_removed_fails_with_its_name_and_the_remedy(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    assert project.run(without("guides/models"), "--check") == 1
    error = capsys.readouterr().err
    assert re.search(r"addresses/guides\.json:7: the page guides/models\.html was pub", error)
    assert (
        "add 'guides/models: <the page that answers now>' to source/_data/redirects.yaml" in error
    )
    project.redirects("guides/models:\n  to: guides/costs\n")
    assert project.run(without("guides/models"), "--check") == 1
    assert "guides/models.html#save was published" in capsys.readouterr().err
    project.redirects("guides/models:\n  to: guides/costs\n  sections: {save: index}\n")
    assert project.run(without("guides/models"), "--check") == 0, "its title is the page itself"
    project.redirects("guides/models: guides/costs#spend-less\n")
    assert project.run(without("guides/models"), "--check") == 0


def test_a_section_that_was_renamed_fails_until_its_old_name_is_kept(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    renamed = without("guides/costs", "## Set a budget", "## Stop at a sum")
    assert project.run(renamed, "--check") == 1
    error = capsys.readouterr().err
    assert re.search(r"guides\.json:4: guides/costs\.html#set-a-budget was published", error)
    assert "write (set-a-budget)= on a line of its own above" in error
    assert error.rstrip().endswith("source/guides/costs.md")
    kept = without("guides/costs", "## Set", "(set-a-budget)=\n## Stop at a sum, or set")
    assert project.run(kept, "--check") == 0


def test_the_name_of_an_object_can_be_kept_too(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    old = "```{py:function} a.b_c()\n```\n"
    assert project.run(without("guides/costs", old, "Gone."), "--check") == 1
    assert "write the directive {anchor} a.b_c above" in capsys.readouterr().err
    assert (
        project.run(without("guides/costs", old, ":::{anchor} a.b_c\n:::\nGone."), "--check") == 0
    )


def test_a_redirect_keeps_the_sections_of_its_page(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    project.redirects("guides/costs: guides/models\n")
    assert project.run(without("guides/costs"), "--check") == 1
    error = capsys.readouterr().err
    assert "guides/costs.html#set-a-budget was published, and guides/models, where" in error
    assert "add 'set-a-budget: <page>' to the sections of guides/costs in source/_data" in error
    sections = "".join(f"    {each}: index\n" for each in ("a.b_c", "spend-less"))
    text = f"guides/costs:\n  to: guides/models\n  sections:\n{sections}"
    project.redirects(f"{text}    set-a-budget: guides/models#save\n")
    assert project.run(without("guides/costs"), "--check") == 0
    project.redirects(f"{text}    set-a-budget: guides/models#gone\n")
    assert project.run(without("guides/costs"), "--check") == 1
    assert re.search(r"redirects\.yaml:6: .*#gone; no such section", capsys.readouterr().err)


def test_a_redirect_to_no_page_fails_with_its_line(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    project.redirects("a: index\nold: nowhere\n")
    assert project.run(PAGES, "--check") == 1
    assert re.search(r"redirects\.yaml:2: old leads to nowhere", capsys.readouterr().err)
    project.redirects("/old: index\n")
    assert project.run(PAGES, "--check") == 1
    assert re.search(r"redirects\.yaml:1: .*is no page", capsys.readouterr().err)


def test_what_is_new_is_added_and_nothing_is_removed(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    grown = without("guides/models", "## Save", "## Load")
    grown["extra"] = "---\norphan: true\n---\n# Extra\n"
    assert project.run(grown, "--check") == 1
    assert "the page extra.html is new; run make addresses" in capsys.readouterr().err
    assert project.run(grown) == 0
    ledger = load(project.data / "addresses")
    assert ledger["guides/models.html"] == ["load", "save"]
    assert ledger["extra.html"] == []


def test_new_sections_are_only_told(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    assert project.run(without("guides/models", "## Save", "## Save\n\n## Load"), "--check") == 0
    assert "1 new sections, such as guides/models.html#load" in capsys.readouterr().out


def test_a_file_that_others_fetch_cannot_vanish(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    save(project.data / "addresses", {**load(project.data / "addresses"), "changes.atom": []})
    assert project.run(PAGES, "--check") == 1
    assert "nothing can lead on from a file: write it again" in capsys.readouterr().err


def test_a_release_notes_its_pages(project: Project) -> None:
    assert project.run(PAGES, "--release", "1.0.0") == 0
    noted = json.loads((project.data / "stable.json").read_text())
    assert noted["version"] == "1.0.0"
    assert {*PAGES} < {*noted["pages"]}
    assert "objects.inv" not in noted["pages"]
    assert project.run(without("guides/models"), "--release", "2.0.0") == 1
    assert json.loads((project.data / "stable.json").read_text()) == noted


def test_a_page_that_an_older_build_left_does_not_count(project: Project, build: Build) -> None:
    out = build(without("guides/models"), EXTENSIONS).out
    (out / "guides" / "models.html").write_text("<article><p id='models'></p></article>")
    assert "guides/models.html" not in read(out)


def test_anchors_of_a_page() -> None:
    page = """<div id="frame"></div><article id="furo-main-content"><section id="one"><h1>One</h1>
    <svg id="a"><path id="b"/></svg><span id="id3"></span><span id="index-0"></span>
    <input id="sd-tab-item-1"><input id="field"><dt class="x" id="a.b&amp;c">c</dt>
    <article id="x"></article><p id="version-2"></p></section></article><p id="foot"></p>"""
    assert anchors(page) == {"a.b&c", "version-2"}, "the title's is the page itself"
    assert anchors("<p id='a'></p>") == set()


def test_files_are_the_same_after_the_same_input(tmp_path: Path) -> None:
    ledger = {"b/c.html": ["y", "x"], "a.html": [], "b/a.html": ["é"], "_static/s.json": []}
    assert [path.name for path in save(tmp_path, ledger)] == ["index.json", "b.json"]
    assert save(tmp_path, dict(reversed(ledger.items()))) == []
    assert load(tmp_path) == {name: sorted(ids) for name, ids in ledger.items()}
    assert merged(ledger, {"a.html": {"n"}})["a.html"] == ["n"]
    assert place(tmp_path, "b/c.html", "y").endswith("b.json:7")
    assert place(tmp_path, "b/c.html", "gone").endswith("b.json:5")


def test_without_a_site_it_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path), "--check"]) == 1
    assert "run make html" in capsys.readouterr().err
    with pytest.raises(SiteError):
        read(tmp_path)


def test_every_address_ever_published_leads_somewhere(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = main([str(site), "--check"])
    assert status == 0, capsys.readouterr().err
    for page in ("guides/llm-cost", "get-started/with-and-without"):
        assert f"{page}.html" in load(ROOT / "source" / "_data" / "addresses")
        assert "js/redirect.js" in (site / f"{page}.html").read_text("utf-8")
