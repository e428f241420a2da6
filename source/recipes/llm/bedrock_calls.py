"""Ask a model on Amazon Bedrock and record each call with MLTrack."""

import boto3
import mlflow
from mltrack import track_llm

mlflow.set_tracking_uri("sqlite:///mlflow.db")
mlflow.set_experiment("bedrock")
client = boto3.client("bedrock-runtime")  # your AWS credentials and region

MODEL = "anthropic.claude-haiku-4-5-20251001-v1:0"


@track_llm(name="answer")
def ask(messages, *, model_id):
    """Return the answer without the headers of the HTTP response."""
    response = client.converse(modelId=model_id, messages=messages)
    request_id = response.pop("ResponseMetadata")["RequestId"]
    return response | {"requestId": request_id}


@track_llm(name="stream")
def stream(messages, *, model_id):
    """Yield the events of a stream; the last one has the usage."""
    response = client.converse_stream(modelId=model_id, messages=messages)
    for event in response["stream"]:
        yield event.get("metadata", event)


if __name__ == "__main__":
    content = [{"text": "Summarize these notes: …"}]
    question = [{"role": "user", "content": content}]

    answer = ask(question, model_id=MODEL)
    print(answer["output"]["message"]["content"][0]["text"])

    for event in stream(question, model_id=MODEL):
        if "contentBlockDelta" in event:
            print(event["contentBlockDelta"]["delta"]["text"], end="")
    print()
