"""Other sites can link to each name, and each name has purpose, source and an executed example."""

from __future__ import annotations

import importlib
import json
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from sphinx.testing.util import SphinxTestApp
from sphinx.util.inventory import InventoryFile

from _ext.coverage.model import Inventory

ROOT = Path(__file__).parents[1]
KINDS = ("py:function", "py:class", "py:method", "py:attribute", "py:data", "py:module")


@pytest.fixture(scope="module")
def names(site: Path) -> dict[str, str]:
    """All names of MLTrack in the site's inventory, with where they are."""
    data = InventoryFile.loads((site / "objects.inv").read_bytes(), uri="").data
    return {
        name: item.uri
        for kind in KINDS
        for name, item in data.get(kind, {}).items()
        if name.split(".")[0] == "mltrack"
    }


def test_the_inventory_has_every_public_name(names: dict[str, str]) -> None:
    assert {f"mltrack.{name}" for name in importlib.import_module("mltrack").__all__} <= set(names)


def test_each_name_of_the_inventory_stands_on_its_page(site: Path, names: dict[str, str]) -> None:
    texts: dict[str, str] = {}
    for name, uri in names.items():
        page, _, anchor = uri.partition("#")
        text = texts.setdefault(page, (site / page).read_text("utf-8"))
        assert f'id="{anchor.replace("$", name)}"' in text, name


def test_another_site_can_link_to_each_name(
    site: Path, names: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "conf.py").write_text("")
    roles = "\n".join(f"* :py:obj:`{name}`" for name in sorted(names))
    (tmp_path / "index.rst").write_text(f"Links\n=====\n\n{roles}\n* :py:obj:`mltrack.nothing`\n")
    app = SphinxTestApp(
        "html", srcdir=tmp_path, freshenv=True,
        confoverrides={
            "extensions": ["sphinx.ext.intersphinx"], "nitpicky": True,
            "intersphinx_mapping": {
                "mltrack": ("https://docs.example/", str(site / "objects.inv")),
            },
        },
    )  # fmt: skip
    try:
        app.build()
        warnings = app.warning.getvalue()
        soup = BeautifulSoup((Path(app.outdir) / "index.html").read_text("utf-8"), "html.parser")
    finally:
        app.cleanup()
    found = {a.get_text() for a in soup.select("li a.external")}
    assert found == set(names)
    assert warnings.count("WARNING") == 1  # the name that is none
    assert "mltrack.nothing" in warnings


def test_each_object_is_used_by_an_example_of_the_reference(site: Path) -> None:
    """Links in code say what an example uses; the examples are executed doctests."""
    used: set[str] = set()
    documented: set[str] = set()
    inventory = Inventory.load(ROOT / "source" / "_data" / "inventory.json")
    for path in sorted((site / "reference" / "python").glob("*.html")):
        article = BeautifulSoup(path.read_text("utf-8"), "html.parser").find("article")
        links = article.select('[data-ledger-state="executed"] pre a.mlt-ref')
        used |= {inventory.canonical(link["href"].partition("#")[2]) for link in links}
        for kind in ("function", "class", "method"):
            signatures = article.select(f"dl.py.{kind} > dt[id]")
            documented |= {inventory.canonical(dt["id"]) for dt in signatures}
    enumerations = {"RunType", "StorageMode", "DataSourceType", "TransformationType"}
    assert len(documented) > 140
    assert sorted(n for n in documented - used if n.rpartition(".")[2] not in enumerations) == []


def test_each_function_and_class_leads_to_its_source(site: Path) -> None:
    for path in sorted((site / "reference" / "python").glob("*.html")):
        soup = BeautifulSoup(path.read_text("utf-8"), "html.parser")
        for dt in soup.select(
            "dl.py.function > dt[id], dl.py.class > dt[id], dl.py.method > dt[id]"
        ):
            link = dt.select_one("a:has(.viewcode-link)")
            assert link is not None, dt["id"]
            page, _, anchor = link["href"].partition("#")
            assert f'id="{anchor}"' in (path.parent / page).read_text("utf-8"), dt["id"]


def test_the_omissions_are_all_that_is_left_out(site: Path) -> None:
    page = BeautifulSoup((site / "reference/python/index.html").read_text("utf-8"), "html.parser")
    data = json.loads((ROOT / "source" / "_data" / "inventory.json").read_text("utf-8"))
    assert page.find(id="what-is-left-out") is not None
    assert len(data["python"]) > 250
