"""``_ext/coverage/``: pages and package say the same, in both directions."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from docutils import nodes

from _ext._shared.evidence import Evidence, attach
from _ext.coverage import figures
from _ext.coverage.collect import _ran
from _ext.coverage.mentions import Mention, mentions, mentions_in_code, problem
from _ext.coverage.model import KINDS, Inventory, InventoryError, Omission, compare, glob
from tools.inventory.__main__ import text_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Built

ROOT = Path(__file__).parents[1]
DATA = ROOT / "source" / "_data"
EXTENSIONS = ["_ext.coverage"]
HOSTILE = '<script>alert("1")</script> & "quotes"'

KNOWN: dict[str, dict[str, Any]] = {
    "package": {"mltrack-py": {"version": "0.2.0"}},
    "module": {"mltrack": {}, "mltrack.core": {}},
    "python": {
        "mltrack.core.track": {
            "kind": "function",
            "parameters": ["func", "name"],
            "also": ["mltrack.track"],
        },
        "mltrack.core.Config": {
            "kind": "class",
            "parameters": ["uri"],
            "also": ["mltrack.Config"],
        },
        "mltrack.core.Config.uri": {"kind": "attribute"},
    },
    "command": {"mltrack run": {}},
    "option": {
        "mltrack --version": {"flag": True},
        "mltrack run --name": {"flag": False},
        "mltrack run --quiet": {"flag": True},
    },
    "argument": {"mltrack run COMMAND": {}},
    "setting": {"tracking_uri": {"type": "str", "default": "x"}},
    "variable": {"MLTRACK_API_KEY": {"read": ["mltrack.core"], "set": []}},
    "message": {
        "No runs found": {"as": ["ValueError"], "in": ["mltrack.core"]},
        "Bucket '{}' is gone": {"as": ["terminal"], "in": ["mltrack.ui"]},
    },
    "tag": {"mltrack.has_lineage": {}},
    "service": {"llm": {"kind": "project"}},
    "endpoint": {"llm POST /api/chat": {}},
    "schema": {"llm Chat": {}},
}
SPEC = {
    "openapi": "3.1.0",
    "info": {"title": "LLM", "version": "1"},
    "paths": {
        "/api/chat": {
            "post": {
                "operationId": "chat",
                "responses": {
                    "200": {
                        "description": "Answer",
                        "content": {
                            "application/json": {"schema": {"$ref": "#/components/schemas/Chat"}}
                        },
                    }
                },
            }
        }
    },
    "components": {
        "schemas": {"Chat": {"type": "object", "properties": {"text": {"type": "string"}}}}
    },
}
PARTS = {
    "python": "```{py:function} mltrack.track(func=None, *, name)\n```\n"
    "```{py:class} mltrack.core.Config(uri)\n```\n",
    "option": "```{program} mltrack\n```\n```{option} --version\n```\n"
    "```{program} mltrack run\n```\n```{option} --name NAME\n```\n```{option} --quiet\n```\n",
    "argument": "```{program} mltrack run\n```\n```{option} COMMAND\n```\n",
    "setting": "```{confval} tracking_uri\n```\n",
    "variable": "```{envvar} MLTRACK_API_KEY\n```\n",
    "message": "```{errors} all\n```\n",
    "endpoint": "```{openapi} /_data/llm.json\n```\n",
}
ERRORS = """all:
- message: No runs found
  when: There is no run.
  remedy: Track a run with `@track`.
- message: "Bucket '{}' is gone"
  when: The bucket is no more.
  remedy: Take another bucket.
