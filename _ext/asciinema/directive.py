"""The directive ``asciinema`` and its node."""

from __future__ import annotations

import os.path
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives

from _ext._shared.recordings import RecordingDirective, transcript

SLOWEST, FASTEST = 0.25, 4.0


class asciinema(nodes.General, nodes.Element):  # noqa: N801 - docutils names nodes in lower case
    """A recording: attributes for the template, and a literal block for other builders."""


def _speed(argument: str) -> float:
    speed = float(argument)
    if not SLOWEST <= speed <= FASTEST:
        raise ValueError(f"must be from {SLOWEST} to {FASTEST:g}")
    return speed


class AsciinemaDirective(RecordingDirective):
    """``{asciinema} NAME`` shows and plays a recording."""

    feature = "asciinema"
    option_spec: ClassVar[dict[str, Any]] = {
        "title": directives.unchanged,
        "speed": directives.unchanged,
        "steps": directives.unchanged,
        "autoplay": directives.flag,
    }

    def build(self) -> list[nodes.Node]:
        """Return the recording.

        Raises:
            InputError: the cast or an option is wrong.
        """
        path = self.path()
        recording = self.recording(path)
        title = self.options.get("title") or recording.title or self.arguments[0]
        node = asciinema(
            recording=recording,
            title=title,
            speed=self.option("speed", _speed) or 1.0,
            autoplay="autoplay" in self.options,
            cast=self._download(path) if recording.moves else None,
        )
        node += transcript(recording.text, recording.text, language="text")
        self.vouch(node, recording, path)
        return [node]

    def _download(self, path: Path) -> str:
        """Have Sphinx copy the cast to its downloads; return the path below them."""
        name = Path(os.path.relpath(path, self.env.srcdir)).as_posix()
        return str(self.env.dlfiles.add_file(self.env.docname, name))
