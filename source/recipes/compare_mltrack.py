"""Record the same run with MLTrack; ``.mltrack.yml`` names store and experiment."""

import mlflow
from mltrack import track


@track
def train(rate, steps=20):
    """Find the lowest point of a parabola."""
    weight = 0.0
    for step in range(steps):
        weight -= rate * 2 * (weight - 3)
        mlflow.log_metric("loss", (weight - 3) ** 2, step)
    return weight


train(rate=0.1)
