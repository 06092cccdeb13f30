"""Dead letters in Postgres: a table to look at, and a copy for the topic through the outbox."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import msgspec

from core.dead_letters import DeadLetter, DeadLetters, Failure
from core.domain.errors import RefusedError, StoreUnavailable
from core.event_log import Partition, Record
from core.partitioning import partition_of
from core.postgres.database import Connection, Database
from core.postgres.failures import BROKEN
from core.postgres.queries import beside
from core.wire.dead_letters import REPLAY_OF, encode_dead_letter

TOPIC = "dead-letters"
OUTBOX_PART = -1
"""The partition of a letter that never was in the log: the log refused it, and its offset is its
number in the outbox."""
_BATCH = 1_000
_SQL = beside(__file__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A letter and what became of it."""

    id: int
    letter: DeadLetter
    state: str
    """One of open, replayed, discarded."""
    closed_at: datetime | None


class PostgresDeadLetters(DeadLetters):
    """One row per record, whoever failed at it."""

    def __init__(
        self,
        database: Database,
        ring: Callable[[str], None],
        *,
        partitions: int = 12,
        topic: str = TOPIC,
    ) -> None:
        """Join its parts.

        Args:
            database: where the table is.
            ring: told that the outbox has something new.
            partitions: of each topic.
            topic: what the copies go to.
        """
        self._database = database
        self._ring = ring
        self._partitions = partitions
        self._topic = topic

    async def put_aside(self, letter: DeadLetter) -> None:
        async with self._connected() as connection:
            await self.put_aside_with(connection, letter)
        self._ring("outbox")

    async def put_aside_with(self, connection: Connection, letter: DeadLetter) -> None:
        """The same in the caller's transaction; the caller rings."""
        record, failure = _storable(letter.record), letter.failure
        copy = encode_dead_letter(self._topic, DeadLetter(record=record, failure=failure))
        await connection.execute(
            _SQL.put_aside,
            record.partition.topic,
            record.partition.number,
            record.offset,
            record.at,
            record.key,
            record.value,
            _json(record.headers),
            failure.error_class,
            copy.headers["error"],
            failure.attempts,
            failure.first_at,
            failure.last_at,
            partition_of(record.key, self._partitions),
            copy.topic,
            _json(copy.headers),
        )

    async def open_ones(self) -> Sequence[Kept]:
        """Those that wait for a decision, the latest first."""
        return await self._in(("open",))

    async def all_of_them(self) -> Sequence[Kept]:
        """With those that were replayed or discarded and are not removed yet."""
        return await self._in(("open", "replayed", "discarded"))

    async def one(self, number: int) -> Kept | None:
        """The letter of this number, whatever became of it."""
        async with self._connected() as connection:
            row = await connection.fetchrow(_SQL.one, number)
        return None if row is None else _kept(row)

    async def count_open(self) -> int:
        """How many wait for a decision."""
        async with self._connected() as connection:
            count: int = await connection.fetchval(_SQL.open_ones)
        return count

    async def replay(self, numbers: Sequence[int]) -> None:
        """Put these records on their way back to their topics, behind what is there.

        The record is as it was, under its old event id, with a header that names the letter. One
        that was replayed or discarded before may be replayed again.

        Raises:
            RefusedError: there is no such letter; nothing was put back.
        """
        async with self._connected() as connection, connection.transaction():
            await self.replay_with(connection, numbers)
        self._ring("outbox")

    async def replay_with(self, connection: Connection, numbers: Sequence[int]) -> None:
        """The same in the caller's transaction; the caller rings."""
        rows = await _locked(connection, numbers)
        await connection.execute(
            _SQL.replay,
            [row["id"] for row in rows],
            [partition_of(row["key"], self._partitions) for row in rows],
            REPLAY_OF,
        )

    async def discard(self, numbers: Sequence[int]) -> int:
        """Close these without a replay; how many of them were open.

        Raises:
            RefusedError: there is no such letter; none was closed.
        """
        async with self._connected() as connection, connection.transaction():
            await _locked(connection, numbers)
            return len(await connection.fetch(_SQL.discard, list(numbers)))

    async def clear(self, keep: timedelta) -> int:
        """Remove what was closed longer ago than that; how many."""
        removed, last = 0, _BATCH
        while last == _BATCH:
            async with self._connected() as connection:
                last = len(await connection.fetch(_SQL.clear, keep, _BATCH))
            removed += last
        return removed

    async def _in(self, states: Sequence[str]) -> Sequence[Kept]:
        async with self._connected() as connection:
            rows = await connection.fetch(_SQL.kept, states)
        return [_kept(row) for row in rows]

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[Connection]:
        try:
            async with self._database.as_service() as connection:
                yield connection
        except (*BROKEN, asyncpg.TransactionRollbackError) as away:
            raise StoreUnavailable from away


async def _locked(connection: Connection, numbers: Sequence[int]) -> list[Any]:
    rows: list[Any] = await connection.fetch(_SQL.keys, list(numbers))
    unknown = sorted(set(numbers) - {row["id"] for row in rows})
    if unknown:
        raise RefusedError(f"there is no dead letter {', '.join(map(str, unknown))}")
    return rows


def _storable(record: Record) -> Record:
    """With headers that Postgres takes: it has no U+0000, and half a character is none."""
    clean = {_clean(name): _clean(value) for name, value in record.headers.items()}
    return replace(record, headers=clean)


def _clean(text: str) -> str:
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()


def _json(headers: Mapping[str, str]) -> str:
    return msgspec.json.encode(headers).decode()


def _kept(row: Any) -> Kept:
    return Kept(
        id=row["id"],
        letter=DeadLetter(
            record=Record(
                partition=Partition(row["topic"], row["part"]),
                offset=row["off"],
                key=row["key"],
                value=row["value"],
                headers=msgspec.json.decode(row["headers"], type=dict[str, str]),
                at=row["at"],
            ),
            failure=Failure(
                error_class=row["error_class"],
                error=row["error"],
                attempts=row["attempts"],
                first_at=row["first_at"],
                last_at=row["last_at"],
            ),
        ),
        state=row["state"],
        closed_at=row["closed_at"],
    )
