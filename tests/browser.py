"""Real pages in a real browser: a server with the site's policy, and how to launch Chromium."""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest

from tools.browser import find

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; media-src 'self'; connect-src 'self'"
)
"""The policy under which every page runs."""

CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium_path() -> str:
    """Return the path of an installed Chromium; skip the test if there is none."""
    return find() or pytest.skip("Chromium is not installed: run make browser")


class _Handler(SimpleHTTPRequestHandler):
    """Files below a directory, each with the policy, in silence."""

    extensions_map = {  # noqa: RUF012 - the base class's shape
        **SimpleHTTPRequestHandler.extensions_map,
        ".js": "text/javascript",
        ".mjs": "text/javascript",
        ".wasm": "application/wasm",
        ".woff2": "font/woff2",
        ".cast": "application/x-asciicast",
    }

    def __init__(self, *args: Any, csp: str, **kwargs: Any) -> None:
        self.csp = csp
        super().__init__(*args, **kwargs)

    def end_headers(self) -> None:
        if self.csp:
            self.send_header("Content-Security-Policy", self.csp)
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def serve(directory: Path, csp: str = CSP) -> Iterator[str]:
    """Serve ``directory`` on a free port of 127.0.0.1 and give the address, without a final slash.

    An empty ``csp`` sends no policy.
    """
    handler = partial(_Handler, directory=str(directory), csp=csp)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
