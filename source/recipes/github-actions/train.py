"""Train and measure a small tree. On GitHub, the run says which workflow made it."""

import os

import mlflow
from mltrack import track
from sklearn.datasets import load_iris
from sklearn.model_selection import train_test_split
from sklearn.tree import DecisionTreeClassifier

KNOWN = ("GITHUB_REF_NAME", "GITHUB_RUN_ID", "GITHUB_ACTOR")
FROM_CI = {
    f"ci.{name.removeprefix('GITHUB_').lower()}": os.environ[name]
    for name in KNOWN
    if name in os.environ
}


@track(name="tree", tags=FROM_CI)
def train(max_depth):
    """Fit on three quarters of the data, and measure on the last."""
    parts = train_test_split(*load_iris(return_X_y=True), random_state=0)
    features, features_valid, species, species_valid = parts
    model = DecisionTreeClassifier(max_depth=max_depth, random_state=0)
    model.fit(features, species)
    mlflow.log_metric("validation_accuracy", model.score(features_valid, species_valid))
    return model


if __name__ == "__main__":
    train(max_depth=3)
