"""The page before and the page after, by reading order, within a section."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from .sections import names_of, section_of

if TYPE_CHECKING:
    from sphinx.builders.html import StandaloneHTMLBuilder


class Section(NamedTuple):
    """Where a reader can go from a section's first or last page."""

    link: str
    title: str


class Order:
    """The order of the pages of a build, and the sections that they are in."""

    def __init__(self, builder: StandaloneHTMLBuilder) -> None:
        env = builder.env
        self.builder = builder
        self.root = env.config.root_doc
        self.relations = env.collect_relations()
        self.within = section_of(env)
        self.sections = list(names_of(env, self.root))

    def stay_within(self, page: str, context: dict[str, Any]) -> None:
        """Take away links to other sections; name the section beside instead.

        Sphinx's order goes from the last page of a section to the first page of the next one. Who
        follows it is to know that the subject changes.
        """
        section = self.within.get(page)
        _, before, after = self.relations.get(page, (None, None, None))
        if section is None or self.within.get(before or "") != section:
            context["prev"] = None
        if section is None or self.within.get(after or "") != section:
            context["next"] = None
        names = [name for name, _ in self.sections]
        if section in names or page == self.root:
            place = names.index(section) if section in names else -1
            if not context["prev"]:
                context["section_before"] = self.beside(page, place - 1)
            if not context["next"]:
                context["section_after"] = self.beside(page, place + 1)

    def beside(self, page: str, number: int) -> Section | None:
        """Return a section as a page links to it."""
        if not 0 <= number < len(self.sections):
            return None
        name, title = self.sections[number]
        return Section(self.builder.get_relative_uri(page, name), title)
