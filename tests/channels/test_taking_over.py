"""Who sends, when two may think that it is theirs."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from channels.contract import Receipt
from channels.ports import Begun, Ended
from core.domain.errors import DeliveryDelayed
from core.domain.events import MessageSent
from core.postgres.database import Database
from tests.channels.sending import Stage, a_stage, deliver

pytestmark = pytest.mark.slow


@pytest.fixture
async def stage(database: Database) -> AsyncIterator[Stage]:
    async with a_stage(database) as built:
        yield built


async def test_two_dispatchers_with_one_record_send_it_once(stage: Stage) -> None:
    processes = [await stage.process(segments=2) for _ in range(2)]

    await asyncio.gather(*(deliver(process, stage.record()) for process in processes * 3))

    assert stage.shown() == ["1.1", "1.2"]
    assert await stage.row() == ("delivered", 2, 0)


async def test_one_that_stood_still_sends_no_further_segment_when_it_was_overtaken(
    stage: Stage,
) -> None:
    slow = await stage.process(lease_s=0, segments=3)
    begun = await slow.ledger.begun(stage.sent())
    assert begun is not None
    await slow.channel.post(stage.sent(), 1)

    await deliver(await stage.process(segments=3), stage.record())

    with pytest.raises(DeliveryDelayed):
        await slow.ledger.noted(begun, replace(begun.before, native_ids=("x",)))
    assert await stage.row() == ("delivered", 3, 1)


async def test_while_somebody_sends_others_wait(stage: Stage) -> None:
    sending, other = await stage.process(), await stage.process()
    await sending.ledger.begun(stage.sent())

    for process in (other, sending):
        with pytest.raises(DeliveryDelayed):
            await process.dispatcher.deliver(stage.record())

    assert stage.shown() == []


async def test_who_was_overtaken_while_it_asked_the_platform_sends_nothing(stage: Stage) -> None:
    slow = await stage.process(tells=True)
    await slow.ledger.ended(_begun(await slow.ledger.begun(stage.sent())), Ended.UNKNOWN)
    asked, over = asyncio.Event(), asyncio.Event()
    look = slow.channel._look

    async def looks_and_hears_late(sent: MessageSent, before: Receipt) -> Receipt | None:
        found = await look(sent, before)
        asked.set()
        await over.wait()
        return found

    slow.channel._look = looks_and_hears_late  # type: ignore[method-assign]
    asking = asyncio.create_task(slow.dispatcher.deliver(stage.record()))
    await asked.wait()
    await slow.die()
    await deliver(await stage.process(tells=True), stage.record())
    over.set()

    with pytest.raises(DeliveryDelayed):
        await asking
    assert stage.shown() == ["1.1"]


async def test_a_process_that_was_only_cut_off_is_given_as_long_as_a_call_may_take(
    stage: Stage,
) -> None:
    cut, other = await stage.process(call_s=20), await stage.process(call_s=20)
    await cut.ledger.begun(stage.sent())
    await cut.die()
    with pytest.raises(DeliveryDelayed):
        await other.dispatcher.deliver(stage.record())
    assert stage.shown() == []

    async with stage.database.as_service() as connection:
        await connection.execute("UPDATE deliveries SET at = at - interval '21 seconds'")
    await other.dispatcher.deliver(stage.record())

    assert stage.shown() == ["1.1"]


def _begun(found: Begun | None) -> Begun:
    assert found is not None
    return found
