"""Train a classifier: the settings of the directory say whose run it is."""

import sys

import mlflow
from mltrack import track
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split
from sklearn.tree import DecisionTreeClassifier


@track(name="tree")
def train(depth=2):
    X, y = load_breast_cancer(return_X_y=True)
    X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
    model = DecisionTreeClassifier(max_depth=depth, random_state=0).fit(X_train, y_train)
    accuracy = model.score(X_test, y_test)
    mlflow.log_metric("test_accuracy", accuracy)
    print(f"depth {depth}: test accuracy {accuracy:.3f}")


if __name__ == "__main__":
    train(depth=int(sys.argv[1]))
