"""``_ext/_shared``: templates escape, faults become warnings, files load where they are needed."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import jinja2
import pytest
from bs4 import BeautifulSoup
from docutils import nodes
from pydantic import BaseModel

from _ext._shared import assets
from _ext._shared import render as module
from _ext._shared.icons import ICONS, icon, icon_names
from _ext._shared.inputs import FeatureDirective, load_yaml
from _ext._shared.render import add_component, render
from _ext._shared.report import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from conftest import Built
    from sphinx.application import Sphinx

HOSTILE = '<script>"&'


class probed(nodes.General, nodes.Element):  # noqa: N801
    """The node of a feature that exists in this test only."""


class Probe(FeatureDirective):
    feature = "probe"
    required_arguments = 1

    def build(self) -> list[nodes.Node]:
        (argument,) = self.arguments
        if argument == "here":
            raise InputError("here", "the directive is wrong")
        if argument == "there":
            raise InputError("there", "the data is wrong", "data.yaml:7")
        if argument.endswith(".txt"):
            return [nodes.paragraph("", self.source_file(argument).read_text())]
        return [probed("", nodes.paragraph("", "for other builders"), text=argument)]


def setup(app: Sphinx) -> dict[str, bool]:
    """Make this test an extension."""
    app.add_directive("probe", Probe)
    add_component(app, probed, lambda _self, node: f"[{node['text']}]")
    assets.provide(app, probed, css="css/cards.css", js="js/probe.js")
    return {"parallel_read_safe": True, "parallel_write_safe": True}


@pytest.fixture
def probe(build: Callable[..., Built]) -> Callable[..., Built]:
    def make(argument: str, builder: str = "html") -> Built:
        pages = {
            "index": f"# Page\n\n```{{toctree}}\nother\n```\n\n```{{probe}} {argument}\n```\n",
            "other": "# Other\n",
        }
        files = {"note.txt": "read from a file"}
        return build(pages, ["sphinx_copybutton", __name__], builder=builder, files=files)

    return make


@pytest.fixture
def templates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A directory of templates in place of ours."""
    monkeypatch.setattr(module, "TEMPLATES", tmp_path)
    module._environment.cache_clear()
    yield tmp_path
    module._environment.cache_clear()


def test_templates_escape(templates: Path) -> None:
    (templates / "x.html").write_text('<p title="{{ value }}">{{ value }}</p>')
    html = render("x.html", value=HOSTILE)
    assert "<script>" not in html
    paragraph = BeautifulSoup(html, "html.parser").p
    assert paragraph is not None
    assert paragraph["title"] == paragraph.get_text() == HOSTILE


def test_a_value_that_is_missing_is_an_error(templates: Path) -> None:
    (templates / "x.html").write_text("{{ vaule }}")
    with pytest.raises(jinja2.UndefinedError):
        render("x.html", value=1)


def test_a_fault_of_the_directive_has_its_line(probe: Callable[..., Built]) -> None:
    site = probe("here")
    assert "index.md:7: WARNING: the directive is wrong [probe.here]" in site.warnings


def test_a_fault_of_the_data_has_the_datas_line(probe: Callable[..., Built]) -> None:
    site = probe("there")
    assert "data.yaml:7: WARNING: the data is wrong [probe.there]" in site.warnings
    assert "index.md" not in site.warnings


def test_a_file_is_a_dependency(probe: Callable[..., Built]) -> None:
    site = probe("/note.txt")
    assert "read from a file" in site.article().get_text()
    assert any(str(path).endswith("note.txt") for path in site.app.env.dependencies["index"])


def test_a_missing_file_is_a_dependency_too(probe: Callable[..., Built]) -> None:
    site = probe("/later.txt")
    assert "WARNING: there is no file 'later.txt'" in site.warnings
    assert "[probe.file]" in site.warnings
    assert any(str(path).endswith("later.txt") for path in site.app.env.dependencies["index"])


def test_assets_load_on_the_page_that_needs_them(probe: Callable[..., Built]) -> None:
    site = probe("text")
    (script,) = site.soup("index").select('script[src*="probe.js"]')
    assert script.has_attr("defer")
    assert len(site.soup("index").select('link[href*="css/cards.css"]')) == 1
    for page in ("other", "genindex", "search"):
        assert not site.soup(page).select('script[src*="probe"], link[href*="cards"]'), page


def test_html_has_the_component_and_text_has_its_children(probe: Callable[..., Built]) -> None:
    text = probe("text").article().get_text()
    assert "[text]" in text
    assert "for other builders" not in text


def test_other_builders_write_the_children(probe: Callable[..., Built]) -> None:
    text = probe("text", builder="text").text("index.txt")
    assert "for other builders" in text
    assert "[text]" not in text


def test_an_unknown_icon_is_an_error() -> None:
    with pytest.raises(KeyError, match="nowhere"):
        icon("nowhere")


@pytest.mark.parametrize("name", icon_names())
def test_icons_follow_the_text_and_stay_silent(name: str) -> None:
    svg = ET.fromstring(icon(name))
    assert svg.get("aria-hidden") == "true"
    assert svg.get("stroke") == "currentColor"
    assert len(svg) == len(ET.parse(ICONS / f"{name}.svg").getroot()) > 0
    colours = {shape.get(key) for shape in svg.iter() for key in ("fill", "stroke")}
    assert colours <= {None, "none", "currentColor"}
    assert not any(shape.get("style") or shape.get("id") for shape in svg.iter())


class Run(BaseModel):
    name: str
    metrics: dict[str, float]


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("name: a\nmetrics:\n  loss: high\n", 3, "metrics.loss: Input should be a valid number"),
        ("name: a\n", 1, "metrics: Field required"),
        ("name: a\nmetrics: {loss: 1\n", 3, "not YAML"),
        ("- a\n", 1, "the file: Input should be"),
    ],
)
def test_data_that_is_wrong_has_a_line(tmp_path: Path, text: str, line: int, message: str) -> None:
    path = tmp_path / "run.yaml"
    path.write_text(text)
    with pytest.raises(InputError) as raised:
        load_yaml(path, Run)
    assert raised.value.location == f"{path}:{line}"
    assert raised.value.message.startswith(message)
