"""One trace through every topic: from the request to what goes out because of it."""

from dataclasses import replace

import msgspec
import pytest
import structlog
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs

from core.attempt import Attempt, Patience
from core.domain.conversation import Conversation
from core.domain.errors import UndecodableRecord
from core.domain.ids import CustomerId, TurnId
from core.domain.messages import Channel
from core.domain.turns import TurnRecord
from core.event_log import Record
from core.inbound import Inbound
from core.postgres.conversations import PostgresConversations
from core.postgres.database import Database
from core.telemetry.traces import trace_of
from core.turn.walk import Walk
from core.wire.envelope import decode_arrival
from tests.builders import TENANT, a_draft, an_inbound_message
from tests.fakes.clock import FakeClock
from tests.fakes.dead_letters import RecordingDeadLetters
from tests.fakes.lanes import a_record
from tests.fakes.talk import a_walk
from tests.fakes.walk import ScriptedWriter

CALLER = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


@pytest.fixture
async def talk(store: PostgresConversations) -> Conversation:
    return await store.open(TENANT, Channel.WEB, CustomerId("visitor"), "here")


@pytest.fixture
def walk(store: PostgresConversations) -> Walk:
    return a_walk(store, ScriptedWriter("Two days. [1]", a_draft()))


async def spans(database: Database) -> list[str]:
    """The traceparents of everything on the topics and on its way there."""
    async with database.as_service() as connection:
        rows = await connection.fetch(
            "SELECT value FROM log_records UNION ALL SELECT value FROM outbox"
        )
    return [msgspec.json.decode(row["value"])["traceparent"] for row in rows]


async def take_what_arrived(walk: Walk, database: Database) -> None:
    """Give it its turn; the observer writes a line, as the product's does."""
    async with database.as_service() as connection:
        value = await connection.fetchval("SELECT value FROM log_records")
    turns: list[TurnId] = []

    def observe(record: TurnRecord) -> None:
        structlog.get_logger().info("turn stored")
        turns.append(record.id)

    inbound = Inbound(walk, observe)
    await inbound.handle(replace(a_record(), value=value))
    assert len(turns) == 1
    assert decode_arrival(value).traceparent


@pytest.mark.parametrize("text", ["How long do parcels take?", "#person"])
async def test_a_callers_trace_is_on_every_topic_with_a_span_for_each_step(
    walk: Walk, store: PostgresConversations, talk: Conversation, database: Database, text: str
) -> None:
    message = replace(an_inbound_message(talk.id, text), traceparent=CALLER)

    await store.accept(message)
    await take_what_arrived(walk, database)

    found = await spans(database)
    assert len(found) == (3 if text == "#person" else 2)
    assert {trace_of(one) for one in found} == {trace_of(CALLER)}
    arrival, *caused = found
    assert arrival not in {CALLER, *caused}


async def test_without_a_caller_a_message_begins_a_trace_that_its_answer_carries(
    walk: Walk, store: PostgresConversations, talk: Conversation, database: Database
) -> None:
    await store.accept(an_inbound_message(talk.id, "How long do parcels take?"))
    await take_what_arrived(walk, database)

    (trace,) = {trace_of(one) for one in await spans(database)}
    assert len(trace) == 32


async def test_the_trace_is_stored_with_the_turn_and_in_the_lines_of_the_log(
    walk: Walk, store: PostgresConversations, talk: Conversation, database: Database
) -> None:
    await store.accept(replace(an_inbound_message(talk.id), traceparent=CALLER))

    with capture_logs(processors=[merge_contextvars]) as lines:
        await take_what_arrived(walk, database)

    async with database.as_service() as connection:
        record = msgspec.json.decode(await connection.fetchval("SELECT record FROM turns"))
    assert trace_of(record["traceparent"]) == trace_of(CALLER)
    assert [line["trace"] for line in lines] == [trace_of(CALLER)]


async def test_a_record_that_is_put_aside_is_logged_with_its_trace(
    store: PostgresConversations, talk: Conversation, database: Database
) -> None:
    await store.accept(replace(an_inbound_message(talk.id), traceparent=CALLER))
    async with database.as_service() as connection:
        value = await connection.fetchval("SELECT value FROM log_records")

    async def fail(record: Record) -> None:
        raise UndecodableRecord

    attempt = Attempt(fail, RecordingDeadLetters(), FakeClock(), patience=Patience())
    with capture_logs() as lines:
        await attempt(replace(a_record(), value=value))
        await attempt(replace(a_record(), value=b"not of ours"))

    assert [line["trace"] for line in lines] == [trace_of(CALLER), ""]


async def test_a_message_whose_turn_was_taken_is_told_and_not_answered_again(
    walk: Walk, store: PostgresConversations, talk: Conversation, database: Database
) -> None:
    await store.accept(an_inbound_message(talk.id))
    async with database.as_service() as connection:
        value = await connection.fetchval("SELECT value FROM log_records")
    turns: list[object] = []
    repeated: list[object] = []
    inbound = Inbound(walk, turns.append, again=lambda: repeated.append(None))

    for _ in range(3):
        await inbound.handle(replace(a_record(), value=value))

    assert (len(turns), len(repeated)) == (1, 2)
