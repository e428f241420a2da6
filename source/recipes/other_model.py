"""A model for the generic service: it takes the object that the request carries."""

import mlflow


class Anomaly(mlflow.pyfunc.PythonModel):
    """Call a temperature unusual when it is far from what is normal."""

    def predict(self, context, model_input, params=None):
        """Take {"temperature": °C}; return a verdict."""
        distance = abs(model_input["temperature"] - 20)
        return {"unusual": distance > 15, "distance": distance}


mlflow.models.set_model(Anomaly())
