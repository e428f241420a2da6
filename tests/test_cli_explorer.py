"""``_ext/cli_explorer/``: every line that the explorer writes is a command that click reads."""

from __future__ import annotations

import json
import random
import re
import shlex
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from browser import serve
from sphinx.testing.util import SphinxTestApp
from test_accessibility import violations

from _ext._shared.report import InputError
from _ext.cli_explorer.model import PROGRAMS, Limit, Parameter, load, payload
from tests.conftest import BASE, Built
from tools import cli_tree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, BrowserContext, Page

ROOT = Path(__file__).parents[1]
DATA = ROOT / "source" / "_data"
TREE = DATA / "cli_explorer" / "commands.json"
WORDS = DATA / "cli_explorer" / "explorer.yaml"
LIMITS = yaml.safe_load((DATA / "limits.yaml").read_text("utf-8"))
CATALOGUE = load(TREE, WORDS, set(LIMITS))
COMMANDS = sorted(CATALOGUE.commands)
HOSTILE = '<script>alert("1")</script> & "quotes" `{{ x }}`'

# -- Data ------------------------------------------------------------------------------------


def test_the_commands_are_those_of_the_installed_package() -> None:
    from mltrack.cli import cli

    assert cli_tree.text_of(cli_tree.tree(cli)) == TREE.read_text("utf-8")
    assert len(CATALOGUE.commands) == 13


def test_the_check_compares(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.setattr(cli_tree, "FILE", tmp_path / "commands.json")
    monkeypatch.setattr(cli_tree, "installed", lambda: "new\n")
    assert cli_tree.main(["--check"]) == 1
    assert "+new" in capsys.readouterr().out
    assert cli_tree.main([]) == 0
    assert cli_tree.main(["--check"]) == 0


def test_a_type_that_has_no_field_is_an_error() -> None:
    import click

    with pytest.raises(KeyError, match="DateTime"):
        cli_tree.tree(click.Group(commands={"a": click.Command("a", params=[
            click.Option(["--day"], type=click.DateTime())])}))  # fmt: skip
    with pytest.raises(KeyError, match="nargs 2"):
        cli_tree.tree(click.Group(commands={"a": click.Command("a", params=[
            click.Option(["--pair"], nargs=2)])}))  # fmt: skip


def test_both_names_of_the_program_are_installed() -> None:
    from importlib.metadata import distribution

    points = [p for p in distribution("mltrack-py").entry_points if p.group == "console_scripts"]
    assert {p.name for p in points if p.value == "mltrack.cli:main"} == set(PROGRAMS)


TASK = {"words": "Go", "group": "All", "command": "go"}
GO = {"summary": "Goes.", "says": ["Goes."], "options": {"far": {"note": "How far."}}}


@pytest.mark.parametrize(
    ("data", "message", "line"),
    [
        ({"tasks": [TASK], "commands": {}}, "the command 'go' has no words", "commands"),
        ({"tasks": [TASK], "commands": {"go": GO, "gone": GO}}, "no command 'gone'", "gone"),
        ({"tasks": [TASK | {"command": "x"}], "commands": {"go": GO}}, "no command 'x'", "command"),
        ({"tasks": [TASK | {"with": {"y": "1"}}], "commands": {"go": GO}},
         "'go' has no parameter 'y'; it has far", "with"),
        ({"tasks": [TASK], "commands": {"go": GO | {"options": {}}}},
         "'far' has no note", "options"),
        ({"tasks": [TASK], "commands": {"go": GO | {"rules": [
            {"options": ["far"], "when": {"near": True}}]}}}, "no parameter 'near'", "rules"),
        ({"tasks": [TASK], "commands": {"go": GO | {"limits": {"other": {}}}}},
         "no limit 'other'", "other"),
        ({"tasks": [], "commands": {"go": GO}}, "at least 1 item", "tasks"),
    ],
)  # fmt: skip
def test_data_that_does_not_fit_says_where(
    tmp_path: Path, data: dict[str, Any], message: str, line: str
) -> None:
    tree, words = tmp_path / "commands.json", tmp_path / "explorer.yaml"
    params = [{"name": "far", "kind": "option", "opts": ["--far"], "type": "flag"}]
    tree.write_text(json.dumps({"go": {"help": "Go.", "params": params}}))
    words.write_text(yaml.safe_dump(data, sort_keys=False))
    with pytest.raises(InputError, match=message) as error:
        load(tree, words, {"known"})
    path, _, number = str(error.value.location).rpartition(":")
    assert path == str(words)
    assert line in words.read_text().splitlines()[int(number) - 1]


def test_a_damaged_tree_is_named(tmp_path: Path) -> None:
    tree = tmp_path / "commands.json"
    tree.write_text("[")
    with pytest.raises(InputError, match=r"Run: python -m tools.cli_tree") as error:
        load(tree, WORDS, set(LIMITS))
    assert error.value.location == f"{tree}:1"


def test_sentences_are_whole_and_name_only_parameters() -> None:
    for name, words in CATALOGUE.words.items():
        known = {each.name for each in CATALOGUE.commands[name].params}
        text = "".join(part if isinstance(part, str) else part.text for part in words.says)
        assert set(re.findall(r"\{(\w+)\}", text)) <= known, name
        assert text.endswith("."), name


def test_the_script_gets_no_more_than_it_needs() -> None:
    data = payload(CATALOGUE, dict.fromkeys(COMMANDS, "p"), dict.fromkeys(LIMITS, Limit("t", "u")))
    assert data["config"]["params"] == []
    port = {"name": "port", "title": "--port", "option": True, "type": "int", "default": "5000",
            "note": "The port on your machine.", "range": (1, 65535)}  # fmt: skip
    assert data["flow"]["params"][0] == port
    assert data["ship"]["params"][4]["title"] == "--no-optimize"


# -- Pages -----------------------------------------------------------------------------------

LABELS = "\n".join(f"(limit-{name})=\n## L {number}\n" for number, name in enumerate(LIMITS))
PAGES = {
    "index": "# Home\n\n```{toctree}\n:glob:\n\nexplorer\nlimits\nother\nreference/cli/*\n```\n",
    "explorer": "---\nhide-toc: true\n---\n# Explorer\n\n```{cli-explorer}\n```\n\n## All\n\n"
    "```{cli-explorer}\n:options:\n```\n",
    "limits": f"# Limits\n\n{LABELS}",
    "other": "# Other\n\nNothing here.\n",
    **{f"reference/cli/{name}": f"# mltrack {name}\n" for name in COMMANDS},
}
CONFIG = {
    "limits_data": str(DATA / "limits.yaml"),
    "cli_explorer_data": str(WORDS.parent),
}
EXTENSIONS = ["sphinx_copybutton", "_ext.accessibility", "_ext.cli_explorer"]


STYLES = [f"css/{name}.css" for name in ("tokens", "base", "frame", "code", "components")]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    """A site with the explorer and the site's own styles."""
    source = tmp_path_factory.mktemp("explorer") / "source"
    source.mkdir()
    (source / "conf.py").write_text("")
    for name, text in PAGES.items():
        path = source / f"{name}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    overrides = {
        **BASE, **CONFIG, "extensions": ["myst_nb", *EXTENSIONS], "html_css_files": STYLES,
        "html_js_files": [("js/frame.js", {"defer": "defer"})],
        "html_theme_options": {"source_view_link": "", "top_of_page_buttons": []},
    }  # fmt: skip
    app = SphinxTestApp("html", srcdir=source, confoverrides=overrides, freshenv=True)
    app.build()
    yield Built(app, app.warning.getvalue())
    app.cleanup()


