python serve_train.py
python serve_model.py iris
uvicorn app.main:app --app-dir service/iris --host 127.0.0.1 --port 8000
