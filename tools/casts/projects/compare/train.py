"""Train three classifiers of digits: one tracked run for each."""

import mlflow
from mltrack import track
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsClassifier

X, y = load_digits(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)

MODELS = {
    "logistic": LogisticRegression(max_iter=2000),
    "forest": RandomForestClassifier(n_estimators=50, random_state=0),
    "neighbours": KNeighborsClassifier(n_neighbors=3),
}


def train(model):
    model.fit(X_train, y_train)
    mlflow.log_param("model", type(model).__name__)
    mlflow.log_metric("train_accuracy", model.score(X_train, y_train))
    mlflow.log_metric("test_accuracy", model.score(X_test, y_test))


for name, model in MODELS.items():
    track(name=name)(train)(model)
    print("trained", name)
