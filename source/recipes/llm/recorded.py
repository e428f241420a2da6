"""Record a provider's answers once and replay them, without an account."""

import functools
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mlflow

Call = Callable[..., dict[str, Any]]


def recorded(directory: str, offline: bool = False) -> Callable[[Call], Call]:
    """Return a decorator for a function that returns a provider's answer.

    The first call with some arguments asks the provider and writes the answer
    to a file in ``directory``; later ones read it. With ``offline``, a call
    without a file raises ``LookupError`` instead of asking.
    """

    def decorate(ask: Call) -> Call:
        @functools.wraps(ask)
        def replay(*args: Any, **kwargs: Any) -> dict[str, Any]:
            request = {"args": args, "kwargs": kwargs}
            key = json.dumps(request, sort_keys=True)
            digest = hashlib.sha256(key.encode()).hexdigest()[:12]
            path = Path(directory, f"{ask.__name__}-{digest}.json")
            if path.exists():
                if mlflow.active_run():
                    mlflow.set_tag("replayed", "true")
                answer: dict[str, Any] = json.loads(path.read_text())["answer"]
                return answer
            if offline:
                raise LookupError(f"no recorded answer in {path}")
            answer = ask(*args, **kwargs)
            path.parent.mkdir(parents=True, exist_ok=True)
            content = {"request": request, "answer": answer}
            path.write_text(json.dumps(content, indent=2) + "\n")
            return answer

        return replay

    return decorate
