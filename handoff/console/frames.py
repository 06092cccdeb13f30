"""The frames of the live socket: PROTOCOL.md, subprotocol `console.v1`."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from handoff.console.views import AgentView, Counts, Mark, MessageView, NoteView, Row, Viewer

SUBPROTOCOL = "console.v1"
MAX_FRAME = 4 * 1024

Seq = Annotated[int, Meta(ge=0, le=2**53)]


class Hello(msgspec.Struct, frozen=True, kw_only=True, tag="hello"):
    """First: where the page stood, if it was here before."""

    era: str = ""
    since: Seq = 0


class Watch(msgspec.Struct, frozen=True, kw_only=True, tag="watch"):
    """This conversation is on the screen."""

    conversation: UUID
    since: Annotated[int, Meta(ge=0, le=2**31 - 1)] = 0


class Unwatch(msgspec.Struct, frozen=True, kw_only=True, tag="unwatch"):
    """None is."""


class TypingHere(msgspec.Struct, frozen=True, kw_only=True, tag="typing"):
    """The agent writes."""

    conversation: UUID


ClientFrame = Hello | Watch | Unwatch | TypingHere


class State(msgspec.Struct, frozen=True, kw_only=True, tag="state"):
    """All there is; what was known before is over."""

    era: str
    seq: int
    version: str
    now: datetime
    me: AgentView
    counts: Counts
    agents: list[AgentView]
    open: list[Row]


class Resumed(msgspec.Struct, frozen=True, kw_only=True, tag="resumed"):
    """What was missed comes now."""

    era: str
    seq: int
    version: str
    now: datetime


class ConversationChanged(msgspec.Struct, frozen=True, kw_only=True, tag="conversation"):
    """A row as it is now."""

    seq: int
    row: Row


class CountsChanged(msgspec.Struct, frozen=True, kw_only=True, tag="counts"):
    """Of everybody; whose are mine, each page sees in its rows."""

    seq: int
    waiting: int
    open: int


class AgentChanged(msgspec.Struct, frozen=True, kw_only=True, tag="agent"):
    """A colleague as they are now."""

    seq: int
    agent: AgentView


class TicketChanged(msgspec.Struct, frozen=True, kw_only=True, tag="ticket"):
    """A ticket was opened, or has got on."""

    seq: int
    ticket: UUID
    number: int
    conversation: UUID | None


class MessageCame(msgspec.Struct, frozen=True, kw_only=True, tag="message"):
    """The next message of the watched conversation."""

    conversation: UUID
    message: MessageView


class Marked(msgspec.Struct, frozen=True, kw_only=True, tag="marks"):
    """What has become of messages that were told before."""

    conversation: UUID
    marks: list[Mark]


class NoteCame(msgspec.Struct, frozen=True, kw_only=True, tag="note"):
    """A private note of it."""

    conversation: UUID
    note: NoteView


class TypingThere(msgspec.Struct, frozen=True, kw_only=True, tag="typing"):
    """Somebody writes in it."""

    conversation: UUID
    author: str


class Viewers(msgspec.Struct, frozen=True, kw_only=True, tag="viewers"):
    """Who has it on the screen."""

    conversation: UUID
    viewers: list[Viewer]


class SocketError(msgspec.Struct, frozen=True, kw_only=True, tag="error"):
    """A frame was not understood, or this socket ends."""

    code: str
    text: str


class Restart(msgspec.Struct, frozen=True, kw_only=True, tag="restart"):
    """This process ends: come back."""

    within_s: float


Event = ConversationChanged | CountsChanged | AgentChanged | TicketChanged
_encoder = msgspec.json.Encoder()
_decoder: msgspec.json.Decoder[ClientFrame] = msgspec.json.Decoder(ClientFrame)


def packed(frame: Any) -> bytes:
    """A frame as it is sent."""
    return _encoder.encode(frame)


def decode(data: str | bytes) -> ClientFrame:
    """What a page says.

    Raises:
        msgspec.MsgspecError: it is no frame of this version.
    """
    return _decoder.decode(data)
