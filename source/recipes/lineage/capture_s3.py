"""Keep the data of an evaluation in S3, and get it back from its run.

Set MLTRACK_S3_BUCKET to a bucket that exists, and the usual variables of AWS.
"""

import mlflow
import pandas as pd
from mltrack import MLTrackConfig, get_last_run, track
from mltrack.data_store_v2 import (
    DataReference,
    FlexibleDataStore,
    RunType,
    capture_flexible_data,
)

config = MLTrackConfig.find_config()
mlflow.set_tracking_uri(config.tracking_uri)


@track(name="evaluate")
@capture_flexible_data(project="iris", run_type=RunType.EVALUATION)
def evaluate(table):
    """Return figures of a table."""
    return {"rows": len(table), "mean_length": float(table["length"].mean())}


def stored_input(run_id, name):
    """Return an input of a run as it was."""
    manifest = mlflow.artifacts.load_dict(f"runs:/{run_id}/run_manifest.json")
    reference = DataReference(**manifest["inputs"][name])
    return FlexibleDataStore().retrieve_data(reference)


if __name__ == "__main__":
    evaluate(pd.DataFrame({"length": [5.1, 4.9, 6.2]}))
    run_id = get_last_run(config.experiment_name)
    print(stored_input(run_id, "table"))
