"""Train a tree for the team: python train.py DEPTH."""

import sys

import mlflow
from mltrack import track
from mltrack.user_info import get_user_tags
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split
from sklearn.tree import DecisionTreeClassifier


@track(name="tree", tags=get_user_tags())
def train(depth):
    """Fit a tree and log its accuracy."""
    data, target = load_breast_cancer(return_X_y=True)
    x_train, x_test, y_train, y_test = train_test_split(data, target, random_state=0)
    model = DecisionTreeClassifier(max_depth=depth, random_state=0)
    accuracy = model.fit(x_train, y_train).score(x_test, y_test)
    mlflow.log_metric("test_accuracy", accuracy)
    print(f"depth {depth}: test accuracy {accuracy:.3f}")


if __name__ == "__main__":
    train(depth=int(sys.argv[1]))
