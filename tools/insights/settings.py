"""The collector's settings, from variables of the environment that begin with ``INSIGHTS_``."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

DATABASE = "sqlite:///insights.db"


class SettingsError(Exception):
    """Settings that cannot be used, each with its variable."""


class Settings(BaseSettings):
    """What an owner may change."""

    model_config = SettingsConfigDict(env_prefix="INSIGHTS_", extra="ignore")

    database: str = DATABASE
    """SQLAlchemy's URL; PostgreSQL: ``postgresql+psycopg2://user@host/name``."""
    origins: Annotated[tuple[str, ...], NoDecode] = ()
    """The sites that may send, as ``https://docs.example.org``, separated by commas."""
    retention_days: int = Field(default=400, ge=1, le=3650)
    """Events that are older are removed."""
    rate: int = Field(default=300, ge=1, le=10_000_000)
    """Events that one cell of readers may send in a minute."""
    max_bytes: int = Field(default=16_384, ge=256, le=1_048_576)
    """Of a request's body."""
    max_waiting: int = Field(default=20_000, ge=100, le=1_000_000)
    """Events that wait to be written; more are refused with 503."""

    @field_validator("origins", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip().rstrip("/") for part in value.split(",") if part.strip())
        return value

    @field_validator("origins")
    @classmethod
    def _are_origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for origin in value:
            parts = urlsplit(origin)
            if parts.scheme not in {"http", "https"} or not parts.netloc or parts.path:
                raise ValueError(f"{origin!r} is no origin: write https://docs.example.org")
        return value


def read() -> Settings:
    """Return the settings of the environment.

    Raises:
        SettingsError: a variable has a value that cannot be used.
    """
    try:
        return Settings()
    except ValidationError as error:
        lines = [
            f"INSIGHTS_{'_'.join(map(str, each['loc'])).upper()}: {each['msg']}"
            for each in error.errors()
        ]
        raise SettingsError("\n".join(lines)) from None
