"""Requests in a minute, counted without addresses."""

from __future__ import annotations

import hashlib
import ipaddress
import secrets
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

CELLS = 4096
MINUTE = 60.0


class Limiter:
    """Counts events in cells.

    A keyed hash of the sender's network picks one of 4,096 cells; only the cells' counts are kept.
    The key is random, never leaves the process and is new each minute, so a cell says nothing
    about an address, and two minutes cannot be compared.
    """

    def __init__(self, rate: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate, self._clock = rate, clock
        self._until = 0.0
        self._renew()

    def _renew(self) -> None:
        self._key = secrets.token_bytes(16)
        self._counts = [0] * CELLS
        self._until = self._clock() + MINUTE

    def allows(self, address: str, events: int) -> bool:
        """Count ``events`` of a sender; tell whether they are within the rate."""
        if self._clock() >= self._until:
            self._renew()
        digest = hashlib.blake2b(_network(address), key=self._key, digest_size=4).digest()
        cell = int.from_bytes(digest) % CELLS
        if self._counts[cell] + events > self._rate:
            return False
        self._counts[cell] += events
        return True

    @property
    def wait(self) -> int:
        """Seconds until all may send again."""
        return max(1, round(self._until - self._clock()))


def _network(address: str) -> bytes:
    """Return what stands for a sender: an IPv4 address, or the /64 of an IPv6 one."""
    try:
        return ipaddress.ip_address(address).packed[:8]
    except ValueError:
        return address.encode()
