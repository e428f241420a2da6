python -m venv .venv
.venv/bin/python -m pip install --requirement requirements.txt
.venv/bin/python -m uvicorn app.main:app --host 127.0.0.1 --port 8000
