"""Code blocks in a real browser: what is copied, what scrolls, what the button says."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from browser import serve
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Locator, Page

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[1]
LONG = "value = " + " + ".join(f"number_{number}" for number in range(30))
PAGE = f"""# Code blocks

```{{code-block}} python
:name: numbers
:linenos:
:emphasize-lines: 2
x = 1
y = "two"
```

```{{code-block}} pycon
:name: session
>>> 1 / 0
Traceback (most recent call last):
  File "<stdin>", line 1, in <module>
ZeroDivisionError: division by zero
>>> print("two")
two
```

```{{code-block}} console
:name: commands
$ mltrack --version
mltrack, version
$ ml list
```

```{{code-block}} diff-python
:name: change
 import numpy
-import mlflow
+from mltrack import track

-x = 1
+x = 2
```

```{{code-block}} python
:name: scrolls
:emphasize-lines: 1
short = 1
{LONG}
```

```{{code-block}} python
:name: wraps
:class: wrap
{LONG}
```

```{{code-block}} yaml
:caption: .mltrack.yml
:name: window
experiment: iris
```
"""
COPIED = {
    "numbers": 'x = 1\ny = "two"',
    "session": '1 / 0\nprint("two")',
    "commands": "mltrack --version\nml list",
    "change": "import numpy\nfrom mltrack import track\n\nx = 2",
    "wraps": LONG,
    "window": "experiment: iris",
}


@pytest.fixture
def code(build: Callable[..., Any]) -> Iterator[str]:
    """The address of a page with blocks of all kinds, under the site's policy."""
    styles = {path.name for path in (ROOT / "_static" / "css").glob("*.css")}
    order = ["tokens.css", "base.css", "frame.css", "code.css"]
    built = build(
        PAGE,
        ["sphinx_copybutton", "_ext.diff", "_ext.highlighting"],
        files={"conf.py": 'pygments_style = "_ext.highlighting.Light"\n'
               'pygments_dark_style = "_ext.highlighting.Dark"\n'},
        html_css_files=[f"css/{name}" for name in order if name in styles],
        copybutton_exclude=exclude(),
    )  # fmt: skip
    assert built.warnings == ""
    with serve(built.out) as url:
        yield f"{url}/index.html"


def exclude() -> str:
    """Return what the site's configuration leaves out of copies."""
    for statement in ast.parse((ROOT / "conf.py").read_text("utf-8")).body:
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == (
            "copybutton_exclude"
        ):
            return str(ast.literal_eval(statement.value))
    raise LookupError("copybutton_exclude")


def opened(browser: Browser, url: str, width: int = 1280, **options: Any) -> Page:
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        permissions=["clipboard-read", "clipboard-write"],
        **options,
    )
    page = context.new_page()
    page.goto(url, wait_until="networkidle")
    page.locator("button.copybtn").first.wait_for(state="attached")
    return page


def box(locator: Locator) -> dict[str, float]:
    found = locator.bounding_box()
    assert found
    return dict(found)


def block(page: Page, name: str) -> Locator:
    return page.locator(f"#{name}").first


def test_copies_only_what_you_type(browser: Browser, code: str) -> None:
    page = opened(browser, code)
    for name, text in COPIED.items():
        block(page, name).hover()
        block(page, name).locator("button.copybtn").click()
        assert page.evaluate("navigator.clipboard.readText()") == text, name
    page.context.close()


NOTEBOOK = {
    "cells": [
        {"cell_type": "markdown", "metadata": {}, "source": ["# Note"]},
        {
            "cell_type": "code",
            "execution_count": 1,
            "metadata": {},
            "source": ["x = 2\n", "print(x)"],
            "outputs": [{"output_type": "stream", "name": "stdout", "text": ["2\n"]}],
        },
    ],
    "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3"}},
    "nbformat": 4,
    "nbformat_minor": 4,
}


