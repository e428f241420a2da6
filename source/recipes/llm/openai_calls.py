"""Ask a model of OpenAI and record each call with MLTrack."""

import mlflow
from mltrack import track_llm
from openai import OpenAI

mlflow.set_tracking_uri("sqlite:///mlflow.db")
mlflow.set_experiment("openai")
client = OpenAI()  # the key comes from OPENAI_API_KEY


@track_llm(name="answer")
def ask(messages, *, model):
    """Return the answer as a dictionary."""
    response = client.chat.completions.create(model=model, messages=messages)
    return response.model_dump() | {"request_id": response._request_id}


@track_llm(name="stream")
def stream(messages, *, model):
    """Yield the answer piece by piece; the last piece has the usage."""
    chunks = client.chat.completions.create(
        model=model,
        messages=messages,
        stream=True,
        stream_options={"include_usage": True},
    )
    for chunk in chunks:
        yield chunk.model_dump()


if __name__ == "__main__":
    question = [{"role": "user", "content": "Summarize these notes: …"}]

    answer = ask(question, model="gpt-4.1-mini")
    print(answer["choices"][0]["message"]["content"])

    for piece in stream(question, model="gpt-4.1-mini"):
        for choice in piece["choices"]:
            print(choice["delta"]["content"] or "", end="")
    print()
