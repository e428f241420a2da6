"""The overlay files, compared with the inventory of the package. Knows no Sphinx."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, ConfigDict, Field

from _ext._shared.inputs import load_yaml
from _ext._shared.report import InputError
from _ext.coverage.model import Inventory, InventoryError

if TYPE_CHECKING:
    from sphinx.config import Config

    from _ext._shared.inputs import Data

Text = Annotated[str, Field(min_length=1)]


class Overlay(BaseModel):
    """What we say of an object; texts are reStructuredText, as in the docstring around them."""

    model_config = ConfigDict(extra="forbid")

    summary: Text | None = None
    """In place of the docstring's first paragraph."""
    parameters: dict[str, Text] = {}
    """In place of what the docstring says of each, or in addition."""
    members: dict[str, Text] = {}
    """Of a class: what its values or fields mean."""
    returns: Text | None = None
    raises: dict[str, Text] = {}
    example: str = ""
    """A doctest. It runs with the other doctests of the page."""
    corrects: Text | None = None
    """What the package says that is not so; the page marks the text as ours."""


@dataclass
class Overlays:
    """All overlays, by the canonical name of their object."""

    entries: dict[str, Overlay] = field(default_factory=dict)
    places: dict[str, tuple[Data[dict[str, Overlay]], str]] = field(default_factory=dict)
    inventory: Inventory = field(default_factory=lambda: Inventory({}, {}))
    files: list[Path] = field(default_factory=list)
    errors: list[InputError] = field(default_factory=list)

    @classmethod
    def load(cls, directory: Path, inventory: Path) -> Overlays:
        """Read all files of a directory; what is wrong with them is in ``errors``."""
        try:
            found = cls(inventory=Inventory.load(inventory))
        except InventoryError as error:
            fault = InputError("file", f"not an inventory: {error}", f"{inventory}:1")
            return cls(errors=[fault])
        for path in sorted(directory.glob("*.yaml")):
            found.files.append(path)
            try:
                found._add(load_yaml(path, dict[str, Overlay]))
            except InputError as error:
                found.errors.append(error)
        return found

    def _add(self, data: Data[dict[str, Overlay]]) -> None:
        module = data.path.stem
        for key, overlay in data.value.items():
            name = f"{module}.{key}"
            if not self.known(name):
                self._fault(data, f"the package has no {name!r}.{self._near(name)}", key)
                continue
            canonical = self.canonical(name)
            if canonical in self.entries:
                self._fault(data, f"{canonical} has an overlay already: keep one", key)
                continue
            self.entries[canonical] = overlay
            self.places[canonical] = (data, key)
            self._compare(data, key, canonical)

    def _compare(self, data: Data[dict[str, Overlay]], key: str, name: str) -> None:
        """Note parameters and members that do not exist."""
        overlay, names = self.entries[name], self.inventory.items("python")
        takes = names[name].get("parameters", [])
        for parameter in overlay.parameters:
            if not parameter.startswith("*") and parameter not in takes:
                message = f"{name} takes no {parameter!r}; it takes {', '.join(takes) or 'nothing'}"
                self._fault(data, message, key, "parameters", parameter)
        for member in overlay.members:
            if f"{name}.{member}" not in names:
                self._fault(data, f"{name} has no {member!r}", key, "members", member)
        if overlay.example and ">>> " not in overlay.example:
            message = "an example is a doctest: its lines begin with >>> or ..."
            self._fault(data, message, key, "example")

    def _fault(self, data: Data[dict[str, Overlay]], message: str, *loc: str) -> None:
        self.errors.append(InputError("unknown", message, data.place(*loc)))

    def _near(self, name: str) -> str:
        return self.inventory.near("python", name)

    def known(self, name: str) -> bool:
        """Say whether the package has a Python name."""
        names = self.inventory.data.get("python", {})
        return bool(names) and self.inventory.canonical(name) in names

    def canonical(self, name: str) -> str:
        """Return where a name is defined."""
        return self.inventory.canonical(name)

    def place(self, name: str, *loc: str) -> str:
        """Return ``path:line`` of a value in the overlay of an object."""
        data, key = self.places[name]
        return data.place(key, *loc)


def overlays_of(config: Config) -> Overlays:
    """Return the overlays of a site; none if it has no setting for them."""
    if not config.overlays_data:
        return Overlays()
    directory, inventory = Path(config.overlays_data), Path(config.overlays_inventory)
    files = [*sorted(directory.glob("*.yaml")), inventory]
    changed = tuple((path.name, path.stat().st_mtime_ns) for path in files if path.is_file())
    return _loaded(directory, inventory, changed)


@cache
def _loaded(directory: Path, inventory: Path, changed: tuple[tuple[str, int], ...]) -> Overlays:
    return Overlays.load(directory, inventory)
