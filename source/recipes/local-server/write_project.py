"""Write a service that runs wherever you copy it: python write_project.py NAME [--version V]."""

import argparse
import json
import shutil
from importlib.metadata import version
from pathlib import Path

import mlflow
from mltrack import MLTrackConfig
from mltrack.deployment.api.fastapi_generator import FastAPIGenerator
from mltrack.model_registry import ModelRegistry

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("name", help="the model's name in the registry")
parser.add_argument("--version", help="its version; without it, the newest")
parser.add_argument("--directory", type=Path, default=Path("service"))
options = parser.parse_args()

config = MLTrackConfig.find_config()
mlflow.set_tracking_uri(config.tracking_uri)
found = [
    model
    for model in ModelRegistry(config).list_models()  # newest first
    if model["model_name"] == options.name and options.version in (None, model["version"])
]
if not found:
    raise SystemExit(f"The registry has no {options.name} {options.version or ''}")
info = found[0]

files = FastAPIGenerator.generate_project_structure(info, options.directory)
project = files["readme"].parent
shutil.rmtree(project / "model", ignore_errors=True)
model = Path(
    mlflow.artifacts.download_artifacts(
        run_id=info["run_id"], artifact_path="model", dst_path=str(project)
    )
)
# The service reads the version that its answers carry from this file.
(model / "model_info.json").write_text(json.dumps({"version": info["version"]}))


def replace(file, old, new):
    """Replace a text that has to be there."""
    text = file.read_text()
    if old not in text:
        raise SystemExit(f"{file} has no {old!r}")
    file.write_text(text.replace(old, new))


# Pydantic 2 keeps BaseSettings in a package of its own.
replace(
    files["config"],
    "from pydantic import BaseSettings",
    "from pydantic_settings import BaseSettings",
)
# The model lies beside the application, not at a fixed path.
loader = files["model_loader"]
replace(loader, '"/app/model"', "MODEL")
replace(loader, '"/app/model/model_info.json"', 'f"{MODEL}/model_info.json"')
replace(
    loader,
    "# Global model instance",
    "from pathlib import Path\n\n"
    'MODEL = str(Path(__file__).parents[2] / "model")\n\n# Global model instance',
)

# What the service needs, in the versions that are installed here. Serving a model needs the
# small mlflow-skinny, not the whole of MLflow.
lines = (model / "requirements.txt").read_text().split()
needed = {line.replace("mlflow==", "mlflow-skinny==") for line in lines}
needed |= {
    f"{package}=={version(package)}"
    for package in ("fastapi", "uvicorn", "pydantic-settings", "pandas")
}
(project / "requirements.txt").write_text("\n".join(sorted(needed)) + "\n")

# As generated, these do not work: write your own where you need them.
for name in ("dockerfile", "pyproject", "readme"):
    files[name].unlink()
shutil.rmtree(files["test_api"].parent)

print(f"{project}: {options.name} {info['version']}")