"""


def site(
    build: Callable[..., Built],
    without: str = "",
    more: str = "",
    omissions: str = "",
    errors: str = ERRORS,
    builder: str = "dummy",
    known: dict[str, Any] = KNOWN,
) -> Built:
    """A site that documents everything, except the part ``without``, and says ``more``."""
    parts = "\n".join(text for kind, text in PARTS.items() if kind != without)
    command = "elsewhere" if without == "command" else "mltrack run"
    pages = {
        "index": f"# Site\n\n```{{toctree}}\nrun\n```\n\n{more}",
        "run": f"# {command}\n\n{parts}",
    }
    files = {
        "_data/inventory.json": text_of(known),
        "_data/errors.yaml": errors,
        "_data/llm.json": json.dumps(SPEC),
    }
    if omissions:
        files["_data/omissions.yaml"] = omissions
    return build(pages, [*EXTENSIONS, "sphinx_design", "_ext.openapi"], builder, files)


def of_coverage(built: Built) -> list[str]:
    """The warnings of this feature, without colours, places relative to the site."""
    plain = re.sub(r"\x1b\[[\d;]*m", "", built.warnings).replace(f"{built.app.srcdir}/", "")
    return [line for line in plain.splitlines() if "[coverage." in line]


@pytest.fixture(scope="module")
def inventory(tmp_path_factory: pytest.TempPathFactory) -> Inventory:
    path = tmp_path_factory.mktemp("inventory") / "inventory.json"
    path.write_text(text_of(KNOWN))
    return Inventory.load(path)


# -- Both directions --------------------------------------------------------------------------


def test_a_site_that_documents_everything_is_quiet(build: Callable[..., Built]) -> None:
    assert of_coverage(site(build)) == []


@pytest.mark.parametrize(
    ("without", "name", "remedy"),
    [
        ("python", "mltrack.core.track", "with autodoc below reference/python"),
        ("command", "mltrack run", "on a page that is titled like it"),
        ("option", "mltrack run --name", "with 'click' on its command's page"),
        ("argument", "mltrack run COMMAND", "with 'click'"),
        ("setting", "tracking_uri", "with 'confval'"),
        ("variable", "MLTRACK_API_KEY", "with 'envvar'"),
        ("message", "No runs found", "in source/_data/errors.yaml"),
        ("endpoint", "llm POST /api/chat", "with 'openapi'"),
        ("endpoint", "llm Chat", "with 'openapi'"),
    ],
)
def test_what_no_page_documents_fails(
    build: Callable[..., Built], without: str, name: str, remedy: str
) -> None:
    found = [line for line in of_coverage(site(build, without)) if f"'{name}'" in line]
    assert len(found) == 1
    assert found[0].endswith("in source/_data/omissions.yaml [coverage.undocumented]")
    assert remedy in found[0]
    number = int(found[0].removeprefix("_data/inventory.json:").partition(":")[0])
    line = text_of(KNOWN).splitlines()[number - 1]
    assert line.startswith(f'    "{name}": ')


def test_a_parameter_that_the_signature_lacks_fails(build: Callable[..., Built]) -> None:
    more = "```{py:function} mltrack.core.track(func)\n```\n```{py:class} mltrack.Config\n```\n"
    found = of_coverage(site(build, "python", more))
    assert [re.search(r"'(mltrack\S+)'", line)[1] for line in found] == [  # type: ignore[index]
        "mltrack.core.Config.uri",
        "mltrack.core.track(name)",
    ]


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("```{py:function} mltrack.trak()\n```", "index.md:7", "Python name 'mltrack.trak'"),
        (
            "```{py:function} mltrack.core.track(func, names)\n```",
            "index.md:7",
            "parameter 'mltrack.core.track(names)'",
        ),
        (
            "```{program} mltrack run\n```\n```{option} --nam\n```",
            "index.md:9",
            "option 'mltrack run --nam'",
        ),
        ("```{confval} tracking_url\n```", "index.md:7", "configuration key 'tracking_url'"),
        ("```{envvar} MLTRACK_KEY\n```", "index.md:7", "environment variable 'MLTRACK_KEY'"),
    ],
)
def test_what_the_package_lacks_fails(
    build: Callable[..., Built], text: str, place: str, said: str
) -> None:
    without = "python" if "core.track" in text else ""
    found = [line for line in of_coverage(site(build, without, text)) if "unknown" in line]
    assert len(found) == 1
    assert found[0].startswith(f"{place}: WARNING: the package has no {said}. Did you mean ")
    assert found[0].endswith("Mend the name or take it out [coverage.unknown]")


def test_a_page_titled_like_a_command_that_does_not_exist_fails(
    build: Callable[..., Built],
) -> None:
    built = build(
        {"index": "# Site\n\n```{toctree}\ntrain\n```\n", "train": "# mltrack train\n"},
        EXTENSIONS,
        "dummy",
        {"_data/inventory.json": text_of(KNOWN)},
    )
    place = "train.md:1: WARNING: the package has no command 'mltrack train'."
    assert any(line.startswith(place) for line in of_coverage(built))


def test_an_error_message_that_the_package_lacks_names_the_line(
    build: Callable[..., Built],
) -> None:
    errors = ERRORS + "- message: No models\n  when: There is none.\n  remedy: Make one yourself.\n"
    place = "_data/errors.yaml:8: WARNING: the package has no error message 'No models'."
    assert [line for line in of_coverage(site(build, errors=errors)) if line.startswith(place)]
    others = errors.replace("No models\n", "No models\n  origin: MLflow\n")
    assert of_coverage(site(build, errors=others)) == []


def test_pages_of_other_services_are_not_compared(build: Callable[..., Built]) -> None:
    more = "```{openapi} /_data/llm.json\n:name: shop\n```"
    assert of_coverage(site(build, more=more)) == []


# -- Omissions --------------------------------------------------------------------------------


def test_an_omission_takes_the_place_of_a_page(build: Callable[..., Built]) -> None:
    entry = "- kind: {}\n  name: '{}'\n  reason: It cannot be run here.\n"
    assert of_coverage(site(build, "python", omissions=entry.format("python", "mltrack.*"))) == []
    option = entry.format("option", "mltrack*")
    assert of_coverage(site(build, "option", omissions=option)) == []


def test_an_omission_by_module_leaves_out_its_messages_only(build: Callable[..., Built]) -> None:
    omissions = "- kind: message\n  module: mltrack.ui\n  reason: It cannot be run here.\n"
    found = of_coverage(site(build, "message", omissions=omissions))
    assert len(found) == 1
    assert "'No runs found'" in found[0]


@pytest.mark.parametrize("name", ["--nothing", "mltrack run --name"])
def test_an_omission_that_leaves_out_nothing_fails(build: Callable[..., Built], name: str) -> None:
    omissions = f"# why\n- kind: option\n  name: {name}\n  reason: It cannot be run here.\n"
    assert of_coverage(site(build, omissions=omissions)) == [
        f"_data/omissions.yaml:2: WARNING: the omission of {name!r} leaves out nothing "
        "(any more): mend or remove it [coverage.omission]"
    ]


def test_an_omission_without_a_reason_names_file_and_line(build: Callable[..., Built]) -> None:
    found = of_coverage(site(build, omissions="- kind: option\n  name: x\n  reason: ''\n"))
    assert found[0].startswith("_data/omissions.yaml:3: WARNING: 0.reason: ")


def test_only_the_asterisk_is_wild() -> None:
    assert glob("a.*", "a.b.c")
    assert not glob("a.b", "a-b")
    assert glob("[red] {}?", "[red] {}?")
    assert Omission(kind="message", module="a.*", reason="0123456789").matches("message", "x", [
        "a.b"])  # fmt: skip
    assert not Omission(kind="message", module="a.*", reason="0123456789").matches(
        "message", "x", ["a.b", "c"]
    )


# -- Mentions ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("mltrack train", "no command 'mltrack train'"),
        ("ml train", "no command 'mltrack train'"),
        ("mltrack run --nme x", "no option 'mltrack run --nme'. Did you mean 'mltrack run --name'"),
        ("$ cd x && A=1 ml run --stage x", "no option 'mltrack run --stage'"),
        ("mltrack run --name --stage", None),  # the name's value
        ("mltrack run --name=x --stage", "no option 'mltrack run --stage'"),
        ("mltrack run --quiet --stage", "no option 'mltrack run --stage'"),
        ("mltrack run -- python a.py --epochs 5", None),
        ("mltrack run --help", None),
        ("mltrack --loud", "no option 'mltrack --loud'"),
        ("mltrack --version", None),
        ("mltrack 0.2.0", None),
        ("mltrack <command>", None),
        ("mltrack run 'unfinished", None),
        ("mltrack.costs", "no Python name 'mltrack.costs'"),
        ("mltrack.trac()", "no Python name 'mltrack.trac'. Did you mean 'mltrack.track'"),
        ("mltrack.track(name=)", None),
        ("mltrack.track(project)", "no parameter 'project'; it has func, name"),
        ("mltrack.Config.uri", None),
        ("mltrack.core", None),
        ("mltrack.has_lineage", None),
        ("@mltrack.track", None),
        ("MLTRACK_TOKEN=1", "no environment variable 'MLTRACK_TOKEN'"),
        ("MLTRACK_API_KEY", None),
        ("POST /api/chat", None),
        ("GET /api/chat", "no generated service has the endpoint 'GET /api/chat'"),
        ("GET it", None),
    ],
)
def test_mentions_in_inline_code(inventory: Inventory, text: str, said: str | None) -> None:
    found = [problem(inventory, mention) for mention in mentions(text)]
    problems = [each for each in found if each]
    assert (said in problems[0]) if said else not problems


def test_a_name_that_is_checked_is_found(inventory: Inventory) -> None:
    """Otherwise the cases above that expect nothing would prove nothing."""
    for text in ("mltrack run --name x", "mltrack.core", "MLTRACK_API_KEY", "POST /api/chat"):
        assert list(mentions(text))
    assert list(mentions_in_code("x = mltrack.track(f)  # MLTRACK_A", "python")) == [
        Mention("variable", "MLTRACK_A"),
        Mention("python", "mltrack.track"),
    ]
    assert list(mentions_in_code("see https://mltrack.example.org/x", "python")) == []
    assert list(mentions_in_code("mltrack.track", "text")) == []


@pytest.mark.parametrize(
    ("more", "line"),
    [
        ("Train with `mltrack train x.py`.", 7),
        ("```console\n$ ls\n$ mltrack train x.py\n```", 9),
        ("Words\n\n```text\nml train x.py\n```", 10),
    ],
)
def test_a_mention_of_a_command_that_does_not_exist_fails(
    build: Callable[..., Built], more: str, line: int
) -> None:
    assert of_coverage(site(build, more=more)) == [
        f"index.md:{line}: WARNING: the package has no command 'mltrack train'. Did you mean "
        "'mltrack run'? Mend the name, or write {absent}`...` if you say that it does not exist "
        "[coverage.unknown]"
    ]


def test_prose_is_not_code(build: Callable[..., Built]) -> None:
    assert of_coverage(site(build, more="Plain mltrack train is prose.")) == []


def test_keys_of_a_configuration_file_are_compared(build: Callable[..., Built]) -> None:
    fence = "```{{code-block}} yaml\n:caption: {}\n\ntracking_uri: a\ntracking_url: b\n```"
    found = of_coverage(site(build, more=fence.format(".mltrack.yml")))
    assert len(found) == 1
    assert "no configuration key 'tracking_url'. Did you mean 'tracking_uri'?" in found[0]
    assert of_coverage(site(build, more=fence.format("other.yml"))) == []


def test_a_real_run_may_show_a_wrong_command() -> None:
    block = nodes.literal_block("", "$ mltrack train")
    outer = nodes.container("", block)
    assert not _ran(block)
    attach(outer, Evidence("not run", "", reason="needs an account"))
    assert not _ran(block)
    attach(outer, Evidence("recorded", "x.cast"))
    assert _ran(block)


def test_what_is_absent_is_said_so(build: Callable[..., Built]) -> None:
    built = site(
        build,
        more="There is no {absent}`mltrack train`, no {absent}`mltrack.costs`.",
        builder="html",
    )
    assert of_coverage(built) == []
    assert [code.text for code in built.article().select("code.mlt-absent")] == [
        "mltrack train",
        "mltrack.costs",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("mltrack run", "'mltrack run' does exist: write it as ordinary code"),
        ("mltrack run --name", "does exist"),
        ("mltrack.track(name)", "does exist"),
        ("MLTRACK_API_KEY", "does exist"),
        ("something", "'something' names nothing that can be checked"),
    ],
)
def test_what_is_called_absent_and_exists_fails(
    build: Callable[..., Built], text: str, said: str
) -> None:
    (found,) = of_coverage(site(build, more=f"There is no {{absent}}`{text}`."))
    assert found.startswith("index.md:7: WARNING: ")
    assert said in found
    assert found.endswith("[coverage.absent]")


# -- Tables, messages, figures ----------------------------------------------------------------

TABLES = "```{coverage}\n```\n\n```{omissions}\n```\n"
OMITTED = f"- kind: setting\n  name: '*'\n  reason: '{HOSTILE}'\n"


def test_the_tables_count(build: Callable[..., Built]) -> None:
    built = site(build, "setting", TABLES, OMITTED, builder="html")
    assert of_coverage(built) == []
    coverage, omissions = built.article().select("table")
    rows = {
        row.td.text: [cell.text for cell in row.select("td")[1:]]
        for row in coverage.select("tbody tr")
    }
    assert rows["Options"] == ["3", "3", "0"]
    assert rows["Configuration keys"] == ["1", "0", "1"]
    assert rows["Parameters"] == ["2", "2", "0"]
    assert len(rows) == len(KINDS)
    assert HOSTILE in omissions.text
    assert "<script>alert" not in built.text()
    counted = figures(built.app.env)
    assert counted.version == "0.2.0"
    assert [(left.omission.name, left.items) for left in counted.omissions] == [("*", 1)]


def test_the_text_build_has_the_tables(build: Callable[..., Built]) -> None:
    built = site(build, "setting", TABLES + "{absent}`ml train`", OMITTED, builder="text")
    text = built.text("index.txt")
    assert "Configuration keys" in text
    assert "ml train" in text
    assert "Bucket '…' is gone" in built.text("run.txt")


def test_messages_say_when_and_what_to_do(build: Callable[..., Built]) -> None:
    errors = f"all:\n- message: '{HOSTILE}'\n  origin: a test\n  when: Never, ever.\n" + (
        "  remedy: Do not worry.\n"
    ) + ERRORS.removeprefix("all:\n")  # fmt: skip
    built = site(build, errors=errors, builder="html")
    assert of_coverage(built) == []
    terms = built.article("run").select("dl.mlt-errors > dt")
    assert [term.code.text for term in terms] == [HOSTILE, "No runs found", "Bucket '…' is gone"]
    assert terms[1]["id"] == "error-no-runs-found"
    body = terms[1].find_next_sibling("dd")
    assert [part.text for part in body.select("p")] == [
        "(ValueError)",
        "There is no run.",
        "Track a run with @track.",
    ]
    assert body.select_one("code").text == "@track"
    assert "<script>alert" not in built.text("run.html")


def test_an_area_that_does_not_exist_names_the_others(build: Callable[..., Built]) -> None:
    found = of_coverage(site(build, more="```{errors} every\n```"))
    assert found == [
        "index.md:7: WARNING: errors.yaml has no area 'every'; it has all [coverage.option]"
    ]


def test_a_message_can_be_linked(build: Callable[..., Built]) -> None:
    built = site(build, more="{ref}`it says <error-no-runs-found>`", builder="html")
    assert built.article().select_one("a[href='run.html#error-no-runs-found']")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"python": {}}'])
def test_what_is_no_inventory_says_how_to_make_one(
    build: Callable[..., Built], tmp_path: Path, text: str
) -> None:
    path = tmp_path / "inventory.json"
    path.write_text(text)
    with pytest.raises(InventoryError):
        Inventory.load(path)
    files = {"_data/inventory.json": text}
    built = build("# Site\n\n```{coverage}\n```", EXTENSIONS, "dummy", files)
    (found,) = of_coverage(built)
    assert found.startswith("_data/inventory.json:1: WARNING: not an inventory: ")
    assert found.endswith("Write it with: python -m tools.inventory [coverage.file]")


def test_an_alias_documents_the_definition(inventory: Inventory) -> None:
    assert inventory.canonical("mltrack.track") == "mltrack.core.track"
    assert inventory.canonical("mltrack.Config.uri") == "mltrack.core.Config.uri"
    assert inventory.canonical("mltrack.other") == "mltrack.other"


def test_an_omitted_function_takes_its_parameters_along(inventory: Inventory) -> None:
    omission = Omission(kind="python", name="mltrack.core.track", reason="It cannot be run.")
    result = compare(inventory, {}, [omission])
    assert not [each for each in result.undocumented if ".track" in each[1]]
    (parameters,) = (figure for figure in result.figures if figure.kind == "parameter")
    assert (parameters.total, parameters.documented, parameters.omitted) == (2, 0, 2)


# -- The pages of this site -------------------------------------------------------------------

REAL = Inventory.load(DATA / "inventory.json")


def test_types_and_defaults_on_the_page_are_the_package_s() -> None:
    text = (ROOT / "source" / "reference" / "configuration.md").read_text()
    shown = re.findall(r"\{confval\} (\w+)\n:type: (.+)\n:default: (.+)\n", text)
    types = {
        "str": "string",
        "Optional[str]": "string",
        "bool": "boolean",
        "Dict[str, str]": "mapping of strings to strings",
    }
    named = {"experiment_name": "the current directory's name and `-experiments`"}
    real = [
        (name, types[facts["type"]], named.get(name) or _default(facts["default"]))
        for name, facts in REAL.items("setting").items()
    ]
    assert sorted(shown) == sorted(real)


def _default(value: Any) -> str:
    return f"`{value}`".replace("True", "true").replace("False", "false") if value not in (
        None, {}) else "none"  # fmt: skip


def test_each_message_shown_is_one_of_the_package() -> None:
    areas = yaml.safe_load((DATA / "errors.yaml").read_text())
    for entry in (entry for area in areas.values() for entry in area if "origin" not in entry):
        assert entry["message"] in REAL.items("message")
        for pattern in entry.get("covers", []):
            assert any(glob(pattern, text) for text in REAL.items("message")), pattern


def test_the_index_of_messages_links_to_the_entries(build: Callable[..., Built]) -> None:
    built = site(build, more="```{error-index}\n```\n", builder="html")
    assert of_coverage(built) == []
    links = built.article().select("ul.mlt-error-index li")
    assert [(link["id"], link.a.text, link.a["href"]) for link in links] == [
        ("error-bucket-is-gone", "Bucket '…' is gone", "run.html#error-bucket-is-gone"),
        ("error-no-runs-found", "No runs found", "run.html#error-no-runs-found"),
    ]
    jumps = built.article().select("p.mlt-jumps a")
    assert [(jump.text, jump["href"]) for jump in jumps] == [("B", "#letter-b"), ("N", "#letter-n")]
    assert built.article().select_one("#letter-n").text.startswith("N")


def test_an_entry_shows_what_was_seen_and_where_more_is(build: Callable[..., Built]) -> None:
    errors = ERRORS + "  see: ['[more](index.md)']\n"
    built = site(build, errors=errors, builder="html")
    last = built.article("run").select("dl.mlt-errors > dd")[-1]
    assert last.select("p")[-1].text == "More: more"


def test_messages_of_the_same_words_have_one_order() -> None:
    from _ext.coverage.errors import _order

    pair = [("S3 error: …", "a"), ("S3 error (…): …", "a")]
    other = [pair[1], pair[0]]
    assert sorted(pair, key=_order) == sorted(other, key=_order)
