"""Through a whole worker: each conversation's messages reach the platform in the order of seq."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from uuid import uuid4

import aiohttp
import pytest

from channels.dispatcher import Dispatcher
from channels.postgres.deliveries import PostgresDeliveries
from core.clock import SystemClock
from core.domain.ids import ConversationId, CustomerId
from core.domain.messages import Channel
from core.event_log import NewRecord
from core.postgres.bell import Bell
from core.postgres.conversations import PostgresConversations
from core.postgres.database import Database
from core.postgres.event_log import PostgresEventLog
from core.postgres.signals import Signals
from core.wire.envelope import Stamp, encode_sent
from core.worker import Pace, Told, Worker
from tests.builders import NOON, TENANT, an_inbound_message
from tests.fakes.dead_letters import RecordingDeadLetters
from tests.fakes.live import LocalLive
from tests.fakes.platform import (
    Fail,
    FakePlatform,
    Outcome,
    SlowDown,
    Take,
    TakeAndBreak,
    TakeInSilence,
)
from tests.fakes.pushing import SegmentedChannel

pytestmark = pytest.mark.slow

PATIENCE_S = 60


@dataclass
class Town:
    """Conversations on a platform, and the topic that says what is to be sent."""

    database: Database
    platform: FakePlatform
    session: aiohttp.ClientSession
    dead_letters: RecordingDeadLetters
    asked: asyncio.Event = field(default_factory=asyncio.Event)

    def answers(self, outcome: Callable[[], Outcome]) -> None:
        """What the platform does with each request."""

        def script() -> Outcome:
            asyncio.get_running_loop().call_soon(self.asked.set)
            return outcome()

        self.platform.script = script

    async def talk(self, messages: int) -> ConversationId:
        """A conversation with so many messages."""
        store = PostgresConversations(self.database, SystemClock(), lambda topic: None)
        opened = await store.open(TENANT, Channel.SLACK, CustomerId("c"), str(uuid4()))
        for n in range(messages):
            said = an_inbound_message(opened.id, event=str(n))
            await store.accept(replace(said, channel=Channel.SLACK))
        return opened.id

    @asynccontextmanager
    async def log(self) -> AsyncIterator[tuple[PostgresEventLog, Signals]]:
        """As a process has it."""
        signals = await Signals.open(self.database)
        bell = await Bell.open(signals)
        log = await PostgresEventLog.create(self.database, bell)
        try:
            yield log, signals
        finally:
            await log.close()
            await bell.close()
            await signals.close()

    async def queue(self, *said: tuple[ConversationId, int]) -> None:
        async with self.log() as (log, _):
            await log.append([self._record(talk, seq) for talk, seq in said])

    @asynccontextmanager
    async def dispatching(self, *, tells: bool = True, **parts: object) -> AsyncIterator[Worker]:
        """A process that dispatches until the block ends, and then ends at once."""
        async with self.log() as (log, signals):
            channel = SegmentedChannel(
                self.session, self.platform.url, segments=2, tells=tells, patience_s=0.2
            )
            ledger = PostgresDeliveries(self.database, signals, call=timedelta(0))
            dispatcher = Dispatcher(LocalLive(), ledger, {"slack": channel})
            worker = Worker(
                log,
                "dispatcher",
                "outbound",
                dispatcher.deliver,
                SystemClock(),
                **{
                    "dead_letters": self.dead_letters,
                    "told": Told(give_up=dispatcher.give_up),
                    "pace": Pace(commit_every_s=0.02),
                    "sleep": lambda seconds: asyncio.sleep(0.001),
                    **parts,
                },
            )
            task = asyncio.create_task(worker.run())
            try:
                yield worker
            finally:
                task.cancel()
                await asyncio.wait([task])

    def shown(self, talk: ConversationId) -> list[str]:
        return [posted.text for posted in self.platform.chats[str(talk)]]

    def posted(self) -> int:
        return sum(map(len, self.platform.chats.values()))

    async def until(self, condition: Callable[[], bool]) -> None:
        """Until it is so, looking whenever the platform is sent something."""
        async with asyncio.timeout(PATIENCE_S):
            while not condition():
                self.asked.clear()
                await self.asked.wait()

    def _record(self, talk: ConversationId, seq: int) -> NewRecord:
        return NewRecord(
            topic="outbound",
            key=str(talk).encode(),
            value=encode_sent(TENANT, talk, "slack", Stamp(id=uuid4(), at=NOON)),
            headers={"seq": str(seq)},
        )


@pytest.fixture
async def town(database: Database) -> AsyncIterator[Town]:
    async with FakePlatform.start() as platform, aiohttp.ClientSession() as session:
        built = Town(database, platform, session, RecordingDeadLetters())
        async with built.log():
            yield built


def whole(messages: int) -> list[str]:
    return [f"{seq}.{part}" for seq in range(1, messages + 1) for part in (1, 2)]


async def until_read(worker: Worker) -> None:
    """Until everything that is queued is done with and committed."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            await asyncio.sleep(0)
            behind = await worker.lag()
            if len(behind) == 12 and not any(behind.values()):
                return


def at_random(chance: random.Random) -> Outcome:
    outcomes = [Take(), SlowDown(), Fail(), TakeAndBreak(), TakeInSilence()]
    return chance.choices(outcomes, [80, 6, 6, 6, 2])[0]


@pytest.mark.parametrize("tells", [True, False])
@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_faults_restarts_and_repeated_records_leave_each_chat_in_order(
    town: Town, tells: bool, seed: int
) -> None:
    chance = random.Random(seed)
    talks = [await town.talk(6) for _ in range(6)]
    said = [(talk, seq) for seq in range(1, 7) for talk in talks]
    await town.queue(*said[:20], *said[6:18], *said[6:])
    town.answers(lambda: at_random(chance))

    for share in range(1, 4):
        async with town.dispatching(tells=tells):
            await town.until(lambda share=share: town.posted() >= 15 * share)
    async with town.dispatching(tells=tells) as last:
        await until_read(last)

    assert town.dead_letters.letters == []
    firsts = {talk: list(dict.fromkeys(town.shown(talk))) for talk in talks}
    assert firsts == dict.fromkeys(talks, whole(6))
    twice = town.posted() - len(talks) * len(whole(6))
    async with town.database.as_service() as connection:
        counted = await connection.fetchval("SELECT sum(unknown) FROM deliveries")
    assert twice == 0 if tells else twice <= counted


async def test_a_chat_that_asks_to_wait_holds_up_no_other(town: Town) -> None:
    busy, free = await town.talk(2), await town.talk(2)
    asleep, free_is_done = asyncio.Event(), asyncio.Event()
    slept: list[float] = []
    town.answers(iter([SlowDown(retry_after_s=77), *[Take()] * 99]).__next__)

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        asleep.set()
        await free_is_done.wait()

    await town.queue((busy, 1), (busy, 2))
    async with town.dispatching(sleep=sleep) as worker:
        await asleep.wait()
        await town.queue((free, 1), (free, 2))
        await town.until(lambda: town.shown(free) == whole(2))
        waited = town.shown(busy)
        free_is_done.set()
        await until_read(worker)

    assert slept == [77]
    assert waited == []
    assert town.shown(busy) == whole(2)
