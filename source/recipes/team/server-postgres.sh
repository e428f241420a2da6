# The password is in the file that PGPASSFILE names, or in ~/.pgpass.
mlflow server \
  --backend-store-uri postgresql+psycopg2://mlflow@127.0.0.1:5432/mlflow \
  --artifacts-destination ./artifacts \
  --host 0.0.0.0 --port 5050 \
  --allowed-hosts "mlflow.example.org,127.0.0.1:*"
