"""Ask a model of Anthropic and record each call with MLTrack."""

import mlflow
from anthropic import Anthropic
from mltrack import track_llm

mlflow.set_tracking_uri("sqlite:///mlflow.db")
mlflow.set_experiment("anthropic")
client = Anthropic()  # the key comes from ANTHROPIC_API_KEY


@track_llm(name="answer")
def ask(messages, *, model, system):
    """Return the answer as a dictionary."""
    message = client.messages.create(
        model=model,
        max_tokens=500,
        system=system,
        messages=messages,
    )
    return message.model_dump() | {"request_id": message._request_id}


@track_llm(name="stream")
def stream(messages, *, model, system):
    """Yield the answer piece by piece, then the whole message."""
    with client.messages.stream(
        model=model,
        max_tokens=500,
        system=system,
        messages=messages,
    ) as events:
        yield from events.text_stream
        yield events.get_final_message().model_dump()


if __name__ == "__main__":
    question = [{"role": "user", "content": "Summarize these notes: …"}]
    asked = {"model": "claude-haiku-4-5", "system": "Answer in one sentence."}

    answer = ask(question, **asked)
    print(answer["content"][0]["text"])

    for piece in stream(question, **asked):
        if isinstance(piece, str):
            print(piece, end="")
    print()
