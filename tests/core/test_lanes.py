"""Lanes keep the order of each key, whatever the handlers' speed."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.lanes import Bounds, Lanes, Watermark
from core.ports import Partition, Record

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
ZERO = Partition("inbound", 0)
ONE = Partition("inbound", 1)


def a_record(key: str = "a", offset: int = 0, partition: Partition = ZERO) -> Record:
    return Record(
        partition=partition,
        offset=offset,
        key=key.encode(),
        value=b"",
        headers={},
        at=NOON + timedelta(seconds=offset),
    )


@dataclass
class Gate:
    """A handler whose records finish when the test says so."""

    waiting: dict[tuple[bytes, int], asyncio.Future[None]] = field(default_factory=dict)
    done: list[Record] = field(default_factory=list)
    cancelled: list[Record] = field(default_factory=list)
    busy: set[bytes] = field(default_factory=set)
    most: int = 0

    async def handle(self, record: Record) -> None:
        with self._alone(record):
            future = asyncio.get_running_loop().create_future()
            self.waiting[record.key, record.offset] = future
            try:
                await future
            except asyncio.CancelledError:
                self.cancelled.append(record)
                raise
            finally:
                del self.waiting[record.key, record.offset]
            self.done.append(record)

    @contextmanager
    def _alone(self, record: Record) -> Iterator[None]:
        assert record.key not in self.busy, "two records of one key at once"
        self.busy.add(record.key)
        self.most = max(self.most, len(self.busy))
        try:
            yield
        finally:
            self.busy.discard(record.key)

    def finish(self, nth: int) -> None:
        keys = sorted(self.waiting)
        if keys:
            future = self.waiting[keys[nth % len(keys)]]
            if not future.done():
                future.set_result(None)


async def turns(count: int = 4) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def finish_all(gate: Gate, lanes: Lanes) -> None:
    for _ in range(2_000):
        gate.finish(0)
        await asyncio.sleep(0)
        if not (lanes.unfinished or lanes.keys):
            return
    raise AssertionError("a lane does not move")


@given(order=st.permutations(range(0, 30, 3)))
def test_a_watermark_is_the_lowest_unfinished_offset(order: Sequence[int]) -> None:
    mark = Watermark()
    for offset in range(0, 30, 3):
        mark.begin(offset, NOON)

    left = set(order)
    for offset in order:
        mark.finish(offset)
        left.discard(offset)
        below = [o for o in range(0, 30, 3) if o < min(left, default=99)]
        assert mark.position == (below[-1] + 1 if below else None)
        assert mark.unfinished == len(left)
        assert mark.ahead == 10 - len(left) - len(below)


@given(
    keys=st.lists(st.integers(0, 5), min_size=1, max_size=40),
    picks=st.lists(st.integers(0, 50), max_size=80),
    at_once=st.integers(1, 4),
)
def test_each_key_keeps_its_order_and_never_runs_twice_at_once(
    keys: list[int], picks: list[int], at_once: int
) -> None:
    async def run() -> None:
        gate = Gate()
        lanes = Lanes(gate.handle, Bounds(at_once=at_once))
        submitted = [a_record(str(key), offset * 2) for offset, key in enumerate(keys)]
        for record, pick in zip(submitted, picks + [0] * len(keys), strict=False):
            lanes.submit(record)
            await turns(3)
            gate.finish(pick)
        await turns()
        unfinished = [r.offset for r in submitted if r not in gate.done]
        position = lanes.moved().get(ZERO, 0)
        assert position <= min(unfinished, default=99)
        for pick in picks[len(keys) :]:
            gate.finish(pick)
            await turns(2)
        await finish_all(gate, lanes)

        assert gate.most <= at_once
        for key in set(keys):
            own = [r.offset for r in gate.done if r.key == str(key).encode()]
            assert own == [r.offset for r in submitted if r.key == str(key).encode()]
        assert lanes.moved() == {ZERO: submitted[-1].offset + 1}
        assert lanes.keys == 0

    asyncio.run(run())


@given(st.data())
def test_partitions_that_come_and_go_never_mix_their_assignments(data: st.DataObject) -> None:
    async def run() -> None:
        gate = Gate()
        lanes = Lanes(gate.handle, Bounds(at_once=3))
        offsets, floor = {ZERO: 0, ONE: 0}, {ZERO: 0, ONE: 0}
        keys = data.draw(st.lists(st.integers(0, 2), min_size=30, max_size=30))
        for _ in range(data.draw(st.integers(1, 30))):
            partition = data.draw(st.sampled_from([ZERO, ONE]))
            match data.draw(st.sampled_from(["submit", "submit", "finish", "drop", "wait"])):
                case "submit":
                    key = f"{partition.number}-{keys[offsets[partition]]}"
                    lanes.submit(a_record(key, offsets[partition], partition))
                    offsets[partition] += 1
                case "finish":
                    gate.finish(data.draw(st.integers(0, 9)))
                case "drop":  # and assigned again at once, reading from the same place
                    lanes.drop([partition])
                    offsets[partition] = floor[partition]
                case _:
                    await turns(3)
            for moved, position in lanes.moved().items():
                floor[moved] = max(floor[moved], position)
            lanes.committed(lanes.moved())
        await finish_all(gate, lanes)

        for key in {r.key for r in gate.done}:
            firsts = list(dict.fromkeys(r.offset for r in gate.done if r.key == key))
            assert firsts == sorted(firsts)

    asyncio.run(run())


async def test_different_keys_run_at_the_same_time_up_to_the_bound() -> None:
    gate = Gate()
    lanes = Lanes(gate.handle, Bounds(at_once=3))

    for offset in range(10):
        lanes.submit(a_record(f"k{offset}", offset))
    await turns()

    assert len(gate.waiting) == 3
    await finish_all(gate, lanes)
    assert gate.most == 3


async def test_a_full_partition_is_full_until_half_is_free() -> None:
    gate = Gate()
    lanes = Lanes(gate.handle, Bounds(per_partition=4))
    for offset in range(4):
        lanes.submit(a_record(f"k{offset}", offset))
    await turns()

    assert lanes.full([ZERO, ONE], []) == {ZERO}
    gate.finish(0)
    await turns()
    assert lanes.full([ZERO, ONE], []) == frozenset()
    assert lanes.full([ZERO, ONE], [ZERO]) == {ZERO}
    await finish_all(gate, lanes)
    assert lanes.full([ZERO, ONE], [ZERO]) == frozenset()


async def test_too_many_records_in_all_fill_every_partition() -> None:
    gate = Gate()
    lanes = Lanes(gate.handle, Bounds(in_all=4))
    for offset in range(2):
        lanes.submit(a_record(f"a{offset}", offset, ZERO))
        lanes.submit(a_record(f"b{offset}", offset, ONE))

    assert lanes.full([ZERO, ONE], []) == {ZERO, ONE}
    await finish_all(gate, lanes)
    assert lanes.full([ZERO, ONE], [ZERO, ONE]) == frozenset()


async def test_a_slow_record_lets_only_so_many_pass() -> None:
    gate = Gate()
    lanes = Lanes(gate.handle, Bounds(ahead=3))
    for offset in range(4):
        lanes.submit(a_record(f"k{offset}", offset))
    await turns()

    for _ in range(3):
        gate.finish(1)
        await turns()

    assert lanes.moved() == {}
    assert lanes.full([ZERO], []) == {ZERO}
    await finish_all(gate, lanes)
    assert lanes.moved() == {ZERO: 4}


async def test_draining_waits_for_its_partitions_only() -> None:
    gate = Gate()
    lanes = Lanes(gate.handle, Bounds())
    lanes.submit(a_record("a", 0, ZERO))
    lanes.submit(a_record("b", 0, ONE))
    await turns()
    draining = asyncio.create_task(lanes.drain([ZERO], 10))
    await turns()

    gate.finish(0)

    assert await draining is True
    assert lanes.unfinished == 1
    assert await lanes.drain(None, 0) is False
    await lanes.close()


async def test_a_dropped_partitions_work_is_cancelled_and_moves_nothing() -> None:
    gate = Gate()
    lanes = Lanes(gate.handle, Bounds())
    lanes.submit(a_record("a", 0))
    lanes.submit(a_record("a", 1))
    await turns()

    lanes.drop([ZERO])
    await turns()

    assert [r.offset for r in gate.cancelled] == [0]
    assert lanes.moved() == {}
    assert lanes.keys == 0


async def test_a_key_that_is_back_at_once_waits_for_the_cancelled_handler() -> None:
    gate = Gate()
    lanes = Lanes(gate.handle, Bounds())
    lanes.submit(a_record("a", 0))
    await turns()

    lanes.drop([ZERO])
    lanes.submit(a_record("a", 0))
    await finish_all(gate, lanes)

    assert len(gate.cancelled) == len(gate.done) == 1
    assert lanes.moved() == {ZERO: 1}


async def test_a_record_dropped_before_it_began_leaves_no_lane_behind() -> None:
    gate = Gate()
    lanes = Lanes(gate.handle, Bounds())

    lanes.submit(a_record("a", 0))
    lanes.drop([ZERO])
    lanes.submit(a_record("a", 0))
    await finish_all(gate, lanes)

    assert [r.offset for r in gate.done] == [0]
    assert lanes.keys == 0


async def test_a_committed_position_is_not_offered_again() -> None:
    gate = Gate()
    lanes = Lanes(gate.handle, Bounds())
    lanes.submit(a_record("a", 7))
    await finish_all(gate, lanes)

    lanes.committed(lanes.moved())

    assert lanes.moved() == {}


async def test_a_handler_that_raises_is_an_error_of_its_owner() -> None:
    async def broken(record: Record) -> None:
        raise RuntimeError("handlers settle their errors")

    lanes = Lanes(broken, Bounds())
    lanes.submit(a_record("a", 0))
    await turns()

    with pytest.raises(RuntimeError):
        lanes.check()


async def test_the_oldest_unfinished_record_gives_its_age() -> None:
    gate = Gate()
    lanes = Lanes(gate.handle, Bounds())
    lanes.submit(a_record("a", 3))
    lanes.submit(a_record("b", 4))

    assert lanes.oldest == NOON + timedelta(seconds=3)
    await finish_all(gate, lanes)
    assert lanes.oldest is None
