"""What MLTrack's registry leaves to you: newest version, stages, removal."""

import json
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

STAGES = ("staging", "production", "archived")


def newest(registry, name, stage=None):
    """Return the newest version of a model, of all stages or of one."""
    for entry in registry.list_models(stage):  # the newest comes first
        if entry["model_name"] == name:
            return entry
    raise LookupError(f"no model {name!r} in stage {stage or 'any'}")


def mlflow_version(registry, entry):
    """Return the number of this model's version in MLflow's registry."""
    query = f"name = '{entry['model_name']}'"
    versions = registry.mlflow_client.search_model_versions(query)
    same = [each for each in versions if each.run_id == entry["run_id"]]
    if not same:
        raise LookupError(f"MLflow has no version of run {entry['run_id']}")
    return max(int(each.version) for each in same)


def promote(registry, name, version, stage):
    """Move a version to a stage; let MLflow's alias "production" follow."""
    if stage not in STAGES:
        raise ValueError(f"{stage!r} is none of {', '.join(STAGES)}")
    with redirect_stdout(StringIO()):  # it reports an error of MLflow
        entry = registry.transition_model_stage(name, version, stage)
    if stage == "production":
        number = str(mlflow_version(registry, entry))
        client = registry.mlflow_client
        client.set_registered_model_alias(name, "production", number)
    return entry


def remove(name, version):
    """Take a version out of the registry. MLflow keeps run and model."""
    file = Path.home() / ".mltrack" / "registry" / f"{name}.json"
    entries = json.loads(file.read_text())["models"]
    kept = [entry for entry in entries if entry["version"] != version]
    if len(kept) == len(entries):
        raise LookupError(f"no version {version!r} of {name!r}")
    file.write_text(json.dumps({"models": kept}, indent=2))
