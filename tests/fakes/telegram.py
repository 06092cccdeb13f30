"""Telegram's Bot API on loopback: the real wire, chats with a memory, and switchable faults.

It speaks form, JSON and multipart, and takes the token in the path. What it is asked to do it
does as the real server would, and refuses in the same words.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Self

import aiohttp
from aiohttp import web

from tests.fakes.telegram_faults import Fault, How, Windows
from tests.fakes.telegram_methods import METHODS
from tests.fakes.telegram_state import JSON, BotState, Refusal, bad, given
from tests.fakes.telegram_webhook import Webhooks

TOKEN = "42:AAtesttokenoftheshop"
_HANG_S = 120


class FakeTelegram:
    """Bots by their tokens, and every call that was made."""

    def __init__(self, now: Callable[[], float]) -> None:
        self.now = now
        self.bots: dict[str, BotState] = {}
        self.calls: list[tuple[str, JSON]] = []
        self.faults: list[Fault] = []
        self.windows: Windows | None = None
        self.url = ""
        self.webhooks: Webhooks | None = None
        self.files: dict[str, bytes] = {}

    @classmethod
    @asynccontextmanager
    async def start(cls, now: Callable[[], float] = time.monotonic) -> AsyncIterator[Self]:
        """Serve on a free port until the block ends."""
        fake = cls(now)
        app = web.Application()
        app.router.add_route("*", "/bot{token}/{method}", fake._serve)
        app.router.add_get("/file/bot{token}/documents/{file}", fake._file)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        async with aiohttp.ClientSession() as session:
            fake.webhooks = Webhooks(session, fake.perform)
            try:
                await web.TCPSite(runner, "127.0.0.1", 0).start()
                fake.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
                yield fake
            finally:
                await fake.webhooks.close()
                await runner.cleanup()

    def bot(self, token: str = TOKEN, username: str = "shop_bot") -> BotState:
        """The bot of this token, made on the first call."""
        if token not in self.bots:
            bot = BotState(token, username, self.now)
            assert self.webhooks is not None
            bot.on_update = self.webhooks.enqueue
            self.bots[token] = bot
        return self.bots[token]

    def fails(self, method: str, how: How, **more: int) -> None:
        """Let the next calls of a method go wrong."""
        self.faults.append(Fault(method, how, **more))

    def refuses(self, method: str, why: str) -> None:
        """Let the next call of a method be a bad request."""
        self.faults.append(Fault(method, How.REFUSED, why=why))

    def called(self, method: str) -> list[JSON]:
        """What a method was given, each time."""
        return [given_ for name, given_ in self.calls if name == method.lower()]

    async def perform(self, bot: BotState, method: str, parameters: JSON) -> object:
        """Do what a method does.

        Raises:
            Refusal: it does not.
        """
        name = method.lower()
        self.calls.append((name, parameters))
        if self.windows is not None:
            self.windows.check(bot, name, parameters)
        if name == "getupdates":
            return await _updates(bot, parameters)
        if name not in METHODS:
            raise Refusal(404, "Not Found")
        return await METHODS[name](bot, parameters)

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        bot = self.bots.get(request.match_info["token"])
        method, parameters = request.match_info["method"].lower(), await _parameters(request)
        fault = next((one for one in self.faults if one.meets(method, parameters)), None)
        if bot is None:
            return _refused(Refusal(401, "Unauthorized"))
        try:
            if fault is not None:
                fault.times -= 1
                _before(fault, request)
            result = await self.perform(bot, method, parameters)
        except Refusal as refused:
            return _refused(refused)
        if fault is not None:
            await _after(fault, request)
        return web.json_response({"ok": True, "result": result})

    async def _file(self, request: web.Request) -> web.StreamResponse:
        return web.Response(body=self.files[request.match_info["file"]])


def _refused(refused: Refusal) -> web.Response:
    return web.json_response(refused.body, status=refused.code)


async def _parameters(request: web.Request) -> JSON:
    found: JSON = dict(request.query)
    if request.content_type == "application/json":
        return found | await request.json()
    return found | dict(await request.post())


def _before(fault: Fault, request: web.Request) -> None:
    match fault.how:
        case How.SLOW_DOWN:
            wait = fault.retry_after
            raise Refusal(429, f"Too Many Requests: retry after {wait}", retry_after=wait)
        case How.BROKEN:
            raise Refusal(500, "Internal Server Error: restart")
        case How.REFUSED:
            raise bad(fault.why)
        case How.CUT_BEFORE:
            _cut(request)
            raise Refusal(500, "cut")


async def _after(fault: Fault, request: web.Request) -> None:
    match fault.how:
        case How.SILENT:
            await asyncio.sleep(_HANG_S)
        case How.CUT:
            _cut(request)


def _cut(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()


async def _updates(bot: BotState, parameters: JSON) -> list[JSON]:
    """What waits; of two who ask at the same time the first is sent away."""
    if bot.webhook is not None:
        raise Refusal(
            409,
            "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to"
            " delete the webhook first",
        )
    bot.poller += 1
    mine = bot.poller
    bot.wake()
    allowed = given(parameters, "allowed_updates")
    bot.allowed = bot.allowed if allowed is None else allowed
    offset = int(given(parameters, "offset", 0))
    bot.updates = (
        [one for one in bot.updates if one["update_id"] >= offset]
        if offset >= 0
        else bot.updates[offset:]
    )
    until = asyncio.get_running_loop().time() + int(given(parameters, "timeout", 0))
    while not bot.updates:
        news = bot.news
        try:
            async with asyncio.timeout_at(until):
                await news.wait()
        except TimeoutError:
            return []
        if bot.poller != mine:
            raise Refusal(
                409,
                "Conflict: terminated by other getUpdates request; make sure that only one bot"
                " instance is running",
            )
    return bot.updates[: int(given(parameters, "limit", 100))]
