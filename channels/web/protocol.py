"""The frames of the widget socket, both directions: JSON text with a `type`; version `chat.v1`.

Frames change only by adding. A field that is not known is ignored; a frame of an unknown type
gets `error` with the code `bad_frame`, and the socket goes on.

After a reconnect in the middle of an answer, its remaining deltas are withheld, because a tail
without its beginning would mislead; `typing` is sent in their place, and the whole text comes as
`message`. `accepted` is sent before the `message` of the same `seq`.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from channels.choices import ChoiceName, choice_name
from channels.contract import MAX_TEXT
from channels.markdown.html import to_html
from core.domain.files import KeptFile
from core.domain.messages import Message

SUBPROTOCOL = "chat.v1"
MAX_FRAME = 16 * 1024
ClientId = Annotated[str, Meta(max_length=100, pattern=r"^[!-~]+$")]
"""The client's own id of something said: the same one is stored once."""
Thumb = Literal["up", "down"]
Reason = Annotated[str, Meta(max_length=50)]
Comment = Annotated[str, Meta(max_length=2000)]
ErrorCode = Literal[
    "bad_frame", "not_found", "slow_down", "too_long", "empty", "unauthorized", "forbidden",
    "unavailable", "person_here",
]  # fmt: skip


class _Frame(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", omit_defaults=True):
    """What all frames share: `type` says which one it is."""


# --- from the client ----------------------------------------------------------------------


class Hello(_Frame, tag="hello", frozen=True, kw_only=True):
    """The first frame: who is there, and from where the transcript is wanted.

    Without a token a visitor and a conversation are made; with a token alone a conversation.
    `since` asks for every message with a greater `seq`; without it only new ones come.

    With an `identity`, which takes the place of a token, it is the person's latest conversation,
    on whatever machine it began, unless they want a fresh one.
    """

    tenant: str | None = None
    token: Annotated[str, Meta(max_length=200)] | None = None
    conversation: UUID | None = None
    since: Annotated[int, Meta(ge=0, le=2**31 - 1)] | None = None
    identity: Annotated[str, Meta(max_length=4096)] | None = None
    """A JWT of the site; when it ends, the socket does."""
    fresh: bool = False


class Say(_Frame, tag="say", frozen=True, kw_only=True):
    """Something said; may be sent again until it is accepted."""

    client_id: ClientId
    text: str


class ClientTyping(_Frame, tag="typing", frozen=True, kw_only=True):
    """The visitor is writing."""


class Rate(_Frame, tag="rate", frozen=True, kw_only=True):
    """What the visitor thinks of an answer; the last rating of a turn stands."""

    turn: UUID
    thumb: Thumb
    reason: Reason | None = None
    comment: Comment | None = None


class RateTalk(_Frame, tag="rate_talk", frozen=True, kw_only=True):
    """What the visitor thinks of a talk with a person, where they were asked; the last stands."""

    handoff: UUID
    thumb: Thumb
    reason: Reason | None = None
    comment: Comment | None = None


class Back(_Frame, tag="back", frozen=True, kw_only=True):
    """Takes the request for a person back; `error` with `person_here` says that it is too late."""


class Person(_Frame, tag="person", frozen=True, kw_only=True):
    """Asks for an agent, in words of ours; with a `client_id` it may be sent again."""

    client_id: ClientId | None = None
    language: Annotated[str, Meta(max_length=35)] | None = None
    """Of the page, for the words as long as nothing was said; then it is the conversation's."""


ClientFrame = Hello | Say | ClientTyping | Rate | RateTalk | Back | Person

# --- from the server ----------------------------------------------------------------------


class SourceFrame(msgspec.Struct, frozen=True, kw_only=True):
    """What an answer rests on: `[1]` in its text is the first."""

    title: str
    uri: str
    quote: str
    score: float


class FileFrame(msgspec.Struct, frozen=True, kw_only=True):
    """A file that goes with a message; its bytes are at /api/v1/files/{id}."""

    id: UUID
    name: str
    media_type: str
    size: int


class Welcome(_Frame, tag="welcome", frozen=True, kw_only=True):
    """The conversation, the token that opens it again, and the `seq` of its last message."""

    conversation: UUID
    token: str
    """Empty for who came with an identity: they need none."""
    seq: int
    brand: str = ""
    max_text: int = MAX_TEXT
    suggestions: dict[str, tuple[str, ...]] = {}
    """Questions to begin with, by language."""


class AcceptedFrame(_Frame, tag="accepted", frozen=True, kw_only=True):
    """What was said under this `client_id` is stored, as this `seq`."""

    client_id: str
    seq: int


class MessageFrame(_Frame, tag="message", frozen=True, kw_only=True):
    """A stored message. `html` is clean and may be inserted; `text` is the same, unformatted."""

    seq: int
    author: Literal["customer", "bot", "agent", "system"]
    text: str
    html: str
    at: datetime
    sources: tuple[SourceFrame, ...] = msgspec.field()
    turn: UUID | None = msgspec.field()
    files: tuple[FileFrame, ...] = ()
    """Named in its words, too, each in a line behind a paper clip."""
    choice: ChoiceName | None = None
    """What may be offered below it: `back`, or `rate_talk` with this `handoff`."""
    handoff: UUID | None = None
    name: str | None = None
    """Of the agent who said it, as customers read it."""


class ChangedFrame(_Frame, tag="changed", frozen=True, kw_only=True):
    """A message reads otherwise now; come twice, or for one that is not shown, it is nothing."""

    seq: int
    text: str
    html: str
    withdrawn: bool = False
    """It was taken back: `text` and `html` are empty."""


class DeltaFrame(_Frame, tag="delta", frozen=True, kw_only=True):
    """A piece of an answer while it is written; the `message` of the turn replaces them all."""

    turn: UUID
    text: str


class TypingFrame(_Frame, tag="typing", frozen=True, kw_only=True):
    """Somebody is writing; true for a few seconds."""

    author: Literal["bot", "agent"]


class StateFrame(_Frame, tag="state", frozen=True, kw_only=True):
    """Who owns the conversation; told again when anything of it has changed."""

    owner: Literal["bot", "queue", "agent"]
    position: int | None = None
    """In the queue, from 1; not there while somebody is asked to take it."""
    wait_s: int | None = None
    """How long it usually takes from there, where that is known."""
    agent: str | None = None
    """Who talks, as customers read the name."""
    back_at: datetime | None = None
    """Nobody is there: the request is written down, and people are back by then."""


class Rated(_Frame, tag="rated", frozen=True, kw_only=True):
    """The rating is stored."""

    turn: UUID
    thumb: Thumb


class TalkRated(_Frame, tag="talk_rated", frozen=True, kw_only=True):
    """The rating of the talk is stored."""

    handoff: UUID
    thumb: Thumb


class Restart(_Frame, tag="restart", frozen=True, kw_only=True):
    """The server is about to close."""

    within_s: float
    """Come back at a random moment within so many seconds: not everybody at once."""


class ErrorFrame(_Frame, tag="error", frozen=True, kw_only=True):
    """What was refused: a code for programs, one sentence for people."""

    code: ErrorCode
    text: str
    client_id: str | None = None
    """Of the `say` that was refused."""
    turn: UUID | None = None
    """Of the `rate` that was refused."""
    handoff: UUID | None = None
    """Of the `rate_talk` that was refused."""


ServerFrame = (
    Welcome | AcceptedFrame | MessageFrame | ChangedFrame | DeltaFrame | TypingFrame | StateFrame
    | Rated | TalkRated | Restart | ErrorFrame
)  # fmt: skip

_encoder = msgspec.json.Encoder()
_client: msgspec.json.Decoder[ClientFrame] = msgspec.json.Decoder(ClientFrame)
_server: msgspec.json.Decoder[ServerFrame] = msgspec.json.Decoder(ServerFrame)


def encode(frame: ServerFrame | ClientFrame) -> str:
    """The frame as JSON text."""
    return packed(frame).decode()


def packed(frame: ServerFrame | ClientFrame) -> bytes:
    """The same as it travels."""
    return _encoder.encode(frame)


def decode_client(text: str) -> ClientFrame:
    """The counterpart of `encode`, at the server.

    Raises:
        msgspec.MsgspecError: not a frame of a client.
    """
    return _client.decode(text)


def decode_server(text: str) -> ServerFrame:
    """The counterpart of `encode`, at the client.

    Raises:
        msgspec.MsgspecError: not a frame of a server.
    """
    return _server.decode(text)


def message_frame(message: Message, files: Sequence[KeptFile] = ()) -> MessageFrame:
    """The message with its files as its reader gets it."""
    return MessageFrame(
        seq=message.seq,
        author=message.author.value,
        text=message.text,
        html=to_html(message.author, message.text),
        sources=tuple(
            SourceFrame(title=s.title, uri=s.uri, quote=s.quote, score=s.score)
            for s in message.sources
        ),
        turn=message.turn,
        at=message.at,
        files=tuple(
            FileFrame(id=one.id, name=one.name, media_type=one.media_type, size=one.size)
            for one in files
        ),
        choice=choice_name(message.choice),
        handoff=message.choice.handoff if message.choice else None,
        name=message.name or None,
    )