def test_output_of_a_cell_is_not_copied_with_it(
    browser: Browser, build: Callable[..., Any]
) -> None:
    built = build(
        "# Page\n\n```{toctree}\nnote\n```\n",
        ["sphinx_copybutton", "_ext.highlighting"],
        files={"note.ipynb": json.dumps(NOTEBOOK)},
        copybutton_exclude=exclude(),
    )
    with serve(built.out) as url:
        page = opened(browser, f"{url}/note.html")
        page.locator(".cell_input").hover()
        page.locator(".cell_input button.copybtn").click()
        assert page.locator(".cell_output pre").inner_text().strip() == "2"
        assert page.evaluate("navigator.clipboard.readText()") == "x = 2\nprint(x)"
        page.context.close()


def test_button_is_reached_and_says_what_it_did(browser: Browser, code: str) -> None:
    page = opened(browser, code)
    status = page.locator('[role="status"].visually-hidden')
    assert status.text_content() == ""
    button = block(page, "numbers").get_by_role("button", name="Copy to clipboard")
    button.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    expect(button).to_be_focused()
    expect(button).to_have_css("opacity", "1")
    expect(button).to_have_css("outline-style", "solid")
    page.keyboard.press("Enter")
    expect(status).to_have_text("Copied!")
    expect(status).to_have_text("")
    page.context.close()


def test_button_on_a_touch_screen(browser: Browser, code: str) -> None:
    page = opened(browser, code, width=390, has_touch=True, is_mobile=True)
    for button in page.locator("button.copybtn").all():
        size = box(button)
        assert min(size["width"], size["height"]) >= 44
        assert button.evaluate("button => getComputedStyle(button).opacity") == "1"
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.context.close()


def test_marked_line_is_as_wide_as_the_longest(browser: Browser, code: str) -> None:
    for theme in ("light", "dark"):
        page = opened(browser, code, color_scheme=theme)
        pre = block(page, "scrolls").locator("pre")
        width = pre.evaluate("pre => pre.scrollWidth")
        assert width > pre.evaluate("pre => pre.clientWidth") + 100
        line = pre.locator(".hll")
        assert box(line)["width"] == pytest.approx(width, abs=2)
        colour, text = line.evaluate(
            "line => [getComputedStyle(line).backgroundColor, getComputedStyle(line).boxShadow]"
        )
        assert colour.startswith("rgba(251, 191, 36, 0.")
        assert "inset" in text
        page.context.close()


def test_wrapped_lines_hang_and_others_scroll(browser: Browser, code: str) -> None:
    page = opened(browser, code)
    pre = block(page, "wraps").locator("pre")
    assert pre.evaluate("pre => pre.scrollWidth <= pre.clientWidth")
    lefts = pre.locator(".mlt-line").evaluate(
        """line => {
          const range = document.createRange();
          range.selectNodeContents(line);
          return [...new Set([...range.getClientRects()].filter((r) => r.width > 1)
            .map((r) => Math.round(r.top)))].map((top) => Math.min(
              ...[...range.getClientRects()].filter((r) => r.width > 1 &&
                Math.round(r.top) === top).map((r) => r.left)));
        }"""
    )
    assert len(lefts) > 2
    assert min(lefts[1:]) > lefts[0] + 10
    page.context.close()


def test_window_has_its_button_in_the_bar(browser: Browser, code: str) -> None:
    page = opened(browser, code)
    window = block(page, "window")
    bar, button = box(window.locator(".code-block-caption")), box(window.locator(".copybtn"))
    assert bar["y"] <= button["y"]
    assert button["y"] + button["height"] <= bar["y"] + bar["height"]
    assert window.locator(".copybtn").evaluate("it => getComputedStyle(it).opacity") == "1"
    page.context.close()


def test_reads_without_javascript(browser: Browser, code: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(code)
    assert page.locator("#change ins").first.inner_text().startswith("+")
    assert page.locator("button.copybtn").count() == 0
    context.close()
