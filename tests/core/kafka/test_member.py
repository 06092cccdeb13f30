"""A member on Kafka: undisturbed by rounds, back after being forgotten, never stuck in silence."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from functools import partial

import pytest

from core.domain.errors import LogStuck, LogUnavailable
from core.event_log import Partition, Record
from core.kafka.brokers import Brokers
from core.kafka.consumer import Consumer, Timing
from core.kafka.event_log import KafkaEventLog
from core.kafka.member import KafkaMember
from core.kafka.topics import Layout
from tests.contracts.logs import TOPIC, all_partitions, records, settled, take, values

pytestmark = [pytest.mark.kafka, pytest.mark.slow]
QUICK = Timing(session_s=2, heartbeat_s=0.2, stuck_s=0.5)


@asynccontextmanager
async def opened(
    brokers: Brokers, layout: Layout, timing: Timing = QUICK
) -> AsyncIterator[KafkaEventLog]:
    log = await KafkaEventLog.open(brokers, layout, topics=[TOPIC], timing=timing)
    try:
        yield log
    finally:
        await log.close()


async def poll_for_ever(member: KafkaMember) -> None:
    async with asyncio.timeout(30):
        while True:
            await member.poll(10, 0.1)


async def test_a_member_that_the_group_forgot_loses_everything_and_begins_again(
    brokers: Brokers, layout: Layout
) -> None:
    lost: list[Partition] = []
    async with opened(brokers, layout, replace(QUICK, stuck_s=60)) as log:
        member = await log.join("core", [TOPIC], None, lost.extend)
        await log.append([r for n in range(40) for r in records("x", key=f"k{n}")])
        first = await take(member, 40)

        time.sleep(3)  # noqa: ASYNC251 - a loop that hangs for longer than a session
        again = await take(member, 40)

        assert set(lost) == all_partitions()
        assert {(r.partition, r.offset) for r in again} == {(r.partition, r.offset) for r in first}


async def test_a_consumer_that_stands_still_is_replaced(brokers: Brokers, layout: Layout) -> None:
    async with opened(brokers, layout) as log:
        member = await log.join("core", [TOPIC])
        assert isinstance(member, KafkaMember)
        silence(member)
        await log.append(records("1", "2"))

        assert values(await take(member, 2)) == ["1", "2"]


async def test_a_replaced_consumer_that_stands_still_too_ends_in_a_sentence(
    brokers: Brokers, layout: Layout
) -> None:
    async with opened(brokers, layout) as log:
        await log.append(records("1"))
        member = KafkaMember(
            {layout.name(TOPIC): TOPIC},
            partial(a_deaf_consumer, brokers, layout),
            QUICK,
            on_revoked=None,
            on_lost=None,
        )
        await member.enter()

        with pytest.raises(LogStuck, match="does not move, and a new one did not help"):
            await poll_for_ever(member)

        await member.leave()


async def test_an_idle_member_is_left_alone(brokers: Brokers, layout: Layout) -> None:
    async with opened(brokers, layout) as log:
        member = await log.join("core", [TOPIC])
        assert isinstance(member, KafkaMember)

        for _ in range(8):
            assert await member.poll(10, 0.2) == {}

        assert member.rounds == 1


async def test_rounds_leave_what_is_in_hand_where_it_is(brokers: Brokers, layout: Layout) -> None:
    async with opened(brokers, layout) as log, opened(brokers, layout) as other:
        first = await log.join("core", [TOPIC])
        await log.append([r for n in range(100) for r in records("x", key=f"k{n}")])
        in_hand = await take(first, 100)

        for _ in range(2):
            second = await other.join("core", [TOPIC])
            await settled(first, second)
            kept = first.assigned()
            await second.leave()
            await settled(first)

        back = all_partitions() - kept
        again = await take(first, sum(r.partition in back for r in in_hand))
        assert {r.partition for r in again} <= back
        assert await first.poll(10, 0.2) == {}


async def commit_step_by_step(member: KafkaMember, ends: Mapping[Partition, int]) -> None:
    """A little further every few milliseconds, whatever becomes of it."""
    for offset in range(1, max(ends.values()) + 1):
        reached = {partition: min(offset, end) for partition, end in ends.items()}
        with suppress(LogUnavailable):
            await member.commit(reached)
        await asyncio.sleep(0.005)


async def test_commits_in_the_middle_of_a_round_begin_no_further_one(
    brokers: Brokers, layout: Layout
) -> None:
    """Each of them would be refused, and make the brokers share the partitions again."""
    async with opened(brokers, layout) as log, opened(brokers, layout) as other:
        first = await log.join("core", [TOPIC])
        assert isinstance(first, KafkaMember)
        await log.append([r for n in range(50) for r in records(*["x"] * 100, key=f"k{n}")])
        taken = await take(first, 5_000)
        ends = {p: sum(r.partition == p for r in taken) for p in {r.partition for r in taken}}
        committing = asyncio.create_task(commit_step_by_step(first, ends))

        second = await other.join("core", [TOPIC])
        await settled(first, second)
        await committing

        assert first.rounds <= 4  # its own, the other's, that in which half of it moved


class Deaf(Consumer):
    """Is in the group, and hears nothing."""

    async def fetch(
        self, most: int, woken: asyncio.Event, timeout_s: float
    ) -> Mapping[Partition, Sequence[Record]]:
        await asyncio.sleep(timeout_s)
        return {}


def a_deaf_consumer(brokers, layout, assignor, assigned) -> Consumer:
    return Deaf(
        brokers,
        layout.name("core"),
        [layout.name(TOPIC)],
        timing=QUICK,
        assignor=assignor,
        assigned=assigned,
    )


def silence(member: KafkaMember) -> None:
    """What a bug of the client looks like: it is in the group, and no longer asks for records."""
    assert member._consumer is not None
    member._consumer._client._fetcher._fetch_task.cancel()
