"""The directive: upstream's plumbing between our checks and our renderer."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlsplit

import yaml
from docutils import nodes
from docutils.parsers.rst import directives
from pydantic import BaseModel, Field
from sphinxcontrib.openapi.directive import create_directive_from_renderer
from sphinxcontrib.openapi.renderers.abc import Renderer

from _ext._shared.inputs import FeatureDirective, load_yaml
from _ext._shared.report import InputError

from .model import METHODS, Document, DocumentError
from .proof import Exchange
from .render import Reference

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sphinx.domains.std import StandardDomain

    from _ext._shared.inputs import Data

    from .model import Operation
    from .render import Target

OPTIONS = {
    "paths": directives.unchanged_required,
    "methods": directives.unchanged_required,
    "base-url": directives.unchanged_required,
    "name": directives.unchanged_required,
    "exchanges": directives.unchanged_required,
    "tested-by": directives.unchanged_required,
    "no-schemas": directives.flag,
}
NAME = re.compile(r"[\w.-]+")
ROOT = Path(__file__).parents[2]


class Info(BaseModel):
    """The document's head."""

    title: str
    version: str


class Spec(BaseModel):
    """As much of OpenAPI 3 as has to be there."""

    openapi: str = Field(pattern=r"^3\.")
    info: Info
    paths: dict[str, dict[str, Any]]
    components: dict[str, dict[str, Any]] | None = None


class Answered(BaseModel):
    """An exchange, as the exporter writes it."""

    status: int
    answer: Any
    request: Any = None
    limit: str = ""


class NodeRenderer(Renderer):  # type: ignore[misc]  # upstream has no types
    """Upstream's plug-in point: gets the document that upstream has read, returns nodes."""

    option_spec: ClassVar = OPTIONS

    def render(self, spec: dict[str, Any]) -> list[nodes.Node]:
        """Return the sections, their targets noted.

        Raises:
            DocumentError: the document contradicts itself.
            InputError: an option names something that the document lacks.
        """
        document = self._state.document
        env = document.settings.env
        options = self._options
        tree = Document(spec)
        operations = self._chosen(tree)
        reference = Reference(
            document=tree,
            name=options["name"],
            base_url=options.get("base-url", env.config.openapi_base_url),
            exchanges=self._exchanges(tree),
            schemas="no-schemas" not in options,
            tested_by=options.get("tested-by", ""),
        )
        sections = reference.sections(operations)
        _note(env.domains.standard_domain, reference.targets)
        for section in [each for top in sections for each in top.findall(nodes.section)]:
            document.set_id(section)
        return [*sections]

    def _chosen(self, tree: Document) -> list[Operation]:
        paths = self._options.get("paths", "").split()
        for path in paths:
            if path not in tree.tree["paths"]:
                known = ", ".join(tree.tree["paths"])
                raise InputError("option", f"paths: the document has no {path!r}; it has {known}")
        methods = self._options.get("methods", "").lower().split()
        for method in methods:
            if method not in METHODS:
                known = ", ".join(METHODS)
                raise InputError("option", f"methods: no method {method!r}; there are {known}")
        chosen = list(tree.operations(paths, methods))
        if not chosen:
            raise InputError("empty", "the document has no such endpoint; see paths and methods")
        return chosen

    def _exchanges(self, tree: Document) -> dict[str, list[Exchange]]:
        recorded: Data[dict[str, list[Answered]]] | None = self._options.get("exchanges")
        if recorded is None:
            return {}
        known = {operation.title for operation in tree.operations()}
        for endpoint in recorded.value:
            if endpoint not in known:
                message = f"the document has no endpoint {endpoint!r}; record the exchanges again"
                raise InputError("exchanges", message, recorded.place(endpoint))
        return {
            endpoint: [
                Exchange(each.status, each.answer, each.request, each.limit) for each in each_of
            ]
            for endpoint, each_of in recorded.value.items()
        }


def _note(standard: StandardDomain, targets: Sequence[Target]) -> None:
    """Make the targets known to roles and to objects.inv.

    Raises:
        InputError: another directive has the same name.
    """
    for kind, name, _ in targets:
        if known := standard.objects.get((kind, name)):
            message = (
                f"{kind} {name!r} is described in {known[0]} already; "
                "give one of the two directives another name: option"
            )
            raise InputError("duplicate", message)
    for target in targets:
        standard.note_object(target.kind, target.name, target.anchor)


class OpenApiDirective(FeatureDirective):
    """``openapi``: the reference of a document, from its file."""

    feature = "openapi"
    required_arguments = 1
    final_argument_whitespace = True
    upstream: ClassVar = create_directive_from_renderer(NodeRenderer)
    option_spec: ClassVar = upstream.option_spec

    def build(self) -> list[nodes.Node]:
        """Check file and options, then let upstream read the file and call the renderer."""
        if not isinstance(self.state_machine.node, (nodes.section, nodes.document)):
            raise InputError("place", "openapi makes sections: put it directly below a heading")
        path = self.source_file(self.arguments[0])
        self._check_options(path)
        try:
            load_yaml(path, Spec)
            directive = self.upstream(
                self.name, self.arguments, self.options, self.content, self.lineno,
                self.content_offset, self.block_text, self.state, self.state_machine,
            )  # fmt: skip
            found: list[nodes.Node] = directive.run()
        except UnicodeDecodeError as error:
            raise InputError("data", f"not UTF-8: {error.reason}", str(path)) from error
        except yaml.YAMLError as error:
            raise InputError("data", f"not YAML: {error}", str(path)) from error
        except DocumentError as error:
            raise InputError("data", str(error), f"{path}:{_line(path, error.text)}") from error
        return found

    def _check_options(self, path: Path) -> None:
        name = self.options.setdefault("name", path.stem)
        if not NAME.fullmatch(name):
            message = f"name: {name!r} is not a name: use letters, digits, '.', '_' and '-'"
            raise InputError("option", message)
        if url := self.options.get("base-url"):
            parts = urlsplit(url)
            if parts.scheme not in ("http", "https") or not parts.hostname or parts.query:
                raise InputError("option", f"base-url: {url!r} is not like 'http://127.0.0.1:8000'")
        if (test := self.options.get("tested-by")) and not (ROOT / test).is_file():
            raise InputError("option", f"tested-by: the repository has no file {test!r}")
        if file := self.options.get("exchanges"):
            exchanges = self.source_file(file)
            self.options["exchanges"] = load_yaml(exchanges, dict[str, list[Answered]])


def _line(path: Path, text: str) -> int:
    """Return the line, from 1, of the first occurrence of ``text``, or 1."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return next((number for number, line in enumerate(lines, 1) if text and text in line), 1)
