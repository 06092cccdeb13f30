"""Sending to a platform that forgets nothing and promises nothing: each segment once, in order."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from core.domain.errors import DeliveryDelayed, DeliveryRefused, DeliveryUnknown
from core.postgres.database import Database
from tests.channels.sending import Stage, a_stage, deliver, in_turn
from tests.fakes.platform import Fail, Outcome, Refuse, SlowDown, Take, TakeAndBreak, TakeInSilence

pytestmark = pytest.mark.slow


@pytest.fixture
async def stage(database: Database) -> AsyncIterator[Stage]:
    async with a_stage(database) as built:
        yield built


TELLS, QUIET = {"tells": True}, {"tells": False}


@pytest.mark.parametrize(
    ("channel", "resolved", "unknown"), [(TELLS, "absent", 0), (QUIET, "sent_again", 1)]
)
async def test_a_crash_before_the_sending_is_made_good(
    stage: Stage, channel: dict, resolved: str, unknown: int
) -> None:
    doomed, other = await stage.process(**channel), await stage.process(**channel)
    await doomed.ledger.begun(stage.sent())
    await doomed.die()

    await deliver(other, stage.record())

    assert stage.shown() == ["1.1"]
    assert await stage.row() == ("delivered", 1, unknown)
    assert other.resolved() == {resolved: 1}


@pytest.mark.parametrize(
    ("channel", "resolved", "shown"),
    [(TELLS, "found", ["1.1"]), (QUIET, "sent_again", ["1.1", "1.1"])],
)
async def test_a_crash_after_the_sending_is_seen_where_it_can_be_and_counted_where_not(
    stage: Stage, channel: dict, resolved: str, shown: list[str]
) -> None:
    doomed, other = await stage.process(**channel), await stage.process(**channel)
    await doomed.ledger.begun(stage.sent())
    await doomed.channel.post(stage.sent(), 1)
    await doomed.die()

    await deliver(other, stage.record())

    assert stage.shown() == shown
    assert await stage.row() == ("delivered", 1, len(shown) - 1)
    assert other.resolved() == {resolved: 1}


@pytest.mark.parametrize("outcome", [TakeInSilence(), TakeAndBreak()])
@pytest.mark.parametrize(
    ("channel", "resolved", "shown"),
    [(TELLS, "found", ["1.1"]), (QUIET, "sent_again", ["1.1", "1.1"])],
)
async def test_what_was_taken_without_an_answer_is_unknown(
    stage: Stage, outcome: Outcome, channel: dict, resolved: str, shown: list[str]
) -> None:
    process = await stage.process(patience_s=0.2, **channel)
    stage.platform.script = in_turn(outcome)

    with pytest.raises(DeliveryUnknown):
        await process.dispatcher.deliver(stage.record())
    before = await stage.row()
    await deliver(process, stage.record())

    assert before == ("unknown", 0, 0)
    assert stage.shown() == shown
    assert await stage.row() == ("delivered", 1, len(shown) - 1)
    assert process.resolved() == {resolved: 1}


async def test_a_failure_of_the_platform_is_unknown_and_found_absent(stage: Stage) -> None:
    process = await stage.process(tells=True)
    stage.platform.script = in_turn(Fail())

    await deliver(process, stage.record())

    assert stage.shown() == ["1.1"]
    assert process.resolved() == {"absent": 1}


async def test_a_platform_that_asks_to_wait_has_sent_nothing(stage: Stage) -> None:
    process = await stage.process()
    stage.platform.script = in_turn(SlowDown(retry_after_s=7))

    with pytest.raises(DeliveryDelayed) as delayed:
        await process.dispatcher.deliver(stage.record())
    before = await stage.row()
    await deliver(process, stage.record())

    assert (delayed.value.retry_after_s, before) == (7, ("waiting", 0, 0))
    assert stage.shown() == ["1.1"]
    assert process.resolved() == {}


async def test_a_platform_that_cannot_be_reached_has_sent_nothing(stage: Stage) -> None:
    process = await stage.process()
    there, stage.platform.url = stage.platform.url, "http://127.0.0.1:1"
    nowhere = await stage.process()

    with pytest.raises(DeliveryDelayed):
        await nowhere.dispatcher.deliver(stage.record())
    stage.platform.url = there
    await deliver(process, stage.record())

    assert await stage.row() == ("delivered", 1, 0)
    assert process.resolved() == {}


async def test_a_refused_message_is_sent_when_it_is_replayed_and_not_before(stage: Stage) -> None:
    process = await stage.process()
    stage.platform.script = in_turn(Refuse())

    with pytest.raises(DeliveryRefused):
        await process.dispatcher.deliver(stage.record())
    await process.dispatcher.deliver(stage.record())
    before = stage.shown()
    for _ in range(2):
        await process.dispatcher.deliver(stage.record(replay_of="7"))

    assert before == []
    assert stage.shown() == ["1.1"]
    assert await stage.row() == ("delivered", 1, 0)


async def test_a_message_put_aside_is_not_sent_behind_later_ones_by_a_second_record(
    stage: Stage,
) -> None:
    process = await stage.process()
    stage.platform.script = in_turn(SlowDown())
    with pytest.raises(DeliveryDelayed):
        await process.dispatcher.deliver(stage.record(1))
    await process.dispatcher.give_up(stage.record(1))

    await process.dispatcher.deliver(stage.record(2))
    await process.dispatcher.deliver(stage.record(1))

    assert stage.shown() == ["2.1"]


async def test_what_was_unknown_when_it_was_given_up_is_so_when_it_is_replayed(
    stage: Stage,
) -> None:
    process = await stage.process()
    stage.platform.script = in_turn(TakeAndBreak())
    with pytest.raises(DeliveryUnknown):
        await process.dispatcher.deliver(stage.record())
    await process.dispatcher.give_up(stage.record())
    between = await stage.row()

    await process.dispatcher.deliver(stage.record())
    await process.dispatcher.deliver(stage.record(replay_of="7"))

    assert between == ("abandoned", 0, 0)
    assert stage.shown() == ["1.1", "1.1"]
    assert await stage.row() == ("delivered", 1, 1)


@pytest.mark.parametrize("outcome", [SlowDown(), Fail(), TakeInSilence(), TakeAndBreak()])
@pytest.mark.parametrize("place", [0, 1, 2])
async def test_a_long_message_goes_on_behind_the_segments_that_stand_there(
    stage: Stage, outcome: Outcome, place: int
) -> None:
    process = await stage.process(segments=3, tells=True, patience_s=0.2)
    stage.platform.script = in_turn(*[Take()] * place, outcome)

    await deliver(process, stage.record())

    assert stage.shown() == ["1.1", "1.2", "1.3"]
    assert await stage.row() == ("delivered", 3, 0)


@pytest.mark.parametrize("posted", [0, 1, 2, 3])
async def test_a_crash_between_segments_repeats_one_at_most(stage: Stage, posted: int) -> None:
    doomed, other = await stage.process(segments=3), await stage.process(segments=3)
    begun = await doomed.ledger.begun(stage.sent())
    assert begun is not None
    for number in range(1, posted + 1):
        await doomed.channel.post(stage.sent(), number)
        if number < posted:
            await doomed.ledger.noted(begun, replace(begun.before, native_ids=("x",) * number))
    await doomed.die()

    await deliver(other, stage.record())

    assert sorted(set(stage.shown())) == ["1.1", "1.2", "1.3"]
    assert len(stage.shown()) <= 4
    assert await stage.row() == ("delivered", 3, 1)


async def test_a_platform_that_cannot_be_asked_now_is_asked_before_anything_is_sent(
    stage: Stage,
) -> None:
    doomed = await stage.process()
    await doomed.ledger.begun(stage.sent())
    await doomed.channel.post(stage.sent(), 1)
    await doomed.die()
    there, stage.platform.url = stage.platform.url, "http://127.0.0.1:1"
    away = await stage.process(tells=True)
    stage.platform.url = there

    with pytest.raises(DeliveryDelayed):
        await away.dispatcher.deliver(stage.record())
    between = await stage.row()
    await deliver(await stage.process(tells=True), stage.record())

    assert between == ("unknown", 0, 0)
    assert stage.shown() == ["1.1"]


async def test_a_cancelled_sending_is_unknown_at_once(stage: Stage) -> None:
    process, other = await stage.process(tells=True), await stage.process(tells=True)
    stage.platform.script = in_turn(TakeInSilence())
    sending = asyncio.create_task(process.dispatcher.deliver(stage.record()))
    async with asyncio.timeout(20):
        while not stage.shown():
            await asyncio.sleep(0)
    sending.cancel()
    await asyncio.wait([sending])

    await other.dispatcher.deliver(stage.record())

    assert stage.shown() == ["1.1"]
    assert other.resolved() == {"found": 1}
