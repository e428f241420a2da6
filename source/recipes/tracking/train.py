"""Find the lowest point of a parabola, tracked."""

import mlflow
from mltrack import track


@track
def descend(rate, steps=20):
    """Return the point that is found, and log the loss of each step."""
    weight = 0.0
    for step in range(steps):
        weight -= rate * 2 * (weight - 3)
        mlflow.log_metric("loss", (weight - 3) ** 2, step=step)
    return weight
