"""When a pass of a turn ends because its customer said more, and when it does not."""

import asyncio
from dataclasses import replace

import pytest

from core.domain.conversation import Standing, TurnContext
from core.domain.errors import ModelUnavailable
from core.domain.ids import EventId
from core.domain.turns import Waste
from core.turn.burst import Burst, Joining, Outdated
from tests.builders import a_context
from tests.fakes.clock import FakeClock

READ, NEW = EventId("e1"), EventId("e2")
JOINING = Joining(most=2, within_s=10)


def a_burst(clock: FakeClock | None = None) -> tuple[Burst, TurnContext]:
    burst = Burst(clock or FakeClock(), JOINING)
    context = replace(a_context(), events=frozenset({READ}))
    burst.begin()
    burst.read(context)
    return burst, context


async def writing(burst: Burst, ended: list[str]) -> None:
    with burst.writing():
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("ended")


async def begun(burst: Burst, ended: list[str]) -> "asyncio.Task[None]":
    task = asyncio.create_task(writing(burst, ended))
    await asyncio.sleep(0)
    return task


async def test_a_new_message_ends_the_writing() -> None:
    burst, _ = a_burst()
    ended: list[str] = []
    task = await begun(burst, ended)

    burst.arrived(NEW)

    with pytest.raises(Outdated):
        await task
    assert ended == ["ended"]


async def test_a_message_that_was_read_ends_nothing() -> None:
    burst, _ = a_burst()
    task = await begun(burst, [])

    burst.arrived(READ)
    await asyncio.sleep(0)

    assert not task.done()
    task.cancel()


async def test_a_message_that_came_before_the_writing_keeps_it_from_beginning() -> None:
    burst, _ = a_burst()
    burst.arrived(NEW)

    with pytest.raises(Outdated):
        burst.writing()


async def test_a_message_that_came_while_the_pass_was_reading_and_was_not_read_counts() -> None:
    burst, context = a_burst()
    burst.begin()
    burst.arrived(NEW)
    burst.read(context)

    with pytest.raises(Outdated):
        burst.writing()


async def test_what_was_shown_is_not_taken_back() -> None:
    burst, context = a_burst()
    task = await begun(burst, [])
    burst.check(Standing(seq=context.conversation.seq, epoch=0))
    burst.shown()

    burst.arrived(NEW)
    await asyncio.sleep(0)

    assert not task.done()
    assert burst.only_if_last is None
    task.cancel()


async def test_the_lane_s_own_cancellation_is_stronger_than_a_join() -> None:
    burst, _ = a_burst()
    task = await begun(burst, [])

    burst.arrived(NEW)
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_turn_whose_time_is_over_just_when_it_is_joined_is_over() -> None:
    burst, _ = a_burst()
    loop = asyncio.get_running_loop()

    async def limited() -> None:
        async with asyncio.timeout_at(loop.time()) as limit:
            loop.call_soon(lambda: burst.arrived(NEW))
            limit.reschedule(loop.time())
            await writing(burst, [])

    with pytest.raises(TimeoutError):
        await asyncio.create_task(limited())


async def test_what_a_model_makes_of_the_cancellation_does_not_matter() -> None:
    burst, _ = a_burst()

    async def failing() -> None:
        with burst.writing():
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError as cut:
                raise ModelUnavailable from cut

    task = asyncio.create_task(failing())
    await asyncio.sleep(0)
    burst.arrived(NEW)

    with pytest.raises(Outdated):
        await task
    assert task.cancelling() == 0


async def test_an_error_of_the_model_itself_stays_one() -> None:
    burst, _ = a_burst()

    with pytest.raises(ModelUnavailable), burst.writing():
        raise ModelUnavailable


def test_after_so_many_interruptions_messages_wait() -> None:
    burst, context = a_burst()
    for _ in range(JOINING.most):
        burst.interrupted()
        burst.begin()
        burst.read(context)
    burst.arrived(NEW)

    burst.writing()
    burst.check(Standing(seq=context.conversation.seq + 1, epoch=0))
    burst.shown()
    assert burst.only_if_last is None


def test_after_so_many_seconds_messages_wait() -> None:
    clock = FakeClock()
    burst, _ = a_burst(clock)
    assert burst.only_if_last == 1

    clock.passed_s += JOINING.within_s

    burst.arrived(NEW)
    burst.writing()
    assert burst.only_if_last is None


def test_a_new_owner_ends_a_pass_whatever_was_shown() -> None:
    burst, context = a_burst()
    burst.shown()

    with pytest.raises(Outdated):
        burst.check(Standing(seq=context.conversation.seq, epoch=1))


def test_what_earlier_passes_wrote_was_wasted() -> None:
    burst, context = a_burst()
    burst.wrote("Parcels ")
    burst.wrote("take")
    burst.interrupted()
    burst.begin()
    burst.read(context)
    burst.wrote("Two days.")

    assert burst.waste == Waste(interruptions=1, characters=12)


def test_a_turn_that_is_given_up_has_tried_what_its_last_pass_read() -> None:
    burst, context = a_burst()
    later = replace(context, waiting=(*context.waiting, replace(context.waiting[0], seq=2)))

    assert burst.tried(later) == context
    assert Burst(FakeClock(), JOINING).tried(later) == later
