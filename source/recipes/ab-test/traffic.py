"""Play users who each send a digit, and report whether the answer was right."""

import time

import httpx
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

USERS = 300
ROUTER = "http://127.0.0.1:8000"
SERVICES = ["http://127.0.0.1:8001", "http://127.0.0.1:8002"]


def answers(url):
    """Return whether a service has started."""
    try:
        return httpx.get(f"{url}/docs").is_success
    except httpx.TransportError:
        return False


while not all(answers(url) for url in [ROUTER, *SERVICES]):
    time.sleep(1)

X, y = load_digits(return_X_y=True)
_, X_test, _, y_test = train_test_split(X, y, random_state=0)

with httpx.Client(base_url=ROUTER, timeout=30) as client:
    for number in range(USERS):
        answer = client.post(
            "/api/v1/predict",
            json={"data": [X_test[number].tolist()]},
            headers={"X-User": f"user-{number}"},
        ).raise_for_status()
        success = answer.json()["predictions"][0] == int(y_test[number])
        request_id = answer.headers["X-Request-Id"]
        outcome = {"success": success}
        client.post(f"/outcome/{request_id}", json=outcome).raise_for_status()
print(USERS, "users answered")
