"""A widget socket after its hello, driven by an independent client."""

import asyncio
import socket as sockets
from uuid import UUID

import pytest

from channels.web.protocol import (
    AcceptedFrame,
    ClientTyping,
    DeltaFrame,
    Hello,
    MessageFrame,
    Person,
    Rate,
    Rated,
    Say,
    StateFrame,
    TypingFrame,
)
from core.domain.decisions import HandOff
from core.domain.events import Delta
from core.domain.ids import ConversationId, TurnId
from tests.channels.kit import Service, hello, messages, receive, send, serving

pytestmark = pytest.mark.slow  # many connections: not for make quick


async def test_a_question_is_accepted_shown_and_answered(service: Service) -> None:
    async with service.socket(subprotocols=["chat.v1"]) as socket:
        welcome = await hello(socket)
        await send(socket, Say(client_id="1", text="Where is it?"))

        accepted = await receive(socket, AcceptedFrame)
        asked, answered = await messages(socket, 2)

    assert socket.subprotocol == "chat.v1"
    assert (welcome.seq, len(welcome.token)) == (0, 43)
    assert accepted == AcceptedFrame(client_id="1", seq=1)
    assert (asked.seq, asked.author, asked.text, asked.turn) == (
        1,
        "customer",
        "Where is it?",
        None,
    )
    assert (answered.seq, answered.author) == (2, "bot")
    assert answered.text == "You asked: Where is it? [1]"
    assert answered.html == "<p>You asked: Where is it? [1]</p>"
    assert answered.sources[0].quote == "Parcels take two days."
    assert answered.turn is not None


async def test_deltas_come_while_the_answer_is_written(service: Service) -> None:
    service.bot.deltas = True
    async with service.socket() as socket:
        await hello(socket)
        await send(socket, Say(client_id="1", text="Where?"))

        streamed, turn = "", None
        while not isinstance(frame := await receive(socket), MessageFrame) or frame.seq < 2:
            if isinstance(frame, DeltaFrame):
                streamed, turn = streamed + frame.text, frame.turn

    assert streamed.strip() == frame.text
    assert turn == frame.turn


async def test_a_client_id_said_twice_is_stored_once(service: Service) -> None:
    async with service.socket() as socket:
        await hello(socket)
        await send(socket, Say(client_id="1", text="Where?"))
        await send(socket, Say(client_id="1", text="Where?"))

        first = await receive(socket, AcceptedFrame)
        second = await receive(socket, AcceptedFrame)

    assert first == second == AcceptedFrame(client_id="1", seq=1)
    async with service.database.as_service() as connection:
        assert (
            await connection.fetchval("SELECT count(*) FROM messages WHERE author <> 'bot'") == 1
        )
    counted = service.parts.registry.get_sample_value
    assert counted("switchboard_messages_accepted_total", {"channel": "web"}) == 1
    assert counted("switchboard_messages_repeated_total", {"channel": "web"}) == 1


@pytest.mark.parametrize("cut", range(9))
async def test_a_cut_behind_any_frame_leaves_the_transcript_identical(
    service: Service, cut: int
) -> None:
    """The client keeps its token and the last seq it saw, and says again what was not accepted."""
    service.bot.deltas = True
    seen: list[MessageFrame] = []
    async with service.socket() as socket:
        begun = await hello(socket)
        for number in range(2):
            await send(socket, Say(client_id=f"c{number}", text=f"Question {number}"))
        for _ in range(cut):
            frame = await receive(socket)
            if isinstance(frame, MessageFrame):
                seen.append(frame)
        socket.transport.abort()

    async with service.socket() as socket:
        since = seen[-1].seq if seen else 0
        await hello(socket, token=begun.token, conversation=begun.conversation, since=since)
        for number in range(2):
            await send(socket, Say(client_id=f"c{number}", text=f"Question {number}"))
        while not answered_all(seen):
            seen.append(await receive(socket, MessageFrame))

    async with service.socket() as socket:
        await hello(socket, token=begun.token, conversation=begun.conversation, since=0)
        assert await messages(socket, len(seen)) == seen
    assert [m.seq for m in seen] == list(range(1, len(seen) + 1))
    assert [m.text for m in seen if m.author == "customer"] == ["Question 0", "Question 1"]


def answered_all(seen: list[MessageFrame]) -> bool:
    return bool(seen) and seen[-1].author == "bot" and "Question 1" in seen[-1].text


async def test_a_reconnect_in_the_middle_of_an_answer_shows_it_whole(service: Service) -> None:
    service.bot.asleep.clear()
    async with service.socket() as socket:
        begun = await hello(socket)
        await send(socket, Say(client_id="1", text="Where?"))
        await receive(socket, MessageFrame)
    turn = TurnId(begun.conversation)
    tail = Delta(conversation=ConversationId(begun.conversation), turn=turn, text="...il", at=12)

    async with service.socket() as socket:
        await hello(socket, token=begun.token, conversation=begun.conversation, since=1)
        await receive(socket, StateFrame)
        service.live.tell(tail)
        instead = await receive(socket)
        service.bot.asleep.set()
        answered = await receive(socket, MessageFrame)

    assert instead == TypingFrame(author="bot")
    assert answered.seq == 2


