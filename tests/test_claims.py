"""Claims: words bound to what backs them, and a check that finds the ones that are not."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError
from sphinx.util.console import strip_colors

from _ext._shared.report import InputError
from _ext.claims import prose
from _ext.claims.model import Claim, load, numbers

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Built

DATA = Path(__file__).parents[1] / "source" / "_data"
EXTENSIONS = ["sphinx_copybutton", "_ext.claims"]
HOSTILE = '<script>"&'
CLAIMS = """\
commands:
  says: It has 13 commands.
  value: 13
  check: tests/claims/test_x.py::test_commands
models:
  says: It has 2,024 models.
  value: 2024
  format: ","
  check: tests/claims/test_x.py::test_models
no-login:
  says: Nobody is asked <script>"& who they are.
  check: tests/claims/test_x.py::test_no_login
size:
  says: It takes 900 MB.
  value: 900
  unit: MB
  measured:
    date: 2026-11-23
    machine: a machine
    command: du -sm .venv
"""
USES = (
    "It has {claim}`commands` and {claim}`thirteen <commands>` commands, {claim}`models` models,\n"
    "{claim}`no login <no-login>`, {claim}`size`.\n"
)
LIST = "```{claims}\n```\n"
INDEX = f"# Index\n\n{USES}\n```{{toctree}}\ntrust\nother\n```\n"
MEASURED = "---\norphan: true\n---\n# Other\n\n:::{measured} size\nIt took 5 minutes.\n:::\n"
TRUST = f"# Trust\n\n{LIST}"


@pytest.fixture
def site(build: Callable[..., Built]) -> Callable[..., Built]:
    """Return ``site(text, claims=…, prose=…, builder=…)``: a page among two others."""

    def make(
        text: str | dict[str, str], claims: str = CLAIMS, rules: str = "", builder: str = "html"
    ) -> Built:
        pages = text if isinstance(text, dict) else {"index": f"# Index\n\n{text}\n\n{LIST}"}
        rules = rules or (DATA / "prose.yaml").read_text(encoding="utf-8")
        files = {"_data/claims.yaml": claims, "_data/prose.yaml": rules}
        return build(pages, EXTENSIONS, builder=builder, files=files)

    return make


def warned(built: Built, subtype: str) -> list[str]:
    """Return the warnings of one type, from the file's name on."""
    lines = [line for line in built.warnings.splitlines() if f"[claims.{subtype}]" in line]
    return [
        strip_colors(line[line.find(line.split(":")[0].rsplit("/", 1)[-1]) :]) for line in lines
    ]


# -- Roles and table --------------------------------------------------------------------------


def test_renders(site: Callable[..., Built]) -> None:
    built = site({"index": INDEX, "trust": TRUST, "other": "# Other\n"})
    assert built.warnings == ""
    links = built.article().select("a.mlt-claim")
    assert [link.get_text() for link in links] == [
        "13", "thirteen", "2,024", "no login", "900\N{NO-BREAK SPACE}MB",
    ]  # fmt: skip
    assert links[0]["href"] == "trust.html#claim-commands"
    assert links[0]["aria-label"] == "13, checked by a test"
    assert links[4]["aria-label"] == "900\N{NO-BREAK SPACE}MB, measured on 23 November 2026"
    text = built.article().get_text()
    assert "It has 13 and thirteen commands, 2,024 models,\nno login, 900" in text


def test_the_table_lists_all(site: Callable[..., Built]) -> None:
    built = site({"index": INDEX, "trust": TRUST, "other": "# Other\n"})
    table = built.article("trust").select_one("table.mlt-claims")
    rows = {row["id"]: row for row in table.select("tbody tr")}
    assert list(rows) == ["claim-commands", "claim-models", "claim-no-login", "claim-size"]
    cells = [cell.get_text().strip() for cell in rows["claim-models"].select("td")]
    assert cells == [
        "It has 2,024 models.", "2,024", "tests/claims/test_x.py::test_models", "Index",
    ]  # fmt: skip
    assert rows["claim-models"].a["href"] == "index.html"
    measured = "Measured on 23 November 2026: a machine. du -sm .venv"
    assert measured in rows["claim-size"].get_text()


def test_a_second_table_is_refused(site: Callable[..., Built]) -> None:
    pages = {"index": INDEX, "other": f"# Other\n\n{LIST}", "trust": TRUST}
    (warning,) = warned(site(pages), "listed")
    assert warning.startswith("trust.md: WARNING: 'other' already lists the claims")


