"""Read the metrics of the run in progress from the store, while another program trains."""

import time
from pathlib import Path

from mlflow import MlflowClient

while not Path("run_id.txt").exists():
    time.sleep(0.2)
client = MlflowClient("sqlite:///mlflow.db")
run_id = Path("run_id.txt").read_text()
print("the run is", client.get_run(run_id).info.status)
seen = 0
while True:
    status = client.get_run(run_id).info.status
    for metric in client.get_metric_history(run_id, "accuracy")[seen:]:
        print(f"epoch {metric.step:2}  accuracy {metric.value:.3f}", flush=True)
        seen += 1
    if status != "RUNNING":
        print("the run is", status)
        break
    time.sleep(0.2)
