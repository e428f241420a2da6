"""The feed of changes: what the changelog may say, what readers get, and times that Git knows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest

from _ext._shared.dates import lines, tags
from _ext._shared.report import InputError
from _ext.feed.atom import MOST, TITLE, Entry, Head, entries, feed
from _ext.feed.changelog import read
from tests.test_sitemap import git

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Built

BASE = "https://example.org/en/latest/"
ID = "tag:example.org,2026:changes"
ATOM = "{http://www.w3.org/2005/Atom}"
HOSTILE = '<script>alert(1)</script> "&'
EXTENSIONS = ["sphinx_copybutton", "notfound.extension", "_ext.feed"]
PAGES = {
    "index": "# Home\n\n```{toctree}\nsub/page\n```\n",
    "sub/page": "# Page\n",
    "changelog": "---\norphan: true\n---\n# Changes\n",
}
UNRELEASED = "## Unreleased\n\n- Pages in **bold**, over\n  two lines.\n"
RELEASES = """
## 2.0.0

### Added

- A page.

### Fixed

- A link.

## 1.0.0

- First.
"""


class Log:
    """A changelog in a repository."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "CHANGELOG.md"
        git(folder, "init", "-q")

    def commit(self, text: str, day: str) -> None:
        """Write it and commit it on a day."""
        self.path.write_text(f"# Changelog\n\nWhat changes.\n\n{text}", "utf-8")
        git(self.path.parent, "add", "-A")
        git(self.path.parent, "commit", "-qm", day, day=day)


@pytest.fixture
def log(tmp_path: Path) -> Log:
    """A changelog without a text yet."""
    folder = tmp_path / "repository"
    folder.mkdir()
    return Log(folder)


@pytest.fixture
def fed(build: Callable[..., Built], log: Log) -> Callable[..., Built]:
    """Return ``fed(builder="html", **config)``: a site with that changelog."""

    def make(builder: str = "html", **config: Any) -> Built:
        given = {"feed_id": ID, "feed_changelog": str(log.path), "html_baseurl": BASE}
        given |= {"author": "Authors", "project": "Docs", **config}
        return build(PAGES, EXTENSIONS, builder, **given)

    return make


def read_feed(built: Built) -> list[dict[str, str]]:
    """Return the entries of a feed that is as RFC 4287 wants it."""
    root = ET.fromstring(built.text("feed.xml"))
    assert root.tag == f"{ATOM}feed"
    found = []
    for element in (root, *root.iter(f"{ATOM}entry")):
        once = {name: element.findall(f"{ATOM}{name}") for name in ("id", "title", "updated")}
        assert all(len(each) == 1 and each[0].text for each in once.values())
        texts = {name: each[0].text for name, each in once.items()}
        assert re.fullmatch(r"tag:[a-z.]+,\d{4}:[\w./-]+", texts["id"])
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", texts["updated"])
        found.append(texts | {"content": element.findtext(f"{ATOM}content", "")})
        links = {link.get("rel"): link.get("href") for link in element.findall(f"{ATOM}link")}
        assert links.pop("alternate") == f"{BASE}changelog.html"
        assert links == ({"self": f"{BASE}feed.xml"} if element is root else {})
    assert root.findtext(f"{ATOM}author/{ATOM}name") == "Authors"
    assert len({each["id"] for each in found}) == len(found)
    head, *rest = found
    assert head["updated"] == max(each["updated"] for each in rest)
    assert [each["updated"] for each in rest] == sorted((e["updated"] for e in rest), reverse=True)
    return rest


def entry(built: Built, title: str) -> dict[str, str]:
    (found,) = [each for each in read_feed(built) if each["title"] == title]
    return found


