"""Names of MLTrack and MLflow in code lead to their reference, and nothing else changes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from _ext.code_links.names import Reader
from _ext.coverage.model import Inventory
from tests.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Built

DATA = ROOT / "source" / "_data"
MLFLOW = "https://mlflow.example/"
EXTENSIONS = [
    "sphinx_copybutton", "sphinx.ext.autodoc", "sphinx.ext.intersphinx", "sphinx.ext.doctest",
    "_ext.code_links",
]  # fmt: skip
REFERENCE = """---
orphan: true
---
# Reference

```{eval-rst}
.. py:function:: mltrack.track
.. py:function:: mltrack.get_last_run
.. py:class:: mltrack.MLTrackConfig

   .. py:method:: find_config
```
"""
KNOWN = frozenset({"mlflow.MlflowClient", "mlflow.client.MlflowClient.get_run"})


@pytest.fixture
def small(build: Callable[..., Built], tmp_path: Path) -> Callable[..., Built]:
    """Return ``build`` for pages beside a reference."""
    overlays = tmp_path / "overlays"
    overlays.mkdir()

    def make(text: str, builder: str = "html", **files: str) -> Built:
        return build(
            {"index": f"# Page\n\n{text}\n", "api/reference": REFERENCE},
            EXTENSIONS, builder, files,
            overlays_data=str(overlays), overlays_inventory=str(DATA / "inventory.json"),
            intersphinx_mapping={"mlflow": (MLFLOW, str(ROOT / "_inventories" / "mlflow.inv"))},
        )  # fmt: skip

    return make


def links(built: Built, page: str = "index") -> list[tuple[str, str]]:
    return [(a.get_text(), a["href"]) for a in built.article(page).select("pre a.mlt-ref")]


CODE = """from mltrack import MLTrackConfig, track
import mlflow

mlflow.set_tracking_uri(MLTrackConfig.find_config().tracking_uri)


@track
def train(text="<b>track</b>"):
    return 1 < 2
