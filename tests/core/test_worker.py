"""The worker on the log in Postgres: order, retries, dead letters, stopping."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import pytest

from core.attempt import Handle, Patience
from core.domain.errors import DeliveryDelayed, ModelUnavailable, SetupError, UndecodableRecord
from core.lanes import Bounds
from core.ports import Record
from core.postgres.bell import Bell
from core.postgres.database import Database
from core.postgres.event_log import PostgresEventLog
from core.postgres.signals import Signals
from core.wire.dead_letters import DeadLetter, decode_dead_letter
from core.worker import Pace, Worker
from tests.contracts.logs import TOPIC, records, take, values
from tests.fakes.clock import FakeClock


@pytest.fixture
async def log(database: Database) -> AsyncIterator[PostgresEventLog]:
    signals = await Signals.open(database)
    bell = await Bell.open(signals)
    opened = await PostgresEventLog.create(database, bell)
    yield opened
    await opened.close()
    await bell.close()
    await signals.close()


@dataclass
class Scripted:
    """Handles records as told, by value, and keeps the order in which it was called."""

    errors: dict[str, list[Exception]] = field(default_factory=dict)
    called: list[str] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    moved: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, record: Record) -> None:
        value = record.value.decode()
        self.called.append(value)
        if self.errors.get(value):
            raise self.errors[value].pop(0)
        self.done.append(value)
        self.moved.set()

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(20):
            while not condition():
                self.moved.clear()
                await self.moved.wait()


@asynccontextmanager
async def running(worker: Worker) -> AsyncIterator[Worker]:
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(worker.run())
        yield worker
        worker.stop()
        async with asyncio.timeout(20):
            await task


def a_worker(
    log: PostgresEventLog,
    handle: Handle,
    clock: FakeClock | None = None,
    pace: Pace | None = None,
    give_up: Callable[[Record], Awaitable[None]] | None = None,
) -> Worker:
    clock = clock or FakeClock()
    return Worker(log, "core", TOPIC, handle, clock, pace=pace, give_up=give_up, sleep=clock.sleep)


async def dead_letters(log: PostgresEventLog, count: int) -> list[DeadLetter]:
    member = await log.join("undertaker", ["dead-letters"])
    return [decode_dead_letter(record) for record in await take(member, count)]


async def unread(log: PostgresEventLog) -> list[str]:
    member = await log.join("core", [TOPIC])
    found = await member.poll(100, 0)
    await member.leave()
    return [value for part in found.values() for value in values(part)]


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


async def test_what_may_work_later_is_tried_again_before_what_waits_behind_it(
    log: PostgresEventLog,
) -> None:
    clock = FakeClock()
    handler = Scripted(errors={"1": [ModelUnavailable(), ModelUnavailable()]})
    await log.append(records("1", "2"))

    async with running(a_worker(log, handler, clock)) as worker:
        await handler.until(lambda: len(handler.done) == 2)

    assert handler.called == ["1", "1", "1", "2"]
    assert clock.slept == [1, 2]
    assert worker.outcomes.retried == 2


async def test_a_channel_that_asks_to_wait_is_given_the_time(log: PostgresEventLog) -> None:
    clock = FakeClock()
    handler = Scripted(errors={"1": [DeliveryDelayed(30)]})
    await log.append(records("1"))

    async with running(a_worker(log, handler, clock)):
        await handler.until(lambda: len(handler.done) == 1)

    assert clock.slept == [30]


async def test_a_turn_whose_time_is_over_is_parked_and_the_lane_goes_on(
    log: PostgresEventLog,
) -> None:
    clock = FakeClock()
    handler = Scripted(errors={"1": [ModelUnavailable() for _ in range(99)]})
    await log.append(records("1", "2"))

    async with running(a_worker(log, handler, clock)) as worker:
        await handler.until(lambda: handler.done == ["2"])

    (letter,) = await dead_letters(log, 1)
    assert clock.slept == [1, 2, 5, 15, 15, 15, 15, 15]
    assert letter.record.value == b"1"
    assert letter.failure.attempts == 9
    assert letter.failure.error_class == "ModelUnavailable"
    assert (letter.failure.last_at - letter.failure.first_at).total_seconds() == 83
    assert worker.outcomes.parked == 1
    assert await unread(log) == []


async def test_a_handler_that_hangs_is_parked(log: PostgresEventLog) -> None:
    async def hang(record: Record) -> None:
        if record.value == b"1":
            await asyncio.Event().wait()
        done.set()

    done = asyncio.Event()
    pace = Pace(patience=Patience(turn_s=0.01))
    await log.append(records("1", "2"))

    async with running(a_worker(log, hang, pace=pace)), asyncio.timeout(20):
        await done.wait()

    (letter,) = await dead_letters(log, 1)
    assert letter.failure.error_class == "TurnTookTooLong"


async def test_what_will_never_work_goes_to_the_dead_letters_at_once(
    log: PostgresEventLog,
) -> None:
    errors: list[Exception] = [UndecodableRecord("version 9 of an envelope is not known")]
    handler = Scripted(errors={"1": errors, "2": [ValueError("a customer's words")]})
    await log.append(records("1", "2", "3"))

    async with running(a_worker(log, handler)) as worker:
        await handler.until(lambda: handler.done == ["3"])

    refused, broken = await dead_letters(log, 2)
    assert handler.called == ["1", "2", "3"]
    assert refused.failure.error == "version 9 of an envelope is not known"
    assert (broken.failure.error_class, broken.failure.error) == ("ValueError", "")
    assert (broken.record.offset, broken.record.key) == (1, b"a")
    assert worker.outcomes.refused == 2


async def test_whoever_waited_for_a_record_put_aside_is_told(log: PostgresEventLog) -> None:
    told = Scripted(errors={"1": [ModelUnavailable()]})
    handler = Scripted(errors={"1": [ValueError()]})
    await log.append(records("1"))

    async with running(a_worker(log, handler, give_up=told)):
        await told.until(lambda: told.done == ["1"])

    assert len(await dead_letters(log, 1)) == 1


async def test_a_record_put_aside_counts_as_done_even_if_nobody_can_be_told(
    log: PostgresEventLog,
) -> None:
    told = Scripted(errors={"1": [UndecodableRecord()]})
    handler = Scripted(errors={"1": [UndecodableRecord()]})
    await log.append(records("1", "2"))

    async with running(a_worker(log, handler, give_up=told)):
        await handler.until(lambda: handler.done == ["2"])

    assert await unread(log) == []


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


async def test_without_a_topic_for_dead_letters_the_worker_ends_loudly(
    log: PostgresEventLog,
) -> None:
    handler = Scripted(errors={"1": [ValueError()]})
    pace = Pace(patience=Patience(dead_letters="nowhere"), commit_every_s=0.01)
    await log.append(records("1"))

    with pytest.raises(BaseExceptionGroup) as ended:
        await a_worker(log, handler, pace=pace).run()

    assert ended.group_contains(SetupError)