def test_changes_and_releases_are_entries(fed: Callable[..., Built], log: Log) -> None:
    log.commit(RELEASES, "2026-01-05")
    log.commit(UNRELEASED + RELEASES, "2026-02-06")
    git(log.path.parent, "tag", "-am", "Two", "v2.0.0", day="2026-03-07")
    built = fed()
    assert built.warnings == ""
    when = {each["title"]: each["updated"][:10] for each in read_feed(built)}
    assert when == {
        "2.0.0": "2026-03-07",  # its tag
        "Pages in bold, over two lines": "2026-02-06",
        "A page": "2026-01-05",
        "A link": "2026-01-05",
        "1.0.0": "2026-01-05",  # no tag: its changes
        "First": "2026-01-05",
    }
    assert entry(built, "2.0.0")["content"] == "<ul><li>A page.</li><li>A link.</li></ul>"
    assert "<strong>bold</strong>" in entry(built, "Pages in bold, over two lines")["content"]
    assert entry(built, "2.0.0")["id"] == f"{ID}/2.0.0"


def test_ids_stay_when_a_change_is_released_or_wrapped(fed: Callable[..., Built], log: Log) -> None:
    log.commit("## Unreleased\n\n- One thing\n  more.\n", "2026-01-05")
    before = entry(fed(), "One thing more")
    log.commit("## Unreleased\n\n- New.\n\n## 1.0\n\n- One\n  thing more.\n", "2026-02-06")
    after = entry(fed(), "One thing more")
    assert before["id"] == after["id"]
    assert before["updated"] < after["updated"]


def test_the_same_commits_give_the_same_bytes(fed: Callable[..., Built], log: Log) -> None:
    log.commit(UNRELEASED + RELEASES, "2026-01-05")
    assert fed().text("feed.xml") == fed().text("feed.xml")


def test_every_page_names_the_feed_in_head_and_foot(fed: Callable[..., Built], log: Log) -> None:
    log.commit(UNRELEASED, "2026-01-05")
    built = fed()
    for page, root in (("index", ""), ("sub/page", "../"), ("search", ""), ("404", "/en/latest/")):
        (link,) = built.soup(page).head.select("link[rel=alternate]")
        assert (link["href"], link["type"]) == (f"{root}feed.xml", "application/atom+xml")
        foot = built.soup(page).select(".mlt-footer__end a")
        assert {f"{root}feed.xml", f"{root}changelog.html"} <= {str(each["href"]) for each in foot}


def nothing(built: Built) -> None:
    """Check that there is no feed, and that nothing leads to one."""
    assert not (built.out / "feed.xml").exists()
    if (built.out / "index.html").exists():
        assert "feed.xml" not in built.text()


def test_without_times_there_is_no_feed_and_no_link(fed: Callable[..., Built], log: Log) -> None:
    log.path.write_text(f"# Changelog\n\n{UNRELEASED}")
    built = fed()
    assert built.warnings == ""
    nothing(built)


def test_what_is_not_committed_has_no_entry(fed: Callable[..., Built], log: Log) -> None:
    log.commit("## Unreleased\n\n- One.\n- Two.\n", "2026-01-05")
    log.path.write_text(log.path.read_text().replace("Two.", "Two, soon."))
    assert [each["title"] for each in read_feed(fed())] == ["One"]


def test_a_clone_without_its_history_says_only_what_it_knows(log: Log, tmp_path: Path) -> None:
    log.commit("## Unreleased\n\n- One.\n", "2026-01-05")
    log.commit("## Unreleased\n\n- One.\n- Two.\n", "2026-02-06")
    log.commit("## Unreleased\n\n- One.\n- Two.\n- Three.\n", "2026-03-07")
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", "--depth", "2", f"file://{log.path.parent}", str(clone))
    path = clone / "CHANGELOG.md"
    found = entries(read(path), lines(path), tags(clone))
    assert [each.title for each in found] == ["Three"]


@pytest.mark.parametrize("config", [{"feed_id": ""}, {"html_baseurl": ""}])
def test_without_a_name_or_an_address_there_is_no_feed(
    fed: Callable[..., Built], log: Log, config: dict[str, str]
) -> None:
    log.commit(UNRELEASED, "2026-01-05")
    nothing(fed(**config))


def test_a_text_build_survives(fed: Callable[..., Built], log: Log) -> None:
    log.commit(UNRELEASED, "2026-01-05")
    built = fed("text")
    assert built.warnings == ""
    nothing(built)


def test_a_feed_that_is_no_more_is_removed(fed: Callable[..., Built], log: Log) -> None:
    log.commit(UNRELEASED, "2026-01-05")
    built = fed()
    built.app.config.feed_exists = False
    built.app.build()
    assert not (built.out / "feed.xml").exists()