@pytest.fixture(scope="module")
def explorer(made: Built) -> Path:
    return made.out


@pytest.fixture
def small(build: Callable[..., Built]) -> Callable[..., Built]:
    """Return ``build`` with pages for all commands and limits."""

    def make(pages: dict[str, str] | None = None, builder: str = "html", **config: Any) -> Built:
        return build(PAGES | (pages or {}), EXTENSIONS, builder, **{**CONFIG, **config})

    return make


def test_without_a_script_tasks_are_links_and_options_are_listed(made: Built) -> None:
    assert made.warnings == ""
    article = made.article("explorer")
    links = article.select(".mlt-cli-explorer li > a")
    assert [link["href"] for link in links] == [
        f"reference/cli/{task.command}.html" for task in CATALOGUE.tasks
    ]
    assert [link.select_one("span").text for link in links] == [t.words for t in CATALOGUE.tasks]
    for name in COMMANDS:
        section = article.select_one(f"section#options-{name}")
        assert section.select_one("h3 > code").text == f"mltrack {name}"
        assert section.select_one("p a")["href"] == f"reference/cli/{name}.html"
        params = CATALOGUE.commands[name].params
        terms = [[code.text for code in term.select("code")] for term in section.select("dt")]
        assert terms == [[*each.opts, *each.off] or [each.title] for each in params]
        links = [a["href"] for a in section.select("p a") if "limits" in a["href"]]
        assert links == [f"limits.html#limit-{each}" for each in CATALOGUE.words[name].limits]
    text = " ".join(article.select_one("#options-deploy").get_text(" ").split())
    assert "--platform modal, lambda or docker, default modal Where the model goes." in text
    assert "--output text The path of the zip file. Only with --platform lambda ." in text
    assert "--cpu number, default 1" in text
    assert "Not together with --run-id ." in text


def test_the_explorer_brings_its_data(made: Built) -> None:
    root = made.article("explorer").select_one("[data-cli-explorer]")
    data = json.loads(root["data-cli-explorer"])
    assert sorted(data) == COMMANDS
    assert data["ui"]["limits"] == [
        [LIMITS["ui-missing"]["title"], "limits.html#limit-ui-missing", {}]
    ]
    assert data["run"]["page"] == "reference/cli/run.html"


