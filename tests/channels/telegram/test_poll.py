"""Long polling: nothing lost and nothing taken twice, whatever happens to the poller."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from channels.postgres.leases import PostgresLeases
from channels.receiving import Receive
from channels.telegram.poll import PollParts, TelegramPoller
from core.domain.errors import StoreUnavailable
from tests.channels.telegram.kit import Kit
from tests.contracts.test_leases import kill_holders
from tests.fakes.telegram_faults import How


def a_poller(kit: Kit, receive: Receive | None = None, wait_s: int = 10) -> TelegramPoller:
    leases = PostgresLeases(kit.database, check_s=0.05)
    parts = PollParts(
        take=kit.take(receive),
        acknowledge=kit.acknowledge,
        leases=leases,
        sleep=kit.clock.sleep,
    )
    return TelegramPoller(kit.account, parts, wait_s=wait_s)


@asynccontextmanager
async def polling(kit: Kit, receive: Receive | None = None):
    """Let a poller run for the block, and stop it in order."""
    poller = a_poller(kit, receive)
    running = asyncio.create_task(poller.run())
    try:
        yield poller
    finally:
        poller.stop()
        async with asyncio.timeout(30):
            await running


async def until(true: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(30):
        while not await true():
            await asyncio.sleep(0.01)


async def killed_when(caught: asyncio.Event, poller: TelegramPoller) -> None:
    running = asyncio.create_task(poller.run())
    try:
        async with asyncio.timeout(30):
            await caught.wait()
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def all_stored(kit: Kit, count: int) -> None:
    async def stored() -> bool:
        return len(await kit.texts()) >= count

    await until(stored)


async def test_what_waits_is_stored_in_its_order_and_confirmed_at_the_end(kit: Kit) -> None:
    for number in range(5):
        kit.ann.says(f"{number}")
    async with polling(kit):
        await all_stored(kit, 5)
        kit.ann.says("5")
        await all_stored(kit, 6)

    assert await kit.texts() == ["0", "1", "2", "3", "4", "5"]
    assert kit.bot.updates == []


async def test_an_update_is_confirmed_only_when_it_is_stored(kit: Kit) -> None:
    told: list[int] = []
    failures = 2

    async def receive(account, happenings, traceparent="") -> None:
        nonlocal failures
        told.append(len(kit.bot.updates))
        if len(told) > 1 and failures:
            failures -= 1
            raise StoreUnavailable
        await kit.receiver(account, happenings, traceparent)

    for number in range(3):
        kit.ann.says(f"{number}")
    async with polling(kit, receive):
        await all_stored(kit, 3)

    assert await kit.texts() == ["0", "1", "2"]
    assert told == [3, 3, 2, 2, 2]
    assert kit.clock.slept == [1, 2]


@pytest.mark.parametrize("stored", [False, True], ids=["before it is stored", "after"])
async def test_a_poller_that_is_killed_twenty_times_loses_nothing_and_takes_nothing_twice(
    kit: Kit, stored: bool
) -> None:
    """The kill falls between fetching and telling that it was taken, on either side of storing."""
    for number in range(30):
        kit.ann.says(f"{number}")

    for kill in range(20):
        caught = asyncio.Event()

        async def receive(account, happenings, traceparent="", *, caught=caught) -> None:
            if stored:
                await kit.receiver(account, happenings, traceparent)
            caught.set()
            await asyncio.Event().wait()

        await killed_when(caught, a_poller(kit, receive))
        assert len(await kit.texts()) == (1 if stored else 0), kill
    async with polling(kit):
        await all_stored(kit, 30)

    assert await kit.texts() == [f"{number}" for number in range(30)]


async def test_pollers_that_are_killed_on_the_way_move_on_all_the_same(kit: Kit) -> None:
    """Each of twenty stores two more, and dies at the next one or after the last."""
    for number in range(40):
        kit.ann.says(f"{number}")

    for _ in range(20):
        before, caught = len(await kit.texts()), asyncio.Event()

        async def receive(
            account, happenings, traceparent="", *, before=before, caught=caught
        ) -> None:
            if len(await kit.texts()) < before + 2:
                await kit.receiver(account, happenings, traceparent)
            if len(await kit.texts()) == before + 2:
                caught.set()
                await asyncio.Event().wait()

        await killed_when(caught, a_poller(kit, receive))

    assert await kit.texts() == [f"{number}" for number in range(40)]


async def test_two_pollers_never_ask_at_the_same_time(kit: Kit) -> None:
    async with polling(kit), polling(kit):
        for number in range(5):
            kit.ann.says(f"{number}")
            await all_stored(kit, number + 1)

    assert await kit.texts() == ["0", "1", "2", "3", "4"]
    assert kit.clock.slept == []  # nobody was sent away


async def test_a_poller_that_loses_its_lease_is_followed_by_the_other(kit: Kit) -> None:
    async with polling(kit), polling(kit):
        for number in range(5):
            kit.ann.says(f"{number}")
            await all_stored(kit, number + 1)
            await kill_holders(kit.database)

    assert await kit.texts() == ["0", "1", "2", "3", "4"]
    assert kit.clock.slept.count(5) <= 5  # at most the dying one's last question


async def test_a_stopped_poller_is_followed_without_a_conflict(kit: Kit) -> None:
    for number in range(3):
        async with polling(kit):
            kit.ann.says(f"{number}")
            await all_stored(kit, number + 1)

    assert kit.clock.slept == []


async def test_a_webhook_that_is_still_set_is_waited_for(kit: Kit) -> None:
    kit.hook("http://127.0.0.1:9")
    async with polling(kit):

        async def waited() -> bool:
            return 5 in kit.clock.slept

        await until(waited)
        kit.bot.webhook = None
        kit.ann.says("Hi")
        await all_stored(kit, 1)

    assert await kit.texts() == ["Hi"]


@pytest.mark.parametrize(
    ("how", "rests"), [(How.SLOW_DOWN, 7), (How.BROKEN, 1), (How.CUT_BEFORE, 1), (How.CUT, 1)]
)
async def test_what_telegram_does_wrong_is_waited_out(kit: Kit, how: How, rests: int) -> None:
    kit.ann.says("Hi")
    kit.telegram.fails("getUpdates", how, retry_after=7)
    async with polling(kit):
        await all_stored(kit, 1)

    assert kit.clock.slept == [rests]


async def test_an_update_that_can_never_be_taken_does_not_hold_the_others_back(
    kit: Kit,
) -> None:
    tries = 0

    async def receive(account, happenings, traceparent="") -> None:
        nonlocal tries
        if happenings[0].text == "poison":
            tries += 1
            raise ZeroDivisionError
        await kit.receiver(account, happenings, traceparent)

    kit.ann.says("poison")
    kit.ann.says("Hi")
    async with polling(kit, receive):
        await all_stored(kit, 1)

    assert await kit.texts() == ["Hi"]
    assert tries == 5


async def test_updates_that_come_twice_and_out_of_order_are_each_taken_once(kit: Kit) -> None:
    for number in range(4):
        kit.ann.says(f"{number}")
    kit.bot.updates = [kit.bot.updates[at] for at in (1, 0, 1, 3, 2, 0)]
    async with polling(kit):
        await all_stored(kit, 4)

    assert await kit.texts() == ["1", "0", "3", "2"]


async def test_numbers_that_begin_anew_after_a_silence_are_heard(kit: Kit) -> None:
    poller = a_poller(kit, wait_s=0)
    kit.ann.says("before")
    running = asyncio.create_task(poller.run())
    await all_stored(kit, 1)

    async def asked_again() -> bool:
        return kit.telegram.called("getUpdates")[-1]["offset"] == "0"

    await until(asked_again)
    kit.bot.update_id = 5
    kit.ann.says("after")
    await all_stored(kit, 2)
    poller.stop()
    await running

    assert await kit.texts() == ["before", "after"]


async def test_a_press_gets_its_sign_by_a_call(kit: Kit) -> None:
    await kit.delivered(await kit.answered(await kit.asks(), "In two days."))
    kit.bot.updates.clear()
    kit.ann.presses(kit.bot.last(7), "👍")

    async with polling(kit):

        async def rated() -> bool:
            return bool(await kit.ratings())

        await until(rated)
    await kit.acknowledge.settle()

    assert [one["text"] for one in kit.bot.signs] == ["Thank you. This helps us to answer better."]


async def test_stopping_does_not_wait_for_news(kit: Kit) -> None:
    async with polling(kit):
        await all_stored(kit, 0)

    assert kit.telegram.bots[kit.bot.token].updates == []
