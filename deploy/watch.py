"""Measures what nobody counts, and clears away what nobody needs any more."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta

import asyncpg
import structlog

from core.domain.errors import RetryableError
from core.postgres.dead_letters import PostgresDeadLetters
from core.postgres.event_log import PostgresEventLog
from core.relay import Outbox
from core.telemetry.metrics import Metrics
from core.worker import Worker
from deploy.processes import Part

_LOOK_S = 5
_LOOKS_PER_TRIM = 720
_AT_MOST = 4
"""A record that a group has not read goes when it is so many times as old as others may get."""
_log = structlog.get_logger(__name__)


class Watch(Part):
    """Looks every few seconds, clears the event log and the closed dead letters every hour."""

    def __init__(  # noqa: PLR0913 - its parts, each by name
        self,
        *,
        outbox: Outbox,
        log: PostgresEventLog | None,
        dead_letters: PostgresDeadLetters,
        metrics: Metrics,
        workers: Mapping[str, Worker],
        keep_days: float,
    ) -> None:
        """Join its parts; `log` is None where the log clears itself."""
        self._outbox = outbox
        self._event_log = log
        self._dead_letters = dead_letters
        self._metrics = metrics
        self._workers = workers
        self._keep = timedelta(days=keep_days)
        self._stop = asyncio.Event()

    async def run(self) -> None:
        looks = 0
        while not self._stop.is_set():
            try:
                await self._look()
                if looks % _LOOKS_PER_TRIM == 0:
                    await self._clear()
            except (
                RetryableError,
                OSError,
                asyncpg.PostgresError,
                asyncpg.InterfaceError,
            ) as away:
                _log.warning("cannot look", error=type(away).__name__)
            looks += 1
            with suppress(TimeoutError):
                async with asyncio.timeout(_LOOK_S):
                    await self._stop.wait()

    def stop(self) -> None:
        self._stop.set()

    async def _clear(self) -> None:
        if self._event_log is not None:
            await self._event_log.trim(self._keep, _AT_MOST * self._keep)
        await self._dead_letters.clear(self._keep)

    async def _look(self) -> None:
        backlog = await self._outbox.backlog()
        self._metrics.outbox_rows.set(backlog.rows)
        self._metrics.outbox_age.set(backlog.oldest_s)
        self._metrics.dead_letters.set(await self._dead_letters.count_open())
        for group, worker in self._workers.items():
            self._metrics.work.behind[group] = await worker.lag()
