"""List the team's runs, the most accurate first."""

import mlflow
from mltrack import MLTrackConfig

config = MLTrackConfig.find_config()
mlflow.set_tracking_uri(config.tracking_uri)
runs = mlflow.search_runs(
    experiment_names=[config.experiment_name],
    filter_string=f"tags.team = '{config.team_name}'",
    order_by=["metrics.test_accuracy DESC"],
)
columns = {
    "tags.team": "team",
    "tags.mltrack.user.name": "person",
    "params.arg.depth": "depth",
    "metrics.test_accuracy": "test",
}
table = runs[list(columns)].rename(columns=columns)
print(table.to_string(index=False, float_format="%.3f"))