def test_a_hostile_string_is_text(fed: Callable[..., Built], log: Log) -> None:
    log.commit(f"## Unreleased\n\n- A {HOSTILE} change.\n", "2026-01-05")
    built = fed()
    (found,) = read_feed(built)
    assert found["title"] == f"A {HOSTILE} change"
    assert "&lt;script&gt;" in found["content"]
    assert "<script" not in built.text("feed.xml")


def test_a_hostile_name_of_the_site_is_text(fed: Callable[..., Built], log: Log) -> None:
    log.commit(UNRELEASED, "2026-01-05")
    built = fed(project=HOSTILE)
    (link,) = built.soup().head.select("link[rel=alternate]")
    assert link["title"] == f"{HOSTILE} documentation: changes"
    assert "<script>alert" not in built.text("index.html").partition("<title>")[0]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("## Soon\n\n- One.\n", 5, "'Soon' is no release"),
        ("## Unreleased\n\n- One.\n\nA paragraph.\n", 9, "nothing but lists of changes"),
        ("## Unreleased\n\n- One.\n-\n", 8, "an item is empty"),
        ("## Unreleased\n\n- One.\n\n## 1.0\n\n- One.\n", 11, "the same change stands at line 7"),
        ("## 1.0\n\n- One.\n\n## v1.0.0\n\n- Two.\n", 9, "1.0.0 stands at line 5 already"),
        ("## Unreleased\n\n- One.\n\n## Unreleased\n", 9, "stands at line 5 already"),
    ],
)
def test_a_changelog_of_another_form_warns_with_its_line(
    fed: Callable[..., Built], log: Log, text: str, line: int, words: str
) -> None:
    log.commit(text, "2026-01-05")
    built = fed()
    assert f"CHANGELOG.md:{line}: WARNING: " in built.warnings
    assert words in built.warnings
    assert "[feed.changelog]" in built.warnings
    nothing(built)


def test_wrong_settings_warn(fed: Callable[..., Built], log: Log) -> None:
    log.commit(UNRELEASED, "2026-01-05")
    wrong = fed(feed_id="https://example.org/changes")
    assert "not like tag:example.org,2026:changes [feed.setting]" in wrong.warnings
    missing = fed(feed_changelog=str(log.path.parent / "HISTORY.md"))
    assert "[feed.file]" in missing.warnings
    nothing(missing)


def test_titles_are_short_and_entries_few(log: Log) -> None:
    items = "".join(f"- Change {number} {'with words ' * 20}\n" for number in range(MOST + 5))
    log.commit(f"## Unreleased\n\n{items}", "2026-01-05")
    found = entries(read(log.path), lines(log.path), {})
    assert len(found) == MOST
    assert all(len(each.title) <= TITLE + 2 and each.title.endswith(" …") for each in found)


def test_a_changelog_without_releases_has_no_entries(log: Log) -> None:
    log.commit("", "2026-01-05")
    assert entries(read(log.path), lines(log.path), {}) == []


def test_faults_have_a_place(log: Log) -> None:
    log.commit("## 1.0\n\n> A quotation.\n", "2026-01-05")
    with pytest.raises(InputError) as error:
        read(log.path)
    assert error.value.location == f"{log.path}:7"


def test_a_feed_of_one_entry() -> None:
    head = Head(ID, HOSTILE, "A & B", f"{BASE}feed.xml", BASE)
    root = ET.fromstring(feed(head, [Entry("x", "T", "<p>H</p>", 0)]))
    assert root.findtext(f"{ATOM}title") == HOSTILE
    assert root.findtext(f"{ATOM}updated") == "1970-01-01T00:00:00Z"
    assert root.find(f"{ATOM}entry/{ATOM}content").get("type") == "html"


# -- The whole site --------------------------------------------------------------------------


def test_the_changelog_of_the_site_has_the_form(site: Path) -> None:
    text = (site / "changelog.html").read_text("utf-8")
    assert "First version of the new documentation" in text
    linked = [page for page in site.rglob("*.html") if "application/atom+xml" in page.read_text()]
    assert bool(linked) == (site / "feed.xml").is_file()
