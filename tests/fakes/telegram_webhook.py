"""How the fake Telegram brings updates to a webhook: in order per chat, again until taken.

Source: the queues of https://github.com/tdlib/telegram-bot-api, telegram-bot-api/WebhookActor.cpp.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import aiohttp

from tests.fakes.telegram_state import JSON, BotState

Perform = Callable[[BotState, str, JSON], Awaitable[object]]
"""Calls a method for a bot, as the answer to a webhook may ask."""


@dataclass
class Delivered:
    """One request that was made, and what was answered."""

    update: JSON
    status: int
    body: bytes


@dataclass
class Webhooks:
    """One queue per chat, one for the buttons of each person."""

    session: aiohttp.ClientSession
    perform: Perform
    scale: float = 0.01
    """Of the real pauses between two tries."""
    copies: int = 1
    """How often each update is brought, at the same time."""
    made: list[Delivered] = field(default_factory=list)
    _queues: dict[object, asyncio.Queue[tuple[BotState, JSON]]] = field(default_factory=dict)
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)

    def enqueue(self, bot: BotState, update: JSON) -> None:
        if bot.webhook is None:
            return
        key = (bot.token, _queue_of(update))
        if key not in self._queues:
            self._queues[key] = asyncio.Queue()
            self._tasks.append(asyncio.create_task(self._work(self._queues[key])))
        self._queues[key].put_nowait((bot, update))

    async def settle(self) -> None:
        """Wait until everything was taken."""
        await asyncio.gather(*(queue.join() for queue in self._queues.values()))

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _work(self, queue: asyncio.Queue[tuple[BotState, JSON]]) -> None:
        while True:
            bot, update = await queue.get()
            tries = 0
            while bot.webhook is not None and not await self._bring(bot, update, tries):
                tries += 1
            queue.task_done()

    async def _bring(self, bot: BotState, update: JSON, tries: int) -> bool:
        """True when it was taken; else the pause before the next try is over."""
        results = await asyncio.gather(*(self._post(bot, update) for _ in range(self.copies)))
        if all(wait is None for wait in results):
            if update in bot.updates:
                bot.updates.remove(update)
            return True
        waits = [wait for wait in results if wait]
        await asyncio.sleep((max(waits) if waits else min(2**tries, 60)) * self.scale)
        return False

    async def _post(self, bot: BotState, update: JSON) -> float | None:
        """None when it was taken; else seconds to wait, 0 where nothing was said of that."""
        assert bot.webhook is not None
        headers = {"Content-Type": "application/json"}
        if bot.webhook["secret_token"]:
            headers["X-Telegram-Bot-Api-Secret-Token"] = bot.webhook["secret_token"]
        try:
            async with self.session.post(
                bot.webhook["url"], data=json.dumps(update), headers=headers
            ) as answer:
                body = await answer.read()
        except aiohttp.ClientError as failed:
            bot.last_error = type(failed).__name__
            return 0
        self.made.append(Delivered(update, answer.status, body))
        if answer.status // 100 == 2:
            await self._obey(bot, body)
            return None
        bot.last_error = f"Wrong response from the webhook: {answer.status} {answer.reason}"
        return float(answer.headers.get("Retry-After", 0))

    async def _obey(self, bot: BotState, body: bytes) -> None:
        if not body:
            return
        wish = json.loads(body)
        method = wish.pop("method", "")
        if method:
            await self.perform(bot, method, wish)


def _queue_of(update: JSON) -> object:
    for kind, what in update.items():
        if kind == "callback_query":
            return ("user", what["from"]["id"])
        if kind in {"message", "edited_message"}:
            return ("chat", what["chat"]["id"])
        if kind != "update_id":
            return kind
    return None
