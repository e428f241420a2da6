"""List the runs that match a filter: ``python runs.py "tags.person = 'ana'"``."""

import sys

import mlflow

mlflow.set_tracking_uri("sqlite:///mlflow.db")
runs = mlflow.search_runs(
    experiment_names=["cancer"],
    filter_string=sys.argv[1],
    order_by=["metrics.test_accuracy DESC"],
)
columns = {
    "tags.team": "team",
    "tags.person": "person",
    "params.arg.depth": "depth",
    "metrics.test_accuracy": "test",
}
table = runs[list(columns)].rename(columns=columns)
print(table.to_string(index=False, float_format="%.3f"))
