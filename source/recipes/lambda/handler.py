"""Call the handler that MLTrack generated, with what Lambda really sends."""

import base64
import json

import lambda_function
import numpy as np


class Rows:
    """A model that takes lists: one that autologging saved accepts arrays only."""

    def __init__(self, model):
        self.model = model

    def predict(self, rows):
        """Return the predictions for a list of rows."""
        return self.model.predict(np.array(rows))


# Load the model while the environment starts, not with the first request.
lambda_function._MODEL = Rows(lambda_function._load_model())


def handler(event, context):
    """Answer an event: {"data": rows}, or an HTTP request with that body."""
    if event.get("isBase64Encoded"):
        event = event | {"body": base64.b64decode(event["body"]).decode()}
    body = event.get("body") if "requestContext" in event else json.dumps(event)
    try:
        rows = json.loads(body)["data"]
    except (KeyError, TypeError, ValueError):
        return {"statusCode": 400, "body": json.dumps({"error": 'Send {"data": rows}'})}
    return lambda_function.handler({"data": rows}, context)
