"""Python packages for the browser: the installed ones, without what the services never import."""

from __future__ import annotations

import io
import zipfile
from importlib.metadata import distribution
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMES = (
    "annotated-doc",
    "annotated-types",
    "anyio",
    "fastapi",
    "idna",
    "opentelemetry-api",
    "pydantic",
    "pydantic-settings",
    "python-dotenv",
    "starlette",
    "typing-extensions",
    "typing-inspection",
)
"""All in pure Python. ``pydantic-core`` is not: its wheel for the browser lies beside the pack."""

CORE = "pydantic-core"
LEFT_OUT = ("pydantic/v1/", "pydantic/mypy.py", "pydantic/_internal/_mypy", "dotenv/cli.py")
KEPT = (".dist-info/METADATA", ".dist-info/entry_points.txt")
LONGEST = 40
"""Characters of a license's name: some packages put its whole text there."""

MOMENT = (2026, 1, 1, 0, 0, 0)


def versions() -> dict[str, str]:
    """Return the versions of all packages that go into the browser."""
    return {name: distribution(name).version for name in (*NAMES, CORE)}


def licenses() -> dict[str, str]:
    """Return what each package says of its license."""
    found = {}
    for name in (*NAMES, CORE):
        said = distribution(name).metadata
        names = (said[key] for key in ("License-Expression", "License") if key in said)
        kinds = [each.split(" :: ")[-1] for each in said.get_all("Classifier") or []]
        named = [*names, *(kind for kind in kinds if "License" in kind)]
        found[name] = next(text for text in named if len(text) <= LONGEST)
    return found


def _files() -> Iterator[tuple[str, bytes]]:
    """Yield modules and licenses by path."""
    for name in NAMES:
        for file in distribution(name).files or []:
            path = file.as_posix()
            is_wanted = path.endswith(".py") and not path.startswith(("..", "bin/", *LEFT_OUT))
            if is_wanted or "LICENSE" in path.upper() or path.endswith(KEPT):
                yield path, file.read_binary()


def contents() -> dict[str, bytes]:
    """Return the files of the pack by path, in order."""
    return dict(sorted(_files()))


def pack() -> bytes:
    """Return the pack, a ZIP file: the same bytes from the same packages."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path, text in contents().items():
            info = zipfile.ZipInfo(path, MOMENT)
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(info, text)
    return buffer.getvalue()


def unpacked(pack: bytes) -> dict[str, bytes]:
    """Return the files of a pack by path."""
    with zipfile.ZipFile(io.BytesIO(pack)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
