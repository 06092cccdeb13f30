"""Live signs between processes: version 1, as short as they can be.

A payload is a JSON array of the version, a running number, the events and, where they are of one
turn, its traceparent. Who knows only another version ignores it, for every live sign may be lost.
The number keeps two payloads of the same words apart: Postgres sends equal ones of a transaction
once.
"""

from uuid import UUID

import msgspec

from core.domain.conversation import Agent, Bot, Owner, Queue
from core.domain.events import Delta, LiveEvent, OwnerChanged, Stored, Typing
from core.domain.ids import AgentId, ConversationId, TurnId
from core.domain.messages import Author

VERSION = 1


class _Delta(msgspec.Struct, tag="d", array_like=True, frozen=True):
    conversation: UUID
    turn: UUID
    text: str
    at: int = 0


class _Typing(msgspec.Struct, tag="t", array_like=True, frozen=True):
    conversation: UUID
    author: str


class _Stored(msgspec.Struct, tag="s", array_like=True, frozen=True):
    conversation: UUID
    seq: int


class _Owner(msgspec.Struct, tag="o", array_like=True, frozen=True):
    conversation: UUID
    owner: str
    agent: UUID | None
    epoch: int


_Wire = _Delta | _Typing | _Stored | _Owner
_encoder = msgspec.json.Encoder()


class _Payload(msgspec.Struct, array_like=True, frozen=True):
    version: int
    number: int
    events: msgspec.Raw
    traceparent: str = ""


_payload = msgspec.json.Decoder(_Payload)
_events: msgspec.json.Decoder[list[_Wire]] = msgspec.json.Decoder(list[_Wire])


def encode_one(event: LiveEvent) -> bytes:
    """One event, to be joined by `join`."""
    return _encoder.encode(_wire(event))


def join(events: list[bytes], number: int, traceparent: str = "") -> str:
    """A payload of encoded events; of one sender's payloads each has another number.

    `traceparent` is that of the turn they tell of, where they tell of one.
    """
    told = ",".join(event.decode() for event in events)
    trace = f',"{traceparent}"' if traceparent else ""
    return f"[{VERSION},{number},[{told}]{trace}]"


def decode(payload: str | bytes) -> list[LiveEvent]:
    """The events of a payload; none when it cannot be read."""
    try:
        found = _payload.decode(payload)
        if found.version != VERSION:
            return []
        return [_domain(event) for event in _events.decode(found.events)]
    except (msgspec.MsgspecError, ValueError):
        return []


def _wire(event: LiveEvent) -> _Wire:
    match event:
        case Delta(conversation=conversation, turn=turn, text=text, at=at):
            return _Delta(conversation, turn, text, at)
        case Typing(conversation=conversation, author=author):
            return _Typing(conversation, author.value)
        case Stored(conversation=conversation, seq=seq):
            return _Stored(conversation, seq)
        case OwnerChanged(conversation=conversation, owner=owner, epoch=epoch):
            agent = owner.id if isinstance(owner, Agent) else None
            return _Owner(conversation, type(owner).__name__.lower(), agent, epoch)


def _domain(event: _Wire) -> LiveEvent:
    conversation = ConversationId(event.conversation)
    match event:
        case _Delta():
            turn = TurnId(event.turn)
            return Delta(conversation=conversation, turn=turn, text=event.text, at=event.at)
        case _Typing():
            return Typing(conversation=conversation, author=Author(event.author))
        case _Stored():
            return Stored(conversation=conversation, seq=event.seq)
        case _Owner():
            owner = _owner(event.owner, event.agent)
            return OwnerChanged(conversation=conversation, owner=owner, epoch=event.epoch)


def _owner(name: str, agent: UUID | None) -> Owner:
    if agent is not None:
        return Agent(AgentId(agent))
    return Queue() if name == "queue" else Bot()
