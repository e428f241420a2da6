"""Train a classifier of iris flowers and log the model without a signature.

The handler that MLTrack generates passes a list to the model, which a signature would refuse.
"""

from pathlib import Path

import mlflow
from mltrack import get_last_run, track
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split


@track(name="iris-logistic")
def train():
    X, y = load_iris(return_X_y=True)
    X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
    model = LogisticRegression(max_iter=500).fit(X_train, y_train)
    accuracy = model.score(X_test, y_test)
    mlflow.log_metric("test_accuracy", accuracy)
    mlflow.sklearn.log_model(model, name="model")
    print(f"test accuracy: {accuracy:.3f}")


if __name__ == "__main__":
    train()
    Path("run_id.txt").write_text(get_last_run("iris"))
