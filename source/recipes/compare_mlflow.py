"""Record a run with MLflow alone: its arguments, time, Git state, packages and failure."""

import subprocess
import sys
import time
import traceback

import mlflow

mlflow.set_tracking_uri("sqlite:///mlflow.db")
mlflow.set_experiment("descent")


def output(*command):
    """Return what a command prints."""
    return subprocess.check_output(command, text=True).strip()


def train(rate, steps=20):
    """Find the lowest point of a parabola."""
    with mlflow.start_run(run_name="train"):
        mlflow.log_params({"rate": rate, "steps": steps})
        branch = output("git", "branch", "--show-current")
        mlflow.set_tag("git.branch", branch)
        changes = output("git", "status", "--porcelain")
        mlflow.set_tag("git.dirty", bool(changes))
        packages = output(sys.executable, "-m", "pip", "freeze")
        mlflow.log_text(packages, "requirements.txt")
        started = time.perf_counter()
        try:
            weight = 0.0
            for step in range(steps):
                weight -= rate * 2 * (weight - 3)
                mlflow.log_metric("loss", (weight - 3) ** 2, step)
        except Exception as error:
            mlflow.set_tags({"status": "failed", "error": str(error)})
            mlflow.log_text(traceback.format_exc(), "traceback.txt")
            raise
        seconds = time.perf_counter() - started
        mlflow.log_metric("execution_time_seconds", seconds)
        mlflow.set_tag("status", "success")
        mlflow.log_text(str(weight), "result.txt")
        return weight


train(rate=0.1)
