"""``_ext/plots.py``: figures become part of the page and follow the theme."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib
import pytest
from bs4 import BeautifulSoup
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from _ext._shared.report import InputError
from _ext.plots import COLOURS, inline

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Built

ROOT = Path(__file__).parents[1]
RC = ROOT / "notebooks" / "matplotlibrc"
EXTENSIONS = ["sphinx_copybutton", "_ext.plots"]
ALT = 'Two lines & a <script>alert(1)</script> "bar"'


def draw(colour: str = "C0", text: str = "depth <b>&") -> str:
    """Return a figure as Matplotlib writes it with the site's settings."""
    with matplotlib.rc_context(fname=RC):
        figure = Figure()
        FigureCanvasSVG(figure)
        axes = figure.subplots()
        axes.plot([1, 2, 3], [3, 1, 2], marker="o", color=colour, label="line")
        axes.bar([1, 2], [1, 2], color="C1", alpha=0.5)
        axes.set(xlabel=text, ylabel="accuracy", title="title")
        axes.grid(axis="y")
        axes.legend()
        out = io.StringIO()
        figure.savefig(out, format="svg")
    return out.getvalue()


def svg(body: str, attributes: str = "") -> str:
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'viewBox="0 0 72 36" {attributes}>{body}</svg>'
    )


def notebook(*figures: tuple[str, str | None]) -> str:
    """Return a notebook with stored outputs: SVG and text alternative of each cell."""
    cells: list[dict[str, Any]] = [
        {"cell_type": "markdown", "metadata": {}, "source": "# Figures", "id": "title"}
    ]
    for number, (figure, alt) in enumerate(figures):
        data = {"image/svg+xml": figure, "text/plain": "<Figure size 560x290 with 1 Axes>"}
        cells.append(
            {
                "cell_type": "code",
                "id": f"cell{number}",
                "execution_count": 1,
                "source": "plt.show()",
                "metadata": {"mystnb": {"image": {"alt": alt}}} if alt else {},
                "outputs": [{"output_type": "display_data", "metadata": {}, "data": data}],
            }
        )
    kernel = {"name": "python3", "display_name": "Python 3"}
    language = {"name": "python", "pygments_lexer": "python"}
    metadata = {"kernelspec": kernel, "language_info": language}
    return json.dumps({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5})


@pytest.fixture
def figures(build: Callable[..., Built]) -> Callable[..., Built]:
    """Return ``figures(*figures, builder="html")``: a site with a notebook and a plain page."""

    def make(*cells: tuple[str, str | None], builder: str = "html") -> Built:
        index = "# Plain\n\n```{toctree}\nfigures\n```\n"
        files = {"figures.ipynb": notebook(*cells)}
        return build(index, EXTENSIONS, builder, files)

    return make


# -- model -----------------------------------------------------------------------------------


def test_colours_become_variables() -> None:
    out = inline(draw(), "a-", "alt")
    for number in (1, 2):
        assert f"var(--mlt-plot-{number})" in out
    assert 'fill="var(--mlt-plot-text)"' in out
    assert 'stroke="var(--mlt-plot-grid)"' in out
    assert not re.search(r"#[0-9a-f]{6}\b", out)


def test_nothing_that_a_strict_policy_forbids() -> None:
    out = inline(draw(), "a-", "alt")
    assert "style" not in out
    assert "font-family" not in out
    assert "metadata" not in out
    assert "xmlns" not in out


def test_text_stays_text() -> None:
    root = BeautifulSoup(inline(draw(), "a-", "x"), "html.parser")
    assert {"depth <b>&", "accuracy", "title", "line"} <= {text.get_text() for text in root("text")}


def test_accessible_name_and_size() -> None:
    root = BeautifulSoup(inline(svg('<path d="M 0 0"/>'), "a-", ALT), "html.parser").svg
    assert root is not None
    assert root.attrs["role"] == "img"
    assert root.attrs["aria-label"] == ALT
    assert (root.attrs["width"], root.attrs["height"]) == ("96", "48")
    assert root.attrs["viewBox" if "viewBox" in root.attrs else "viewbox"] == "0 0 72.00 36.00"


def test_references_resolve_and_two_figures_do_not_clash() -> None:
    ids = []
    for prefix in ("plot1-", "plot2-"):
        out = inline(draw(), prefix, "alt")
        defined = re.findall(r' id="([^"]+)"', out)
        used = set(re.findall(r'(?:href="#|url\(#)([^")]+)', out))
        assert used
        assert used == set(defined)
        assert len(defined) == len(set(defined))
        ids.append(set(defined))
    assert not ids[0] & ids[1]


def test_same_bytes_each_time() -> None:
    assert inline(draw(), "a-", "alt") == inline(draw(), "a-", "alt")


@pytest.mark.parametrize(
    "body",
    [
        "<script>alert(1)</script>",
        '<foreignObject><p xmlns="http://www.w3.org/1999/xhtml">evil</p></foreignObject>',
        '<g onclick="evil()"><path d="M 0 0" onload="evil()"/></g>',
        '<use xlink:href="https://evil.example/x.svg#a"/>',
        '<use href="javascript:evil()"/>',
        '<image href="https://evil.example/x.png" width="1" height="1"/>',
        '<image href="data:image/svg+xml;base64,ZXZpbA==" width="1" height="1"/>',
        '<a href="https://evil.example"><path d="M 0 0"/></a>',
        '<style>* { background: url("https://evil.example") }</style>',
        '<path d="M 0 0" clip-path="url(https://evil.example/#a)"/>',
        '<path d="M 0 0" style="clip-path: url(https://evil.example/#a); evil: 1"/>',
        '<animate attributeName="href" to="javascript:evil()"/>',
        '<x:script xmlns:x="http://www.w3.org/1999/xhtml">evil()</x:script>',
        "<metadata>evil</metadata>",
    ],
)
def test_only_known_parts_pass(body: str) -> None:
    out = inline(svg(body + '<rect id="kept" width="1" height="1"/>', 'onload="evil()"'), "a-", "x")
    assert "evil" not in out
    assert "script" not in out
    assert "alert" not in out
    assert " on" not in out
    assert "<rect" in out


