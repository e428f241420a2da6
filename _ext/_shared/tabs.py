"""One text in several languages, as sphinx-design's tabs; the choice holds on all pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from docutils import nodes
from sphinx_design.shared import create_component

if TYPE_CHECKING:
    from collections.abc import Sequence

GROUP = "openapi"
"""The name under which the reader's choice is kept, the same for all requests of the site."""


class Sample(NamedTuple):
    """A request in one language."""

    label: str
    sync: str
    language: str
    text: str


def tabs(samples: Sequence[Sample], kind: str) -> nodes.container:
    """Return the samples as tabs, each block with the class ``kind``."""
    items = []
    for label, sync, language, text in samples:
        rubric = nodes.rubric(label, label, classes=["sd-tab-label"])
        rubric["sync_id"], rubric["sync_group"] = sync, GROUP
        code = nodes.literal_block(text, text, language=language, classes=[kind])
        content = create_component("tab-content", ["sd-tab-content"], children=[code])
        items.append(create_component("tab-item", ["sd-tab-item"], children=[rubric, content]))
    return create_component("tab-set", ["sd-tab-set"], children=items)
