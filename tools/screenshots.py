"""Photograph pages of the built site: three widths, both themes, and a sheet of all of them.

``python -m tools.screenshots`` serves ``_build/html`` on a free port of 127.0.0.1 and writes
``PAGE-THEME-WIDTH.png`` and ``index.html`` below ``_build/screenshots``.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import http.server
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment

from tools import browser

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

ROOT = Path(__file__).resolve().parents[1]
HTML = ROOT / "_build" / "html"
PAGES = (
    "index",
    "get-started/index",
    "get-started/first-run",
    "guides/costs",
    "deployment/kubernetes",
    "understand/cost-model",
    "reference/cli/run",
    "reference/python/tracking",
    "reference/rest/classification",
    "trust/index",
)
"""One page of each type: landing, section, tutorial with cells, how-to guide, recipe, explanation,
command, Python, REST, ledger."""
THEMES = ("light", "dark")
WIDTHS = (360, 768, 1440)
HEIGHT = 900
CHROMIUM = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
            "--disable-background-networking", "--disable-component-update",
            "--disable-sync")  # fmt: skip

SHEET = """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Screenshots</title>
{% for page, images in sheet.items() %}
<h2>{{ page }}</h2>
{% for image in images %}
<a href="{{ image }}"><img src="{{ image }}" alt="{{ image }}" height="300" loading="lazy"></a>
{% endfor %}
{% endfor %}
"""


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files and writes no log."""

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextlib.contextmanager
def serve(folder: Path) -> Iterator[str]:
    """Serve ``folder`` on a free port of 127.0.0.1 and yield its address."""
    handler = functools.partial(Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def photograph(
    browser_: Browser, address: str, pages: list[str], out: Path
) -> dict[str, list[str]]:
    """Write the pictures below ``out`` and return their names by page."""
    sheet: dict[str, list[str]] = {page: [] for page in pages}
    for theme in THEMES:
        for width in WIDTHS:
            context = browser_.new_context(
                viewport={"width": width, "height": HEIGHT},
                color_scheme="dark" if theme == "dark" else "light",
                reduced_motion="reduce",
            )
            view = context.new_page()
            for page in pages:
                view.goto(f"{address}/{page}.html", wait_until="networkidle")
                view.evaluate("document.fonts.ready")
                name = f"{page.replace('/', '-')}-{theme}-{width}.png"
                view.screenshot(path=out / name)
                sheet[page].append(name)
            context.close()
    return sheet


def main() -> None:
    """Photograph all pages, or those that are named."""
    parser = argparse.ArgumentParser(prog="python -m tools.screenshots", description=__doc__)
    parser.add_argument("--pages", nargs="+", default=list(PAGES), help="without .html")
    parser.add_argument("--out", type=Path, default=ROOT / "_build" / "screenshots")
    args = parser.parse_args()
    missing = [page for page in args.pages if not (HTML / f"{page}.html").is_file()]
    if missing:
        sys.exit(f"screenshots: not in {HTML}: {', '.join(missing)}. Run make html first.")
    program = browser.find()
    if program is None:
        sys.exit("screenshots: there is no Chromium. Run make browser first.")
    from playwright.sync_api import sync_playwright

    args.out.mkdir(parents=True, exist_ok=True)
    with serve(HTML) as address, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=list(CHROMIUM))
        sheet = photograph(chromium, address, args.pages, args.out)
        chromium.close()
    html = Environment(autoescape=True, trim_blocks=True).from_string(SHEET).render(sheet=sheet)
    (args.out / "index.html").write_text(html, encoding="utf-8")
    print(f"{sum(map(len, sheet.values()))} pictures: {args.out / 'index.html'}")


if __name__ == "__main__":
    main()
