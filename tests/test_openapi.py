"""The OpenAPI reference: words for schemas, examples, requests; then pages."""

from __future__ import annotations

import ast
import copy
import json
import shlex
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from docutils import nodes
from sphinx.util.inventory import InventoryFile

from _ext._shared.evidence import evidence_of
from _ext._shared.layout import WIDTH, spread, to_python
from _ext._shared.requests import Request, curl, javascript, python
from _ext.openapi.examples import example
from _ext.openapi.model import Document, DocumentError
from _ext.openapi.render import openapi_method
from _ext.openapi.samples import body_for, request_for
from _ext.openapi.schema import Rows, limits_of, type_of

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "source" / "contributing" / "components" / "openapi-example.yaml"
DATA = ROOT / "source" / "_data" / "openapi"
DOCUMENTS = sorted(file for file in DATA.glob("*.json") if ".exchanges." not in file.name)
HOSTILE = '<script>alert("&")</script>'
EXTENSIONS = ["sphinx_copybutton", "_ext.openapi"]


def document(schemas: dict[str, Any], **paths: Any) -> Document:
    info = {"title": "T", "version": "1"}
    components = {"schemas": schemas}
    return Document({"openapi": "3.1.0", "info": info, "paths": paths, "components": components})


def words(schema: Any) -> str:
    return "".join(part.text for part in type_of(schema))


# -- Schemas in words ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("schema", "text"),
    [
        ({}, "any value"),
        (True, "any value"),
        (False, "nothing"),
        ({"type": "string"}, "string"),
        ({"type": "string", "format": "date-time"}, "string (date-time)"),
        ({"type": "array", "items": {"type": "array", "items": {"type": "number"}}},
         "array of array of number"),
        ({"type": "array", "items": {}}, "array"),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, "object of integer"),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, "string or null"),
        ({"type": ["integer", "null"]}, "integer or null"),
        ({"type": "string", "nullable": True}, "string or null"),
        ({"allOf": [{"$ref": "#/components/schemas/A"}, {"type": "object"}]}, "A and object"),
        ({"const": "a"}, '"a"'),
        ({"properties": {}}, "object"),
    ],
)  # fmt: skip
def test_types_in_words(schema, text):
    assert words(schema) == text


def test_types_know_the_schemas_they_name():
    (part,) = type_of({"$ref": "#/components/schemas/Run"})
    assert (part.text, part.schema) == ("Run", "Run")


@pytest.mark.parametrize(
    ("schema", "limits"),
    [
        ({"minimum": 1.0, "maximum": 4096.0}, ["≥ 1", "≤ 4096"]),
        ({"exclusiveMinimum": 0.5}, ["> 0.5"]),
        ({"minLength": 1, "maxLength": 2}, ["at least 1 character", "at most 2 characters"]),
        ({"enum": ["a", 1]}, ['one of "a", 1']),
        ({"type": "array", "minItems": 1, "items": {"maximum": 3}},
         ["at least 1 item", "each item: ≤ 3"]),
        ({"anyOf": [{"minimum": 2}, {"type": "null"}]}, ["≥ 2"]),
        ({"anyOf": [{"minimum": 2}, {"maxLength": 2}]}, []),
        ({}, []),
    ],
)  # fmt: skip
def test_limits_in_words(schema, limits):
    assert list(limits_of(schema)) == limits


REF = "#/components/schemas/"
TREE = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": {"type": "string", "description": "N"},
        "children": {"type": "array", "items": {"$ref": REF + "Tree"}},
        "extra": {"type": "object", "additionalProperties": {"$ref": REF + "Leaf"}},
        "either": {"anyOf": [{"$ref": REF + "Leaf"}, {"type": "object", "properties": {"b": {}}}]},
    },
}
LEAF = {"type": "object", "properties": {"size": {"type": "integer", "default": 3}}}


