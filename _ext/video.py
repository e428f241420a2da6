"""``video``: a video of ``_static/media``, with its description in words for every reader.

Sizes and lengths come from ``media.json``, written by ``tools/media``: the page keeps the place
and does not move when the video loads. Its picture loads when the reader comes near; nothing else
loads or plays before the reader asks.
"""

from __future__ import annotations

import json
import posixpath
import re
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from pydantic import BaseModel, Field, TypeAdapter, ValidationError
from sphinx.util.osutil import relative_uri

from ._shared import assets
from ._shared.inputs import FeatureDirective
from ._shared.render import add_component, render
from ._shared.report import InputError

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config
    from sphinx.writers.html5 import HTML5Translator

NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
TYPES = {"webm": "video/webm", "mp4": "video/mp4"}
"""Kinds of video, in the order in which a browser tries them."""
SHORTEST = 40
"""Characters of a description that can stand for a video."""
REMEDY = "Declare it in tools/media/media.yaml and run: make media"


class File(BaseModel):
    """What ``media.json`` says about a file, as far as it matters here."""

    output: str
    sha256: str
    width: Annotated[int, Field(ge=1, le=10_000)]
    height: Annotated[int, Field(ge=1, le=10_000)]
    duration: Annotated[float, Field(ge=0, le=3600, allow_inf_nan=False)]


class Made(BaseModel):
    """The files that were made of one recording."""

    files: dict[str, File]


LEDGER: TypeAdapter[dict[str, Made]] = TypeAdapter(dict[str, Made])


class video(nodes.General, nodes.Element):  # noqa: N801 - docutils names nodes in lower case
    """A video: attributes for the template; title, description and link for other builders."""


class VideoDirective(FeatureDirective):
    """``{video} NAME`` shows the video that was made of the recording ``NAME``."""

    feature = "video"
    required_arguments = 1
    option_spec: ClassVar[dict[str, Any]] = {
        "title": directives.unchanged,
        "alt": directives.unchanged,
    }

    def build(self) -> list[nodes.Node]:
        """Return the video.

        Raises:
            InputError: the name or an option is wrong, or a file is missing.
        """
        name = self.arguments[0]
        files = self._files(name)
        sources = [
            {"file": _versioned(file, fact), "type": TYPES[kind]}
            for kind in TYPES
            for file, fact in files.items()
            if fact.output == kind
        ]
        poster = next(((f, fact) for f, fact in files.items() if fact.output == "poster"), None)
        if not sources or poster is None:
            have = ", ".join(sorted(fact.output for fact in files.values()))
            raise InputError("file", f"{name!r} has {have}; a video needs mp4 and poster. {REMEDY}")
        shown = next(fact for fact in files.values() if fact.output in TYPES)
        node = video(
            title=self._text("title", 1),
            description=self._text("alt", SHORTEST),
            sources=sources,
            poster=_versioned(*poster),
            width=shown.width,
            height=shown.height,
            length=_length(shown.duration),
        )
        node += self._in_words(node)
        self.set_source_info(node)
        return [node]

    def _files(self, name: str) -> dict[str, File]:
        """Return what was made of the recording, after a look at each file."""
        if not NAME.fullmatch(name):
            raise InputError("name", f"{name!r} is not a video's name: a-z, 0-9 and hyphens")
        directory = Path(self.config.video_media)
        path = self.file(directory / "media.json")
        try:
            made = LEDGER.validate_python(json.loads(path.read_bytes()))
        except (ValueError, RecursionError, ValidationError) as error:
            raise InputError(
                "data", "this is not what tools.media writes. Run: make media", f"{path}:1"
            ) from error
        if name not in made:
            near = get_close_matches(name, made, n=3, cutoff=0.5) or sorted(made)
            there = ", ".join(near) or "none"
            raise InputError("file", f"there is no video {name!r}; there are {there}. {REMEDY}")
        for file in made[name].files:
            self.file(directory / Path(file).name)
        return {Path(file).name: fact for file, fact in made[name].files.items()}

    def _text(self, option: str, shortest: int) -> str:
        text = " ".join((self.options.get(option) or "").split())
        if len(text) < shortest:
            what = "its title" if option == "title" else "what one sees, step by step"
            raise InputError("option", f":{option}: must say {what}, in {shortest} letters or more")
        return text

    def _in_words(self, node: video) -> list[nodes.Node]:
        """Return what other builders write."""
        file = node["sources"][-1]["file"].partition("?")[0]
        address = posixpath.join(self.config.html_baseurl or "/", "_static", "media", file)
        link = nodes.reference("", f"Watch the video ({node['length']})", refuri=address)
        return [
            nodes.paragraph("", "", nodes.strong("", node["title"])),
            nodes.paragraph("", node["description"]),
            nodes.paragraph("", "", link),
        ]


def _versioned(file: str, fact: File) -> str:
    """Return the file with the beginning of its hash, so that browsers notice a new one."""
    return f"{file}?v={fact.sha256[:8]}"


def _length(seconds: float) -> str:
    whole = round(seconds)
    return f"{whole // 60}:{whole % 60:02}"


def _html(self: HTML5Translator, node: video) -> str:
    page = self.builder.get_target_uri(self.docnames[0])
    return render("video.html", media=relative_uri(page, "_static/media"), **node.attributes)


def _from_confdir(app: Sphinx, config: Config) -> None:
    config.video_media = str(Path(app.confdir, config.video_media))


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive, its node, its setting, its style and its script."""
    app.add_config_value("video_media", "_static/media", "env", types=(str,))
    app.connect("config-inited", _from_confdir)
    app.add_directive("video", VideoDirective)
    add_component(app, video, _html)
    assets.provide(app, video, css="css/video.css", js="js/video.js")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
