"""The directive ``asciinema`` and its node."""

from __future__ import annotations

import os.path
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives

from _ext._shared.inputs import FeatureDirective
from _ext._shared.report import InputError

from .model import CastError, Recording, parse

if TYPE_CHECKING:
    from collections.abc import Callable

NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
SLOWEST, FASTEST = 0.25, 4.0


class asciinema(nodes.General, nodes.Element):  # noqa: N801 - docutils names nodes in lower case
    """A recording: attributes for the template, and a literal block for other builders."""


def _speed(argument: str) -> float:
    speed = float(argument)
    if not SLOWEST <= speed <= FASTEST:
        raise ValueError(f"must be from {SLOWEST} to {FASTEST:g}")
    return speed


def _steps(argument: str) -> tuple[int, int]:
    match = re.fullmatch(r"(\d{1,3})(?:-(\d{1,3}))?", argument.strip())
    if match is None:
        raise ValueError('must be a command\'s number, such as "2", or a range, such as "2-4"')
    return int(match[1]), int(match[2] or match[1])


class AsciinemaDirective(FeatureDirective):
    """``{asciinema} NAME`` shows ``NAME.cast`` of the directory ``asciinema_casts``."""

    feature = "asciinema"
    required_arguments = 1
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
        path = self._path()
        recording = self._recording(path)
        title = self.options.get("title") or recording.title or self.arguments[0]
        node = asciinema(
            recording=recording,
            title=title,
            speed=self._option("speed", _speed) or 1.0,
            autoplay="autoplay" in self.options,
            cast=self._download(path) if recording.moves else None,
        )
        node += nodes.literal_block(recording.text, recording.text, language="text")
        self.set_source_info(node)
        return [node]

    def _path(self) -> Path:
        name = self.arguments[0]
        if not NAME.fullmatch(name):
            raise InputError("name", f"{name!r} is not a recording's name: a-z, 0-9 and hyphens")
        return self.file(Path(self.config.asciinema_casts) / f"{name}.cast")

    def _recording(self, path: Path) -> Recording:
        try:
            recording = parse(path.read_bytes())
        except CastError as error:
            raise InputError("cast", str(error), f"{path}:{error.line}") from error
        steps = self._option("steps", _steps)
        if steps is None:
            return recording
        if recording.moves:
            raise InputError("steps", f"{path.name} moves the cursor: show it whole")
        try:
            return recording.steps(*steps)
        except CastError as error:
            raise InputError("steps", f"{path.name}: {error}") from error

    def _option(self, name: str, convert: Callable[[str], Any]) -> Any:
        if name not in self.options:
            return None
        try:
            return convert(self.options[name])
        except ValueError as error:
            raise InputError("option", f":{name}: {error}") from error

    def _download(self, path: Path) -> str:
        """Have Sphinx copy the cast to its downloads; return the path below them."""
        name = Path(os.path.relpath(path, self.env.srcdir)).as_posix()
        return str(self.env.dlfiles.add_file(self.env.docname, name))
