"""Every fenced block of every page is run, recorded or parsed by something."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from markdown_it import MarkdownIt
from mdit_py_plugins.colon_fence import colon_fence_plugin
from mdit_py_plugins.front_matter import front_matter_plugin

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]

ELSEWHERE: dict[str, str] = {}
"""Commands that no recording has: what runs each of them, as ``tests/test_x.py::test_y``."""

INCLUDED = {
    "source/recipes": "tests/test_rest_service.py",
    "source/_data/openapi": "tests/test_tools_openapi.py",
    "source/contributing/components": "tests/test_openapi.py",
    "tools/casts": "tests/test_record.py",  # with tools/casts/projects: the recordings run them
    "notebooks": "tests/test_notebooks.py",
}
"""Directories whose files pages may include, and the test behind each."""

PYTHON = {"python", "python3", "py", "py3", "pycon", "ipython", "ipython3", "ipythonconsole"}
CONSOLE = {"console", "shell-session"}
SHELL = {"bash", "sh", "shell", "zsh", "powershell", "bat"}
WORDS = {"text", "md", "markdown", "rst"}
PARSERS = {"json": json.loads, "yaml": yaml.safe_load, "yml": yaml.safe_load, "toml": tomllib.loads}
EXECUTED = {"code-cell", "doctest", "testcode", "testoutput", "testsetup", "testcleanup"}
OPAQUE = {"asciinema", "autodoc2-object", "cards", "math", "openapi", "toctree"}
RST_BLOCK = re.compile(
    r"^( *)\.\. (?:code-block|code|sourcecode):: *(\S*)\n((?:\1 +.*\n|\s*\n)*)", re.M
)


@dataclass
class Block:
    """A block of a page."""

    line: int
    directive: str
    argument: str
    text: str


PARSER = MarkdownIt("commonmark").enable("table").use(front_matter_plugin).use(colon_fence_plugin)


def blocks(text: str, line: int = 1) -> Iterator[Block]:
    """Yield all fenced and indented blocks, those inside other directives too."""
    for token in PARSER.parse(text):
        if token.type not in ("fence", "colon_fence", "code_block") or token.map is None:
            continue
        start = line + token.map[0]
        if token.type == "code_block":
            yield Block(start, "indented", "", token.content)
            continue
        match = re.match(r"\s*(?:\{([^}]*)\})?\s*(.*)", token.info)
        directive, argument = (match[1] or "", match[2].strip()) if match else ("", "")
        yield Block(start, directive, argument, token.content)
        known = {"", "code-block", "code", "sourcecode", "literalinclude", "eval-rst"}
        if directive not in known | EXECUTED | OPAQUE:
            yield from blocks(token.content, start + 1)
        if directive == "eval-rst":
            for found in RST_BLOCK.finditer(token.content + "\n"):
                inner = start + 1 + token.content[: found.start()].count("\n")
                body = re.sub(r"^ +", "", found[3].strip("\n"), flags=re.M)
                yield Block(inner, "code-block", found[2], body)


class Checker:
    """The rules, with what they compare with."""

    def __init__(self, steps: set[str], targets: set[str]) -> None:
        self.steps = steps
        self.targets = targets

    def faults(self, path: str, text: str) -> list[str]:
        """Return ``file:line: what is wrong`` for each block that nothing stands behind."""
        is_notebook = bool(re.match(r"---\n(?:.*\n)*?kernelspec:", text))
        return [
            f"{path}:{line}: {message}"
            for block in blocks(text)
            for line, message in self.check(path, block, is_notebook)
        ]

    def check(self, path: str, block: Block, is_notebook: bool) -> Iterator[tuple[int, str]]:
        """Yield line and message of each fault."""
        language = block.argument.split()[0].lower() if block.argument else ""
        if block.directive == "indented":
            yield block.line, "an indented block: use a fence with a language"
        elif block.directive == "literalinclude":
            yield from self.included(path, block)
        elif block.directive in EXECUTED:
            if block.directive == "code-cell" and not is_notebook:
                yield block.line, "a code-cell on a page without a kernel is not run"
            if found := re.search(r"skip-execution|\+SKIP|:skipif:|no-execute", block.text):
                yield block.line, f"{found[0]}: this block is not run"
        elif block.directive in ("", "code-block", "code", "sourcecode"):
            yield from self.language(path, block, language)

    def language(self, path: str, block: Block, language: str) -> Iterator[tuple[int, str]]:
        """Check a block that only has a language."""
        if language in PYTHON:
            yield block.line, "nothing runs this Python: use a notebook, doctest or literalinclude"
        elif language in SHELL:
            yield block.line, f"{language}: write a console block with '$ ' before each command"
        elif language in CONSOLE:
            yield from self.console(path, block)
        elif language in PARSERS:
            try:
                PARSERS[language](block.text)
            except (ValueError, yaml.YAMLError) as error:
                yield block.line, f"this is not {language}: {error}"
        elif language not in WORDS:
            yield block.line, f"language '{language}': no rule says what stands behind it"

    def console(self, path: str, block: Block) -> Iterator[tuple[int, str]]:
        """Check that each command is recorded, and that there is nothing else."""
        for line, text in enumerate(block.text.splitlines(), block.line + 1):
            if not text.startswith("$ "):
                if text.strip():
                    yield line, "output in a console block: show it with asciinema and :steps:"
                continue
            command = text[2:].strip()
            contributes = path.startswith(("source/contributing/", "README", "CONTRIBUTING"))
            words = [word for word in command.split()[1:] if "=" not in word]
            if contributes and command.split()[0] == "make":
                for word in words:
                    if word not in self.targets:
                        yield line, f"make {word}: the Makefile has no such target"
            elif command not in self.steps and command not in ELSEWHERE:
                yield line, f"no recording has the command: {command}"

    def included(self, path: str, block: Block) -> Iterator[tuple[int, str]]:
        """Check that something runs the included file."""
        base = ROOT / "source" if block.argument.startswith("/") else (ROOT / path).parent
        target = (base / block.argument.lstrip("/")).resolve()
        inside = any(target.is_relative_to(ROOT / place) for place in INCLUDED)
        if not inside or not target.is_file():
            yield block.line, f"no test runs the included file {block.argument}"


def recorded() -> set[str]:
    """Return the commands of all recordings."""
    commands = set()
    for cast in (ROOT / "_static" / "casts").glob("*.cast"):
        header, *events = map(json.loads, cast.read_text(encoding="utf-8").splitlines())
        commands |= {step["command"] for step in header.get("mltrack", {}).get("steps", [])}
        commands |= {event[2].strip() for event in events if event[1] == "i"}
    return commands


def targets() -> set[str]:
    """Return the targets of the Makefile."""
    return set(re.findall(r"^([a-z][a-z_-]*):", (ROOT / "Makefile").read_text(), re.M))


def pages() -> list[Path]:
    """Return all pages, each once: those of notebooks are linked into source."""
    found = [*(ROOT / "source").rglob("*.md"), *(ROOT / "notebooks").rglob("*.md")]
    found += [ROOT / "README.md"] if (ROOT / "README.md").exists() else []
    return sorted({path.resolve() for path in found})


CHECKER = Checker(recorded(), targets())


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_something_stands_behind_each_block(page: Path) -> None:
    faults = CHECKER.faults(str(page.relative_to(ROOT)), page.read_text(encoding="utf-8"))
    assert not faults, "\n".join(faults)


def test_what_is_compared_with_is_there() -> None:
    assert "mltrack doctor" in recorded()
    assert {"html", "test"} <= targets()
    assert len(pages()) > 30
    assert sum(len(list(blocks(page.read_text(encoding="utf-8")))) for page in pages()) > 100


@pytest.mark.parametrize("test", [*INCLUDED.values(), *ELSEWHERE.values()])
def test_named_tests_exist(test: str) -> None:
    path, _, name = test.partition("::")
    assert f"def {name}" in (ROOT / path).read_text(encoding="utf-8")


def test_something_runs_each_recipe() -> None:
    places = [*(ROOT / "tests").glob("*.py"), *(ROOT / "tools").rglob("*.py")]
    recipes = [p for p in (ROOT / "source" / "recipes").iterdir() if p.is_file()]
    mine = [path for path in places if path.name != Path(__file__).name]
    users = "\n".join(path.read_text(encoding="utf-8") for path in [*mine, *recipes])
    assert [p.name for p in recipes if p.name not in users and p.stem not in users] == []


BAD = {
    "```python\nprint()\n```": "page.md:3: nothing runs this Python",
    "```{code-block} pycon\n>>> 1\n```": "page.md:3: nothing runs this Python",
    "- a list\n\n  ~~~py\n  x\n  ~~~": "page.md:5: nothing runs this Python",
    ":::{note}\n```py\nx\n```\n:::": "page.md:4: nothing runs this Python",
    "````{admonition} A\n```py\nx\n```\n````": "page.md:4: nothing runs this Python",
    "```{eval-rst}\nText\n\n.. code-block:: python\n\n   x\n```": "page.md:6: nothing runs this P",
    "```{code-cell} python\n1\n```": "page.md:3: a code-cell on a page without a kernel",
    "```{doctest}\n>>> f()  # doctest: +SKIP\n```": "page.md:3: +SKIP: this block is not run",
    "```{doctest}\n:skipif: True\n\n>>> f()\n```": "page.md:3: :skipif:: this block is not run",
    "```bash\nls\n```": "page.md:3: bash: write a console block",
    "```console\n$ mltrack doctor\n$ mltrack fly\n```": "page.md:5: no recording has the command",
    "```console\n$ make html\n```": "page.md:4: no recording has the command: make html",
    "```console\n$ mltrack list\niris\n```": "page.md:5: output in a console block",
    "```json\n{,}\n```": "page.md:3: this is not json",
    "```yaml\na: [\n```": "page.md:3: this is not yaml",
    "```toml\na =\n```": "page.md:3: this is not toml",
    "```js\n1\n```": "page.md:3: language 'js'",
    "```\n1\n```": "page.md:3: language ''",
    "Text\n\n    x = 1": "page.md:5: an indented block",
    "```{literalinclude} ../conf.py\n```": "page.md:3: no test runs the included file",
    "```{literalinclude} /recipes/absent.py\n```": "page.md:3: no test runs the included file",
}


@pytest.mark.parametrize(("text", "message"), BAD.items())
def test_rules_can_fail(text: str, message: str) -> None:
    (fault,) = CHECKER.faults("source/page.md", f"# Title\n\n{text}\n")
    assert fault.startswith(f"source/{message}")


def test_an_unknown_target_of_make() -> None:
    text = "```console\n$ make html fly CHROMIUM=/c\n```"
    (fault,) = CHECKER.faults("source/contributing/page.md", text)
    assert fault == "source/contributing/page.md:2: make fly: the Makefile has no such target"


@pytest.mark.parametrize(
    "text",
    [
        "````md\n```python\nx\n```\n````",
        "```{doctest}\n>>> 1\n1\n```",
        "---\nkernelspec:\n  name: python3\n---\n\n```{code-cell} python\n1\n```",
        "```console\n$ mltrack doctor\n```",
        "```{literalinclude} /recipes/serve_model.py\n```",
        "```{note}\nText\n```",
        '```json\n{"a": 1}\n```',
    ],
)
def test_rules_can_pass(text: str) -> None:
    assert CHECKER.faults("source/page.md", text) == []
