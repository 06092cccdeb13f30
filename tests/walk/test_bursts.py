"""What a customer says before the first visible word is answered together; later words wait."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from core.domain.conversation import TurnContext
from core.domain.decisions import PassToAgent
from core.domain.errors import StoreUnavailable
from core.domain.events import Delta, Typing
from core.domain.messages import Author
from core.domain.turns import Waste
from core.domain.understanding import Understanding
from core.models.prompt import Prompt
from core.models.tgi import TgiModel
from core.models.writing import ModelWriter, Style
from core.postgres.conversations import PostgresConversations
from core.postgres.database import Database
from core.turn.burst import Joining
from tests.fakes.clock import FakeClock
from tests.fakes.points import with_points
from tests.fakes.talk import Talk, a_talk, a_walk
from tests.fakes.tgi import Answer, FakeTgi
from tests.fakes.understanding import LabelledUnderstander
from tests.fakes.walk import GatedWriter, ScriptedWriter


@pytest.fixture
def writer() -> GatedWriter:
    return GatedWriter()


@pytest.fixture
async def talk(store: PostgresConversations, writer: GatedWriter) -> AsyncIterator[Talk]:
    talk = await a_talk(store, a_walk(store, writer))
    yield talk
    await talk.lanes.close()


async def taken_over(database: Database) -> None:
    async with database.as_service() as connection:
        await connection.execute("UPDATE conversations SET owner = 'queue', epoch = epoch + 1")


async def test_three_messages_in_a_burst_are_one_turn(talk, writer) -> None:
    await talk.say("How long")
    await writer.until_asked(1)
    await talk.say("do parcels take")
    await writer.until_asked(2)
    await talk.say("to Canada?")
    await writer.until_asked(3)
    writer.open()
    await talk.settled()

    (turn,) = talk.turns
    assert turn.covers == (1, 2, 3)
    assert turn.waste == Waste(interruptions=2, characters=0)
    assert writer.cut == ["How long", "How long\ndo parcels take"]
    assert len(await talk.answers()) == 1


async def test_a_join_closes_the_connection_to_the_model_server(store) -> None:
    fake = FakeTgi(answers=(Answer(silent=True), Answer(text="Two days.")))
    async with fake.serve(), TgiModel.connect(fake.url) as model:
        style = Style(prompt=Prompt.load("plain"), company="Acme", ground="none")
        talk = await a_talk(store, a_walk(store, ModelWriter(model, style)))

        await talk.say("How long do parcels take")
        await fake.until_prompted(1)
        await talk.say("to Canada?")
        await talk.settled()

    assert fake.cancelled.is_set()
    assert "How long do parcels take\nto Canada?" in fake.prompts[1]["messages"][-1]["content"]
    assert [turn.covers for turn in talk.turns] == [(1, 2)]
    assert await talk.answers() == ["Two days."]


async def test_a_message_after_the_first_visible_word_waits_for_its_own_turn(talk, writer) -> None:
    await talk.say("How long?")
    writer.first.set()
    await talk.live.until_shown()
    await talk.say("And to Canada?")
    writer.open()
    await talk.settled()

    assert [turn.covers for turn in talk.turns] == [(1,), (2,)]
    assert writer.cut == []
    assert len(await talk.answers()) == 2


async def test_a_message_whose_record_is_still_on_its_way_joins_before_the_first_word(
    talk, writer
) -> None:
    await talk.say("How long do parcels take")
    await writer.until_asked(1)
    late = await talk.accept("to Canada?")
    writer.open()
    await talk.settled()
    talk.lanes.submit(late)
    await talk.settled()

    (turn,) = talk.turns
    assert turn.covers == (1, 2)
    assert turn.waste == Waste(interruptions=1, characters=len("About "))
    assert {delta.turn for delta in talk.live.told if isinstance(delta, Delta)} == {turn.id}


async def test_a_turn_that_shows_nothing_joins_what_was_said_while_it_thought(store) -> None:
    class Interrupted(LabelledUnderstander):
        async def understand(self, context: TurnContext) -> Understanding:
            if len(context.waiting) == 1:
                await talk.accept("and one more thing")
            return await super().understand(context)

    walk = replace(a_walk(store, GatedWriter()), understander=Interrupted())
    talk = await a_talk(store, walk)

    await talk.say("#person")
    await talk.settled()

    assert [turn.covers for turn in talk.turns] == [(1, 2)]
    assert talk.turns[0].waste.interruptions == 1
    assert len(await talk.answers()) == 1


async def test_a_record_of_a_message_that_the_turn_has_read_interrupts_nothing(
    talk, writer
) -> None:
    first, second = await talk.accept("How long"), await talk.accept("to Canada?")
    talk.lanes.submit(first)
    await writer.until_asked(1)
    talk.lanes.submit(second)
    talk.lanes.submit(first)
    writer.open()
    await talk.settled()

    assert writer.asked == ["How long\nto Canada?"]
    assert talk.turns[0].waste == Waste()


@pytest.mark.parametrize(
    ("joining", "covers"),
    [
        (Joining(most=1, within_s=3600), [(1, 2), (3,)]),
        (Joining(most=5, within_s=0), [(1,), (2, 3)]),
    ],
    ids=["so many times", "so many seconds"],
)
async def test_a_turn_is_interrupted_only(store, writer, joining, covers) -> None:
    talk = await a_talk(store, a_walk(store, writer), joining)
    await talk.say("one")
    await writer.until_asked(1)
    await talk.say("two")
    if joining.within_s:
        await writer.until_asked(2)
    await talk.say("three")
    writer.open()
    await talk.settled()

    assert [turn.covers for turn in talk.turns] == covers
    assert len(await talk.answers()) == len(covers)


async def test_who_never_stops_writing_gets_an_answer(talk, writer) -> None:
    writer.open()
    writer.before_first = lambda: talk.say("and another thing")
    writer.most = 30

    await talk.say("How long?")
    await talk.settled()

    said = [m.seq for m in await talk.transcript() if m.author is Author.CUSTOMER]
    assert [seq for turn in talk.turns for seq in turn.covers] == said
    assert len(said) == 31
    assert {turn.waste.interruptions for turn in talk.turns[:-1]} == {5}


async def test_a_turn_whose_owner_changed_before_the_first_word_shows_nothing(
    talk, writer, database
) -> None:
    await talk.say("How long?")
    await writer.until_asked(1)
    await taken_over(database)
    writer.open()
    await talk.settled()

    (turn,) = talk.turns
    assert (turn.covers, turn.decision) == ((1,), PassToAgent())
    assert talk.live.shown == ""
    assert await talk.answers() == []


async def test_a_burst_that_goes_on_after_a_person_took_over_is_left_to_them(
    talk, writer, database
) -> None:
    await talk.say("How long?")
    await writer.until_asked(1)
    await taken_over(database)
    await talk.say("to Canada?")
    await talk.settled()

    (turn,) = talk.turns
    assert (turn.covers, turn.decision) == ((1, 2), PassToAgent())
    assert (talk.live.shown, await talk.answers()) == ("", [])


async def test_a_conversation_that_is_the_bot_s_again_is_answered_under_its_new_epoch(
    talk, writer, database
) -> None:
    await talk.say("How long?")
    await writer.until_asked(1)
    await taken_over(database)
    async with database.as_service() as connection:
        await connection.execute("UPDATE conversations SET owner = 'bot', epoch = epoch + 1")
    writer.open()
    await talk.settled()

    assert [turn.epoch for turn in talk.turns] == [2]
    assert len(await talk.answers()) == 1


async def test_a_bot_that_lost_its_conversation_stops_in_the_middle_of_a_word(
    store, writer, database
) -> None:
    clock = FakeClock()
    talk = await a_talk(store, replace(a_walk(store, writer), clock=clock))
    await talk.say("How long?")
    writer.first.set()
    await talk.live.until_shown()
    await taken_over(database)
    clock.passed_s += 2
    writer.open()
    await talk.settled()

    assert talk.live.shown == "About "
    assert writer.cut == ["How long?"]
    assert [turn.decision for turn in talk.turns] == [PassToAgent()]
    assert await talk.answers() == []


async def test_a_database_that_is_away_while_an_answer_is_shown_does_not_end_it(store) -> None:
    async def at(point: str) -> None:
        if point == "before standing":
            raise StoreUnavailable

    talk = await a_talk(store, with_points(a_walk(store, ScriptedWriter()), at))

    await talk.say("How long?")
    await talk.settled()

    assert talk.live.shown == "You asked: How long?"
    assert await talk.answers() == ["You asked: How long?"]


async def test_the_bot_does_not_type_where_it_will_say_nothing(talk, writer, database) -> None:
    await taken_over(database)

    await talk.say("How long?")
    await talk.settled()

    assert not [sign for sign in talk.live.told if isinstance(sign, Typing)]
