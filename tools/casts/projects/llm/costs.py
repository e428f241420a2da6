"""Sum the cost of logged calls by a tag: ``python costs.py llm.model``."""

import sys

import mlflow

mlflow.set_tracking_uri("sqlite:///mlflow.db")
runs = mlflow.search_runs(experiment_names=["llm"])
group = f"tags.{sys.argv[1]}"
table = runs.groupby(group).agg(
    calls=("run_id", "count"),
    tokens=("metrics.llm.tokens.total_tokens", "sum"),
    dollars=("metrics.llm.cost_usd", "sum"),
)
print(table.sort_values("dollars", ascending=False).to_string(float_format="%.6g"))
print(f"total: {runs['metrics.llm.cost_usd'].sum():.6f} dollars")
