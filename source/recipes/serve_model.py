"""Write the project of a registered model: python serve_model.py NAME [DIRECTORY]."""

import json
import sys
from pathlib import Path

import mlflow
from mltrack import MLTrackConfig
from mltrack.deployment.api.fastapi_generator import FastAPIGenerator
from mltrack.model_registry import ModelRegistry

name = sys.argv[1]
directory = Path(sys.argv[2] if len(sys.argv) > 2 else "service")

config = MLTrackConfig.find_config()
mlflow.set_tracking_uri(config.tracking_uri)
models = ModelRegistry(config).list_models()  # newest first
info = next(model for model in models if model["model_name"] == name)

files = FastAPIGenerator.generate_project_structure(info, directory)
project = files["readme"].parent
model = Path(
    mlflow.artifacts.download_artifacts(
        run_id=info["run_id"], artifact_path="model", dst_path=str(project)
    )
).resolve()

# The service reads the version that its answers carry from this file.
(model / "model_info.json").write_text(json.dumps({"version": info["version"]}))


def replace(file, old, new):
    """Replace a text that has to be there."""
    text = file.read_text()
    if old not in text:
        sys.exit(f"{file} has no {old!r}")
    file.write_text(text.replace(old, new))


# Pydantic 2 keeps BaseSettings in a package of its own.
replace(
    files["config"],
    "from pydantic import BaseSettings",
    "from pydantic_settings import BaseSettings",
)
# The generated code expects the model where a container image would have it.
replace(files["model_loader"], "/app/model", str(model))

print(project)
