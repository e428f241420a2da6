"""Log calls of language models with their tokens: here those of a day, from a table."""

import mlflow
from mltrack import log_llm_call

CALLS = [
    # provider, model, input tokens, output tokens, milliseconds, feature
    ("openai", "gpt-4o-mini", 1200, 300, 640, "search"),
    ("openai", "gpt-4o-mini", 900, 250, 580, "search"),
    ("openai", "gpt-4o", 2000, 700, 2100, "summary"),
    ("anthropic", "claude-3-5-sonnet-20241022", 1500, 800, 1900, "summary"),
    ("anthropic", "claude-3-5-sonnet-20241022", 1100, 350, 1250, "search"),
]

mlflow.set_tracking_uri("sqlite:///mlflow.db")
mlflow.set_experiment("llm")
for provider, model, sent, received, latency, feature in CALLS:
    log_llm_call(
        provider=provider,
        model=model,
        input_tokens=sent,
        output_tokens=received,
        latency_ms=latency,
        tags={"feature": feature},
    )
print(f"{len(CALLS)} calls logged")
