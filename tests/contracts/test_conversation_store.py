"""The stores in Postgres: once in effect, one order, one tenant."""

import asyncio
import json
from dataclasses import replace
from uuid import uuid4

import pytest

from core.clock import SystemClock
from core.domain.conversation import (
    CALM,
    Conversation,
    Mood,
    Queue,
    Standing,
    TurnContext,
)
from core.domain.decisions import Decision, Decline, HandOff, PassToAgent, Reply
from core.domain.errors import ConversationNotFound, TurnNotFound
from core.domain.ids import CustomerId, EventId, TenantId, TurnId
from core.domain.messages import Arrival, Author, Channel
from core.domain.turns import MoreWaits, TurnRecord
from core.postgres.conversations import PostgresConversations
from core.postgres.database import Database
from core.turn.remember import compose
from core.turn.weigh import Decided
from core.wire.envelope import decode_handoff, decode_sent
from tests.builders import (
    TENANT,
    a_case,
    a_draft,
    a_passage,
    an_inbound_message,
    an_understanding,
    findings,
)


@pytest.fixture
async def store(database: Database) -> PostgresConversations:
    async with database.as_service() as connection:
        await connection.execute(
            "INSERT INTO log_partitions (topic, part)"
            " SELECT 'inbound', generate_series(0, 11) ON CONFLICT DO NOTHING"
        )
    return PostgresConversations(database, SystemClock(), lambda topic: None)


@pytest.fixture
async def opened(store: PostgresConversations) -> Conversation:
    return await store.open(TENANT, Channel.WEB, CustomerId("visitor"), "first")


async def a_turn(
    store: PostgresConversations, opened: Conversation, decision: Decision
) -> TurnRecord:
    context = await store.load(TENANT, opened.id, 20)
    return record_of(context, decision)


async def until_somebody_waits_for_a_lock(database: Database) -> None:
    async with database.as_service() as connection, asyncio.timeout(20):
        waits = "SELECT count(*) FROM pg_locks WHERE NOT granted"
        while not await connection.fetchval(waits):
            await asyncio.sleep(0)


def record_of(context: TurnContext, decision: Decision) -> TurnRecord:
    arrival = Arrival(tenant=TENANT, conversation=context.conversation.id, event=EventId("e1"))
    return compose(
        TurnId(uuid4()),
        arrival,
        a_case(context, findings(a_passage())),
        Decided(decision),
        timings_ms={"answer": 1.5},
    )


async def test_load_parts_what_waits_from_what_was_said(store, opened) -> None:
    await store.accept(an_inbound_message(opened.id, "first", event="e1"))
    await store.remember(await a_turn(store, opened, Reply(a_draft("answer"))))
    await store.accept(an_inbound_message(opened.id, "second", event="e2"))
    await store.accept(an_inbound_message(opened.id, "third", event="e3"))

    context = await store.load(TENANT, opened.id, 20)

    assert [m.text for m in context.history] == ["first", "answer"]
    assert [m.text for m in context.waiting] == ["second", "third"]
    assert context.question == "second\nthird"
    assert context.questions_before == ("first",)


async def test_the_mood_of_a_talk_is_kept_with_its_last_turn(store, opened) -> None:
    mood = Mood(frustration=0.5, unknowns=2, offers=1)
    await store.accept(an_inbound_message(opened.id))
    turn = replace(await a_turn(store, opened, Reply(a_draft("answer"))), mood=mood)
    await store.remember(turn)
    context = await store.load(TENANT, opened.id, 20)

    assert opened.mood == CALM
    assert context.conversation.mood == mood


async def test_load_reads_all_that_waits_however_short_the_history(store, opened) -> None:
    for n in range(30):
        await store.accept(an_inbound_message(opened.id, str(n), event=str(n)))

    context = await store.load(TENANT, opened.id, 2)

    assert len(context.waiting) == 30


