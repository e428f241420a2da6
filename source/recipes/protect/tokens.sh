export TOKEN_ISSUER=https://login.example.com
export TOKEN_AUDIENCE=https://models.example.com
export TOKEN_PUBLIC_KEY=issuer.pem
export PYTHONPATH=service/iris
uvicorn guard:app --host 127.0.0.1 --port 8000
