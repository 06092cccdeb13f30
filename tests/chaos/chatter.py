"""A customer on a platform that pushes events to us and is sent our answers."""

import asyncio
import random
from typing import Any

import aiohttp

from tests.chaos.history import Said, Talk
from tests.chaos.timing import Heard, Pace

_PATIENCE_S = 10


class Chatter:
    """Says `texts` in order; the platform posts each until it is taken, and some of them again.

    As real platforms do: one event of a chat after the other, each until it gets a 200, and no
    promise that an event comes once.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - what one customer is made of
        self,
        session: aiohttp.ClientSession,
        url: str,
        chat: str,
        texts: list[str],
        pace: Pace,
        dice: random.Random,
    ) -> None:
        self.talk = Talk("", pushed=True)
        self.heard = Heard()
        self.chat = chat
        self.repeated = 0
        self._session = session
        self._url = url
        self._texts = texts
        self._pace = pace
        self._dice = dice

    async def talk_until_accepted(self) -> None:
        """Say everything, with pauses."""
        for number, text in enumerate(self._texts):
            event = f"{self.chat}-{number}"
            self.heard.says(event)
            taken = await self._post_until_taken(event, text)
            self.talk.conversation = taken["conversation"]
            self.heard.accepted(event, taken["seq"])
            self.talk.said.append(Said(event, text, taken["seq"]))
            if number and self._dice.random() < self._pace.repeats:
                again = self._dice.randrange(number)
                await self._post_until_taken(f"{self.chat}-{again}", self._texts[again])
            if self._dice.random() < 0.5:  # otherwise the next one belongs to the same burst
                await asyncio.sleep(self._dice.uniform(0, 2 * self._pace.think_s))

    async def _post_until_taken(self, event: str, text: str) -> dict[str, Any]:
        update = {"chat": self.chat, "event": event, "text": text}
        while True:
            times = 1
            if self._dice.random() < self._pace.repeats:
                times = 2
                self.repeated += 1
            answers = await asyncio.gather(*(self._post(update) for _ in range(times)))
            for answer in answers:
                if answer is not None:
                    return answer
            await asyncio.sleep(self._dice.uniform(0.05, 0.3))

    async def _post(self, update: dict[str, str]) -> dict[str, Any] | None:
        try:
            async with self._session.post(
                self._url, json=update, timeout=aiohttp.ClientTimeout(_PATIENCE_S)
            ) as answer:
                return dict(await answer.json()) if answer.status == 200 else None
        except (aiohttp.ClientError, OSError, TimeoutError):
            return None
