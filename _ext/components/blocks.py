"""Key-value lists, figures, callouts, quotations and the call to action."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlsplit

from docutils import nodes
from docutils.parsers.rst import directives

from _ext._shared.report import InputError
from _ext.icons import icon_node

from .nodes import BlockDirective, line

if TYPE_CHECKING:
    from docutils.nodes import Node


class KeyValues(BlockDirective):
    """``{key-values}``: a definition list in two columns."""

    wants = "one definition list (a term, and below it a line that begins with a colon)"

    def build(self) -> list[Node]:
        """Return the list.

        Raises:
            InputError: there is no list, or something beside it.
        """
        values = self.only(nodes.definition_list)
        values["classes"].append("mlt-key-values__list")
        return self.made("key-values", values)


class Stats(BlockDirective):
    """``{stats}``: a definition list of figures; the term is the figure."""

    wants = "one definition list; each term is a figure, such as {claim}`commands`"

    def build(self) -> list[Node]:
        """Return the list.

        Raises:
            InputError: there is no list, or something beside it.
        """
        figures = self.only(nodes.definition_list)
        figures["classes"].append("mlt-stats__list")
        return self.made("stats", figures)


class Callout(BlockDirective):
    """``{callout} Title``: what matters most on a page, with an icon of your choice."""

    wants = "text"
    required_arguments = 1
    final_argument_whitespace = True
    option_spec: ClassVar[dict[str, Any]] = {"icon": directives.unchanged_required}

    def build(self) -> list[Node]:
        """Return the callout.

        Raises:
            InputError: there is no text, or no such icon.
        """
        children = self.children()
        if not children:
            raise self.wrong()
        symbol = icon_node(self.env, self.options.get("icon", "lightbulb"))
        head = line([symbol, nodes.inline("", "", *self.title())], "callout__title")
        return self.made("callout", head, *children)


class CallToAction(BlockDirective):
    """``{cta} Title``: a band that says what to do next, with buttons in its text."""

    wants = "a sentence and at least one button or link"
    required_arguments = 1
    final_argument_whitespace = True

    def build(self) -> list[Node]:
        """Return the band.

        Raises:
            InputError: nothing in it can be followed.
        """
        children = self.children()
        if not any(_links(child) for child in children):
            raise self.wrong()
        actions = [child for child in children if _is_button(child)]
        words = [child for child in children if child not in actions]
        text = self.around("cta__words", [line(self.title(), "cta__title"), *words])
        parts = [self.around("cta__actions", actions)] if actions else []
        return self.made("cta", text, *parts)


def _links(node: Node) -> bool:
    return any(
        "refuri" in each or "reftarget" in each or "refid" in each
        for each in node.findall(nodes.Element)
    )


def _is_button(node: Node) -> bool:
    return any("sd-btn" in each.get("classes", []) for each in node.findall(nodes.Element))


class Quote(BlockDirective):
    """``{quote} SOURCE``: words of somebody else, with the place where they stand."""

    wants = "the words that are quoted"
    required_arguments = 1
    final_argument_whitespace = True
    option_spec: ClassVar[dict[str, Any]] = {"link": directives.uri}

    def build(self) -> list[Node]:
        """Return the quotation.

        Raises:
            InputError: the words, or the link to their source, are missing.
        """
        children = self.children()
        if not children:
            raise self.wrong()
        link = self.options.get("link", "")
        if urlsplit(link).scheme != "https":
            raise InputError("option", "a quotation needs :link: to its source, an https address")
        source = nodes.reference("", self.arguments[0], refuri=link)
        quotation = nodes.block_quote("", *children, nodes.attribution("", "", source))
        return self.made("quote", quotation)
