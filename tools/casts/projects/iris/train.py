"""Train a classifier of iris flowers and record the run."""

from pathlib import Path

import mlflow
from mltrack import get_last_run, track
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split


@track(
    name="iris-rf",
    tags={
        "model.framework": "sklearn",
        "model.type": "RandomForestClassifier",
        "model.task_type": "classification",
    },
)
def train(n_estimators=100, max_depth=3):
    X, y = load_iris(return_X_y=True)
    X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
    model = RandomForestClassifier(
        n_estimators=n_estimators, max_depth=max_depth, random_state=0
    )
    model.fit(X_train, y_train)
    accuracy = model.score(X_test, y_test)
    mlflow.log_metric("test_accuracy", accuracy)
    print(f"test accuracy: {accuracy:.3f}")
    return model


if __name__ == "__main__":
    train(n_estimators=50)
    run_id = get_last_run()
    Path("run_id.txt").write_text(run_id)
    print("run:", run_id)
