"""A seat in a group: who the other members are, and which partitions are this one's.

A member is dead when its lease is over or when the lock of its number is gone, and Postgres
lets go of the lock the moment the member's process does. All changes of a group are made one
after the other, under the group's lock; leases are judged by the database's clock alone.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from core.event_log import Partition
from core.postgres.database import Connection, Database
from core.postgres.queries import beside
from core.postgres.signals import MEMBERS, Signals

_GROUPS = 7_306_023
_SQL = beside(__file__)


@dataclass(frozen=True, slots=True)
class Seated:
    """One member of the group, as seen by another."""

    number: int
    topics: tuple[str, ...]
    alive: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A partition that is this member's from now on."""

    partition: Partition
    position: int
    epoch: int


def fair_share(partitions: int, members: Sequence[int], me: int) -> int:
    """How many partitions a member should have; over all members it adds up to all of them."""
    share, rest = divmod(partitions, len(members))
    return share + (sorted(members).index(me) < rest)


class Seat:
    """One member's rows. Every method speaks to the database and may raise what it raises."""

    def __init__(
        self, database: Database, signals: Signals, group: str, topics: tuple[str, ...]
    ) -> None:
        self.group = group
        self.topics = topics
        self._database = database
        self._signals = signals
        self._number = 0
        self._sizes: dict[str, int] = {}

    async def enter(self, lease: timedelta) -> None:
        """Become a member, with a new number each time."""
        if self._number:
            await self._signals.unlock(self._number)
        self._number = await self._signals.lock()
        async with self._database.as_service() as connection, connection.transaction():
            await self._lock(connection)
            await connection.execute(_SQL.enter, self.group, self._number, self.topics, lease)
            await connection.execute(_SQL.place, self.group, self.topics)
            rows = await connection.fetch(_SQL.sizes, self.group, self.topics)
        self._sizes = {row["topic"]: row["partitions"] for row in rows}

    async def beat(self, lease: timedelta) -> tuple[Seated, ...] | None:
        """Renew the lease and see everybody; None when others have declared this one dead."""
        async with self._database.as_service() as connection:
            members = await self._members(connection, lease)
        return members if any(member.number == self._number for member in members) else None

    def shares(self, members: Sequence[Seated]) -> Mapping[str, int]:
        """How many partitions of each topic should be this member's."""
        shares = {}
        for topic in self.topics:
            takers = [m.number for m in members if topic in m.topics and m.alive]
            shares[topic] = fair_share(self._sizes.get(topic, 0), takers, self._number)
        return shares

    async def claim(self, mine: Collection[Partition], lease: timedelta) -> tuple[Claimed, ...]:
        """Strike out the dead and take free partitions, up to the fair share."""
        claimed: list[Claimed] = []
        async with self._database.as_service() as connection, connection.transaction():
            await self._lock(connection)
            await connection.fetch(_SQL.bury, self.group, self._number, MEMBERS)
            members = await self._members(connection, lease)
            if all(member.number != self._number for member in members):
                return ()
            for topic, share in self.shares(members).items():
                short = share - sum(partition.topic == topic for partition in mine)
                if short > 0:
                    claimed += await self._take(connection, topic, short)
        return tuple(claimed)

    async def release(self, partitions: Sequence[Partition]) -> None:
        """Let go of these, for others to claim."""
        topics = [partition.topic for partition in partitions]
        numbers = [partition.number for partition in partitions]
        async with self._database.as_service() as connection:
            await connection.execute(_SQL.release, self.group, self._number, topics, numbers)

    async def leave(self) -> None:
        """Be no member any more; what was claimed is free."""
        async with self._database.as_service() as connection:
            await connection.execute(_SQL.leave, self.group, self._number)
        await self._signals.unlock(self._number)

    async def commit(self, positions: Sequence[tuple[Partition, int, int]]) -> None:
        """Remember (partition, position, epoch), where that epoch still is this member's."""
        async with self._database.as_service() as connection:
            await connection.execute(
                _SQL.commit,
                self.group,
                self._number,
                [partition.topic for partition, _, _ in positions],
                [partition.number for partition, _, _ in positions],
                [position for _, position, _ in positions],
                [epoch for _, _, epoch in positions],
            )

    async def lag(self) -> dict[Partition, int]:
        """Records behind the committed positions of what is this member's."""
        async with self._database.as_service() as connection:
            rows = await connection.fetch(_SQL.lag, self.group, self._number)
        return {Partition(row["topic"], row["part"]): row["behind"] for row in rows}

    async def _lock(self, connection: Connection) -> None:
        await connection.execute(_SQL.lock_group, _GROUPS, self.group)

    async def _members(self, connection: Connection, lease: timedelta) -> tuple[Seated, ...]:
        rows = await connection.fetch(_SQL.beat, self.group, self._number, lease, MEMBERS)
        return tuple(Seated(row["member"], tuple(row["topics"]), row["alive"]) for row in rows)

    async def _take(self, connection: Connection, topic: str, count: int) -> list[Claimed]:
        rows = await connection.fetch(_SQL.claim, self.group, self._number, topic, count)
        return [
            Claimed(
                partition=Partition(topic, row["part"]), position=row["off"], epoch=row["epoch"]
            )
            for row in rows
        ]
