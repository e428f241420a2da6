"""What stands behind a block that does not say it itself.

Each rule looks at one block and returns its evidence, ``None`` when the block is not its
business, or raises when nothing stands behind it although something should.
"""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict

from _ext._shared.evidence import Evidence
from _ext._shared.report import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from docutils import nodes

PARSERS: dict[str, Callable[[str], Any]] = {
    "json": json.loads,
    "toml": tomllib.loads,
    "yaml": yaml.safe_load,
}
SKIPPED = re.compile(r"#\s*doctest:.*\+SKIP")
DOCSTRING = re.compile(r":docstring of (\S+?)(?::\d+)?$")


class Included(BaseModel):
    """A file, or all below a directory, that pages may include, and what runs it."""

    model_config = ConfigDict(extra="forbid")

    path: str
    test: str
    """``tests/test_x.py`` or ``tests/test_x.py::test_y``."""


class Example(BaseModel):
    """What became of the examples in a docstring of the package."""

    model_config = ConfigDict(extra="forbid")

    state: Literal["checked", "fails", "not run", "illustration"]
    check: str = ""
    given: str = ""
    """What the test supplies that the example does not define."""
    reason: str = ""
    error: str = ""
    """With which it fails."""


Docstrings = dict[str, Example | list[Example]]
"""Full names of objects; one entry for all blocks of a docstring, or one for each in order."""


@dataclass(frozen=True)
class Facts:
    """What the rules compare with.

    Args:
        root: the directory that paths in ``included`` start from.
        included: what may be included.
        docstrings: object name to the outcomes of its examples, in order or one for all.
        targets: the Makefile's targets.
        source: the text of the page.
    """

    root: Path
    included: list[Included] = field(default_factory=list)
    docstrings: Docstrings = field(default_factory=dict)
    targets: frozenset[str] = frozenset()
    source: str = ""


def evidence_for(block: nodes.Element, language: str, nth: int, facts: Facts) -> Evidence:
    """Return what stands behind ``block``, the ``nth`` of its docstring if it is in one.

    Raises:
        InputError: nothing does.
    """
    text = block.astext()
    found = (
        _docstring(block, nth, facts)
        or _doctest(block, text)
        or _included(block, facts)
        or _console(text, language, facts)
        or _parsed(text, language)
        or _markup(text, language, facts)
    )
    if found is None:
        raise InputError(
            "unknown",
            f"nothing stands behind this block ({language}). Use a notebook cell, {{doctest}}, "
            "{literalinclude}, {console} or {http-example}; or put it into {not-run} or "
            "{illustration} with a reason",
        )
    return found


def _doctest(block: nodes.Element, text: str) -> Evidence | None:
    if not block.get("testnodetype"):
        return None
    if "skipif" in block or SKIPPED.search(block.get("test", text)):
        raise InputError("skipped", "this doctest is skipped: run it, or use {not-run}")
    return Evidence("executed", "make doctest")


def _included(block: nodes.Element, facts: Facts) -> Evidence | None:
    if "source" not in block.attributes:
        return None
    path = Path(block["source"]).resolve()
    for entry in sorted(facts.included, key=lambda one: len(one.path), reverse=True):
        if path.is_relative_to((facts.root / entry.path).resolve()):
            return Evidence("checked", entry.test)
    name = path.relative_to(facts.root) if path.is_relative_to(facts.root) else path.name
    raise InputError(
        "included",
        f"no test runs or reads {name}: write one and add file and test to "
        "source/_data/evidence.yaml",
    )


def _docstring(block: nodes.Element, nth: int, facts: Facts) -> Evidence | None:
    match = DOCSTRING.search(str(block.source or ""))
    if match is None:
        return None
    name = match[1]
    entry = facts.docstrings.get(name, [])
    if isinstance(entry, list):
        if nth >= len(entry):
            raise InputError(
                "docstring",
                f"nothing says what becomes of an example in the docstring of {name}: add it to "
                "source/_data/docstrings.yaml; tests/test_docstring_examples.py runs it",
            )
        entry = entry[nth]
    return Evidence(entry.state, entry.check, reason=entry.error or entry.reason)


def _console(text: str, language: str, facts: Facts) -> Evidence | None:
    if language != "shell":
        return None
    for line in text.splitlines():
        words = line.removeprefix("$ ").split()
        targets = [word for word in words[1:] if "=" not in word]
        if not words or words[0] != "make" or not line.startswith("$ ") or not targets:
            raise InputError(
                "console",
                f"nobody ran {line!r} for this page. Record it in tools/casts and show it with "
                "{console}; if it cannot be run here, put it into {not-run} with a reason",
            )
        for target in targets:
            if target not in facts.targets:
                raise InputError("console", f"the Makefile has no target {target!r}")
    return Evidence("checked", "the Makefile has this target")


def _parsed(text: str, language: str) -> Evidence | None:
    if language not in PARSERS:
        return None
    try:
        PARSERS[language](text)
    except (ValueError, yaml.YAMLError) as error:
        raise InputError("syntax", f"this is not {language}: {error}") from error
    return Evidence("checked", f"parsed as {language} in this build")


def _markup(text: str, language: str, facts: Facts) -> Evidence | None:
    """Samples of markup: the page shows what it makes of them."""
    if language != "markdown" or facts.source.count(text.strip()) < 2:
        return None
    return Evidence("checked", "the same markup is built on this page")
