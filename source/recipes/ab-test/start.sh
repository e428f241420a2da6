uvicorn app.main:app --app-dir service/control --port 8001 &
uvicorn app.main:app --app-dir service/candidate --port 8002 &
uvicorn router:app --port 8000
