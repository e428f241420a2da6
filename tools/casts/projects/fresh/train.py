"""Train a classifier of iris flowers and record the run."""

import mlflow
from mltrack import track
from sklearn.datasets import load_iris
from sklearn.tree import DecisionTreeClassifier


@track(name="tree")
def train(depth=2):
    X, y = load_iris(return_X_y=True)
    accuracy = DecisionTreeClassifier(max_depth=depth, random_state=0).fit(X, y).score(X, y)
    mlflow.log_metric("train_accuracy", accuracy)
    print(f"train accuracy: {accuracy:.3f}")


if __name__ == "__main__":
    train()
