"""The services that the package can generate, and the requests that the exporter sends them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Task = Literal["classification", "regression", "llm", "other"]

PROMPT = "Say hello to the reader"
FLOWERS = [[5.1, 3.5, 1.4, 0.2], [6.7, 3.0, 5.2, 2.3]]
PATIENTS = [[59.0, 2.0, 32.1, 101.0], [48.0, 1.0, 21.6, 87.0]]


@dataclass(frozen=True)
class Service:
    """A generated service.

    Args:
        name: of its files below ``source/_data/openapi/``.
        kind: ``project`` is ``FastAPIGenerator``'s, ``container`` is ``DockerBuilder``'s.
        task: the model's task type. The generators know the first three.
        bodies: requests to send, by endpoint. An endpoint with no entry gets the example of
            its document.
    """

    name: str
    kind: Literal["project", "container"]
    task: Task
    bodies: dict[str, list[Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Fails:
    """A body that the document allows, and that fails because of a known limit."""

    body: Any
    limit: str


WRONG = {"nothing": "useful"}
"""A body that no endpoint accepts."""

MESSAGES = [
    {"role": "system", "content": "You are brief."},
    {"role": "user", "content": PROMPT},
]

SERVICES = (
    Service(
        "classification",
        "project",
        "classification",
        {
            "POST /api/v1/predict": [
                {"data": FLOWERS},
                WRONG,
                Fails({"data": FLOWERS, "return_proba": True}, "service-return-proba"),
                {"data": [[5.1, 3.5]]},
            ],
            "POST /api/v1/predict/batch": [
                {"instances": [{"data": FLOWERS[:1]}, {"data": FLOWERS[1:]}]},
                WRONG,
                Fails(
                    {"instances": [{"data": FLOWERS, "return_proba": True}]},
                    "service-return-proba",
                ),
            ],
        },
    ),
    Service(
        "regression",
        "project",
        "regression",
        {
            "POST /api/v1/predict": [{"data": PATIENTS}, WRONG, {"data": [[59.0, 2.0]]}],
            "POST /api/v1/predict/batch": [
                {"instances": [{"data": PATIENTS[:1]}, {"data": PATIENTS[1:]}]},
                WRONG,
            ],
        },
    ),
    Service(
        "llm",
        "project",
        "llm",
        {
            "POST /api/v1/generate": [
                {"prompt": PROMPT, "max_tokens": 100},
                {"prompt": "", "max_tokens": 5000},
            ],
            "POST /api/v1/chat": [
                Fails({"messages": MESSAGES, "max_tokens": 100}, "service-chat"),
                WRONG,
            ],
        },
    ),
    Service(
        "other",
        "project",
        "other",
        {
            "POST /api/v1/predict": [
                {"data": {"temperature": 38}},
                WRONG,
                {"data": {"humidity": 80}},
            ]
        },
    ),
    Service(
        "container-classification",
        "container",
        "classification",
        {"POST /predict": [Fails({"data": FLOWERS}, "container-classifier-predict"), WRONG]},
    ),
    Service(
        "container-regression",
        "container",
        "regression",
        {"POST /predict": [{"data": PATIENTS}, WRONG, {"data": [[59.0, 2.0]]}]},
    ),
    Service(
        "container-llm",
        "container",
        "llm",
        {"POST /generate": [{"prompt": PROMPT, "max_tokens": 100}, WRONG]},
    ),
    Service("container-other", "container", "other"),
)
