"""Who takes care of a visitor, as the socket tells it; the way back; and how a talk was."""

import pytest

from channels.web.protocol import (
    Back,
    ErrorFrame,
    MessageFrame,
    Person,
    RateTalk,
    Say,
    StateFrame,
    TalkRated,
)
from core.domain.ids import ConversationId
from handoff.postgres.agents import Profile
from tests.builders import TENANT
from tests.channels.kit import Service, hello, messages, receive, send
from tests.channels.people import People
from tests.handoff.cast import ANN


@pytest.fixture
def people(service: Service) -> People:
    return People(service.database, service.live)


async def until_state(socket, **fields) -> StateFrame:
    """The next state that is so."""
    while True:
        state = await receive(socket, StateFrame)
        if all(getattr(state, name) == value for name, value in fields.items()):
            return state


async def test_a_visitor_sees_their_place_move_and_who_talks(
    service: Service, people: People
) -> None:
    async with service.socket() as other, service.socket() as socket:
        earlier, begun = await hello(other), await hello(socket)
        await people.asked(ConversationId(earlier.conversation))
        handoff = await people.asked(ConversationId(begun.conversation))
        first = await until_state(socket, owner="queue", position=2)
        await send(other, Back())
        second = await until_state(socket, owner="queue", position=1)
        await people.agents.put(TENANT, Profile(id=ANN, name="Ann"))
        await people.taken(handoff.id)

        assert (first.agent, second.wait_s) == (None, None)
        assert await until_state(socket, owner="agent") == StateFrame(owner="agent", agent="Ann")


async def test_a_person_is_asked_for_in_the_language_of_the_talk_whatever_the_page_s_is(
    service: Service,
) -> None:
    async with service.socket() as socket:
        begun = await hello(socket)
        await send(socket, Say(client_id="1", text="你们的保修期多长？"))
        await messages(socket, 2)
        async with service.database.as_service() as connection:
            await connection.execute(
                "UPDATE conversations SET language = 'zh' WHERE id = $1", begun.conversation
            )
        await send(socket, Person(client_id="p", language="en"))
        (asked,) = await messages(socket, 1)

    assert (asked.author, asked.text) == ("customer", "我想转人工客服。")


async def test_what_a_person_said_has_their_name_when_the_talk_is_over(
    service: Service, people: People
) -> None:
    async with service.socket() as socket:
        begun = await hello(socket)
        await people.agents.put(TENANT, Profile(id=ANN, name="Ann"))
        await people.talked(ConversationId(begun.conversation))
    async with service.socket() as socket:
        await hello(socket, token=begun.token, conversation=begun.conversation, since=0)
        seen = await messages(socket, 5)

    named = [(one.text, one.name) for one in seen if one.author == "agent"]
    assert named == [("I have looked into it.", "Ann")]
    assert {one.name for one in seen if one.author != "agent"} == {None}


async def test_a_reconnect_is_told_the_same(service: Service, people: People) -> None:
    async with service.socket() as socket:
        begun = await hello(socket)
        handoff = await people.asked(ConversationId(begun.conversation))
        await until_state(socket, position=1)
    async with service.socket() as socket:
        await hello(socket, token=begun.token, conversation=begun.conversation, since=0)
        state = await receive(socket, StateFrame)
        (promise,) = await messages(socket, 1)

    assert state == StateFrame(owner="queue", position=1)
    assert (promise.choice, promise.handoff) == ("bot_instead", handoff.id)


async def test_the_way_back_is_no_message_and_the_bot_answers_again(
    service: Service, people: People
) -> None:
    async with service.socket() as socket:
        begun = await hello(socket)
        await people.asked(ConversationId(begun.conversation))
        await messages(socket, 1)
        await send(socket, Back())
        (said,) = await messages(socket, 1)
        await until_state(socket, owner="bot")
        await send(socket, Say(client_id="1", text="Where?"))
        answered = (await messages(socket, 2))[1]

    assert (said.author, said.seq) == ("system", 2)
    assert said.text.startswith("You are no longer in the queue")
    assert answered.author == "bot"


async def test_who_comes_too_late_is_told_that_a_person_is_here(
    service: Service, people: People
) -> None:
    async with service.socket() as socket:
        begun = await hello(socket)
        handoff = await people.asked(ConversationId(begun.conversation))
        await people.taken(handoff.id)
        await send(socket, Back())
        refused = await receive(socket, ErrorFrame)

    assert refused.code == "person_here"


async def test_with_nobody_awaited_the_way_back_does_nothing(service: Service) -> None:
    async with service.socket() as socket:
        await hello(socket)
        await send(socket, Back())
        await send(socket, Say(client_id="1", text="Where?"))
        asked, answered = await messages(socket, 2)

    assert (asked.seq, answered.seq) == (1, 2)


async def test_out_of_hours_it_is_told_when_people_are_back(
    service: Service, people: People
) -> None:
    async with service.socket() as socket:
        begun = await hello(socket)
        conversation = ConversationId(begun.conversation)
        back_at = await people.closed_until(conversation)
        state = await until_state(socket, owner="bot", back_at=back_at)

    assert state.owner == "bot"


async def test_a_talk_is_rated_without_the_bot_answering_and_can_be_changed(
    service: Service, people: People
) -> None:
    async with service.socket() as socket:
        begun = await hello(socket)
        handoff = await people.talked(ConversationId(begun.conversation))
        asked = await receive(socket, MessageFrame)
        while asked.choice != "how_was_it":
            asked = await receive(socket, MessageFrame)
        await send(socket, RateTalk(handoff=handoff.id, thumb="up"))
        await send(
            socket,
            RateTalk(handoff=handoff.id, thumb="down", reason="slow", comment="An hour.\x00"),
        )
        rated = [await receive(socket, TalkRated) for _ in range(2)]
        await send(socket, Say(client_id="1", text="Where?"))
        after = (await messages(socket, 1))[0]

    assert [frame.thumb for frame in rated] == ["up", "down"]
    assert after.seq == asked.seq + 1
    async with service.database.as_service() as connection:
        row = await connection.fetchrow(
            "SELECT thumb, reason, comment, agent FROM handoff_ratings"
        )
    assert tuple(row) == ("down", "slow", "An hour.\ufffd", ANN)


async def test_a_talk_of_another_conversation_cannot_be_rated(
    service: Service, people: People
) -> None:
    async with service.socket() as socket, service.socket() as stranger:
        begun = await hello(socket)
        await hello(stranger)
        handoff = await people.talked(ConversationId(begun.conversation))
        await send(stranger, RateTalk(handoff=handoff.id, thumb="down"))
        refused = await receive(stranger, ErrorFrame)

    assert (refused.code, refused.handoff) == ("not_found", handoff.id)
    async with service.database.as_service() as connection:
        assert await connection.fetchval("SELECT thumb FROM handoff_ratings") is None
