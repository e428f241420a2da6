"""Move the newest version of a model to a stage: ``python promote.py NAME STAGE``."""

import sys

import mlflow
from mltrack import MLTrackConfig
from mltrack.model_registry import ModelRegistry

name, stage = sys.argv[1:]
config = MLTrackConfig.find_config()
mlflow.set_tracking_uri(config.tracking_uri)
registry = ModelRegistry(config)
newest = next(model for model in registry.list_models() if model["model_name"] == name)
registry.transition_model_stage(name, newest["version"], stage)
print(f"{name} {newest['version']}: {stage}")
