"""The way of one message, over the real stores."""

import asyncio
from contextlib import suppress
from dataclasses import replace

import pytest

from core.clock import SystemClock
from core.domain.conversation import Bot, Conversation, Queue
from core.domain.decisions import Decline, HandOff, PassToAgent, Reply
from core.domain.errors import ConversationNotFound, ModelUnavailable
from core.domain.events import OwnerChanged, Stored, Typing
from core.domain.ids import ConversationId, CustomerId, EventId
from core.domain.messages import Arrival, Author, Channel
from core.domain.turns import TurnRecord
from core.hooks.run import NO_HOOKS
from core.nlu.phrases import load_phrases
from core.policy.load import read
from core.postgres.conversations import PostgresConversations
from core.turn.burst import Burst, Joining, Outdated
from core.turn.walk import Walk
from core.turn.weigh import Rules
from tests.builders import TENANT, a_draft, a_passage, an_inbound_message, findings
from tests.fakes.understanding import LabelledUnderstander
from tests.fakes.walk import RecordingLive, ScriptedRetriever, ScriptedWriter

PHRASES = load_phrases(company="Acme", bot="Ada")


@pytest.fixture
def live() -> RecordingLive:
    return RecordingLive()


@pytest.fixture
def walk(store: PostgresConversations, live: RecordingLive) -> Walk:
    return Walk(
        conversations=store,
        understander=LabelledUnderstander(),
        retriever=ScriptedRetriever(findings(a_passage())),
        writer=ScriptedWriter("Parcels take ", "two days. [1]", a_draft()),
        live=live,
        clock=SystemClock(),
        phrases=PHRASES,
        rules=Rules(decline_below=0.5, history=20, policy=read()),
        hooks=NO_HOOKS,
    )


@pytest.fixture
async def talk(store: PostgresConversations) -> Conversation:
    return await store.open(TENANT, Channel.WEB, CustomerId("visitor"), "first")


async def say(store: PostgresConversations, talk: Conversation, text: str, event: str) -> Arrival:
    await store.accept(an_inbound_message(talk.id, text, event=event))
    return Arrival(tenant=TENANT, conversation=talk.id, event=EventId(event))


async def take(walk: Walk, arrival: Arrival) -> TurnRecord | None:
    burst = Burst(walk.clock, Joining())
    while True:
        with suppress(Outdated):
            return await walk.take(arrival, burst)


async def test_a_question_is_answered_shown_and_stored(walk, store, live, talk) -> None:
    arrival = await say(store, talk, "How long do parcels take?", "e1")

    record = await take(walk, arrival)

    assert record is not None
    assert record.decision == Reply(a_draft())
    assert live.shown == "Parcels take two days. [1]"
    assert live.told[0] == Typing(conversation=talk.id, author=Author.BOT)
    said = await store.since(TENANT, talk.id, 1, 9)
    assert [(m.author, m.text, m.sources) for m in said] == [
        (Author.BOT, a_draft().text, a_draft().sources)
    ]


async def test_the_record_names_every_step_it_measured(walk, store, talk) -> None:
    record = await take(walk, await say(store, talk, "How long?", "e1"))

    assert record is not None
    steps = ["dedupe", "understand", "retrieve", "act", "answer", "decide", "remember"]
    assert list(record.timings_ms) == steps


async def test_whoever_looks_is_told_when_the_turn_is_stored(walk, store, live, talk) -> None:
    await take(walk, await say(store, talk, "How long?", "e1"))

    said = await store.since(TENANT, talk.id, 1, 9)
    assert live.told[-1] == Stored(conversation=talk.id, seq=2, messages=tuple(said))


async def test_a_redelivered_arrival_finds_nothing_to_do(walk, store, talk) -> None:
    arrival = await say(store, talk, "How long?", "e1")
    await take(walk, arrival)

    assert await take(walk, arrival) is None
    assert len(await store.since(TENANT, talk.id, 0, 9)) == 2


@pytest.mark.slow
async def test_five_hundred_copies_of_one_event_are_one_turn_and_one_answer(
    walk, store, talk, database
) -> None:
    arrivals = await asyncio.gather(
        *(say(store, talk, "How long?", "the same") for _ in range(500))
    )

    records = await asyncio.gather(*(take(walk, arrival) for arrival in arrivals))

    assert sum(record is not None for record in records) == 1
    said = await store.since(TENANT, talk.id, 0, 9)
    assert [m.author for m in said] == [Author.CUSTOMER, Author.BOT]
    async with database.as_service() as connection:
        assert await connection.fetchval("SELECT count(*) FROM turns") == 1
        assert await connection.fetchval("SELECT count(*) FROM outbox") == 1


