"""The outbox in Postgres: rows on their way from a transaction to the event log."""

import asyncio
from collections.abc import Sequence
from typing import Any

import msgspec
import structlog

from core.domain.errors import RefusedError, RetryableError, SetupError
from core.ports import EventLog, NewRecord
from core.postgres.bell import Bell
from core.postgres.database import Database
from core.postgres.failures import unavailable
from core.postgres.queries import beside
from core.relay import Backlog, Moved, Outbox

OUTBOX = "outbox"
"""What the bell is rung with when rows were added."""
_LANES = 7_306_024
_AT_ONCE = 4
"""Lanes moved at a time; each keeps a connection while the log is waited for."""
_SQL = beside(__file__)
_log = structlog.get_logger(__name__)


class PostgresOutbox(Outbox):
    """Into the log of the same database: a row leaves and its record appears in one commit.

    Lanes are partitions, so there must be as many of them as partitions of each topic.
    """

    def __init__(self, database: Database, bell: Bell, lanes: int = 12) -> None:
        self._database = database
        self._bell = bell
        self._lanes = lanes
        self._ear = bell.ear(OUTBOX)

    async def move(self, per_lane: int) -> Moved:
        self._ear.clear()
        with unavailable():
            async with self._database.as_service() as connection:
                rows = await connection.fetch(_SQL.move, self._lanes, _LANES, per_lane)
        for row in rows:
            self._bell.ring(row["topic"])
        moved = sum(row["records"] for row in rows)
        return Moved(rows=moved, more=moved >= per_lane)

    async def wait(self, timeout_s: float) -> None:
        await self._ear.wait(timeout_s)

    def wake(self) -> None:
        self._ear.wake()

    async def backlog(self) -> Backlog:
        return await _backlog(self._database)


class ForwardingOutbox(Outbox):
    """Into another log: append, then remove, so a crash between the two sends rows again."""

    def __init__(self, database: Database, bell: Bell, log: EventLog, lanes: int = 12) -> None:
        self._database = database
        self._log = log
        self._lanes = lanes
        self._few = asyncio.Semaphore(_AT_ONCE)
        self._ear = bell.ear(OUTBOX)

    async def move(self, per_lane: int) -> Moved:
        self._ear.clear()
        with unavailable():
            async with self._database.as_service() as connection:
                lanes = [row["lane"] for row in await connection.fetch(_SQL.lanes, self._lanes)]
        counts = await asyncio.gather(*(self._move_lane(lane, per_lane) for lane in lanes))
        return Moved(rows=sum(counts), more=any(count >= per_lane for count in counts))

    async def wait(self, timeout_s: float) -> None:
        await self._ear.wait(timeout_s)

    def wake(self) -> None:
        self._ear.wake()

    async def backlog(self) -> Backlog:
        return await _backlog(self._database)

    async def _move_lane(self, lane: int, most: int) -> int:
        """A lane that cannot be moved stays as it is, and holds up no other."""
        try:
            with unavailable():
                async with (
                    self._few,
                    self._database.as_service() as connection,
                    connection.transaction(),
                ):
                    if not await connection.fetchval(_SQL.take_lane, _LANES, lane):
                        return 0
                    rows = await connection.fetch(_SQL.rows, lane, most)
                    gone = await self._append(rows)
                    await connection.execute(_SQL.remove, gone)
                    return len(gone)
        except RetryableError as away:
            _log.warning("lane stays", lane=lane, error=type(away).__name__)
            return 0

    async def _append(self, rows: Sequence[Any]) -> list[int]:
        """The ids of the rows that are in the log now."""
        try:
            await self._log.append([_record(row) for row in rows])
        except (RefusedError, SetupError):
            return [row["id"] for row in rows if await self._append_one(row)]
        return [row["id"] for row in rows]

    async def _append_one(self, row: Any) -> bool:
        """False when the log will not take it: it stays, and its age is what alarms."""
        try:
            await self._log.append([_record(row)])
        except (RefusedError, SetupError) as refused:
            _log.error(
                "row stays", row=row["id"], topic=row["topic"], error=type(refused).__name__
            )
            return False
        return True


async def _backlog(database: Database) -> Backlog:
    with unavailable():
        async with database.as_service() as connection:
            row = await connection.fetchrow(_SQL.backlog)
    return Backlog(rows=row["rows"], oldest_s=row["oldest_s"])


def _record(row: Any) -> NewRecord:
    return NewRecord(
        topic=row["topic"],
        key=row["key"],
        value=row["value"],
        headers=msgspec.json.decode(row["headers"]),
    )
