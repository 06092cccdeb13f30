"""A person is promised if and only if the promise is in the queue."""

import json
from dataclasses import replace
from uuid import uuid4

import pytest

from core.clock import SystemClock
from core.domain.conversation import Bot, Conversation, Queue
from core.domain.decisions import Decision, HandOff, Reply
from core.domain.ids import CustomerId, EventId, TurnId
from core.domain.messages import Arrival, Channel
from core.domain.turns import TurnRecord
from core.postgres.conversations import PostgresConversations
from core.postgres.database import Database
from core.turn.remember import compose
from core.turn.weigh import Decided
from tests.builders import TENANT, a_case, a_draft, an_inbound_message

PROMISE = HandOff("frustrated after an offer", "You are in the queue.", "care")


@pytest.fixture
def store(database: Database) -> PostgresConversations:
    return PostgresConversations(database, SystemClock(), lambda topic: None, through="outbox")


@pytest.fixture
async def opened(store: PostgresConversations) -> Conversation:
    return await store.open(TENANT, Channel.WEB, CustomerId("visitor"), "first", "de")


async def take(
    store: PostgresConversations, opened: Conversation, decision: Decision
) -> TurnRecord:
    await store.accept(an_inbound_message(opened.id, "hm", event=str(uuid4())))
    context = await store.load(TENANT, opened.id, 20)
    arrival = Arrival(tenant=TENANT, conversation=opened.id, event=EventId("e"))
    return compose(TurnId(uuid4()), arrival, a_case(context), Decided(decision), timings_ms={})


async def queued(database: Database) -> list[tuple]:
    async with database.as_service() as connection:
        rows = await connection.fetch(
            "SELECT h.id, h.state, h.reason, h.team, h.language, h.epoch = c.epoch AS current"
            " FROM handoffs h JOIN conversations c ON c.id = h.conversation"
        )
    return [tuple(row) for row in rows]


async def test_who_is_promised_a_person_is_in_the_queue_at_once(store, opened, database) -> None:
    record = await take(store, opened, PROMISE)

    await store.remember(record)

    assert (await store.conversation(TENANT, opened.id)).owner == Queue()
    language = record.understanding.language.label
    assert await queued(database) == [
        (record.id, "requested", PROMISE.reason, "care", language, True)
    ]


async def test_a_promise_that_was_not_sent_is_in_no_queue(store, opened, database) -> None:
    record = await take(store, opened, PROMISE)
    async with database.as_service() as connection:
        await connection.execute("UPDATE conversations SET epoch = epoch + 1")

    stored = await store.remember(record)

    assert not stored.sent
    assert await queued(database) == []


async def test_who_lets_go_of_a_person_is_in_the_queue_no_more(store, opened, database) -> None:
    await store.remember(await take(store, opened, PROMISE))

    await store.remember(await take(store, opened, Reply(a_draft("I answer again."))))

    assert (await store.conversation(TENANT, opened.id)).owner == Bot()
    assert [row[1] for row in await queued(database)] == ["abandoned"]
    await store.remember(await take(store, opened, PROMISE))
    assert sorted(row[1] for row in await queued(database)) == ["abandoned", "requested"]


async def test_a_ticket_is_promised_if_and_only_if_it_is_a_job(store, opened, database) -> None:
    record = await take(store, opened, Reply(a_draft("It is written down.")))
    promised = replace(record, ticket="billing")

    await store.remember(promised)
    await store.remember(await take(store, opened, Reply(a_draft("Something else."))))

    async with database.as_service() as connection:
        (job,) = await connection.fetch("SELECT kind, key, payload FROM jobs")
    assert (job["kind"], job["key"]) == ("wanted-ticket", str(record.id))
    assert json.loads(job["payload"]) == {"conversation": str(opened.id), "category": "billing"}


async def test_a_promise_goes_to_the_people_and_before_those_whom_it_names(
    store, opened, database
) -> None:
    promise = replace(PROMISE, priority=5, skills=("tax", "contracts"))

    await store.remember(await take(store, opened, promise))

    async with database.as_service() as connection:
        row = await connection.fetchrow("SELECT team, priority, skills FROM handoffs")
    assert tuple(row) == ("care", 5, ["contracts", "tax"])
