"""Overlays say what docstrings leave out, where they stand, and only of what the package has."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from _ext.coverage.model import Inventory
from _ext.limits.model import Limit
from _ext.overlays.facts import affects
from _ext.overlays.model import Overlay, Overlays
from _ext.overlays.weave import weave
from tests.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Built

DATA = ROOT / "source" / "_data"
OVERLAYS = ROOT / "source" / "reference" / "python" / "overlays"
AUTODOC = ["sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx.ext.doctest"]
EXTENSIONS = ["sphinx_copybutton", *AUTODOC, "_ext.docstrings", "_ext.overlays"]
NAMES = {
    "mltrack.utils.is_uv_environment": {"kind": "function", "parameters": []},
    "mltrack.pricing.calculate_cost": {
        "kind": "function",
        "parameters": ["tokens", "model", "provider", "snapshot"],
    },
    "mltrack.lineage.DataSourceType": {"kind": "class", "parameters": []},
    "mltrack.lineage.DataSourceType.API": {"kind": "attribute"},
    "mltrack.core.track": {"kind": "function", "also": ["mltrack.track"], "parameters": ["func"]},
}
PRICING = """calculate_cost:
  summary: Says what <b>it</b> costs.
  parameters:
    model: Name of the model.
  returns: US dollars.
  raises:
    ValueError: Never, but this is a test.
  corrects: The package says less.
  example: |
    >>> 6 * 7
    42
