"""The worker on the log in Postgres: order, bounds, stopping, sharing."""

import asyncio
from contextlib import suppress
from typing import Any

import pytest

from core.domain.errors import LogUnavailable
from core.event_log import EventLog, Member, Record
from core.lanes import Bounds
from core.postgres.event_log import PostgresEventLog
from core.worker import Pace
from tests.contracts.logs import records
from tests.fakes.worker import Scripted, a_worker, running, unread


async def test_records_are_handled_in_order_and_committed_when_it_stops(
    log: PostgresEventLog,
) -> None:
    handler = Scripted()
    await log.append(records("1", "2", "3"))

    async with running(a_worker(log, handler)) as worker:
        await handler.until(lambda: len(handler.done) == 3)

    assert handler.done == ["1", "2", "3"]
    assert worker.outcomes.handled == 3
    assert await unread(log) == []


async def test_many_keys_are_handled_at_once(log: PostgresEventLog) -> None:
    gate, busy = asyncio.Event(), asyncio.Semaphore(0)

    async def wait(record: Record) -> None:
        busy.release()
        await gate.wait()

    await log.append([r for n in range(100) for r in records("x", key=f"k{n}")])

    async with running(a_worker(log, wait)) as worker, asyncio.timeout(20):
        for _ in range(100):
            await busy.acquire()
        assert worker.lanes == worker.unfinished == 100
        gate.set()

    assert worker.outcomes.handled == 100


async def test_a_stopping_worker_finishes_what_it_has_in_hand(log: PostgresEventLog) -> None:
    gate, busy = asyncio.Event(), asyncio.Event()

    async def wait(record: Record) -> None:
        busy.set()
        await gate.wait()

    await log.append(records("1"))
    async with running(a_worker(log, wait)) as worker, asyncio.timeout(20):
        await busy.wait()
        worker.stop()
        gate.set()

    assert worker.outcomes.handled == 1
    assert await unread(log) == []


async def test_what_is_not_done_when_the_budget_is_over_comes_again(
    log: PostgresEventLog,
) -> None:
    busy = asyncio.Event()

    async def hang(record: Record) -> None:
        if record.value == b"2":
            busy.set()
            await asyncio.Event().wait()

    await log.append(records("1", "2"))
    async with running(a_worker(log, hang, pace=Pace(drain_s=0))), asyncio.timeout(20):
        await busy.wait()

    assert await unread(log) == ["2"]


async def test_a_cancelled_worker_commits_what_it_did_and_leaves(log: PostgresEventLog) -> None:
    handler = Scripted()
    await log.append(records("1"))
    task = asyncio.create_task(a_worker(log, handler).run())
    await handler.until(lambda: handler.done == ["1"])
    await asyncio.sleep(0)

    task.cancel()
    with suppress(asyncio.CancelledError):
        await task

    assert await unread(log) == []


async def test_a_second_worker_takes_over_without_doing_anything_twice(
    log: PostgresEventLog,
) -> None:
    handler = Scripted()
    first, second = a_worker(log, handler), a_worker(log, handler)
    async with running(first), running(second):
        for start in range(0, 400, 40):
            numbers = range(start, start + 40)
            await log.append([r for n in numbers for r in records(str(n), key=f"k{n % 20}")])
            await handler.until(lambda start=start: len(handler.done) >= start + 40)

    assert sorted(handler.done, key=int) == [str(n) for n in range(400)]
    for key in range(20):
        own = [int(value) for value in handler.done if int(value) % 20 == key]
        assert own == sorted(own)


async def test_a_backlog_is_taken_in_bounded_pieces(log: PostgresEventLog) -> None:
    bounds = Bounds(at_once=10, in_all=60, per_partition=20)
    most = 0

    async def watch(record: Record) -> None:
        nonlocal most
        most = max(most, worker.unfinished)
        await asyncio.sleep(0)
        handler.moved.set()

    handler = Scripted()
    await log.append([r for n in range(1_000) for r in records("x", key=f"k{n % 100}")])
    worker = a_worker(log, watch, pace=Pace(bounds=bounds, poll_records=20))
    async with running(worker):
        await handler.until(lambda: worker.outcomes.handled == 1_000)

    assert most <= 80


async def test_it_says_whether_it_reads(log: PostgresEventLog) -> None:
    gate = Gate(log)
    worker = a_worker(gate, Scripted())
    assert not worker.reading

    async with running(worker), asyncio.timeout(20):
        while not worker.reading:
            await asyncio.sleep(0)
        gate.closed = True
        while worker.reading:
            await asyncio.sleep(0)
        gate.closed = False
        while not worker.reading:
            await asyncio.sleep(0)


async def test_partitions_that_go_to_another_are_counted(log: PostgresEventLog) -> None:
    first, second = a_worker(log, Scripted()), a_worker(log, Scripted())

    async with running(first), asyncio.timeout(20):
        while not first.reading:
            await asyncio.sleep(0.01)
        async with running(second):
            while not await second.lag():
                await asyncio.sleep(0.01)

    assert first.revoked == 1
    assert (first.lost, second.lost) == (0, 0)


@pytest.mark.parametrize("silent", [True, False])
async def test_it_can_be_stopped_while_the_log_is_away(silent: bool) -> None:
    log = AwayLog(silent=silent)

    async with running(a_worker(log, Scripted())):
        await log.asked.wait()

    assert log.given_up == silent


class AwayLog:
    """Nobody can join it; asked, it says so or nothing at all."""

    def __init__(self, *, silent: bool) -> None:
        self._silent = silent
        self.asked = asyncio.Event()
        self.given_up = False

    async def join(self, *place: Any) -> Member:
        self.asked.set()
        try:
            if self._silent:
                await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.given_up = True
            raise
        raise LogUnavailable


class Gate:
    """The log, whose members cannot read while it is closed."""

    def __init__(self, log: EventLog) -> None:
        self._log = log
        self.closed = False

    async def join(self, *place: Any) -> "GatedMember":
        return GatedMember(self, await self._log.join(*place))


class GatedMember:
    """One member; all but reading is its own."""

    def __init__(self, gate: Gate, member: Member) -> None:
        self._gate = gate
        self._member = member

    async def poll(self, max_records: int, timeout_s: float) -> Any:
        if self._gate.closed:
            raise LogUnavailable
        return await self._member.poll(max_records, min(timeout_s, 0.01))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._member, name)
