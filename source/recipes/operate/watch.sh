pip install prometheus-fastapi-instrumentator
export PYTHONPATH=service/iris
uvicorn watch:app --log-config logging.json --no-access-log --host 127.0.0.1 --port 8000
