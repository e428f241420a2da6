"""Evaluate the A/B test in ab-test.db, and keep the result as a run."""

import os
import sqlite3

import mlflow
import pandas as pd
from mltrack import MLTrackConfig, track_context
from scipy import stats

VARIANTS = ["control", "candidate"]
LEVEL = 0.05  # chosen before the test
TEST = os.environ.get("AB_TEST", "digits-1")


def read(path):
    """Return one row for each user, and the share of the candidate."""
    log = sqlite3.connect(path)
    query = "SELECT * FROM requests WHERE test = ?"
    rows = pd.read_sql_query(query, log, params=(TEST,))
    log.close()
    if rows["share"].nunique() != 1:
        raise SystemExit(f"{TEST}: no requests, or the share was changed")
    failed = rows["status"] >= 500
    # An error is no success. What has no outcome yet does not count.
    rows["success"] = rows["success"].astype(float).mask(failed, 0.0)
    rows["errors"] = failed.astype(int)
    users = rows.groupby(["variant", "user"], as_index=False)
    return users.agg({"success": "mean", "errors": "sum"}), rows["share"][0]


def evaluate(users, share):
    """Return the figures of the test."""
    groups = {name: users[users["variant"] == name] for name in VARIANTS}
    counts = {name: len(group) for name, group in groups.items()}
    rates = {name: group["success"].dropna() for name, group in groups.items()}
    if min(len(rate) for rate in rates.values()) < 2:
        raise SystemExit("too few users with an outcome")
    split = stats.binomtest(counts["candidate"], sum(counts.values()), share)
    test = stats.ttest_ind(rates["candidate"], rates["control"], equal_var=False)
    low, high = test.confidence_interval(1 - LEVEL)
    figures = {f"users.{name}": count for name, count in counts.items()}
    figures |= {f"success.{name}": rate.mean() for name, rate in rates.items()}
    figures |= {f"errors.{name}": groups[name]["errors"].sum() for name in VARIANTS}
    return figures | {
        "difference": rates["candidate"].mean() - rates["control"].mean(),
        "difference.low": low,
        "difference.high": high,
        "p_value": test.pvalue,
        "split.p_value": split.pvalue,
    }


def decide(figures):
    """Return the decision."""
    if figures["split.p_value"] < 0.001:
        return "none: the users were not split as planned"
    if not figures["p_value"] < LEVEL:
        return "none: no difference shown"
    return "candidate" if figures["difference"] > 0 else "control"


if __name__ == "__main__":
    figures = evaluate(*read("ab-test.db"))
    decision = decide(figures)

    mlflow.set_tracking_uri(MLTrackConfig.find_config().tracking_uri)
    with track_context(f"ab-test {TEST}", tags={"decision": decision}):
        mlflow.log_metrics({name: float(value) for name, value in figures.items()})

    for name in VARIANTS:
        users, rate = figures[f"users.{name}"], figures[f"success.{name}"]
        print(f"{name:10} {users:4} users, success {rate:.3f}")
    low, high = figures["difference.low"], figures["difference.high"]
    interval = f"95 % interval {low:+.3f} to {high:+.3f}"
    print(f"difference {figures['difference']:+.3f}, {interval}")
    print(f"p-value    {figures['p_value']:.5f}")
    print(f"decision   {decision}")
