"""What a run of the training has to hold."""

import mlflow
import pytest
from train import descend


def test_it_finds_the_lowest_point():
    """Run it as always: its run goes into the empty store."""
    assert descend(rate=0.3) == pytest.approx(3, abs=0.01)


def test_it_logs_its_loss(experiment):
    """Read the run back from the experiment of this test."""
    descend(rate=0.3)
    (run,) = mlflow.search_runs(experiment_names=[experiment], output_format="list")
    assert run.data.params["arg.rate"] == "0.3"
    assert run.data.metrics["loss"] < 0.01
