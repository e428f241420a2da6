"""The guides to LLM calls and their cost, and the pages of the providers' SDKs."""

from __future__ import annotations

import ast
import importlib.util
import json
import re
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import botocore.session
import mlflow
import pytest
from botocore.validate import ParamValidator
from mltrack import log_llm_call, track_llm
from mltrack.llm import detect_provider, normalize_llm_metadata, normalize_llm_usage
from mltrack.pricing import calculate_cost

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

ROOT = Path(__file__).parents[1]
NOTEBOOKS = ROOT / "notebooks"
RECIPES = ROOT / "source" / "recipes" / "llm"
SDKS = ROOT / ".venvs" / "llm" / "bin" / "python"
CELL = re.compile(r"^```\{code-cell\}[^\n]*\n(.*?)^```$", re.DOTALL | re.MULTILINE)
WRITTEN = re.compile(r"\A%%writefile (\S+)\n(.*)\Z", re.DOTALL)
PROVIDERS = ("openai", "anthropic", "bedrock")

needs_sdks = pytest.mark.skipif(
    not SDKS.exists(), reason="the SDKs are in an environment of their own: run make notebooks"
)


def cells(page: str) -> list[str]:
    return CELL.findall((NOTEBOOKS / f"{page}.md").read_text(encoding="utf-8"))


def cell(page: str, text: str) -> str:
    """Return the one cell that contains a text."""
    (found,) = [code for code in cells(page) if text in code]
    return found


def written(page: str) -> dict[str, str]:
    """Return name and content of the files that a page has its readers write."""
    found = [match.groups() for code in cells(page) if (match := WRITTEN.match(code))]
    return {str(name): str(content) for name, content in found}


