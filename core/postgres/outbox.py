"""The outbox in Postgres: rows on their way from a transaction to the event log."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import Any

import msgspec
import structlog

from core.dead_letters import DeadLetter, Failure
from core.domain.errors import RecordRefused, RefusedError, SwitchboardError, TopicMissing
from core.event_log import EventLog, NewRecord, Partition, Record
from core.postgres.bell import Bell
from core.postgres.claims import LANES, Claims
from core.postgres.database import Database
from core.postgres.dead_letters import OUTBOX_PART, PostgresDeadLetters
from core.postgres.dead_letters import TOPIC as DEAD_LETTERS
from core.postgres.failures import unavailable
from core.postgres.queries import beside
from core.relay import Backlog, Moved, Outbox

OUTBOX = "outbox"
"""What the bell is rung with when rows were added."""
_BYTES = 8 * 1024 * 1024
"""Of values in one pass, so that large ones do not fill the memory."""
_STRAYS_S = 5.0
"""Between two looks for rows of a topic that is not there."""
_headers = msgspec.json.Decoder(dict[str, str])
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
        self._refusals = _Refusals(database, bell, lanes)
        self._ear = bell.ear(OUTBOX)
        self._look_at = 0.0

    async def move(self, per_lane: int) -> Moved:
        self._ear.clear()
        with unavailable():
            async with self._database.as_service() as connection:
                rows = await connection.fetch(_SQL.move, self._lanes, LANES, per_lane)
            await self._look_for_strays(per_lane)
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

    async def release(self) -> None:
        """Nothing is held between two moves."""

    async def _look_for_strays(self, per_lane: int) -> None:
        now = asyncio.get_running_loop().time()
        if now < self._look_at:
            return
        self._look_at = now + _STRAYS_S
        async with self._database.as_service() as connection:
            rows = await connection.fetch(_SQL.strays, list(range(self._lanes)), per_lane)
        for row in rows:
            await self._refusals.put_aside(row, TopicMissing(f"there is no topic {row['topic']}"))


class ForwardingOutbox(Outbox):
    """Into another log: append, then remove, so a crash between the two sends rows again.

    Never out of order: what is not removed is sent again from its first row on, so whoever sends
    a row has sent all earlier ones of its lane, or they are known to be in the log. This holds
    for a relay, too, that has lost its lanes to another and does not know it yet. Nothing is
    remembered between two passes but which lanes are held, and no more than one pass's rows are
    in memory.
    """

    def __init__(
        self,
        database: Database,
        bell: Bell,
        log: EventLog,
        lanes: int = 12,
        claims: Claims | None = None,
    ) -> None:
        self._database = database
        self._log = log
        self._claims = claims or Claims(database, lanes)
        self._refusals = _Refusals(database, bell, lanes)
        self._ear = bell.ear(OUTBOX)

    async def move(self, per_lane: int) -> Moved:
        self._ear.clear()
        with unavailable():
            lanes = await self._claims.held()
            rows = await self._claims.ask(_SQL.oldest, lanes, per_lane, _BYTES) if lanes else []
            await self._bring(rows)
        fullest = max(Counter(row["lane"] for row in rows).values(), default=0)
        full = sum(len(row["value"]) for row in rows) >= _BYTES
        return Moved(rows=len(rows), more=full or fullest >= per_lane)

    async def wait(self, timeout_s: float) -> None:
        await self._ear.wait(timeout_s)

    def wake(self) -> None:
        self._ear.wake()

    async def backlog(self) -> Backlog:
        return await _backlog(self._database)

    async def release(self) -> None:
        await self._claims.release()

    async def _bring(self, rows: Sequence[Any]) -> None:
        """Append and remove; of refused rows the halves, down to the ones that are refused."""
        if not rows:
            return
        try:
            await self._log.append([_record(row) for row in rows])
        except (RefusedError, TopicMissing) as refused:
            if len(rows) == 1:
                await self._refusals.put_aside(rows[0], refused)
                return
            half = len(rows) // 2
            await self._bring(rows[:half])
            await self._bring(rows[half:])
            return
        async with self._database.as_service() as connection:
            await connection.execute(_SQL.remove, [row["id"] for row in rows])


class _Refusals:
    """Rows that the log will not take: each becomes a dead letter when it leaves."""

    def __init__(self, database: Database, bell: Bell, lanes: int) -> None:
        self._database = database
        self._bell = bell
        self._dead_letters = PostgresDeadLetters(database, bell.ring, partitions=lanes)

    async def put_aside(self, row: Any, refused: SwitchboardError) -> None:
        _log.error(
            "the log refuses a row",
            row=row["id"],
            topic=row["topic"],
            error=type(refused).__name__,
        )
        async with self._database.as_service() as connection, connection.transaction():
            if row["topic"] != DEAD_LETTERS:  # a copy: its letter is in the table already
                await self._dead_letters.put_aside_with(connection, _letter(row, refused))
            await connection.execute(_SQL.remove, [row["id"]])
        self._bell.ring(OUTBOX)


async def _backlog(database: Database) -> Backlog:
    with unavailable():
        async with database.as_service() as connection:
            row = await connection.fetchrow(_SQL.backlog)
    return Backlog(rows=row["rows"], oldest_s=row["oldest_s"])


def _record(row: Any) -> NewRecord:
    try:
        headers = _headers.decode(row["headers"])
    except msgspec.MsgspecError as wrong:
        raise RecordRefused("its headers are no texts") from wrong
    return NewRecord(topic=row["topic"], key=row["key"], value=row["value"], headers=headers)


def _letter(row: Any, refused: SwitchboardError) -> DeadLetter:
    try:
        headers = _headers.decode(row["headers"])
    except msgspec.MsgspecError:
        headers = {"unreadable": row["headers"]}
    record = Record(
        partition=Partition(row["topic"], OUTBOX_PART),
        offset=row["id"],
        key=row["key"],
        value=row["value"],
        headers=headers,
        at=row["created_at"],
    )
    failure = Failure(
        error_class=type(refused).__name__,
        error=str(refused),
        attempts=1,
        first_at=row["read_at"],
        last_at=row["read_at"],
    )
    return DeadLetter(record=record, failure=failure)
