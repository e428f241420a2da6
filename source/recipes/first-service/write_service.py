"""Write a service for a saved model: python write_service.py NAME."""

import json
import sys
from pathlib import Path

import mlflow
from mltrack import MLTrackConfig
from mltrack.deployment.api.fastapi_generator import FastAPIGenerator
from mltrack.model_registry import ModelRegistry

name = sys.argv[1]
config = MLTrackConfig.find_config()
mlflow.set_tracking_uri(config.tracking_uri)

# The newest model of this name, its service, and a copy of its files in there.
models = ModelRegistry(config).list_models()
info = next(model for model in models if model["model_name"] == name)
files = FastAPIGenerator.generate_project_structure(info, Path("service"))
project = files["readme"].parent.resolve()
mlflow.artifacts.download_artifacts(
    run_id=info["run_id"], artifact_path="model", dst_path=str(project)
)

# Each answer names the version of the model. The service reads it from here.
version = {"version": info["version"]}
(project / "model" / "model_info.json").write_text(json.dumps(version))

# Two corrections: where Pydantic 2 keeps BaseSettings, and where the model is.
for file, old, new in [
    ("config", "from pydantic import", "from pydantic_settings import"),
    ("model_loader", "/app/model", str(project / "model")),
]:
    text = files[file].read_text()
    assert old in text, f"{files[file]} has no {old!r}"
    files[file].write_text(text.replace(old, new))

print(project.relative_to(Path.cwd()))
