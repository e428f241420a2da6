"""Print the name of the last run."""

from mlflow import MlflowClient
from mltrack import get_last_run

run = MlflowClient("sqlite:///mlflow.db").get_run(get_last_run())
print("the run's name:", run.info.run_name)
