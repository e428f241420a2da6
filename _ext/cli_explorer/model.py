"""The commands, and what the explorer knows of them beyond click. Knows no Sphinx."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from _ext._shared.inputs import load_yaml
from _ext._shared.report import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


PROGRAMS = ("mltrack", "ml")
"""The two names of the program."""

Text = Annotated[str, Field(min_length=1, max_length=200)]
Condition = dict[str, bool | list[str]]


class Strict(BaseModel):
    """Data without keys that nobody reads."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class Parameter(Strict):
    """A parameter, as ``tools.cli_tree`` exports it."""

    name: str
    kind: Literal["argument", "option"]
    opts: list[str] = []
    off: list[str] = []
    """Options that switch it off."""
    type: Literal["text", "int", "float", "path", "flag", "choice"]
    choices: list[str] = []
    default: Any = None
    required: bool = False
    multiple: bool = False
    words: bool = False
    """Takes all words that are left."""
    help: str = ""

    @property
    def title(self) -> str:
        """What the reader types to change the default, or a word for what is typed there."""
        if self.off and self.default:
            return self.off[0]
        return self.opts[0] if self.opts else self.name.upper()

    @property
    def shown_default(self) -> str:
        """The default of a parameter with a value, as one would type it."""
        if self.default is None or self.type == "flag":
            return ""
        return f"{self.default:g}" if isinstance(self.default, float) else str(self.default)


class Command(Strict):
    """A command, as ``tools.cli_tree`` exports it."""

    help: str
    params: list[Parameter]


class Hint(Strict):
    """What click does not know of a parameter."""

    note: Text
    choices: list[str] = []
    suggest: list[str] = []
    range: tuple[int, int] | None = None
    format: Literal["pairs"] | None = None


class Part(Strict):
    """A part of the sentence about a command."""

    text: Text
    when: Condition = {}


class Rule(Strict):
    """Parameters that do something under a condition only."""

    options: list[str] = Field(min_length=1)
    when: Condition = Field(min_length=1, max_length=1)
    legend: str = ""
    """Of the group that they make; none for a rule that stands below a single field."""
    clash: list[str] = []


class Words(Strict):
    """What the explorer says about a command."""

    summary: Text
    says: list[Text | Part] = Field(min_length=1)
    limits: dict[str, Condition] = {}
    options: dict[str, Hint] = {}
    rules: list[Rule] = []


class Task(Strict):
    """Something that readers want to do, with the command that does it."""

    words: Text
    group: Text
    command: str
    preset: dict[str, str] = Field(default={}, alias="with")
    also: str = ""
    """Other words by which readers look for it."""


class Explorer(Strict):
    """The data file."""

    tasks: list[Task] = Field(min_length=1)
    commands: dict[str, Words]


class Limit(NamedTuple):
    """What a limit of the release is called, and where it is described."""

    title: str
    url: str


@dataclass(frozen=True)
class Catalogue:
    """The commands with their words, in the order of the words."""

    commands: dict[str, Command]
    words: dict[str, Words]
    tasks: list[Task]

    def groups(self) -> dict[str, list[Task]]:
        """Return the tasks by group, in their order."""
        found: dict[str, list[Task]] = {}
        for task in self.tasks:
            found.setdefault(task.group, []).append(task)
        return found

    def params(self, name: str) -> list[tuple[Parameter, Hint | None]]:
        """Return a command's parameters with what is known beyond click."""
        hints = self.words[name].options
        return [(each, hints.get(each.name)) for each in self.commands[name].params]

    def only(self, name: str, param: str) -> str:
        """Return under which condition a parameter does something, in words with code."""
        for rule in self.words[name].rules:
            if param in rule.options:
                return condition(rule.when, self.commands[name])
        return ""


def condition(when: Condition, command: Command) -> str:
    """Return a condition in words, code in backquotes."""
    ((name, value),) = when.items()
    title = next(each.title for each in command.params if each.name == name)
    if isinstance(value, list):
        return "Only with " + " or ".join(f"`{title} {each}`" for each in value) + "."
    return f"Only with `{title}`." if value else f"Not together with `{title}`."


