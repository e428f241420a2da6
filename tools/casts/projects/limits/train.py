"""Train a classifier of iris flowers, with options on the command line."""

import argparse
from pathlib import Path

import mlflow
from mltrack import track
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

options = argparse.ArgumentParser()
options.add_argument("--c", type=float, default=1.0)
options.add_argument("--name", default="logistic")
chosen = options.parse_args()


@track(name=chosen.name)
def train(c):
    X, y = load_iris(return_X_y=True)
    model = LogisticRegression(C=c, max_iter=500).fit(X, y)
    accuracy = model.score(X, y)
    mlflow.log_metric("train_accuracy", accuracy)
    mlflow.sklearn.log_model(model, name="model")
    Path("run_id.txt").write_text(mlflow.active_run().info.run_id)
    print(f"C {c:g}: train accuracy {accuracy:.3f}")


train(chosen.c)
