"""ffmpeg: run it, or say what to install."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from typing import TYPE_CHECKING, NamedTuple

from .plan import MediaError

if TYPE_CHECKING:
    from pathlib import Path

INSTALL = {
    "ffmpeg": "on Debian and Ubuntu, apt install ffmpeg; on macOS, brew install ffmpeg",
    "ffprobe": "it comes with ffmpeg: on Debian and Ubuntu, apt install ffmpeg",
}
CONCAT = ("-f", "concat", "-safe", "0")
EVEN = "scale=trunc(iw/2)*2:trunc(ih/2)*2:flags=lanczos"
REPEATABLE = ("-map_metadata", "-1", "-fflags", "+bitexact", "-flags:v", "+bitexact")
CODECS = {
    "mp4": (
        *("-c:v", "libx264", "-preset", "slow", "-crf", "28", "-tune", "animation"),
        *("-pix_fmt", "yuv420p", "-movflags", "+faststart", "-threads", "1"),
    ),
    "webm": (
        *("-c:v", "libvpx-vp9", "-crf", "40", "-b:v", "0", "-pix_fmt", "yuv420p"),
        *("-row-mt", "0", "-threads", "1", "-cpu-used", "4"),
    ),
    "avif": (
        "-c:v",
        "libaom-av1",
        "-still-picture",
        "1",
        "-cpu-used",
        "6",
        "-crf",
        "30",
        "-frames:v",
        "1",
    ),
}


class Shape(NamedTuple):
    """What a file shows."""

    width: int
    height: int
    duration: float
    """Seconds; zero for a still."""


def program(name: str) -> str:
    """Return the path of a program.

    Raises:
        MediaError: it is not installed; says how to get it.
    """
    found = shutil.which(name)
    if found is None:
        raise MediaError(f"{name} is not installed: {INSTALL[name]}")
    return found


def _run(command: list[str]) -> str:
    """Run a program and return its output.

    Raises:
        MediaError: it failed; ends with its last words.
    """
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        words = "\n".join(done.stderr.strip().splitlines()[-5:])
        raise MediaError(f"{command[0].rsplit('/', 1)[-1]} failed with {done.returncode}:\n{words}")
    return done.stdout


def gif(frames: Path, target: Path, fps: int) -> None:
    """Make a GIF of a list of frames.

    Raises:
        MediaError: ffmpeg is missing or failed.
    """
    colours = "palettegen=max_colors=64:stats_mode=diff[p];[b][p]paletteuse=dither=none"
    filters = f"fps={fps},split[a][b];[a]{colours}:diff_mode=rectangle"
    _run(
        [
            *(program("ffmpeg"), "-v", "error", "-y", *CONCAT, "-i", str(frames)),
            *("-filter_complex", filters, *REPEATABLE, str(target)),
        ]
    )


def video(frames: Path, target: Path, fps: int, crop: str = "") -> None:
    """Make an MP4 or WebM of a list of frames.

    Raises:
        MediaError: ffmpeg is missing or failed.
    """
    filters = ",".join(part for part in (f"fps={fps}", crop, EVEN) if part)
    _run(
        [
            *(program("ffmpeg"), "-v", "error", "-y", *CONCAT, "-i", str(frames), "-vf", filters),
            *(*CODECS[target.suffix[1:]], "-an", *REPEATABLE, str(target)),
        ]
    )


def still(source: Path, target: Path, crop: str = "") -> None:
    """Make an AVIF of a picture.

    Raises:
        MediaError: ffmpeg is missing or failed.
    """
    filters = ",".join(part for part in (crop, EVEN) if part)
    _run(
        [
            *(program("ffmpeg"), "-v", "error", "-y", "-i", str(source), "-vf", filters),
            *(*CODECS["avif"], *REPEATABLE, str(target)),
        ]
    )


def shape(path: Path) -> Shape:
    """Return the size of a picture or video, and how long it is.

    Raises:
        MediaError: ffprobe is missing, or cannot read the file.
    """
    if path.suffix == ".svg":
        text = path.read_text(encoding="utf-8")
        size = re.search(r'viewBox="0 0 (\d+) (\d+)"', text)
        if size is None:
            raise MediaError(f"{path.name} has no viewBox")
        moving = re.search(r"animation:\S+ ([\d.]+)s", text)
        return Shape(int(size[1]), int(size[2]), float(moving[1]) if moving else 0.0)
    entries = "stream=width,height:format=duration"
    answer = _run(
        [
            *(program("ffprobe"), "-v", "error", "-select_streams", "v:0"),
            *("-show_entries", entries, "-of", "json", str(path)),
        ]
    )
    found = json.loads(answer)
    stream = found["streams"][0]
    seconds = 0.0 if path.suffix == ".avif" else float(found["format"].get("duration") or 0)
    return Shape(int(stream["width"]), int(stream["height"]), round(seconds, 2))
