"""Several projects in one registry: entries that name project and store."""

from pathlib import Path

import mlflow
from mltrack import MLTrackConfig
from mltrack.model_registry import ModelRegistry

SQLITE = "sqlite:///"


def absolute(store):
    """Return an address of a store that holds in every directory."""
    if not store.startswith(SQLITE):
        return store
    return SQLITE + str(Path(store.removeprefix(SQLITE)).resolve())


def keep(run_id, project, name, stage="staging"):
    """Register a run's model as PROJECT-NAME, and note where it is."""
    store = absolute(MLTrackConfig.find_config().tracking_uri)
    mlflow.set_tracking_uri(store)
    registry = ModelRegistry(MLTrackConfig(tracking_uri=store))
    return registry.register_model(
        run_id,
        f"{project}-{name}",
        "model",
        stage=stage,
        metadata={"project": project, "store": store},
    )


def find(name, stage="production"):
    """Return the newest entry of a name in a stage."""
    for entry in ModelRegistry().list_models(stage):
        if entry["model_name"] == name:
            return entry
    raise LookupError(f"no model {name!r} in stage {stage!r}")


def load(name, stage="production"):
    """Return a model of any project, with its entry."""
    entry = find(name, stage)
    before = mlflow.get_tracking_uri()
    mlflow.set_tracking_uri(entry["custom_metadata"]["store"])
    try:
        model = mlflow.pyfunc.load_model(f"runs:/{entry['run_id']}/model")
    finally:
        mlflow.set_tracking_uri(before)
    return model, entry
