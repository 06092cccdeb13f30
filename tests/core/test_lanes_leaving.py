"""Lanes whose partitions leave: what is at work may end, what waits comes again elsewhere."""

import asyncio
from contextlib import suppress

from core.event_log import Record
from core.lanes import Bounds, Lanes
from tests.fakes.lanes import ONE, ZERO, Gate, a_record, finish_all, turns


async def until(event: asyncio.Event) -> None:
    await event.wait()


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


async def test_draining_begins_nothing_more_of_its_partitions() -> None:
    gate = Gate()
    lanes = Lanes(gate.handle, Bounds(at_once=2))
    for offset, key in enumerate("aabc"):
        lanes.submit(a_record(key, offset))
    await turns()
    draining = asyncio.create_task(lanes.drain([ZERO], 10))
    await turns()

    gate.finish(0)
    gate.finish(1)

    assert await draining is True
    await turns()
    assert [r.offset for r in gate.done] == [0, 2]
    assert lanes.moved() == {ZERO: 1}
    assert lanes.keys == 0
    lanes.drop([ZERO])
    for offset, key in [(1, "a"), (2, "b"), (3, "c")]:
        lanes.submit(a_record(key, offset))
    await finish_all(gate, lanes)
    assert lanes.moved() == {ZERO: 4}


async def test_a_handler_that_rests_leaves_its_room_to_others() -> None:
    rested = asyncio.Event()
    handled = []

    async def handle(record: Record) -> None:
        if record.offset == 0:
            await lanes.rest(until(rested))
        handled.append(record.offset)

    lanes = Lanes(handle, Bounds(at_once=1))
    lanes.submit(a_record("a", 0))
    lanes.submit(a_record("b", 1))
    await turns()

    assert handled == [1]
    assert await lanes.drain([ZERO], 0) is True
    rested.set()
    await turns()
    assert handled == [1, 0]
    assert lanes.moved() == {ZERO: 2}


async def test_a_handler_cancelled_at_rest_gives_no_room_back_twice() -> None:
    gate = Gate()

    async def handle(record: Record) -> None:
        if record.key == b"a":
            await lanes.rest(until(asyncio.Event()))
        await gate.handle(record)

    lanes = Lanes(handle, Bounds(at_once=1))
    lanes.submit(a_record("a", 0, ZERO))
    await turns()
    lanes.drop([ZERO])
    for offset in range(3):
        lanes.submit(a_record(f"b{offset}", offset, ONE))
    await turns()

    assert len(gate.waiting) == 1
    await finish_all(gate, lanes)


async def test_a_record_that_comes_again_waits_for_the_one_that_may_end() -> None:
    gate = Gate()
    lanes = Lanes(gate.handle, Bounds())
    lanes.submit(a_record("a", 0))
    await turns()

    lanes.forget([ZERO])
    lanes.submit(a_record("a", 0))
    await turns()
    gate.finish(0)
    await turns()

    assert len(gate.done) == 1
    assert lanes.moved() == {}
    await finish_all(gate, lanes)
    assert [r.offset for r in gate.done] == [0, 0]
    assert lanes.moved() == {ZERO: 1}


async def test_a_handler_that_ignores_its_cancellation_holds_up_its_own_key_only() -> None:
    stubborn, gate = asyncio.Event(), Gate()

    async def handle(record: Record) -> None:
        if record.key == b"a" and not stubborn.is_set():
            while not stubborn.is_set():
                with suppress(asyncio.CancelledError):
                    await stubborn.wait()
            return
        await gate.handle(record)

    lanes = Lanes(handle, Bounds())
    lanes.submit(a_record("a", 0))
    await turns()
    lanes.drop([ZERO])
    lanes.submit(a_record("a", 0))
    lanes.submit(a_record("b", 1))
    await turns()

    assert list(gate.waiting) == [(b"b", 1)]
    stubborn.set()
    await finish_all(gate, lanes)
    assert [r.offset for r in gate.done] == [1, 0]
    assert lanes.moved() == {ZERO: 2}


async def test_lanes_closed_while_they_drain_leave_nothing_at_work() -> None:
    gate = Gate()
    lanes = Lanes(gate.handle, Bounds())
    lanes.submit(a_record("a", 0))
    await turns()
    draining = asyncio.create_task(lanes.drain(None, 10))
    await turns()

    await lanes.close()

    await draining
    assert len(gate.cancelled) == 1
    assert lanes.keys == lanes.unfinished == 0


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
