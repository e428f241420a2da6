"""The directive ``api-explorer``, its node, and the list of operations below the form."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import yaml
from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.addnodes import pending_xref

from _ext._shared import records
from _ext._shared.inputs import FeatureDirective, load_yaml
from _ext._shared.report import InputError
from _ext._shared.tables import table
from _ext.openapi.render import openapi_method

from .model import Facts, read

if TYPE_CHECKING:
    from sphinx.environment import BuildEnvironment

    from .model import Operation, Service

ONCE = "api-explorer"
FACTS = "api_explorer.json"
DEEPEST = 6


class api_explorer(nodes.General, nodes.Element):  # noqa: N801 - docutils names nodes in lower case
    """The form; other builders write nothing for it."""


class operation_list(nodes.General, nodes.Element):  # noqa: N801
    """All operations of the services: a table for each once all pages are read."""


class ApiExplorerDirective(FeatureDirective):
    """``{api-explorer} KIND`` lets readers try the operations of services."""

    feature = "api_explorer"
    required_arguments = 1
    has_content = True
    option_spec: ClassVar[dict[str, Any]] = {"aside": directives.flag}

    def build(self) -> list[nodes.Node]:
        """Return the form and the list.

        Raises:
            InputError: a service does not exist, or the page has an explorer already.
        """
        if self.env.temp_data.setdefault(ONCE, self.lineno) != self.lineno:
            raise InputError("twice", "the page has an explorer already: name all services in one")
        directory = Path(self.config.api_explorer_data or Path(self.env.srcdir) / "_data")
        facts = load_yaml(self.file(directory / FACTS), Facts).value
        services = []
        for name, title in self._titles().items():
            service, files = read(directory, name, title)
            for file in files:
                self.env.note_dependency(file)
            services.append(service)
        if "aside" not in self.options:
            self._note(services)
        return [
            api_explorer(services=services, facts=facts),
            operation_list(services=services),
        ]

    def _titles(self) -> dict[str, str]:
        """Return the services' titles by name, the chosen one first."""
        first = self.arguments[0]
        if not self.content:
            return {first: first.replace("-", " ").capitalize()}
        try:
            titles = yaml.safe_load("\n".join(self.content))
        except yaml.YAMLError as error:
            raise InputError("titles", f"the content is not YAML: {error}") from error
        if not isinstance(titles, dict) or not all(
            isinstance(each, str) for each in titles.values()
        ):
            raise InputError("titles", "the content has a line 'name: Title' for each service")
        if first not in titles:
            raise InputError("titles", f"the content has no line for {first!r}, the argument")
        return {first: titles.pop(first), **titles}

    def _note(self, services: list[Service]) -> None:
        """Make the operations known to the role ``try`` and to the endpoints' pages.

        Raises:
            InputError: another page has one of them.
        """
        standard = self.env.domains.standard_domain
        for operation in (each for service in services for each in service.operations):
            known = standard.objects.get(("try", operation.name))
            if known and known[0] != self.env.docname:
                message = (
                    f"{known[0]} lets readers try {operation.name} already: use :aside: in one"
                )
                raise InputError("duplicate", message)
            standard.note_object("try", operation.name, operation.anchor, self.get_source_info())
            records.note(self.env, ONCE, operation.name)


def rows(env: BuildEnvironment, node: operation_list) -> list[nodes.Node]:
    """Return a table for each service, endpoints linked where a page describes them."""
    found: list[nodes.Node] = []
    for service in node["services"]:
        title = nodes.rubric("", service.title, classes=["mlt-api-explorer-service"])
        title["heading-level"] = _level(node)
        cells = [(_endpoint(env, each), _statuses(each)) for each in service.operations]
        written = table(["Operation", "Recorded answers"], cells, "mlt-api-explorer-list")
        for row, operation in zip(
            list(written.findall(nodes.row))[1:], service.operations, strict=True
        ):
            row["ids"].append(operation.anchor)
        found += [title, written]
    return found


def _level(node: nodes.Node) -> int:
    """Return the heading level below the section that a node is in."""
    depth, above = 1, node.parent
    while above is not None:
        depth += isinstance(above, nodes.section)
        above = above.parent
    return min(depth, DEEPEST)


def _endpoint(env: BuildEnvironment, operation: Operation) -> list[nodes.Node]:
    """Return method and path, linked to the reference if there is one."""
    method = operation.method
    badge = openapi_method(
        "", method, classes=["mlt-openapi-method", f"mlt-openapi-{method.lower()}"]
    )
    path: nodes.Node = nodes.literal("", operation.path)
    target = f"{operation.document} {operation.title}"
    if ("endpoint", target) in env.domains.standard_domain.objects:
        reference = pending_xref(
            "", path, refdomain="std", reftype="endpoint", reftarget=target, refexplicit=True
        )
        reference["refdoc"] = env.docname
        path = reference
    return [badge, nodes.Text(" "), path]


def _statuses(operation: Operation) -> str:
    """Return the statuses that were recorded."""
    known = dict.fromkeys(str(each.status) for each in operation.examples if each.status)
    return ", ".join(known) or "none"
