"""Frames travel unchanged, and what is not a frame is refused."""

from datetime import UTC
from uuid import uuid4

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.web import protocol
from channels.web.protocol import decode_client, decode_server, encode
from tests.builders import a_message

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=50)
THUMBS = st.sampled_from(["up", "down"])
CLIENT_IDS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=100)
CLIENT = st.one_of(
    st.builds(
        protocol.Hello,
        tenant=st.none() | TEXTS,
        token=st.none() | TEXTS,
        conversation=st.none() | st.uuids(),
        since=st.none() | st.integers(0, 2**31 - 1),
        identity=st.none() | TEXTS,
        fresh=st.booleans(),
    ),
    st.builds(protocol.Say, client_id=CLIENT_IDS, text=TEXTS),
    st.builds(protocol.ClientTyping),
    st.builds(
        protocol.Rate, turn=st.uuids(), thumb=THUMBS, reason=st.none() | TEXTS, comment=st.none()
    ),
    st.builds(protocol.Person, client_id=st.none() | CLIENT_IDS, language=st.none()),
)
SERVER = st.one_of(
    st.builds(
        protocol.Welcome,
        conversation=st.uuids(),
        token=TEXTS,
        seq=st.integers(0, 9),
        brand=TEXTS,
        max_text=st.integers(1, 9),
        suggestions=st.dictionaries(TEXTS, st.tuples(TEXTS)),
    ),
    st.builds(protocol.AcceptedFrame, client_id=CLIENT_IDS, seq=st.integers(1, 9)),
    st.builds(
        protocol.MessageFrame,
        seq=st.integers(1, 9),
        author=st.sampled_from(["customer", "bot", "agent", "system"]),
        text=TEXTS,
        html=TEXTS,
        at=st.datetimes(timezones=st.just(UTC)),
        sources=st.just(()),
        turn=st.none() | st.uuids(),
    ),
    st.builds(protocol.DeltaFrame, turn=st.uuids(), text=TEXTS),
    st.builds(protocol.TypingFrame, author=st.sampled_from(["bot", "agent"])),
    st.builds(protocol.StateFrame, owner=st.sampled_from(["bot", "queue", "agent"])),
    st.builds(protocol.Rated, turn=st.uuids(), thumb=THUMBS),
    st.builds(protocol.Restart, within_s=st.floats(0, 30)),
    st.builds(
        protocol.ErrorFrame, code=st.just("slow_down"), text=TEXTS, turn=st.none() | st.uuids()
    ),
)


@given(CLIENT)
def test_a_clients_frame_travels_unchanged(frame) -> None:
    assert decode_client(encode(frame)) == frame


@given(SERVER)
def test_a_servers_frame_travels_unchanged(frame) -> None:
    assert decode_server(encode(frame)) == frame


@pytest.mark.slow
@given(st.text(max_size=40) | st.recursive(st.none() | st.text(), st.lists).map(repr))
def test_what_is_no_frame_is_refused_by_kind(text: str) -> None:
    with pytest.raises(msgspec.MsgspecError):
        decode_client(text)


def test_a_field_of_a_later_version_is_ignored() -> None:
    later = '{"type": "say", "client_id": "1", "text": "Hi", "mood": "good"}'

    assert decode_client(later) == protocol.Say(client_id="1", text="Hi")


def test_a_message_frame_has_every_field_of_the_contract() -> None:
    frame = msgspec.json.decode(encode(protocol.message_frame(a_message("Hi"))))

    assert set(frame) == {"type", "seq", "author", "text", "html", "sources", "turn", "at"}


def test_a_deltas_turn_is_the_messages_turn() -> None:
    turn = uuid4()

    assert msgspec.json.decode(encode(protocol.DeltaFrame(turn=turn, text="a"))) == {
        "type": "delta",
        "turn": str(turn),
        "text": "a",
    }
