"""Brokers that are killed, frozen and slow: nothing acknowledged is lost, and nothing waits on."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import pytest

from core.domain.errors import LogUnavailable
from core.event_log import EventLog, Member, NewRecord, Partition, Record
from core.kafka.brokers import Brokers
from core.kafka.consumer import Timing
from core.kafka.event_log import KafkaEventLog
from core.kafka.topics import Layout
from tests.brokers.cluster import Cluster
from tests.contracts.logs import TOPIC, records, take, values

pytestmark = [pytest.mark.kafka, pytest.mark.slow]
HASTY = Timing(session_s=6, heartbeat_s=0.5, append_s=3)
KEYS = 24


@asynccontextmanager
async def opened(cluster: Cluster) -> AsyncIterator[KafkaEventLog]:
    layout = Layout(prefix=f"{uuid4().hex[:8]}.", replication=len(cluster.brokers))
    log = await KafkaEventLog.open(
        Brokers(bootstrap=cluster.bootstrap), layout, topics=[TOPIC], timing=HASTY
    )
    try:
        yield log
    finally:
        await log.close()


async def test_an_append_to_a_frozen_broker_ends_and_works_again_when_it_is_back(
    brokers_folder: Path,
) -> None:
    async with Cluster.start(brokers_folder) as cluster, opened(cluster) as log:
        member = await log.join("core", [TOPIC])
        await log.append(records("1"))
        cluster.brokers[0].freeze()

        with pytest.raises(LogUnavailable):
            await log.append(records("2"))

        cluster.brokers[0].thaw()
        await persist(log, records("3"))
        await persist(log, records("4"))
        seen = dict.fromkeys(values(await until(member, "4")))
        assert [value for value in seen if value != "2"] == ["1", "3", "4"]


async def test_a_member_outlives_a_broker_that_is_killed_and_comes_back(
    brokers_folder: Path,
) -> None:
    async with Cluster.start(brokers_folder) as cluster, opened(cluster) as log:
        member = await log.join("core", [TOPIC])
        await log.append(records("1"))
        await take(member, 1)

        await cluster.brokers[0].kill()
        assert await member.poll(10, 1) == {}
        await cluster.brokers[0].restart()
        await persist(log, records("2"))

        assert "2" in values(await until(member, "2"))


async def test_three_brokers_one_of_them_always_away_lose_and_reorder_nothing(
    kafka_three: Cluster,
) -> None:
    async with opened(kafka_three) as log, opened_again(log) as other:
        crowd = Crowd()
        async with asyncio.TaskGroup() as tasks:
            writing = tasks.create_task(crowd.write(log))
            reading = [tasks.create_task(crowd.read(member)) for member in await both(log, other)]
            for broker in kafka_three.brokers[:2]:
                await crowd.more(100)
                await broker.kill()
                await crowd.more(100)
                await broker.restart()
            kafka_three.brokers[2].freeze()
            await crowd.more(100)
            kafka_three.brokers[2].thaw()
            crowd.written_out.set()
            await writing
            await crowd.until_read()
            for task in reading:
                task.cancel()

    assert crowd.first_seen() == {key: [*range(n)] for key, n in crowd.written.items()}


@asynccontextmanager
async def opened_again(log: KafkaEventLog) -> AsyncIterator[KafkaEventLog]:
    """The same topics from another process's point of view."""
    other = KafkaEventLog(log._brokers, log._layout, [TOPIC], HASTY)
    try:
        yield other
    finally:
        await other.close()


async def both(log: EventLog, other: EventLog) -> tuple[Member, Member]:
    return await log.join("core", [TOPIC]), await other.join("core", [TOPIC])


async def persist(log: EventLog, batch: list[NewRecord]) -> None:
    """As the relay does: the same again until it is known to be stored."""
    async with asyncio.timeout(60):
        while True:
            try:
                await log.append(batch)
            except LogUnavailable:
                await asyncio.sleep(0.2)
            else:
                return


async def until(member: Member, last: str) -> list[Record]:
    """All that comes up to this value."""
    found: list[Record] = []
    async with asyncio.timeout(60):
        while last not in values(found):
            found += await polled(member)
    return found


async def polled(member: Member) -> list[Record]:
    try:
        return [r for part in (await member.poll(200, 0.2)).values() for r in part]
    except LogUnavailable:
        await asyncio.sleep(0.2)
        return []


@dataclass
class Crowd:
    """Numbers the records of each key, and keeps what was seen of them in what order."""

    written: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    seen: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    written_out: asyncio.Event = field(default_factory=asyncio.Event)
    total: int = 0

    async def write(self, log: EventLog) -> None:
        while not self.written_out.is_set():
            batch = [
                NewRecord(topic=TOPIC, key=key.encode(), value=str(self.written[key]).encode())
                for key in (f"k{n}" for n in range(KEYS))
            ]
            await persist(log, batch)
            for record in batch:
                self.written[record.key.decode()] += 1
            self.total += len(batch)

    async def more(self, count: int) -> None:
        target = self.total + count
        async with asyncio.timeout(60):
            while self.total < target:
                await asyncio.sleep(0.01)

    async def read(self, member: Member) -> None:
        while True:
            found = await polled(member)
            ends: dict[Partition, int] = {}
            for record in found:
                self.seen[record.key.decode()].append(int(record.value))
                ends[record.partition] = record.offset + 1
            try:
                await member.commit(ends)
            except LogUnavailable:
                continue

    async def until_read(self) -> None:
        async with asyncio.timeout(60):
            while any(n - 1 not in self.seen[key] for key, n in self.written.items()):
                await asyncio.sleep(0.05)

    def first_seen(self) -> dict[str, list[int]]:
        return {key: list(dict.fromkeys(numbers)) for key, numbers in self.seen.items()}
