"""What every member of a group does: share, hand on, commit, pause."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from core.event_log import EventLog, Member, Partition, Record
from core.partitioning import partition_of
from tests.contracts.logs import (
    PARTITIONS,
    TOPIC,
    Place,
    all_partitions,
    gaps,
    inversions,
    records,
    settled,
    take,
    values,
)

pytestmark = pytest.mark.slow  # real time and many connections: not for make quick


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
