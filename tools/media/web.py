"""MLflow's interface, filmed in Chromium while a script logs through MLTrack.

A copy of the project, ``mltrack flow`` on a free port, ``mltrack run``: what a reader starts too.
The camera waits for what is on the page, not for time. Waiting, for a page to load and for
MLflow's automatic refresh every 30 seconds, is hurried. Every process ends by its id.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playwright.sync_api import Error

from .film import Camera, listing
from .plan import MediaError
from .stage import chromium

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import BrowserContext, Page

    from .plan import Film

WIDTH, HEIGHT, SCALE = 960, 540, 4 / 3
"""The window in CSS pixels, and how many pixels of the video each has."""
CROP = f"crop={round(WIDTH * SCALE)}:{round(HEIGHT * SCALE)}:0:0"
"""What ffmpeg keeps of a frame: the browser rounds sizes up."""
BELOW = 56
"""How far down the charts are looked at, in CSS pixels: from their titles to their legends."""
REFRESHES = 2
"""How often the charts get new points in the film."""
UP, SHOWN = 300, 120
"""Seconds to wait: for the server, for something on a page."""
ARGUMENTS = (
    "--hide-scrollbars",
    f"--force-device-scale-factor={SCALE:.4f}",
    f"--window-size={WIDTH},{HEIGHT}",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
CURVES = """() => [...document.querySelectorAll("svg path.js-line")]
  .map(path => path.getAttribute("d"))"""
"""The charts' lines, as SVG draws them."""
NEW = f"""before => {{ const now = ({CURVES})();
  return now.length === before.length && now.every((line, each) => line !== before[each]); }}"""


def shoot(film: Film, projects: Path, directory: Path) -> Path:
    """Film into ``directory`` and return the list of frames for ffmpeg.

    Raises:
        MediaError: a program is missing, or the page did not show what was awaited.
    """
    source = projects / film.project
    if not source.is_dir():
        raise MediaError(f"there is no project {film.project!r} in {projects}")
    with ExitStack() as stack:
        room = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mltrack-media-")))
        project = room / film.project
        shutil.copytree(source, project, ignore=shutil.ignore_patterns("__pycache__"))
        port = _free_port()
        address = f"http://127.0.0.1:{port}"
        with _running(["init", "--tracking-uri", "sqlite:///mlflow.db"], project, room) as init:
            init.wait(timeout=UP)
        stack.enter_context(_running(["flow", "--port", str(port)], project, room))
        _await_server(address)
        browser = stack.enter_context(chromium(ARGUMENTS))
        context = browser.new_context(no_viewport=True, timezone_id="UTC", locale="en-GB")
        try:
            page = _ready(context, address)
            stack.enter_context(_running(["run", *film.command], project, room))
            experiment = _await_run(address, film.run)
            frames = _story(page, f"{address}/#/experiments/{experiment}/runs", film, directory)
        except Error as error:
            raise MediaError(f"MLflow's page did not show what was awaited: {error}") from error
    path = directory / "frames.txt"
    path.write_text(listing(frames), encoding="utf-8")
    return path


def _story(page: Page, address: str, film: Film, directory: Path) -> list[tuple[Path, float]]:
    """Open the run, look at its charts, wait for new points; return the frames."""
    page.goto(address)
    link = page.get_by_role("link", name=film.run).first
    link.wait_for()
    page.get_by_role("heading", name="Runs").wait_for()
    with Camera(page.context.new_cdp_session(page), directory) as camera:

        def hurry(*steps: Callable[[], object], hold: float) -> None:
            """Do something, and look at what came of it for ``hold`` seconds."""
            camera.speed(film.fast, time.time())
            for step in steps:
                step()
            camera.speed(1.0, time.time())
            page.wait_for_timeout(hold * 1000)

        page.wait_for_timeout(1500)
        link.hover()
        page.wait_for_timeout(700)
        hurry(link.click, page.get_by_text("Running", exact=True).wait_for, hold=2)
        tab = page.get_by_role("tab", name="Model metrics")
        drawn = f"({CURVES})().length > 1"
        hurry(tab.click, lambda: page.wait_for_function(drawn), hold=0.5)
        page.get_by_role("heading", level=4).last.hover()
        page.mouse.wheel(0, BELOW)
        page.mouse.move(WIDTH - 60, HEIGHT / 2)  # where nothing is
        page.wait_for_timeout(1500)
        for _ in range(REFRESHES):
            seen = page.evaluate(CURVES)
            hurry(partial(page.wait_for_function, NEW, arg=seen), hold=1.5)
        box = page.locator(".js-plotly-plot").last.bounding_box()
        if box:
            page.mouse.move(box["x"] + box["width"] * 0.8, box["y"] + box["height"] / 2, steps=12)
        page.wait_for_timeout(2500)
    return camera.cut()