def test_raster_inside_a_figure_passes() -> None:
    out = inline(svg('<image xlink:href="data:image/png;base64,\nAAAA" width="1"/>'), "a-", "x")
    assert 'href="data:image/png;base64,AAAA"' in out


@pytest.mark.parametrize("colour", ["#123456", "red", "url(https://evil.example/#a)"])
def test_a_colour_of_its_own_is_an_error(colour: str) -> None:
    with pytest.raises(InputError, match="does not follow the theme") as error:
        inline(svg(f'<path d="M 0 0" style="fill: {colour}"/>'), "a-", "x")
    assert error.value.subtype == "colour"


@pytest.mark.parametrize(
    "text",
    [
        "not xml",
        "<html/>",
        '<svg xmlns="http://www.w3.org/2000/svg"/>',
        '<!DOCTYPE svg [<!ENTITY a "aaaa">]>' + svg("&a;"),
    ],
)
def test_what_is_not_a_figure_is_an_error(text: str) -> None:
    with pytest.raises(InputError) as error:
        inline(text, "a-", "x")
    assert error.value.subtype == "svg"


def test_matplotlibrc_and_tokens_name_the_same_colours() -> None:
    lines = [line for line in RC.read_text().splitlines() if not line.startswith("#")]
    drawn = set(re.findall(r"\b[0-9a-f]{6}\b", "\n".join(lines)))
    assert {f"#{colour}" for colour in drawn} == set(COLOURS)
    tokens = (ROOT / "_static/css/tokens.css").read_text()
    for variable in COLOURS.values():
        assert f"{variable[4:-1]}:" in tokens


# -- Sphinx ----------------------------------------------------------------------------------


def test_renders_inline(figures: Callable[..., Built]) -> None:
    built = figures((draw(), "First."), (draw(), "Second."))
    assert not built.warnings
    drawn = built.article("figures").select("div.mlt-plots > svg[role=img]")
    assert [figure["aria-label"] for figure in drawn] == ["First.", "Second."]
    ids = [node["id"] for node in built.soup("figures").select("svg [id]")]
    assert len(ids) == len(set(ids))
    assert not built.article("figures").select("[style], script, img")
    assert "<Figure" not in built.article("figures").get_text()
    assert not list(built.out.glob("_images/*.svg"))


@pytest.mark.parametrize(
    ("figure", "alt", "subtype", "says"),
    [
        (draw(), None, "alt", "mystnb: image: alt:"),
        (draw("#123456"), "Alt.", "colour", "#123456"),
        ("<svg", "Alt.", "svg", "not SVG"),
    ],
)
def test_bad_figures_warn_at_their_cell(
    figures: Callable[..., Built], figure: str, alt: str | None, subtype: str, says: str
) -> None:
    built = figures((figure, alt))
    assert re.search(rf"figures\.ipynb:\d+: WARNING: .*{re.escape(says)}", built.warnings)
    assert f"[plots.{subtype}]" in built.warnings
    assert not built.article("figures").select("svg[role=img], img")


def test_hostile_alt_is_escaped(figures: Callable[..., Built]) -> None:
    built = figures((draw(), ALT))
    assert "<script>alert(1)" not in built.text("figures.html")
    assert built.article("figures").select_one("svg[role=img]")["aria-label"] == ALT


def test_text_build_says_what_the_figure_shows(figures: Callable[..., Built]) -> None:
    built = figures((draw(), "Accuracy rises with the depth."), builder="text")
    assert "Accuracy rises with the depth." in built.text("figures.txt")
    assert "<Figure" not in built.text("figures.txt")


def test_style_sheet_only_where_figures_are(figures: Callable[..., Built]) -> None:
    built = figures((draw(), "Alt."))
    assert "css/plots.css" in built.text("figures.html")
    assert "css/plots.css" not in built.text("index.html")


def test_executed_figures_are_svg_and_warnings_name_the_line(
    build: Callable[..., Built], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The one test with a kernel: the kernel's and Matplotlib's settings, as conf.py sets them."""
    monkeypatch.setenv("JUPYTER_PATH", str(ROOT / "notebooks"))
    monkeypatch.setenv("MATPLOTLIBRC", str(RC))
    front = "---\nfile_format: mystnb\nkernelspec:\n  name: python3\n---\n\n# Figures\n\n"
    code = "import matplotlib.pyplot as plt\n\nplt.plot([1, 2])\nplt.show()\n"
    cell = "```{code-cell} python\n%s" + code + "```\n\n"
    good = cell % "---\nmystnb:\n  image:\n    alt: A line.\n---\n"
    built = build(
        front + good + cell % "",
        EXTENSIONS,
        nb_execution_mode="force",
        nb_execution_in_temp=True,
        nb_output_stderr="remove",
    )
    warning = re.search(r"index\.md:(\d+): WARNING: the figure has no text", built.warnings)
    assert warning
    bad_cell = (front + good).count("\n") + 1
    assert bad_cell <= int(warning[1]) <= bad_cell + cell.count("\n") + code.count("\n")
    figure = built.article().select_one("div.mlt-plots > svg")
    assert figure["aria-label"] == "A line."
    assert figure.select_one('[stroke="var(--mlt-plot-1)"]')
