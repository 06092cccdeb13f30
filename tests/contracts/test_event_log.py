"""What every event log does, whatever it is made of."""

import asyncio
import itertools
import random
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

import pytest

from core.domain.errors import SetupError
from core.partitioning import partition_of
from core.ports import EventLog, Member, NewRecord, Partition, Record
from core.postgres.database import Database
from tests.contracts.logs import (
    PARTITIONS,
    TOPIC,
    Place,
    PostgresPlace,
    records,
    settled,
    take,
    values,
)

BACKENDS = ["postgres"]


@pytest.fixture(params=BACKENDS)
async def place(request: pytest.FixtureRequest, dsn: str) -> AsyncIterator[Place]:
    async with await Database.connect(dsn, tenant_size=1, service_size=16) as writers:
        yield {"postgres": PostgresPlace}[request.param](dsn, writers)


@pytest.fixture
async def log(place: Place) -> AsyncIterator[EventLog]:
    async with place.process() as opened:
        yield opened


@pytest.fixture
async def other(place: Place) -> AsyncIterator[EventLog]:
    async with place.process() as opened:
        yield opened


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


async def test_a_second_member_gets_a_fair_share(log: EventLog, other: EventLog) -> None:
    first, second = await log.join("core", [TOPIC]), await other.join("core", [TOPIC])

    await settled(first, second)

    assert first.assigned() | second.assigned() == all_partitions()
    assert not first.assigned() & second.assigned()


async def test_seven_members_share_as_evenly_as_can_be(log: EventLog) -> None:
    members = [await log.join("core", [TOPIC]) for _ in range(7)]

    await settled(*members)

    shares = [member.assigned() for member in members]
    assert frozenset().union(*shares) == all_partitions()
    assert {len(share) for share in shares} == {1, 2}


async def test_a_member_beyond_the_partitions_waits_for_its_turn(log: EventLog) -> None:
    members = [await log.join("core", [TOPIC]) for _ in range(PARTITIONS + 1)]
    await settled(*members)
    leaver = next(member for member in members if member.assigned())

    await leaver.leave()

    await settled(*(member for member in members if member is not leaver))


async def test_a_member_that_leaves_hands_its_partitions_on(
    log: EventLog, other: EventLog
) -> None:
    first, second = await log.join("core", [TOPIC]), await other.join("core", [TOPIC])
    await settled(first, second)

    await first.leave()
    await settled(second)

    await log.append(records("still here"))
    assert values(await take(second, 1)) == ["still here"]
    assert first.assigned() == frozenset()


async def test_leaving_twice_is_a_no_op(log: EventLog) -> None:
    member = await log.join("core", [TOPIC])

    await member.leave()
    await member.leave()


async def test_a_new_member_goes_on_at_the_committed_position(log: EventLog) -> None:
    first = await log.join("core", [TOPIC])
    await log.append(records("1", "2", "3"))
    partition = (await take(first, 3))[0].partition
    await first.commit({partition: 2})
    await first.leave()

    second = await log.join("core", [TOPIC])

    assert values(await take(second, 1)) == ["3"]


async def test_a_step_back_and_a_foreign_partition_change_nothing(log: EventLog) -> None:
    first = await log.join("core", [TOPIC])
    await log.append(records("1", "2", "3"))
    partition = (await take(first, 3))[0].partition
    await first.commit({partition: 2})

    await first.commit({partition: 1, Partition("outbound", 0): 5, Partition(TOPIC, 99): 5})
    await first.leave()

    second = await log.join("core", [TOPIC])
    assert values(await take(second, 1)) == ["3"]


async def test_before_partitions_move_their_owner_may_finish_and_commit(
    log: EventLog, other: EventLog
) -> None:
    first: Member
    taken: dict[Partition, int] = {}
    revoked: list[Partition] = []

    async def finish(partitions: Sequence[Partition]) -> None:
        revoked.extend(partitions)
        await first.commit({p: taken[p] for p in partitions})

    first = await log.join("core", [TOPIC], finish)
    await log.append([r for n in range(200) for r in records("x", key=f"k{n}")])
    for record in await take(first, 200):
        taken[record.partition] = record.offset + 1

    second = await other.join("core", [TOPIC])
    await settled(first, second)

    assert set(revoked) == second.assigned()
    assert await second.poll(10, 0) == {}