async def test_a_remembered_turn_is_said_recorded_and_queued_together(
    store, opened, database
) -> None:
    await store.accept(an_inbound_message(opened.id))
    record = await a_turn(store, opened, Reply(a_draft()))

    stored = await store.remember(record)

    assert stored is not None
    assert (stored.last_seq, stored.sent) == (2, True)
    assert list(stored.messages) == await store.since(TENANT, opened.id, 1, 9)
    view = await store.turn_of(TENANT, opened.id, 1)
    assert view is not None
    assert (view.id, view.decision, view.covers) == (record.id, "reply", (1,))
    assert view.said[0].sources == a_draft().sources
    async with database.as_service() as connection:
        row = await connection.fetchrow("SELECT * FROM outbox WHERE topic = 'outbound'")
    sent = decode_sent(row["value"], json.loads(row["headers"]))
    assert (sent.conversation, sent.seq, sent.channel) == (opened.id, 2, "web")


async def test_of_two_workers_with_one_turn_the_second_stores_nothing(
    store, opened, database
) -> None:
    await store.accept(an_inbound_message(opened.id))
    turns = [await a_turn(store, opened, Reply(a_draft())) for _ in range(8)]

    stored = await asyncio.gather(*(store.remember(turn) for turn in turns))

    assert sum(s is not None for s in stored) == 1
    async with database.as_service() as connection:
        assert await connection.fetchval("SELECT count(*) FROM turns") == 1
        assert await connection.fetchval("SELECT count(*) FROM messages") == 2


async def test_a_turn_that_began_before_a_new_message_leaves_it_waiting(store, opened) -> None:
    await store.accept(an_inbound_message(opened.id, "first", event="e1"))
    turn = await a_turn(store, opened, Reply(a_draft("answer")))
    await store.accept(an_inbound_message(opened.id, "second", event="e2"))

    await store.remember(turn)

    context = await store.load(TENANT, opened.id, 20)
    assert [m.text for m in context.waiting] == ["second"]
    assert [m.text for m in await store.since(TENANT, opened.id, 0, 9)] == [
        "first",
        "second",
        "answer",
    ]


async def test_load_names_the_events_of_what_waits(store, opened) -> None:
    await store.accept(an_inbound_message(opened.id, event="e1"))
    await store.remember(await a_turn(store, opened, Reply(a_draft())))
    await store.accept(an_inbound_message(opened.id, event="e2"))
    await store.accept(an_inbound_message(opened.id, event="e3"))

    assert (await store.load(TENANT, opened.id, 20)).events == {"e2", "e3"}


async def test_the_standing_of_a_conversation_is_its_last_seq_and_its_epoch(store, opened) -> None:
    assert await store.standing(TENANT, opened.id) == Standing(seq=0, epoch=0)

    await store.accept(an_inbound_message(opened.id))
    await store.remember(await a_turn(store, opened, HandOff("asked", "You are in the queue.")))

    assert await store.standing(TENANT, opened.id) == Standing(seq=2, epoch=1)


async def test_a_turn_that_has_to_be_the_last_word_is_not_stored_behind_a_new_message(
    store, opened, database
) -> None:
    await store.accept(an_inbound_message(opened.id, "first", event="e1"))
    turn = replace(await a_turn(store, opened, Reply(a_draft())), only_if_last=1)
    await store.accept(an_inbound_message(opened.id, "second", event="e2"))

    assert await store.remember(turn) == MoreWaits()

    assert len((await store.load(TENANT, opened.id, 20)).waiting) == 2
    async with database.as_service() as connection:
        assert await connection.fetchval("SELECT count(*) FROM turns") == 0


async def test_a_turn_that_has_to_be_the_last_word_meets_a_message_that_is_just_being_stored(
    store, opened, database
) -> None:
    await store.accept(an_inbound_message(opened.id, event="e1"))
    turn = replace(await a_turn(store, opened, Reply(a_draft())), only_if_last=1)

    async with database.as_service() as other, other.transaction():
        await other.execute("UPDATE conversations SET seq = seq + 1")
        remembering = asyncio.create_task(store.remember(turn))
        await until_somebody_waits_for_a_lock(database)

    assert await remembering == MoreWaits()


