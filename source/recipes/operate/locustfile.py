"""Users that ask for a prediction again and again."""

from locust import FastHttpUser, task


class Caller(FastHttpUser):
    """One user."""

    @task
    def predict(self):
        """Ask for the class of a flower."""
        self.client.post("/api/v1/predict", json={"data": [[5.1, 3.5, 1.4, 0.2]]})
