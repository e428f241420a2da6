"""What the generated services use of MLflow: loading a model, which is here its parameters.

The parameters come out of the model that was really trained and saved. Calculating with them is
the whole work of a prediction; checks and messages are those of scikit-learn.
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from numpy import ndarray  # the module beside this one, not NumPy

FLAT = (
    "Expected 2D array, got 1D array instead:\narray=[].\nReshape your data either using "
    "array.reshape(-1, 1) if your data has a single feature or array.reshape(1, -1) if it "
    "contains a single sample."
)
EMPTY = "Found array with 0 feature(s) (shape={}) while a minimum of 1 is required by {}."
MISSING = (
    "Input X contains NaN.\n{} does not accept missing values encoded as NaN natively. For "
    "supervised learning, you might want to consider "
    "sklearn.ensemble.HistGradientBoostingClassifier and Regressor which accept missing values "
    "encoded as NaNs natively. Alternatively, it is possible to preprocess the data, for instance "
    "by using an imputer transformer in a pipeline or drop samples with missing values. See "
    "https://scikit-learn.org/stable/modules/impute.html You can find a list of all estimators "
    "that handle NaN values at the following page: "
    "https://scikit-learn.org/stable/modules/impute.html#estimators-that-handle-nan-values"
)
INFINITE = "Input X contains infinity or a value too large for dtype('float64')."
COLUMNS = "X has {} features, but {} is expecting {} features as input."


class _Estimator:
    """A trained model from its parameters."""

    def __init__(self, parameters: dict[str, Any]) -> None:
        self.name: str = parameters["estimator"]
        self.parameters = parameters

    def predict(self, data: Any) -> Any:
        """Return one value a row.

        Raises:
            ValueError: the rows are not what the model was trained with.
        """
        self.check(data.shape, [value for row in data.values for value in row])
        return ndarray([self.one(row) for row in data.values])

    def check(self, shape: tuple[int, ...], values: list[float]) -> None:
        """Refuse what scikit-learn refuses, in its order."""
        wanted = self.parameters["features"]
        if len(shape) == 1:
            raise ValueError(FLAT)
        if not shape[1]:
            raise ValueError(EMPTY.format(shape, self.name))
        if any(map(math.isnan, values)):
            raise ValueError(MISSING.format(self.name))
        if any(map(math.isinf, values)):
            raise ValueError(INFINITE)
        if shape[1] != wanted:
            raise ValueError(COLUMNS.format(shape[1], self.name, wanted))

    def one(self, row: list[float]) -> Any:
        """Return the value of one row."""
        raise NotImplementedError


class LogisticRegression(_Estimator):
    """The class whose weighted sum is the greatest."""

    def one(self, row: list[float]) -> Any:
        """Return the class."""
        given = self.parameters
        sums = [
            sum(a * b for a, b in zip(row, weights, strict=True)) + intercept
            for weights, intercept in zip(given["coef"], given["intercept"], strict=True)
        ]
        return given["classes"][_greatest(sums)]


def _greatest(values: list[float]) -> int:
    """Return the place of the greatest value; as in NumPy, what is no number comes first."""
    return max(range(len(values)), key=lambda place: (math.isnan(values[place]), values[place]))


class KNeighborsRegressor(_Estimator):
    """The mean of the nearest neighbors' values."""

    def one(self, row: list[float]) -> float:
        """Return the mean."""
        given = self.parameters
        squares = [sum((a - b) ** 2 for a, b in zip(row, x, strict=True)) for x in given["x"]]
        order = sorted(range(len(squares)), key=squares.__getitem__)
        nearest = [given["y"][place] for place in order[: given["neighbors"]]]
        return math.fsum(nearest) / len(nearest)


class PythonModel:
    """The class to derive a model in Python from."""


class _Code:
    """A model in Python, as MLflow calls it."""

    def __init__(self, file: Path) -> None:
        self.model: Any = None
        text = file.read_text("utf-8")
        exec(compile(text, str(file), "exec"), {"__name__": "model"})  # noqa: S102 - our own file
        self.model = _chosen.pop()

    def predict(self, data: Any) -> Any:
        """Return the model's answer."""
        return self.model.predict(None, data)


_chosen: list[Any] = []
ESTIMATORS = {kind.__name__: kind for kind in (LogisticRegression, KNeighborsRegressor)}


def load_model(uri: str) -> Any:
    """Return the model whose parameters or code are in a directory."""
    directory = Path(uri)
    if (code := directory / "model.py").is_file():
        return _Code(code)
    parameters = json.loads((directory / "parameters.json").read_text("utf-8"))
    return ESTIMATORS[parameters["estimator"]](parameters)


def _module(name: str, **contents: Any) -> ModuleType:
    module = ModuleType(f"mlflow.{name}")
    vars(module).update(contents)
    sys.modules[module.__name__] = module
    return module


pyfunc = _module("pyfunc", load_model=load_model, PythonModel=PythonModel)
models = _module("models", set_model=_chosen.append)
