"""The first page: what it says and shows, its strip of figures, and the two files it compares."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from bs4 import BeautifulSoup
from test_plots import ALT, draw, notebook
from test_tokens import Colour, contrast, over, token

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Built

ROOT = Path(__file__).parents[1]
RECIPES = ROOT / "source" / "recipes"
EXTENSIONS = ["sphinx_copybutton", "_ext.proof"]
JSON = '```json\n{"a": 1}\n```\n'
TRUST = "# Trust\n\nText.\n"

DRIVER = """\
import importlib, json, sys
import mlflow
module = importlib.import_module(sys.argv[1])
try:
    module.train(rate=1e200)
except OverflowError:
    pass
client = mlflow.MlflowClient()
found = {}
for run in mlflow.search_runs(experiment_names=["descent"], output_format="list"):
    files = [each.path for each in client.list_artifacts(run.info.run_id)]
    data = run.data
    facts = {"params": data.params, "metrics": data.metrics, "tags": data.tags, "files": files}
    found[run.info.status] = facts
print(json.dumps(found))
"""


# -- the two files ---------------------------------------------------------------------------


def record(name: str, place: Path) -> Any:
    """Run a file in a new repository, once well and once not; return what the store has."""
    place.mkdir()
    shutil.copy(RECIPES / f"{name}.py", place)
    shutil.copy(RECIPES / "compare_mltrack.yml", place / ".mltrack.yml")
    (place / "driver.py").write_text(DRIVER)
    git = ["git", "-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
    subprocess.run([*git, "init", "-q"], cwd=place, check=True)
    subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", "x"], cwd=place, check=True)
    home = str(place / "home")
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        [sys.executable, "driver.py", name],
        cwd=place,
        env={**os.environ, "HOME": home, "PATH": path, "MLFLOW_DISABLE_TELEMETRY": "true"},
        check=True,
        capture_output=True,
        text=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What each of the two files records."""
    place = tmp_path_factory.mktemp("compare")
    names = ("compare_mlflow", "compare_mltrack")
    with ThreadPoolExecutor() as pool:
        found = pool.map(record, names, [place / name for name in names])
        return dict(zip(names, found, strict=True))


@pytest.mark.parametrize("name", ["compare_mlflow", "compare_mltrack"])
def test_both_files_record_what_the_page_says(runs: dict[str, Any], name: str) -> None:
    """Arguments, time, Git state, packages, the result, and the traceback of a failure."""
    run = runs[name]["FINISHED"]
    arguments = {key.removeprefix("arg."): value for key, value in run["params"].items()}
    assert (arguments["rate"], arguments["steps"]) == ("0.1", "20")
    assert run["metrics"]["execution_time_seconds"] > 0
    assert run["metrics"]["loss"] < 0.01
    assert run["tags"]["git.branch"]
    assert run["tags"]["git.dirty"].lower() == "true"
    assert run["tags"]["status"] == "success"
    assert {"requirements.txt", "result.txt"} <= set(run["files"])
    failed = runs[name]["FAILED"]
    assert failed["tags"]["status"] == "failed"
    assert "out of range" in failed["tags"]["error"]
    assert "traceback.txt" in failed["files"]


def test_mltrack_adds_what_the_page_says(runs: dict[str, Any]) -> None:
    plain, tracked = (
        runs[name]["FINISHED"]["tags"] for name in ("compare_mlflow", "compare_mltrack")
    )
    for tag in ("system.platform", "system.python_version", "git.commit", "git.author"):
        assert tag in tracked
        assert tag not in plain
    assert {tag for tag in plain if tag.startswith("mlflow.")} <= set(tracked)


# -- the strip -------------------------------------------------------------------------------


def strip(build: Callable[..., Built], arguments: str = "trust", builder: str = "html") -> Built:
    toctree = "```{toctree}\ntrust\n```\n"
    text = f"# Page\n\n{toctree}\n```{{proof}} {arguments}\n```\n\n{JSON}"
    return build({"index": text, "trust": TRUST}, EXTENSIONS, builder)


