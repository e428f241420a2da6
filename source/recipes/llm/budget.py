"""Stop calling language models when a budget is spent."""

from datetime import datetime

import mlflow

COST = "metrics.llm.cost_usd"


class BudgetSpentError(RuntimeError):
    """The budget is spent."""


def spent(experiment: str, since: datetime) -> float:
    """Return the dollars that an experiment's calls cost since a moment."""
    begin = round(since.timestamp() * 1000)
    runs = mlflow.search_runs(
        experiment_names=[experiment],
        filter_string=f"attributes.start_time >= {begin}",
    )
    return float(runs[COST].sum()) if COST in runs else 0.0


def check(experiment: str, since: datetime, dollars: float) -> float:
    """Return what is left of a budget, or raise ``BudgetSpentError``."""
    left = dollars - spent(experiment, since)
    if left <= 0:
        raise BudgetSpentError(f"{experiment}: {-left:.2f} dollars over budget")
    return left
