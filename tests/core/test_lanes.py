"""Lanes keep the order of each key, whatever the handlers' speed."""

from datetime import timedelta

import pytest

from core.event_log import Record
from core.lanes import Bounds, Lanes
from tests.fakes.lanes import NOON, ONE, ZERO, Gate, a_record, finish_all, turns


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


async def test_whoever_asks_hears_of_records_that_wait_and_of_keys_that_ended() -> None:
    gate, more, ended = Gate(), [], []
    lanes = Lanes(gate.handle, Bounds(), on_more=more.append, on_end=ended.append)
    for offset, key in enumerate("aab"):
        lanes.submit(a_record(key, offset))

    assert [r.offset for r in more] == [1]
    await finish_all(gate, lanes)
    assert sorted(ended) == [b"a", b"b"]


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
