"""One service for several models: uvicorn service:app --port 8000."""

import os
from contextlib import asynccontextmanager

from fastapi import FastAPI, HTTPException
from pydantic import BaseModel
from shelf import load

models = {}


class Rows(BaseModel):
    """What a prediction is asked for: one list of numbers for each row."""

    rows: list[list[float]]


@asynccontextmanager
async def lifespan(app):
    """Load the models that SERVED_MODELS names, before the first request."""
    for name in os.environ["SERVED_MODELS"].split(","):
        models[name] = load(name)
    yield
    models.clear()


app = FastAPI(title="Several models", lifespan=lifespan)


@app.get("/models")
def served():
    """Say which models answer, and in which version."""
    return {name: entry["version"] for name, (_, entry) in models.items()}


@app.post("/models/{name}/predict")
def predict(name: str, body: Rows):
    """Ask one model."""
    if name not in models:
        raise HTTPException(404, f"no model {name!r}: see /models")
    model, entry = models[name]
    try:
        predictions = model.predict(body.rows).tolist()
    except ValueError as error:
        raise HTTPException(422, "the rows do not fit the model") from error
    return {"version": entry["version"], "predictions": predictions}