BAD = {
    "{claim}`comands`": ("unknown", "near it: commands"),
    "{claim}`twelve <commands>`": ("value", "'twelve' does not contain '13'"),
    "{claim}`2,025 <models>`": ("value", "does not contain '2,024'"),
    "{claim}`no-login`": ("text", "write `words <no-login>`"),
    "{words}`best`": ("words", "say why these words need no proof"),
    ":::{measured} commands\nx\n:::": ("measured", "use the role claim"),
    ":::{measured} nothing\nx\n:::": ("unknown", "there is no claim 'nothing' in claims.yaml"),
}


@pytest.mark.parametrize("text", BAD)
def test_bad_input_warns_with_its_line(text: str, site: Callable[..., Built]) -> None:
    subtype, message = BAD[text]
    (warning,) = warned(site(f"{USES}\n{text}"), subtype)
    assert warning.startswith("index.md:6: WARNING: ")
    assert message in warning


BAD_DATA = {
    "  value: 13\n": ("  valeu: 13\n", 3, "Extra inputs"),
    "  format: \",\"\n": ("  format: q\n", 5, "format 'q'"),
    "tests/claims/test_x.py::test_models": ("tests/test_x.py::test_models", 9, "String should"),
    "    machine: a machine\n": ("", 17, "Field required"),
    "no-login:": ("No_Login:", 10, "String should match"),
    "  says: It has 2,024 models.\n": ("", 5, "Field required"),
}  # fmt: skip


@pytest.mark.parametrize("old", BAD_DATA)
def test_bad_data_warns_once_with_its_line(old: str, site: Callable[..., Built]) -> None:
    new, line, message = BAD_DATA[old]
    built = site(USES, CLAIMS.replace(old, new))
    (warning,) = warned(built, "data")
    assert warning.startswith(f"claims.yaml:{line}: WARNING: ")
    assert message in warning
    assert "It has commands and thirteen commands" in built.article().get_text()


def test_a_claim_has_one_backing() -> None:
    with pytest.raises(ValidationError, match="one of check and measured"):
        Claim(says="x")
    with pytest.raises(ValidationError, match="need a value"):
        Claim(says="x", unit="MB", check="tests/claims/test_x.py::test_y")


def test_missing_files_warn(build: Callable[..., Built]) -> None:
    built = build("# Index\n\n{claim}`commands`\n", EXTENSIONS)
    assert [w.split("WARNING: ")[1].split(" in ")[0] for w in warned(built, "file")] == [
        "there is no file 'claims.yaml'",
        "there is no file 'prose.yaml'",
    ]


def test_unused_claims_warn_at_the_data(site: Callable[..., Built]) -> None:
    built = site(USES.replace("{claim}`size`", "a size"))
    assert warned(built, "unused") == [
        "claims.yaml:13: WARNING: no page uses the claim 'size': use it, or remove it and its "
        "test [claims.unused]"
    ]


def test_hostile_text_is_escaped(site: Callable[..., Built]) -> None:
    built = site(f"{USES}\n{{claim}}`a {HOSTILE} b <no-login>`")
    link = built.article().select("a.mlt-claim")[-1]
    words = f"a {HOSTILE} b".replace('"', "\N{RIGHT DOUBLE QUOTATION MARK}")  # smart quotes
    assert link.get_text() == words
    assert link["aria-label"] == f"{words}, checked by a test"
    assert link["title"] == f"Nobody is asked {HOSTILE} who they are."
    assert "<script>&quot;" not in built.text()
    assert '<script>"&' not in built.text()


def test_text_build(site: Callable[..., Built]) -> None:
    built = site(USES, builder="text")
    assert built.warnings == ""
    assert "It has 13 and thirteen commands, 2,024 models" in built.text("index.txt")
    assert "It has 2,024 models." in built.text("index.txt")


def test_assets_only_where_needed(site: Callable[..., Built]) -> None:
    built = site({"index": INDEX, "trust": TRUST, "other": "# Other\n\nText.\n"})
    assert "css/claims.css" in built.text("index.html")
    assert "css/claims.css" in built.text("trust.html")
    assert "css/claims.css" not in built.text("other.html")
    built = site({"index": f"# Index\n\n{USES}\n{LIST}", "other": MEASURED})
    assert "css/claims.css" in built.text("other.html")


def test_a_claim_in_a_title_is_text_there_and_in_the_sidebar(site: Callable[..., Built]) -> None:
    other = "# The {claim}`thirteen <commands>` commands\n"
    built = site({"index": INDEX, "trust": TRUST, "other": other})
    assert built.warnings == ""
    assert built.article("other").h1.find("a", class_="mlt-claim") is None
    sidebar = built.soup("index").select_one(".sidebar-tree")
    assert "The thirteen commands" in sidebar.get_text()
    assert sidebar.select(".mlt-claim") == []


