"""Differences: both versions coloured, signs apart, nothing of this machine in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from pygments.lexers import get_lexer_by_name

from _ext._shared.report import InputError
from _ext.diff import lexer_for, read

if TYPE_CHECKING:
    from collections.abc import Callable

EXTENSIONS = ["sphinx_copybutton", "_ext.diff", "_ext.highlighting"]
PYTHON = get_lexer_by_name("python", stripnl=False)
CODE = """ import numpy
-import mlflow
+from mltrack import track

-x = "<script>alert('old')</script>&"
+x = "<script>alert('new')</script>&"
"""
NEW = """import numpy
from mltrack import track

x = "<script>alert('new')</script>&"
"""
PAGE = f"# Page\n\n```{{code-block}} diff-python\n:emphasize-lines: 3\n:name: change\n{CODE}```\n"


def without_what_is_not_copied(block: Any) -> str:
    for part in block.select(".mlt-sign, .mlt-diff__line--header, .mlt-diff__line--deleted"):
        part.decompose()
    text: str = block.text
    return text


# Model


def test_lines_have_kind_sign_and_pieces() -> None:
    lines = read(CODE, PYTHON)
    assert [line.kind for line in lines] == [
        "kept", "deleted", "inserted", "kept", "deleted", "inserted",
    ]  # fmt: skip
    assert [line.sign for line in lines] == [" ", "-", "+", " ", "-", "+"]
    assert lines[2].pieces[0] == ("kn", "from")
    for line, text in zip(lines, CODE.splitlines(), strict=True):
        assert "".join(piece for _, piece in line.pieces) == text[1:]


def test_each_version_is_coloured_by_itself() -> None:
    """A string that only the old version opens does not colour what follows in the new one."""
    lines = read('-x = """\n+x = 1\n y = 2\n-"""\n', PYTHON)
    assert ("mi", "2") in lines[2].pieces


def test_headers_are_no_lines() -> None:
    text = "diff --git a/x b/x\n--- a/x.py\n+++ b/x.py\n@@ -1 +1 @@\n--- a\n+++ b\n\\ No newline\n"
    assert [line.kind for line in read(text, PYTHON)] == [
        "header", "header", "header", "header", "deleted", "inserted", "header",
    ]  # fmt: skip


def test_a_line_needs_a_sign() -> None:
    with pytest.raises(InputError, match="line 2 of this diff"):
        read("+a\nb\n", PYTHON)


def test_languages() -> None:
    assert lexer_for("", "a/train.py").name == "Python"
    assert lexer_for("", "a/file.unknown").name == "Text only"
    with pytest.raises(InputError, match="no language 'pyhton'"):
        lexer_for("pyhton")


# Pages


def test_page(build: Callable[..., Any]) -> None:
    built = build(PAGE, EXTENSIONS)
    assert built.warnings == ""
    block = built.article().select_one("#change")
    assert "highlight-diff" in block["class"]
    assert len(block.select("ins")) == len(block.select("del")) == 2
    assert block.select_one(".hll").text == "+from mltrack import track\n"
    assert block.select_one("ins .kn").text == "from"
    assert block.text == CODE.replace("\n\n", "\n \n")
    assert without_what_is_not_copied(block) == NEW


def test_hostile_code_is_escaped(build: Callable[..., Any]) -> None:
    article = build(PAGE, EXTENSIONS).article()
    assert article.select("script") == []
    assert "<script>alert('old')</script>&" in article.text


@pytest.mark.parametrize(
    ("block", "warning"),
    [
        ("```diff-pyhton\n+a\n```", "[diff.language]"),
        ("```diff\n+a\nb\n```", "[diff.sign]"),
        ("```{code-block} diff\n:linenos:\n+a\n```", "[diff.linenos]"),
    ],
)
def test_bad_input_warns(build: Callable[..., Any], block: str, warning: str) -> None:
    built = build(f"# Page\n\n{block}\n", EXTENSIONS, show_warning_types=True)
    assert "index.md:3: WARNING: " in built.warnings
    assert warning in built.warnings
    assert "+a" in built.article().select_one(".highlight-diff pre").text


@pytest.mark.parametrize("builder", ["text", "latex"])
def test_other_builders(build: Callable[..., Any], builder: str) -> None:
    built = build(PAGE, EXTENSIONS, builder=builder)
    assert built.warnings == ""
    (file,) = [*built.out.glob("index.txt"), *built.out.glob("*.tex")][:1]
    assert "mltrack" in file.read_text("utf-8")


def test_included_difference_names_no_directory_of_this_machine(build: Callable[..., Any]) -> None:
    page = "# Page\n\n```{literalinclude} code/new.py\n:diff: code/old.py\n:caption: new.py\n```\n"
    files = {"code/old.py": "a = 1\nb = 2\n", "code/new.py": 'a = "x"\nb = 2\n'}
    built = build(page, EXTENSIONS, files=files)
    assert built.warnings == ""
    block = built.article().select_one(".literal-block-wrapper .highlight-diff")
    assert block.text.startswith("--- code/old.py\n+++ code/new.py\n@@ ")
    assert str(built.app.srcdir) not in built.text()
    assert block.select_one("ins .s2").text == '"x"'
    assert without_what_is_not_copied(block) == 'a = "x"\nb = 2\n'


def test_other_languages_stay(build: Callable[..., Any]) -> None:
    article = build("# Page\n\n```python\n+a\n```\n", EXTENSIONS).article()
    assert article.select("ins, del, .highlight-diff") == []
