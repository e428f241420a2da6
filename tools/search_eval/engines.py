"""Engines in a browser: each gets the queries one after the other, when it is ready."""

from __future__ import annotations

import gzip
from importlib.metadata import version
from typing import TYPE_CHECKING, ClassVar

from .measures import Answer

if TYPE_CHECKING:
    from playwright.sync_api import Page, Response

BLANK = '<!doctype html><html lang="en" data-content_root="./"><title>Search</title>'
FIELD_LIMIT = 300
PACKED = b"\x1f\x8b"


class Engine:
    """What is asked. Subclasses say how to make it ready and how to ask."""

    name: ClassVar[str]
    title: ClassVar[str]
    ask: ClassVar[str]
    """A function in JavaScript: query → addresses of each line; it is awaited and timed."""

    def __init__(self, tab: Page, address: str) -> None:
        """Watch what the page loads."""
        self.tab, self.address = tab, address
        self.loaded: dict[str, Response] = {}
        tab.context.on("response", self._response)

    def _response(self, answer: Response) -> None:
        self.loaded.setdefault(answer.url, answer)

    @property
    def version(self) -> str:
        """Return the version of the engine."""
        raise NotImplementedError

    def ready(self) -> None:
        """Load all that the first query needs."""
        raise NotImplementedError

    def mine(self, path: str) -> bool:
        """Tell whether a path below the site's root belongs to the engine."""
        return True

    def answers(self, texts: list[str]) -> list[Answer]:
        """Ask all queries, the first one twice: once before the clock runs."""
        run = f"""async texts => {{
          const ask = {self.ask};
          await ask(texts[0]);
          const answers = [];
          for (const text of texts) answers.push(await ask(text));
          return answers;
        }}"""
        found = self.tab.evaluate(run, [text[:FIELD_LIMIT] for text in texts])
        return [
            Answer(found=[self._below(line) for line in each["found"]], took=each["took"])
            for each in found
        ]

    def _below(self, addresses: list[str]) -> list[str]:
        return [one.removeprefix(self.address).lstrip("/") for one in addresses]

    def weight(self) -> int:
        """Return the bytes, compressed, of what was loaded so far."""
        total = 0
        for url, answer in self.loaded.items():
            if not self.mine(url.removeprefix(self.address)) or not answer.ok:
                continue
            body = answer.body()
            packed = body.startswith(PACKED) or url.endswith((".pagefind", ".wasm"))
            total += len(body) if packed else len(gzip.compress(body, 9, mtime=0))
        return total


class Palette(Engine):
    """The palette of this site, from a page that has it: typed into, and its links read."""

    name, title = "palette", "This site"
    ask = """text => new Promise(resolve => {
      const field = document.querySelector(".mlt-palette__field");
      const begin = performance.now();
      const hear = ({ detail }) => {
        if (detail.query !== field.value.trim()) return;
        document.removeEventListener("mlt:search", hear);
        const took = performance.now() - begin;
        const links = detail.results ? [...document.querySelectorAll("[role=option]")] : [];
        resolve({ took, found: links.map(link => [link.href]) });
      };
      document.addEventListener("mlt:search", hear);
      field.value = text;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    })"""

    @property
    def version(self) -> str:
        """Return MiniSearch's version, as its licence comment has it."""
        return "MiniSearch 7.2.0"

    def ready(self) -> None:
        """Open the palette of a page and wait until its engine has answered."""
        self.tab.goto(f"{self.address}/genindex.html", wait_until="load")
        self.tab.keyboard.press("Control+k")
        self.tab.locator(".mlt-palette__field").fill("mltrack")
        self.tab.get_by_role("option").first.wait_for()

    def mine(self, path: str) -> bool:
        """Take the palette's own directory."""
        return path.startswith("/_static/search/")


class Sphinx(Engine):
    """Sphinx's own search: its scripts and its index, asked as its page asks them."""

    name, title = "sphinx", "Sphinx's own search"
    SCRIPTS = ("_static/documentation_options.js", "_static/doctools.js",
               "_static/sphinx_highlight.js", "_static/language_data.js",
               "_static/searchtools.js", "searchindex.js")  # fmt: skip
    EXTRA = ("_static/base-stemmer.js", "_static/english-stemmer.js")
    ask = """async text => {
      const begin = performance.now();
      const found = Search._performSearch(...Search._parseQuery(text)).reverse();
      const took = performance.now() - begin;
      return { took, found: found.slice(0, 24).map(([page, , anchor]) => [page + (anchor || "")]) };
    }"""

    @property
    def version(self) -> str:
        """Return Sphinx's version."""
        return f"Sphinx {version('sphinx')}"

    def ready(self) -> None:
        """Load the scripts into an empty page.

        Raises:
            SystemExit: the site has no index of Sphinx's.
        """
        self.tab.route(
            "**/blank.html", lambda route: route.fulfill(body=BLANK, content_type="text/html")
        )
        self.tab.goto(f"{self.address}/blank.html")
        for name in (*self.EXTRA, *self.SCRIPTS):
            answer = self.tab.request.head(f"{self.address}/{name}")
            if answer.ok:
                self.tab.add_script_tag(url=f"{self.address}/{name}")
            elif name not in self.EXTRA:
                raise SystemExit(f"search_eval: the site has no {name}; build it: make html")

    def mine(self, path: str) -> bool:
        """Leave out the empty page, and what every page of a Sphinx site has."""
        return not path.endswith(("blank.html", "doctools.js", "documentation_options.js"))


class Pagefind(Engine):
    """Pagefind: its own script and index, with the first three places of each page."""

    name, title = "pagefind", "Pagefind"
    ask = """async text => {
      const begin = performance.now();
      const { results } = await self.pagefind.search(text);
      const pages = await Promise.all(results.slice(0, 10).map(result => result.data()));
      const took = performance.now() - begin;
      return { took, found: pages.map(page => [page.url, ...page.sub_results.slice(0, 3)
        .map(place => place.url)]) };
    }"""

    def __init__(self, tab: Page, address: str, release: str) -> None:
        """Note the release."""
        super().__init__(tab, address)
        self.release = release

    @property
    def version(self) -> str:
        """Return Pagefind's version."""
        return f"Pagefind {self.release}"

    def ready(self) -> None:
        """Load Pagefind into an empty page and ask once."""
        self.tab.route(
            "**/blank.html", lambda route: route.fulfill(body=BLANK, content_type="text/html")
        )
        self.tab.goto(f"{self.address}/blank.html")
        self.tab.evaluate(
            """async address => {
          self.pagefind = await import(`${address}/pagefind/pagefind.js`);
          await self.pagefind.init();
        }""",
            self.address,
        )

    def mine(self, path: str) -> bool:
        """Leave out the empty page."""
        return path.startswith("/pagefind/")
