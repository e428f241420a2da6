"""Refresh ``_inventories/``: the objects.inv files of the projects that pages link to.

The build reads them from the repository, so it needs no network. ``make intersphinx`` fetches
them from each project's site. MLflow's site publishes its Python reference as one page a
module; where the site cannot be reached, ``--mlflow-from-package`` writes the same entries
from the installed package.
"""

from __future__ import annotations

import argparse
import importlib
import inspect
import sys
import urllib.error
import urllib.request
import zlib
from pathlib import Path

INVENTORIES = Path(__file__).parents[1] / "_inventories"
SITES = {
    "python": "https://docs.python.org/3",
    "mlflow": "https://mlflow.org/docs/latest/api_reference",
    "sklearn": "https://scikit-learn.org/stable",
}
MLFLOW_MODULES = (
    "mlflow",
    "mlflow.artifacts",
    "mlflow.client",
    "mlflow.entities",
    "mlflow.exceptions",
    "mlflow.models",
    "mlflow.pyfunc",
    "mlflow.sklearn",
)
RE_EXPORTING = ("mlflow", "mlflow.client")


def fetch(name: str) -> None:
    """Download one inventory; the old file stays when the new one is not an inventory.

    Raises:
        SystemExit: the site cannot be reached or answers with something else.
    """
    url = f"{SITES[name]}/objects.inv"
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:  # noqa: S310 - https, from SITES
            content = answer.read()
    except (urllib.error.URLError, TimeoutError) as error:
        sys.exit(f"intersphinx: {url}: {error}. Check the network and try again.")
    if not content.startswith(b"# Sphinx inventory version 2"):
        sys.exit(f"intersphinx: {url} is not a Sphinx inventory; {name}.inv is unchanged.")
    (INVENTORIES / f"{name}.inv").write_bytes(content)


def mlflow_from_package() -> None:
    """Write ``mlflow.inv`` from the public names of the installed package's main modules."""
    import mlflow

    lines = []
    for module_name in MLFLOW_MODULES:
        module = importlib.import_module(module_name)
        page = f"python_api/{module_name}.html#$"
        lines.append(f"{module_name} py:module 0 python_api/{module_name}.html#module-$ -")
        for name, value in sorted(vars(module).items()):
            home = "mlflow" if module_name in RE_EXPORTING else module_name
            if name.startswith("_") or not getattr(value, "__module__", "").startswith(home):
                continue
            if inspect.isclass(value):
                role = "exception" if issubclass(value, Exception) else "class"
                lines.append(f"{module_name}.{name} py:{role} 1 {page} -")
                lines += [
                    f"{module_name}.{name}.{member} py:method 1 {page} -"
                    for member, function in sorted(vars(value).items())
                    if not member.startswith("_") and inspect.isfunction(function)
                ]
            elif callable(value):
                lines.append(f"{module_name}.{name} py:function 1 {page} -")
    head = (
        "# Sphinx inventory version 2\n# Project: MLflow\n"
        f"# Version: {mlflow.__version__}\n"
        "# The remainder of this file is compressed using zlib.\n"
    )
    body = zlib.compress("".join(f"{line}\n" for line in lines).encode(), 9)
    (INVENTORIES / "mlflow.inv").write_bytes(head.encode() + body)


def main() -> None:
    """Fetch all inventories, or write MLflow's from the package."""
    parser = argparse.ArgumentParser(prog="python -m tools.intersphinx", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *SITES], help="which ones; all by default")
    parser.add_argument("--mlflow-from-package", action="store_true")
    args = parser.parse_args()
    if args.mlflow_from_package:
        mlflow_from_package()
    else:
        for name in args.names or SITES:
            fetch(name)


if __name__ == "__main__":
    main()
