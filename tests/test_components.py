"""``_ext/components``: each block renders, refuses what it cannot show, and stays readable."""

from __future__ import annotations

from typing import TYPE_CHECKING

from _ext._shared.evidence import evidence_of
from _ext.cards import STATUS
from _ext.components.nodes import specimen_block

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Built

EXTENSIONS = ["sphinx_copybutton", "sphinx_design", "_ext.components"]
HOSTILE = '<script>"&'
TABLE = (
    "| | a | b |\n| --- | --- | --- |\n| row | Yes, it does | No |\n| two | In part | Nothing |\n"
)
ALL = f"""\
# Page

:::{{key-values}}
Term
: Value
:::

:::{{stats}}
12
: things
:::

:::{{callout}} Mind **this** {HOSTILE}
:icon: compass

Text of it.
:::

:::{{cta}} Go on {HOSTILE}
A sentence.

```{{button-link}} https://example.org
Button
```
:::

:::{{quote}} The source {HOSTILE}
:link: https://example.org/a

Words of others.
:::

:::{{comparison}} Both {HOSTILE}
{TABLE}:::

:::{{before-after}}
:before: Old {HOSTILE}

First block.

Second block.
:::

{{status}}`works` {{status}}`absent`
"""


def lists_are_definition_lists(site: Built) -> None:
    article = site.article()
    assert article.select_one(".mlt-key-values > dl > dt").get_text(strip=True) == "Term"
    assert article.select_one(".mlt-key-values > dl > dd").get_text(strip=True) == "Value"
    assert article.select_one(".mlt-stats > dl > dt").get_text(strip=True) == "12"


def a_callout_has_an_icon_and_no_heading(site: Built) -> None:
    callout = site.article().select_one(".mlt-callout")
    title = callout.select_one("p.mlt-callout__title")
    assert title.get_text(strip=True).endswith(HOSTILE)
    assert title.strong.get_text() == "this"
    assert title.svg["aria-hidden"] == "true"
    assert not callout.find(["h1", "h2", "h3"])
    assert "Text of it." in callout.get_text()


def a_band_keeps_its_buttons_together(site: Built) -> None:
    band = site.article().select_one(".mlt-cta")
    assert band.select_one(".mlt-cta__words .mlt-cta__title").get_text() == f"Go on {HOSTILE}"
    assert "A sentence." in band.select_one(".mlt-cta__words").get_text()
    assert band.select_one(".mlt-cta__actions a.sd-btn")["href"] == "https://example.org"
    assert not band.select(".mlt-cta__words a")


def a_quotation_links_to_its_source(site: Built) -> None:
    quote = site.article().select_one(".mlt-quote > blockquote")
    assert "Words of others." in quote.get_text()
    link = quote.select_one(".attribution a")
    assert (link["href"], link.get_text()) == ("https://example.org/a", f"The source {HOSTILE}")


def a_comparison_has_row_headers_and_words_with_icons(site: Built) -> None:
    group = site.article().select_one(".mlt-comparison")
    assert (group["role"], group["aria-label"]) == ("group", f"Both {HOSTILE}")
    assert [each.get_text(strip=True) for each in group.select("tbody th")] == ["row", "two"]
    corner = group.select_one("thead th")
    assert corner.get_text(strip=True) == f"Both {HOSTILE}", "no header is empty"
    answers = {
        each.get_text(strip=True): each["class"][-1] for each in group.select("p.mlt-answer")
    }
    assert answers == {
        "Yes, it does": "mlt-answer--yes",
        "No": "mlt-answer--no",
        "In part": "mlt-answer--part",
    }
    assert all(each.svg["aria-hidden"] == "true" for each in group.select("p.mlt-answer"))
    assert "Nothing" in group.get_text()


def before_and_after_are_named_groups(site: Built) -> None:
    before, after = site.article().select(".mlt-before-after > .mlt-before-after__pane")
    assert before["aria-label"] == f"Old {HOSTILE}"
    assert before.select_one(".mlt-before-after__label").get_text() == f"Old {HOSTILE}"
    assert (after["role"], after["aria-label"]) == ("group", "After")
    assert "First block." in before.get_text()
    assert "Second block." in after.get_text()


def a_status_is_a_word_with_an_icon(site: Built) -> None:
    works, absent = site.article().select("p > span.mlt-status")
    assert works.get_text() == STATUS["works"]
    assert "mlt-status--works" in works["class"]
    assert works.svg["aria-hidden"] == "true"
    assert absent.get_text() == STATUS["absent"]


def a_hostile_string_is_text(site: Built) -> None:
    assert site.article().find("script") is None
    assert site.text().count("&lt;script&gt;") >= 6