@pytest.mark.parametrize(
    ("pages", "config", "subtype", "problem"),
    [
        ({"explorer": "# E\n\n```{cli-explorer}\n```\n\n```{cli-explorer}\n```\n"}, {}, "twice",
         "explorer.md:6: WARNING: this page has an explorer"),
        ({}, {"cli_explorer_pages": "nowhere"}, "page",
         "explorer.md:6: WARNING: there is no page 'nowhere/config'"),
        ({}, {"cli_explorer_data": "/nowhere"}, "file",
         "explorer.md:6: WARNING: there is no file 'commands.json' in /nowhere"),
    ],
)  # fmt: skip
def test_wrong_input_is_named_with_its_line(
    small: Callable[..., Built], pages: dict[str, str], config: dict[str, str], subtype: str,
    problem: str,
) -> None:  # fmt: skip
    warnings = small(pages, "dummy", **config).warnings
    assert problem in warnings
    assert f"[cli-explorer.{subtype}]" in warnings


def test_a_hostile_string_is_escaped(small: Callable[..., Built], tmp_path: Path) -> None:
    data = yaml.safe_load(WORDS.read_text("utf-8"))
    data["tasks"][0] |= {"words": HOSTILE, "also": HOSTILE, "with": {"team": HOSTILE}}
    data["commands"]["init"]["summary"] = HOSTILE
    data["commands"]["init"]["options"]["team"]["note"] = HOSTILE
    (tmp_path / "commands.json").write_bytes(TREE.read_bytes())
    (tmp_path / "explorer.yaml").write_text(yaml.safe_dump(data), "utf-8")
    article = small(cli_explorer_data=str(tmp_path)).article("explorer")
    assert article.find("script") is None
    assert article.select_one(".mlt-cli-explorer li span").text == HOSTILE
    root = article.select_one("[data-cli-explorer]")
    assert json.loads(root["data-cli-explorer"])["init"]["summary"] == HOSTILE


@pytest.mark.parametrize("builder", ["text", "latex", "xml"])
def test_other_builders_get_the_tasks_and_the_options(
    small: Callable[..., Built], builder: str
) -> None:
    out = small(builder=builder).out
    (path,) = out.glob("*.tex") if builder == "latex" else [*out.glob("explorer.*")]
    text = " ".join(path.read_text("utf-8").replace(r"\sphinxhyphen{}", "-").split())
    assert "Pack a run for AWS Lambda" in text
    assert "--registry-url" in text
    assert "The path of the zip file." in text


def test_the_assets_are_on_its_page_and_on_no_other(made: Built) -> None:
    for asset in ("css/cli-explorer.css", "js/cli-explorer.js"):
        assert asset in made.text("explorer.html")
        assert asset not in made.text("other.html")


def test_new_data_is_a_reason_to_read_the_page_again(made: Built) -> None:
    depends = made.app.env.dependencies["explorer"]
    names = {Path(each).name for each in depends}
    assert names >= {"commands.json", "explorer.yaml", "limits.yaml"}


# -- In a browser ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def served(explorer: Path) -> Iterator[str]:
    with serve(explorer) as url:
        yield f"{url}/explorer.html"


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(
        reduced_motion="reduce", permissions=["clipboard-read", "clipboard-write"]
    )
    yield made
    made.close()


@pytest.fixture
def sheet(context: BrowserContext) -> Iterator[Page]:
    """A page that must not complain: an error or a breach of the policy fails the test."""
    opened = context.new_page()
    faults: list[str] = []
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.on("console", lambda m: m.type in ("error", "warning") and faults.append(m.text))
    yield opened
    assert faults == []


DRIVE = """async (cases) => {
  const builder = document.querySelector(".mlt-cli-explorer__builder");
  const line = builder.querySelector(".mlt-cli-explorer__line");
  const [copy, , reset] = builder.querySelectorAll(".mlt-cli-explorer__actions button");
  const form = builder.querySelector("form");
  const named = (name) => [...form.querySelectorAll("input")].filter((i) => i.name === name);
  const results = [];
  for (const { program, texts } of cases) {
    reset.click();
    form.querySelector(`[name=program][value=${program}]`).checked = true;
    const entries = Object.entries(texts);
    const change = () => form.dispatchEvent(new Event("input", { bubbles: true }));
    for (const [name, values] of entries) {
      const inputs = named(name);
      if (inputs[0].type === "radio")
        for (const input of inputs) input.checked = input.value === values[0];
      else if (inputs[0].type === "checkbox") inputs[0].checked = values.length > 0;
      else inputs[0].value = values[0];
    }
    change();
    for (const [name, values] of entries) {
      const add = named(name)[0].closest("fieldset")?.querySelector(":scope > button");
      for (const value of add && !add.disabled ? values.slice(1) : []) {
        add.click();
        named(name).at(-1).value = value;
      }
    }
    change();
    results.push({
      state: builder.dataset.state,
      line: line.textContent,
      hidden: line.hidden,
      wrong: builder.querySelector(".mlt-cli-explorer__wrong").hidden,
      copy: copy.ariaDisabled,
      does: builder.querySelector(".mlt-cli-explorer__does").textContent,
      idle: [...form.querySelectorAll("input:disabled")].map((input) => input.name),
    });
  }
  return results;
}"""

