"""What directives read: options, files and data, with errors that name file and line."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

import yaml
from pydantic import TypeAdapter, ValidationError
from sphinx.util.docutils import SphinxDirective

from .report import InputError, warn

if TYPE_CHECKING:
    from docutils import nodes

T = TypeVar("T")


class FeatureDirective(SphinxDirective):
    """A directive whose :class:`InputError` becomes a warning named after the feature.

    Subclasses set ``feature`` and write ``build``; ``run`` is final.
    """

    feature: ClassVar[str]

    def run(self) -> list[nodes.Node]:
        """Build, or warn at the directive's line (or the data file's) and build nothing."""
        try:
            return self.build()
        except InputError as error:
            place = error.location or self.get_location()
            warn(self.feature, error.subtype, error.message, place)
            return []

    def build(self) -> list[nodes.Node]:
        """Return the nodes.

        Raises:
            InputError: the author's input is wrong.
        """
        raise NotImplementedError

    def file(self, path: Path) -> Path:
        """Return ``path``, noted as a dependency of the page.

        Raises:
            InputError: there is no such file.
        """
        self.env.note_dependency(path)
        if not path.is_file():
            raise InputError("file", f"there is no file {path.name!r} in {path.parent}")
        return path

    def source_file(self, name: str) -> Path:
        """Return the file ``name``, relative to the page or, with a leading slash, to ``source/``.

        Raises:
            InputError: there is no such file.
        """
        return self.file(Path(self.env.relfn2path(name)[1]))


@dataclass(frozen=True)
class Data(Generic[T]):
    """A validated data file that knows where each of its values stands."""

    path: Path
    value: T
    tree: yaml.Node | None

    def place(self, *loc: str | int) -> str:
        """Return ``path:line`` of the value at ``loc``, or of its nearest parent."""
        return f"{self.path}:{_line_of(self.tree, loc)}"


def load_yaml(path: Path, model: type[T]) -> Data[T]:
    """Return the YAML file ``path`` as ``model`` (anything pydantic can validate).

    Raises:
        InputError: located at ``path:line``.
    """
    text = path.read_text(encoding="utf-8")
    try:
        tree = yaml.compose(text, Loader=yaml.SafeLoader)
        raw = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise InputError("data", f"not YAML: {error.problem}", f"{path}:{line}") from error
    try:
        value = TypeAdapter(model).validate_python(raw)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        line = _line_of(tree, first["loc"])
        raise InputError("data", f"{where}: {first['msg']}", f"{path}:{line}") from error
    return Data(path, value, tree)


def _line_of(node: yaml.Node | None, loc: tuple[Any, ...]) -> int:
    """Return the line, from 1, of the value at ``loc``, or of its nearest parent."""
    line = 1
    for part in loc:
        match node:
            case yaml.MappingNode():
                found = next((pair for pair in node.value if pair[0].value == part), None)
                if found is None:
                    return line
                line, node = found[0].start_mark.line + 1, found[1]
            case yaml.SequenceNode() if isinstance(part, int) and part < len(node.value):
                node = node.value[part]
                line = node.start_mark.line + 1
            case _:
                return line
    return line