def _ready(context: BrowserContext, address: str) -> Page:
    """Return a page of the right size, without what has nothing to do with a run.

    That is the assistant and the long sidebar.
    """
    page = context.new_page()
    page.set_default_timeout(SHOWN * 1000)
    _fit(page)
    page.goto(f"{address}/#/experiments/0/runs")
    page.get_by_text("Model training", exact=True).first.click()
    page.get_by_role("button", name="Toggle sidebar").click()
    with suppress(Error):
        page.get_by_role("button", name="Close", exact=True).click(timeout=5000)
    page.mouse.move(0, 0)
    return page


def _fit(page: Page) -> None:
    """Give the page's area, not the window, the size of the video."""
    session = page.context.new_cdp_session(page)
    window = session.send("Browser.getWindowForTarget")["windowId"]
    outer = page.evaluate("[outerWidth - innerWidth, outerHeight - innerHeight]")
    bounds = {"width": WIDTH + outer[0], "height": HEIGHT + outer[1]}
    session.send("Browser.setWindowBounds", {"windowId": window, "bounds": bounds})


@contextmanager
def _running(arguments: list[str], project: Path, room: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run ``mltrack`` in a session of its own, and end all of that session."""
    log = room / f"{arguments[0]}.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [str(Path(sys.executable).parent / "mltrack"), *arguments],
            cwd=project,
            env=_environment(room),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        for sign in (signal.SIGTERM, signal.SIGKILL):
            with suppress(ProcessLookupError):
                os.killpg(process.pid, sign)
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=10)


def _environment(room: Path) -> dict[str, str]:
    return {
        "HOME": str(room),
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
        "LOGNAME": "you",  # MLflow's page shows who made the run
        "TZ": "UTC",
        "LC_ALL": "C.UTF-8",
        "PYTHONWARNINGS": "ignore",
        "MLFLOW_WORKERS": "1",  # one reader needs no more, and it starts sooner
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "DO_NOT_TRACK": "true",
    }


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def _await_server(address: str) -> None:
    _until(UP, "mltrack flow did not answer", lambda: _get(f"{address}/version") is not None)


def _await_run(address: str, name: str) -> str:
    """Wait until a run of this name logs; return its experiment."""
    found: list[str] = []

    def look() -> bool:
        search = f"{address}/api/2.0/mlflow/experiments/search"
        for each in _json(search, {"max_results": 20}).get("experiments", []):
            runs = _json(
                f"{address}/api/2.0/mlflow/runs/search", {"experiment_ids": [each["experiment_id"]]}
            )
            for run in runs.get("runs", []):
                if run["info"]["run_name"] == name and run["data"].get("metrics"):
                    found.append(each["experiment_id"])
        return bool(found)

    _until(UP, f"no run {name!r} logged a metric", look)
    return found[0]


def _until(seconds: float, problem: str, done: Callable[[], bool]) -> None:
    """Wait for ``done()``.

    Raises:
        MediaError: it was not true in time.
    """
    end = time.monotonic() + seconds
    while not done():
        if time.monotonic() > end:
            raise MediaError(f"{problem} within {seconds:g} s")
        time.sleep(0.5)


def _get(address: str, body: bytes | None = None) -> bytes | None:
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(address, body, headers)  # noqa: S310 - 127.0.0.1
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with suppress(urllib.error.URLError, OSError), direct.open(request, timeout=10) as answer:
        content: bytes = answer.read()
        return content
    return None


def _json(address: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = _get(address, json.dumps(body).encode())
    return json.loads(answer) if answer else {}
