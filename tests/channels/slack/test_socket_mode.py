"""Sockets that Slack speaks over: stored, then acknowledged, in order, whatever breaks."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import aiohttp
import pytest

from channels.receiving import Receive, Receiver
from channels.slack.socket_mode import SocketMode
from core.domain.errors import SetupError, StoreUnavailable
from tests.channels.slack.kit import APP, Kit
from tests.channels.slack.payloads import BOT, DM, ROOM, TS, event, in_room, pressed, said
from tests.fakes.slack import FakeSlack


async def at_once(seconds: float) -> None:
    await asyncio.sleep(0)


@asynccontextmanager
async def hearing(
    kit: Kit, slack: FakeSlack, receive: Receive | None = None
) -> AsyncIterator[SocketMode]:
    async with aiohttp.ClientSession() as session:
        app = replace(APP, api_url=slack.api_url)
        mode = SocketMode(app, kit.taking(receive), kit.clock, session, at_once)
        running = asyncio.create_task(mode.run())
        try:
            await slack.app.connected(2)
            yield mode
        finally:
            mode.stop()
            await running


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    async with FakeSlack.start() as slack:
        yield slack


async def test_an_envelope_is_acknowledged_when_it_is_stored(kit: Kit, slack: FakeSlack) -> None:
    async with hearing(kit, slack):
        first = await slack.app.push(said("Hello"), socket=0)
        await slack.app.acked(first)
        pushed = await slack.app.push(pressed("person", "x"), kind="interactive", socket=1)
        await slack.app.acked(pushed)

        assert await kit.texts(f"acme/{DM}/{TS}") == ["Hello", "I would like to talk to a person."]


async def test_what_is_not_stored_is_not_acknowledged(kit: Kit, slack: FakeSlack) -> None:
    taken = Receiver(kit.parts)
    away = [True]

    async def receive(account, happenings, traceparent="") -> None:
        if away.pop() if away else False:
            raise StoreUnavailable
        await taken(account, happenings, traceparent)

    async with hearing(kit, slack, receive):
        refused = await slack.app.push(said("Hello"))
        again = await slack.app.push(said("Hello"))
        await slack.app.acked(again)

    assert refused not in slack.app.acks
    assert await kit.texts(f"acme/{DM}/{TS}") == ["Hello"]


async def test_what_is_not_for_us_is_acknowledged(kit: Kit, slack: FakeSlack) -> None:
    async with hearing(kit, slack):
        for payload in (event(type="reaction_added"), said(bot_id="B1"), {}, {"type": 7}):
            await slack.app.acked(await slack.app.push(payload))

    assert kit.counted == {"nothing": 2, "no_account": 2}


async def test_a_channel_keeps_its_order_over_two_sockets_and_others_do_not_wait(
    kit: Kit, slack: FakeSlack
) -> None:
    taken, slow, begun = Receiver(kit.parts), asyncio.Event(), asyncio.Event()

    async def receive(account, happenings, traceparent="") -> None:
        if happenings[0].text == "0":
            begun.set()
            await slow.wait()
        await taken(account, happenings, traceparent)

    async with hearing(kit, slack, receive):
        for n in range(6):
            at = f"{1780315300 + n}.000100"
            await slack.app.push(said(str(n), ts=at, thread_ts=TS), socket=n % 2)
            await begun.wait()
        other = await slack.app.push(in_room(f"<@{BOT}> Hi"))
        await slack.app.acked(other)
        waiting = await kit.texts(f"acme/{DM}/{TS}")
        slow.set()

    assert waiting == []
    assert await kit.texts(f"acme/{DM}/{TS}") == ["0", "1", "2", "3", "4", "5"]
    assert await kit.texts(f"acme/{ROOM}/{TS}") == ["Hi"]


async def test_each_socket_has_a_fresh_ticket_however_often_one_is_refused(
    kit: Kit, slack: FakeSlack
) -> None:
    slack.app.refuse_next = 5

    async with hearing(kit, slack):
        await slack.app.acked(await slack.app.push(said("Hello")))

    assert slack.app.refused_tickets == 5
    assert slack.methods().count("apps.connections.open") == 7


@pytest.mark.parametrize("reason", ["refresh_requested", "warning", None])
async def test_a_socket_that_ends_is_exchanged_and_nothing_is_lost(
    kit: Kit, slack: FakeSlack, reason: str | None
) -> None:
    async with hearing(kit, slack):
        before = list(slack.app.sockets)
        if reason is None:
            await before[0].close()
        else:
            await slack.app.disconnect(reason, socket=0)
        await slack.app.connected(2)
        async with asyncio.timeout(20):
            while len(slack.app.sockets) < 3:
                slack.app.changed.clear()
                await slack.app.changed.wait()
        await slack.app.acked(await slack.app.push(said("Hello")))

    assert len(slack.app.sockets) == 3
    assert await kit.texts(f"acme/{DM}/{TS}") == ["Hello"]


async def test_a_wrong_token_of_the_app_is_said_in_one_sentence(
    kit: Kit, slack: FakeSlack
) -> None:
    async with aiohttp.ClientSession() as session:
        wrong = replace(APP, app_token="xapp-wrong", api_url=slack.api_url)
        mode = SocketMode(wrong, kit.taking(), kit.clock, session)

        with pytest.raises(SetupError, match="connections:write") as told:
            await mode.run()

    assert "xapp" not in str(told.value)


async def test_who_is_sent_away_at_once_each_time_comes_less_and_less_often(
    kit: Kit, slack: FakeSlack
) -> None:
    slept: list[float] = []
    enough = asyncio.Event()

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) >= 12:
            enough.set()
            await asyncio.Event().wait()

    async with aiohttp.ClientSession() as session:
        app = replace(APP, api_url=slack.api_url)
        mode = SocketMode(app, kit.taking(), kit.clock, session, sleep)
        slack.app.full = True
        running = asyncio.create_task(mode.run())
        async with asyncio.timeout(20):
            await enough.wait()
        mode.stop()
        await running

    assert max(slept) > 10
    assert max(slept) <= 32
    assert min(slept) < 2


async def test_who_is_cancelled_ends_at_once(kit: Kit, slack: FakeSlack) -> None:
    begun = asyncio.Event()

    async def receive(account, happenings, traceparent="") -> None:
        begun.set()
        await asyncio.Event().wait()

    async with aiohttp.ClientSession() as session:
        app = replace(APP, api_url=slack.api_url)
        mode = SocketMode(app, kit.taking(receive), kit.clock, session, at_once)
        running = asyncio.create_task(mode.run())
        await slack.app.connected(2)
        pushed = [await slack.app.push(said("Hello")) for _ in range(2)]
        await begun.wait()
        running.cancel()
        async with asyncio.timeout(5):
            await asyncio.wait([running])

    assert running.cancelled()
    assert not {*pushed} & {*slack.app.acks}
