pip install limits 'pyjwt[crypto]'
python add_client.py shop 60/minute
export PYTHONPATH=service/iris
uvicorn guard:app --host 127.0.0.1 --port 8000
