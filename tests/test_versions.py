"""The selector of versions, its notice, canonical addresses, and the tree of all versions."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from test_accessibility import violations

from _ext.versions import canonical
from tests.browser import serve
from tools.versions.__main__ import main
from tools.versions.environments import LOCK, digest, environment, install_command
from tools.versions.refs import Ref, VersionsError, refs, stable
from tools.versions.tree import assemble, listed, recover

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

    from tests.conftest import Built

    Build = Callable[..., Built]

ROOT = Path(__file__).parent.parent
CSS = ["css/tokens.css", "css/base.css", "css/frame.css", "css/versions.css"]
URL = "https://docs.example.org/en/"

# -- A repository with three releases --------------------------------------------------------

CONF = """import os, sys
sys.path.insert(0, {root!r})
project = "Small"
release = os.environ.get("READTHEDOCS_VERSION_NAME", "dev")
html_baseurl = os.environ.get("READTHEDOCS_CANONICAL_URL", "")
extensions = ["myst_parser", "sphinx_copybutton", "_ext.sitemap", "_ext.versions"]
versions_stable = "source/_data/stable.json"
html_theme = "furo"
templates_path = [{root!r} + "/_templates"]
html_static_path = ["static"]
html_css_files = {css!r}
html_js_files = [("js/versions.js", {{"defer": "defer"}})]
myst_heading_anchors = 3
"""
STATIC = ("css", "js", "versions", "fonts")


def pages(number: int) -> dict[str, str]:
    """Return the pages of the release ``number``, as 1 to 4; the last is what comes next."""
    body = "\n\nWords.\n" * 30
    texts = {
        "index": f"# Home of {number}\n\n```{{toctree}}\nguides/costs\n```\n",
        "guides/costs": f"# Costs in {number}\n{body}\n## Set a budget\n{body}",
    }
    if number >= 3:
        texts["new"] = f"---\norphan: true\n---\n# New in {number}\n"
    if number == 4:
        texts["next"] = "---\norphan: true\n---\n# Only in the branch\n"
    return texts


@dataclass
class Repository:
    """A git repository with a site."""

    root: Path

    def git(self, *arguments: str) -> str:
        """Run git in it."""
        identity = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
        done = subprocess.run(
            ["git", *identity, *arguments],
            cwd=self.root, check=True, capture_output=True, text=True,
        )  # fmt: skip
        return done.stdout

    def write(self, path: str, text: str) -> None:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")

    def commit(self, number: int, tag: str = "") -> None:
        """Write the site of a release and commit it."""
        for name, text in pages(number).items():
            self.write(f"source/{name}.md", text)
        known = {"version": tag, "pages": sorted(pages(number))} if tag else None
        if known:
            self.write("source/_data/stable.json", json.dumps(known))
        self.git("add", "-A")
        self.git("commit", "-q", "-m", f"Site {number}")
        if tag:
            self.git("tag", tag)

    def build(self, *options: str) -> int:
        """Run ``make versions`` in it, with the running interpreter."""
        return main(["--root", str(self.root), "--url", URL, "--environment", "current", *options])

    @property
    def tree(self) -> Path:
        return self.root / "_build" / "versions"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """A repository with three releases, a branch and a broken release, built once."""
    repository = Repository(tmp_path_factory.mktemp("repository"))
    repository.git("init", "-q", "-b", "main")
    repository.write(".gitignore", "_build/\n")
    repository.write("conf.py", CONF.format(root=str(ROOT), css=CSS))
    repository.write("requirements/docs.txt", "# nothing\n")
    static = repository.root / "source" / "static"
    static.mkdir(parents=True)
    for name in STATIC:
        subprocess.run(["cp", "-r", str(ROOT / "_static" / name), str(static / name)], check=True)
    subprocess.run(["rm", "-rf", str(static / "js" / "frame.js")], check=True)
    conf = (repository.root / "conf.py").read_text().replace('["static"]', '["source/static"]')
    repository.write("conf.py", conf)
    repository.commit(1, "v1.0.0")
    repository.write("conf.py", "raise RuntimeError('broken on purpose')\n")
    repository.commit(1, "v1.1.0")
    repository.write("conf.py", conf)
    repository.commit(2, "v2.0.0")
    repository.commit(3, "v3.0.0")
    repository.commit(4)
    repository.git("tag", "notes")
    assert repository.build() == 1, "one release is broken"
    return repository


def text(made: Repository, path: str) -> str:
    return (made.tree / path).read_text("utf-8")


def test_the_tree_has_every_version_that_builds(made: Repository) -> None:
    found = {path.name for path in made.tree.iterdir()}
    versions = {"latest", "stable", "v3.0.0", "v2.0.0", "v1.0.0"}
    assert found == {*versions, "versions.json", "index.html", "robots.txt"}
    assert "Costs in 1" in text(made, "v1.0.0/guides/costs.html")
    assert "Costs in 3" in text(made, "stable/guides/costs.html")
    assert "Costs in 4" in text(made, "latest/guides/costs.html")
    assert "</span>v2.0.0</span>" in text(made, "v2.0.0/index.html")
    assert not list(made.tree.rglob("*.doctree"))


def test_the_list_says_what_is_stable(made: Repository) -> None:
    data = json.loads(text(made, "versions.json"))
    assert data["stable"] == "v3.0.0"
    assert [(each["name"], each["kind"], each["path"]) for each in data["versions"]] == [
        ("latest", "development", "latest/"),
        ("v3.0.0", "release", "stable/"),
        ("v2.0.0", "release", "v2.0.0/"),
        ("v1.0.0", "release", "v1.0.0/"),
    ]


def test_the_root_leads_to_stable_without_a_script(made: Repository) -> None:
    page = text(made, "index.html")
    assert '<meta http-equiv="refresh" content="0; url=stable/index.html">' in page
    assert f'<link rel="canonical" href="{URL}stable/">' in page
    assert '<a href="v1.0.0/index.html">v1.0.0</a>' in page
    assert "<script" not in page
    assert "style" not in page


@pytest.mark.parametrize(
    ("page", "address"),
    [
        ("v1.0.0/guides/costs", "stable/guides/costs"),
        ("stable/guides/costs", "stable/guides/costs"),
        ("latest/new", "stable/new"),
        ("v1.0.0/search", "v1.0.0/search"),
        ("v3.0.0/search", "stable/search"),
    ],
)
def test_the_canonical_address_is_in_stable(made: Repository, page: str, address: str) -> None:
    assert f'<link rel="canonical" href="{URL}{address}.html">' in text(made, f"{page}.html")


def test_engines_may_read_all_versions_and_are_led_to_stable(made: Repository) -> None:
    """An engine that may not read an old page would not see where its canonical link leads."""
    robots = text(made, "robots.txt")
    assert robots == text(made, "stable/robots.txt")
    assert f"Sitemap: {URL}stable/sitemap.xml" in robots
    assert "Disallow" not in robots
    for version in ("stable", "v3.0.0", "v2.0.0", "v1.0.0", "latest"):
        assert f"<loc>{URL}stable/guides/costs.html</loc>" in text(made, f"{version}/sitemap.xml")
        assert "noindex" not in text(made, f"{version}/guides/costs.html")
    assert f"<loc>{URL}latest/next.html</loc>" in text(made, "latest/sitemap.xml")


def test_a_broken_release_is_reported_with_its_log_and_harms_nothing(
    made: Repository, capfd: pytest.CaptureFixture[str]
) -> None:
    assert made.build() == 1
    out, err = capfd.readouterr()
    assert re.search(r"v1\.1\.0 +release +failed: Sphinx could not build it, see (.*)", err)
    log = made.root / "_build" / "versions-work" / "logs" / "v1.1.0.log"
    assert "broken on purpose" in log.read_text()
    assert str(log) in err
    assert out.count("as before") == 4, "what was built is not built again"
    assert (made.tree / "v1.0.0" / "index.html").is_file()


def test_clean_worktrees_are_gone_after_the_build(made: Repository) -> None:
    assert made.git("worktree", "list").count("\n") == 1
    assert not list((made.root / "_build" / "versions-work" / "worktrees").iterdir())


def test_a_branch_that_fails_keeps_what_was_built_before(
    made: Repository, capfd: pytest.CaptureFixture[str]
) -> None:
    before = made.git("rev-parse", "main").strip()
    good = (made.root / "conf.py").read_text()
    try:
        made.write("conf.py", "raise RuntimeError\n")
        made.git("commit", "-q", "-a", "-m", "Break")
        assert made.build("--only", "latest") == 1
        assert "what was built before stays" in capfd.readouterr().err
        assert "Costs in 4" in text(made, "latest/guides/costs.html")
        assert (made.tree / "v2.0.0" / "index.html").is_file(), "versions not named stay too"
    finally:
        made.git("reset", "-q", "--hard", before)
    assert (made.root / "conf.py").read_text() == good


def test_a_release_that_does_not_name_its_pages_is_told(
    made: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    made.git("tag", "v4.0.0")
    try:
        assert made.build("--only", "v4.0.0") == 0
        said = capsys.readouterr().out
        assert "v4.0.0        release      built: its stable.json names v3.0.0" in said
        assert "run make addresses RELEASE=v4.0.0" in said
        assert json.loads(text(made, "versions.json"))["stable"] == "v4.0.0"
    finally:
        made.git("tag", "-d", "v4.0.0")
        made.build("--only", "latest")


def test_an_unknown_version_is_refused(
    made: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    assert made.build("--only", "v9") == 1
    assert "there is no version v9; there are latest, v3.0.0" in capsys.readouterr().err


# -- Versions and environments ---------------------------------------------------------------


def test_tags_that_are_releases(tmp_path: Path) -> None:
    repository = Repository(tmp_path)
    repository.git("init", "-q", "-b", "main")
    repository.write("a", "a")
    repository.git("add", "-A")
    repository.git("commit", "-q", "-m", "A")
    for tag in ("v1.9", "v1.10", "2.0rc1", "nightly", "v2/x", "very-old"):
        repository.git("tag", tag)
    found = refs(tmp_path, "main")
    kinds = [(ref.name, ref.kind) for ref in found]
    assert kinds == [
        ("latest", "development"),
        ("2.0rc1", "pre-release"),
        ("v1.10", "release"),
        ("v1.9", "release"),
    ]
    assert stable(found) == found[2]
    with pytest.raises(VersionsError, match="rev-parse"):
        refs(tmp_path, "other")
    repository.git("tag", "1.9.0")
    with pytest.raises(VersionsError, match=r"1\.9.* name one release"):
        refs(tmp_path, "main")


def test_equal_locks_share_an_environment(tmp_path: Path) -> None:
    locks = []
    for name, words in (("a", "x==1\n"), ("b", "x==1\n"), ("c", "x==2\n")):
        (tmp_path / name).write_text(words)
        locks.append(digest(tmp_path / name))
    assert locks[0] == locks[1] != locks[2]
    with pytest.raises(VersionsError, match="it has no requirements"):
        digest(tmp_path / "none")


def wheel(folder: Path) -> str:
    """Write a package into a directory and return the line of a lock that has it."""
    folder.mkdir()
    path = folder / "tiny-1.0-py3-none-any.whl"
    about = {
        "METADATA": "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n",
        "WHEEL": "Wheel-Version: 1.0\nGenerator: hand\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        "RECORD": "tiny.py,,\n" + "".join(
            f"tiny-1.0.dist-info/{name},,\n" for name in ("METADATA", "WHEEL", "RECORD")
        ),
    }  # fmt: skip
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("tiny.py", "value = 1\n")
        for name, words in about.items():
            file.writestr(f"tiny-1.0.dist-info/{name}", words)
    return f"tiny==1.0 --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"


def test_an_environment_is_made_from_its_lock_once_and_without_a_network(tmp_path: Path) -> None:
    wheels, log, lock = tmp_path / "wheels", tmp_path / "log", tmp_path / LOCK
    lock.parent.mkdir()
    lock.write_text(wheel(wheels))
    left = tmp_path / "environments" / digest(lock) / "left"
    left.parent.mkdir(parents=True)
    left.touch()
    made = environment(tmp_path, tmp_path / "environments", log, wheels)
    assert not left.exists(), "an interrupted one is made anew"
    say = [str(made.python), "-c", "import tiny; print(tiny.value)"]
    assert subprocess.run(say, check=True, capture_output=True, text=True).stdout == "1\n"
    words = log.read_text()
    assert environment(tmp_path, tmp_path / "environments", log, wheels) == made
    assert log.read_text() == words, "a complete one is not"
    lock.write_text("tiny==1.0 --hash=sha256:" + 64 * "0")
    with pytest.raises(VersionsError, match=r"packages could not be installed, see .*log"):
        environment(tmp_path, tmp_path / "environments", log, wheels)
    assert "DO NOT MATCH" in log.read_text()


def test_pip_needs_no_network_with_a_directory_of_packages() -> None:
    python, lock = Path("python"), Path("docs.txt")
    assert "--no-index" not in install_command(python, lock, None)
    command = install_command(python, lock, Path("wheels"))
    assert command[command.index("--no-index") + 1 :][:2] == ["--find-links", "wheels"]
    assert {"--require-hashes", "--no-deps"} < {*command}


def test_without_a_release_the_root_leads_to_the_branch(tmp_path: Path) -> None:
    site = tmp_path / "site"
    site.mkdir()
    (site / "index.html").write_text("main")
    latest = Ref("latest", "development", "a")
    assemble({latest: site}, tmp_path / "tree", URL)
    assert 'url=latest/index.html"' in (tmp_path / "tree" / "index.html").read_text()
    assert json.loads((tmp_path / "tree" / "versions.json").read_text())["stable"] is None
    assert not (tmp_path / "tree" / "stable").exists()


def test_an_interrupted_exchange_is_taken_back(tmp_path: Path) -> None:
    tree, old = tmp_path / "tree", tmp_path / "tree.old"
    old.mkdir()
    (old / "a").touch()
    recover(tree)
    assert (tree / "a").exists()
    assert not old.exists()


def test_a_pre_release_is_never_stable() -> None:
    early = Ref("v2.0rc1", "pre-release", "a")
    assert listed([early])["stable"] is None


# -- The extension ---------------------------------------------------------------------------


def test_a_site_alone_has_a_plain_badge(build: Build) -> None:
    built = build("# A\n", ["_ext.versions"], release="1", html_baseurl=f"{URL}latest/")
    assert "data-versions" not in built.text()
    assert "readthedocs" not in built.text()
    assert built.soup().select_one("link[rel=canonical]")["href"] == f"{URL}latest/index.html"


def test_read_the_docs_is_told_the_shape_of_its_data(build: Build) -> None:
    files = {"404.md": "---\norphan: true\n---\n# Gone\n"}
    built = build(
        "# A\n", ["notfound.extension", "_ext.versions"],
        files=files, release='1<b>"', versions_from="readthedocs",
    )  # fmt: skip
    soup = built.soup()
    assert soup.select_one("meta[name=readthedocs-addons-api-version]")["content"] == "1"
    badge = soup.select_one("[data-versions=readthedocs] > .mlt-header__version")
    assert badge.get_text() == 'Version 1<b>"'
    assert not built.soup("404").select("[data-versions]"), "it shows at any address"


@pytest.mark.parametrize(
    ("settings", "data", "message"),
    [
        ({"versions_from": "moon"}, None, r"versions_from is 'moon'.*\[versions.setting\]"),
        ({"versions_stable": "none.json"}, None, r"cannot be read.*\[versions.file\]"),
        (
            {"versions_stable": "stable.json"},
            '{"version": "1",\n "pages": 3}',
            r"stable\.json:2: WARNING: pages: .*\[versions.file\]",
        ),
    ],
)
def test_wrong_settings_warn(
    build: Build, settings: dict[str, str], data: str | None, message: str
) -> None:
    files = {"stable.json": data} if data else {}
    assert re.search(message, build("# A\n", ["_ext.versions"], files=files, **settings).warnings)


def test_a_text_build_survives(build: Build) -> None:
    built = build("# A\n", ["_ext.versions"], builder="text", versions_from="tree")
    assert "A" in built.text("index.txt")


def test_pages_of_the_release_are_canonical_there_and_others_are_their_own() -> None:
    base = f"{URL}latest/"
    assert canonical(base, "a/b", "a/b.html", ["a/b"]) == f"{URL}stable/a/b.html"
    assert canonical(base, "a/c", "a/c.html", ["a/b"]) == f"{base}a/c.html"


# -- In a browser ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def address(made: Repository) -> Iterator[str]:
    with serve(made.tree) as url:
        yield url


@pytest.fixture
def opened(browser: Browser, address: str) -> Iterator[Callable[..., Page]]:
    """Return ``opened(path, width)``; faults of the console fail the test."""
    faults: list[str] = []
    contexts = []

    def note(message: Any) -> None:
        if message.type in ("error", "warning") and "404" not in message.text:
            faults.append(message.text)

    def go(path: str, width: int = 1000, **options: Any) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 700}, **options)
        contexts.append(context)
        tab = context.new_page()
        tab.on("console", note)
        tab.on("pageerror", lambda error: faults.append(str(error)))
        tab.goto(f"{address}/{path}", wait_until="networkidle")
        return tab

    yield go
    for context in contexts:
        context.close()
    assert faults == []


def selector(tab: Page) -> Any:
    return tab.get_by_role("button", name="Version")


@pytest.mark.browser
def test_the_selector_keeps_page_and_anchor(opened: Callable[..., Page]) -> None:
    tab = opened("v1.0.0/guides/costs.html#set-a-budget")
    selector(tab).click()
    panel = tab.get_by_role("navigation", name="Versions")
    links = panel.get_by_role("link")
    assert links.all_inner_texts() == [
        "latest\nnot released", "v3.0.0\ncurrent", "v2.0.0", "v1.0.0",
    ]  # fmt: skip
    assert links.nth(3).get_attribute("aria-current") == "true"
    links.nth(2).click()
    tab.wait_for_url("**/v2.0.0/guides/costs.html#set-a-budget")
    assert tab.locator("h1").inner_text().startswith("Costs in 2")
    selector(tab).click()
    tab.get_by_role("link", name="v3.0.0 current").click()
    tab.wait_for_url("**/stable/guides/costs.html#set-a-budget")


@pytest.mark.browser
def test_an_anchor_that_changes_later_is_kept_too(opened: Callable[..., Page]) -> None:
    tab = opened("v1.0.0/guides/costs.html")
    selector(tab).click()
    tab.evaluate("location.hash = 'set-a-budget'")
    link = tab.get_by_role("link", name="v2.0.0")
    tab.wait_for_function("link => link.hash === '#set-a-budget'", arg=link.element_handle())


@pytest.mark.browser
def test_a_version_without_the_page_says_so_and_leads_to_its_start(
    opened: Callable[..., Page],
) -> None:
    tab = opened("stable/new.html")
    selector(tab).click()
    link = tab.get_by_role("link", name="v1.0.0 has no such page: its start")
    link.wait_for()
    assert tab.get_by_role("link", name="latest not released").is_visible()
    link.click()
    tab.wait_for_url("**/v1.0.0/")
    assert "Home of 1" in tab.locator("h1").inner_text()


@pytest.mark.browser
def test_the_keyboard_opens_walks_and_closes_it(opened: Callable[..., Page]) -> None:
    tab = opened("stable/index.html")
    button = selector(tab)
    assert button.get_attribute("aria-expanded") == "false"
    button.focus()
    tab.keyboard.press("Enter")
    panel = tab.get_by_role("navigation", name="Versions")
    panel.wait_for()
    assert button.get_attribute("aria-expanded") == "true"
    assert button.get_attribute("aria-controls") == panel.get_attribute("id")
    words = "document.activeElement.firstChild.textContent"
    for key, name in (("ArrowDown", "latest"), ("ArrowDown", "v3.0.0"), ("ArrowUp", "latest")):
        tab.keyboard.press(key)
        assert tab.evaluate(words) == name
    tab.keyboard.press("Escape")
    panel.wait_for(state="hidden")
    assert tab.evaluate("document.activeElement.ariaExpanded") == "false"
    tab.keyboard.press("Enter")
    panel.wait_for()
    for _ in range(5):
        tab.keyboard.press("Tab")
    panel.wait_for(state="hidden")


@pytest.mark.browser
def test_nothing_of_it_loads_on_the_current_release_before_its_use(
    opened: Callable[..., Page],
) -> None:
    tab = opened("stable/index.html")
    loaded = (
        "performance.getEntriesByType('resource').filter(r => r.name.includes('/menu.')).length"
    )
    assert tab.evaluate(loaded) == 0
    assert tab.locator(".mlt-notice").count() == 0
    selector(tab).click()
    tab.get_by_role("navigation", name="Versions").wait_for()
    assert tab.evaluate(loaded) == 2


@pytest.mark.browser
@pytest.mark.parametrize(
    ("version", "words"),
    [
        ("v1.0.0", "v1.0.0 is an old version. The current version is v3.0.0."),
        ("latest", "latest is not released. The current version is v3.0.0."),
    ],
)
def test_the_notice_leads_to_the_same_place_and_can_be_hidden(
    opened: Callable[..., Page], version: str, words: str
) -> None:
    tab = opened(f"{version}/guides/costs.html#set-a-budget")
    notice = tab.get_by_role("complementary", name="Version")
    assert words in notice.inner_text()
    link = notice.get_by_role("link", name="Read this page in v3.0.0")
    assert link.get_attribute("href").endswith("/stable/guides/costs.html#set-a-budget")
    notice.get_by_role("button", name=f"Hide this notice for {version}").click()
    assert notice.count() == 0
    assert tab.evaluate("JSON.stringify(localStorage)") == json.dumps(
        {"mlt-version-notice": json.dumps([version])}, separators=(",", ":")
    )
    tab.goto(tab.url.split("#")[0].replace("guides/costs", "index"), wait_until="networkidle")
    assert notice.count() == 0
    other = "v2.0.0/index.html"
    tab.goto(tab.url.split(f"/{version}/")[0] + f"/{other}", wait_until="networkidle")
    assert notice.is_visible(), "each version has its own"


@pytest.mark.browser
def test_the_notice_of_a_page_that_the_current_release_has_not(
    opened: Callable[..., Page],
) -> None:
    tab = opened("latest/next.html#x")
    link = tab.get_by_role("link", name="v3.0.0 has no such page: go to its start")
    link.wait_for()
    assert link.get_attribute("href").endswith("/stable/")


@pytest.mark.browser
def test_the_release_under_its_own_name_has_no_notice(opened: Callable[..., Page]) -> None:
    tab = opened("v3.0.0/index.html")
    assert tab.locator(".mlt-notice").count() == 0


SHIFT = """() => new Promise(resolve => {
  let sum = 0;
  new PerformanceObserver(list => { for (const e of list.getEntries()) sum += e.value; })
    .observe({ type: "layout-shift", buffered: true });
  setTimeout(() => resolve(sum), 300);
})"""


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 1000])
def test_nothing_moves_and_everything_fits(opened: Callable[..., Page], width: int) -> None:
    tab = opened("v1.0.0/guides/costs.html", width)
    tab.locator(".mlt-notice").wait_for()
    assert tab.evaluate(SHIFT) == pytest.approx(0, abs=0.001)
    selector(tab).click()
    tab.get_by_role("navigation", name="Versions").wait_for()
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    if width < 500:
        for part in (".mlt-versions button", ".mlt-versions__link", ".mlt-notice__close"):
            box = tab.locator(part).first.bounding_box()
            assert box
            assert min(box["width"], box["height"]) >= 44, part
            assert 0 <= box["x"] <= box["x"] + box["width"] <= width, part


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(opened: Callable[..., Page], scheme: str) -> None:
    tab = opened("v1.0.0/guides/costs.html", color_scheme=scheme)
    selector(tab).click()
    tab.get_by_role("navigation", name="Versions").wait_for()
    below = "target-size: ['li:nth-child(1) > a"  # the breadcrumb, below the open menu
    assert [each for each in violations(tab) if not each.startswith(below)] == []


@pytest.mark.browser
def test_paper_has_no_notice(opened: Callable[..., Page]) -> None:
    tab = opened("v1.0.0/index.html")
    tab.locator(".mlt-notice").wait_for()
    tab.emulate_media(media="print")
    assert not tab.locator(".mlt-notice").is_visible()


@pytest.mark.browser
def test_a_page_without_scripts_or_a_list_keeps_its_badge(
    opened: Callable[..., Page], browser: Browser, made: Repository
) -> None:
    tab = opened("v1.0.0/index.html", java_script_enabled=False)
    assert tab.locator(".mlt-header__version").inner_text().endswith("v1.0.0")
    assert tab.locator("header button").count() in (0, 1), "the theme's, at most"
    alone = browser.new_page()
    alone.goto((made.tree / "v1.0.0" / "index.html").as_uri(), wait_until="load")
    assert alone.locator("span.mlt-header__version").is_visible()
    alone.close()


HOSTED = """base => {
  const version = (slug, type, ref) =>
    ({ slug, type, ref, verbose_name: slug, urls: { documentation: `${base}/${slug}/` } });
  const active = [version("latest", "branch"), version("stable", "tag", "v3.0.0"),
    version("v3.0.0", "tag"), version("v2.0.0", "tag"), version("v4.0.0rc1", "tag"),
    { ...version("evil", "tag"), urls: { documentation: "javascript:alert(1)" } }];
  const current = active.find(v => location.href.includes(`/${v.slug}/`));
  const data = { versions: { active, current } };
  const detail = { data: () => data };
  document.dispatchEvent(new CustomEvent("readthedocs-addons-data-ready", { detail }));
}"""


@pytest.mark.browser
def test_the_data_of_read_the_docs_makes_the_same_menu(
    opened: Callable[..., Page], address: str, made: Repository
) -> None:
    path = made.tree / "v2.0.0" / "hosted.html"
    page = text(made, "v2.0.0/index.html")
    path.write_text(page.replace('data-versions="tree"', 'data-versions="readthedocs"'))
    try:
        tab = opened("v2.0.0/hosted.html")
        assert tab.locator(".mlt-versions button").count() == 0
        tab.evaluate(HOSTED, address)
        tab.locator(".mlt-notice").wait_for()
        assert (
            "v2.0.0 is an old version. The current version is v3.0.0."
            in tab.locator(".mlt-notice").inner_text()
        )
        selector(tab).click()
        links = tab.get_by_role("navigation", name="Versions").get_by_role("link")
        links.get_by_text("has no such page").first.wait_for()
        assert [name.split("\n")[0] for name in links.all_inner_texts()] == [
            "latest", "v3.0.0", "v2.0.0", "v4.0.0rc1",
        ]  # fmt: skip
        assert links.nth(1).get_attribute("href") == f"{address}/stable/"
        assert links.nth(2).get_attribute("aria-current") == "true"
    finally:
        path.unlink()
