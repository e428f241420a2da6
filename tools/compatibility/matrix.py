"""What is tried, and the result as it is stored."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel

ROOT = Path(__file__).parents[2]
RESULT = ROOT / "source" / "_data" / "compatibility.json"
RELEASE = "0.2.0"
BUILT_WITH = ("3.11", "3.17.2")
"""The combination of which everything else on the site says that it was run."""
OLD_SQL = "sqlalchemy<2.1"
"""What MLflow 3.5 and older need, and do not say."""
COMBINATIONS = (
    ("3.11", "3.18.0", ""),
    (*BUILT_WITH, ""),
    ("3.11", "3.10.1", ""),
    ("3.11", "3.5.1", ""),
    ("3.11", "3.5.1", OLD_SQL),
    ("3.11", "3.1.4", OLD_SQL),
    ("3.11", "2.22.5", OLD_SQL),
    ("3.14", "3.17.2", ""),
    ("3.13", "3.17.2", ""),
    ("3.12", "3.17.2", ""),
    ("3.10", "3.17.2", ""),
    ("3.10", "2.22.5", OLD_SQL),
    ("3.9", "3.1.4", OLD_SQL),
    ("3.8", "2.17.2", OLD_SQL),
)
"""Python, MLflow and what else is asked for; MLflow 3.2 needs Python 3.10, 2.18 needs 3.9."""
PROCESSES = (
    ("import",),
    ("defaults",),
    ("track", "context", "llm", "load", "service"),
    ("commands", "save"),
)
"""The checks; each line is a process, and those after the second share a directory."""
CHECKS = ("install", *(name for names in PROCESSES for name in names))
SHOWN = ("mlflow", "scikit-learn", "pydantic", "fastapi", "pandas", "numpy", "sqlalchemy")


class Combination(BaseModel):
    """What came of one combination: for each check the empty string, or why it fails."""

    python: str
    mlflow: str
    pinned: str = ""
    date: str = ""
    versions: dict[str, str] = {}
    checks: dict[str, str] = {}
    not_run: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        """The versions that are asked for."""
        return self.python, self.mlflow, self.pinned

    @property
    def facts(self) -> dict[str, Any]:
        """All but the date."""
        return self.model_dump(exclude={"date"})


class Result(BaseModel):
    """The stored file."""

    release: str
    combinations: list[Combination]

    @classmethod
    def load(cls, path: Path = RESULT) -> Result:
        """Read the file; one that is missing has no combinations."""
        if not path.is_file():
            return cls(release=RELEASE, combinations=[])
        return cls.model_validate_json(path.read_text(encoding="utf-8"))

    def save(self, path: Path = RESULT) -> None:
        """Write the file, in the order of the matrix."""
        order = [*COMBINATIONS]
        self.combinations.sort(key=lambda each: order.index(each.key))
        text = json.dumps(self.model_dump(), indent=1, ensure_ascii=False)
        path.write_text(text + "\n", encoding="utf-8")

    def put(self, new: Combination) -> Combination | None:
        """Take ``new`` in place of the old one, whose date it keeps if nothing changed."""
        old = next((each for each in self.combinations if each.key == new.key), None)
        if old is not None:
            self.combinations.remove(old)
            if old.facts == new.facts:
                new = old
        self.combinations.append(new)
        return old