"""
PAGE = "# Page\n\n```{eval-rst}\n.. autofunction:: mltrack.pricing.calculate_cost\n```\n"


@pytest.fixture
def site(build: Callable[..., Built], tmp_path: Path) -> Callable[..., Built]:
    """Return ``build`` with overlays: names of modules and the text of their file."""

    def make(overlays: dict[str, str], pages: Any = PAGE, builder: str = "html") -> Built:
        directory = tmp_path / f"overlays{len(list(tmp_path.iterdir()))}"
        directory.mkdir()
        for module, text in overlays.items():
            (directory / f"{module}.yaml").write_text(text)
        inventory = tmp_path / "inventory.json"
        keys = json.loads((DATA / "inventory.json").read_text())
        inventory.write_text(json.dumps({key: {} for key in keys} | {"python": NAMES}, indent=2))
        (tmp_path / "limits.yaml").write_text(
            "costs:\n  title: A limit of costs\n  summary: S.\n  instead: I.\n"
            "  affects: [mltrack.pricing.calculate_cost]\n"
        )
        return build(
            pages, EXTENSIONS, builder,
            overlays_data=str(directory), overlays_inventory=str(inventory),
            overlays_release="0.2.0", overlays_limits=str(tmp_path / "limits.yaml"),
        )  # fmt: skip

    return make


LIMIT = "\n(limit-costs)=\n\n## A limit of costs\n"


def test_an_overlay_is_woven_into_the_docstring(site: Callable[..., Built]) -> None:
    built = site({"mltrack.pricing": PRICING}, PAGE + LIMIT)
    assert built.warnings == ""
    text = built.article().select_one("dl.function dd").get_text(" ")
    for part in ("Name of the model.", "US dollars.", "Never, but", "Corrected here", "42"):
        assert part in text, part
    assert "Calculate cost" not in text
    assert "&lt;b&gt;it&lt;/b&gt;" in built.text()


def test_the_line_of_facts_names_release_and_limits(site: Callable[..., Built]) -> None:
    built = site({"mltrack.pricing": PRICING}, PAGE + LIMIT)
    facts = built.article().select_one(".mlt-facts")
    assert facts.get_text() == "Since 0.2.0. Known limits: A limit of costs."
    assert facts.a["href"] == "#limit-costs"


def test_the_pages_that_name_an_object_are_listed_and_the_reference_is_not(
    site: Callable[..., Built],
) -> None:
    role = "{py:func}`mltrack.pricing.calculate_cost`"
    pages = {
        "index": PAGE + LIMIT,
        "guides/costs": f"# Costs\n\n{role} and {role}.\n",
        "guides/about": f"# About\n\n{role}.\n",
        "reference/prices": f"# Prices\n\n{role}.\n",
    }
    facts = site({"mltrack.pricing": PRICING}, pages).article().select_one(".mlt-facts")
    assert "Used in Costs, About. " in facts.get_text()


def test_what_an_overlay_gets_wrong_is_a_warning_with_its_line(site: Callable[..., Built]) -> None:
    for text, line, said in (
        ("calculate_costs:\n  summary: x\n", 1, "Did you mean 'mltrack.pricing.calculate_cost'"),
        ("calculate_cost:\n  parameters:\n    price: x\n", 3, "takes no 'price'"),
        ("calculate_cost:\n  members:\n    API: x\n", 3, "has no 'API'"),
        ("calculate_cost:\n  example: 6 * 7\n", 2, "its lines begin with >>>"),
        ("calculate_cost:\n  sumary: x\n", 2, "Extra inputs are not permitted"),
        ("calculate_cost: [\n", 2, "not YAML"),
    ):
        warnings = site({"mltrack.pricing": text}, "# Page\n").warnings
        assert f"mltrack.pricing.yaml:{line}: " in warnings, (text, warnings)
        assert said in warnings
        assert "[overlays." in warnings


def test_an_object_has_one_overlay(site: Callable[..., Built]) -> None:
    files = {"mltrack": "track:\n  summary: x\n", "mltrack.core": "track:\n  summary: y\n"}
    warnings = site(files, "# Page\n").warnings
    assert "mltrack.core.track has an overlay already" in warnings


def test_values_of_an_enumeration_are_described(site: Callable[..., Built]) -> None:
    overlay = "DataSourceType:\n  members:\n    API: Never guessed.\n"
    page = "# Page\n\n```{eval-rst}\n.. autoclass:: mltrack.lineage.DataSourceType()\n```\n"
    built = site({"mltrack.lineage": overlay}, page)
    assert built.warnings == ""
    value = built.article().find(id="mltrack.lineage.DataSourceType.API").parent
    assert "Never guessed." in value.get_text()


def test_an_example_runs_as_a_doctest_and_names_its_file(site: Callable[..., Built]) -> None:
    wrong = PRICING.replace("    42\n", "    41\n")
    built = site({"mltrack.pricing": wrong}, builder="doctest")
    line = wrong.splitlines().index("    >>> 6 * 7") + 1
    assert "1 failure in tests" in (built.out / "output.txt").read_text()
    said = (built.out / "output.txt").read_text() + built.app.status.getvalue()
    assert re.search(rf'mltrack\.pricing\.yaml", line {line}, in default', said), said


def test_a_text_build_is_readable(site: Callable[..., Built]) -> None:
    text = site({"mltrack.pricing": PRICING}, PAGE + LIMIT, "text").text("index.txt")
    assert "Name of the model." in text
    assert "Since 0.2.0. Known limits: A limit of costs." in text


def test_an_object_without_an_overlay_stays_as_it_is(site: Callable[..., Built]) -> None:
    page = "# Page\n\n```{eval-rst}\n.. autofunction:: mltrack.utils.is_uv_environment\n```\n"
    built = site({}, page)
    assert "Check if we're running in a UV" in built.article().get_text().replace("’", "'")
    assert "Since 0.2.0." in built.article().get_text()


def test_moved_names_keep_their_anchor_and_lead_on(site: Callable[..., Built]) -> None:
    pages = {
        "index": "# Old\n\n```{moved}\nmltrack.pricing.calculate_cost\n```\n",
        "new": PAGE,
    }
    built = site({}, pages)
    old = built.article().find(id="mltrack.pricing.calculate_cost")
    assert old.a["href"] == "new.html#mltrack.pricing.calculate_cost"
    wrong = site({}, "# Old\n\n```{moved}\nmltrack.nothing\n```\n").warnings
    assert "index.md:3: " in wrong
    assert "[overlays.moved]" in wrong


# -- Weaving ---------------------------------------------------------------------------------


def woven(docstring: str, **overlay: Any) -> list[str]:
    name = "mltrack.pricing.calculate_cost"
    overlays = Overlays({name: Overlay(**overlay)}, inventory=Inventory({"python": NAMES}, {}))
    return [line for line in weave(docstring.splitlines(), name, overlays) if line]


def test_what_the_overlay_does_not_say_stays() -> None:
    docstring = (
        "Short.\n\nLong.\n\nArgs:\n    model: Theirs\n        and more\n    tokens: Count\n\n"
        "Returns:\n    Theirs"
    )
    assert woven(docstring, parameters={"model": "Ours"}, raises={"KeyError": "x"}) == [
        "Short.", "Long.", "Args:", "    tokens: Count", "    model: Ours", "Returns:",
        "    Theirs", "Raises:", "    KeyError: x",
    ]  # fmt: skip
    assert woven(docstring, summary="New.")[:4] == ["New.", "Long.", "Args:", "    tokens: Count"]
    assert "    model: Theirs and more" in woven(docstring, summary="New.")


def test_fields_of_a_model_get_their_words() -> None:
    fields = ".. py:attribute:: one\n   :type: str\n\n   Theirs.\n\n.. py:attribute:: two"
    lines = woven(f"Short.\n\n{fields}", members={"one": "Ours."})
    assert lines[-5:] == [
        ".. py:attribute:: one", "   :type: str", "   Theirs.", "   Ours.",
        ".. py:attribute:: two",
    ]  # fmt: skip


def test_limits_name_objects_in_full_by_class_or_as_a_setting() -> None:
    inventory = Inventory.load(DATA / "inventory.json")
    assert affects(inventory, "mltrack.track", "mltrack.core.track")
    assert affects(
        inventory, "ModelRegistry.get_model", "mltrack.model_registry.ModelRegistry.get_model"
    )
    assert affects(inventory, "tracking_uri", "mltrack.config.MLTrackConfig")
    assert not affects(inventory, "mltrack run", "mltrack.core.track")
    assert not affects(inventory, "mltrack.track", "mltrack.core.track_context")
    assert Limit.model_fields["affects"].is_required()


# -- The reference ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def ours() -> Overlays:
    return Overlays.load(OVERLAYS, DATA / "inventory.json")


def left_out(name: str) -> bool:
    parts = ("mltrack.cli", "mltrack.deployment.cli_", "mltrack.deploy.modal", "mltrack.ui")
    return name.startswith(parts)


def test_the_overlays_fit_the_package(ours: Overlays) -> None:
    assert [f"{each.location}: {each.message}" for each in ours.errors] == []


def test_each_object_has_its_purpose(ours: Overlays) -> None:
    kinds = ("function", "class", "method")
    names = {n for n, f in ours.inventory.items("python").items() if f["kind"] in kinds}
    names = {name for name in names if not left_out(name)}
    assert sorted(n for n in names if not (n in ours.entries and ours.entries[n].summary)) == []
    assert len(names) > 140


def test_each_parameter_is_described(ours: Overlays) -> None:
    """By us, or by the package: what a model's field is for stands in its description."""
    from importlib import import_module

    missing = []
    for name, facts in ours.inventory.items("python").items():
        if left_out(name) or "parameters" not in facts or name.endswith(".MLTrackConfig"):
            continue
        module, said = import_module("mltrack"), ours.entries[name].parameters
        head = next(m for m in sorted(ours.inventory.items("module"), key=len, reverse=True)
                    if name.startswith(f"{m}."))  # fmt: skip
        found: Any = import_module(head) if head != "mltrack" else module
        for part in name.removeprefix(f"{head}.").split("."):
            found = getattr(found, part)
        docs = f"{found.__doc__} {getattr(found, '__init__', None).__doc__}"
        missing += [
            f"{name}({p})" for p in facts["parameters"] if p not in said and f"{p}: " not in docs
        ]
    assert missing == []
