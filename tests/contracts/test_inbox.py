"""The way in: accepted once, numbered in order, on its way to its topic, by either way there."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from core.clock import SystemClock
from core.domain.conversation import Bot, Conversation
from core.domain.customers import NOBODY, Profile
from core.domain.errors import ConversationNotFound, TenantNotFound
from core.domain.ids import ConversationId, CustomerId, EventId, TenantId
from core.domain.messages import Amendment, Channel
from core.partitioning import partition_of
from core.postgres.conversations import PostgresConversations
from core.postgres.database import Database
from core.wire.envelope import decode_arrival
from tests.builders import NOON, TENANT, an_inbound_message


@pytest.fixture(params=["log", "outbox"])
def through(request: pytest.FixtureRequest) -> str:
    """How an accepted message gets to the inbound topic."""
    return request.param


@pytest.fixture
async def rung() -> list[str]:
    return []


@pytest.fixture
async def store(database: Database, rung: list[str], through: str) -> PostgresConversations:
    async with database.as_service() as connection:
        await connection.execute(
            "INSERT INTO log_partitions (topic, part)"
            " SELECT 'inbound', generate_series(0, 11) ON CONFLICT DO NOTHING"
        )
    return PostgresConversations(database, SystemClock(), rung.append, through=through)


@pytest.fixture
async def opened(store: PostgresConversations) -> Conversation:
    return await store.open(TENANT, Channel.WEB, CustomerId("visitor"), "first")


async def arrivals(database: Database) -> list[tuple[int, bytes, bytes]]:
    """Lane, key and value of what is in the inbound topic or on its way there."""
    async with database.as_service() as connection:
        rows = await connection.fetch(
            "SELECT part, key, value FROM"
            " (SELECT part, key, value, off FROM log_records WHERE topic = 'inbound' UNION ALL"
            " SELECT lane, convert_to(conversation::text, 'UTF8'), value, id FROM outbox"
            " WHERE topic = 'inbound') AS arrived (part, key, value, place) ORDER BY place"
        )
    return [tuple(row) for row in rows]


async def test_opening_one_address_at_once_gives_one_conversation(store) -> None:
    opened = await asyncio.gather(
        *(store.open(TENANT, Channel.WEB, CustomerId("v"), "same") for _ in range(8))
    )

    assert len({conversation.id for conversation in opened}) == 1


async def test_an_unknown_tenant_cannot_open_a_conversation(store) -> None:
    with pytest.raises(TenantNotFound):
        await store.open(TenantId("nobody"), Channel.WEB, CustomerId("v"), "first")


async def test_messages_are_numbered_without_a_gap(store, opened) -> None:
    for n in range(3):
        await store.accept(an_inbound_message(opened.id, f"message {n}", event=f"e{n}"))

    said = await store.since(TENANT, opened.id, 0, 10)
    assert [(m.seq, m.text) for m in said] == [
        (1, "message 0"),
        (2, "message 1"),
        (3, "message 2"),
    ]


async def test_five_hundred_copies_of_one_event_are_one_message(store, opened, database) -> None:
    copies = [store.accept(an_inbound_message(opened.id)) for _ in range(500)]

    accepted = await asyncio.gather(*copies)

    assert {a.seq for a in accepted} == {1}
    assert sum(a.fresh for a in accepted) == 1
    async with database.as_service() as connection:
        assert await connection.fetchval("SELECT count(*) FROM messages") == 1
    assert len(await arrivals(database)) == 1


async def test_an_accepted_message_is_on_its_way_and_rings(
    store, opened, database, rung, through
) -> None:
    await store.accept(an_inbound_message(opened.id, event="e7"))

    ((lane, key, value),) = await arrivals(database)
    arrival = decode_arrival(value)
    assert (arrival.conversation, arrival.event) == (opened.id, "e7")
    assert key == str(opened.id).encode()
    assert lane == partition_of(key, 12)
    assert rung == [{"log": "inbound", "outbox": "outbox"}[through]]


async def test_arrivals_of_a_conversation_are_on_their_way_in_its_order(
    store, opened, database
) -> None:
    numbered = await asyncio.gather(
        *(store.accept(an_inbound_message(opened.id, event=str(n))) for n in range(50))
    )

    order = [int(decode_arrival(value).event) for _, _, value in await arrivals(database)]
    assert [numbered[event].seq for event in order] == [*range(1, 51)]


async def test_a_message_to_no_conversation_is_refused_and_stores_nothing(store, database) -> None:
    with pytest.raises(ConversationNotFound):
        await store.accept(an_inbound_message(ConversationId(uuid4())))

    async with database.as_service() as connection:
        assert await connection.fetchval("SELECT count(*) FROM arrivals") == 0


async def test_the_bot_owns_a_new_conversation(opened) -> None:
    assert opened.owner == Bot()
    assert opened.seq == 0


def an_amendment(opened: Conversation, text: str | None, minute: int = 1) -> Amendment:
    return Amendment(
        tenant=TENANT,
        conversation=opened.id,
        event=EventId("event-1"),
        text=text,
        at=NOON + timedelta(minutes=minute),
    )


async def said(store: PostgresConversations, opened: Conversation) -> list[str]:
    return [m.text for m in await store.since(TENANT, opened.id, 0, limit=10)]


async def test_a_customer_changes_words_and_the_last_change_stands(
    store: PostgresConversations, opened: Conversation
) -> None:
    await store.accept(an_inbound_message(opened.id, event="event-1"))

    assert await store.amend(an_amendment(opened, "other", minute=2))
    assert not await store.amend(an_amendment(opened, "earlier", minute=1))
    assert not await store.amend(an_amendment(opened, "other", minute=3))
    assert await said(store, opened) == ["other"]


async def test_words_that_were_taken_back_are_gone_for_good(
    store: PostgresConversations, opened: Conversation
) -> None:
    await store.accept(an_inbound_message(opened.id, event="event-1"))

    assert await store.amend(an_amendment(opened, None))
    assert not await store.amend(an_amendment(opened, None))
    assert not await store.amend(an_amendment(opened, "back", minute=5))
    assert not (await store.accept(an_inbound_message(opened.id, event="event-1"))).fresh
    assert await said(store, opened) == [""]
    context = await store.load(TENANT, opened.id, history=5)
    assert context.question == ""


async def test_words_that_were_never_said_are_not_changed(
    store: PostgresConversations, opened: Conversation
) -> None:
    assert not await store.amend(an_amendment(opened, "other"))
    with pytest.raises(ConversationNotFound):
        await store.amend(replace(an_amendment(opened, "x"), conversation=ConversationId(uuid4())))
    assert await said(store, opened) == []


async def test_a_conversation_has_the_language_of_the_locale_until_more_is_known(store) -> None:
    first = await store.open(TENANT, Channel.WEB, CustomerId("v"), "there", "zh-hans")
    again = await store.open(TENANT, Channel.WEB, CustomerId("v"), "there", "de")

    assert (first.language, again.language) == ("zh", "zh")


async def test_who_says_it_is_known_from_then_on_and_written_only_when_it_changes(
    store, opened, database
) -> None:
    ada = Profile(name="Ada", attributes={"plan": "gold"})
    told = an_inbound_message(opened.id, event="e0")
    await store.accept(told)
    assert (await store.load(TENANT, opened.id, 10)).customer == NOBODY

    async def written() -> tuple:
        async with database.as_service() as connection:
            return tuple(await connection.fetchrow("SELECT xmin::text, name FROM customers"))

    await store.accept(replace(told, event=EventId("e1"), profile=ada))
    first = await written()
    await store.accept(replace(told, event=EventId("e2"), profile=ada))
    await store.accept(replace(told, event=EventId("e3")))
    assert await written() == first
    assert (await store.load(TENANT, opened.id, 10)).customer == ada

    await store.accept(replace(told, event=EventId("e4"), profile=Profile(username="ada")))
    assert (await store.load_again(TENANT, opened.id, 10)).customer == Profile(username="ada")
    assert (await written())[1] == "ada"


async def test_a_message_that_was_accepted_before_says_nothing_of_its_customer(
    store, opened, database
) -> None:
    told = an_inbound_message(opened.id)
    await store.accept(told)

    await store.accept(replace(told, profile=Profile(name="Ada")))

    assert (await store.load(TENANT, opened.id, 10)).customer == NOBODY


async def test_whose_profile_is_empty_has_no_row(store, opened, database) -> None:
    await store.accept(replace(an_inbound_message(opened.id), profile=NOBODY))

    async with database.as_service() as connection:
        assert await connection.fetchval("SELECT count(*) FROM customers") == 0


async def test_two_talks_of_a_customer_told_at_once_know_one_profile(store, database) -> None:
    talks = [
        await store.open(TENANT, Channel.WEB, CustomerId("v"), str(number)) for number in range(6)
    ]

    await asyncio.gather(
        *(
            store.accept(replace(an_inbound_message(one.id), profile=Profile(name="Ada")))
            for one in talks
        )
    )

    known = [(await store.load(TENANT, one.id, 10)).customer.name for one in talks]
    assert known == ["Ada"] * 6