def test_the_strip_counts_and_links(build: Callable[..., Built]) -> None:
    built = strip(build)
    (only,) = built.article().select(".mlt-proof__figure")
    assert only["data-proof"] == "blocks"
    assert only.select_one(".mlt-proof__value").get_text() == "1 of 1"
    assert only.a["href"] == "trust.html"
    assert only.a.get_text() == "blocks of code verified"


def test_the_strip_follows_the_other_pages(build: Callable[..., Built]) -> None:
    built = strip(build)
    page = Path(built.app.srcdir) / "trust.md"
    page.write_text(f"{TRUST}\n{JSON}")
    os.utime(page, (page.stat().st_mtime + 5,) * 2)
    built.app.build()
    assert built.article().select_one(".mlt-proof__value").get_text() == "2 of 2"


def test_the_strip_in_text_is_sentences(build: Callable[..., Built]) -> None:
    assert "1 of 1 blocks of code verified" in strip(build, builder="text").text("index.txt")


@pytest.mark.parametrize("arguments", ["nowhere", "trust\n:limits: nowhere", '<script>"&'])
def test_a_wrong_page_is_named_with_its_line(build: Callable[..., Built], arguments: str) -> None:
    built = strip(build, arguments)
    assert "index.md:7: WARNING: there is no page" in built.warnings
    assert "[proof.link]" in built.warnings
    assert not built.article().select(".mlt-proof, script")


def test_the_style_of_the_strip_is_on_its_page_only(build: Callable[..., Built]) -> None:
    built = strip(build)
    assert built.soup().select('link[href*="css/proof.css"]')
    assert not built.soup("trust").select('link[href*="proof"]')


# -- a figure of another page ----------------------------------------------------------------


def shown(
    build: Callable[..., Built], arguments: str = "figures", caption: str = "From *there*.",
    builder: str = "html",
) -> Built:  # fmt: skip
    toctree = "```{toctree}\nfigures\n```\n"
    text = f"# Page\n\n{toctree}\n```{{figure-from}} {arguments}\n\n{caption}\n```\n"
    files = {"figures.ipynb": notebook((draw(), ALT))}
    return build(text, ["sphinx_copybutton", "_ext.figure_from"], builder, files)


def test_a_figure_is_shown_again(build: Callable[..., Built]) -> None:
    built = shown(build)
    assert built.warnings == ""
    figure = built.article().select_one("figure.mlt-figure-from")
    assert str(figure.svg) == str(built.article("figures").svg)
    assert figure.svg["aria-label"] == ALT
    assert figure.figcaption.get_text().strip().startswith("From there.")
    assert figure.find("script") is None
    assert built.soup().select('link[href*="css/plots.css"]')


def test_a_figure_in_text_is_its_description(build: Callable[..., Built]) -> None:
    assert "Two lines & a <script>" in shown(build, builder="text").text("index.txt")


@pytest.mark.parametrize(
    ("arguments", "caption", "subtype"),
    [
        ("nowhere", "From there.", "page"),
        ("figures", "", "caption"),
        ("figures\n:number: 2", "From there.", "number"),
    ],
)
def test_a_wrong_figure_is_named_with_its_line(
    build: Callable[..., Built], arguments: str, caption: str, subtype: str
) -> None:
    built = shown(build, arguments, caption)
    assert "index.md:7: WARNING: " in built.warnings
    assert f"[figure_from.{subtype}]" in built.warnings
    assert not built.article().select("figure.mlt-figure-from")


# -- the page --------------------------------------------------------------------------------


@cache
def article(site: Path, page: str = "index") -> Any:
    text = (site / f"{page}.html").read_text(encoding="utf-8")
    return BeautifulSoup(text, "html.parser").find("article")


