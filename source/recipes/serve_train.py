"""Train a classifier and register it under the name that the service gets."""

import mlflow
from mltrack import MLTrackConfig, get_last_run, track
from mltrack.model_registry import ModelRegistry
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

config = MLTrackConfig.find_config()
mlflow.set_tracking_uri(config.tracking_uri)


@track(name="iris")
def train():
    """Fit the model to the end; MLflow logs it as the run's "model"."""
    return LogisticRegression(max_iter=5000, tol=1e-8).fit(*load_iris(return_X_y=True))


train()
info = ModelRegistry(config).register_model(
    get_last_run(config.experiment_name),
    "iris",
    "model",
    task_type="classification",
)
print(info["model_name"], info["task_type"])
