"""The store and what was only apologised for: it waits for a replay, and for that once."""

import asyncio
from dataclasses import replace
from uuid import uuid4

import pytest

from core.clock import SystemClock
from core.domain.conversation import Conversation, TurnContext
from core.domain.decisions import Decline, Reply
from core.domain.ids import CustomerId, EventId, TurnId
from core.domain.messages import Arrival, Author, Channel
from core.domain.turns import Remembered, TurnRecord
from core.nlu.phrases import load_phrases
from core.postgres.conversations import PostgresConversations
from core.postgres.database import Database
from core.turn.remember import apology, compose
from core.turn.weigh import Decided
from tests.builders import NOON, TENANT, a_case, a_draft, an_inbound_message, findings

PHRASES = load_phrases(company="Acme", bot="Ada")


@pytest.fixture
def store(database: Database) -> PostgresConversations:
    return PostgresConversations(database, SystemClock(), lambda topic: None, through="outbox")


@pytest.fixture
async def opened(store: PostgresConversations) -> Conversation:
    return await store.open(TENANT, Channel.WEB, CustomerId("visitor"), "first")


@pytest.fixture
def say(store: PostgresConversations, opened: Conversation):
    async def accept(text: str) -> None:
        await store.accept(an_inbound_message(opened.id, text, event=text))

    return accept


def answer(context: TurnContext, text: str = "answer") -> TurnRecord:
    return compose(
        TurnId(uuid4()),
        Arrival(tenant=TENANT, conversation=context.conversation.id, event=EventId("e")),
        a_case(context, findings()),
        Decided(Reply(a_draft(text))),
        timings_ms={},
    )


async def apologise(store: PostgresConversations, opened: Conversation) -> None:
    context = await store.load(TENANT, opened.id, 20)
    arrival = Arrival(tenant=TENANT, conversation=opened.id, event=EventId("e"))
    record = apology(TurnId(uuid4()), arrival, context, PHRASES, NOON)
    assert isinstance(record.decision, Decline)
    await store.remember(record)


def texts(context: TurnContext) -> tuple[list[str], list[str]]:
    return [m.text for m in context.history], [m.text for m in context.waiting]


async def test_it_waits_for_a_replay_and_for_nothing_else(store, opened, say) -> None:
    await say("one")
    await say("two")
    await apologise(store, opened)

    assert (await store.load(TENANT, opened.id, 20)).waiting == ()
    again = await store.load_again(TENANT, opened.id, 20)
    assert texts(again) == ([], ["one", "two"])
    assert again.events == {"one", "two"}


async def test_a_conversation_without_apologies_loads_the_same(store, opened, say) -> None:
    await say("one")
    await store.remember(answer(await store.load(TENANT, opened.id, 20)))
    await say("two")

    assert await store.load_again(TENANT, opened.id, 20) == await store.load(TENANT, opened.id, 20)


async def test_its_history_is_what_was_said_before_it(store, opened, say) -> None:
    for text in ("a", "b", "c"):
        await say(text)
        await store.remember(answer(await store.load(TENANT, opened.id, 20), f"to {text}"))
    await say("poison")
    await apologise(store, opened)
    await say("d")
    await store.remember(answer(await store.load(TENANT, opened.id, 20), "to d"))

    again = await store.load_again(TENANT, opened.id, 3)

    assert texts(again) == (["a", "to a", "b", "to b", "c", "to c"], ["poison"])


async def test_a_replayed_answer_comes_last_and_moves_no_mark_back(store, opened, say) -> None:
    await say("poison")
    await apologise(store, opened)
    await say("next")
    await store.remember(answer(await store.load(TENANT, opened.id, 20)))

    stored = await store.remember(answer(await store.load_again(TENANT, opened.id, 20), "late"))

    assert isinstance(stored, Remembered)
    assert (stored.last_seq, stored.messages[0].text) == (5, "late")
    assert (await store.conversation(TENANT, opened.id)).covered == 3
    assert (await store.load_again(TENANT, opened.id, 20)).waiting == ()


async def test_of_many_replays_at_once_one_is_stored(store, opened, say) -> None:
    await say("poison")
    await apologise(store, opened)
    records = [answer(await store.load_again(TENANT, opened.id, 20)) for _ in range(8)]

    stored = await asyncio.gather(*(store.remember(record) for record in records))

    assert sum(one is not None for one in stored) == 1
    said = await store.since(TENANT, opened.id, 0, 99)
    assert [m.author for m in said] == [Author.CUSTOMER, Author.BOT, Author.BOT]


async def test_a_replay_beside_a_turn_of_later_messages_stores_one_of_the_two(
    store, opened, say
) -> None:
    await say("poison")
    await apologise(store, opened)
    await say("next")
    both = answer(await store.load_again(TENANT, opened.id, 20))
    later = answer(await store.load(TENANT, opened.id, 20))

    assert await store.remember(later) is not None
    assert await store.remember(both) is None
    assert texts(await store.load_again(TENANT, opened.id, 20))[1] == ["poison"]


async def test_a_replay_that_is_no_longer_the_last_word_is_told_so(store, opened, say) -> None:
    await say("poison")
    await apologise(store, opened)
    context = await store.load_again(TENANT, opened.id, 20)
    await say("wait")

    late = replace(answer(context), only_if_last=context.conversation.seq)

    assert not isinstance(await store.remember(late), Remembered | None)
