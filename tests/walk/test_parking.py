"""A turn that cannot be finished: one honest sentence, a person offered, and nobody held up."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace

import pytest

from core.attempt import Attempt, Patience, Sleep
from core.domain.answers import Draft, Findings
from core.domain.conversation import TurnContext
from core.domain.errors import ModelUnavailable, StoreUnavailable
from core.domain.understanding import Understanding
from core.inbound import Inbound
from core.ports import Writer
from core.postgres.conversations import PostgresConversations
from tests.fakes.clock import FakeClock
from tests.fakes.dead_letters import RecordingDeadLetters
from tests.fakes.points import At, StoreWithPoints
from tests.fakes.talk import PHRASES, Talk, a_talk, a_walk

SORRY = PHRASES.say("failure", "en")


@dataclass
class FragileWriter(Writer):
    """Answers, but for what asks for trouble: `down`, `poison`, or `breaks` after a word."""

    well: bool = False
    going_on: asyncio.Event = field(default_factory=asyncio.Event)

    async def write(
        self, context: TurnContext, understanding: Understanding, findings: Findings
    ) -> AsyncIterator[str | Draft]:
        text = f"About {context.question}."
        if not self.well and "down" in text:
            raise ModelUnavailable
        if not self.well and "poison" in text:
            raise ZeroDivisionError
        yield text[:5]
        if not self.well and "breaks" in text:
            await self.going_on.wait()
            raise ModelUnavailable
        yield text[5:]
        yield Draft(text=text, sources=(), written_by="fragile", prompt_version="")


@dataclass
class Retries:
    """What a worker puts around the handler, on a clock that sleeping moves."""

    turn_s: float = 90
    clock: FakeClock = field(default_factory=FakeClock)
    aside: RecordingDeadLetters = field(default_factory=RecordingDeadLetters)
    sleep: Sleep | None = None

    def __call__(self, inbound: Inbound) -> Attempt:
        return Attempt(
            inbound.handle,
            self.aside,
            self.clock,
            patience=Patience(turn_s=self.turn_s, jitter=0),
            sleep=self.sleep or self.clock.sleep,
            give_up=inbound.give_up,
        )


async def a_fragile_talk(
    store: PostgresConversations,
    writer: FragileWriter | None = None,
    retries: Retries | None = None,
    at: At | None = None,
) -> Talk:
    walk = a_walk(store, writer or FragileWriter())
    if at is not None:
        walk = replace(walk, conversations=StoreWithPoints(store, at))
    return await a_talk(store, walk, retrying=retries or Retries())


async def covered(talk: Talk) -> list[tuple[tuple[int, ...], str]]:
    """What each turn covered and said, in order."""
    return list(zip((turn.covers for turn in talk.turns), await talk.answers(), strict=True))


@pytest.mark.parametrize("trouble", ["down", "poison"])
async def test_a_turn_that_cannot_be_finished_is_told_once_and_offers_a_person(
    store, trouble
) -> None:
    retries = Retries()
    talk = await a_fragile_talk(store, retries=retries)

    await talk.say(trouble)
    await talk.settled()

    assert await talk.answers() == [SORRY]
    assert PHRASES.offers_person(SORRY)
    assert len(retries.aside.letters) == 1


async def test_other_conversations_are_answered_meanwhile(store) -> None:
    paused, going_on = asyncio.Event(), asyncio.Event()
    retries = Retries()

    async def sleep(seconds: float) -> None:
        paused.set()
        await going_on.wait()
        await retries.clock.sleep(seconds)

    retries.sleep = sleep
    troubled = await a_fragile_talk(store, retries=retries)
    healthy = await a_fragile_talk(store)
    await troubled.say("down")
    await paused.wait()

    await healthy.say("parcels")
    await healthy.settled()

    assert await healthy.answers() == ["About parcels."]
    assert await troubled.answers() == []
    going_on.set()
    await troubled.settled()
    assert await troubled.answers() == [SORRY]


async def test_a_burst_that_cannot_be_answered_gets_one_apology(store) -> None:
    talk = await a_fragile_talk(store)
    records = [await talk.accept(text) for text in ("is it", "down", "again?")]

    for record in records:
        talk.lanes.submit(record)
    await talk.settled()

    assert await covered(talk) == [((1, 2, 3), SORRY)]


async def test_what_queued_behind_a_turn_that_was_given_up_is_answered(store) -> None:
    writer = FragileWriter()
    talk = await a_fragile_talk(store, writer, Retries(turn_s=1))
    await talk.say("breaks")
    await talk.live.until_shown()
    await talk.say("parcels")
    writer.going_on.set()
    await talk.settled()

    assert await covered(talk) == [((1,), SORRY), ((2,), "About parcels.")]


async def test_an_apology_whose_acknowledgement_was_lost_is_not_said_again(store) -> None:
    lost: list[str] = []

    async def at(point: str) -> None:
        if point == "after remember" and not lost:
            lost.append(point)
            await talk.accept("and parcels?")
            raise StoreUnavailable

    talk = await a_fragile_talk(store, at=at)
    first = await talk.say("down")
    await talk.settled()
    talk.lanes.submit(replace(first, offset=99))
    await talk.settled()

    assert lost
    assert await talk.answers() == [SORRY, "About and parcels?."]


@pytest.mark.parametrize("point", ["before load", "before remember", "after remember"])
@pytest.mark.parametrize("well", [False, True], ids=["still in trouble", "well again"])
async def test_a_worker_killed_while_it_gives_up_leaves_one_answer(store, point, well) -> None:
    writer, retries = FragileWriter(), Retries()
    killed = asyncio.Event()

    async def at(here: str) -> None:
        if here == point and retries.aside.letters and not killed.is_set():
            killed.set()
            await asyncio.Event().wait()

    talk = await a_fragile_talk(store, writer, retries, at)
    record = await talk.say("down")
    await killed.wait()
    await talk.lanes.close()
    writer.well = well

    other = await a_fragile_talk(store, writer, retries)
    other.lanes.submit(record)
    await other.settled()

    answered = well and point != "after remember"
    assert await talk.answers() == ["About down." if answered else SORRY]


async def test_a_record_replayed_after_it_was_given_up_says_nothing_more(store) -> None:
    writer = FragileWriter()
    talk = await a_fragile_talk(store, writer)
    record = await talk.say("poison")
    await talk.settled()
    writer.well = True

    talk.lanes.submit(replace(record, offset=99))
    await talk.settled()

    assert await talk.answers() == [SORRY]


async def test_an_apology_waits_for_a_database_that_is_away(store) -> None:
    away = [StoreUnavailable() for _ in range(12)]
    retries = Retries()

    async def at(point: str) -> None:
        if retries.aside.letters and away:
            raise away.pop()

    talk = await a_fragile_talk(store, retries=retries, at=at)

    await talk.say("poison")
    await talk.settled()

    assert await talk.answers() == [SORRY]
