"""From the pages of a build to their suggestions."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from _ext._shared.records import noted
from _ext.diataxis.needs import needs_of

from .corpus import Corpus, Facts, Name
from .model import Suggestion, suggestions
from .words import near

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sphinx.environment import BuildEnvironment

FACTS = "related-facts"
STANDARD = {"confval": "setting", "envvar": "variable", "term": "term", "endpoint": "endpoint"}
"""Object types of Sphinx's standard domain → kinds of names."""


def of_all_pages(
    env: BuildEnvironment, linked: Mapping[str, set[str]]
) -> dict[str, list[Suggestion]]:
    """Return the suggestions of each content page, without those that its frame links to."""
    corpus = corpus_of(env)
    prepares: dict[str, set[str]] = {}
    for page in corpus.pages:
        for need in needs_of(env, page):
            prepares.setdefault(need, set()).add(page)
    return {
        page: suggestions(
            corpus,
            page,
            linked[page].union(facts.onward, needs_of(env, page), prepares.get(page, ())),
        )
        for page, facts in corpus.pages.items()
    }


def links_of_the_frame(env: BuildEnvironment) -> dict[str, set[str]]:
    """Return the pages that the frame of each page links to: before, after, above and below it."""
    above = parents(env)
    found = {}
    for page, (_, before, after) in env.collect_relations().items():
        near = {before, after, above.get(page), *env.toctree_includes.get(page, [])}
        found[page] = {other for other in near if other}
    return found


def corpus_of(env: BuildEnvironment) -> Corpus:
    """Return what all content pages say, their names as they are documented."""
    above = parents(env)
    known = documented(env)
    python = _by_last_part(known)
    pages: dict[str, Facts] = {}
    for page, facts in noted(env, FACTS):
        if page in above and (facts.kind or not env.toctree_includes.get(page)):
            named, used = (
                tuple(sorted({name for each in names if (name := _known(each, known, python))}))
                for names in (facts.names, facts.used)
            )
            kind = facts.kind or page.partition("/")[0]
            pages[page] = replace(facts, kind=kind, names=named, used=used)
    known |= {
        Name("command", facts.title): page
        for page, facts in pages.items()
        if Name("command", facts.title) in known
    }
    shared = near({page: facts.text for page, facts in pages.items()})
    return Corpus(pages, known, shared, env.config.related_apart, env.config.related_never)


def parents(env: BuildEnvironment) -> dict[str, str]:
    """Return for each page the one whose table of contents it is in."""
    return {
        child: parent
        for parent, children in sorted(env.toctree_includes.items(), reverse=True)
        for child in children
    }


def documented(env: BuildEnvironment) -> dict[Name, str]:
    """Return the page of each name that the reference has."""
    found = {
        Name("python", name): entry.docname
        for name, entry in sorted(env.domains.python_domain.objects.items())
        if entry.objtype != "module"
    }
    standard = env.domains.standard_domain
    for (kind, text), (page, _) in sorted(standard.objects.items()):
        if kind in STANDARD:
            name = text.partition(" ")[2] if kind == "endpoint" else text
            found.setdefault(Name(STANDARD[kind], name), page)
    for (program, _), (page, _) in sorted(standard.progoptions.items()):
        if program and "-" in program:
            found[Name("command", program.replace("-", " ", 1))] = page
    for page, facts in noted(env, FACTS):
        if Name("command", facts.title) in facts.names:
            found.setdefault(Name("command", facts.title), page)
    return found


def _by_last_part(documented: Mapping[Name, str]) -> dict[str, Name]:
    """Return Python's names by their last part, where only one has it."""
    python = [name for name in documented if name.kind == "python"]
    count = Counter(name.text.rpartition(".")[2] for name in python)
    return {last: name for name in python if count[last := name.text.rpartition(".")[2]] == 1}


def _known(name: Name, documented: Mapping[Name, str], python: Mapping[str, Name]) -> Name | None:
    """Return a name as it is documented, or nothing."""
    if name in documented:
        return name
    return python.get(name.text.rpartition(".")[2]) if name.kind == "python" else None
