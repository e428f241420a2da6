"""Train a classifier of digits and log its loss and accuracy after every epoch.

``python train_live.py [EPOCHS] [SECONDS]``: the pause after an epoch gives you time to watch.
"""

import sys
import time
from pathlib import Path

import mlflow
from mltrack import track
from sklearn.datasets import load_digits
from sklearn.linear_model import SGDClassifier
from sklearn.metrics import log_loss
from sklearn.model_selection import train_test_split


@track(name="digits-live")
def train(epochs=20, pause=0.5):
    Path("run_id.txt").write_text(mlflow.active_run().info.run_id)
    X, y = load_digits(return_X_y=True)
    X_train, X_test, y_train, y_test = train_test_split(X / 16, y, random_state=0)
    model = SGDClassifier(
        loss="log_loss", learning_rate="constant", eta0=0.002, random_state=0
    )
    for epoch in range(1, epochs + 1):
        model.partial_fit(X_train, y_train, classes=range(10))
        loss = log_loss(y_test, model.predict_proba(X_test))
        accuracy = model.score(X_test, y_test)
        mlflow.log_metrics({"loss": loss, "accuracy": accuracy}, step=epoch)
        print(f"epoch {epoch:2}  loss {loss:.3f}  accuracy {accuracy:.3f}", flush=True)
        time.sleep(pause)


if __name__ == "__main__":
    epochs = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    pause = float(sys.argv[2]) if len(sys.argv) > 2 else 0.5
    train(epochs, pause)
