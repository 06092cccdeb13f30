"""What the widget makes of a line that breaks, a page that closes, and a second tab."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from playwright.async_api import Browser, Page, WebSocketRoute, expect

from channels.gateway import GATEWAY
from channels.web.protocol import Restart, encode
from core.postgres.database import Database
from tests.channels.kit import Service, serving
from tests.channels.web.browsing import (
    Away,
    Chat,
    Site,
    a_page,
    a_site,
    customers,
    transcript,
)

pytestmark = pytest.mark.browser
AT_ONCE = "Math.random = () => 0"
"""Comes back without the pause that spreads visitors out."""


class Cutter:
    """Passes frames on in both directions until it has seen so many; that one is lost, and the
    line with it. Behind that it passes everything on."""

    def __init__(self, frames: int) -> None:
        self.left = frames
        self.cut = False

    async def __call__(self, line: WebSocketRoute) -> None:
        server = line.connect_to_server()

        def passing(to: WebSocketRoute) -> Callable[[str | bytes], Awaitable[None]]:
            async def take(frame: str | bytes) -> None:
                self.left -= 1
                if self.left == 0:
                    self.cut = True
                    await server.close(code=1011)
                    await line.close(code=1011)
                else:
                    to.send(frame)

            return take

        line.on_message(passing(server))
        server.on_message(passing(line))


async def conversation(chat: Chat) -> list[list[str]]:
    """Two questions and their answers; what stands there in the end."""
    await chat.visit()
    await chat.launcher.click()
    for number, question in enumerate(("First question", "Second question"), 1):
        await chat.say(question)
        await expect(chat.answer).to_have_count(number)
    await expect(chat.page.locator(".state")).to_have_count(0)
    return await transcript(chat)


EXPECTED = [
    ["said customer", "First question"],
    ["said bot", "You asked: First question 1"],
    ["said customer", "Second question"],
    ["said bot", "You asked: Second question 1"],
]


async def test_a_cut_at_any_frame_leaves_the_same_transcript(
    open_service: Service, site: Site, browser: Browser
) -> None:
    """Each frame of either direction is lost once, with the line that carried it."""
    open_service.bot.deltas = True
    cuts = 0
    while True:
        page, seen = await a_page(browser)
        await page.add_init_script(AT_ONCE)
        cutter = Cutter(cuts + 1)
        await page.route_web_socket("**/ws", cutter)
        assert await conversation(Chat(site, page)) == EXPECTED, f"cut at frame {cuts + 1}"
        await page.context.close()
        assert not seen, seen
        if not cutter.cut:
            break
        cuts += 1
    async with open_service.database.as_service() as connection:
        asked = await connection.fetch(
            "SELECT conversation, array_agg(text ORDER BY seq) AS texts FROM messages"
            " WHERE author = 'customer' GROUP BY conversation"
        )
    assert cuts > 12
    assert [row["texts"] for row in asked] == [["First question", "Second question"]] * (cuts + 1)


@pytest.fixture
async def away(page: Page) -> Away:
    away = Away()
    await page.add_init_script(AT_ONCE)
    await page.context.route_web_socket("**/ws", away)
    return away


async def test_what_is_said_while_the_line_is_away_is_sent_once_and_in_its_order(
    open_service: Service, chat: Chat, away: Away
) -> None:
    await chat.open()
    await chat.say("First")
    await chat.answer.wait_for()
    await away.leave()
    said = [f"Later {number}" for number in range(30)]  # more than may be said at once
    for text in said:
        await chat.say(text)
    waiting = chat.page.locator(".customer .state")
    await expect(waiting).to_have_count(30)
    await expect(waiting.first).to_have_text("Will be sent when you are back online")
    away.gone = False
    await chat.page.evaluate("dispatchEvent(new Event('online'))")

    await expect(waiting).to_have_count(0, timeout=30_000)
    assert await customers(open_service) == ["First", *said]
    await expect(chat.page.locator(".customer .words")).to_have_text(["First", *said])


async def test_what_is_not_sent_when_the_page_closes_is_sent_by_the_next_one(
    open_service: Service, chat: Chat, away: Away
) -> None:
    await chat.open()
    await away.leave()
    await chat.say("Said before the reload")
    await expect(chat.page.locator(".state")).to_have_text("Will be sent when you are back online")
    away.gone = False
    await chat.page.reload()  # nobody opens the panel

    await expect(chat.launcher).to_have_accessible_name("Open chat, 1 unread")
    assert await customers(open_service) == ["Said before the reload"]


async def test_an_answer_that_came_while_the_line_was_away_is_shown_and_read_out(
    open_service: Service, chat: Chat, away: Away
) -> None:
    await chat.open()
    open_service.bot.asleep.clear()
    await chat.say("Where is it?")
    await expect(chat.page.locator(".state")).to_have_count(0)
    await away.leave()
    await expect(chat.status).to_have_attribute("data-link", "off")
    open_service.bot.asleep.set()
    away.gone = False
    await chat.page.evaluate("dispatchEvent(new Event('online'))")

    await expect(chat.answer).to_have_count(1)
    heard = chat.page.locator(".root > .hidden")
    await expect(heard).to_have_text("Assistant AI: You asked: Where is it? 1")


async def test_a_line_that_acknowledges_nothing_is_given_up(
    open_service: Service, chat: Chat
) -> None:
    """Half-open: the browser thinks that it stands, and nothing comes through."""
    deaf: list[WebSocketRoute] = []

    async def route(line: WebSocketRoute) -> None:
        server = line.connect_to_server()
        if not deaf:
            deaf.append(line)
            line.on_message(lambda frame: server.send(frame) if "hello" in str(frame) else None)

    await chat.page.clock.install()
    await chat.page.route_web_socket("**/ws", route)
    await chat.open()
    await chat.say("Where is it?")
    await chat.page.clock.run_for(10_500)
    await chat.page.clock.run_for(1_000)

    await expect(chat.answer).to_have_count(1)
    assert await customers(open_service) == ["Where is it?"]


async def test_a_server_that_stops_says_when_to_come_back(
    open_service: Service, chat: Chat
) -> None:
    connects: list[WebSocketRoute] = []

    async def route(line: WebSocketRoute) -> None:
        connects.append(line)
        line.connect_to_server()

    await chat.page.clock.install()
    await chat.page.add_init_script("Math.random = () => 0.5")
    await chat.page.route_web_socket("**/ws", route)
    await chat.open()
    connects[0].send(encode(Restart(within_s=20)))
    await connects[0].close(code=1012)
    await expect(chat.status).to_have_attribute("data-link", "off")
    await chat.page.clock.run_for(9_900)
    assert len(connects) == 1
    await chat.page.clock.run_for(200)

    await chat.connected()
    assert len(connects) == 2


@asynccontextmanager
async def a_balancer(host: str) -> AsyncIterator[tuple[str, Callable[[str], None]]]:
    """Its own address, which leads to `host`, and how to lead new connections elsewhere."""
    now = host

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
        writer.close()

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        name, port = now.split(":")
        behind, before = await asyncio.open_connection(name, int(port))
        await asyncio.gather(
            pass_on(reader, before), pass_on(behind, writer), return_exceptions=True
        )

    def lead(host: str) -> None:
        nonlocal now
        now = host

    server = await asyncio.start_server(take, "127.0.0.1", 0)
    name, port = server.sockets[0].getsockname()
    yield f"{name}:{port}", lead
    server.close()


async def test_a_gateway_that_drains_is_left_for_the_next_one(
    database: Database, open_service: Service, page: Page
) -> None:
    await page.add_init_script(AT_ONCE)
    async with (
        serving(database, allowed_origins=("*",)) as following,
        a_balancer(open_service.host) as (host, lead),
        a_site(replace(open_service, host=host)) as site,
    ):
        chat = Chat(site, page)
        await chat.open()
        await chat.say("First")
        await chat.answer.wait_for()
        lead(following.host)
        await open_service.app[GATEWAY].drain()
        await chat.say("Second")

        await expect(chat.answer).to_have_count(2)
        await expect(chat.status).to_have_text("Online")
        assert await transcript(chat) == [
            ["said customer", "First"],
            ["said bot", "You asked: First 1"],
            ["said customer", "Second"],
            ["said bot", "You asked: Second 1"],
        ]
        await page.goto("about:blank")
