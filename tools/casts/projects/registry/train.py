"""Train two classifiers of iris flowers; write the ids of their runs to ``NAME.run``."""

from pathlib import Path

import mlflow
from mltrack import track
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.naive_bayes import GaussianNB

X, y = load_iris(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)


def train(name, model):
    model.fit(X_train, y_train)
    accuracy = model.score(X_test, y_test)
    mlflow.log_metric("test_accuracy", accuracy)
    mlflow.sklearn.log_model(model, name="model")
    Path(f"{name}.run").write_text(mlflow.active_run().info.run_id)
    print(f"{name}: test accuracy {accuracy:.3f}")


for name, model in {
    "iris-bayes": GaussianNB(),
    "iris-logistic": LogisticRegression(max_iter=500),
}.items():
    tags = {
        "model.framework": "sklearn",
        "model.type": type(model).__name__,
        "model.task_type": "classification",
    }
    track(name=name, tags=tags)(train)(name, model)
