"""Fixtures: small Sphinx sites built on the spot, and the whole site built once."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from bs4 import BeautifulSoup
from filelock import FileLock
from sphinx.testing.util import SphinxTestApp

from tests.browser import CHROMIUM_ARGS, chromium_path, serve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from docutils import nodes
    from playwright.sync_api import Browser

ROOT = Path(__file__).parents[1]

BASE = {
    "html_theme": "furo",
    "html_static_path": [str(ROOT / "_static")],
    "templates_path": [str(ROOT / "_templates")],
    "myst_enable_extensions": ["colon_fence", "attrs_inline", "attrs_block", "deflist"],
    "nb_execution_mode": "off",
    "exclude_patterns": ["_build"],
    "copybutton_exclude": (
        ".linenos, .gp, .go, .gt, .mlt-sign, .mlt-diff__line--header, .mlt-diff__line--deleted"
    ),
}
"""What a small site has of the real one's configuration."""


@dataclass
class Built:
    """A small site after its build."""

    app: SphinxTestApp
    warnings: str

    @property
    def out(self) -> Path:
        """The directory of the output."""
        return Path(self.app.outdir)

    def text(self, name: str = "index.html") -> str:
        """Return an output file's text."""
        return (self.out / name).read_text(encoding="utf-8")

    def soup(self, page: str = "index") -> BeautifulSoup:
        """Return a page's HTML, parsed."""
        return BeautifulSoup(self.text(f"{page}.html"), "html.parser")

    def article(self, page: str = "index") -> Any:
        """Return the page's own content, without sidebar and header."""
        return self.soup(page).find("article")

    def doctree(self, page: str = "index") -> nodes.document:
        """Return a page's doctree as it was read."""
        return self.app.env.get_doctree(page)


@pytest.fixture(scope="module", autouse=True)
def no_experiment() -> None:
    """Begin each file without the experiment that another one chose.

    MLflow keeps it in the process, and in the environment for subprocesses; in another store there
    is no such experiment.
    """
    os.environ.pop("MLFLOW_EXPERIMENT_ID", None)
    if fluent := sys.modules.get("mlflow.tracking.fluent"):
        fluent._active_experiment_id = None


@pytest.fixture
def build(tmp_path: Path) -> Iterator[Callable[..., Built]]:
    """Return ``build(pages, extensions, builder="html", files=None, **config)``.

    ``pages`` maps a page's name to its Markdown; ``files`` maps other paths below the source
    directory to their text. Warnings are returned, not raised.
    """
    apps: list[SphinxTestApp] = []

    def make(
        pages: dict[str, str] | str,
        extensions: list[str],
        builder: str = "html",
        files: dict[str, str] | None = None,
        **config: Any,
    ) -> Built:
        source = tmp_path / f"site{len(apps)}"
        source.mkdir()
        (source / "conf.py").write_text("")
        texts = {"index": pages} if isinstance(pages, str) else pages
        for name, text in texts.items():
            path = source / f"{name}.md"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        for name, text in (files or {}).items():
            path = source / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        overrides = {**BASE, "extensions": ["myst_nb", *extensions], **config}
        app = SphinxTestApp(
            builder, srcdir=source, confoverrides=overrides, freshenv=True, warningiserror=False
        )
        apps.append(app)
        app.build()
        return Built(app, app.warning.getvalue())

    yield make
    for app in apps:
        app.cleanup()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole site as ``make html`` builds it, in ``_build/html``.

    Where several processes test, the first one builds, and the others wait for it.
    """
    out = ROOT / "_build" / "html"
    run = tmp_path_factory.getbasetemp()
    shared = run.parent if "PYTEST_XDIST_WORKER" in os.environ else run
    done = shared / "site-is-built"
    with FileLock(shared / "site.lock"):
        if not done.exists():
            subprocess.run(
                [sys.executable, "-m", "sphinx", "-nW", "--keep-going", "-q", "-j", "auto",
                 "-c", str(ROOT), str(ROOT / "source"), str(out)],
                check=True,
            )  # fmt: skip
            done.touch()
    return out


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, for the tests of one module."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium_path(), args=CHROMIUM_ARGS)
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    """The address of the whole site, served with its policy."""
    with serve(site) as url:
        yield url
