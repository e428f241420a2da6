"""``llms.txt``: the site for language models, as llmstxt.org describes it.

``llms.txt`` lists all pages by section, each with its description and the address of its Markdown
twin. ``llms-full.txt`` leads to the whole text: one file a section below ``llms/``, or several
where a section is long. All come from the environment and the twins when the build has finished.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sphinx import addnodes

from . import page_markdown
from ._shared.report import warn
from .page_markdown.inline import escape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

INDEX, FULL, FOLDER = "llms.txt", "llms-full.txt", "llms"
MOST = 400_000
"""Characters of a file: about 100,000 tokens, half of what common models take at once."""
OPTIONAL = "Optional"
"""What llmstxt.org calls the section that may be left out."""
APART = "\n\n---\n\n"


@dataclass(frozen=True)
class Section:
    """A part of the site: its title, the name of its files, its pages in reading order."""

    title: str
    name: str
    pages: tuple[str, ...]


def sections(app: Sphinx) -> list[Section]:
    """Return the sections in the order of the first page's table of contents."""
    env, root = app.env, app.config.root_doc
    left = dict.fromkeys(page_markdown.pages(app))
    titles = _titles(app)
    found = []
    for first in env.toctree_includes.get(root, []):
        pages = tuple(page for page in _below(env.toctree_includes, first) if page in left)
        for page in pages:
            left.pop(page, None)
        apart = first.partition("/")[0] in app.config.llms_optional
        name = first.removesuffix("/index").replace("/", "-")
        found.append(Section(OPTIONAL if apart else titles[first], name, pages))
    found.append(Section("More", "more", tuple(left)))
    found.sort(key=lambda section: section.title == OPTIONAL)  # keeps the order of the others
    return [section for section in found if section.pages]


def _titles(app: Sphinx) -> dict[str, str]:
    """Return what the first page's table of contents calls the pages that it names."""
    env, root = app.env, app.config.root_doc
    trees = env.tocs[root].findall(addnodes.toctree)
    entries = ((page, title) for tree in trees for title, page in tree["entries"])
    return {page: title or _title(app, page) for page, title in entries if page in env.titles}


def _title(app: Sphinx, page: str) -> str:
    return app.env.titles[page].astext()


def _check(app: Sphinx, env: BuildEnvironment) -> None:
    """Warn of a setting that names no section."""
    root = app.config.root_doc
    known = sorted({first.partition("/")[0] for first in env.toctree_includes.get(root, [])})
    for name in app.config.llms_optional:
        if name not in known:
            text = f"llms_optional names {name!r}, which is no section of the first page's table of"
            warn("llms", "optional", f"{text} contents; there are: {', '.join(known)}", root)


def _below(includes: dict[str, list[str]], page: str) -> Iterator[str]:
    """Yield a page and those that its tables of contents name, each once."""
    seen: set[str] = set()
    waiting = [page]
    while waiting:
        name = waiting.pop(0)
        if name not in seen:
            seen.add(name)
            yield name
            waiting = [*includes.get(name, []), *waiting]


def _head(app: Sphinx) -> list[str]:
    config = app.config
    lines = [f"# {escape(config.project)}"]
    if said := page_markdown.description(app, config.root_doc):
        lines.append(f"> {escape(said)}")
    return lines


def index(app: Sphinx, parts: list[Section]) -> str:
    """Return ``llms.txt``."""
    base = app.config.html_baseurl
    blocks = [
        *_head(app),
        f"Version of this documentation: {escape(app.config.release)}. Each page is Markdown at"
        " its address with `.md` in place of `.html`, with the outputs of its code."
        f" [The whole text, by section]({base}{FULL}).",
    ]
    listed: dict[str, list[str]] = {}
    for part in parts:
        listed.setdefault(part.title, []).extend(_entry(app, page) for page in part.pages)
    for title, entries in listed.items():
        blocks += [f"## {escape(title)}", "\n".join(entries)]
    return "\n\n".join(blocks) + "\n"


def _entry(app: Sphinx, page: str) -> str:
    said = page_markdown.description(app, page)
    text = f"- [{escape(_title(app, page))}]({page_markdown.address(app, page)})"
    return f"{text}: {escape(said)}" if said else text


def shards(app: Sphinx, part: Section) -> dict[str, list[str]]:
    """Return the texts of a section's pages by the name of the file that they are in."""
    files: list[list[str]] = [[]]
    size = 0
    for page in part.pages:
        text = _page(app, page)
        if files[-1] and size + len(text) >= MOST:
            files.append([])
            size = 0
        files[-1].append(text)
        size += len(text) + len(APART)
    if len(files) == 1:
        return {f"{FOLDER}/{part.name}.txt": files[0]}
    return {f"{FOLDER}/{part.name}-{number}.txt": file for number, file in enumerate(files, 1)}


def _page(app: Sphinx, page: str) -> str:
    """Return the twin of a page with its address below its title in place of the front matter."""
    path = Path(app.outdir, page + page_markdown.SUFFIX)
    text = path.read_text("utf-8") if path.is_file() else ""
    title, _, rest = text.partition("\n---\n\n")[2].partition("\n")
    return f"{title}\n\nSource: {page_markdown.address(app, page)}\n{rest}".rstrip()


def _write(app: Sphinx, exception: Exception | None) -> None:
    """Write all files, and remove those of sections that are gone."""
    if exception or app.builder.name != "html":
        return
    out, base = Path(app.outdir), app.config.html_baseurl
    (out / FOLDER).mkdir(exist_ok=True)
    parts = sections(app)
    lines = []
    written = set()
    for part in parts:
        files = shards(app, part)
        title = _title(app, part.pages[0]) if part.title == OPTIONAL else part.title
        for number, (name, texts) in enumerate(files.items(), 1):
            text = APART.join(texts) + "\n"
            (out / name).write_text(text, "utf-8")
            written.add(out / name)
            label = f"{title}, part {number}" if len(files) > 1 else title
            count = f"{len(texts)} page{'s' if len(texts) > 1 else ''}"
            lines.append(f"- [{escape(label)}]({base}{name}): {count}, {len(text):,} characters")
    listed = "\n".join(lines)
    full = [*_head(app), f"The whole text is in {len(lines)} files.", "## Sections", listed]
    (out / FULL).write_text("\n\n".join(full) + "\n", "utf-8")
    (out / INDEX).write_text(index(app, parts), "utf-8")
    for path in set((out / FOLDER).glob("*.txt")) - written:
        path.unlink()


def setup(app: Sphinx) -> dict[str, bool]:
    """Write last."""
    app.setup_extension("_ext.page_markdown")
    app.add_config_value("llms_optional", [], "html", [list])
    app.connect("env-check-consistency", _check)
    app.connect("build-finished", _write, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