def answer(path: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((RECIPES / path).read_text(encoding="utf-8"))
    return content


def recipe(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"recipe_{name}", RECIPES / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def experiment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A store of its own for all tests of this file."""
    before = mlflow.get_tracking_uri()
    place = tmp_path_factory.mktemp("llm")
    mlflow.set_tracking_uri(f"sqlite:///{place / 'mlflow.db'}")
    mlflow.create_experiment("llm", artifact_location=(place / "artifacts").as_uri())
    mlflow.set_experiment("llm")
    yield "llm"
    mlflow.set_tracking_uri(before)


def newest(name: str) -> Any:
    found = mlflow.search_runs(
        experiment_names=["llm"], filter_string=f"run_name = '{name}'", output_format="list"
    )
    return found[0]


# What the pages show is what readers download


@pytest.mark.parametrize(
    ("page", "name"),
    [
        ("guides/costs", "budget.py"),
        ("guides/llm", "recorded.py"),
        *((f"integrations/{provider}", f"{provider}_calls.py") for provider in PROVIDERS),
    ],
)
def test_the_page_writes_the_file_that_it_offers(page: str, name: str) -> None:
    assert written(page)[name] == (RECIPES / name).read_text(encoding="utf-8")
    assert f"</recipes/llm/{name}>`" in (NOTEBOOKS / f"{page}.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "path",
    [
        "openai/completions.json",
        "openai/responses.json",
        "anthropic/messages.json",
        "bedrock/converse.json",
    ],
)
def test_the_page_writes_the_shared_answer(path: str) -> None:
    provider, name = path.split("/")
    assert json.loads(written(f"integrations/{provider}")[name]) == answer(path)


def contains(whole: Any, part: Any) -> bool:
    """Tell whether all that ``part`` says is in ``whole``."""
    if isinstance(part, dict):
        return all(key in whole and contains(whole[key], part[key]) for key in part)
    if isinstance(part, list):
        return len(whole) == len(part) and all(map(contains, whole, part))
    return bool(whole == part)


def test_the_answer_of_the_guide_is_a_part_of_the_shared_one() -> None:
    code = cell("guides/llm", "ANSWER = {")
    (given,) = [
        ast.literal_eval(node.value)
        for node in ast.parse(code).body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "ANSWER"
    ]
    assert contains(answer("openai/completions.json"), given)
    assert not contains(answer("openai/completions.json"), {**given, "id": "other"})


def test_both_sdk_pages_have_one_server() -> None:
    servers = []
    given = [("openai", "x-request-id", "/v1"), ("anthropic", "request-id", "")]
    for provider, header, version in given:
        code = cell(f"integrations/{provider}", "class Examples")
        code = code.replace(header, "HEADER").replace(f"server_port}}{version}", "server_port}")
        servers.append(code.replace(provider.upper(), "SDK"))
    assert servers[0] == servers[1]


# The examples have the shape of the published interfaces


def bedrock_shape(operation: str) -> Any:
    model = botocore.session.get_session().get_service_model("bedrock-runtime")
    return model.operation_model(operation).output_shape


def test_the_answer_of_bedrock_has_its_shape() -> None:
    report = ParamValidator().validate(answer("bedrock/converse.json"), bedrock_shape("Converse"))
    assert not report.has_errors(), report.generate_report()


def test_the_events_of_bedrock_have_their_shape() -> None:
    space: dict[str, Any] = {}
    exec(cell("integrations/bedrock", "EVENTS = {"), space)
    shapes = bedrock_shape("ConverseStream").members["stream"].members
    for name, events in space["EVENTS"].items():
        for event in events:
            report = ParamValidator().validate(event, shapes[name])
            assert not report.has_errors(), report.generate_report()


CHECK = """
import json, sys
from anthropic.types import Message, RawMessageStreamEvent
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from openai.types.responses import Response
from pydantic import TypeAdapter

kinds = {
    "completions.json": ChatCompletion, "completions-stream.json": list[ChatCompletionChunk],
    "responses.json": Response, "messages.json": Message,
    "messages-stream.json": list[RawMessageStreamEvent],
}
for name, content in json.load(sys.stdin).items():
    TypeAdapter(kinds[name]).validate_python(content)
    print(name)
"""


def streamed(provider: str, monkeypatch: pytest.MonkeyPatch, place: Path) -> dict[str, Any]:
    """Return the events that a page writes to a file, by the name of the file."""
    monkeypatch.chdir(place)
    for name, content in written(f"integrations/{provider}").items():
        Path(name).write_text(content, encoding="utf-8")
    exec(cell(f"integrations/{provider}", '-stream.json").write_text'), {})
    return {path.name: json.loads(path.read_text()) for path in place.glob("*-stream.json")}


@needs_sdks
def test_the_sdks_accept_the_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, Any] = {}
    for provider in ("openai", "anthropic"):
        given |= {path.name: json.loads(path.read_text()) for path in RECIPES.glob(f"{provider}/*")}
        given |= streamed(provider, monkeypatch, tmp_path)
    assert len(given) == 5
    done = subprocess.run(
        [SDKS, "-c", CHECK], input=json.dumps(given), capture_output=True, text=True, check=False
    )
    assert done.stdout.split() == list(given), done.stderr


# What the guides say of MLTrack


@pytest.mark.parametrize(
    ("provider", "path", "reason", "request_id"),
    [
        ("openai", "openai/completions.json", "stop", "request_id"),
        ("anthropic", "anthropic/messages.json", "end_turn", "request_id"),
        ("bedrock", "bedrock/converse.json", "end_turn", "requestId"),
        ("gemini", "gemini/generateContent.json", "STOP", "requestId"),
        ("vertex_ai", "gemini/generateContent.json", "STOP", "requestId"),
    ],
)
def test_providers(provider: str, path: str, reason: str, request_id: str) -> None:
    given = answer(path)
    tokens = normalize_llm_usage(provider, given)
    assert (tokens["prompt_tokens"], tokens["completion_tokens"]) == (1200, 48)
    assert tokens["total_tokens"] == 1248
    metadata = normalize_llm_metadata(provider, given | {request_id: "req_1"})
    assert metadata["llm.finish_reason"] == reason
    assert metadata["llm.request_id"] == "req_1"
    assert normalize_llm_usage("mistral", given) == {}


@pytest.mark.parametrize(
    ("model", "provider"),
    [
        ("gpt-4.1-mini", "openai"),
        ("claude-haiku-4-5", "anthropic"),
        ("gemini-2.5-flash", "gemini"),
        ("o3-mini", None),
        ("text-embedding-3-small", None),
    ],
)
def test_the_name_of_the_model_tells_the_provider(model: str, provider: str | None) -> None:
    assert detect_provider(lambda: None, (), {"model": model}) == provider


TOKENS = {"prompt_tokens": 1000, "completion_tokens": 500}


@pytest.mark.parametrize(
    ("model", "provider"),
    [
        ("ft:gpt-4.1-mini-2025-04-14:acme::abc", "openai"),
        ("claude-haiku-4.5", "anthropic"),
        ("claude-sonnet-4.5", "anthropic"),
    ],
)
def test_names_without_a_price(model: str, provider: str) -> None:
    assert calculate_cost(TOKENS, model, provider) is None


def test_small_calls_are_rounded_to_zero() -> None:
    tokens = {"prompt_tokens": 8}
    assert calculate_cost(tokens, "text-embedding-3-small", "openai") == 0
    assert calculate_cost(TOKENS, "text-embedding-3-small", "openai") == 0.00002


def test_bedrock_with_the_names_of_anthropic_has_no_tokens() -> None:
    found = normalize_llm_usage("bedrock", answer("anthropic/messages.json"))
    assert "prompt_tokens" not in found


def test_cached_tokens_are_counted_and_not_priced() -> None:
    usage = {"input_tokens": 100, "output_tokens": 48, "cache_read_input_tokens": 1100}
    tokens = normalize_llm_usage("anthropic", {"usage": usage})
    assert tokens["cache_read_input_tokens"] == 1100
    bare = {name: tokens[name] for name in ("prompt_tokens", "completion_tokens")}
    assert calculate_cost(tokens, "claude-haiku-4-5", "anthropic") == calculate_cost(
        bare, "claude-haiku-4-5", "anthropic"
    )


def test_an_exception_leaves_a_finished_run(experiment: str) -> None:
    @track_llm(name="raises")
    def ask(prompt: str, *, model: str) -> None:
        raise TimeoutError

    with pytest.raises(TimeoutError):
        ask("?", model="gpt-4.1-mini")
    run = newest("raises")
    assert run.info.status == "FINISHED"
    assert not run.data.metrics


def test_a_stream_is_logged_at_its_end(experiment: str) -> None:
    @track_llm(name="stream")
    def stream(prompt: str, *, model: str) -> Iterator[dict[str, Any]]:
        for number in (1, 2, 3):
            yield {"usage": {"prompt_tokens": number, "completion_tokens": 0}}

    pieces = stream("?", model="gpt-4.1-mini")
    next(pieces)
    assert newest("stream").info.status == "RUNNING"
    pieces.close()
    assert newest("stream").info.status == "FINISHED"
    assert newest("stream").data.metrics["llm.tokens.prompt_tokens"] == 1
    assert not mlflow.active_run()


def test_the_body_of_invoke_model_is_no_answer(experiment: str) -> None:
    class Body:
        pass

    @track_llm(name="invoke")
    def invoke(prompt: str, *, model_id: str) -> dict[str, Any]:
        return {"body": Body()}

    with pytest.raises(TypeError, match="is not JSON serializable"):
        invoke("?", model_id="anthropic.claude-haiku-4-5-20251001-v1:0")


# The recipes


def test_budget(experiment: str) -> None:
    budget = recipe("budget")
    begin = datetime.now(UTC) - timedelta(minutes=5)
    before = budget.spent(experiment, begin)
    for cost in (1.5, 2.0):
        log_llm_call(
            provider="openai",
            model="x",
            input_tokens=1,
            output_tokens=1,
            latency_ms=1,
            cost_usd=cost,
        )
    assert budget.spent(experiment, begin) == pytest.approx(before + 3.5)
    assert budget.check(experiment, begin, before + 4) == pytest.approx(0.5)
    with pytest.raises(budget.BudgetSpentError, match=r"llm: 0\.50 dollars over"):
        budget.check(experiment, begin, before + 3)
    assert budget.spent(experiment, begin + timedelta(hours=1)) == 0


def test_recorded(experiment: str, tmp_path: Path) -> None:
    recorded = recipe("recorded").recorded
    asked = []

    @track_llm(name="recorded")
    @recorded(str(tmp_path / "answers"))
    def ask(messages: list[str], *, model: str) -> dict[str, Any]:
        asked.append(messages)
        return {"usage": {"prompt_tokens": 5, "completion_tokens": 5}}

    first = ask(["a"], model="gpt-4.1")
    assert "replayed" not in newest("recorded").data.tags
    assert ask(["a"], model="gpt-4.1") == first
    assert newest("recorded").data.tags["replayed"] == "true"
    assert newest("recorded").data.metrics["llm.tokens.total_tokens"] == 10
    ask(["b"], model="gpt-4.1")
    ask(["a"], model="gpt-4.1-mini")
    assert asked == [["a"], ["b"], ["a"]]


def test_offline_asks_nobody(tmp_path: Path) -> None:
    recorded = recipe("recorded").recorded

    @recorded(str(tmp_path), offline=True)
    def ask(prompt: str) -> dict[str, Any]:
        raise AssertionError

    with pytest.raises(LookupError, match="no recorded answer in"):
        ask("new")
