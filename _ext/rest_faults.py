"""``rest-faults``: what property-based tests find in the generated services, from a data file.

The directive takes a YAML file, such as ``source/_data/rest_faults.yaml``, and writes a definition
list: the fault, where it is, why it happens and what to do. ``tests/test_rest_properties.py``
compares the same file with what Schemathesis finds in the services.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from docutils import nodes
from pydantic import BaseModel, ConfigDict, Field, field_validator

from ._shared.inputs import FeatureDirective, load_yaml

if TYPE_CHECKING:
    from sphinx.application import Sphinx


class Fault(BaseModel):
    """A known fault: how it is recognized, and what readers have to know about it."""

    model_config = ConfigDict(extra="forbid")

    title: str
    endpoints: list[str] = Field(min_length=1)
    """``SERVICE METHOD PATH``; ``*`` stands for anything."""

    chance: bool = False
    """Only random requests find it, so that one endpoint has to do."""

    status: int
    failure: str
    """The name of Schemathesis' class."""

    says: str
    """A regular expression that the answer, or Schemathesis' message, fits."""

    why: str = Field(min_length=10)
    instead: str = Field(min_length=10)

    @field_validator("endpoints", mode="before")
    @classmethod
    def _flat(cls, value: list[str | list[str]]) -> list[str]:
        """Put lists that an alias of YAML brings in their place."""
        return [name for each in value for name in ([each] if isinstance(each, str) else each)]

    def at(self, endpoint: str) -> bool:
        """Tell whether the fault is known of an endpoint."""
        return any(fnmatchcase(endpoint, pattern) for pattern in self.endpoints)


class RestFaultsDirective(FeatureDirective):
    """``{rest-faults} FILE``: the known faults of the services."""

    feature = "rest_faults"
    required_arguments = 1

    def build(self) -> list[nodes.Node]:
        """Return a definition list.

        Raises:
            InputError: there is no such file, or it is wrong.
        """
        data = load_yaml(self.source_file(self.arguments[0]), list[Fault])
        entries = nodes.definition_list(classes=["mlt-rest-faults"])
        for fault in data.value:
            term = nodes.term("", fault.title)
            body = nodes.definition()
            for text in (fault.why, fault.instead, _places(fault)):
                body += self.parse_text_to_nodes(text)
            entries += nodes.definition_list_item("", term, body)
        return [entries]


def _places(fault: Fault) -> str:
    """Return where the fault is, as Markdown."""
    if any("*" in pattern for pattern in fault.endpoints):
        return f"Status {fault.status}, at every endpoint that takes a body."
    services: dict[str, list[str]] = {}
    for name in fault.endpoints:
        service, _, endpoint = name.partition(" ")
        services.setdefault(service, []).append(f"{{endpoint}}`{endpoint} <{name}>`")
    places = "; ".join(f"{service}: {', '.join(links)}" for service, links in services.items())
    return f"Status {fault.status} of {places}."


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive."""
    app.add_directive("rest-faults", RestFaultsDirective)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
