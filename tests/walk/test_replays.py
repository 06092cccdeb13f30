"""A turn that failed, and what a replay of its dead letter does: it answers once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass

import pytest

from core.clock import SystemClock
from core.domain.answers import Draft, Findings
from core.domain.conversation import Conversation, TurnContext
from core.domain.ids import CustomerId
from core.domain.messages import Author, Channel
from core.domain.understanding import Understanding
from core.inbound import Inbound
from core.ports import Writer
from core.postgres.bell import Bell
from core.postgres.conversations import PostgresConversations
from core.postgres.database import Database
from core.postgres.dead_letters import PostgresDeadLetters
from core.postgres.event_log import PostgresEventLog
from core.postgres.outbox import PostgresOutbox
from core.postgres.signals import Signals
from core.relay import Relay
from core.worker import Pace, Told, Worker
from tests.builders import TENANT, an_inbound_message
from tests.fakes.talk import PHRASES, a_walk

pytestmark = pytest.mark.slow

APOLOGY = PHRASES.say("failure", "en")
PATIENCE_S = 30


class PoisonedWriter(Writer):
    """Cannot answer what holds the word poison, until somebody mends it."""

    def __init__(self) -> None:
        self.mended = False

    async def write(
        self, context: TurnContext, understanding: Understanding, findings: Findings
    ) -> AsyncIterator[str | Draft]:
        if "poison" in context.question and not self.mended:
            raise ValueError
        text = f"About {context.question!r}."
        yield text
        yield Draft(text=text, sources=(), written_by="poisoned", prompt_version="")


@dataclass
class Service:
    """A worker, a relay and one conversation."""

    database: Database
    store: PostgresConversations
    letters: PostgresDeadLetters
    worker: Worker
    writer: PoisonedWriter
    conversation: Conversation
    said: int = 0

    async def say(self, text: str) -> None:
        self.said += 1
        await self.store.accept(
            an_inbound_message(self.conversation.id, text, event=str(self.said))
        )

    async def settled(self) -> None:
        """Until nothing is on its way."""
        async with asyncio.timeout(PATIENCE_S), self.database.as_service() as connection:
            while True:
                await asyncio.sleep(0)
                rows = await connection.fetchval("SELECT count(*) FROM outbox")
                behind = await self.worker.lag()
                if len(behind) == 12 and not any(behind.values()) and not rows:
                    return

    async def replay(self, times: int = 1) -> None:
        """Put the first letter there ever was back."""
        kept = (await self.letters.all_of_them())[-1]
        for _ in range(times):
            await self.letters.replay([kept.id])
        await self.settled()

    async def answers(self) -> list[str]:
        transcript = await self.store.since(TENANT, self.conversation.id, 0, 100)
        assert [m.seq for m in transcript] == [*range(1, len(transcript) + 1)]
        return [m.text for m in transcript if m.author is Author.BOT]


@pytest.fixture
async def service(database: Database) -> AsyncIterator[Service]:
    async with AsyncExitStack() as closing:
        signals = await Signals.open(database)
        closing.push_async_callback(signals.close)
        bell = await Bell.open(signals)
        closing.push_async_callback(bell.close)
        log = await PostgresEventLog.create(database, bell)
        closing.push_async_callback(log.close)
        clock, writer = SystemClock(), PoisonedWriter()
        store = PostgresConversations(database, clock, bell.ring)
        letters = PostgresDeadLetters(database, bell.ring)
        inbound = Inbound(a_walk(store, writer), lambda record: None)
        worker = Worker(
            log,
            "core",
            "inbound",
            inbound.handle,
            clock,
            dead_letters=letters,
            pace=Pace(commit_every_s=0.02),
            told=Told(give_up=inbound.give_up, more=inbound.more, ended=inbound.ended),
        )
        relay = Relay(PostgresOutbox(database, bell))
        async with asyncio.TaskGroup() as tasks:
            running = [tasks.create_task(worker.run()), tasks.create_task(relay.run())]
            opened = await store.open(TENANT, Channel.WEB, CustomerId("visitor"), "first")
            yield Service(database, store, letters, worker, writer, opened)
            worker.stop()
            relay.stop()
            await asyncio.wait(running)


async def test_a_replay_after_the_cause_is_mended_answers_once(service: Service) -> None:
    await service.say("poison?")
    await service.settled()
    apologised = await service.answers()

    service.writer.mended = True
    await service.replay()
    await service.replay(times=3)

    assert apologised == [APOLOGY]
    assert await service.answers() == [APOLOGY, "About 'poison?'."]
    assert await service.letters.count_open() == 0


async def test_a_replay_that_fails_again_does_not_apologise_again(service: Service) -> None:
    await service.say("poison?")
    await service.settled()

    await service.replay()
    failed_again = await service.answers()
    states = [kept.state for kept in await service.letters.all_of_them()]
    service.writer.mended = True
    await service.replay()

    assert failed_again == [APOLOGY]
    assert states == ["open", "replayed"]
    assert await service.answers() == [APOLOGY, "About 'poison?'."]


async def test_a_conversation_that_went_on_gets_the_missing_answer_and_no_other(
    service: Service,
) -> None:
    for text in ("first", "poison?", "second"):
        await service.say(text)
        await service.settled()

    service.writer.mended = True
    await service.replay(times=2)

    assert await service.answers() == [
        "About 'first'.",
        APOLOGY,
        "About 'second'.",
        "About 'poison?'.",
    ]


async def test_what_comes_with_a_replay_is_answered_with_it(service: Service) -> None:
    await service.say("poison?")
    await service.settled()
    service.writer.mended = True
    kept = (await service.letters.all_of_them())[-1]

    await asyncio.gather(service.letters.replay([kept.id]), service.say("and now?"))
    await service.settled()

    told = "".join((await service.answers())[1:])
    assert told.count("poison?") == 1
    assert told.count("and now?") == 1


async def test_where_a_person_has_taken_over_a_replay_keeps_silent(
    service: Service, database: Database
) -> None:
    await service.say("poison?")
    await service.settled()
    async with database.as_service() as connection:
        await connection.execute(
            "UPDATE conversations SET owner = 'agent', epoch = epoch + 1,"
            " agent = '00000000-0000-0000-0000-000000000001'"
        )

    service.writer.mended = True
    await service.replay()

    assert await service.answers() == [APOLOGY]


async def test_a_record_that_comes_again_by_itself_is_no_replay(
    service: Service, database: Database
) -> None:
    await service.say("poison?")
    await service.settled()

    service.writer.mended = True
    async with database.as_service() as connection:
        await connection.execute(
            "INSERT INTO outbox (lane, topic, conversation, value)"
            " SELECT part, topic, convert_from(key, 'UTF8')::uuid, value FROM log_records"
            " WHERE topic = 'inbound'"
        )
    await service.settled()

    assert await service.answers() == [APOLOGY]