def test_rows_nest_and_open_a_cycle_once():
    tree = document({"Tree": TREE, "Leaf": LEAF})
    rows = Rows(tree, follow=True).of({"$ref": REF + "Tree"})
    assert [row.name for row in rows] == [
        "name", "children", "extra", "extra.*.size", "either", "either.size", "either.b"
    ]  # fmt: skip
    by_name = {row.name: row for row in rows}
    assert by_name["name"].required
    assert by_name["name"].description == "N"
    assert by_name["extra.*.size"].default == "3"
    assert by_name["either.size"].variant == "Leaf"


def test_rows_stay_in_the_schema_when_told():
    rows = Rows(document({"Tree": TREE, "Leaf": LEAF}), follow=False).of(TREE)
    assert [row.name for row in rows] == ["name", "children", "extra", "either", "either.b"]


def test_rows_of_an_array_and_of_parts_that_are_put_together():
    both = {
        "type": "array",
        "items": {"allOf": [{"$ref": REF + "Leaf"}, {"properties": {"x": {}}}]},
    }
    rows = Rows(document({"Leaf": LEAF}), follow=True).of(both)
    assert [row.name for row in rows] == ["[].size", "[].x"]


# -- Examples --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "integer", "exclusiveMinimum": 5, "exclusiveMaximum": 7},
        {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
        {"type": "integer", "minimum": 7, "multipleOf": 5},
        {"type": "string", "minLength": 20},
        {"type": "string", "enum": ["a"]},
        {"type": ["null", "integer"], "minimum": 9},
        {"type": "null"},
        {"const": 4},
        {"type": "array", "items": {"type": "string"}, "minItems": 3},
        {"type": "array", "items": {"type": "integer"}, "uniqueItems": True},
        {"type": "array", "items": {}, "maxItems": 1},
        {"type": "object", "additionalProperties": {"type": "integer"}},
        {"allOf": [{"$ref": REF + "Leaf"}, {"type": "object", "required": ["z"],
                                            "properties": {"z": {"type": "boolean"}}}]},
        {"oneOf": [{"type": "null"}, {"$ref": REF + "Leaf"}]},
        {"$ref": REF + "Tree"},
    ],
)  # fmt: skip
def test_examples_are_valid(schema):
    tree = document({"Tree": TREE, "Leaf": LEAF})
    value = example(tree, schema)
    jsonschema.validate(value, schema | {"components": tree.tree["components"]})
    assert value == example(tree, schema)


def test_examples_prefer_the_documents_own():
    tree = document({})
    assert example(tree, {"type": "string", "examples": ["x", "y"]}) == "x"
    assert example(tree, {"type": "string", "example": "z", "default": "d"}) == "z"
    assert example(tree, {"type": "integer", "default": 7}) == 7
    assert example(tree, {"oneOf": [{"type": "null"}, {"type": "boolean"}]}) is True


def test_a_schema_that_needs_itself_ends():
    endless = {"type": "object", "required": ["a"], "properties": {"a": {"$ref": REF + "Endless"}}}
    assert example(document({"Endless": endless}), {"$ref": REF + "Endless"}) is None
    may_end = {"type": "object", "properties": {"a": {"$ref": REF + "MayEnd"}}}
    assert example(document({"MayEnd": may_end}), {"$ref": REF + "MayEnd"}) == {}


@pytest.mark.parametrize("file", [*DOCUMENTS, EXAMPLE], ids=lambda file: file.stem)
def test_examples_of_all_exported_bodies_are_valid(file):
    tree = Document(yaml.safe_load(file.read_text()))
    before = copy.deepcopy(tree.tree)
    checked = 0
    for operation in tree.operations():
        for body in (operation.body, *(answer.body for answer in operation.answers)):
            if body:
                components = {"components": tree.tree.get("components", {})}
                jsonschema.validate(example(tree, body.schema), body.schema | components)
                jsonschema.validate(body_for(tree, body), body.schema | components)
                checked += 1
    assert checked >= (1 if file == EXAMPLE else 3)
    assert tree.tree == before


# -- The document ----------------------------------------------------------------------------


