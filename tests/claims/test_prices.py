"""Claims about the price table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mltrack.pricing import calculate_cost, load_pricing_snapshot

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    Value = Callable[[str], Any]


def test_price_models(claim: Value) -> None:
    assert len(load_pricing_snapshot()["models"]) == claim("price-models")


def test_price_date(claim: Value) -> None:
    snapshot = load_pricing_snapshot()
    assert snapshot["source"] == "litellm"
    assert snapshot["fetched_at"].startswith(f"{claim('price-date')}T")


def test_price_decimals(claim: Value, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MLTRACK_LLM_PRICING_SNAPSHOT", raising=False)
    entry = {"canonical_provider": "openai", "mode": "chat", "output_cost_per_token": 0.0}
    prices = {"schema_version": "1", "models": {"m": entry | {"input_cost_per_token": 1 / 3}}}
    cost = calculate_cost(
        {"prompt_tokens": 1, "completion_tokens": 0}, "m", "openai", snapshot=prices
    )
    assert cost == round(1 / 3, claim("price-decimals"))
    assert cost != round(1 / 3, claim("price-decimals") + 1)