def test_it_is_short(site: Path) -> None:
    copy = BeautifulSoup(str(article(site)), "html.parser")
    for other in copy.select(
        "pre, figure, details, svg, .mlt-verified, .headerlink, .code-block-caption"
    ):
        other.decompose()
    assert 350 <= len(copy.get_text(" ").split()) <= 500


def test_the_command_installs_the_right_package(site: Path) -> None:
    text = article(site).select_one(".mlt-hero pre").get_text()
    assert re.search(r"pip install .*\bmltrack-py==\d", text)
    assert not re.search(r"\b(mltrack|ml-track)(?!-py)\b|mltrack-py\[", text)


def test_the_figures_are_those_of_the_ledger(site: Path) -> None:
    ledger = json.loads((site / "trust" / "ledger.json").read_text(encoding="utf-8"))
    totals = ledger["totals"]
    verified = sum(totals[state] for state in ("executed", "recorded", "checked"))
    claims = yaml.safe_load((ROOT / "source" / "_data" / "claims.yaml").read_text("utf-8"))
    said = {
        figure["data-proof"]: figure.select_one(".mlt-proof__value").get_text()
        for figure in article(site).select(".mlt-proof__figure")
    }
    assert said["blocks"] == f"{verified:,} of {len(ledger['blocks']):,}"
    assert said["fails"] == f"{totals['fails']:,}"
    assert said["claims"] == str(sum("check" in claim for claim in claims.values()))
    commands = {path.stem for path in (ROOT / "source" / "reference" / "cli").glob("*.md")}
    assert int(said["command"].split(" of ")[0]) <= len(commands)


def test_every_figure_links_to_its_proof(site: Path) -> None:
    links = [figure.a["href"] for figure in article(site).select(".mlt-proof__figure")]
    assert len(links) >= 4
    assert all(link.startswith("trust/") and (site / link).is_file() for link in links)


def test_the_panes_show_the_files_that_run(site: Path) -> None:
    for pane, name, first in (
        ("before", "compare_mlflow", "import subprocess"),
        ("after", "compare_mltrack", "import mlflow"),
    ):
        text = (RECIPES / f"{name}.py").read_text(encoding="utf-8")
        shown = article(site).select_one(f".mlt-versus-{pane} pre").get_text()
        assert shown.strip() == text[text.index(first) :].strip()


def test_the_figure_is_that_of_its_notebook(site: Path) -> None:
    figure = article(site).select_one("figure.mlt-figure-from")
    drawn = article(site, "get-started/first-run").select_one("svg[aria-label]")
    assert str(figure.svg) == str(drawn)
    assert "static figure" in figure.figcaption.get_text()
    assert figure.figcaption.a["href"].startswith("get-started/first-run.html")


def test_links_lead_somewhere(site: Path) -> None:
    links = [link["href"] for link in article(site).find_all("a", href=True)]
    local = [link.partition("#")[0] for link in links if not link.startswith(("http", "#"))]
    assert len(local) > 20
    assert [link for link in local if not (site / link).is_file()] == []
    other = {link for link in links if link.startswith("http")}
    named = {link for link in other if link.startswith("https://mlflow.org/docs/latest/")}
    assert other - named == {"https://github.com/EconoBen/mltrack"}
    assert named, "names of MLflow in code lead to its reference"


def test_one_thing_moves(site: Path) -> None:
    assert len(article(site).select("[data-autoplay]")) == 1
    css = (ROOT / "_static" / "css" / "landing.css").read_text(encoding="utf-8")
    assert "animation" not in css
    assert "transition" not in css


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("text", ["--mlt-text", "--mlt-text-muted", "--mlt-brand"])
def test_text_can_be_read_through_the_glass(text: str, theme: str) -> None:
    """The lights of the hero behind the glass, and also the terminal's own ground."""
    ground: Colour = token("--mlt-bg", theme)
    for light in ("--mlt-glow", "--mlt-glow-warm", "--mlt-border"):
        behind = over(token(light, theme), ground)
        assert contrast(token(text, theme), over(token("--mlt-glass", theme), behind)) >= 4.5