CHECKS = (
    lists_are_definition_lists,
    a_callout_has_an_icon_and_no_heading,
    a_band_keeps_its_buttons_together,
    a_quotation_links_to_its_source,
    a_comparison_has_row_headers_and_words_with_icons,
    before_and_after_are_named_groups,
    a_status_is_a_word_with_an_icon,
    a_hostile_string_is_text,
)
"""All of one page: a build for each would take a minute."""


def test_each_block_is_what_it_says(build: Callable[..., Built]) -> None:
    site = build(ALL, EXTENSIONS, smartquotes=False)
    assert site.warnings == ""
    for check in CHECKS:
        check(site)


def test_other_builders_read_well(build: Callable[..., Built]) -> None:
    built = build(ALL, EXTENSIONS, builder="text")
    assert built.warnings == ""
    text = built.text("index.txt")
    for words in ("Term", "Value", "Text of it.", "A sentence.", "Words of others.", "Yes, it does",
                  "Second block.", "Works", "Not in this release"):  # fmt: skip
        assert words in text, words


WRONG = [
    (":::{key-values}\nText.\n:::", "content", "{key-values} takes one definition list"),
    (":::{stats}\nA\n: b\n\nText.\n:::", "content", "{stats} takes one definition list"),
    (":::{callout} Title\n:::", "content", "{callout} takes text"),
    (":::{callout} Title\n:icon: compas\n\nText.\n:::", "unknown", "near it: compass"),
    (":::{cta} Title\nText.\n:::", "content", "at least one button or link"),
    (":::{quote} Source\nWords.\n:::", "option", "needs :link: to its source"),
    (":::{quote} Source\n:link: http://a.example\n\nWords.\n:::", "option", "https"),
    (":::{comparison} Title\nText.\n:::", "content", "{comparison} takes one table"),
    (":::{comparison} T\n| a |\n| --- |\n| b |\n:::", "content", "at least two columns"),
    (":::{before-after}\nOne.\n:::", "content", "takes two blocks"),
    (":::{specimen} Title\n:::", "content", "{specimen} takes the Markdown"),
    ("{status}`soon`", "status", "there is no status 'soon'; there are works,"),
]
"""Markup, subtype and part of the message."""


def test_what_cannot_be_shown_is_a_warning_at_its_line(build: Callable[..., Built]) -> None:
    page, lines = "# Page\n\n", []
    for markup, _, _ in WRONG:
        lines.append(page.count("\n") + 1)
        page += f"{markup}\n\n"
    site = build(page, EXTENSIONS)
    warnings = site.warnings.splitlines()
    assert len(warnings) == len(WRONG)
    for line, (_, subtype, message) in zip(lines, WRONG, strict=True):
        (found,) = (each for each in warnings if f"index.md:{line}: WARNING: " in each)
        assert message in found
        assert f"[components.{subtype}]" in found
    assert not site.article().select("[class^=mlt-]")


SPECIMEN = """\
# Page

:::::{specimen} Note
::::{note}
Text <b>.
::::
:::::

```{toctree}
other
```
"""


def test_a_specimen_stands_in_both_themes_with_its_source(build: Callable[..., Built]) -> None:
    site = build({"index": SPECIMEN, "other": "# Other\n\nText.\n"}, EXTENSIONS)
    assert site.warnings == ""
    light, dark = site.article().select(".mlt-specimen > .mlt-specimen__pane")
    assert "mlt-theme-light" in light["class"]
    assert "mlt-theme-dark" in dark["class"]
    assert [each["aria-label"] for each in (light, dark)] == [
        "Note, light theme",
        "Note, dark theme",
    ]
    assert light.select_one(".admonition").get_text() == dark.select_one(".admonition").get_text()
    fold = site.article().select_one("details.mlt-specimen__source")
    assert fold.summary.get_text() == "Source: Note"
    assert fold.pre.get_text().strip() == "::::{note}\nText <b>.\n::::"
    assert site.soup("index").select('link[href*="css/design-system.css"]')
    assert not site.soup("other").select('link[href*="design-system"]')


def test_a_specimen_is_one_block_of_the_ledger(build: Callable[..., Built]) -> None:
    site = build(SPECIMEN.replace("toctree}\nother", "toctree}"), EXTENSIONS)
    specimen = next(iter(site.doctree().findall(specimen_block)))
    evidence = evidence_of(specimen)
    assert evidence is not None
    assert (evidence.state, evidence.language) == ("checked", "markdown")


def test_a_specimen_can_stand_once(build: Callable[..., Built]) -> None:
    site = build("# Page\n\n:::{specimen} Words\n:once:\n\nText.\n:::\n", EXTENSIONS)
    assert site.warnings == ""
    (pane,) = site.article().select(".mlt-specimen__pane")
    assert not pane.select(".mlt-specimen__theme")
