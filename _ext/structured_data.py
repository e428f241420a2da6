"""``structured_data``: what a page is, for search engines, as JSON-LD in the words of schema.org.

A page with a source is a ``TechArticle`` with the way to it; the first page is the software. All of
it says what the page says too: title, description, breadcrumb, dates from Git, and the card of
``social``. ``structured_data_software`` names the file with the facts of the package.

A block of JSON-LD is data. Browsers never run it, so a policy without inline scripts stands it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from ._shared.dates import dates_of
from ._shared.inputs import load_yaml
from ._shared.render import render
from ._shared.report import InputError, warn
from ._shared.versions import installed
from .social import FOLDER, card_of
from .versions import canonical

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx
    from sphinx.config import Config

AFTER_OTHERS = 800
"""After ``versions`` has made the page's address canonical."""
CONTEXT = "https://schema.org"
Address = Annotated[str, Field(pattern=r"^https://\S+$")]


class Software(BaseModel):
    """What is known of the package. Nothing is in it that nobody can look up: no ratings.

    Args:
        name: what it is called.
        category: a category of applications.
        system: on which systems it was run.
        license: the address of its licence.
        price: what it costs.
        currency: of the price.
    """

    model_config = ConfigDict(extra="forbid")
    name: str = Field(min_length=1)
    category: Literal["DeveloperApplication", "UtilitiesApplication", "BusinessApplication"]
    system: str
    license: Address
    price: float = Field(ge=0)
    currency: str = Field(pattern=r"^[A-Z]{3}$")


def _read(app: Sphinx, config: Config) -> None:
    """Read the facts into the configuration: pages are written again when they change."""
    config.structured_data_facts = {}
    if not config.structured_data_software:
        return
    try:
        data = load_yaml(Path(app.confdir) / config.structured_data_software, Software)
    except OSError as error:
        text = f"structured_data_software cannot be read: {error}"
        warn("structured_data", "file", text, None)
    except InputError as error:
        warn("structured_data", error.subtype, error.message, error.location)
    else:
        config.structured_data_facts = data.value.model_dump()


def address(app: Sphinx, page: str) -> str:
    """Return the canonical address of a page."""
    stable = getattr(app.config, "versions_pages", [])
    return canonical(str(app.config.html_baseurl), page, app.builder.get_target_uri(page), stable)


def way(app: Sphinx, page: str) -> list[str]:
    """Return the pages from the first one to this one, as the breadcrumb shows them."""
    relations: dict[str, list[str | None]] = app.builder.relations  # type: ignore[attr-defined]
    above: list[str] = []
    parent = (relations.get(page) or [None])[0]
    while parent and parent != app.config.root_doc and parent not in above:
        above.append(parent)
        parent = (relations.get(parent) or [None])[0]
    return [app.config.root_doc, *reversed(above), page]


def article(app: Sphinx, page: str) -> dict[str, Any]:
    """Return what a page is."""
    config, env = app.config, app.env
    home = address(app, config.root_doc)
    card = card_of(env, page, config.project)
    known = {
        "@type": "TechArticle",
        "headline": card.title,
        "description": card.sentence,
        "url": address(app, page),
        "image": f"{config.html_baseurl}{FOLDER}/{page}.png",
        "inLanguage": config.language,
        "isPartOf": {"@type": "WebSite", "name": f"{config.project} documentation", "url": home},
    }
    if config.structured_data_facts:
        name = config.structured_data_facts["name"]
        known["about"] = {"@type": "SoftwareApplication", "@id": f"{home}#software", "name": name}
    if dates := dates_of(env, page):
        known |= {"datePublished": dates.published, "dateModified": dates.modified}
    return {key: value for key, value in known.items() if value}


def breadcrumb(app: Sphinx, page: str) -> dict[str, Any]:
    """Return the way to a page; its last step is the page itself, without an address."""
    items = []
    for position, step in enumerate(way(app, page), 1):
        name = app.env.titles[step].astext() if position > 1 else app.config.project
        item = {"@type": "ListItem", "position": position, "name": name}
        items.append(item if step == page else item | {"item": address(app, step)})
    return {"@type": "BreadcrumbList", "itemListElement": items}


def software(app: Sphinx) -> dict[str, Any]:
    """Return what the package is."""
    config, facts = app.config, app.config.structured_data_facts
    home = address(app, config.root_doc)
    repository = config.html_context.get("package_source", "")
    known = {
        "@type": "SoftwareApplication",
        "@id": f"{home}#software",
        "name": facts["name"],
        "description": card_of(app.env, config.root_doc, config.project).sentence,
        "applicationCategory": facts["category"],
        "operatingSystem": facts["system"],
        "softwareVersion": installed().get("mltrack-py", ""),
        "license": facts["license"],
        "url": home,
        "image": f"{config.html_baseurl}{FOLDER}/{config.root_doc}.png",
        "sameAs": repository,
        "offers": {
            "@type": "Offer",
            "price": f"{facts['price']:g}",
            "priceCurrency": facts["currency"],
        },
    }
    return {key: value for key, value in known.items() if value}


def graph(app: Sphinx, page: str) -> list[dict[str, Any]]:
    """Return all that is said of a page."""
    if page != app.config.root_doc:
        return [article(app, page), breadcrumb(app, page)]
    return [software(app)] if app.config.structured_data_facts else []


def _add(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    hidden = getattr(app.config, "notfound_pagename", "")
    if doctree is None or not app.config.html_baseurl or pagename == hidden:
        return
    if said := graph(app, pagename):
        tag = render("structured-data.html", data={"@context": CONTEXT, "@graph": said})
        context["metatags"] = context.get("metatags", "") + tag


def setup(app: Sphinx) -> dict[str, bool]:
    """Read the facts first; stand behind everybody who names the page's address."""
    app.setup_extension("_ext._shared.dates")
    app.setup_extension("_ext.social")
    app.add_config_value("structured_data_software", "", "", str)
    app.add_config_value("structured_data_facts", {}, "html", dict)
    app.connect("config-inited", _read)
    app.connect("html-page-context", _add, priority=AFTER_OTHERS)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
