"""The parser of pages: MyST-NB's, except that it takes stored outputs where a page needs them."""

from __future__ import annotations

import dataclasses
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from docutils import nodes
from myst_nb.sphinx_ import NbMetadataCollector, Parser  # type: ignore[import-untyped]
from pydantic import ValidationError

from _ext._shared.evidence import attach
from _ext._shared.report import InputError, warn
from _ext.ledger.cells import cell_evidence

from .model import REMEDY, Stored, environment_of, fill, load, read, stale
from .note import note_of

if TYPE_CHECKING:
    from myst_parser.config.main import MdParserConfig
    from nbformat import NotebookNode
    from sphinx.environment import BuildEnvironment

OUTPUTS = Path("notebooks") / "_outputs"


class StoredParser(Parser):  # type: ignore[misc]
    """Reads a page with ``environment:`` in its front matter and never runs it."""

    def parse(self, inputstring: str, document: nodes.document) -> None:
        """Parse a page; its cells have the stored outputs before anything is rendered."""
        environment = environment_of(inputstring)
        if not environment:
            super().parse(inputstring, document)
            return
        env = document.settings.env
        stored = _stored(env, environment, inputstring)
        page = str(env.doc2path(env.docname))
        options = {"stored": stored, "config": env.myst_config, "path": page}
        config = env.mystnb_config
        env.mystnb_config = dataclasses.replace(
            config, custom_formats={page: (READER, options, False)}, execution_mode="off"
        )
        try:
            super().parse(inputstring, document)
        finally:
            env.mystnb_config = config
        if stored:
            _say(stored, document, env)


def notebook(text: str, stored: Stored | None, config: MdParserConfig, path: str) -> NotebookNode:
    """Return a page as a notebook with outputs: what MyST-NB calls a custom format."""
    return fill(read(text, path, config), stored)


READER = f"{__name__}.{notebook.__name__}"


def _stored(env: BuildEnvironment, environment: str, text: str) -> Stored | None:
    """Return the outputs of the page being read; warn if there are none, or not its own."""
    root = Path(env.config.stored_outputs_root or env.srcdir)
    where = OUTPUTS / f"{env.docname}.json"
    path = root / where
    requirements = root / "requirements" / f"{environment}.txt"
    env.note_dependency(path)
    env.note_dependency(requirements)
    try:
        if not path.is_file():
            raise InputError("missing", f"there is no {where.as_posix()}; {REMEDY}")
        try:
            stored = load(path.read_text(encoding="utf-8"))
        except ValidationError as error:
            raise InputError("file", f"{where.as_posix()} is damaged; {REMEDY}") from error
        reason = stale(
            stored, environment, read(text, str(env.doc2path(env.docname))), requirements
        )
        if reason:
            raise InputError("stale", f"{where.as_posix()} is not of this page: {reason}; {REMEDY}")
    except InputError as error:
        warn("stored_outputs", error.subtype, error.message, (env.docname, 1))
        return None
    return stored


def _say(stored: Stored, document: nodes.document, env: BuildEnvironment) -> None:
    """Say on the page, in the ledger and in MyST-NB's own record how the outputs were made."""
    source = f"a run in the environment {stored.environment} (make notebooks)"
    for cell in filter(_is_cell, document.findall(nodes.Element)):
        try:
            evidence = cell_evidence(cell)
        except InputError:  # the ledger will say it
            continue
        made = dataclasses.replace(
            evidence, source=source, date=stored.date, versions=stored.versions
        )
        attach(cell, made)
    top = next(iter(document.findall(nodes.section)), document)
    sections = (place for place, child in enumerate(top) if isinstance(child, nodes.section))
    top.insert(next(sections, len(top)), note_of(stored))
    ran = {
        "mtime": date.fromisoformat(stored.date).toordinal() * 86400.0,
        "runtime": stored.seconds,
        "method": "stored",
        "succeeded": True,
        "error": None,
        "traceback": None,
    }
    NbMetadataCollector.set_exec_data(env, env.docname, ran)


def _is_cell(node: nodes.Element) -> bool:
    return bool(node.get("nb_element") == "cell_code")
