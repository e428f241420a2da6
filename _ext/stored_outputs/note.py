"""The line on a page that says when and with what its outputs were made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes

from _ext._shared.render import render

if TYPE_CHECKING:
    from sphinx.writers.html5 import HTML5Translator

    from .model import Stored

NAMES = {"mltrack-py": "mltrack-py", "mlflow": "MLflow", "python": "Python"}


class stored_outputs(nodes.General, nodes.Element):  # noqa: N801 - docutils names nodes in lower case
    """The line: attributes for the template, a paragraph for other builders."""


def in_words(versions: dict[str, str]) -> str:
    """Return versions as "mltrack-py 0.2.0, MLflow 3.17.2, Python 3.11, torch 2.13.0"."""
    return ", ".join(f"{NAMES.get(name, name)} {version}" for name, version in versions.items())


def note_of(stored: Stored) -> stored_outputs:
    """Return the line about ``stored``."""
    versions = in_words(stored.versions)
    node = stored_outputs(date=stored.date, versions=versions)
    node += nodes.paragraph("", sentence(stored.date, versions))
    return node


def sentence(date: str, versions: str) -> str:
    """Return what the line says."""
    return f"The outputs on this page were made on {date} with {versions}."


def html(_: HTML5Translator, node: stored_outputs) -> str:
    """Return the HTML of the line."""
    return render("stored_outputs.html", date=node["date"], versions=node["versions"])
