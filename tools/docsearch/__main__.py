"""``python -m tools.docsearch``: write the records of the built site; ``--upload``: send them."""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
from pathlib import Path

from _ext._shared.inputs import load_yaml
from _ext._shared.report import InputError
from _ext.search.data import Hints

from .client import AlgoliaError, Client
from .records import Site, line, of_site

ROOT = Path(__file__).resolve().parents[2]
HTML = ROOT / "_build" / "html"
OUT = ROOT / "_build" / "docsearch.jsonl"
HINTS = ROOT / "source" / "_data" / "search.yaml"
ADDRESS = "https://mltrack.readthedocs.io/en/latest/"
NEEDED = ("ALGOLIA_APP_ID", "ALGOLIA_API_KEY", "ALGOLIA_INDEX_NAME")


def parser() -> argparse.ArgumentParser:
    """Return the command line."""
    made = argparse.ArgumentParser(prog="python -m tools.docsearch", description=__doc__)
    made.add_argument("--site", type=Path, default=HTML, help="a built site")
    made.add_argument("--out", type=Path, default=OUT, help="the file to write")
    made.add_argument("--address", default=ADDRESS, help="where readers find the site")
    made.add_argument("--version", default="dev", help="the facet: version in conf.py")
    made.add_argument("--lang", default="en", help="the facet: language in conf.py")
    made.add_argument("--upload", action="store_true", help=f"send them; needs {', '.join(NEEDED)}")
    return made


def client() -> Client:
    """Return a client with what the environment has.

    Raises:
        SystemExit: something is missing.
    """
    if missing := [name for name in NEEDED if not os.environ.get(name)]:
        sys.exit(f"docsearch: set {' and '.join(missing)}; the key needs the rights to write")
    app, key, index = (os.environ[name] for name in NEEDED)
    return Client(app, key, index, os.environ.get("ALGOLIA_HOST", ""))


def main(arguments: list[str] | None = None) -> int:
    """Write, and send if asked to; return the exit status."""
    options = parser().parse_args(arguments)
    if not (options.site / "index.html").is_file():
        sys.exit(f"docsearch: there is no site in {options.site}; build it: make html")
    there = client() if options.upload else None
    try:
        hints = load_yaml(HINTS, Hints).value
    except InputError as error:
        sys.exit(f"docsearch: {error.location}: {error.message}")
    address = f"{options.address.rstrip('/')}/"
    site = Site(address, options.version, options.lang, hints.kind_of)
    records = list(of_site(options.site, site))
    try:
        lines = [line(record) for record in records]
    except ValueError as error:
        sys.exit(f"docsearch: {error}")
    text = "".join(f"{one}\n" for one in lines)
    new = options.out.with_name(f"{options.out.name}.new")
    new.write_text(text, "utf-8")
    new.replace(options.out)
    print(f"{options.out}: {len(lines)} records, the largest {max(map(len, lines), default=0)} B")
    if there:
        build = hashlib.sha256(text.encode()).hexdigest()[:16]
        try:
            there.replace(records, options.version, options.lang, build)
        except AlgoliaError as error:
            sys.exit(f"docsearch: {error}")
        print(f"docsearch: {len(lines)} records are in the index")
    return 0


if __name__ == "__main__":
    sys.exit(main())
