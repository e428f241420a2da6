"""Measure what tracking one call costs: python speed.py [CALLS] > speed.json.

Each case runs in a new process, in a new Git repository with a store of its own. Counted is the
processor time of the call, with that of the programs which it starts, such as pip. Other work on
the machine changes it little; the least of several calls is taken.
"""

import json
import os
import subprocess
import sys
import tempfile
from datetime import date
from importlib.metadata import version
from pathlib import Path

PARTS = ("auto_log_pip", "auto_log_git", "auto_log_system", "auto_detect_frameworks")
CASES = {
    "plain MLflow run": ("plain", PARTS),
    "all parts on": ("call", ()),
    **{f"without {part}": ("call", (part,)) for part in PARTS},
    "all parts off": ("call", PARTS),
    "fit, with autologging": ("fit", ("auto_log_pip",)),
    "fit, without the model": ("fit_without_model", ("auto_log_pip",)),
    "fit, no autologging": ("fit", ("auto_log_pip", "auto_detect_frameworks")),
}
PACKAGES = ("mltrack-py", "mlflow", "scikit-learn")
GIT = ("git", "-c", "user.name=Ada", "-c", "user.email=ada@example.org")


def measure(kind, parts, calls):
    """Return the processor seconds of each call, the first one first."""
    import mlflow
    from mltrack import MLTrackConfig
    from mltrack.core import MLTracker
    from sklearn.datasets import load_iris
    from sklearn.tree import DecisionTreeClassifier

    mlflow.set_tracking_uri("sqlite:///mlflow.db")
    mlflow.search_experiments()  # makes the tables, so that the first call does not
    settings = dict.fromkeys(parts, False)
    tracker = MLTracker(
        MLTrackConfig(tracking_uri="sqlite:///mlflow.db", experiment_name="speed", **settings)
    )

    @tracker.track_function
    def call(rate):
        return rate

    @tracker.track_function
    def fit(rate):
        DecisionTreeClassifier(random_state=int(rate)).fit(*load_iris(return_X_y=True))

    @tracker.track_function
    def fit_without_model(rate):
        mlflow.sklearn.autolog(log_models=False)
        DecisionTreeClassifier(random_state=int(rate)).fit(*load_iris(return_X_y=True))

    def plain(rate):
        with mlflow.start_run(run_name="plain"):
            mlflow.log_param("rate", rate)
            mlflow.log_metric("result", rate)

    functions = {each.__name__: each for each in (call, fit, fit_without_model, plain)}
    seconds = []
    for number in range(1, calls + 1):
        before = sum(os.times()[:4])
        functions[kind](float(number))
        seconds.append(sum(os.times()[:4]) - before)
    return seconds


def in_new_process(name, calls):
    """Return the first call of a case and the least of the rest, in a repository of its own."""
    with tempfile.TemporaryDirectory() as place:
        subprocess.run([*GIT, "init", "-q"], cwd=place, check=True)
        subprocess.run([*GIT, "commit", "-qm", "x", "--allow-empty"], cwd=place, check=True)
        done = subprocess.run(
            [sys.executable, str(Path(__file__).resolve()), "--case", name, str(calls)],
            cwd=place,
            env={**os.environ, "HOME": place, "MLFLOW_DISABLE_TELEMETRY": "true"},
            check=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
    first, *later = json.loads(done.stdout.splitlines()[-1])
    return {"first": round(first, 3), "later": round(min(later), 3)}


def main(arguments):
    """Measure all cases, or the one that is named."""
    if arguments[:1] == ["--case"]:
        print(json.dumps(measure(*CASES[arguments[1]], int(arguments[2]))))
        return
    calls = int(arguments[0]) if arguments else 6
    result = {
        "date": date.today().isoformat(),
        "versions": {name: version(name) for name in PACKAGES},
        "python": sys.version.split()[0],
        "calls": calls,
        "seconds": {name: in_new_process(name, calls) for name in CASES},
    }
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main(sys.argv[1:])
