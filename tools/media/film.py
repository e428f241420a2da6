"""Frames of a browser with their times, some of them hurried, as a list for ffmpeg."""

from __future__ import annotations

import base64
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import CDPSession

LAST = 1.0
"""Seconds that the last frame stays."""
BLINK = 0.001
"""The shortest time of a frame in the list."""


class Camera:
    """Keeps every frame that the browser draws. Use it in a ``with`` statement."""

    def __init__(self, session: CDPSession, directory: Path) -> None:
        self._session = session
        self._directory = directory
        self._frames: list[tuple[float, Path]] = []
        self._marks: list[tuple[float, float]] = []

    def __enter__(self) -> Camera:
        """Begin to film."""
        self._session.on("Page.screencastFrame", self._keep)
        self._session.send("Page.startScreencast", {"format": "png", "everyNthFrame": 1})
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self._session.send("Page.stopScreencast")
        self._session.remove_listener("Page.screencastFrame", self._keep)

    def speed(self, speed: float, now: float) -> None:
        """Let what follows ``now``, in seconds since 1970, pass at ``speed``."""
        self._marks.append((now, speed))

    def _keep(self, event: dict[str, Any]) -> None:
        path = self._directory / f"{len(self._frames):05}.png"
        path.write_bytes(base64.b64decode(event["data"]))
        self._frames.append((event["metadata"]["timestamp"], path))
        self._session.send("Page.screencastFrameAck", {"sessionId": event["sessionId"]})

    def cut(self) -> list[tuple[Path, float]]:
        """Return the frames with the seconds that each stays."""
        return cut(sorted(self._frames), self._marks)


def cut(
    frames: list[tuple[float, Path]], marks: list[tuple[float, float]]
) -> list[tuple[Path, float]]:
    """Return frames with the seconds that each stays; ``marks`` say from when on at which speed."""
    times = [warped(time, marks) for time, _ in frames]
    stays = [after - before for before, after in pairwise(times)]
    return [
        (path, max(BLINK, round(seconds, 3)))
        for (_, path), seconds in zip(frames, [*stays, LAST], strict=True)
    ]


def warped(time: float, marks: list[tuple[float, float]]) -> float:
    """Return when something that happened at ``time`` is shown."""
    if not marks or time <= marks[0][0]:
        return time
    shown, since, speed = marks[0][0], *marks[0]
    for begin, following in marks[1:]:
        if time <= begin:
            break
        shown += (begin - since) / speed
        since, speed = begin, following
    return shown + (time - since) / speed


def listing(frames: list[tuple[Path, float]]) -> str:
    """Return the frames in the form that ffmpeg's concat demuxer reads."""
    lines = ["ffconcat version 1.0"]
    for path, seconds in frames:
        lines += [f"file '{path.name}'", f"duration {seconds:.3f}"]
    return "\n".join([*lines, f"file '{frames[-1][0].name}'", ""])
