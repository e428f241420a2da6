"""Fail when a metric of the newest run is too low; say so on the page of the workflow."""

import argparse
import os
import sys
from pathlib import Path

import mlflow
from mltrack import MLTrackConfig, get_last_run


def main():
    """Compare, report, and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--metric", required=True)
    parser.add_argument("--at-least", type=float, required=True)
    options = parser.parse_args()

    config = MLTrackConfig.find_config()
    mlflow.set_tracking_uri(config.tracking_uri)
    run = mlflow.get_run(get_last_run(config.experiment_name))
    value = run.data.metrics[options.metric]
    passed = value >= options.at_least
    text = (
        f"| {options.metric} | at least | passed |\n| --- | --- | --- |\n"
        f"| {value:.3f} | {options.at_least} | {'yes' if passed else 'no'} |\n"
    )
    print(text)
    if page := os.environ.get("GITHUB_STEP_SUMMARY"):
        with Path(page).open("a", encoding="utf-8") as file:
            file.write(text)
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
