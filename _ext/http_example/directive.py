"""The directive ``http-example`` and its node."""

from __future__ import annotations

import difflib
import re
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives

from _ext._shared.evidence import Evidence, attach
from _ext._shared.inputs import Data, FeatureDirective
from _ext._shared.report import InputError, warn
from _ext._shared.tabs import tabs
from _ext._shared.versions import outdated

from .model import Exchange, Transcript, load, response, samples

NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


class http_example(nodes.General, nodes.Element):  # noqa: N801 - docutils names nodes in lower case
    """An exchange: its children are the request's tabs and the response."""


class HttpExampleDirective(FeatureDirective):
    """``{http-example} NAME`` shows an exchange of ``NAME.json`` in ``http_example_data``."""

    feature = "http_example"
    required_arguments = 1
    option_spec: ClassVar[dict[str, Any]] = {
        "request": directives.unchanged,
        "title": directives.unchanged,
    }

    def build(self) -> list[nodes.Node]:
        """Return the exchange.

        Raises:
            InputError: the transcript or an option is wrong.
        """
        name = self.arguments[0]
        if not NAME.fullmatch(name):
            raise InputError("name", f"{name!r} is not a transcript's name: a-z, 0-9 and hyphens")
        data = load(self.file(Path(self.config.http_example_data) / f"{name}.json"))
        wanted, exchange = self._exchange(data)
        self._check_versions(data)
        node = http_example(title=self.options.get("title") or exchange.title)
        node += shown(node["title"], exchange, data.value)
        attach(node, evidence(f"{name}/{wanted}", exchange, data.value))
        self.set_source_info(node)
        return [node]

    def _exchange(self, data: Data[Transcript]) -> tuple[str, Exchange]:
        known = data.value.exchanges
        wanted = (self.options.get("request") or "").strip()
        if not wanted:
            message = f":request: is missing; {data.path.name} has {', '.join(known)}"
            raise InputError("option", message)
        if wanted not in known:
            near = difflib.get_close_matches(wanted, known, cutoff=0.5) or list(known)
            message = f":request: {data.path.name} has no {wanted!r}; it has {', '.join(near)}"
            raise InputError("request", message)
        return wanted, known[wanted]

    def _check_versions(self, data: Data[Transcript]) -> None:
        if differing := outdated(data.value.versions):
            message = f"recorded with {differing}; record it again with make http"
            warn(self.feature, "versions", message, data.place("versions"))


def shown(title: str, exchange: Exchange, transcript: Transcript) -> list[nodes.Node]:
    """Return an exchange as nodes that every builder can write."""
    text = response(exchange)
    written = tabs(samples(exchange, transcript.base_url), "mlt-http-example__request")
    for block in written.findall(nodes.literal_block):
        block["force"] = True
    answer = nodes.literal_block(
        text, text, language="http", force=True, classes=["mlt-http-example__response"]
    )
    head = nodes.paragraph("", title, classes=["mlt-http-example__title"])
    content: list[nodes.Node] = [head, written]
    status = exchange.response.status
    label = "Response"
    if exchange.fails:
        label = f"Response: status {status}, a known limit of this release"
    content += [nodes.paragraph("", label, classes=["mlt-http-example__label"]), answer]
    if transcript.decimals is not None and has_fraction(exchange.response.body):
        note = f"Numbers are rounded to {transcript.decimals} decimals."
        content.append(nodes.paragraph("", note, classes=["mlt-http-example__note"]))
    return content


def has_fraction(value: Any) -> bool:
    """Tell whether there is a number with decimals in ``value``."""
    if isinstance(value, dict):
        return any(has_fraction(each) for each in value.values())
    if isinstance(value, list):
        return any(has_fraction(each) for each in value)
    return isinstance(value, float)


def evidence(name: str, exchange: Exchange, transcript: Transcript) -> Evidence:
    """Return what stands behind the exchange ``name``."""
    return Evidence(
        state="fails" if exchange.fails else "recorded",
        source=f"exchange {name}, sent to the generated service",
        language="http",
        reason=exchange.fails,
        date=transcript.recorded,
        versions=transcript.versions,
        limit=exchange.limit or exchange.workaround,
    )
