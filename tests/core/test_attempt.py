"""Records that fail: tried again in their lane, or put aside with their reason."""

import asyncio

import pytest

from core.attempt import Patience
from core.domain.errors import (
    DeliveryDelayed,
    ModelUnavailable,
    SetupError,
    StoreUnavailable,
    UndecodableRecord,
)
from core.event_log import Record
from core.lanes import Bounds
from core.postgres.event_log import PostgresEventLog
from core.worker import Pace, Told
from tests.contracts.logs import records
from tests.fakes.clock import FakeClock
from tests.fakes.dead_letters import RecordingDeadLetters
from tests.fakes.worker import Scripted, a_worker, running, unread


@pytest.fixture
def aside() -> RecordingDeadLetters:
    return RecordingDeadLetters()


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


async def test_chance_spreads_those_who_failed_together(log: PostgresEventLog) -> None:
    clock, drawn = FakeClock(), iter([0.0, 0.5, 0.99])
    handler = Scripted(errors={"1": [ModelUnavailable() for _ in range(3)]})
    await log.append(records("1"))

    async with running(a_worker(log, handler, clock, chance=lambda: next(drawn))):
        await handler.until(lambda: len(handler.done) == 1)

    assert clock.slept == [1, 1.5, pytest.approx(2.525)]


async def test_chance_takes_nothing_off_what_a_channel_asked_for(log: PostgresEventLog) -> None:
    clock = FakeClock()
    handler = Scripted(errors={"1": [DeliveryDelayed(30)]})
    await log.append(records("1"))

    async with running(a_worker(log, handler, clock, chance=lambda: 0.99)):
        await handler.until(lambda: len(handler.done) == 1)

    assert clock.slept == [30]


async def test_records_that_wait_for_another_try_keep_nobody_from_work(
    log: PostgresEventLog,
) -> None:
    going_on = asyncio.Event()
    handler = Scripted(errors={str(n): [ModelUnavailable()] for n in range(5)})
    await log.append([r for n in range(8) for r in records(str(n), key=f"k{n}")])

    async def sleep(seconds: float) -> None:
        await going_on.wait()

    pace = Pace(bounds=Bounds(at_once=1))
    async with running(a_worker(log, handler, pace=pace, sleep=sleep)):
        await handler.until(lambda: len(handler.done) == 3)
        assert sorted(handler.done) == ["5", "6", "7"]
        going_on.set()
        await handler.until(lambda: len(handler.done) == 8)


async def test_waiting_for_room_again_takes_none_of_a_turn_s_time(log: PostgresEventLog) -> None:
    clock = FakeClock()
    handler = Scripted(errors={"1": [ModelUnavailable(), ModelUnavailable()]})
    await log.append(records("1"))

    async def sleep_and_wait(seconds: float) -> None:
        await clock.sleep(seconds)
        clock.passed_s += 300

    async with running(a_worker(log, handler, clock, sleep=sleep_and_wait)) as worker:
        await handler.until(lambda: handler.done == ["1"])

    assert worker.outcomes.parked == 0


async def test_a_turn_whose_time_is_over_is_parked_and_the_lane_goes_on(
    log: PostgresEventLog, aside: RecordingDeadLetters
) -> None:
    clock = FakeClock()
    handler = Scripted(errors={"1": [ModelUnavailable() for _ in range(99)]})
    await log.append(records("1", "2"))

    async with running(a_worker(log, handler, clock, dead_letters=aside)) as worker:
        await handler.until(lambda: handler.done == ["2"])

    (letter,) = aside.letters
    assert clock.slept == [1, 2, 5, 15, 15, 15, 15, 15]
    assert letter.record.value == b"1"
    assert letter.failure.attempts == 9
    assert letter.failure.error_class == "ModelUnavailable"
    assert (letter.failure.last_at - letter.failure.first_at).total_seconds() == 83
    assert worker.outcomes.parked == 1
    assert await unread(log) == []


async def test_a_handler_that_hangs_is_parked(
    log: PostgresEventLog, aside: RecordingDeadLetters
) -> None:
    async def hang(record: Record) -> None:
        if record.value == b"1":
            await asyncio.Event().wait()
        done.set()

    done = asyncio.Event()
    pace = Pace(patience=Patience(turn_s=0.01))
    await log.append(records("1", "2"))

    async with running(a_worker(log, hang, pace=pace, dead_letters=aside)), asyncio.timeout(20):
        await done.wait()

    (letter,) = aside.letters
    assert letter.failure.error_class == "TurnTookTooLong"


async def test_what_will_never_work_goes_to_the_dead_letters_at_once(
    log: PostgresEventLog, aside: RecordingDeadLetters
) -> None:
    errors: list[Exception] = [UndecodableRecord("version 9 of an envelope is not known")]
    handler = Scripted(errors={"1": errors, "2": [ValueError("a customer's words")]})
    await log.append(records("1", "2", "3"))

    async with running(a_worker(log, handler, dead_letters=aside)) as worker:
        await handler.until(lambda: handler.done == ["3"])

    refused, broken = aside.letters
    assert handler.called == ["1", "2", "3"]
    assert refused.failure.error == "version 9 of an envelope is not known"
    assert (broken.failure.error_class, broken.failure.error) == ("ValueError", "")
    assert (broken.record.offset, broken.record.key) == (1, b"a")
    assert worker.outcomes.refused == 2


async def test_whoever_waited_for_a_record_put_aside_is_told(
    log: PostgresEventLog, aside: RecordingDeadLetters
) -> None:
    told = Scripted(errors={"1": [ModelUnavailable()]})
    handler = Scripted(errors={"1": [ValueError()]})
    await log.append(records("1"))

    async with running(a_worker(log, handler, told=Told(give_up=told), dead_letters=aside)):
        await told.until(lambda: told.done == ["1"])

    assert len(aside.letters) == 1


async def test_a_record_put_aside_counts_as_done_even_if_nobody_can_be_told(
    log: PostgresEventLog,
) -> None:
    told = Scripted(errors={"1": [UndecodableRecord()]})
    handler = Scripted(errors={"1": [UndecodableRecord()]})
    await log.append(records("1", "2"))

    async with running(a_worker(log, handler, told=Told(give_up=told))):
        await handler.until(lambda: handler.done == ["2"])

    assert await unread(log) == []


async def test_a_record_is_not_done_with_before_its_letter_is_kept(log: PostgresEventLog) -> None:
    clock = FakeClock()
    aside = RecordingDeadLetters(errors=[StoreUnavailable(), StoreUnavailable()])
    handler = Scripted(errors={"1": [ValueError()]})
    await log.append(records("1", "2"))

    async with running(a_worker(log, handler, clock, dead_letters=aside)):
        await handler.until(lambda: handler.done == ["2"])

    assert handler.called == ["1", "2"]
    assert clock.slept == [1, 2]
    assert [letter.record.value for letter in aside.letters] == [b"1"]


async def test_where_letters_cannot_be_kept_at_all_the_worker_ends_loudly(
    log: PostgresEventLog,
) -> None:
    aside = RecordingDeadLetters(errors=[SetupError("the table is not there")])
    handler = Scripted(errors={"1": [ValueError()]})
    pace = Pace(commit_every_s=0.01)
    await log.append(records("1"))

    with pytest.raises(BaseExceptionGroup) as ended:
        await a_worker(log, handler, pace=pace, dead_letters=aside).run()

    assert ended.group_contains(SetupError)
    assert await unread(log) == ["1"]