async def test_messages_that_wait_together_are_one_turn(walk, store, talk) -> None:
    first = await say(store, talk, "How long do parcels take?", "e1")
    second = await say(store, talk, "to Canada", "e2")

    record = await take(walk, first)

    assert record is not None
    assert record.covers == (1, 2)
    assert walk.retriever.asked == [("How long do parcels take?\nto Canada", ())]
    assert await take(walk, second) is None


async def test_a_follow_up_is_searched_with_the_questions_before(walk, store, talk) -> None:
    await take(walk, await say(store, talk, "How long do parcels take?", "e1"))
    await take(walk, await say(store, talk, "and to Canada?", "e2"))

    assert walk.retriever.asked[-1] == ("and to Canada?", ("How long do parcels take?",))


async def test_too_little_ground_is_declined_before_a_word_is_written(
    walk, store, live, talk
) -> None:
    unsure = replace(walk, retriever=ScriptedRetriever(findings(a_passage(), confidence=0.2)))

    record = await take(unsure, await say(store, talk, "Do you sell elephants?", "e1"))

    assert record is not None
    assert isinstance(record.decision, Decline)
    assert live.shown == ""
    assert walk.writer.closed == 0


async def test_a_writer_without_ground_leads_to_a_decline(walk, store, talk) -> None:
    wordless = replace(walk, writer=ScriptedWriter())

    record = await take(wordless, await say(store, talk, "Do you sell elephants?", "e1"))

    assert record is not None
    assert isinstance(record.decision, Decline)


async def test_asking_for_a_person_queues_the_conversation_with_its_words(
    walk, store, live, talk
) -> None:
    record = await take(walk, await say(store, talk, "#person", "e1"))

    assert record is not None
    assert isinstance(record.decision, HandOff)
    now = await store.conversation(TENANT, talk.id)
    assert (now.owner, now.epoch) == (Queue(), 1)
    assert OwnerChanged(conversation=talk.id, owner=Queue(), epoch=1) in live.told


async def test_the_bot_keeps_silent_while_a_person_is_waited_for(walk, store, live, talk) -> None:
    await take(walk, await say(store, talk, "#person", "e1"))
    live.told.clear()

    record = await take(walk, await say(store, talk, "How long do parcels take?", "e2"))

    assert record is not None
    assert record.decision == PassToAgent()
    assert live.shown == ""
    assert (await store.since(TENANT, talk.id, 3, 9)) == []


async def test_waiting_for_a_person_can_be_taken_back(walk, store, talk) -> None:
    await take(walk, await say(store, talk, "#person", "e1"))
    await take(walk, await say(store, talk, "#cancel_person", "e2"))

    now = await store.conversation(TENANT, talk.id)

    assert (now.owner, now.epoch) == (Bot(), 2)


async def test_a_turn_overtaken_by_a_change_of_owner_says_nothing(
    walk, store, talk, database
) -> None:
    class TakenOver(ScriptedRetriever):
        async def retrieve(self, tenant, question, questions_before):
            async with database.as_service() as connection:
                await connection.execute(
                    "UPDATE conversations SET owner = 'queue', epoch = epoch + 1"
                )
            return await super().retrieve(tenant, question, questions_before)

    slow = replace(walk, retriever=TakenOver(findings(a_passage())))

    record = await take(slow, await say(store, talk, "How long?", "e1"))

    assert record is not None
    assert await store.since(TENANT, talk.id, 1, 9) == []
    assert (await store.load(TENANT, talk.id, 9)).waiting == ()


async def test_a_model_that_fails_leaves_the_message_waiting(walk, store, talk) -> None:
    broken = replace(walk, writer=ScriptedWriter("Parcels", ModelUnavailable()))
    arrival = await say(store, talk, "How long?", "e1")

    with pytest.raises(ModelUnavailable):
        await take(broken, arrival)

    assert len((await store.load(TENANT, talk.id, 9)).waiting) == 1
    assert await take(walk, arrival) is not None


async def test_a_turn_that_is_given_up_apologises_and_offers_a_person(walk, store, talk) -> None:
    arrival = await say(store, talk, "How long?", "e1")

    await walk.give_up(arrival, Burst(walk.clock, Joining()))

    said = await store.since(TENANT, talk.id, 1, 9)
    assert [m.text for m in said] == [PHRASES.say("failure", "en")]
    assert await take(walk, arrival) is None


async def test_an_arrival_of_no_conversation_is_refused(walk) -> None:
    lost = Arrival(
        tenant=TENANT,
        conversation=ConversationId(SystemClock().new_id()),
        event=EventId("e1"),
    )

    with pytest.raises(ConversationNotFound):
        await take(walk, lost)