async def test_a_late_owners_commit_changes_nothing(log: EventLog, other: EventLog) -> None:
    first = await log.join("core", [TOPIC])
    await log.append([r for n in range(200) for r in records("x", key=f"k{n}")])
    taken = await take(first, 200)
    second = await other.join("core", [TOPIC])
    await settled(first, second)

    await first.commit({r.partition: r.offset + 1 for r in taken})

    again = [r for r in taken if r.partition in second.assigned()]
    assert len(again) == len(await take(second, len(again)))


async def test_lag_is_what_lies_behind_the_committed_position(log: EventLog) -> None:
    member = await log.join("core", [TOPIC])
    await log.append(records("1", "2", "3"))
    partition = (await take(member, 3))[0].partition

    await member.commit({partition: 1})

    lag = await member.lag()
    assert lag[partition] == 2
    assert sum(lag.values()) == 2
    assert lag.keys() == all_partitions()


async def test_a_paused_partition_is_silent_until_it_is_resumed(log: EventLog) -> None:
    member = await log.join("core", [TOPIC])
    quiet, loud = "a", "b"
    partition = Partition(TOPIC, partition_of(quiet.encode(), PARTITIONS))
    member.pause([partition])

    await log.append([*records("1", "2", key=quiet), *records("x", key=loud)])
    heard = values(await take(member, 1))
    silence = await member.poll(10, 0)
    member.resume([partition])

    assert heard == ["x"]
    assert silence == {}
    assert values(await take(member, 2)) == ["1", "2"]


async def test_a_poll_that_waits_sees_a_resumed_partition_at_once(log: EventLog) -> None:
    member = await log.join("core", [TOPIC])
    partition = Partition(TOPIC, partition_of(b"a", PARTITIONS))
    member.pause([partition])
    await log.append(records("1"))
    waiting = asyncio.create_task(member.poll(10, 50))
    await asyncio.sleep(0)

    member.resume([partition])

    assert partition in await waiting


async def test_a_killed_member_is_replaced_and_only_the_uncommitted_comes_again(
    place: Place, log: EventLog
) -> None:
    await log.append([r for n in range(40) for r in records("x", key=f"k{n}")])
    doomed = await place.doomed("core", take=40, commit=0)
    await log.append([r for n in range(40) for r in records("y", key=f"k{n}")])
    await doomed.kill()
    half = await place.doomed("core", take=80, commit=30)
    heir = await log.join("core", [TOPIC])

    await half.kill()

    positions: dict[int, int] = {}
    for part, offset in half.committed:
        positions[part] = offset + 1
    expected = {p for p in half.taken if p[1] >= positions.get(p[0], 0)}
    taken = await take(heir, len(expected))
    assert {(r.partition.number, r.offset) for r in taken} == expected
    assert await heir.poll(10, 0) == {}


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
            await place.append_held(record, chance.uniform(0, 0.008))
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


@pytest.mark.parametrize("seed", [1, 2])
async def test_coming_and_going_under_load_loses_nothing(
    log: EventLog, other: EventLog, seed: int
) -> None:
    crowd = Crowd(total=1_500, chance=random.Random(seed))

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(crowd.write(log))
        for through in (log, other, other):
            tasks.create_task(crowd.come_and_go(through))

    assert gaps(crowd.firsts) == 0
    assert inversions(crowd.firsts) == 0


@dataclass
class Crowd:
    """Members that join, read a little, commit and leave, until all has been seen."""

    total: int
    chance: random.Random
    firsts: list[Record] = field(default_factory=list)
    seen: set[tuple[Partition, int]] = field(default_factory=set)

    async def write(self, log: EventLog) -> None:
        for start in range(0, self.total, 10):
            numbers = range(start, start + 10)
            await log.append([r for n in numbers for r in records(str(n), key=f"k{n % 40}")])

    async def come_and_go(self, log: EventLog) -> None:
        while len(self.seen) < self.total:
            member = await log.join("core", [TOPIC])
            for _ in range(self.chance.randrange(1, 12)):
                await self._consume(member)
            await member.leave()

    async def _consume(self, member: Member) -> None:
        positions = {}
        for partition, found in (await member.poll(20, 0.02)).items():
            for record in found:
                if (partition, record.offset) not in self.seen:
                    self.seen.add((partition, record.offset))
                    self.firsts.append(record)
            positions[partition] = found[-1].offset + 1
        await member.commit(positions)


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
