"""Train a classifier of iris flowers, and write down the id of its run."""

from pathlib import Path

from mltrack import get_last_run, track
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression


@track(name="flowers", tags={"model.task_type": "classification"})
def train():
    """Fit the model. MLflow logs it with the run."""
    iris = load_iris()
    species = iris.target_names[iris.target]
    return LogisticRegression(max_iter=500).fit(iris.data, species)


train()
Path("run_id.txt").write_text(get_last_run())