async def test_an_answer_of_which_a_piece_was_lost_comes_whole_and_never_with_a_hole(
    service: Service,
) -> None:
    service.bot.asleep.clear()
    turn = TurnId(UUID(int=7))
    async with service.socket() as socket:
        begun = await hello(socket)
        await send(socket, Say(client_id="1", text="Where?"))
        await receive(socket, MessageFrame)
        conversation = ConversationId(begun.conversation)
        for text, at in (("You ", 0), ("asked", 4), ("nothing", 20)):
            service.live.tell(Delta(conversation=conversation, turn=turn, text=text, at=at))
        shown = await receive(socket, DeltaFrame)
        instead = await receive(socket)
        service.bot.asleep.set()
        answered = await receive(socket, MessageFrame)

    assert shown.text == "You asked"
    assert instead == TypingFrame(author="bot")
    assert answered.text == "You asked: Where? [1]"


async def test_two_tabs_both_get_every_message(service: Service) -> None:
    async with service.socket() as one, service.socket() as two:
        begun = await hello(one)
        await hello(two, token=begun.token, conversation=begun.conversation, since=0)
        await send(one, Say(client_id="1", text="Where?"))

        assert await messages(one, 2) == await messages(two, 2)


async def test_lost_wake_ups_only_delay(service: Service) -> None:
    service.live.deaf = True
    async with service.socket() as socket:
        await hello(socket)
        await send(socket, Say(client_id="1", text="Where?"))

        assert [m.seq for m in await messages(socket, 2)] == [1, 2]


async def test_asking_for_a_person_is_a_message_in_the_visitors_language(service: Service) -> None:
    service.bot.answers = lambda _: HandOff("asked", "好的")
    async with service.socket() as socket:
        await hello(socket)
        await send(socket, Person(client_id="p", language="zh-CN"))
        await send(socket, Person(client_id="p", language="zh-CN"))
        asked, promised = await messages(socket, 2)

    assert (asked.author, asked.text) == ("customer", "我想转人工客服。")
    assert promised.text == "好的"


async def test_the_owner_is_told_on_arrival(service: Service) -> None:
    service.bot.answers = lambda _: HandOff("asked", "One moment.")
    async with service.socket() as socket:
        begun = await hello(socket)
        await send(socket, Person())
        await messages(socket, 2)
    async with service.socket() as socket:
        await hello(socket, token=begun.token, conversation=begun.conversation)

        assert await receive(socket, StateFrame) == StateFrame(owner="queue", position=1)


@pytest.mark.parametrize("deaf", [False, True])
async def test_a_new_owner_is_told_even_when_the_sign_is_lost(service: Service, deaf) -> None:
    service.bot.answers = lambda _: HandOff("asked", "One moment.")
    service.live.deaf = deaf
    async with service.socket() as socket:
        await hello(socket)
        await send(socket, Person())
        owners = [(await receive(socket, StateFrame)).owner for _ in range(2)]

    assert owners == ["bot", "queue"]


async def test_a_rating_is_stored_and_the_last_one_stands(service: Service) -> None:
    async with service.socket() as socket:
        await hello(socket)
        await send(socket, Say(client_id="1", text="Where?"))
        answered = (await messages(socket, 2))[1]
        await send(socket, Rate(turn=answered.turn, thumb="up"))
        await send(
            socket, Rate(turn=answered.turn, thumb="down", reason="wrong", comment="no\x00")
        )
        rated = [await receive(socket, Rated) for _ in range(2)]

    assert [frame.thumb for frame in rated] == ["up", "down"]
    async with service.database.as_service() as connection:
        row = await connection.fetchrow("SELECT thumb, reason, comment FROM ratings")
        events = await connection.fetchval("SELECT count(*) FROM outbox WHERE topic = 'events'")
    assert tuple(row) == ("down", "wrong", "no\ufffd")
    assert events == 2


async def test_typing_is_told_to_others_and_not_echoed(service: Service) -> None:
    async with service.socket() as socket:
        begun = await hello(socket)
        await receive(socket, StateFrame)
        async with service.live.listen(ConversationId(begun.conversation)) as listening:
            await send(socket, ClientTyping())
            heard = await listening.next(5)
        await send(socket, Say(client_id="1", text="Where?"))

        assert heard is not None
        assert isinstance(await receive(socket), AcceptedFrame)


@pytest.mark.slow
async def test_a_reader_that_stalls_is_cut_off_and_resumes(database) -> None:
    """Its frames are not held in memory: they wait in the transcript."""
    async with serving(database, send_s=0.5) as service:
        async with service.socket() as socket:
            begun = await hello(socket)
        await asyncio.wait_for(service.live.left.wait(), 10)
        service.live.left.clear()
        async with database.as_service() as connection:
            await connection.execute(
                "INSERT INTO messages (conversation, seq, tenant, author, text, epoch)"
                " SELECT $1, n, 'default', 'system', repeat('x', 200000), 0"
                " FROM generate_series(1, 60) AS n",
                begun.conversation,
            )
            await connection.execute("UPDATE conversations SET seq = 60")
        raw = sockets.create_connection(tuple(service.host.split(":")))  # type: ignore[arg-type]
        raw.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4096)
        stalled = await service.socket(sock=raw, max_size=None, max_queue=1).__aenter__()
        await send(
            stalled,
            Hello(token=begun.token, conversation=begun.conversation, since=0),
        )
        await asyncio.wait_for(service.live.left.wait(), 10)
        stalled.transport.abort()

        async with service.socket(max_size=None) as socket:
            await hello(socket, token=begun.token, conversation=begun.conversation, since=0)
            assert [m.seq for m in await messages(socket, 60)] == list(range(1, 61))
        assert closes(service, "stalled") == 1


def closes(service: Service, reason: str) -> float:
    name = "switchboard_socket_closes_total"
    return service.parts.registry.get_sample_value(name, {"reason": reason}) or 0.0