TEXTS = [
    "", "plain", "two words", "it's", 'say "hi"', "it's \"both\"", "-x", "--help", "--", "-",
    "--name=x", "a=b", "=b", "~", "~root/x", "$HOME", "`id`", "$(id)", "a;b", "a|b>c", "a&&b",
    "*", "?[x]", "#tag", "!x", "{a,b}", "\\", "a\\b", "\\'", "'", "''", "'\\''", '"', " lead",
    "trail ", "   ", "naïve café", "日本語", "🚀 go", "Ωmega", "a\u00a0b", "%1", "@file", "a:b/c",
    "x" * 300, "C:\\dir\\", "1_000", "0x10", "é\u0301", "(a)", "<b>&amp;</b>", "a,b=c", "^",
]  # fmt: skip
UNSEEN = ["a\u202eb", "\x1b[31mred", "tab\there", "a\u200bb", "\x07", "\u2028", "\ufeffx", "\x7f"]
ALPHABET = list("ab-='\"\\ $`~#*?!;&|<>(){}[]%@:/,.é日🚀")


def some_text(rng: random.Random) -> str:
    if rng.random() < 0.6:
        return rng.choice(TEXTS)
    return "".join(rng.choices(ALPHABET, k=rng.randint(0, 12)))


def some(rng: random.Random, command: str, each: Parameter) -> list[str]:
    """Return what to fill in for a parameter; nothing, one or several texts, all right."""
    hint = CATALOGUE.words[command].options[each.name]
    if each.type == "flag":
        return ["1"] if rng.random() < 0.5 else []
    if hint.choices:
        return [rng.choice(hint.choices)]
    if each.type == "int":
        least, most = hint.range or (-(10**6), 10**6)
        number = str(rng.randint(least, most))
        return [rng.choice([number, "", f" {number} ", f"0{number}" if least > 0 else number])]
    if each.type == "float":
        return [rng.choice(["", "0.5", "2", ".25", "3.", "-1.5", "1.0", "007.50"])]
    if each.type == "path":
        return [rng.choice(["", ".", "a dir", "it's", "-x", "--force", "日本", "~", "$HOME", "*"])]
    if hint.format == "pairs":
        return [rng.choice(["", "a=1", "a=1,b=x y", "k='v'", "a=--x", " a = 1 , b==", "é=🚀"])]
    if each.words:
        words = [some_text(rng) for _ in range(rng.randint(1, 5))]
        return [shlex.join([words[0] or "python", *words[1:]])]
    return [some_text(rng) for _ in range(rng.randint(1, 3) if each.multiple else 1)]


def wrong(rng: random.Random, command: str, each: Parameter) -> list[str] | None:
    """Return what a field must refuse; ``None`` where nothing is wrong."""
    hint = CATALOGUE.words[command].options[each.name]
    if each.type == "flag" or hint.choices:
        return None
    if each.type == "int":
        out = [str(hint.range[0] - 1), str(hint.range[1] + 1)] if hint.range else []
        return [rng.choice(["x", "1.5", "1e3", "0x10", "1_0", "--1", "٣", *out, *UNSEEN])]
    if each.type == "float":
        return [rng.choice(["x", "1,5", "nan", "inf", "1e", ".", "-", *UNSEEN])]
    if hint.format == "pairs":
        return [rng.choice(["a", "a=1,b", "=1", ",", "a=1,", *UNSEEN])]
    if each.words:
        bad = ["", "   ", "'open", 'open"', "a \\", "a | b", "a > b", "$x", '"$x"', "`id`", "* b",
               "~/x", "a #b", "a; b", "(a)", "a && b", "'' a", '"a`b`"', "a\x1bb"]  # fmt: skip
        return [rng.choice(bad)]
    good = some(rng, command, each) if each.multiple else []
    return [*good, rng.choice([*UNSEEN, "x" * 2001])]


def given(each: Parameter, texts: list[str]) -> list[str]:
    """Return the texts that say something."""
    return [text for text in texts if text.strip() or (text and each.type in ("text", "path"))]


