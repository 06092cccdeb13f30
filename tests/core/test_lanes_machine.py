"""Lanes under a worker whose partitions come and go: nothing skipped, nothing out of order."""

import asyncio
from collections import defaultdict
from collections.abc import Callable

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from core.event_log import Partition, Record
from core.lanes import Bounds, Lanes
from tests.fakes.lanes import Gate, a_record, turns

BOUNDS = Bounds(at_once=3, in_all=16, per_partition=4, ahead=6)
BATCH = 4
PARTITIONS = [Partition("inbound", number) for number in range(5)]
PLACES = st.sampled_from(PARTITIONS)
ANY = st.integers(0, 99)


class Machine(RuleBasedStateMachine):
    """A member of a group, with endless partitions of three keys each."""

    def __init__(self, runner: asyncio.Runner) -> None:
        super().__init__()
        self._runner = runner
        self._gate = Gate()
        self._resting: list[asyncio.Event] = []
        self._lanes = runner.run(self._open())
        self._next: dict[Partition, int] = dict.fromkeys(PARTITIONS, 0)
        self._committed: dict[Partition, int] = dict.fromkeys(PARTITIONS, 0)
        self._read: dict[Partition, list[Record]] = {p: [] for p in PARTITIONS}
        """Since the partition was assigned."""
        self._paused: frozenset[Partition] = frozenset()
        self._leaving: set[Partition] = set()

    async def _open(self) -> Lanes:
        return Lanes(self._handle, BOUNDS)

    async def _handle(self, record: Record) -> None:
        if record.offset % 5 == 4:  # its first try fails
            again = asyncio.Event()
            self._resting.append(again)
            await self._lanes.rest(_until(again))
        await self._gate.handle(record)

    @rule(partition=PLACES, count=st.integers(1, BATCH))
    def read(self, partition: Partition, count: int) -> None:
        if partition in self._paused | self._leaving:
            return
        first = self._next[partition]
        records = [
            a_record(f"{partition.number}-{offset * 5 // 3 % 3}", offset, partition)
            for offset in range(first, first + count)
        ]
        self._next[partition] += count
        self._read[partition] += records
        self._do(lambda: [self._lanes.submit(record) for record in records])

    @precondition(lambda self: self._gate.waiting)
    @rule(which=ANY)
    def finish(self, which: int) -> None:
        self._do(lambda: self._gate.finish(which))

    @precondition(lambda self: self._resting)
    @rule(which=ANY)
    def try_again(self, which: int) -> None:
        self._do(self._resting.pop(which % len(self._resting)).set)

    @rule()
    def commit(self) -> None:
        moved = self._lanes.moved()
        for partition, position in moved.items():
            assert position >= self._committed[partition], "a step back"
        self._committed |= moved
        self._lanes.committed(moved)

    @rule(partition=PLACES)
    def drain(self, partition: Partition) -> None:
        self._runner.run(self._lanes.drain([partition], 0))
        self._leaving.add(partition)

    @precondition(lambda self: self._leaving)
    @rule()
    def leave_and_get_again(self) -> None:
        self.commit()
        self._do(lambda: self._lanes.drop(self._leaving))
        for partition in self._leaving:
            self._begin_again(partition)
        self._leaving.clear()

    @rule(partition=PLACES)
    def lose_and_get_again(self, partition: Partition) -> None:
        self._do(lambda: self._lanes.forget([partition]))
        self._leaving.discard(partition)
        self._begin_again(partition)

    def _begin_again(self, partition: Partition) -> None:
        self._next[partition] = self._committed[partition]
        self._read[partition] = []

    @invariant()
    def memory_is_bounded(self) -> None:
        assert self._lanes.unfinished < BOUNDS.in_all + BATCH
        done = {id(record) for record in self._gate.done}
        for records in self._read.values():
            unfinished = [record for record in records if id(record) not in done]
            assert len(unfinished) < BOUNDS.per_partition + BATCH
        assert len(self._gate.busy) <= BOUNDS.at_once

    @invariant()
    def nothing_is_committed_that_was_not_handled(self) -> None:
        done = defaultdict(set)
        for record in self._gate.done:
            done[record.partition].add(record.offset)
        for partition, position in self._committed.items():
            assert done[partition] >= {*range(position)}

    def teardown(self) -> None:
        if self._leaving:
            self.leave_and_get_again()
        self._runner.run(self._finish())
        self.commit()
        assert self._committed == self._next
        assert self._lanes.full(PARTITIONS, PARTITIONS) == frozenset()
        for key in {record.key for record in self._gate.done}:
            own = [record.offset for record in self._gate.done if record.key == key]
            firsts = list(dict.fromkeys(own))
            assert firsts == sorted(firsts), "out of order"

    async def _finish(self) -> None:
        for _ in range(10_000):
            while self._resting:
                self._resting.pop().set()
            self._gate.finish(0)
            await asyncio.sleep(0)
            if not self._lanes.keys:
                return
        raise AssertionError("a lane does not move")

    def _do(self, act: Callable[[], object]) -> None:
        async def acted() -> None:
            act()
            await turns(6)

        self._runner.run(acted())
        self._paused = self._lanes.full(PARTITIONS, self._paused)


async def _until(event: asyncio.Event) -> None:
    await event.wait()


@pytest.mark.slow
def test_partitions_that_come_and_go_lose_nothing_and_keep_their_order() -> None:
    with asyncio.Runner() as runner:
        run_state_machine_as_test(
            lambda: Machine(runner), settings=settings(stateful_step_count=60)
        )
