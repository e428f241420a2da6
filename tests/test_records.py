"""Facts of pages, and the lists that show them: purge, merge, refresh."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from _ext._shared.records import Records, add_listing, note, noted

if TYPE_CHECKING:
    from collections.abc import Callable

    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment


class fact_list(nodes.General, nodes.Element):  # noqa: N801
    pass


class Fact(SphinxDirective):
    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        note(self.env, "fact", self.arguments[0])
        return []


class Facts(SphinxDirective):
    def run(self) -> list[nodes.Node]:
        return [fact_list()]


def show(env: BuildEnvironment, _: nodes.Element) -> list[nodes.Node]:
    text = " ".join(f"{page}:{fact}" for page, fact in noted(env, "fact"))
    return [nodes.paragraph("", f"[{text}]")]


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_directive("fact", Fact)
    app.add_directive("facts", Facts)
    add_listing(app, fact_list, show)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


PAGES = {
    "index": "# All\n\n```{facts}\n```\n\n```{toctree}\na\nb\n```\n",
    "a": "# A\n\n```{fact} one\n```\n```{fact} two\n```\n",
    "b": "# B\n\n```{fact} three\n```\n",
}


def test_a_list_shows_the_facts_of_all_pages_and_follows_their_changes(
    build: Callable[..., Any],
) -> None:
    built = build(PAGES, ["tests.test_records"])
    assert "[a:one a:two b:three]" in built.article().get_text()

    source = built.app.srcdir
    (source / "b.md").write_text("# B\n\n```{fact} four\n```\n")
    built.app.build()
    assert "[a:one a:two b:four]" in built.article().get_text()

    (source / "b.md").unlink()
    (source / "index.md").write_text(PAGES["index"].replace("\nb\n", "\n"))
    built.app.build()
    assert "[a:one a:two]" in built.article().get_text()


def test_a_build_without_a_change_writes_no_page(build: Callable[..., Any]) -> None:
    built = build(PAGES, ["tests.test_records"])
    written: list[str] = []
    built.app.connect("html-page-context", lambda *args: written.append(args[1]))
    built.app.build()
    assert "index" not in written


def test_facts_of_parallel_readers_are_merged(build: Callable[..., Any]) -> None:
    built = build(PAGES, ["tests.test_records"])
    domain = built.app.env.domains["records"]
    assert isinstance(domain, Records)
    other = {"kinds": {"fact": {"b": ["new"], "a": ["not its page"]}, "more": {"b": [1]}}}
    domain.merge_domaindata(["b"], other)
    assert noted(built.app.env, "fact") == [("a", "one"), ("a", "two"), ("b", "new")]
    assert noted(built.app.env, "more") == [("b", 1)]
    domain.clear_doc("a")
    assert noted(built.app.env, "fact") == [("b", "new")]
    assert noted(built.app.env, "fact", "a") == []