def load(tree: Path, words: Path, limits: set[str]) -> Catalogue:
    """Return what two files say; ``limits`` are the ids that there are.

    Raises:
        InputError: one is wrong, or they do not fit.
    """
    try:
        raw = json.loads(tree.read_text("utf-8"))
        commands = TypeAdapter(dict[str, Command]).validate_python(raw)
    except (ValueError, ValidationError) as error:
        text = f"this is not what tools.cli_tree writes: {error}. Run: python -m tools.cli_tree"
        raise InputError("data", text, f"{tree}:1") from error
    data = load_yaml(words, Explorer)
    for message, loc in _faults(commands, data.value, limits):
        raise InputError("data", message, data.place(*loc))
    return Catalogue(commands, data.value.commands, data.value.tasks)


def _faults(
    commands: dict[str, Command], data: Explorer, limits: set[str]
) -> Iterator[tuple[str, tuple[str | int, ...]]]:
    """Yield what does not fit, with its place."""
    for name in sorted(commands.keys() - data.commands.keys()):
        yield f"the command {name!r} has no words: describe it", ("commands",)
    for name, words in data.commands.items():
        place = ("commands", name)
        if name not in commands:
            yield f"the package has no command {name!r}: remove the entry", place
            continue
        yield from _faults_of(commands[name], words, limits, place)
    for index, task in enumerate(data.tasks):
        if task.command not in commands:
            yield f"the package has no command {task.command!r}", ("tasks", index, "command")
            continue
        known = {each.name for each in commands[task.command].params}
        for unknown in sorted(task.preset.keys() - known):
            text = f"{task.command!r} has no parameter {unknown!r}; it has {_list(known)}"
            yield text, ("tasks", index, "with")
    for name in sorted(commands.keys() - {task.command for task in data.tasks}):
        yield f"no task leads to the command {name!r}: add one", ("tasks",)


def _faults_of(
    command: Command, words: Words, limits: set[str], place: tuple[str | int, ...]
) -> Iterator[tuple[str, tuple[str | int, ...]]]:
    known = {each.name for each in command.params}
    used: list[tuple[set[str], str]] = [(set(words.options), "options")]
    used += [({*rule.options, *rule.when}, "rules") for rule in words.rules]
    used += [(set(part.when), "says") for part in words.says if isinstance(part, Part)]
    used += [(set(when), "limits") for when in words.limits.values()]
    for names, key in used:
        for unknown in sorted(names - known):
            yield f"there is no parameter {unknown!r}; there are {_list(known)}", (*place, key)
    for missing in sorted(known - words.options.keys()):
        yield f"the parameter {missing!r} has no note: write one", (*place, "options")
    for unknown in sorted(words.limits.keys() - limits):
        yield f"there is no limit {unknown!r} in limits.yaml", (*place, "limits", unknown)


def _list(names: set[str]) -> str:
    return ", ".join(sorted(names)) or "none"


def payload(
    catalogue: Catalogue, pages: dict[str, str], limits: dict[str, Limit]
) -> dict[str, Any]:
    """Return what the script needs; ``pages`` and ``limits`` say where the links go."""
    return {
        name: {
            "summary": words.summary,
            "page": pages[name],
            "params": [
                _param(each, hint, catalogue.only(name, each.name))
                for each, hint in catalogue.params(name)
            ],
            "says": [
                [part, {}] if isinstance(part, str) else [part.text, part.when]
                for part in words.says
            ],
            "limits": [[*limits[each], when] for each, when in words.limits.items()],
            "rules": [
                {"options": rule.options, "when": rule.when, "legend": rule.legend}
                for rule in words.rules
            ],
        }
        for name, words in catalogue.words.items()
    }


def _param(each: Parameter, hint: Hint | None, only: str) -> dict[str, Any]:
    """Return a parameter without what is empty."""
    facts = {
        "name": each.name,
        "title": each.title,
        "option": each.kind == "option",
        "type": each.type,
        "default": each.shown_default,
        "required": each.required,
        "multiple": each.multiple,
        "words": each.words,
        "note": hint.note if hint else each.help,
        "choices": (hint and hint.choices) or each.choices,
        "suggest": hint.suggest if hint else [],
        "range": hint.range if hint else None,
        "format": hint.format if hint else None,
        "only": only,
    }  # fmt: skip
    return {key: value for key, value in facts.items() if value not in (None, False, "", [])}
