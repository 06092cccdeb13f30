"""A clock that moves when it is told to; sleeping moves it."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

from core.clock import uuid7
from core.ports import Clock


class FakeClock(Clock):
    """Starts at noon and keeps what was slept."""

    def __init__(self) -> None:
        self.passed_s = 0.0
        self.slept: list[float] = []
        self._ids = 0

    def now(self) -> datetime:
        return datetime(2026, 6, 1, 12, tzinfo=UTC) + timedelta(seconds=self.passed_s)

    def monotonic(self) -> float:
        return self.passed_s

    def new_id(self) -> UUID:
        self._ids += 1
        return uuid7(int(self.now().timestamp() * 1000), self._ids)

    async def sleep(self, seconds: float) -> None:
        """Instead of asyncio.sleep: the time passes at once."""
        self.slept.append(seconds)
        self.passed_s += seconds
        await asyncio.sleep(0)
