"""The system's clock and its source of fresh ids: the only module that reads either."""

import secrets
import time
from datetime import UTC, datetime
from uuid import UUID

from core.ports import Clock


def uuid7(milliseconds: int, random: int) -> UUID:
    """A version 7 UUID of a Unix time in milliseconds and 74 random bits.

    Source: RFC 9562, section 5.7.
    """
    high = (milliseconds & 0xFFFFFFFFFFFF) << 16 | 0x7000 | (random >> 62) & 0xFFF
    low = 0b10 << 62 | random & 0x3FFFFFFFFFFFFFFF
    return UUID(int=high << 64 | low)


def chance() -> float:
    """A fresh number from 0 to below 1."""
    return secrets.randbits(53) / (1 << 53)


def new_secret() -> str:
    """A fresh token of 32 random bytes, safe in an address."""
    return secrets.token_urlsafe(32)


class SystemClock(Clock):
    """The machine's own."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    def new_id(self) -> UUID:
        return uuid7(time.time_ns() // 1_000_000, secrets.randbits(74))
