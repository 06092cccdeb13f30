"""The backends of the event log, each as a place where processes come and go."""

import asyncio
import json
import sys
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Protocol

from aiokafka.admin import AIOKafkaAdminClient

from core.event_log import EventLog, Member, NewRecord, Partition, Record
from core.kafka.brokers import Brokers
from core.kafka.consumer import Timing
from core.kafka.event_log import KafkaEventLog
from core.kafka.topics import Layout
from core.partitioning import partition_of
from core.postgres.bell import Bell
from core.postgres.database import Database
from core.postgres.event_log import PostgresEventLog
from core.postgres.signals import Signals

TOPIC = "inbound"
TOPICS = (TOPIC, "outbound")
PARTITIONS = 12
PATIENCE_S = 30


class Place(Protocol):
    """One event log, seen from several processes."""

    def process(self) -> AbstractAsyncContextManager[EventLog]:
        """What another process of the service would open."""
        ...

    async def doomed(self, group: str, take: int, commit: int) -> "Doomed":
        """A member in a process of its own that has taken and committed so many records."""
        ...

    async def append_held(self, log: EventLog, record: NewRecord, held_s: float) -> None:
        """Append in a transaction that stays open for a while, where there are transactions."""
        ...


@dataclass
class Doomed:
    """A process that will be killed."""

    process: asyncio.subprocess.Process
    taken: list[tuple[int, int]]
    committed: list[tuple[int, int]]

    async def kill(self) -> None:
        if self.process.returncode is None:
            self.process.kill()
        await self.process.wait()


@dataclass
class PostgresPlace(Place):
    dsn: str
    writers: Database

    @asynccontextmanager
    async def process(self) -> AsyncIterator[EventLog]:
        async with await Database.connect(self.dsn, tenant_size=1, service_size=4) as database:
            signals = await Signals.open(database)
            bell = await Bell.open(signals)
            log = await PostgresEventLog.create(database, bell, TOPICS, PARTITIONS)
            try:
                yield log
            finally:
                await log.close()
                await bell.close()
                await signals.close()

    async def doomed(self, group: str, take: int, commit: int) -> Doomed:
        return await start_doomed("postgres", self.dsn, group, take, commit)

    async def append_held(self, log: EventLog, record: NewRecord, held_s: float) -> None:
        part = partition_of(record.key, PARTITIONS)
        async with self.writers.as_service() as connection, connection.transaction():
            await connection.execute("SELECT pg_sleep($1)", held_s / 2)
            await connection.execute(
                "WITH slot AS (UPDATE log_partitions SET next = next + 1"
                " WHERE topic = $1 AND part = $2 RETURNING next - 1 AS off)"
                " INSERT INTO log_records (topic, part, off, key, value)"
                " SELECT $1, $2, off, $3, $4 FROM slot",
                record.topic,
                part,
                record.key,
                record.value,
            )
            await connection.execute("SELECT pg_sleep($1)", held_s / 2)


@dataclass
class KafkaPlace(Place):
    """Topics and groups under a prefix of their own."""

    bootstrap: str
    prefix: str

    @asynccontextmanager
    async def process(self) -> AsyncIterator[EventLog]:
        log = await KafkaEventLog.open(
            Brokers(bootstrap=self.bootstrap),
            Layout(prefix=self.prefix, partitions=PARTITIONS, replication=1),
            topics=TOPICS,
            timing=Timing(session_s=3, heartbeat_s=0.2),
        )
        try:
            yield log
        finally:
            await log.close()

    async def doomed(self, group: str, take: int, commit: int) -> Doomed:
        return await start_doomed("kafka", f"{self.bootstrap} {self.prefix}", group, take, commit)

    async def append_held(self, log: EventLog, record: NewRecord, held_s: float) -> None:
        await asyncio.sleep(held_s)
        await log.append([record])

    async def clear(self) -> None:
        admin = AIOKafkaAdminClient(bootstrap_servers=self.bootstrap)
        await admin.start()
        await admin.delete_topics([self.prefix + topic for topic in TOPICS])
        await admin.close()


async def start_doomed(backend: str, where: str, group: str, take: int, commit: int) -> Doomed:
    command = [sys.executable, "-m", "tests.contracts.doomed_member"]
    arguments = [backend, where, group, str(take), str(commit)]
    process = await asyncio.create_subprocess_exec(
        *command, *arguments, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    said = json.loads(await process.stdout.readline())
    return Doomed(
        process=process,
        taken=[tuple(place) for place in said["taken"]],
        committed=[tuple(place) for place in said["committed"]],
    )


def records(*values: str, key: str = "a", topic: str = TOPIC) -> list[NewRecord]:
    return [NewRecord(topic=topic, key=key.encode(), value=v.encode()) for v in values]


async def take(member: Member, count: int) -> list[Record]:
    """Exactly so many records."""
    taken: list[Record] = []
    async with asyncio.timeout(PATIENCE_S):
        while len(taken) < count:
            for found in (await member.poll(count - len(taken), 5)).values():
                taken += found
    return taken


async def settled(*members: Member) -> None:
    """Until these members have all partitions among them, as evenly as can be."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            counts = [len(member.assigned()) for member in members]
            if sum(counts) == PARTITIONS and max(counts) - min(counts) <= 1:
                return
            await asyncio.sleep(0.01)


def values(taken: Sequence[Record]) -> list[str]:
    return [record.value.decode() for record in taken]


def all_partitions() -> frozenset[Partition]:
    return frozenset(Partition(TOPIC, number) for number in range(PARTITIONS))


def inversions(read: Sequence[Record]) -> int:
    """Neighbours of one key that came in the wrong order."""
    last: dict[bytes, int] = {}
    wrong = 0
    for record in read:
        wrong += int(record.value) < last.get(record.key, -1)
        last[record.key] = int(record.value)
    return wrong


def gaps(read: Sequence[Record]) -> int:
    """Offsets that are missing between a partition's first and its last."""
    offsets = defaultdict(set)
    for record in read:
        offsets[record.partition].add(record.offset)
    return sum(max(own) + 1 - len(own) for own in offsets.values())
