"""Messages of the stores that use Amazon S3, which is simulated: it answers what it is told to."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any
from unittest import mock

from .room import says

if TYPE_CHECKING:
    from .room import Room

SIMULATED = "a simulated Amazon S3"
BUCKET = "models-of-growth"


def frame(*values: Any) -> Any:
    """Return a little table."""
    import pandas as pd  # type: ignore[import-untyped]

    return pd.DataFrame({"x": values or (1, 2)})


def store(**more: Any) -> Any:
    """Return the first data store, with a bucket."""
    from mltrack.data_store import DataStore

    return DataStore(s3_bucket=BUCKET, **more)


def flexible() -> Any:
    """Return the second data store, with a bucket."""
    from mltrack.data_store_v2 import FlexibleDataStore

    return FlexibleDataStore(s3_bucket=BUCKET)


def models() -> Any:
    """Return the storage of models of deployments."""
    from mltrack.deploy.s3_storage import S3ModelStorage

    return S3ModelStorage(BUCKET)


def reference(path: str, form: str = "json") -> Any:
    """Return a reference to stored data."""
    from mltrack.data_store_v2 import DataReference

    return DataReference(hash="0", storage_path=path, size_bytes=1, format=form)


@says("⚠️ S3 initialization failed: {}")
def _no_credentials(room: Room) -> None:
    with mock.patch.dict(os.environ, MLTRACK_S3_BUCKET=BUCKET):
        from mltrack.model_registry import ModelRegistry

        ModelRegistry()


def _refusal(template: str, code: str, make: str) -> None:
    @says(template, using=SIMULATED)
    def refused(room: Room) -> None:
        with room.s3(HeadBucket=code):
            if make == "registry":
                from mltrack.model_registry import ModelRegistry

                ModelRegistry(s3_bucket=BUCKET)
            else:
                store()


for _template, _code, _make in (
    ("Bucket '{}' does not exist", "404", "store"),
    ("Access denied to bucket '{}'", "403", "store"),
    ("S3 error: {}", "SlowDown", "store"),
    ("All access to bucket '{}' is disabled", "AllAccessDisabled", "registry"),
    ("S3 error ({}): {}", "SlowDown", "registry"),
    (
        "Access denied to bucket '{}'. Check your AWS credentials and permissions.",
        "403",
        "registry",
    ),
):
    _refusal(_template, _code, _make)


@says("⚠️ S3 upload failed (continuing with local storage): {}", using=SIMULATED)
def _upload_of_a_version(room: Room) -> None:
    from mltrack.model_registry import ModelRegistry

    room.settings(room.full)
    with room.s3():
        registry = ModelRegistry(s3_bucket=BUCKET)
    with room.s3(PutObject="AccessDenied", CreateMultipartUpload="AccessDenied"):
        registry.register_model(room.run_id, "iris", "model")


@says("Could not load model from {}", using=SIMULATED)
def _version_from_s3(room: Room) -> None:
    from mltrack.model_registry import ModelRegistry

    room.settings(room.full)
    with room.s3():
        registry = ModelRegistry(s3_bucket=BUCKET)
        made = registry.register_model(room.run_id, "iris", "model")
        with mock.patch.object(registry, "_download_directory_from_s3"):
            registry.load_model("iris", version=made["version"])


@says("S3 not configured")
def _no_bucket(room: Room) -> None:
    from mltrack.data_store import DataStore

    DataStore().retrieve_data("0", "1", "inputs", "x.json")


@says("⚠️ Failed to upload to S3: {}", using=SIMULATED)
def _data_not_uploaded(room: Room) -> None:
    with room.s3():
        data = store()
    with room.s3(PutObject="AccessDenied"):
        data.store_inputs(frame(), "0", "1")


@says("⚠️ Failed to upload {}: {}", using=SIMULATED)
def _artifact_not_uploaded(room: Room) -> None:
    with room.s3():
        data = store()
    with room.s3(PutObject="AccessDenied"):
        data.store_model_artifacts({}, "0", "1", "", [], {})


@says("⚠️ Failed to store manifest: {}", using=SIMULATED)
def _manifest_not_stored(room: Room) -> None:
    with room.s3():
        data = store()
    with room.s3(PutObject="AccessDenied"):
        data.create_manifest("0", "1", {}, {})


@says("⚠️ Failed to save manifest: {}", using=SIMULATED)
def _manifest_not_saved(room: Room) -> None:
    with room.s3():
        data = flexible()
    with room.s3(PutObject="AccessDenied"):
        data.save_manifest(data.create_run("1", project="growth"))


def _captured(room: Room, function: Any, *arguments: Any) -> None:
    import mlflow
    from mltrack.data_store import capture_data

    room.settings(room.full)
    with mlflow.start_run():
        capture_data()(function)(*arguments)


@says("⚠️ Failed to store input {}: {}")
def _input_not_stored(room: Room) -> None:
    _captured(room, lambda table: None, frame(1, "a"))


@says("⚠️ Failed to store output: {}")
def _output_not_stored(room: Room) -> None:
    _captured(room, lambda: frame(1, "a"))


@says("Skipping MLflow log; active run_id={} does not match requested run_id={}")
def _another_run(room: Room) -> None:
    import mlflow
    from mltrack.data_store import DataStore

    room.settings(room.full)
    with mlflow.start_run():
        DataStore().store_inputs(frame(), "0", "1")


@says("Failed to retrieve data: {}", using=SIMULATED)
def _data_not_there(room: Room) -> None:
    with room.s3():
        data = store()
    with room.s3(HeadObject="404"):
        data.retrieve_data("0", "1", "inputs", "x.json")


@says("Invalid storage path: {}", using=SIMULATED)
def _path_of_a_file(room: Room) -> None:
    with room.s3():
        flexible().retrieve_data(reference("data/x.json"))


@says("Unknown format: {}", using=SIMULATED)
def _other_format(room: Room) -> None:
    with room.s3():
        data = flexible()
        with mock.patch.object(data.s3_client, "download_file"):
            data.retrieve_data(reference(f"s3://{BUCKET}/x.csv", "csv"))


@says("Unknown storage mode: {}")
def _by_model(room: Room) -> None:
    from mltrack.data_store_v2 import FlexibleDataStore, StorageMode

    FlexibleDataStore().create_run("1", storage_modes=[StorageMode.BY_MODEL])


@says("Invalid S3 URI: {}", using=SIMULATED)
def _no_address(room: Room) -> None:
    with room.s3():
        models().delete_model("models/iris")


@says("Invalid S3 URI format: {}", using=SIMULATED)
def _address_without_a_key(room: Room) -> None:
    with room.s3():
        models().delete_model("s3://models")


@says("Model file not found: {}", using=SIMULATED)
def _no_model_file(room: Room) -> None:
    with room.s3():
        models().upload_model("model.pkl", "iris")


@says("Failed to create bucket: {}", using=SIMULATED)
def _bucket_not_made(room: Room) -> None:
    with room.s3(HeadBucket="404", CreateBucket="AccessDenied"):
        models()


@says("Failed to upload model to S3: {}", using=SIMULATED)
def _model_not_uploaded(room: Room) -> None:
    (room.place / "model.pkl").write_bytes(b"model")
    with room.s3():
        storage = models()
    with room.s3(PutObject="AccessDenied"):
        storage.upload_model("model.pkl", "iris")


@says("Failed to download model from S3: {}", using=SIMULATED)
def _model_not_downloaded(room: Room) -> None:
    with room.s3():
        storage = models()
    with room.s3(HeadObject="404"):
        storage.download_model(f"s3://{BUCKET}/iris", "models/model.pkl")


@says("Failed to list models from S3: {}", using=SIMULATED)
def _models_not_listed(room: Room) -> None:
    with room.s3(ListObjectsV2="AccessDenied"):
        models().list_models()


@says("Failed to delete model from S3: {}", using=SIMULATED)
def _model_not_deleted(room: Room) -> None:
    with room.s3(DeleteObject="AccessDenied"):
        models().delete_model(f"s3://{BUCKET}/iris")


@says("Failed to copy model in S3: {}", using=SIMULATED)
def _model_not_copied(room: Room) -> None:
    with room.s3(CopyObject="AccessDenied"):
        models().copy_model(f"s3://{BUCKET}/iris", "copy")
