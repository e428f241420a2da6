"""The check of the prose: each rule finds its twin that breaks it, at the line of the page."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest
import yaml

from tools.prose import __main__ as prose
from tools.prose import lint
from tools.prose.extract import Block, blocks
from tools.prose.measure import measure, sentences, syllables
from tools.prose.terms import glossary, unexplained

GOOD = """\
---
outcome: >-
  You have a run in MLflow.
myst:
  html_meta:
    description: "Track a run with MLTrack, and read it back."
---

# Track a run

Put {func}`track <mltrack.track>` on your function. It records the color of
each bar, and [MLflow](https://mlflow.org) keeps it.

```{code-cell} python
colour = "teh simply recieve"
```

:::{note}
:class: simply

The {term}`signature` says what the model takes.
:::

| what | where |
| --- | --- |
| `teh_name` | in the store |
"""


@pytest.fixture
def page(tmp_path: Path):
    """Write a page and return its path."""

    def make(text: str, name: str = "page.md") -> Path:
        path = tmp_path / name
        path.write_text(dedent(text), encoding="utf-8")
        return path

    return make


def texts(path: Path) -> list[str]:
    return [block.text for block in blocks(path)]


def test_prose_is_all_that_readers_read(page):
    found = texts(page(GOOD))
    assert found == [
        "You have a run in MLflow.",
        "Track a run with MLTrack, and read it back.",
        "Track a run",
        "Put track on your function. It records the color of each bar, and MLflow keeps it.",
        "The signature says what the model takes.",
        "what", "where", "code", "in the store",
    ]  # fmt: skip


def test_blocks_know_their_lines(page):
    by_text = {block.text[:9]: block for block in blocks(page(GOOD))}
    assert by_text["You have "].line(0) == 3
    assert by_text["Track a r"].line(0) == 9
    paragraph = by_text["Put track"]
    assert paragraph.line(0) == 11
    assert paragraph.line(paragraph.text.index("each bar")) == 12
    assert by_text["The signa"].line(0) == 21
    assert by_text["in the st"].line(0) == 26


@pytest.mark.parametrize(
    "block",
    [
        "```{literalinclude} simply.py\n:caption: simply\n```",
        "```{console} simply\n:steps: 1\n```",
        ":::{video} simply\n:::",
        "```python\nsimply()\n```",
        "% simply",
        "(simply)=",
        "{absent}`simply`",
    ],
)
def test_code_and_data_are_no_prose(page, block):
    assert "simply" not in " ".join(texts(page(f"# Title\n\n{block}\n")))


@pytest.mark.parametrize("name", ["note", "warning", "tab-item", "measured"])
def test_prose_in_directives_is_prose(page, name):
    path = page(f"# Title\n\n::::{{{name}}} here\n\nSimply said.\n\n::::\n")
    found = [block for block in blocks(path) if block.text == "Simply said."]
    assert [block.line(0) for block in found] == [5]


def test_definitions_of_the_glossary_are_prose(page):
    path = page("# Terms\n\n```{glossary}\nrun\n  One recorded\n  call.\n```\n")
    found = blocks(path)[-1]
    assert found.text == "One recorded call."
    assert found.line(0) == 5


TWINS = {
    "You simply train.": "simply → write (nothing)",
    "You just train.": "just",
    "It is easy to train.": "easy",
    "We train a model.": "We → write you",
    "Then the user can train.": "the user can → write you",
    "The model will train.": "will → write the present tense",
    "Train in order to serve.": "in order to → write to",
    "Give a file, e.g. one of yours.": "e.g. → write for example",
    "Train with Mlflow.": "use “MLflow” instead",
    "Train with Pytorch.": "use “PyTorch” instead",
    "Send it to mltrack at once.": "use “MLTrack” instead",
    "Choose a colour for it.": "Unknown word (colour)",
    "You recieve a model.": "Unknown word (recieve)",
    "The pyfunc does it.": "'pyfunc' needs a link",
    "It follows the QZX rules.": "'QZX' is not in the glossary",
}
RIGHT = [
    "MLTrack, MLflow, scikit-learn, XGBoost and GitHub Actions.",
    "The package is mltrack-py here, and a module is mltrack.pricing.",
    "Set MLFLOW_TRACKING_URI first.",
    "# mltrack save",
]


@pytest.fixture(scope="module")
def findings(tmp_path_factory):
    """What the check says of a page in the style, of names, and of the twins: all in one run."""
    directory = tmp_path_factory.mktemp("pages") / "guides"
    directory.mkdir()
    pages = {"good": GOOD, "right": "\n\n".join(RIGHT), "twins": "\n\n".join(TWINS)}
    for name, text in pages.items():
        (directory / f"{name}.md").write_text(text, encoding="utf-8")
    found = prose.check(prose.read(sorted(directory.iterdir())))
    return {name: [f for f in found if Path(f.page).stem == name] for name in pages}


def test_pages_in_the_style_have_no_finding(findings):
    assert findings["good"] == []
    assert findings["right"] == []


@pytest.mark.parametrize("sentence", TWINS)
def test_each_rule_finds_its_twin_at_its_line(findings, sentence):
    lines = [f.line for f in findings["twins"] if TWINS[sentence] in f.text]
    assert lines == [1 + 2 * list(TWINS).index(sentence)]


def test_a_missing_program_says_how_to_get_it(page, tmp_path):
    with pytest.raises(SystemExit, match="make node_modules"):
        lint.lint(prose.read([page(GOOD)]), tmp_path / "none")


@pytest.mark.parametrize(
    ("word", "count"),
    [("run", 1), ("model", 2), ("experiment", 4), ("reproducibility", 7), ("quxified", 3)],
)
def test_syllables(word, count):
    assert syllables(word) == count


def test_sentences_end_at_periods_not_in_names():
    assert sentences("MLflow 3.17 runs. It works: see there.") == [
        "MLflow 3.17 runs.", "It works: see there.",
    ]  # fmt: skip


def paragraph(text: str) -> Block:
    block = Block()
    block.add(text, 1)
    return block


def test_grades_follow_the_formula():
    found = measure([paragraph("The cat sat on the mat. You see it.")])
    assert (found.sentences, found.words, found.syllables) == (2, 9, 9)
    assert found.grade == pytest.approx(0.39 * 4.5 + 11.8 - 15.59)
    assert measure([]).grade == 0


def test_a_hard_page_is_found(page):
    hard = (
        "Organizational considerations notwithstanding, implementation methodologies "
        "necessitate comprehensive interdisciplinary documentation of configurations. "
    )
    rules = prose.limits()
    findings = list(prose.too_hard("x.md", blocks(page(f"# T\n\n{hard * 3}\n")), rules))
    assert ["reading grade" in f.text for f in findings] == [True]
    assert list(prose.too_hard("x.md", blocks(page("# T\n\nYou train it.\n")), rules)) == []


def test_a_passive_page_is_found(page):
    rules = prose.limits()
    passive = "The model is saved by it. " * 10
    findings = list(prose.too_hard("x.md", blocks(page(f"# T\n\n{passive}\n")), rules))
    assert ["passive" in f.text for f in findings] == [True]
    active = "It saves the model. " * 10
    assert list(prose.too_hard("x.md", blocks(page(f"# T\n\n{active}\n")), rules)) == []


def test_a_link_explains_a_term_on_its_page(page):
    linked = "# T\n\nA {term}`flavors <flavor>` list. Each flavor has a file.\n"
    assert list(unexplained("x", blocks(page(linked)), ["flavor"], [])) == []
    bare = "# T\n\nA list.\n\nEach flavor has a file.\n"
    assert [f.line for f in unexplained("x", blocks(page(bare)), ["flavor"], [])] == [5]


def test_an_abbreviation_is_explained_where_it_is_spelled_out(page):
    path = page("# T\n\nA Service Level Objective (SLO) helps. An SLO is a goal.\n")
    assert list(unexplained("x", blocks(path), [], [])) == []


def test_only_pages_for_readers_have_to_link_terms(page, monkeypatch):
    monkeypatch.setattr(lint, "lint", lambda *_: [])
    path = page("# T\n\nEach flavor has a file.\n")
    assert prose.check({"source/reference/x.md": blocks(path)}) == []
    assert len(prose.check({"source/guides/x.md": blocks(path)})) == 1


def test_the_glossary_has_every_term_that_pages_must_link():
    terms = glossary(prose.GLOSSARY.read_text("utf-8"))
    assert set(prose.limits()["explained"]) <= set(terms)
    assert all(terms.values())


def test_terms_of_the_glossary_are_in_order():
    terms = [term.lower() for term in glossary(prose.GLOSSARY.read_text("utf-8"))]
    assert terms == sorted(terms)


def test_accepted_findings_are_left_out_and_must_exist(monkeypatch, tmp_path):
    entries = [
        {"page": "a.md", "words": "simply", "reason": "quoted"},
        {"page": "a.md", "words": "gone", "reason": "quoted"},
        {"page": "b.md", "words": "not read this time", "reason": "quoted"},
    ]
    path = prose.STYLE / "accepted.yaml"
    monkeypatch.setattr(Path, "read_text", lambda self, *_: yaml.safe_dump(entries))
    found = {lint.Finding("a.md", 3, "simply → write (nothing)")}
    left = prose.accept(found, {"a.md": []})
    assert [(finding.page, "'gone'" in finding.text) for finding in left] == [
        (str(path.relative_to(prose.ROOT)), True)
    ]


def test_names_are_in_order_and_once():
    lines = (prose.STYLE / "names.txt").read_text("utf-8").splitlines()[1:]
    assert lines == sorted(set(lines), key=lambda word: (word.lower(), word))


def test_the_command_reports_and_fails(page, capsys):
    bad = page("# Title\n\nYou simply train.\n")
    assert prose.main([str(bad)]) == 1
    assert f"{bad}:3: simply" in capsys.readouterr().out
    assert prose.main([str(bad), "--report"]) == 0
    assert "sentences" in capsys.readouterr().out