def applies(command: str, name: str, values: dict[str, list[str]]) -> bool:
    """Tell whether a parameter does something with what is filled in."""
    params = {each.name: each for each in CATALOGUE.commands[command].params}
    for rule in CATALOGUE.words[command].rules:
        if name not in rule.options:
            continue
        ((other, wanted),) = rule.when.items()
        texts = given(params[other], values.get(other, []))
        if isinstance(wanted, list):
            return (texts or [params[other].default])[0] in wanted
        return bool(texts) is wanted
    return True


def expected(command: str, texts: dict[str, list[str]]) -> dict[str, Any]:
    """Return the parameters that click has to find."""
    found: dict[str, Any] = {}
    for each in CATALOGUE.commands[command].params:
        said = given(each, texts.get(each.name, []))
        said = said if applies(command, each.name, texts) else []
        default: Any = () if each.multiple else each.default
        if each.type == "flag":
            found[each.name] = bool(said) is not bool(each.default)
        elif not said:
            found[each.name] = default
        elif each.words:
            found[each.name] = tuple(shlex.split(said[0]))
        elif each.multiple:
            found[each.name] = tuple(said)
        else:
            kind: Callable[[str], Any] = {"int": int, "float": float}.get(each.type, str)
            found[each.name] = kind(said[0])
    return found


def parsed(line: str) -> dict[str, Any]:
    """Return the parameters that click reads from a line, without running it."""
    from mltrack.cli import cli

    program, name, *words = shlex.split(line)
    assert program in PROGRAMS
    return cli.commands[name].make_context(name, words).params


def read_by_sh(lines: list[str]) -> list[list[str]]:
    """Return the words into which a POSIX shell splits each line."""
    script = "".join(f'set -- {line}\nprintf \'%s\\0\' "$#" "$@"\n' for line in lines)
    run = subprocess.run(["/bin/sh"], input=script.encode(), capture_output=True, check=True,
                         env={"LC_ALL": "C.UTF-8", "HOME": "/", "PATH": ""})  # fmt: skip
    parts = iter(run.stdout.decode().split("\0"))
    return [[next(parts) for _ in range(int(next(parts)))] for _ in lines]


CASES = 40