"""


def test_names_of_both_packages_are_links(small: Callable[..., Built]) -> None:
    built = small(f"```python\n{CODE}```")
    assert built.warnings == ""
    found = dict(links(built))
    assert found["MLTrackConfig"] == "api/reference.html#mltrack.MLTrackConfig"
    assert found["track"] == "api/reference.html#mltrack.track"
    assert found["MLTrackConfig.find_config"].endswith("#mltrack.MLTrackConfig.find_config")
    assert found["mlflow.set_tracking_uri"].startswith(MLFLOW)
    assert found["mlflow.set_tracking_uri"].endswith("#mlflow.set_tracking_uri")
    assert len(links(built)) == len(found)  # each once


def test_the_code_itself_stays_and_is_escaped(small: Callable[..., Built]) -> None:
    built = small(f"```python\n{CODE}```")
    assert built.article().select_one("pre").get_text() == CODE
    assert "&lt;b&gt;track&lt;/b&gt;" in built.text()
    assert built.article().select("pre b") == []


@pytest.mark.parametrize(
    "block",
    [
        "```{doctest}\n>>> from mltrack import track\n>>> track\n<function ...>\n```",
        "```{code-block} python\n:linenos:\n\nfrom mltrack import track\n```",
        "```{literalinclude} train.py\n```",
    ],
)
def test_each_kind_of_block_has_links(small: Callable[..., Built], block: str) -> None:
    built = small(block, **{"train.py": "from mltrack import track\n"})
    assert built.warnings == ""
    assert links(built) == [("track", "api/reference.html#mltrack.track")]


def test_cells_of_a_notebook_continue_each_other(small: Callable[..., Built]) -> None:
    head = "---\norphan: true\nfile_format: mystnb\nkernelspec:\n  name: python3\n"
    head += "language_info:\n  name: python\n  pygments_lexer: ipython3\n---\n"
    cells = "```{code-cell} ipython3\nimport mltrack as m\n```\n\n```{code-cell} ipython3\n"
    text = f"{head}# Page\n\n{cells}%matplotlib inline\nm.get_last_run()\n```\n"
    built = small("", **{"notebook.md": text})
    assert links(built, "notebook") == [
        ("m.get_last_run", "api/reference.html#mltrack.get_last_run")
    ]


def test_an_included_file_begins_anew(small: Callable[..., Built]) -> None:
    text = "```python\nfrom mltrack import track\n```\n\n```{literalinclude} other.py\n```"
    built = small(text, **{"other.py": "track = print\ntrack()\n"})
    assert [name for name, _ in links(built)] == ["track"]


@pytest.mark.parametrize(
    "block",
    [
        "```python\nfrom mltrack import (\n```",
        "```console\n$ mltrack list\n```",
        "```\nmltrack\n```",
    ],
)
def test_what_is_no_python_stays(small: Callable[..., Built], block: str) -> None:
    built = small(block)
    assert links(built) == []
    assert "code_links" not in built.warnings


def test_a_name_that_nothing_documents_is_no_link(small: Callable[..., Built]) -> None:
    assert links(small("```python\nimport mlflow\nmlflow.no_such_thing()\n```")) in (
        [], [("mlflow", f"{MLFLOW}python_api/mlflow.html#module-mlflow")],
    )  # fmt: skip


def test_a_text_build_is_readable(small: Callable[..., Built]) -> None:
    text = small(f"```python\n{CODE}```", "text").text("index.txt")
    assert "   from mltrack import MLTrackConfig, track" in text


def test_a_page_that_is_written_again_keeps_its_links(small: Callable[..., Built]) -> None:
    built = small(f"```python\n{CODE}```")
    before = links(built)
    (built.out / "index.html").unlink()
    built.app.build(force_all=False, filenames=[str(built.app.srcdir / "index.md")])
    assert links(built) == before


# -- Names -----------------------------------------------------------------------------------


def targets(*blocks: str) -> list[str]:
    reader = Reader(Inventory.load(DATA / "inventory.json"), KNOWN)
    return [each.target for block in blocks for each in reader.read(block)]


def test_names_are_followed_through_assignments_and_results() -> None:
    assert targets("from mltrack.lineage import get_lineage_tracker", "t = get_lineage_tracker()",
                   "t.track_input('x')") == [
        "mltrack.lineage.get_lineage_tracker", "mltrack.lineage.get_lineage_tracker",
        "mltrack.lineage.LineageTracker.track_input",
    ]  # fmt: skip
    assert "mlflow.client.MlflowClient.get_run" in targets(
        "import mlflow\nclient = mlflow.MlflowClient()\nclient.get_run('x')"
    )


def test_a_variable_is_no_name_of_the_package() -> None:
    assert targets("track = 1\ntrack", "import numpy as mltrack\nmltrack.track") == []


def test_a_part_of_mlflow_whose_framework_is_missing_is_no_link() -> None:
    assert targets("import mlflow\nmodel = mlflow.keras.load_model('x')\nmodel.predict([1])") == []


# -- The whole site --------------------------------------------------------------------------


def test_links_differ_from_code_by_more_than_color() -> None:
    css = (ROOT / "_static" / "css" / "code_links.css").read_text()
    assert re.search(r"a\.mlt-ref \{[^}]*text-decoration: underline", css)


def test_all_links_in_code_lead_to_an_object(site_pages: dict[str, Any]) -> None:
    counts = {}
    for name, (path, soup) in site_pages.items():
        for link in soup.select("pre a.mlt-ref"):
            page, _, anchor = link["href"].partition("#")
            if not page.startswith("https:"):
                target = (path.parent / page).resolve() if page else path
                assert f'id="{anchor}"' in target.read_text(encoding="utf-8"), (name, link["href"])
            counts[name] = counts.get(name, 0) + 1
    assert counts["guides/tracking"] > 20
    assert counts["get-started/first-run"] > 5


@pytest.fixture(scope="module")
def site_pages(site: Path) -> dict[str, Any]:
    """A few pages of the site, parsed."""
    from bs4 import BeautifulSoup

    names = ("guides/tracking", "get-started/first-run", "guides/llm", "reference/python/registry")
    paths = {name: site / f"{name}.html" for name in names}
    return {n: (p, BeautifulSoup(p.read_text("utf-8"), "html.parser")) for n, p in paths.items()}