def test_references_that_lead_nowhere():
    tree = document({"A": {"$ref": REF + "B"}, "B": {"$ref": REF + "A"}, "a/b~": {"type": "null"}})
    for reference, message in (
        (REF + "Missing", "points at nothing"),
        ("other.json#/A", "leaves the document"),
        (REF + "A", "back to itself"),
    ):
        with pytest.raises(DocumentError, match=message):
            tree.follow({"$ref": reference})
    assert tree.follow({"$ref": REF + "a~1b~0"}) == {"type": "null"}


def test_operations_merge_parameters_and_reach_nested_schemas():
    tree = Document(yaml.safe_load(EXAMPLE.read_text()))
    get, delete = tree.operations()
    assert [each.name for each in get.parameters] == ["run", "depth"]
    assert tree.reachable([get]) == ["Run", "Stage"]
    assert tree.reachable([delete]) == []
    assert [each.title for each in tree.operations(methods=["delete"])] == ["DELETE /runs/{run}"]
    assert list(tree.operations(paths=["/x"])) == []


# -- Requests --------------------------------------------------------------------------------


def test_request_has_required_parameters_encoded():
    parameter = {"in": "query", "name": "q", "required": True, "schema": {}, "example": "a b&c"}
    header = {"in": "header", "name": "X-Key", "required": True, "schema": {"const": "k"}}
    cookie = {"in": "cookie", "name": "s", "required": True, "schema": {"const": "1"}}
    optional = {"in": "query", "name": "no", "schema": {}}
    path = {"in": "path", "name": "id", "required": True, "schema": {"const": "a/b"}}
    operation = {"parameters": [parameter, header, cookie, optional, path], "responses": {}}
    tree = document({}, **{"/x/{id}": {"get": operation}})
    (found,) = tree.operations()
    request = request_for(tree, found, "http://h/")
    assert request.url == "http://h/x/a%2Fb?q=a+b%26c"
    assert request.all_headers == {"X-Key": "k", "Cookie": "s=1"}


def test_samples_quote_what_has_to_be_quoted():
    body = {"text": 'it\'s "$HOME" `x` \\ </script>', "yes": True, "none": None}
    request = Request("POST", "http://h/p?a=1&b=2", {"X-A": "it's"}, "application/json", body)
    words = shlex.split(curl(request).removeprefix("$ ").replace("\\\n", ""))
    assert words[:4] == ["curl", "-X", "POST", "http://h/p?a=1&b=2"]
    assert json.loads(words[words.index("-d") + 1]) == body
    call = ast.parse(python(request)).body[1].value
    arguments = {each.arg: ast.literal_eval(each.value) for each in call.keywords}
    assert arguments == {"json": body, "headers": {"X-A": "it's"}, "timeout": 10}
    sent = javascript(request).split("JSON.stringify(")[1].split("),\n});")[0]
    assert json.loads(sent) == body


def test_long_values_spread_over_short_lines():
    value = {"instances": [{"data": [1.5] * 12, "name": f"row {n}"} for n in range(3)]}
    assert json.loads(spread(value)) == value
    assert ast.literal_eval(spread(value, 10, 4, to_python, ",")) == value
    assert max(map(len, spread(value).splitlines())) <= WIDTH
    assert spread({"a": [1]}) == '{"a": [1]}'


# -- Pages -----------------------------------------------------------------------------------


def page(options: str = "", name: str = "d.yaml") -> str:
    return f"# Page\n\n```{{openapi}} {name}\n{options}\n```\n"


def files(**changes: Any) -> dict[str, str]:
    return {"d.yaml": EXAMPLE.read_text()} | changes


@pytest.fixture
def article(build):
    return build(page(":name: runs"), EXTENSIONS, files=files()).article()


