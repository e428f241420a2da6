pip install locust
locust --headless --host http://127.0.0.1:8000 --users 8 --run-time 60s
