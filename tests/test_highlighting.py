"""Code blocks: markup, sessions, wrapping, and contrast on lines with a background."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from pygments import highlight
from pygments.lexers import get_lexer_by_name
from pygments.token import Comment, Keyword, Name, Number, String
from test_tokens import STYLES, THEMES, contrast, highlighted, over, resolve, token

from _ext.highlighting import Console, Formatter

if TYPE_CHECKING:
    from collections.abc import Callable

EXTENSIONS = ["sphinx_copybutton", "_ext.highlighting"]
SESSION = """>>> 1 / 0
Traceback (most recent call last):
  File "<stdin>", line 1, in <module>
ZeroDivisionError: division by zero
>>> print("<b>")
<b>
"""
PAGE = f"""# Page

```{{code-block}} python
:caption: train.py
:emphasize-lines: 1
from mltrack import track
x = "<script>alert(1)</script>&"
```

```{{code-block}} text
:class: wrap
long line
    second <line>
```

```pycon
{SESSION}```
"""


@pytest.fixture
def article(build: Callable[..., Any]) -> Any:
    built = build(PAGE, EXTENSIONS)
    assert built.warnings == ""
    return built.article()


def test_code_is_in_an_element_of_its_own(article: Any) -> None:
    blocks = article.select("div.highlight > pre")
    assert len(blocks) == 3
    assert all(block.find("code", recursive=False) for block in blocks)
    assert not article.select("div.highlight > pre[id], code [id]")


def test_caption_and_marked_line(article: Any) -> None:
    window = article.select_one(".literal-block-wrapper")
    assert window.select_one(".code-block-caption .caption-text").text == "train.py"
    assert window.select_one(".hll").text == "from mltrack import track\n"


def test_hostile_code_is_escaped(article: Any) -> None:
    assert article.select("script") == []
    assert '"<script>alert(1)</script>&"' in article.select_one(".highlight-python").text


def test_only_wrapped_blocks_have_lines(article: Any) -> None:
    lines = article.select(".mlt-line")
    assert [line.text for line in lines] == ["long line\n", "    second <line>\n"]
    assert all(line.find_parent(class_="wrap") for line in lines)


def test_a_session_has_nothing_to_copy_but_its_input(article: Any) -> None:
    session = article.select_one(".highlight-pycon code")
    assert session.text == SESSION
    assert len(session.select(".gt")) == 3
    for part in session.select(".gp, .go, .gt"):
        part.decompose()
    assert session.text == '1 / 0\nprint("<b>")\n'


def test_code_after_a_traceback_is_code_again() -> None:
    html = highlight(SESSION, Console(), Formatter())
    assert html.index('class="gt"') < html.index('class="nb"')
    assert '<span class="gt">&gt;' not in html


def test_text_build(build: Callable[..., Any]) -> None:
    built = build(PAGE, EXTENSIONS, builder="text")
    assert built.warnings == ""
    assert "second <line>" in built.text("index.txt")


def test_another_builder_keeps_its_formatter(build: Callable[..., Any]) -> None:
    plain = build(PAGE, ["sphinx_copybutton"])
    assert plain.article().select("pre > code") == []


def test_script_says_what_was_copied(build: Callable[..., Any]) -> None:
    soup = build(PAGE, EXTENSIONS).soup()
    (script,) = [each for each in soup.select("script[src]") if "js/code.js" in each["src"]]
    assert script.has_attr("defer")


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("name", ["mark", "inserted", "deleted"])
def test_code_on_lines_with_a_background_can_be_read(name: str, theme: str) -> None:
    back = over(token(f"--mlt-code-{name}", theme), token("--color-code-background", theme))
    assert back != token("--color-code-background", theme)
    for kind, colour in highlighted(STYLES[theme]).items():
        ratio = contrast(resolve(colour, theme), back)
        assert ratio >= 4.5, f"{kind} {colour} on {name}, {theme}: {ratio:.2f}"
    sign = {"inserted": "--mlt-success", "deleted": "--mlt-danger"}.get(name)
    if sign:
        assert contrast(token(sign, theme), back) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
def test_kinds_of_tokens_differ(theme: str) -> None:
    style = STYLES[theme]
    kinds = (Keyword, Name.Function, String, Number, Comment, Name)
    colours = [style.style_for_token(kind)["color"] for kind in kinds]
    assert len(set(colours)) == len(kinds)


def test_formatter_keeps_every_character() -> None:
    code = "x = '''a\n\n  b'''  # <&>\n"
    html = highlight(code, get_lexer_by_name("python"), Formatter(lines=True))
    from bs4 import BeautifulSoup

    assert BeautifulSoup(html, "html.parser").text.strip("\n") == code.strip("\n")
