"""Old addresses lead to new ones: ``redirects_data`` names a file, sphinx-reredirects writes pages.

An entry is an old page and its new place, or the new place and those of its sections that went
elsewhere::

    guides/old: guides/new
    guides/long:
      to: guides/first-half
      sections:
        the-rest: guides/second-half#the-rest

The package's own page has an inline script, which a strict policy refuses, and knows nothing but
the new address. Ours, ``_templates/redirect.html``, loads a script that keeps the section; where
that script stands, and which sections went elsewhere, is added when the package has written it.

The directive ``anchor`` keeps an old anchor in a page that is still there, exactly as it was
spelled: ``(name)=`` makes small letters and hyphens of it, and names of Python have others.
"""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from docutils import nodes
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from sphinx.util.osutil import relative_uri

from ._shared.inputs import FeatureDirective, load_yaml
from ._shared.render import TEMPLATES, render
from ._shared.report import InputError, warn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.application import Sphinx
    from sphinx.config import Config
    from sphinx.environment import BuildEnvironment

    from ._shared.inputs import Data

TEMPLATE = TEMPLATES.parent / "redirect.html"
EXTERNAL = ("https://", "http://")
AFTER_THE_PACKAGE = 600


class Redirect(BaseModel):
    """The new place of a page.

    Args:
        to: a page, with or without ``#section``, or an address on another site.
        sections: the new places of sections that are not in that page.
    """

    model_config = ConfigDict(extra="forbid")
    to: str
    sections: dict[str, str] = Field(default_factory=dict)

    @property
    def places(self) -> Iterator[tuple[tuple[str, ...], str]]:
        """Yield where in the entry a place is named, and the place."""
        yield ("to",), self.to
        for name, place in self.sections.items():
            yield ("sections", name), place


def _page(name: str) -> str:
    if not re.fullmatch(r"\w[\w./-]*", name) or name.endswith((".html", ".md")):
        raise ValueError(f"{name!r} is no page: write guides/old, without suffix and first slash")
    return name


Entries = dict[Annotated[str, AfterValidator(_page)], Redirect | str]


def entries(data: Data[Entries]) -> dict[str, Redirect]:
    """Return the redirects of a file, short ones spelled out."""
    return {
        page: entry if isinstance(entry, Redirect) else Redirect(to=entry)
        for page, entry in data.value.items()
    }


class AnchorDirective(FeatureDirective):
    """``anchor`` and a name: a place that a link of old still finds."""

    feature = "redirects"
    required_arguments = 1

    def build(self) -> list[nodes.Node]:
        """Return the target.

        Raises:
            InputError: the page has such an anchor.
        """
        (name,) = self.arguments
        if name in self.state.document.ids:
            raise InputError("anchor", f"the page has an anchor {name!r} already: remove this one")
        target = nodes.target(ids=[name])
        self.state.document.ids[name] = target
        return [target]


def load(path: Path) -> Data[Entries]:
    """Return a file of redirects.

    Raises:
        InputError: located at ``path:line``.
    """
    return load_yaml(path, Entries)


def fault(page: str, place: str, pages: set[str], redirects: dict[str, Redirect]) -> str:
    """Return what is wrong with a place that a page leads to, and the remedy; or nothing."""
    if place.startswith(EXTERNAL):
        return ""
    target = place.partition("#")[0]
    if target == page:
        return f"{page} leads to itself"
    if target in redirects:
        return f"{page} leads to {target}, which leads on: name the page where that ends"
    if target not in pages:
        return f"{page} leads to {target}, and there is no such page; pages have no suffix"
    return ""


def _data(app: Sphinx) -> Data[Entries] | None:
    name = app.config.redirects_data
    return load(Path(app.confdir) / name) if name else None


def _read(app: Sphinx, config: Config) -> None:
    """Hand the package its settings: addresses as they stand in the pages that it writes.

    This early, or Sphinx would think that they changed since the last build, and read all again.
    """
    try:
        data = _data(app)
    except (OSError, InputError) as error:
        place = error.location if isinstance(error, InputError) else None
        warn("redirects", "file", f"redirects_data cannot be read: {error}", place)
        config.redirects_data = ""
        return
    if data:
        config.redirect_html_template_file = str(TEMPLATE)
        config.redirects = {
            page: html.escape(address(page, redirect.to))
            for page, redirect in entries(data).items()
        }


def address(page: str, place: str) -> str:
    """Return the address of a place, as seen from an old page."""
    if place.startswith(EXTERNAL):
        return place
    target, mark, section = place.partition("#")
    return relative_uri(f"{page}.html", f"{target}.html") + mark + section


def _check(app: Sphinx, env: BuildEnvironment) -> None:
    data = _data(app)
    if data is None:
        return
    redirects = entries(data)
    for page, redirect in redirects.items():
        if page in env.found_docs:
            text = f"there is a page {page}: it cannot lead elsewhere too"
            warn("redirects", "page", text, data.place(page))
        for keys, place in redirect.places:
            if text := fault(page, place, env.found_docs, redirects):
                warn("redirects", "target", text, data.place(page, *keys))


def _complete(app: Sphinx) -> list[Any]:
    """Add to the pages that the package wrote what its template cannot know."""
    data = _data(app)
    for page, redirect in entries(data).items() if data else ():
        path = Path(app.outdir) / f"{page}.html"
        sections = [
            {"name": name, "address": address(page, place)}
            for name, place in redirect.sections.items()
        ]
        text = _canonical(app, page, redirect.to, path.read_text("utf-8"))
        for part in ("script", "sections"):
            root = "../" * page.count("/")
            markup = render("redirects.html", part=part, root=root, sections=sections)
            text = text.replace(f"<!-- {part} -->\n", markup)
        path.write_text(text, "utf-8")
    return []


def _canonical(app: Sphinx, page: str, place: str, text: str) -> str:
    """Return a page with the whole canonical address, if the site has one."""
    base = app.config.html_baseurl
    if not base or place.startswith(EXTERNAL):
        return text
    target, mark, section = place.partition("#")
    line = '<link rel="canonical" href="{}">'
    whole = f"{base}{app.builder.get_target_uri(target)}{mark}{section}"
    return text.replace(
        line.format(html.escape(address(page, place))), line.format(html.escape(whole))
    )


def setup(app: Sphinx) -> dict[str, bool]:
    """Read the data first; stand behind the package."""
    app.setup_extension("sphinx_reredirects")
    app.add_directive("anchor", AnchorDirective)
    app.add_config_value("redirects_data", "", "", str)
    app.connect("config-inited", _read)
    app.connect("env-check-consistency", _check)
    app.connect("html-collect-pages", _complete, priority=AFTER_THE_PACKAGE)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