@pytest.mark.browser
def test_every_line_is_the_command_that_was_filled_in(
    sheet: Page, served: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All commands, each with random and hostile values, read again by a shell and by click."""
    monkeypatch.chdir(tmp_path)
    lines: list[str] = []
    for number, command in enumerate(COMMANDS):
        rng = random.Random(number)
        params = CATALOGUE.commands[command].params
        cases = [
            {"program": rng.choice(PROGRAMS),
             "texts": {p.name: some(rng, command, p) for p in params
                       if p.required or rng.random() < 0.7}}
            for _ in range(CASES if params else 2)
        ]  # fmt: skip
        for case in cases:  # click looks whether it is there
            for path in case["texts"].get("path", []):
                (tmp_path / (path or ".")).mkdir(exist_ok=True)
        show(sheet, served, command)
        for case, result in zip(cases, sheet.evaluate(DRIVE, cases), strict=True):
            assert result["state"] == "ready", case
            assert not result["hidden"]
            assert result["wrong"]
            assert result["copy"] == "false"
            line = result["line"]
            assert line.split(" ")[:2] == [case["program"], command]
            assert parsed(line) == expected(command, case["texts"]), (case, line)
            assert set(result["idle"]) == {
                each.name for each in params if not applies(command, each.name, case["texts"])
            }
            lines.append(line)
    assert len(lines) > 350
    assert read_by_sh(lines) == [shlex.split(line) for line in lines]


@pytest.mark.browser
def test_what_is_wrong_never_yields_a_line(sheet: Page, served: str) -> None:
    seen = 0
    for number, command in enumerate(COMMANDS):
        rng = random.Random(1000 + number)
        params = CATALOGUE.commands[command].params
        cases = []
        for _ in range(CASES if params else 0):
            texts = {p.name: some(rng, command, p) for p in params if p.required}
            bad = rng.choice(params)
            for rule in CATALOGUE.words[command].rules:
                ((name, value),) = rule.when.items()
                if bad.name in rule.options and value is not False:
                    texts[name] = [value[0]] if isinstance(value, list) else ["1"]
            text = wrong(rng, command, bad)
            if text is not None:
                cases.append({"program": "mltrack", "texts": {**texts, bad.name: text}})
        show(sheet, served, command)
        for case, result in zip(cases, sheet.evaluate(DRIVE, cases), strict=True):
            assert result["state"] == "incomplete", case
            assert result["line"] == "", case
            assert result["hidden"]
            assert not result["wrong"]
            assert result["copy"] == "true"
            assert result["does"] == ""
            seen += 1
    assert seen > 150


@pytest.mark.browser
def test_a_command_is_read_as_a_shell_reads_it_or_refused(sheet: Page, served: str) -> None:
    rng = random.Random(7)
    signs = list("ab \"'\\-=/.") * 3 + list("$`*?#~!|;&<>(){}[]é")
    raws = ["".join(rng.choices(signs, k=rng.randint(1, 14))) for _ in range(700)]
    show(sheet, served, "run")
    cases = [{"program": "mltrack", "texts": {"command": [raw]}} for raw in raws]
    results = sheet.evaluate(DRIVE, cases)
    accepted = [
        (raw, result["line"])
        for raw, result in zip(raws, results, strict=True)
        if result["state"] == "ready"
    ]
    assert len(accepted) > 80
    words = read_by_sh([raw for raw, _ in accepted])
    assert [list(parsed(line)["command"]) for _, line in accepted] == words


@pytest.mark.browser
def test_sentences_read_well_with_any_options(sheet: Page, served: str) -> None:
    for number, command in enumerate(COMMANDS):
        rng = random.Random(number)
        params = CATALOGUE.commands[command].params
        values = {"int": "42", "float": "2.5", "flag": "1"}
        cases = []
        for _ in range(12 if params else 1):
            texts = {}
            for each in params:
                choices = CATALOGUE.words[command].options[each.name].choices
                text = rng.choice(choices or [values.get(each.type, "k=v")])
                if each.required or rng.random() < 0.5:
                    texts[each.name] = [text]
            cases.append({"program": "mltrack", "texts": texts})
        show(sheet, served, command)
        for case, result in zip(cases, sheet.evaluate(DRIVE, cases), strict=True):
            assert re.fullmatch(r"[A-Z][^{}`]+[^ ]\.", result["does"]), (case, result["does"])
            assert not re.search(r"undefined|null|NaN|  | ,|,,", result["does"]), result["does"]


SENTENCES = [
    ("init&team=growth&force=1", "Writes .mltrack.yml to the current directory, for the team "
     "growth, and replaces the file that is there."),
    ("save&run_id=1&model_name=iris", "Copies the model of the run 1 into the registry, as a "
     "new version of iris."),
    ("serve&model_name=iris&detach=1&production=1&port=9000", "Serves the model iris in a "
     "Docker container on port 9000 in the background, which Docker starts again whenever it "
     "ends, and builds the image first if there is none."),
    ("deploy&cpu=2", "Deploys the model of the newest run to Modal, with a CPU count of 2, "
     "512 MB of memory and 1 to 5 replicas."),
    ("deploy&platform=lambda&output=a b.zip&cpu=2", "Packs the model of the newest run into a "
     "zip file for AWS Lambda, a b.zip."),
]  # fmt: skip


@pytest.mark.browser
def test_what_a_line_will_do(sheet: Page, served: str) -> None:
    for state, sentence in SENTENCES:
        sheet.goto("about:blank")
        sheet.goto(f"{served}#cli={state}")
        sheet.locator("[data-enhanced]").wait_for()
        assert sheet.locator(".mlt-cli-explorer__does").text_content() == sentence


def show(sheet: Page, served: str, command: str, state: str = "") -> None:
    """Open a command, in the page that is there or in a new one."""
    if sheet.url.startswith(served):
        sheet.evaluate("hash => { location.hash = hash }", f"cli={command}{state}")
        sheet.wait_for_function(
            "name => document.querySelector('#cli-explorer-title').textContent === name",
            arg=f"mltrack {command}",
        )
    else:
        sheet.goto(f"{served}#cli={command}{state}")
        sheet.locator("[data-enhanced]").wait_for()


LINE = ".mlt-cli-explorer__line"
FULL = (
    "&program=ml&platform=docker&run_id=a'b&push=1&docker_platform=linux/amd64"
    "&docker_platform=--x&docker_optimize=1&name=%F0%9F%9A%80+go"
)
WRITTEN = (
    "ml deploy --run-id 'a'\\''b' --platform docker --name '🚀 go' --push "
    "--docker-platform linux/amd64 --docker-platform=--x --no-docker-optimize"
)


@pytest.mark.browser
def test_the_address_keeps_what_is_filled_in(sheet: Page, served: str) -> None:
    show(sheet, served, "deploy", FULL)
    assert sheet.locator(LINE).text_content() == WRITTEN
    sheet.locator("#cli-explorer-run_id").fill("it's")
    changed = WRITTEN.replace("a'\\''b", "it'\\''s")
    assert sheet.locator(LINE).text_content() == changed
    sheet.wait_for_function("() => location.hash.includes('it%27s')")
    sheet.reload()
    sheet.locator("[data-enhanced]").wait_for()
    assert sheet.locator(LINE).text_content() == changed
    sheet.get_by_role("link", name="Run a training script").click()
    assert sheet.locator(LINE).text_content() == "mltrack run python train.py"
    sheet.go_back()
    assert sheet.locator(LINE).text_content() == changed


@pytest.mark.browser
def test_the_address_is_not_taken_back_from_a_reader_who_goes_on(sheet: Page, served: str) -> None:
    show(sheet, served, "list")
    sheet.locator("#cli-explorer-stage").fill("x")
    sheet.wait_for_function("() => location.hash === '#cli=list&stage=x'")
    sheet.locator("#cli-explorer-stage").fill("y")
    sheet.evaluate("history.pushState(null, '', '#options-list')")
    sheet.wait_for_timeout(300)
    assert sheet.evaluate("location.hash") == "#options-list"


WRONG = [
    ("", "mltrack init --tracking-uri sqlite:///mlflow.db"),
    ("#cli=__proto__", "mltrack init --tracking-uri sqlite:///mlflow.db"),
    ("#cli=nope&team=x", "mltrack init --tracking-uri sqlite:///mlflow.db"),
    ("#options-run", "mltrack init --tracking-uri sqlite:///mlflow.db"),
    ("#cli=serve&port=abc&detach=yes&model_name=a%00b&other=1&program=rm", "mltrack serve"),
    ("#cli=serve&port=70000&production=1", "mltrack serve"),
    ("#cli=deploy&platform=ecs&output=a.zip", "mltrack deploy"),
    ("#cli=deploy&run_id=%E0%A4%A&last=1&name=a%1Bb", "mltrack deploy --run-id '\ufffd%A'"),
    ("#cli=run&command=rm+%3E+x", ""),
    (f"#cli=list&stage={'x' * 3000}", "mltrack list"),
    ("#cli=ship&platform=a&platform=&platform=b", "mltrack ship --platform a --platform b"),
]


@pytest.mark.browser
def test_a_wrong_address_does_no_harm(sheet: Page, served: str) -> None:
    for state, line in WRONG:
        sheet.goto("about:blank")
        sheet.goto(served + state)
        sheet.locator("[data-enhanced]").wait_for()
        assert sheet.locator(LINE).text_content() == line, state


@pytest.mark.browser
def test_by_keyboard_from_a_wish_to_the_copied_line(sheet: Page, served: str) -> None:
    show(sheet, served, "config")
    sheet.locator("#cli-explorer-filter").focus()
    sheet.keyboard.type("saved model")
    sheet.keyboard.press("ArrowDown")
    sheet.keyboard.press("ArrowUp")
    assert sheet.evaluate("document.activeElement.id") == "cli-explorer-filter"
    sheet.keyboard.press("ArrowDown")
    shown = sheet.locator(".mlt-cli-explorer li:visible")
    assert shown.count() == sheet.evaluate(
        """() => [...document.querySelectorAll("[data-find]")].filter((link) =>
          ["saved", "model"].every((word) => link.dataset.find.includes(word))).length"""
    )
    sheet.keyboard.press("End")
    sheet.keyboard.press("Home")
    sheet.locator("[role=status]", has_text=f"{shown.count()} tasks").wait_for(state="attached")
    sheet.locator("#cli-explorer-filter").fill("modal cloud")
    sheet.locator("#cli-explorer-filter").press("Enter")
    sheet.wait_for_function("document.activeElement.id === 'cli-explorer-title'")
    assert sheet.locator("[aria-current=true]").text_content() == "Deploy a run to Modal deploy"
    for _ in range(3):
        sheet.keyboard.press("Tab")
    assert sheet.evaluate("document.activeElement.name") == "run_id"
    sheet.keyboard.type("a b")
    sheet.keyboard.press("Enter")
    sheet.locator("[role=status]", has_text="Copied").wait_for(state="attached")
    assert sheet.evaluate("navigator.clipboard.readText()") == "mltrack deploy --run-id 'a b'"
    sheet.get_by_role("button", name="Copy link").click()
    sheet.get_by_role("button", name="Copied").nth(0).wait_for()
    link = sheet.evaluate("navigator.clipboard.readText()")
    sheet.wait_for_function("link => link === location.href", arg=link)
    sheet.get_by_role("button", name="Reset").click()
    assert sheet.locator(LINE).text_content() == "mltrack deploy"


@pytest.mark.browser
def test_nothing_is_found(sheet: Page, served: str) -> None:
    show(sheet, served, "config")
    sheet.locator("#cli-explorer-filter").fill("zebra")
    assert sheet.get_by_text("No task has these words.").is_visible()
    assert sheet.locator(".mlt-cli-explorer li:visible").count() == 0
    sheet.locator("[role=status]", has_text="No tasks").wait_for(state="attached")
    sheet.locator("#cli-explorer-filter").fill("")
    assert sheet.locator(".mlt-cli-explorer li:visible").count() == len(CATALOGUE.tasks)


@pytest.mark.browser
def test_errors_belong_to_their_fields(sheet: Page, served: str) -> None:
    show(sheet, served, "serve")
    port = sheet.locator("#cli-explorer-port")
    port.fill("abc")
    assert port.get_attribute("aria-invalid") == "true"
    words = port.evaluate(
        "field => field.getAttribute('aria-describedby').split(' ')"
        ".map((id) => document.getElementById(id).textContent).join(' ')"
    )
    assert words == ("The port on your machine. Default: 8000 Enter a whole number, such as 8000.")
    assert sheet.get_by_text("Correct --port to get the command line.").is_visible()
    sheet.locator("[role=status]", has_text="--port: Enter a whole number").wait_for(
        state="attached"
    )
    port.press("Enter")  # copies nothing
    assert sheet.evaluate("document.activeElement.id") == "cli-explorer-port"
    port.fill("9000")
    assert port.get_attribute("aria-invalid") == "false"
    sheet.locator("[role=status]", has_text="The command line is ready.").wait_for(state="attached")
    show(sheet, served, "run")
    command = sheet.locator("#cli-explorer-command")
    assert sheet.get_by_text("Fill in COMMAND to get the command line.").is_visible()
    assert command.get_attribute("aria-invalid") == "false"
    command.focus()
    command.press("Tab")
    assert command.get_attribute("aria-invalid") == "true"
    assert sheet.get_by_text("Enter a command.").is_visible()


@pytest.mark.browser
def test_rows_come_and_go(sheet: Page, served: str) -> None:
    show(sheet, served, "ship", "&model_name=iris")
    box = sheet.locator("fieldset", has_text="--platform").last
    assert not box.get_by_role("button", name="Remove").is_visible()
    box.get_by_role("button", name="Add a value").click()
    sheet.keyboard.type("linux/arm64")
    box.get_by_label("--platform, value 1", exact=True).fill("linux/amd64")
    line = "mltrack ship --platform linux/amd64 --platform linux/arm64 iris"
    assert sheet.locator(LINE).text_content() == line
    box.get_by_role("button", name="Remove --platform, value 1").click()
    assert sheet.evaluate("document.activeElement.value") == "linux/arm64"
    assert sheet.locator(LINE).text_content() == "mltrack ship --platform linux/arm64 iris"
    sheet.get_by_label("--modal", exact=True).check()
    assert sheet.locator(LINE).text_content() == "mltrack ship --modal iris"
    assert not box.is_visible()


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 1280])
def test_from_disk_it_fits_any_screen(browser: Browser, explorer: Path, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 700})
    sheet = context.new_page()
    for command in ("deploy", "ship", "run"):
        sheet.goto("about:blank")
        sheet.goto(f"{(explorer / 'explorer.html').as_uri()}#cli={command}&platform=docker")
        sheet.locator("[data-enhanced]").wait_for()
        assert sheet.evaluate("document.documentElement.scrollWidth") <= width
    small = sheet.evaluate(
        """() => [...document.querySelectorAll(".mlt-cli-explorer a, .mlt-cli-explorer button, "
          + ".mlt-cli-explorer input[type=text], .mlt-cli-explorer__programs label")]
          .filter((one) => one.checkVisibility())
          .filter((one) => one.closest("li, form, .mlt-cli-explorer__actions"))
          .map((one) => one.getBoundingClientRect().height).filter((height) => height < 44)"""
    )
    assert not small if width == 320 else small
    sheet.locator("#cli-explorer-command").fill("python train.py --epochs 5")
    assert sheet.locator(LINE).text_content() == "mltrack run -- python train.py --epochs 5"
    context.close()


@pytest.mark.browser
@pytest.mark.parametrize(
    ("theme", "state", "width"),
    [("light", "deploy&run_id=x&platform=lambda", 1280), ("dark", "run&name=x", 320)],
)
def test_axe_finds_nothing(
    browser: Browser, explorer: Path, theme: str, state: str, width: int
) -> None:
    context = browser.new_context(reduced_motion="reduce", viewport={"width": width, "height": 900})
    context.add_init_script(f"localStorage.setItem('theme', '{theme}')")
    sheet = context.new_page()
    with serve(explorer, csp="") as url:
        sheet.goto(f"{url}/explorer.html#cli={state}")
        sheet.locator("[data-enhanced]").wait_for()
        for field in sheet.locator("#cli-explorer-command").all():
            field.fill("'open")
        sheet.evaluate("document.querySelector('section[id^=options]').parentElement.remove()")
        assert violations(sheet) == []
    context.close()


@pytest.mark.browser
def test_without_a_script_there_are_links_and_no_form(browser: Browser, explorer: Path) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 320, "height": 700})
    sheet = context.new_page()
    sheet.goto((explorer / "explorer.html").as_uri())
    assert sheet.locator(".mlt-cli-explorer li:visible").count() == len(CATALOGUE.tasks)
    assert not sheet.locator("#cli-explorer-filter").is_visible()
    assert not sheet.locator(".mlt-cli-explorer__builder").is_visible()
    sheet.get_by_role("link", name="List all saved models").click()
    assert sheet.url.endswith("reference/cli/list.html")
    context.close()
