"""From a declaration to its files: made in a directory of their own, then put in place."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from _ext._shared.cast import CastError, Header, parse

from . import encode, ledger, terminal
from .plan import MediaError, over_budget

if TYPE_CHECKING:
    from .ledger import Made
    from .plan import Cast, Places, Plan


def make(name: str, plan: Plan, places: Places) -> Made:
    """Make the files of ``name`` and return what they are.

    Raises:
        MediaError: a recording is wrong, a program is missing, or a file is too large. Then no
            file in ``_static/media`` has changed.
    """
    source = ledger.source(name, plan, places)
    outputs = plan.files(name)
    with tempfile.TemporaryDirectory(prefix="mltrack-media-") as directory:
        room = Path(directory)
        if name in plan.films:
            _film(name, plan, places, room)
        else:
            _cast(name, plan, places, room)
        files = {
            file: ledger.entry(room / file, output, encode.shape(room / file))
            for file, output in outputs.items()
        }
        for file, fact in files.items():
            if large := over_budget(file, fact.output, fact.bytes, fact.duration):
                raise MediaError(large)
        for file in files:
            ledger.put(places.media / file, (room / file).read_bytes())
    return ledger.Made(source=source, files=files)


def _cast(name: str, plan: Plan, places: Places, room: Path) -> None:
    """Make the files of a cast."""
    options = plan.casts[name]
    path = places.cast(name)
    try:
        recording, size = parse(path.read_bytes()), _size(path)
        for file, output in plan.files(name).items():
            if output == "poster":
                drawing = terminal.still(recording, size, places.tokens, options.moment)
                (room / file).write_text(drawing, encoding="utf-8")
            elif output == "svg":
                drawing = terminal.animated(recording, size, places.tokens, options.speed)
                (room / file).write_text(drawing, encoding="utf-8")
    except CastError as error:
        raise MediaError(f"{path}:{error.line}: {error}") from error
    except MediaError as error:
        raise MediaError(f"{places.plan}: {name}: {error}") from error
    if {"gif", "mp4", "webm"} & set(options.outputs):
        _moving(
            name, options, terminal.animated(recording, size, places.tokens, options.speed), room
        )


def _moving(name: str, options: Cast, drawing: str, room: Path) -> None:
    """Photograph the animation and make its GIF and videos."""
    from . import stage  # Playwright, which a check does without

    for program in ("ffmpeg", "ffprobe"):
        encode.program(program)
    frames = room / "frames"
    frames.mkdir()
    listing = stage.photograph(drawing, options.size / terminal.SIZE, options.fps, frames)
    for output in options.outputs:
        if output == "gif":
            encode.gif(listing, room / f"{name}.gif", options.fps)
        elif output in ("mp4", "webm"):
            encode.video(listing, room / f"{name}.{output}", options.fps)


def _size(path: Path) -> tuple[int, int]:
    """Return columns and lines of a cast that was parsed."""
    header = Header.model_validate_json(path.read_text(encoding="utf-8").partition("\n")[0])
    return header.width, header.height


def _film(name: str, plan: Plan, places: Places, room: Path) -> None:
    """Make the files of a film."""
    from . import web  # Playwright, which a check does without

    options = plan.films[name]
    for program in ("ffmpeg", "ffprobe"):
        encode.program(program)
    frames = room / "frames"
    frames.mkdir()
    listing = web.shoot(options, places.projects, frames)
    for file, output in plan.files(name).items():
        if output == "poster":
            last = sorted(frames.glob("*.png"))[-1]
            encode.still(last, room / file, web.CROP)
        else:
            encode.video(listing, room / file, options.fps, web.CROP)
