"""Claims about the package, its commands and its version."""

from __future__ import annotations

import importlib
import pkgutil
import subprocess
import sys
from importlib.metadata import entry_points, metadata
from typing import TYPE_CHECKING, Any

import pytest
from packaging.specifiers import SpecifierSet

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Value = Callable[[str], Any]

IMPORT_ALL = """
import importlib, pkgutil, sys
sys.modules["torch"] = None  # importing it raises ImportError
import mltrack
names = [module.name for module in pkgutil.walk_packages(mltrack.__path__, "mltrack.")]
for name in names:
    importlib.import_module(name)
print(len(names))
"""


def test_commands(claim: Value) -> None:
    assert len(importlib.import_module("mltrack.cli").cli.commands) == claim("commands")


def test_one_program() -> None:
    scripts = entry_points(group="console_scripts")
    targets = {scripts[name].value for name in ("mltrack", "ml")}
    assert len(targets) == 1
    assert [s.name for s in scripts if s.value in targets] == ["ml", "mltrack"]


def test_public_names(claim: Value) -> None:
    assert len(importlib.import_module("mltrack").__all__) == claim("public-names")


def test_reported_version(claim: Value) -> None:
    assert importlib.import_module("mltrack").__version__ == claim("reported-version")
    assert metadata("mltrack-py")["Version"] == "0.2.0"


def test_python_version(claim: Value) -> None:
    needed = SpecifierSet(metadata("mlflow")["Requires-Python"])
    oldest = str(claim("python-version"))
    before = f"3.{int(oldest.split('.')[1]) - 1}"
    assert (f"{oldest}.0" in needed, f"{before}.99" in needed) == (True, False)


def test_without_pytorch(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL],
        capture_output=True, text=True, cwd=tmp_path, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    package = importlib.import_module("mltrack")
    assert int(run.stdout) == len(list(pkgutil.walk_packages(package.__path__, "mltrack."))) > 20


def test_default_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MLFLOW_ALLOW_FILE_STORE", raising=False)
    mlflow = importlib.import_module("mlflow")
    uri = importlib.import_module("mltrack").MLTrackConfig().tracking_uri
    assert uri == "file://./mlruns"
    with pytest.raises(mlflow.exceptions.MlflowException, match="file"):
        mlflow.MlflowClient(uri).search_experiments()