def test_no_link_inside_a_link_or_without_a_table(site: Callable[..., Built]) -> None:
    text = f"{USES}\n[all {{claim}}`commands` of them](https://example.com)"
    span = site(text).article().select_one("a.external .mlt-claim")
    assert (span.name, span.get_text()) == ("span", "13")
    built = site({"index": f"# Index\n\n{USES}"})
    assert {tag.name for tag in built.article().select(".mlt-claim")} == {"span"}


@pytest.mark.parametrize(
    ("value", "words", "agrees"),
    [
        (13, "thirteen commands", True), (13, "the 13", True), (13, "113", False),
        (13, "Thirteen", True), (2024, "2024 models", True), (3.5, "3.5", True),
        (35, "3.5", False), (10, "3.10", False), ("2026-01-20", "20 January 2026", True),
        ("2026-01-20", "21 January 2026", False), ("0.1.0", "version 0.1.0", True),
        (21, "twenty-one", True), (20, "twenty-one", False),
    ],
)  # fmt: skip
def test_words_contain_the_value(value: Any, words: str, agrees: bool) -> None:
    claim = Claim(says="x", value=value, check="tests/claims/test_x.py::test_y")
    assert claim.agrees(words) is agrees


def test_numbers() -> None:
    assert numbers("Thirteen of 2,024, v1.2.3 and one-way: 3.5 and 7.") == [13, 2024, 3.5, 7]


# -- Prose ------------------------------------------------------------------------------------

RULES = prose.load(DATA / "prose.yaml")

UNBOUND = {
    "the best tool": ["best"],
    "The Fastest way": ["Fastest"],
    "it just\nworks": ["just works"],
    "a seamless, state-of-the-art tool": ["seamless", "state-of-the-art"],
    "in 5 minutes": ["5 minutes"],
    "ten minutes": ["ten minutes"],
    "takes about five seconds": ["five seconds"],
    "takes 3 s": ["3 s"],
    "a ten-minute read, 5-minute": ["ten-minute", "5-minute"],
    "within a minute, less than an hour": ["within a minute", "less than an hour"],
    "half an hour, a few seconds": ["half an hour", "a few seconds"],
    "0.12 s and 250 ms": ["0.12 s", "250 ms"],
    "2,024 models": ["2,024 models"],
    "13 commands": ["13 commands"],
    "thirteen useful commands": ["thirteen useful commands"],
    "about 6 GB, 900MB, 40% more": ["6 GB", "900MB", "40%"],
    "six gigabytes": ["six gigabytes"],
    "3 times faster": ["times faster"],
    "1,234,567 stars": ["1,234,567 stars"],
}
HARMLESS = [
    "two commands that do the same",
    "four small models and three packages",
    "only the newest run; only you",
    "the second call, a second call, in seconds",
    "version 3.10, Python 3.11, MLflow 3.17.2, release 0.2.0",
    "at noon of 1 January 2026, in 2024",
    "answers 404 or 500, port 8000 on 127.0.0.1",
    "the best-effort mode",
    "between 0.25 and 4, from 110 to 160 characters",
    "how much faster than the cast, frames in a second",
    "the 1990s, the first minute, every hour",
    "thirty measurements of their cells",
]


@pytest.mark.parametrize("text", UNBOUND)
def test_words_without_proof_are_found(text: str) -> None:
    assert [found.words for found in RULES.search(text)] == UNBOUND[text]


@pytest.mark.parametrize("text", HARMLESS)
def test_harmless_words_pass(text: str) -> None:
    assert [found.words for found in RULES.search(text)] == []


def test_the_warning_has_line_words_reason_and_remedy(site: Callable[..., Built]) -> None:
    built = site(f"{USES}\nSome text that\nis the\nbest, in *five\nseconds* flat.")
    first, second = warned(built, "unbound")
    assert first.startswith("index.md:8: WARNING: 'best': a superlative compares with")
    assert "bind it with {claim}`…`" in first
    assert "{words}`… <reason>`" in first
    assert second.startswith("index.md:8: WARNING: 'five seconds': it is a duration")


PLACES = {
    "- a list\n- the best": 7,
    "Term\n: the best": 7,
    "## The best": 6,
    "| a | b |\n|---|---|\n| c | d |\n| e | the best |": 9,
    ":::{note}\nthe best\n:::": 7,
    "> the best": 6,
}