async def test_a_turn_that_has_to_be_the_last_word_and_was_covered_by_another_worker_is_over(
    store, opened
) -> None:
    await store.accept(an_inbound_message(opened.id, event="e1"))
    turns = [await a_turn(store, opened, Reply(a_draft())) for _ in range(2)]
    await store.remember(turns[0])

    assert await store.remember(replace(turns[1], only_if_last=1)) is None


async def test_a_turn_of_an_old_epoch_keeps_its_record_and_says_nothing(
    store, opened, database
) -> None:
    await store.accept(an_inbound_message(opened.id))
    late = await a_turn(store, opened, Reply(a_draft()))
    async with database.as_service() as connection:
        await connection.execute("UPDATE conversations SET owner = 'queue', epoch = epoch + 1")

    stored = await store.remember(late)

    assert stored is not None
    assert not stored.sent
    assert [m.author for m in await store.since(TENANT, opened.id, 0, 9)] == [Author.CUSTOMER]
    view = await store.turn_of(TENANT, opened.id, 1)
    assert view is not None
    assert (view.decision, view.said) == ("pass_to_agent", ())


async def test_a_handoff_changes_owner_and_epoch_with_its_message_and_event(
    store, opened, database
) -> None:
    await store.accept(an_inbound_message(opened.id, "a person please"))
    turn = await a_turn(store, opened, HandOff("asked", "You are in the queue."))

    await store.remember(turn)

    now = await store.conversation(TENANT, opened.id)
    assert (now.owner, now.epoch) == (Queue(), 1)
    async with database.as_service() as connection:
        value = await connection.fetchval("SELECT value FROM outbox WHERE topic = 'events'")
        epochs = await connection.fetch("SELECT epoch FROM messages WHERE author = 'bot'")
    assert decode_handoff(value).turn == turn.id
    assert [row["epoch"] for row in epochs] == [1]


async def test_a_silent_turn_is_marked_and_queues_nothing(store, opened, database) -> None:
    await store.accept(an_inbound_message(opened.id))
    await store.remember(await a_turn(store, opened, PassToAgent()))

    context = await store.load(TENANT, opened.id, 20)

    assert context.waiting == ()
    async with database.as_service() as connection:
        topics = await connection.fetch("SELECT topic FROM outbox WHERE topic <> 'inbound'")
    assert topics == []


async def test_the_language_of_a_turn_stays_with_its_conversation(store, opened) -> None:
    await store.accept(an_inbound_message(opened.id))
    turn = await a_turn(store, opened, Decline("Das weiß ich nicht."))
    await store.remember(replace(turn, understanding=an_understanding(language="de")))

    assert (await store.conversation(TENANT, opened.id)).language == "de"


async def test_an_unknown_turn_is_not_found(store) -> None:
    with pytest.raises(TurnNotFound):
        await store.turn(TENANT, TurnId(uuid4()))


async def test_another_tenant_sees_nothing_of_a_conversation(store, opened, database) -> None:
    other = TenantId("other")
    async with database.as_service() as connection:
        await connection.execute("INSERT INTO tenants (id, name) VALUES ('other', 'Other')")
    await store.accept(an_inbound_message(opened.id))
    turn = await a_turn(store, opened, Reply(a_draft()))
    await store.remember(turn)

    assert await store.since(other, opened.id, 0, 10) == []
    assert await store.turn_of(other, opened.id, 1) is None
    with pytest.raises(ConversationNotFound):
        await store.load(other, opened.id, 20)
    with pytest.raises(ConversationNotFound):
        await store.standing(other, opened.id)
    with pytest.raises(ConversationNotFound):
        await store.conversation(other, opened.id)
    with pytest.raises(TurnNotFound):
        await store.turn(other, turn.id)
    with pytest.raises(ConversationNotFound):
        await store.accept(replace(an_inbound_message(opened.id, event="x"), tenant=other))
