"""Two style sheets and one script for all pages, without what no page needs."""

from __future__ import annotations

import gzip
import re
import runpy
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import rcssmin

from _ext.bundle import join, join_scripts, without

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser

    from tests.conftest import Built

    Build = Callable[..., Built]

ROOT = Path(__file__).parent.parent
EXTENSIONS = ["sphinx_design", "sphinx_copybutton", "_ext.lean", "_ext.bundle"]
STYLES = {
    "css/theme.css": ["pygments.css", "styles/furo.css", "copybutton.css"],
    "css/site.css": ["css/tokens.css", "css/cards.css"],
}
TABS = "# A\n\n::::{tab-set}\n:::{tab-item} One\ntext\n:::\n::::\n"


def files(built: Built, page: str = "index") -> list[str]:
    """Return the style sheets of a page, in order, without directories."""
    links = built.soup(page).select('link[rel="stylesheet"]')
    return [str(link["href"]).split("?")[0].rsplit("/", 1)[-1] for link in links]


def test_a_page_loads_the_bundles_in_order(build: Build) -> None:
    built = build("# A\n", EXTENSIONS, bundle_styles=STYLES, html_css_files=["css/tokens.css"])
    assert files(built) == ["furo-extensions.css", "theme.css", "site.css", "landing.css"]
    text = built.text("_static/css/theme.css")
    assert text.index(".highlight") < text.index(".sidebar-drawer")
    text = built.text("_static/css/site.css")
    assert text.index("--mlt-space-1") < text.index(".mlt-cards"), (
        "features' styles are in it, on pages without the feature too"
    )


def test_code_has_the_colours_of_both_themes(build: Build) -> None:
    built = build("# A\n", EXTENSIONS, bundle_styles={"css/site.css": ["pygments.css"]})
    text = built.text("_static/css/site.css")
    assert text == join({"_static/pygments.css": built.text("_static/pygments.css")})
    assert 'body[data-theme="dark"]' in text


def test_what_it_leaves_out_stands_before_it(build: Build) -> None:
    built = build(TABS, EXTENSIONS, bundle_styles=STYLES, html_css_files=["css/tokens.css"])
    design, *_, theme, bundle, landing = files(built)
    assert (design, theme) == ("sphinx-design.min.css", "theme.css")
    assert (bundle, landing) == ("site.css", "landing.css")


NOTEBOOK = """---
file_format: mystnb
kernelspec:
  name: python3
---
# A

```{code-cell} python
1
```
"""


def test_a_style_sheet_that_comes_late_has_the_checksum_of_its_bundle(build: Build) -> None:
    styles = {"css/notebook.css": ["mystnb.*.css"]}
    built = build(NOTEBOOK, EXTENSIONS, bundle_styles=styles)
    link = built.soup().select_one("link[href*='notebook.css']")["href"]
    text = (built.out / "_static" / "css" / "notebook.css").read_bytes()
    assert b".cell_output" in text
    assert link == f"_static/css/notebook.css?v={zlib.crc32(text):08x}"


def test_without_the_setting_nothing_changes(build: Build) -> None:
    built = build("# A\n", EXTENSIONS)
    assert "site.css" not in files(built)
    assert not (built.out / "_static/css/site.css").exists()


def test_another_builder_writes_no_bundle(build: Build) -> None:
    built = build("# A\n", EXTENSIONS, builder="text", bundle_styles=STYLES)
    assert not list(built.out.rglob("site.css"))


def test_scripts_wait(build: Build) -> None:
    built = build("# A\n", EXTENSIONS)
    scripts = built.soup().select("script[src]")
    assert len(scripts) > 3
    waiting = [script for script in scripts if script.has_attr("defer")]
    assert [script["src"] for script in scripts if script not in waiting] == ["_static/js/theme.js"]


def test_scripts_that_all_pages_have_are_one_and_the_others_follow(build: Build) -> None:
    scripts = {"js/site.js": ["documentation_options.js", "doctools.js", "missing.js"]}
    built = build("# A\n", EXTENSIONS, bundle_scripts=scripts)
    names = [str(s["src"]).split("?")[0].rsplit("/", 1)[-1] for s in built.soup().select("[src]")]
    assert names[:2] == ["theme.js", "site.js"]
    assert "furo.js" in names[2:]
    assert not {"documentation_options.js", "doctools.js"} & {*names}
    text = built.text("_static/js/site.js")
    assert text.index("DOCUMENTATION_OPTIONS") < text.index("Documentation")


def test_a_joined_script_ends_before_the_next_and_keeps_its_licence() -> None:
    scripts = {"a.js": "/*! MIT */\nconst a = 1 // one", "b.js": "/* b */\n(() => { a })()"}
    joined = join_scripts(scripts)
    assert joined == "/*! MIT */const a=1;\n(()=>{a})();\n"


