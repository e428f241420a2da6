"""Directives that show a recording of the terminal: find it, cut it, say what stands behind it."""

from __future__ import annotations

import re
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes

from . import assets, versions
from .cast import CastError, Recording, parse
from .evidence import Evidence, attach
from .inputs import FeatureDirective
from .report import InputError, warn

if TYPE_CHECKING:
    from collections.abc import Callable

    from sphinx.application import Sphinx
    from sphinx.config import Config

Steps = tuple[int, int]
NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
UNKNOWN = "This recording says nothing about how it was made."


class transcript(nodes.literal_block):  # noqa: N801 - docutils names nodes in lower case
    """What a recording shows, for builders without templates.

    A page with one loads the colours of the terminal, ``css/ansi.css``.
    """


def evidence(recording: Recording, name: str, steps: Steps | None) -> Evidence:
    """Return what stands behind a recording, or behind ``steps`` of one."""
    source = f"recording {name}"
    if steps:
        first, last = steps
        source += f", command {first}" if first == last else f", commands {first} to {last}"
    if not recording.facts:
        return Evidence("illustration", source, language="console", reason=UNKNOWN)
    failing = next((fact for fact in recording.facts if fact.fails), None)
    around = next((fact.workaround for fact in recording.facts if fact.workaround), "")
    return Evidence(
        state="fails" if failing else "recorded",
        source=source,
        language="console",
        reason=failing.fails if failing else "",
        date=recording.recorded,
        versions=recording.versions,
        limit=failing.limit if failing else around,
    )


def _steps(argument: str) -> Steps:
    match = re.fullmatch(r"(\d{1,3})(?:-(\d{1,3}))?", argument.strip())
    if match is None:
        raise ValueError('must be a command\'s number, such as "2", or a range, such as "2-4"')
    return int(match[1]), int(match[2] or match[1])


class RecordingDirective(FeatureDirective):
    """``{feature} NAME`` shows ``NAME.cast`` of the directory ``recordings``, or a part of it."""

    required_arguments = 1
    steps: Steps | None = None

    def path(self) -> Path:
        """Return the recording's file.

        Raises:
            InputError: there is none of this name.
        """
        name = self.arguments[0]
        if not NAME.fullmatch(name):
            raise InputError("name", f"{name!r} is not a recording's name: a-z, 0-9 and hyphens")
        directory = Path(self.config.recordings)
        path = directory / f"{name}.cast"
        self.env.note_dependency(path)
        if path.is_file():
            return path
        names = sorted(each.stem for each in directory.glob("*.cast"))
        near = get_close_matches(name, names, n=3, cutoff=0.5) or names
        raise InputError(
            "file",
            f"there is no recording {name!r}; there are {', '.join(near) or 'none'}. "
            f"Write tools/casts/{name}.toml and run: make casts",
        )

    def recording(self, path: Path) -> Recording:
        """Return the recording, or the part that ``:steps:`` names.

        Raises:
            InputError: the cast or the option is wrong.
        """
        try:
            recording = parse(path.read_bytes())
        except CastError as error:
            raise InputError("cast", str(error), f"{path}:{error.line}") from error
        self.steps = self.option("steps", _steps)
        if self.steps is None:
            return recording
        if recording.moves:
            whole = f"show it whole, with {{asciinema}} {path.stem} and without :steps:"
            raise InputError("steps", f"{path.name} moves the cursor: {whole}")
        try:
            return recording.steps(*self.steps)
        except CastError as error:
            raise InputError("steps", f"{path.name}: {error}") from error

    def option(self, name: str, convert: Callable[[str], Any]) -> Any:
        """Return the option as ``convert`` reads it; ``None`` without it.

        Raises:
            InputError: its value is wrong.
        """
        if name not in self.options:
            return None
        try:
            return convert(self.options[name])
        except ValueError as error:
            raise InputError("option", f":{name}: {error}") from error

    def vouch(self, node: nodes.Element, recording: Recording, path: Path) -> None:
        """Attach what stands behind ``node``; warn if it was recorded with other versions."""
        self.set_source_info(node)
        attach(node, evidence(recording, path.stem, self.steps))
        old = versions.outdated(recording.versions) if recording.versions else ""
        if old:
            message = (
                f"{path.name} was recorded with {old}. "
                "Run: make casts; for a new release: make bump VERSION=…"
            )
            warn(self.feature, "versions", message, self.get_location())


def _from_confdir(app: Sphinx, config: Config) -> None:
    config.recordings = str(Path(app.confdir, config.recordings))


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the setting, and read pages again when other versions are installed."""
    app.add_config_value("recordings", "_static/casts", "env", types=(str,))
    app.add_config_value("recordings_versions", versions.installed(), "env", types=(dict,))
    app.connect("config-inited", _from_confdir)
    assets.provide(app, transcript, css="css/ansi.css")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
