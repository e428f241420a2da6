"""``_ext/icons.py`` and ``_static/icons/``: the role, the list, and one manner of drawing."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
import yaml

from _ext._shared.icons import CATALOGUE, ICONS, catalogue, icon, icon_names, near

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Built

EXTENSIONS = ["sphinx_copybutton", "_ext.icons"]
PAGE = """\
# Page

Silent {icon}`registry` and named {icon}`circle-check <it works>`.

```{toctree}
other
```
"""
OTHER = "# Other\n\n```{icon-list}\n:from: tabler\n```\n"
HOSTILE = '<script>"&'


def test_an_icon_is_silent_or_has_a_name(build: Callable[..., Built]) -> None:
    site = build({"index": PAGE, "other": OTHER}, EXTENSIONS)
    assert site.warnings == ""
    silent, named = site.article().select("p svg.mlt-icon")
    assert silent["aria-hidden"] == "true"
    assert not silent.has_attr("role")
    assert (named["role"], named["aria-label"]) == ("img", "it works")
    assert not named.has_attr("aria-hidden")
    assert any(
        path.endswith("registry.svg") for path in map(str, site.app.env.dependencies["index"])
    )


def test_the_list_has_every_icon_of_a_source_and_its_style(build: Callable[..., Built]) -> None:
    site = build({"index": PAGE, "other": OTHER}, EXTENSIONS)
    names = [each.get_text() for each in site.article("other").select(".mlt-icon-list__name")]
    assert names == [each.name for each in catalogue() if each.source == "tabler"]
    assert len(site.article("other").select(".mlt-icon-list svg")) == len(names)
    assert site.soup("other").select('link[href*="css/icons.css"]')
    assert not site.soup("index").select('link[href*="icons.css"]')


def test_the_list_has_all_without_a_source(build: Callable[..., Built]) -> None:
    site = build("# Page\n\n```{icon-list}\n```\n", EXTENSIONS)
    assert len(site.article().select(".mlt-icon-list__item")) == len(icon_names())


def test_a_hostile_label_is_text(build: Callable[..., Built]) -> None:
    site = build(f"# Page\n\nX {{icon}}`copy <{HOSTILE}>` Y\n", EXTENSIONS, smartquotes=False)
    assert site.warnings == ""
    assert site.article().select_one("svg[role=img]")["aria-label"] == HOSTILE
    assert site.article().find("script") is None


def test_other_builders_write_the_label_or_nothing(build: Callable[..., Built]) -> None:
    site = build({"index": PAGE, "other": OTHER}, EXTENSIONS, builder="text")
    assert site.warnings == ""
    assert "Silent  and named it works." in site.text("index.txt")
    assert '"brand-github": GitHub' in site.text("other.txt")


WRONG = [
    ("{icon}`registri`", "unknown", "there is no icon 'registri'; near it: registry"),
    ("{icon}`provenance <origin>`", "unknown", "lineage"),
    ("{icon}`qqqq`", "unknown", "near it: those of {icon-list}"),
    ("```{icon-list}\n:from: nowhere\n```", "option", "one of mltrack, lucide, tabler"),
]


def test_a_wrong_name_is_a_warning_with_names_near_it(build: Callable[..., Built]) -> None:
    site = build("# Page\n\n" + "\n\n".join(each[0] for each in WRONG) + "\n", EXTENSIONS)
    warnings = site.warnings.splitlines()
    assert len(warnings) == len(WRONG)
    for line, (_, subtype, message) in zip((3, 5, 7, 9), WRONG, strict=True):
        (found,) = (each for each in warnings if f"index.md:{line}: WARNING: " in each)
        assert message in found
        assert f"[icons.{subtype}]" in found
    assert site.article().find("svg", class_="mlt-icon") is None
    assert "origin" in site.article().get_text()


def test_the_catalogue_and_the_files_agree() -> None:
    names = [each.name for each in catalogue()]
    assert len(names) == len(set(names))
    assert sorted(names) == icon_names()
    assert all(len(set(each.keywords)) == len(each.keywords) for each in catalogue())


def test_names_are_found_by_spelling_and_by_keyword() -> None:
    assert near("trakking")[0] == "tracking"
    assert "lineage" in near("provenance")


@pytest.mark.parametrize("name", [each.name for each in catalogue() if each.source == "mltrack"])
def test_our_icons_are_drawn_alike(name: str) -> None:
    drawing = ET.parse(ICONS / f"{name}.svg").getroot()
    manner = {
        "viewBox": "0 0 24 24",
        "fill": "none",
        "stroke": "currentColor",
        "stroke-width": "1.75",
        "stroke-linecap": "round",
        "stroke-linejoin": "round",
    }
    assert {key: drawing.get(key) for key in manner} == manner
    dots = [shape for shape in drawing if shape.get("class") == "mlt-icon__dot"]
    assert len(dots) == 1
    for shape in drawing:
        if shape not in dots:
            assert not {"fill", "stroke", "stroke-width", "class"} & set(shape.attrib)
    x, y, r = (float(dots[0].get(key, "nan")) for key in ("cx", "cy", "r"))
    assert min(x, y) - r >= 1
    assert max(x, y) + r <= 23


def test_every_feature_has_an_icon_of_its_own() -> None:
    features = yaml.safe_load((CATALOGUE.parent / "features.yaml").read_text())
    ours = {each.name for each in catalogue() if each.source == "mltrack"}
    used = [each["icon"] for each in features]
    assert set(used) <= ours
    assert len(used) == len(set(used))


def test_each_page_gets_the_same_bytes() -> None:
    assert icon("copy") == icon("copy")
    assert icon("copy", "Copy") != icon("copy")
    assert 'stroke-width="1.75"' in icon("copy")
