"""``media.json``: of what each file was made, how large it is; and whether that is still true."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from .plan import MediaError, over_budget
from .terminal import palette

if TYPE_CHECKING:
    from .plan import Places, Plan


class File(BaseModel):
    """A file of ``_static/media``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    output: str
    bytes: int
    sha256: str
    width: int
    height: int
    duration: float
    """Seconds; zero for a still."""


class Made(BaseModel):
    """What was made of one recording."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: str
    """The hash of what it was made from, see :func:`source`."""
    files: dict[str, File]


Ledger = dict[str, Made]
LEDGER: TypeAdapter[Ledger] = TypeAdapter(Ledger)


def read(path: Path) -> Ledger:
    """Return what was made; nothing if there is no file yet.

    Raises:
        MediaError: the file is not what this program writes.
    """
    if not path.is_file():
        return {}
    try:
        return LEDGER.validate_json(path.read_bytes())
    except ValidationError as error:
        raise MediaError(
            f"{path} is damaged; restore it, or remove it and run: make media"
        ) from error


def write(path: Path, ledger: Ledger) -> None:
    """Write ``media.json``."""
    plain = LEDGER.dump_python(ledger)
    text = json.dumps(plain, indent=1, sort_keys=True)
    put(path, f"{text}\n".encode())


def put(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        temporary.chmod(0o644)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def source(name: str, plan: Plan, places: Places) -> str:
    """Return a hash of what decides how the files of ``name`` look.

    Of a cast that is what it shows, in which colours: not the date and versions in its header.

    Raises:
        MediaError: there is no such cast or project.
    """
    digest = hashlib.sha256()
    if name in plan.films:
        film = plan.films[name]
        project = places.projects / film.project
        if not project.is_dir():
            raise MediaError(f"{places.plan} names the project {film.project!r}, {project} is none")
        digest.update(film.model_dump_json(exclude={"outputs"}).encode())
        for path in sorted(project.glob("*.py")):
            if path.name in film.command:
                digest.update(path.read_bytes())
        return digest.hexdigest()
    path = places.cast(name)
    if not path.is_file():
        raise MediaError(f"{places.plan} names {name!r}, but there is no {path}: remove it there")
    digest.update(plan.casts[name].model_dump_json(exclude={"outputs"}).encode())
    head, _, events = path.read_text(encoding="utf-8").partition("\n")
    try:
        shown = {key: value for key, value in json.loads(head).items() if key != "mltrack"}
    except (ValueError, AttributeError) as error:
        raise MediaError(f"{path}:1: not an asciicast. Run: make casts") from error
    digest.update(json.dumps([shown, palette(places.tokens)], sort_keys=True).encode())
    digest.update(events.encode())
    return digest.hexdigest()


def entry(path: Path, output: str, shape: tuple[int, int, float]) -> File:
    """Return what ``media.json`` says about a file."""
    content = path.read_bytes()
    width, height, duration = shape
    return File(
        output=output,
        bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        width=width,
        height=height,
        duration=duration,
    )


def problems(plan: Plan, places: Places, names: list[str]) -> list[str]:
    """Return what is wrong with the files of ``names``, one sentence each with its remedy."""
    made = read(places.ledger)
    found: list[str] = []
    for name in names:
        remake = f"Run: make media NAME={name}"
        if name not in made:
            found.append(f"{name}: nothing was made of it. {remake}")
            continue
        try:
            if made[name].source != source(name, plan, places):
                found.append(f"{name}: its recording or its settings changed. {remake}")
        except MediaError as error:
            found.append(str(error))
            continue
        for file, output in plan.files(name).items():
            found.extend(_file(places.media / file, output, made[name].files.get(file), remake))
    return found


def _file(path: Path, output: str, noted: File | None, remake: str) -> list[str]:
    """Return what is wrong with one file."""
    if noted is None or not path.is_file():
        return [f"{path} is missing. {remake}"]
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != noted.sha256:
        return [f"{path} is not the file that was made. {remake}"]
    large = over_budget(str(path), output, len(content), noted.duration)
    return [large] if large else []


def orphans(plan: Plan, places: Places) -> list[str]:
    """Return the files, and the parts of ``media.json``, that nothing declares."""
    declared = {file for name in plan.names for file in plan.files(name)} | {places.ledger.name}
    files = sorted(path for path in places.media.glob("*") if path.name not in declared)
    found = [f"{path} is declared nowhere: remove it, or add it to {places.plan}" for path in files]
    for name, made in sorted(read(places.ledger).items()):
        extra = set(made.files) - (set(plan.files(name)) if name in plan.names else set())
        if extra or name not in plan.names:
            found.append(
                f"{places.ledger} speaks of {name!r} as {places.plan} does not. Run: make media"
            )
    return found