def test_renders_sections_tables_samples_and_answers(article):
    titles = [title.get_text().rstrip("¶") for title in article.select("h2, h3:not(.rubric)")]
    assert titles == ["GET /runs/{run}", "DELETE /runs/{run}", "Schemas", "Run", "Stage"]
    get = article.find(id="runs-get-runs-run")
    assert get.h2.find(class_="mlt-openapi-get").get_text() == "GET"
    assert [head.get_text() for head in get.select("h3.rubric")] == [
        "Parameters",
        "Request",
        "Responses",
    ]
    depth = get.select_one(".mlt-openapi-parameters tbody tr:nth-of-type(2)")
    cells = [cell.get_text() for cell in depth.select("td")]
    assert cells == [
        "depth", "in the query", "integer, ≥ 0, ≤ 5", "optional, default 1",
        "How many levels of nested runs to return.",
    ]  # fmt: skip
    assert [tab.get_text().strip() for tab in get.select("label.sd-tab-label")] == [
        "curl",
        "Python",
        "JavaScript",
    ]
    assert {tab["data-sync-group"] for tab in get.select("label.sd-tab-label")} == {"openapi"}
    assert [status.get_text() for status in get.select(".mlt-openapi-status")] == ["200", "404"]
    assert get.select_one(".mlt-openapi-fields a")["href"] == "#runs-schema-stage"
    assert not article.select("[style], script, [onclick]")


def test_reads_the_same_in_restructuredtext(build, article):
    rst = "Page\n====\n\n.. openapi:: d.yaml\n   :name: runs\n"
    built = build("# X\n", EXTENSIONS, files=files(**{"r.rst": rst}))
    sections = built.soup("r").select("section.mlt-openapi")
    assert [str(each) for each in sections] == [
        str(each) for each in article.select("section.mlt-openapi")
    ]


def test_renders_in_eval_rst(build):
    text = "# Page\n\n```{eval-rst}\n.. openapi:: d.yaml\n```\n"
    built = build(text, EXTENSIONS, files=files())
    assert not built.warnings
    assert built.article().find(id="d-get-runs-run")


def test_in_the_local_table_of_contents(build):
    built = build(page(), EXTENSIONS, files=files())
    links = [link["href"] for link in built.soup().select(".toc-tree a")]
    assert links[1:] == [
        "#d-get-runs-run", "#d-delete-runs-run", "#d-schemas", "#d-schema-run", "#d-schema-stage"
    ]  # fmt: skip


def test_inventory_and_roles_across_documents(build):
    pages = {
        "index": page(":name: one"),
        "two": page(":name: two") + "\n{endpoint}`one GET /runs/{run}` {schema}`a run <one Run>`\n",
    }
    built = build(pages, EXTENSIONS, files=files(), nitpicky=True)
    assert "not found" not in built.warnings
    links = [link["href"] for link in built.article("two").select("p a.reference")]
    assert links[-2:] == ["index.html#one-get-runs-run", "index.html#one-schema-run"]
    inventory = InventoryFile.loads((built.out / "objects.inv").read_bytes(), uri="").data
    assert set(inventory["std:schema"]) == {"one Run", "one Stage", "two Run", "two Stage"}
    assert inventory["std:endpoint"]["two GET /runs/{run}"].uri == "two.html#two-get-runs-run"


def test_inventory_names_no_page_that_is_not_there(build):
    built = build(page(), EXTENSIONS, files=files())
    inventory = InventoryFile.loads((built.out / "objects.inv").read_bytes(), uri="").data
    assert "genindex" in inventory["std:label"]
    assert "routingtable" not in inventory["std:label"]


def test_unknown_target_warns(build):
    built = build("# X\n\n{endpoint}`x GET /`\n", EXTENSIONS, nitpicky=True)
    assert "'endpoint' reference target not found: x GET / [ref.endpoint]" in built.warnings


def test_options_choose(build):
    built = build(
        page(":methods: GET\n:no-schemas:\n:base-url: https://h.example/v2"),
        EXTENSIONS,
        files=files(),
    )
    article = built.article()
    assert len(article.select("section.mlt-openapi")) == 1
    assert "curl https://h.example/v2/runs/c0ffee" in article.get_text()
    assert not article.select(".mlt-openapi-table a")


def test_anchors_that_would_be_equal(build):
    twice = yaml.safe_load(EXAMPLE.read_text())
    twice["paths"]["/runs-{run}"] = twice["paths"]["/runs/{run}"]
    built = build(page(), EXTENSIONS, files={"d.yaml": yaml.safe_dump(twice)})
    assert not built.warnings
    assert built.article().find(id="d-get-runs-run-2")


