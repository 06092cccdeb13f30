"""What a socket does not take, and that the chat goes on all the same."""

import pytest
from websockets.exceptions import ConnectionClosed

from channels.web.protocol import (
    AcceptedFrame,
    ClientTyping,
    ErrorFrame,
    MessageFrame,
    Rate,
    Say,
)
from tests.channels.kit import Service, hello, messages, receive, send, serving

pytestmark = pytest.mark.slow  # many connections: not for make quick


@pytest.mark.parametrize(("text", "code"), [(" \n ", "empty"), ("x" * 4001, "too_long")])
async def test_a_message_out_of_bounds_is_refused_and_the_chat_goes_on(
    service: Service, text, code
) -> None:
    async with service.socket() as socket:
        await hello(socket)
        await send(socket, Say(client_id="1", text=text))
        refused = await receive(socket, ErrorFrame)
        await send(socket, Say(client_id="2", text="x" * 4000))
        accepted = await receive(socket, AcceptedFrame)

    assert (refused.code, refused.client_id) == (code, "1")
    assert accepted.seq == 1


@pytest.mark.parametrize(
    "frame",
    [
        '{"type": "say"}',
        "{",
        "[]",
        '{"type": "unheard"}',
        '{"type":"say","client_id":"\\u0000","text":"x"}',
    ],
)
async def test_a_frame_nobody_understands_is_refused_and_the_chat_goes_on(
    service: Service, frame
) -> None:
    async with service.socket() as socket:
        await hello(socket)
        await socket.send(frame)
        refused = await receive(socket, ErrorFrame)
        await send(socket, Say(client_id="1", text="Where?"))

        assert refused.code == "bad_frame"
        assert await receive(socket, AcceptedFrame)


async def test_control_characters_do_not_reach_the_store(service: Service) -> None:
    async with service.socket() as socket:
        await hello(socket)
        await send(socket, Say(client_id="1", text="a\x00b\nc"))

        assert (await receive(socket, MessageFrame)).text == "a\ufffdb\nc"


async def test_who_talks_too_fast_is_asked_to_slow_down(database) -> None:
    limits = {"says_burst": 2, "says_per_second": 0.01}
    async with serving(database, **limits) as service, service.socket() as socket:
        await hello(socket)
        for number in range(3):
            await send(socket, Say(client_id=str(number), text="Where?"))
        refused = await receive(socket, ErrorFrame)

    assert (refused.code, refused.client_id) == ("slow_down", "2")


async def test_a_frame_that_is_too_big_ends_the_socket(service: Service) -> None:
    async with service.socket() as socket:
        await hello(socket)
        await send(socket, Say(client_id="1", text="x" * 20_000))
        with pytest.raises(ConnectionClosed):
            _ = [frame async for frame in socket]

    assert socket.close_code == 1009


async def test_only_answers_of_this_conversation_can_be_rated(service: Service) -> None:
    async with service.socket() as one, service.socket() as two:
        await hello(one)
        await hello(two)
        await send(one, Say(client_id="1", text="Where?"))
        answered = (await messages(one, 2))[1]
        await send(two, Rate(turn=answered.turn, thumb="down"))

        refused = await receive(two, ErrorFrame)

    assert (refused.code, refused.turn) == ("not_found", answered.turn)


async def test_who_floods_is_sent_away(database) -> None:
    limits = {"says_burst": 1, "says_per_second": 0.01}
    async with serving(database, **limits) as service, service.socket() as socket:
        await hello(socket)
        for _ in range(12):
            await send(socket, ClientTyping())
        await socket.wait_closed()
        reason = {"reason": "flood"}
        name = "switchboard_socket_closes_total"

        assert socket.close_code == 1008
        assert service.parts.registry.get_sample_value(name, reason) == 1
