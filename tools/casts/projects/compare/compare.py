"""Compare the runs of an experiment, the best first."""

import mlflow

mlflow.set_tracking_uri("sqlite:///mlflow.db")
runs = mlflow.search_runs(
    experiment_names=["digits"], order_by=["metrics.test_accuracy DESC"]
)
columns = {
    "tags.mlflow.runName": "run",
    "params.model": "model",
    "metrics.train_accuracy": "train",
    "metrics.test_accuracy": "test",
}
table = runs[list(columns)].rename(columns=columns)
print(table.to_string(index=False, float_format="%.3f"))
