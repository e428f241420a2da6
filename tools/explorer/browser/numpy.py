"""What the generated services use of NumPy, in a browser that has none."""

from __future__ import annotations

from typing import Any

RAGGED = (
    "setting an array element with a sequence. The requested array has an inhomogeneous shape "
    "after 1 dimensions. The detected shape was ({},) + inhomogeneous part."
)


class ndarray:  # noqa: N801 - NumPy's name
    """Rows of numbers, or numbers."""

    def __init__(self, values: list[Any]) -> None:
        self.values = values

    @property
    def shape(self) -> tuple[int, ...]:
        """The number of rows, and of columns if there are rows."""
        rows = len(self.values)
        is_table = rows and isinstance(self.values[0], list)
        return (rows, len(self.values[0])) if is_table else (rows,)

    def tolist(self) -> list[Any]:
        """Return the values as a list."""
        return self.values


def array(values: list[Any]) -> ndarray:
    """Return the rows as an array.

    Raises:
        ValueError: they differ in length.
    """
    if len({len(each) if isinstance(each, list) else None for each in values}) > 1:
        raise ValueError(RAGGED.format(len(values)))
    return ndarray(values)
