"""Everybody who talks: so many at a time, and whoever is done is followed by another."""

import asyncio
import random
from collections.abc import Iterable
from dataclasses import dataclass, field

import aiohttp

from tests.chaos.chatter import Chatter
from tests.chaos.customer import Customer
from tests.chaos.history import Posted, Talk
from tests.chaos.pushed import KEEPS_QUIET, TELLS
from tests.chaos.timing import Heard, Pace
from tests.chaos.truth import Truth
from tests.chaos.words import script
from tests.fakes.platform import FakePlatform


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """How much is said."""

    conversations: int
    messages: int
    """In each of them."""
    at_once: int
    """Conversations at a time."""
    pushed: float
    """The share of conversations on the platform; the others read the transcript."""
    pace: Pace


@dataclass(slots=True)
class Crowd:
    """All customers of a storm, on both kinds of channel."""

    url: str
    load: Load
    seed: int
    readers: list[Customer] = field(default_factory=list)
    chatters: list[Chatter] = field(default_factory=list)

    async def talk(self) -> None:
        """Until everybody has said everything."""
        room = asyncio.Semaphore(self.load.at_once)
        connector = aiohttp.TCPConnector(limit=0)
        async with (
            aiohttp.ClientSession(connector=connector) as session,
            asyncio.TaskGroup() as group,
        ):
            for number in range(self.load.conversations):
                await room.acquire()
                one = self._next(number, session)
                task = group.create_task(one.talk_until_accepted())
                task.add_done_callback(lambda _: room.release())

    def _next(self, number: int, session: aiohttp.ClientSession) -> Customer | Chatter:
        dice = random.Random(f"{self.seed}-{number}")
        texts = script(str(number), self.load.messages, dice)
        if dice.random() < self.load.pushed:
            chat = f"chat-{self.seed}-{number}"
            address = f"{self.url}/platform/{dice.choice((TELLS, KEEPS_QUIET))}"
            chatter = Chatter(session, address, chat, texts, self.load.pace, dice)
            self.chatters.append(chatter)
            return chatter
        reader = Customer(self.url, texts, self.load.pace, dice)
        self.readers.append(reader)
        return reader

    def heard(self) -> Iterable[tuple[Talk, Heard]]:
        """Every conversation, as its customer lived through it."""
        for one in (*self.readers, *self.chatters):
            yield one.talk, one.heard

    async def look_back(self, truth: Truth, platform: FakePlatform) -> list[Talk]:
        """The whole history: readers read everything again, platforms show what they have."""
        room = asyncio.Semaphore(self.load.at_once)

        async def read(customer: Customer) -> None:
            async with room:
                await customer.read_transcript(patience_s=1)

        await asyncio.gather(*(read(customer) for customer in self.readers))
        for chatter in self.chatters:
            talk = chatter.talk
            talk.transcript = truth.messages[talk.conversation]
            talk.unknown = truth.unknown[talk.conversation]
            for posted in platform.chats[chatter.chat]:
                seq = int(posted.ref.rpartition(":")[2])
                talk.posted.append(Posted(seq, posted.text))
                chatter.heard.shown(seq, posted.at)
        for talk, heard in self.heard():
            talk.turns = truth.turns[talk.conversation]
            heard.stored_at = truth.stored_at[talk.conversation]
        return [talk for talk, _ in self.heard()]
