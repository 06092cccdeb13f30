"""What a customer says before the first visible word is answered together; later words wait."""

from collections.abc import AsyncIterator

import pytest

from core.clock import SystemClock
from core.domain.turns import Waste
from core.postgres.conversations import PostgresConversations
from core.postgres.database import Database
from tests.fakes.talk import Talk, a_talk, a_walk
from tests.fakes.walk import GatedWriter


@pytest.fixture
async def store(database: Database) -> PostgresConversations:
    async with database.as_service() as connection:
        await connection.execute(
            "INSERT INTO log_partitions (topic, part)"
            " SELECT 'inbound', generate_series(0, 11) ON CONFLICT DO NOTHING"
        )
    return PostgresConversations(database, SystemClock(), lambda topic: None)


@pytest.fixture
def writer() -> GatedWriter:
    return GatedWriter()


@pytest.fixture
async def talk(store: PostgresConversations, writer: GatedWriter) -> AsyncIterator[Talk]:
    talk = await a_talk(store, a_walk(store, writer))
    yield talk
    await talk.lanes.close()


async def test_three_messages_in_a_burst_are_one_turn(talk, writer) -> None:
    await talk.say("How long")
    await writer.until_asked(1)
    await talk.say("do parcels take")
    await writer.until_asked(2)
    await talk.say("to Canada?")
    await writer.until_asked(3)
    writer.first.set()
    writer.rest.set()
    await talk.settled()

    (turn,) = talk.turns
    assert turn.covers == (1, 2, 3)
    assert turn.waste == Waste(interruptions=2, characters=0)
    assert writer.cut == ["How long", "How long\ndo parcels take"]
    assert len(await talk.answers()) == 1


async def test_a_message_after_the_first_visible_word_waits_for_its_own_turn(talk, writer) -> None:
    await talk.say("How long?")
    writer.first.set()
    await talk.walk.live.until_shown()
    await talk.say("And to Canada?")
    writer.rest.set()
    await talk.settled()

    assert [turn.covers for turn in talk.turns] == [(1,), (2,)]
    assert writer.cut == []
    assert len(await talk.answers()) == 2