EXCHANGES = {
    "GET /runs/{run}": [
        {"status": 200, "answer": {"name": "recorded", "stage": "staging"}},
        {"status": 500, "answer": {"detail": "broken"}},
    ]
}


def test_exchanges_replace_examples(build):
    built = build(
        page(":exchanges: e.json"), EXTENSIONS, files=files(**{"e.json": json.dumps(EXCHANGES)})
    )
    get = built.article().find(id="d-get-runs-run")
    assert [status.get_text() for status in get.select(".mlt-openapi-status")] == [
        "200",
        "404",
        "500",
    ]
    assert '"recorded"' in get.get_text()
    assert "does not list it" in get.get_text()
    assert "An example made" not in get.get_text()


def proofs(doctree):
    """Return the nodes that have evidence, each with it, in the order of the page."""
    found = [(node, evidence_of(node)) for node in doctree.findall(nodes.Element)]
    return [(node, evidence) for node, evidence in found if evidence]


def test_each_block_has_its_evidence(build):
    exchanges = copy.deepcopy(EXCHANGES)
    exchanges["GET /runs/{run}"][1] |= {"request": {"a": 1}, "limit": "bad-luck"}
    built = build(
        page(":exchanges: e.json\n:tested-by: tests/test_openapi.py"),
        EXTENSIONS,
        files=files(**{"e.json": json.dumps(exchanges)}),
    )
    assert not built.warnings
    doctree = built.doctree()
    found = proofs(doctree)
    blocks = set(doctree.findall(nodes.literal_block))
    behind = {block for node, _ in found for block in node.findall(nodes.literal_block)}
    assert behind == blocks
    get = [each for _, each in found]
    assert [(each.state, each.limit) for each in get if each.limit] == [
        ("fails", "bad-luck")
    ] * 3  # the exchange, and the two blocks in it
    assert get[0].state == "checked"
    assert get[0].source == "tests/test_openapi.py, which sends it in each language"
    assert "exchange d/GET /runs/{run}, with the generated service" in {
        each.source for each in get if each.state == "recorded"
    }
    tabs = [node for node, _ in found if len(list(node.findall(nodes.literal_block))) == 3]
    assert len(tabs) == 2


def test_samples_that_no_test_sends_say_so(build):
    built = build(page(), EXTENSIONS, files=files())
    states = [evidence.state for _, evidence in proofs(built.doctree())]
    assert states[0] == "not run"
    assert set(states) == {"not run", "checked"}


def test_a_sample_that_fails_has_the_limit(build):
    exchanges = {
        "GET /runs/{run}": [{"status": 500, "answer": {"detail": "no"}, "limit": "bad-luck"}]
    }
    built = build(
        page(":exchanges: e.json\n:methods: get\n:tested-by: tests/test_openapi.py"),
        EXTENSIONS,
        files=files(**{"e.json": json.dumps(exchanges)}),
    )
    _, evidence = proofs(built.doctree())[0]
    assert (evidence.state, evidence.limit, evidence.reason) == ("fails", "bad-luck", "500: no")


MISSHAPEN = EXAMPLE.read_text().replace("          in: query\n", "")
BROKEN = EXAMPLE.read_text().replace("#/components/schemas/Stage", "#/components/schemas/Gone")


@pytest.mark.parametrize(
    ("options", "changes", "place", "message"),
    [
        ("", {"d.yaml": "a: [\n"}, "d.yaml:2", "not YAML", ),
        ("", {"d.yaml": "openapi: 2.0\n"}, "d.yaml:1", "openapi"),
        ("", {"d.yaml": BROKEN}, "d.yaml:42", "points at nothing"),
        ("", {"d.yaml": MISSHAPEN}, "d.yaml:6", "GET /runs/{run} is not"),
        (":exchanges: e.json", {"e.json": '{\n"GET /x": []}'}, "e.json:2", "no endpoint 'GET /x'"),
        (":exchanges: gone.json", {}, "index.md:3", "no file 'gone.json'"),
        (":tested-by: tests/gone.py", {}, "index.md:3", "tested-by: the repository has no file"),
        (":paths: /x", {}, "index.md:3", "no '/x'"),
        (":methods: fetch", {}, "index.md:3", "no method 'fetch'"),
        (":methods: put", {}, "index.md:3", "no such endpoint"),
        (":base-url: 127.0.0.1", {}, "index.md:3", "base-url"),
        (":name: a b", {}, "index.md:3", "not a name"),
    ],
)  # fmt: skip
def test_bad_input_warns_with_file_and_line(build, options, changes, place, message):
    built = build(page(options), EXTENSIONS, files=files(**changes))
    (warning,) = built.warnings.strip().splitlines()
    assert place in warning
    assert message in warning
    assert "[openapi." in warning
    assert not built.article().select("section.mlt-openapi")


