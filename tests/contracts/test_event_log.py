"""What every event log does, whatever it is made of."""

import asyncio
import itertools
import random
from collections.abc import Sequence

import pytest

from core.domain.errors import SetupError
from core.event_log import EventLog, Member, NewRecord, Partition, Record
from core.partitioning import partition_of
from tests.contracts.logs import (
    PARTITIONS,
    TOPIC,
    Place,
    gaps,
    inversions,
    records,
    settled,
    take,
    values,
)

pytestmark = pytest.mark.slow  # real time and many connections: not for make quick


async def test_records_of_a_key_come_in_the_order_they_were_appended(log: EventLog) -> None:
    member = await log.join("core", [TOPIC])

    await log.append(records("1", "2"))
    await log.append(records("3"))
    await log.append(records("4", "5"))

    assert values(await take(member, 5)) == ["1", "2", "3", "4", "5"]


async def test_the_key_decides_the_partition(log: EventLog) -> None:
    member = await log.join("core", [TOPIC])
    keys = [f"conversation-{n}" for n in range(50)]

    await log.append([record for key in keys for record in records("x", key=key)])

    for record in await take(member, 50):
        assert record.partition == Partition(TOPIC, partition_of(record.key, PARTITIONS))


async def test_what_was_appended_comes_back_whole(log: EventLog) -> None:
    member = await log.join("core", [TOPIC])
    headers = {"traceparent": "00-ab-cd-01", "名前": "schön \u0001 🙂 \\ \"'"}
    record = NewRecord(topic=TOPIC, key=b"\x00\xff", value=b"", headers=headers)

    await log.append([record])
    await log.append([record, NewRecord(topic=TOPIC, key=b"\x00\xff", value=bytes(range(256)))])

    first, second, third = await take(member, 3)
    assert (first.key, first.value, first.headers) == (b"\x00\xff", b"", headers)
    assert (second.value, second.headers) == (b"", headers)
    assert (third.value, third.headers) == (bytes(range(256)), {})
    assert first.at.tzinfo is not None
    assert first.at <= third.at


async def test_an_unknown_topic_is_refused_and_nothing_is_stored(log: EventLog) -> None:
    member = await log.join("core", [TOPIC])

    with pytest.raises(SetupError, match="nowhere"):
        await log.append([*records("lost"), *records("x", topic="nowhere")])

    await log.append(records("kept"))
    assert values(await take(member, 1)) == ["kept"]


async def test_a_groups_first_member_starts_at_the_oldest_record(log: EventLog) -> None:
    await log.append(records("1", "2", "3"))

    member = await log.join("late", [TOPIC])

    assert values(await take(member, 3)) == ["1", "2", "3"]


async def test_two_groups_each_read_everything(log: EventLog) -> None:
    core, desk = await log.join("core", [TOPIC]), await log.join("desk", [TOPIC])

    await log.append(records("1", "2", "3"))

    assert values(await take(core, 3)) == ["1", "2", "3"]
    assert values(await take(desk, 3)) == ["1", "2", "3"]


async def test_a_member_reads_only_its_topics(log: EventLog) -> None:
    member = await log.join("core", [TOPIC])

    await log.append([*records("out", topic="outbound"), *records("in")])

    assert values(await take(member, 1)) == ["in"]
    assert await member.poll(10, 0) == {}


async def test_poll_returns_as_soon_as_another_process_appends(
    log: EventLog, other: EventLog
) -> None:
    member = await log.join("core", [TOPIC])
    waiting = asyncio.create_task(member.poll(10, 50))

    await other.append(records("now"))

    (found,) = (await waiting).values()
    assert values(found) == ["now"]


async def test_poll_returns_empty_after_its_timeout(log: EventLog) -> None:
    member = await log.join("core", [TOPIC])

    assert await member.poll(10, 0.01) == {}


async def test_poll_returns_at_most_as_many_as_asked_and_each_once(log: EventLog) -> None:
    member = await log.join("core", [TOPIC])
    keys = [f"k{n}" for n in range(100)]
    await log.append([record for key in keys for record in records("1", "2", key=key)])

    seen: list[Record] = []
    while len(seen) < 200:
        found = await member.poll(7, 1)
        assert sum(map(len, found.values())) <= 7
        seen += itertools.chain(*found.values())

    assert len({(r.partition, r.offset) for r in seen}) == 200
    assert await member.poll(10, 0) == {}


async def test_readers_beside_sixteen_writers_lose_nothing_and_keep_the_order(
    place: Place, log: EventLog, other: EventLog
) -> None:
    chance, keys = random.Random(7), [f"conversation-{n}" for n in range(48)]
    todo = iter(range(3_000))

    async def write(own: Sequence[str]) -> None:
        counts = dict.fromkeys(own, 0)
        for _ in todo:
            key = chance.choice(own)
            record = NewRecord(topic=TOPIC, key=key.encode(), value=str(counts[key]).encode())
            await place.append_held(log, record, chance.uniform(0, 0.008))
            counts[key] += 1

    read: list[Record] = []

    async def drain(member: Member) -> None:
        while len(read) < 3_000:
            for found in (await member.poll(500, 0.05)).values():
                read.extend(found)

    members = [await log.join("core", [TOPIC]), await other.join("core", [TOPIC])]
    await settled(*members)
    async with asyncio.TaskGroup() as tasks:
        for member in members:
            tasks.create_task(drain(member))
        for writer in range(16):
            tasks.create_task(write(keys[writer::16]))

    assert inversions(read) == 0
    assert gaps(read) == 0
    assert len({(r.partition, r.offset) for r in read}) == len(read) == 3_000
