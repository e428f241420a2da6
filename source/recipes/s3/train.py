"""Train a model, keep its files and a copy under a name in S3, and load that copy.

Set MLTRACK_S3_BUCKET to a bucket that exists, and the usual variables of AWS.
"""

import os

import mlflow
import numpy as np
from mltrack import MLTrackConfig, get_last_run, track
from mltrack.model_registry import ModelRegistry
from sklearn.datasets import load_iris
from sklearn.tree import DecisionTreeClassifier

BUCKET = os.environ["MLTRACK_S3_BUCKET"]

config = MLTrackConfig.find_config()
mlflow.set_tracking_uri(config.tracking_uri)
if mlflow.get_experiment_by_name(config.experiment_name) is None:
    mlflow.create_experiment(config.experiment_name, f"s3://{BUCKET}/runs")


@track(tags={"model.framework": "sklearn", "model.task_type": "classification"})
def train(max_depth):
    """Fit a small tree; MLflow logs it."""
    features, species = load_iris(return_X_y=True)
    model = DecisionTreeClassifier(max_depth=max_depth, random_state=0)
    return model.fit(features, species)


if __name__ == "__main__":
    train(max_depth=2)
    registry = ModelRegistry(config)
    saved = registry.register_model(get_last_run(config.experiment_name), "flowers", "model")
    model = mlflow.pyfunc.load_model(saved["s3_location"] + "/model")
    print("prediction:", model.predict(np.array([[5.1, 3.5, 1.4, 0.2]])))
