"""The document as ordinary docutils nodes: sections, tables, blocks. Nothing is parsed here."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, NamedTuple

from docutils import nodes

from _ext._shared.evidence import attach
from _ext._shared.tabs import tabs

from .parts import (
    answer_item,
    block,
    caption,
    field_table,
    parameter_table,
    part,
    text_of,
    type_nodes,
)
from .proof import Exchange, Proof
from .samples import body_for, request_for, samples
from .schema import Rows, limits_of, type_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .model import Answer, Body, Document, Operation, Schema


class Target(NamedTuple):
    """Something that other pages can link to."""

    kind: str
    name: str
    anchor: str


class openapi_try(nodes.General, nodes.Element):  # noqa: N801
    """A link to the page on which an operation can be tried, if there is one."""


class openapi_method(nodes.inline):  # noqa: N801 - nodes are named as they are written
    """A method's badge."""


@dataclass
class Reference:
    """Makes the nodes of one document.

    Args:
        document: the document.
        name: tells it from other documents, in anchors and in the names that roles use.
        base_url: where the samples find the service.
        exchanges: recorded exchanges, by endpoint.
        schemas: whether to show the schemas.
        tested_by: the test that sends every sample in every language; empty if none does.
    """

    document: Document
    name: str
    base_url: str
    exchanges: dict[str, list[Exchange]] = field(default_factory=dict)
    schemas: bool = True
    tested_by: str = ""
    targets: list[Target] = field(default_factory=list)
    anchors: dict[str, str] = field(default_factory=dict)
    """The ids of the schemas on the page."""

    @property
    def proof(self) -> Proof:
        """What stands behind the blocks."""
        return Proof(self.name, self.tested_by)

    def sections(self, operations: Sequence[Operation]) -> list[nodes.section]:
        """Return a section for each endpoint, and one for the schemas that they use."""
        names = self.document.reachable(operations) if self.schemas else []
        for name in names:
            self.anchors[name] = self._target("schema", name, "schema", name)
        sections = [self.operation(operation) for operation in operations]
        if names:
            title = nodes.title("", "Schemas")
            schemas = nodes.section("", title, ids=[self._anchor("schemas")])
            schemas += [self.schema(name, self.document.schemas[name]) for name in names]
            sections.append(schemas)
        for section in sections:
            for node in section.findall(nodes.TextElement):
                node["support_smartquotes"] = False  # JSON's quotes stay as they are
        return sections

    def _target(self, kind: str, name: str, *words: str) -> str:
        """Note something to link to, and return its id."""
        anchor = self._anchor(*words)
        self.targets.append(Target(kind, f"{self.name} {name}", anchor))
        return anchor

    def _anchor(self, *words: str) -> str:
        """Return an id that no other target of this document has."""
        base = anchor = nodes.make_id("-".join([self.name, *words]))
        taken = {target.anchor for target in self.targets}
        number = 1
        while anchor in taken:
            number += 1
            anchor = f"{base}-{number}"
        return anchor

    def operation(self, operation: Operation) -> nodes.section:
        """Return an endpoint's section."""
        anchor = self._target("endpoint", operation.title, operation.method, operation.path)
        title = nodes.title("", "", *endpoint(operation))
        section = nodes.section("", title, ids=[anchor], classes=["mlt-openapi"])
        section += description(operation)
        section += openapi_try(operation=f"{self.name} {operation.title}")
        if operation.parameters:
            section += [part("Parameters"), parameter_table(operation.parameters, self.anchors)]
        recorded = self.exchanges.get(operation.title, [])
        sample = recorded[0] if recorded else None
        if operation.body:
            section += self.request_body(operation, operation.body, sample)
        sent = sample and sample.request
        request = request_for(self.document, operation, self.base_url, sent)
        written = tabs(samples(request), "mlt-openapi-sample")
        attach(written, self.proof.sample(sample))
        section += [part("Request"), written, part("Responses")]
        section += self.answers(operation, recorded)
        return section

    def request_body(
        self, operation: Operation, body: Body, sample: Exchange | None
    ) -> list[nodes.Element]:
        """Return a request's type, fields and example."""
        need = "Required." if body.required else "Optional."
        if sample is None or sample.request is None:
            example, evidence = body_for(self.document, body), self.proof.example()
        else:
            evidence = self.proof.exchange(operation.title, sample)
            example = sample.request
        return [
            part("Request body"),
            *self.carried(body, need, is_request=True),
            block(example, evidence, body.media_type),
        ]

    def carried(
        self, body: Body, note: str = "", *, is_request: bool = False, fields: bool = True
    ) -> list[nodes.Element]:
        """Return what a body is, and its fields."""
        line = nodes.paragraph("", "", *type_nodes(type_of(body.schema), self.anchors))
        line += [nodes.Text(" as "), nodes.literal("", body.media_type), nodes.Text(f". {note}")]
        rows = Rows(self.document, follow=True).of(body.schema) if fields else []
        table = [field_table(rows, self.anchors, is_request=is_request)] if rows else []
        return [line, *table]

    def answers(
        self, operation: Operation, recorded: Sequence[Exchange]
    ) -> list[nodes.definition_list]:
        """Return the responses by status: the document's, then what else came back."""
        sample = recorded[0] if recorded else None
        documented = {answer.status for answer in operation.answers}
        by_status: dict[str, list[Exchange]] = {}
        for each in recorded:
            by_status.setdefault(str(each.status), []).append(each)
        items = [
            self.answer(operation, answer, by_status.get(answer.status, []), sample)
            for answer in operation.answers
        ]
        for status in sorted(by_status.keys() - documented):
            note = "Happens, although the document does not list it."
            content: list[nodes.Element] = [nodes.paragraph("", note)]
            for each in by_status[status]:
                content += self.shown(operation, each, sample)
            items.append(answer_item(status, HTTPStatus(int(status)).phrase, content))
        return [nodes.definition_list("", *items, classes=["mlt-openapi-answers", "simple"])]

    def answer(
        self,
        operation: Operation,
        answer: Answer,
        recorded: Sequence[Exchange],
        sample: Exchange | None,
    ) -> nodes.Element:
        """Return one response."""
        content: list[nodes.Element] = []
        if answer.body:
            content += self.carried(answer.body, fields=answer.succeeds)
        if answer.body and not recorded:
            example = body_for(self.document, answer.body)
            shown = block(example, self.proof.example())
            content += [caption("An example made from the schema:"), shown]
        for each in recorded:
            content += self.shown(operation, each, sample)
        if not content:
            content.append(nodes.paragraph("", "No body."))
        return answer_item(answer.status, answer.description, content)

    def shown(
        self, operation: Operation, exchange: Exchange, sample: Exchange | None
    ) -> list[nodes.Element]:
        """Return an exchange: what was sent, unless it is the sample above, and the answer."""
        evidence = self.proof.exchange(operation.title, exchange)
        answer = block(exchange.answer, evidence)
        if exchange is sample or exchange.request is None:
            what = "The answer to the request above:" if exchange is sample else "A real answer:"
            return [caption(what), answer]
        sent = block(exchange.request, evidence)
        both = nodes.container("", caption("Sent:"), sent, caption("Answered:"), answer)
        attach(both, evidence)
        return [both]

    def schema(self, name: str, schema: Schema) -> nodes.section:
        """Return a named schema's section."""
        title = nodes.title("", "", nodes.literal("", name))
        section = nodes.section("", title, ids=[self.anchors[name]], classes=["mlt-openapi"])
        section += paragraphs(schema.get("description", "") if isinstance(schema, dict) else "")
        rows = Rows(self.document, follow=False).of(schema)
        if rows:
            section += field_table(rows, self.anchors, is_request=True)
        else:
            kind = nodes.paragraph("", "", *type_nodes(type_of(schema), self.anchors))
            limits = ", ".join(limits_of(schema))
            kind += nodes.Text(f": {limits}." if limits else ".")
            section += kind
        return section


def endpoint(operation: Operation) -> list[nodes.Node]:
    """Return a method's badge and the path."""
    method = operation.method
    classes = ["mlt-openapi-method", f"mlt-openapi-{method}"]
    badge = openapi_method("", method.upper(), classes=classes)
    return [badge, nodes.Text(" "), nodes.literal("", operation.path)]


def description(operation: Operation) -> list[nodes.Element]:
    """Return an endpoint's summary and description."""
    content = paragraphs(operation.description)
    if operation.summary:
        summary = nodes.strong("", operation.summary.rstrip(".") + ".")
        if content:
            content[0][:0] = [summary, nodes.Text(" ")]
        else:
            content = [nodes.paragraph("", "", summary)]
    if operation.deprecated:
        note = "This endpoint is deprecated: it still answers, and may go."
        content.append(nodes.warning("", nodes.paragraph("", note)))
    return content


def paragraphs(text: str) -> list[nodes.Element]:
    """Return the document's own text, as text."""
    return [nodes.paragraph("", text_of(p)) for p in re.split(r"\n\s*\n", text) if p.strip()]
