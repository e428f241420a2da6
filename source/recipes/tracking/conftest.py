"""Keep the runs of the tests out of your store: each test gets an experiment of its own."""

import mlflow
import pytest


@pytest.fixture(scope="session")
def store(tmp_path_factory):
    """Return the address of an empty store for all tests."""
    return f"sqlite:///{tmp_path_factory.mktemp('store')}/mlflow.db"


@pytest.fixture(autouse=True)
def experiment(store, request, tmp_path, monkeypatch):
    """Send runs and files of this test to an experiment that is named after it."""
    monkeypatch.chdir(tmp_path)
    mlflow.set_tracking_uri(store)
    mlflow.set_experiment(request.node.name)
    return request.node.name