def test_the_line_is_right_everywhere(site: Callable[..., Built]) -> None:
    pages = {f"p{n}": f"---\norphan: true\n---\n# P\n\n{text}\n" for n, text in enumerate(PLACES)}
    built = site({"index": INDEX.replace("trust\nother", "trust"), "trust": TRUST, **pages})
    found = [warning.split(": ")[0] for warning in warned(built, "unbound")]
    assert sorted(found) == [f"p{n}.md:{line}" for n, line in enumerate(PLACES.values())]


BOUND = [
    "`best` and `in 5 minutes`",
    "```text\nthe best, in 5 minutes\n```",
    "the {words}`best of four runs <computed by the cell above>`",
    "{claim}`thirteen <commands>` commands",
    "It takes {claim}`900 MB <size>`.",
    "% the best\n",
    ":::{measured} size\n| a |\n|---|\n| 900 MB in 5 minutes |\n:::",
    "```{eval-rst}\n.. autofunction:: test_claims.documented\n```",
]


def test_what_is_bound_passes(build: Callable[..., Built]) -> None:
    rules = (DATA / "prose.yaml").read_text(encoding="utf-8")
    pages = {f"p{n}": f"---\norphan: true\n---\n# P\n\n{text}\n" for n, text in enumerate(BOUND)}
    built = build(
        {"index": f"# Index\n\n{USES}\n{LIST}", **pages}, [*EXTENSIONS, "sphinx.ext.autodoc"],
        files={"_data/claims.yaml": CLAIMS, "_data/prose.yaml": rules},
    )  # fmt: skip
    assert built.warnings == ""


def documented() -> None:
    """Be the best, in 5 minutes."""


def test_measured_says_when_and_how(site: Callable[..., Built]) -> None:
    built = site(f"{USES}\n:::{{measured}} size\nIt took 5 minutes.\n:::")
    box = built.article().select_one("div.mlt-measured")
    assert [p.get_text() for p in box.select("p")] == [
        "It took 5 minutes.",
        "Measured on 23 November 2026: a machine. To repeat it, run du -sm .venv.",
    ]


def test_accepted_words_are_plain_text(site: Callable[..., Built]) -> None:
    built = site(f"{USES}\n## The {{words}}`best <computed>` run\n\nThe {{words}}`best <why>`.")
    assert built.warnings == ""
    assert built.article().h2.get_text().startswith("The best run")
    assert "The best.</p>" in built.text()


def test_a_page_accepts_words_in_its_front_matter(site: Callable[..., Built]) -> None:
    page = "---\nprose:\n  best: computed here\n---\n# Index\n\nThe best, the\nbest.\n\n" + USES
    assert site({"index": f"{page}\n{LIST}"}).warnings == ""
    stale = page.replace("best,", "one,").replace("best.", "one.")
    (warning,) = warned(site({"index": f"{stale}\n{LIST}"}), "words")
    assert warning.startswith("index.md:1: WARNING: prose: 'best' is not on this page")
    (wrong,) = warned(site({"index": page.replace("computed here", "") + LIST}), "words")
    assert "has to map words to reasons" in wrong


def test_a_page_accepts_a_kind_of_words(site: Callable[..., Built]) -> None:
    page = "---\nprose:\n  sizes: limits of a tool\n---\n# Index\n\nAt most 60 kB, 1 MB.\n\n"
    built = site({"index": f"{page}In 5 minutes.\n\n{USES}\n{LIST}"})
    (warning,) = warned(built, "unbound")
    assert "'5 minutes'" in warning
    assert warned(built, "words") == []


def test_the_description_is_checked(site: Callable[..., Built]) -> None:
    front = "---\nmyst:\n  html_meta:\n    description: >-\n      A page,\n      the best.\n---\n"
    (warning,) = warned(site({"index": f"{front}# Index\n\n{USES}\n{LIST}"}), "unbound")
    assert warning.startswith("index.md:6: WARNING: 'best'")


def test_wrong_rules_warn_at_their_line(site: Callable[..., Built]) -> None:
    rules = (DATA / "prose.yaml").read_text(encoding="utf-8").replace("  least:", "  most:")
    (warning,) = warned(site(USES, rules=rules), "data")
    assert warning.startswith("prose.yaml:")
    with pytest.raises(InputError, match="no file"):
        prose.load(DATA / "nothing.yaml")


def test_the_site_s_own_data_is_right() -> None:
    assert len(load(DATA / "claims.yaml").value) > 10