def test_a_missing_file_warns(build):
    built = build(page(name="gone.json"), EXTENSIONS)
    assert "no file 'gone.json'" in built.warnings
    assert "[openapi.file]" in built.warnings


def test_not_below_a_heading_warns(build):
    built = build("# X\n\n> ```{openapi} d.yaml\n> ```\n", EXTENSIONS, files=files())
    assert "[openapi.place]" in built.warnings


def test_the_same_name_twice_warns(build):
    built = build(page() + "\n```{openapi} d.yaml\n```\n", EXTENSIONS, files=files())
    (warning,) = built.warnings.strip().splitlines()
    assert "index.md:7: WARNING: schema 'd Run' is described in index" in warning
    assert "[openapi.duplicate]" in warning
    assert len(built.article().select("#d-get-runs-run")) == 1


def test_hostile_strings_come_out_escaped(build):
    text = json.dumps(yaml.safe_load(EXAMPLE.read_text()))
    tree = json.loads(text.replace("Run", "R"))
    operation = tree["paths"]["/runs/{run}"]["get"]
    operation["summary"] = operation["description"] = HOSTILE
    operation["responses"]["200"]["description"] = HOSTILE
    operation["parameters"][0]["description"] = operation["parameters"][0]["name"] = HOSTILE
    operation["parameters"][0]["schema"]["default"] = HOSTILE
    tree["components"]["schemas"]["R"]["properties"][HOSTILE] = {"enum": [HOSTILE]}
    tree["components"]["schemas"]["R"]["description"] = HOSTILE
    built = build(page(), EXTENSIONS, files={"d.yaml": json.dumps(tree)})
    article = built.article()
    assert not article.find_all("script")
    assert article.get_text().count(HOSTILE) >= 8


def test_text_build_reads(build):
    text = build(page(":name: runs"), EXTENSIONS, builder="text", files=files()).text("index.txt")
    assert 'GET "/runs/{run}"' in text
    assert '| "depth" | in the query | integer, ≥ 0, ≤ 5' in " ".join(text.split())
    assert "$ curl http://127.0.0.1:8000/runs/c0ffee" in text
    assert "<" not in text


def test_style_is_on_its_pages_only(build):
    built = build({"index": page(), "other": "# Other\n\nNothing.\n"}, EXTENSIONS, files=files())
    assert "css/openapi.css" in built.text("index.html")
    assert "css/openapi.css" not in built.text("other.html")


def test_files_are_dependencies_and_the_doctree_is_plain(build):
    built = build(
        page(":exchanges: e.json"), EXTENSIONS, files=files(**{"e.json": json.dumps(EXCHANGES)})
    )
    noted = {Path(name).name for name in built.app.env.dependencies["index"]}
    assert noted == {"d.yaml", "e.json"}
    doctree = built.doctree()
    assert not list(doctree.findall(nodes.raw))
    assert [node.astext() for node in doctree.findall(openapi_method)] == ["GET", "DELETE"]


def test_the_shown_example_builds_without_warnings(build):
    text = (EXAMPLE.parent / "openapi.md").read_text()
    built = build(text, EXTENSIONS, files={EXAMPLE.name: EXAMPLE.read_text()}, nitpicky=True)
    assert not built.warnings
    assert built.article().find(id="runs-get-runs-run")
