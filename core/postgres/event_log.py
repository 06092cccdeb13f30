"""The event log in Postgres: one machine, no broker."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Self
from weakref import WeakSet

import msgspec

from core.domain.errors import SetupError, TopicMissing
from core.event_log import EventLog, Lost, NewRecord, Revoked
from core.partitioning import partition_of
from core.postgres.bell import Bell
from core.postgres.database import Database
from core.postgres.failures import unavailable
from core.postgres.group import Seat
from core.postgres.member import PostgresMember
from core.postgres.queries import beside

TOPICS = ("inbound", "outbound", "events", "live", "dead-letters")
_SQL = beside(__file__)
_BATCH = 1_000


class PostgresEventLog(EventLog):
    """Topics are rows of `log_partitions`; offsets are gapless within each partition.

    Other statements may append inside their own transaction, as `append_one` in event_log.sql
    does, if they take the counter row last and ring the bell after the commit.
    """

    def __init__(self, database: Database, bell: Bell, partitions: dict[str, int]) -> None:
        self._database = database
        self._bell = bell
        self._partitions = partitions
        self._members: WeakSet[PostgresMember] = WeakSet()

    @classmethod
    async def create(
        cls, database: Database, bell: Bell, topics: Sequence[str] = TOPICS, partitions: int = 12
    ) -> Self:
        """Open the log; topics that are not there yet are made.

        Raises:
            SetupError: a topic has another number of partitions in the database.
        """
        async with database.as_service() as connection, connection.transaction():
            known = dict(await connection.fetch(_SQL.topics, list(topics)))
            missing = [topic for topic in topics if topic not in known]
            await connection.execute(_SQL.make, missing, partitions)
            known = dict(await connection.fetch(_SQL.topics, list(topics)))
        for topic, count in known.items():
            if count != partitions:
                raise SetupError(
                    f"topic {topic} was made with {count} partitions, the settings say"
                    f" {partitions}: set {count}, for the number cannot be changed"
                )
        return cls(database, bell, known)

    async def append(self, records: Sequence[NewRecord]) -> None:
        for start in range(0, len(records), _BATCH):
            await self._append(records[start : start + _BATCH])
        for topic in {record.topic for record in records}:
            self._bell.ring(topic)

    async def join(
        self,
        group: str,
        topics: Sequence[str],
        on_revoked: Revoked | None = None,
        on_lost: Lost | None = None,
        lease: timedelta = timedelta(seconds=30),
    ) -> PostgresMember:
        """As the port says.

        Args:
            group: the group's name.
            topics: what to read; the other members may read other topics.
            on_revoked: see `Revoked`; it has two thirds of the lease.
            on_lost: see `Lost`.
            lease: a member that hangs for so long loses its partitions; one whose connection
                is gone loses them at once.
        """
        for topic in topics:
            self._number_of(topic)
        seat = Seat(self._database, self._bell.signals, group, tuple(topics))
        member = PostgresMember(
            self._database,
            self._bell,
            seat,
            on_revoked=on_revoked,
            on_lost=on_lost,
            lease=lease,
        )
        with unavailable():
            await member.enter()
        self._members.add(member)
        return member

    async def close(self) -> None:
        while self._members:
            await self._members.pop().leave()

    async def trim(self, keep: timedelta, at_most: timedelta, batch: int = 1_000) -> int:
        """Remove records older than `keep` that every group has read.

        Args:
            keep: the age up to which every record stays.
            at_most: the age at which a record goes even if a group has not read it; that group
                goes on behind it.
            batch: records removed by one statement, so that none takes long.

        Returns:
            How many were removed.
        """
        removed = 0
        async with self._database.as_service() as connection:
            for topic, count in self._partitions.items():
                for number in range(count):
                    last = batch
                    while last == batch:
                        last = await connection.fetchval(
                            _SQL.trim, topic, number, keep, at_most, batch
                        )
                        removed += last
        return removed

    async def _append(self, records: Sequence[NewRecord]) -> None:
        parts = [partition_of(r.key, self._number_of(r.topic)) for r in records]
        headers = [msgspec.json.encode(r.headers).decode() if r.headers else "{}" for r in records]
        with unavailable():
            async with self._database.as_service() as connection:
                if len(records) == 1:
                    one = records[0]
                    await connection.execute(
                        _SQL.append_one, one.topic, parts[0], one.key, one.value, headers[0]
                    )
                    return
                await connection.execute(
                    _SQL.append,
                    [record.topic for record in records],
                    parts,
                    [record.key for record in records],
                    [record.value for record in records],
                    headers,
                )

    def _number_of(self, topic: str) -> int:
        try:
            return self._partitions[topic]
        except KeyError:
            raise TopicMissing(f"there is no topic {topic}") from None
