"""``python -m tools.messages.worker ROOT``: run every trigger and print what was said, as JSON."""

from __future__ import annotations

import contextlib
import io
import json
import logging
import os
import re
import sys
import traceback
from pathlib import Path
from typing import Any
from unittest import mock

from . import calls, commands, services, storage  # noqa: F401 - they register their triggers
from .room import TRIGGERS, Heard, Room, path_without, pattern

MASKS = (
    (re.compile(r"\b[0-9a-f]{32}\b"), "<run-id>"),
    (re.compile(r"v\d{8}_[0-9a-f]{8}"), "<version>"),
    (re.compile(r"(?<![\w:/.])(?:/[\w.@<>-]+){2,}/?"), "<path>"),
    (re.compile(r"\d{8}_\d{6}_[0-9a-f]{8}"), "<time>"),
    (re.compile(r"0x[0-9a-f]{6,}"), "0x…"),
)
IN_PART = {"printed", "log", "answer"}
LONGEST = 200


def prepare(root: Path) -> None:
    """Make both stores, and the run with a model."""
    import mlflow
    from sklearn.datasets import load_iris
    from sklearn.naive_bayes import GaussianNB

    mlflow.MlflowClient(f"sqlite:///{root}/empty.db").search_experiments()
    (root / "full.db").write_bytes((root / "empty.db").read_bytes())
    mlflow.set_tracking_uri(f"sqlite:///{root}/full.db")
    mlflow.create_experiment("flowers", artifact_location=str(root / "artifacts"))
    mlflow.set_experiment("flowers")
    with mlflow.start_run() as run:
        iris = load_iris()
        model = GaussianNB().fit(iris.data, iris.target)
        mlflow.sklearn.log_model(model, name="model", pip_requirements=["scikit-learn"])
    (root / "run.txt").write_text(run.info.run_id)


def tidy(text: str, root: Path) -> str:
    """Return a message in one line that is the same on every machine."""
    text = " ".join(text.replace(str(root), "/a/project").split())
    for expression, word in MASKS:
        text = expression.sub(word, text)
    return text if len(text) <= LONGEST else text[: LONGEST - 1].rstrip() + "…"


def listen(trigger: Any, room: Room) -> tuple[list[tuple[str, str]], str]:
    """Run a trigger; return each text with the way it came, and a traceback."""
    import mlflow

    heard, printed, found, trace = Heard(), io.StringIO(), [], ""
    root = logging.getLogger()
    root.addHandler(heard)
    try:
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            trigger(room)
    except BaseException as error:
        found.append((type(error).__name__, str(error)))
        trace = traceback.format_exc()
        cause = error.__cause__ or error.__context__
        if cause is not None:
            found.append((type(cause).__name__, str(cause)))
    finally:
        root.removeHandler(heard)
        while mlflow.active_run():
            mlflow.end_run()
    found += [("answer", text) for text in room.answers]
    found += [("log", line) for line in heard.lines]
    found += [("printed", text) for text in [*room.printed, printed.getvalue()] if text]
    return found, trace


def provoke(template: str, root: Path, number: int) -> dict[str, Any]:
    """Run the trigger of a message in a project of its own; return what was said, and how."""
    trigger, using = TRIGGERS[template]
    place = root / f"p{number}" / "project"
    home = root / f"p{number}" / "home"
    place.mkdir(parents=True)
    home.mkdir()
    os.chdir(place)
    room = Room(root, place)
    with mock.patch.dict(os.environ, HOME=str(home)):
        room.settings(room.empty)
        found, trace = listen(trigger, room)
    for way, text in found:
        if match := pattern(template).search(text):
            said = match[0] if way in IN_PART else text
            facts: dict[str, Any] = {"as": way, "text": tidy(said, root)}
            if room.status is not None:
                facts["status"] = room.status
            return facts | ({"using": using} if using else {})
    return {"as": "nothing", "text": f"{found}\n{trace}"}


def main() -> None:
    """Prepare, run all, print."""
    root = Path(sys.argv[1])
    os.environ["PATH"] = path_without(programs=root / "programs")
    wanted = sys.argv[2:] or list(TRIGGERS)
    out, sys.stdout = sys.stdout, sys.stderr
    prepare(root)
    found = {name: provoke(name, root, n) for n, name in enumerate(wanted)}
    json.dump(found, out, ensure_ascii=False)


if __name__ == "__main__":
    main()
