"""The one node of the blocks: a container in HTML, its children elsewhere; and their directive."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, TypeVar

from docutils import nodes

from _ext._shared.inputs import FeatureDirective
from _ext._shared.render import render
from _ext._shared.report import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sphinx.application import Sphinx
    from sphinx.writers.html5 import HTML5Translator

Kind = TypeVar("Kind", bound=nodes.Element)
INVISIBLE = (nodes.comment, nodes.target, nodes.system_message, nodes.substitution_definition)


class block(nodes.General, nodes.Element):  # noqa: N801 - docutils names nodes in lower case
    """A part of a component: ``kind`` is its class after ``mlt-``, ``label`` its name if any."""


class specimen_block(block):  # noqa: N801
    """A specimen, with a style sheet of its own."""


class fold(block):  # noqa: N801
    """A part that the reader opens; its ``label`` is what stands there before."""


def add_block(app: Sphinx, node: type[block]) -> None:
    """Register ``node`` with all builders."""
    other = (_pass, _pass)
    app.add_node(
        node,
        html=(_begin, _end),
        text=other, latex=other, man=other, texinfo=other, xml=other,
    )  # fmt: skip


def _begin(self: HTML5Translator, node: block) -> None:
    template = "fold-begin.html" if isinstance(node, fold) else "block-begin.html"
    self.body.append(render(template, kind=node["kind"], label=node["label"]))


def _end(self: HTML5Translator, node: block) -> None:
    self.body.append("</details>\n" if isinstance(node, fold) else "</div>\n")


def _pass(self: nodes.NodeVisitor, node: nodes.Element) -> None:
    """Let the builder write the children."""


class BlockDirective(FeatureDirective):
    """A directive around Markdown that has to be of one shape."""

    feature = "components"
    has_content = True
    wants: ClassVar[str]
    """What has to stand in it, in words that finish "… takes"."""

    def children(self) -> list[nodes.Node]:
        """Return the nodes of the content, without those that show nothing at its ends."""
        return [node for node in self.parse_content_to_nodes() if not isinstance(node, INVISIBLE)]

    def only(self, kind: type[Kind]) -> Kind:
        """Return the one child of the content.

        Raises:
            InputError: there is none, another, or more.
        """
        children = self.children()
        if len(children) == 1 and isinstance(children[0], kind):
            return children[0]
        raise self.wrong()

    def wrong(self) -> InputError:
        """Return the error that says what has to stand in the directive."""
        return InputError("content", f"{{{self.name}}} takes {self.wants}")

    def made(self, kind: str, *children: nodes.Node) -> list[nodes.Node]:
        """Return the component as nodes."""
        return [self.around(kind, children)]

    def title(self) -> list[nodes.Node]:
        """Return the argument as inline Markdown; HTML in it is text."""
        words, _ = self.parse_inline(self.arguments[0])
        holder = nodes.inline("", "", *words)
        for raw in list(holder.findall(nodes.raw)):
            raw.replace_self(nodes.Text(raw.astext()))
        return [*holder.children]

    def around(self, kind: str, children: Sequence[nodes.Node], label: str = "") -> block:
        """Return a block that knows where it stands in the source."""
        node = block("", *children, kind=kind, label=label)
        self.set_source_info(node)
        return node


def line(text: Sequence[nodes.Node], kind: str) -> nodes.paragraph:
    """Return a paragraph of the class ``mlt-<kind>``."""
    return nodes.paragraph("", "", *text, classes=[f"mlt-{kind}"])