SHEET = """
.sd-a, .sd-b > p { color: red }
.sd-a:not(.sd-b) { color: blue }
@media print { #no .sd-c { top: 0 } .sd-b { top: 1px } }
@media screen { .sd-b { top: 2px } }
@font-face { font-family: "F" }
"""


def test_rules_that_only_speak_of_unused_names_are_left_out() -> None:
    kept = minified(without(SHEET, re.compile("sd-b|no")))
    assert kept == '.sd-a{color:red}.sd-a:not(.sd-b){color:blue}@font-face{font-family:"F"}'


def test_a_page_that_needs_what_is_left_out_warns(build: Build) -> None:
    unused = {"sphinx-design.min.css": "sd-tab-.*"}
    styles = {"css/design.css": ["sphinx-*.css"]}
    built = build(TABS, EXTENSIONS, bundle_styles=styles, bundle_unused=unused)
    assert "class sd-tab-label, whose rules bundle_unused leaves out" in built.warnings
    assert "[bundle.unused]" in built.warnings
    assert "index.md" in built.warnings
    text = built.text("_static/css/design.css")
    assert ".sd-card" in text
    assert ".sd-tab-label" not in text


def test_no_page_has_a_class_or_id_whose_rules_are_left_out(site: Path) -> None:
    settings = runpy.run_path(str(ROOT / "conf.py"))
    unused = re.compile("|".join(settings["bundle_unused"].values()))
    names = re.compile(r'\s(?:class|id)="([^"]*)"')
    checked = 0
    for path in site.rglob("*.html"):
        for match in names.finditer(path.read_text(encoding="utf-8")):
            for name in match[1].split():
                checked += 1
                assert not unused.fullmatch(name), f"{path.name}: {name}"
    assert checked > 10_000


def test_a_changed_style_sheet_reaches_the_bundle_without_a_changed_page(
    build: Build, tmp_path: Path
) -> None:
    own = tmp_path / "own" / "css"
    own.mkdir(parents=True)
    (own / "own.css").write_text(".mine { color: red }")
    styles = {
        "html_static_path": [str(own.parent)],
        "bundle_styles": {"css/site.css": ["css/own.css"]},
    }
    built = build("# A\n", ["_ext.bundle"], html_css_files=["css/own.css"], **styles)
    assert built.text("_static/css/site.css") == ".mine{color:red}\n"
    (own / "own.css").write_text(".mine { color: blue }")
    built.app.build()
    assert built.text("_static/css/site.css") == ".mine{color:blue}\n"


def test_a_style_sheet_that_needs_files_beside_it_is_refused(build: Build, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"styles/theme\.css refers to files beside it"):
        join({"_static/styles/theme.css": "a { background: url('x.png') }"})
    (tmp_path / "bad.css").write_text("a { background: url(x.png) }")
    built = build(
        "# A\n", ["_ext.bundle"],
        html_static_path=[str(tmp_path)], html_css_files=["bad.css"],
        bundle_styles={"site.css": ["bad.css"]},
    )  # fmt: skip
    assert "bad.css refers to files beside it" in built.warnings
    assert "[bundle.url]" in built.warnings
    assert "bad.css" in files(built), "the page keeps the file itself"


def test_drawings_in_the_text_and_our_own_fonts_are_accepted() -> None:
    drawing = ".a{background:url('data:image/svg+xml,<svg/>')}"
    font = '@font-face{src:url("../fonts/a.woff2")}'
    joined = join({"_static/styles/a.css": drawing, "_static/css/b.css": font})
    assert joined == f"{drawing}\n{font}\n"


def test_each_bundle_fits_into_the_first_packets(site: Path) -> None:
    for name in ("theme.css", "site.css"):
        text = (site / "_static" / "css" / name).read_bytes()
        assert 1000 < len(gzip.compress(text, 6)) < 14_000, name


def plain(rule: str) -> str:
    """Return a rule without spaces that mean nothing."""
    return re.sub(r"\s*([,:;{}()])\s*", r"\1", " ".join(rule.split()))


def minified(text: str) -> str:
    return str(rcssmin.cssmin(text))


@pytest.mark.browser
def test_minified_rules_are_the_same_rules(browser: Browser, site: Path) -> None:
    tab = browser.new_page()
    read = "text => { const s = new CSSStyleSheet(); s.replaceSync(text); return [...s.cssRules].map(r => r.cssText) }"  # noqa: E501
    static = site / "_static"
    others = ("pygments.css", "copybutton.css", "styles/furo.css", "styles/furo-extensions.css")
    sheets = [*sorted((static / "css").glob("*.css")), *(static / name for name in others)]
    assert len(sheets) > 19
    for sheet in sheets:
        text = sheet.read_text(encoding="utf-8")
        rules, small = (
            [plain(rule) for rule in tab.evaluate(read, each)] for each in (text, minified(text))
        )
        assert rules, sheet.name
        assert small == rules, sheet.name
    tab.close()
