"""The envelope of everything on the topics: version 1.

Additive inside a major version: unknown fields are ignored, a missing optional one takes its
default. Another major version is `UndecodableRecord`.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import msgspec

from core.domain.errors import UndecodableRecord
from core.domain.events import (
    HandoffMoved,
    HandoffRequested,
    MessageSent,
    RatingGiven,
    TicketChanged,
)
from core.domain.ids import (
    AgentId,
    ConversationId,
    EventId,
    HandoffId,
    TenantId,
    TicketId,
    TurnId,
)
from core.domain.messages import Arrival, InboundMessage

VERSION = 1
PRODUCER = "switchboard"


class _Received(msgspec.Struct, frozen=True, kw_only=True):
    event: str


class _Sent(msgspec.Struct, frozen=True, kw_only=True):
    channel: str
    turn: UUID | None = None


class _Handoff(msgspec.Struct, frozen=True, kw_only=True):
    turn: UUID
    reason: str


class _Moved(msgspec.Struct, frozen=True, kw_only=True):
    handoff: UUID
    state: str
    agent: UUID | None = None


class _Rating(msgspec.Struct, frozen=True, kw_only=True):
    turn: UUID
    thumb: str


class _Ticket(msgspec.Struct, frozen=True, kw_only=True):
    ticket: UUID
    change: str
    state: str


class _Envelope(msgspec.Struct, frozen=True, kw_only=True):
    v: int
    id: UUID
    type: str
    tenant: str
    conversation: UUID
    occurred_at: datetime
    producer: str = PRODUCER
    traceparent: str = ""
    data: msgspec.Raw


_T = TypeVar("_T")
_encoder = msgspec.json.Encoder()
_envelope = msgspec.json.Decoder(_Envelope)


class Stamp(msgspec.Struct, frozen=True, kw_only=True):
    """What every envelope needs beside its content."""

    id: UUID
    at: datetime
    traceparent: str = ""


def encode_arrival(message: InboundMessage, stamp: Stamp) -> bytes:
    """`message.received`: the message itself is in the transcript, under its event id."""
    data = _Received(event=message.event)
    return _wrap("message.received", message.tenant, message.conversation, stamp, data)


def encode_sent(tenant: TenantId, sent_in: ConversationId, channel: str, stamp: Stamp) -> bytes:
    """`message.sent`: the `seq` travels in the record's headers, for only Postgres knows it."""
    return _wrap("message.sent", tenant, sent_in, stamp, _Sent(channel=channel))


def encode_handoff(event: HandoffRequested, stamp: Stamp) -> bytes:
    """`handoff.requested`."""
    data = _Handoff(turn=event.turn, reason=event.reason)
    return _wrap("handoff.requested", event.tenant, event.conversation, stamp, data)


def encode_moved(event: HandoffMoved, stamp: Stamp) -> bytes:
    """`handoff.moved`."""
    data = _Moved(handoff=event.handoff, state=event.state, agent=event.agent)
    return _wrap("handoff.moved", event.tenant, event.conversation, stamp, data)


def encode_rating(event: RatingGiven, stamp: Stamp) -> bytes:
    """`rating.given`."""
    data = _Rating(turn=event.turn, thumb=event.thumb)
    return _wrap("rating.given", event.tenant, event.conversation, stamp, data)


def encode_ticket(event: TicketChanged, stamp: Stamp) -> bytes:
    """`ticket.changed`; one without a conversation has its own id in that place."""
    data = _Ticket(ticket=event.ticket, change=event.change, state=event.state)
    place = event.conversation or ConversationId(event.ticket)
    return _wrap("ticket.changed", event.tenant, place, stamp, data)


def decode_arrival(value: bytes) -> Arrival:
    """The counterpart of `encode_arrival`.

    Raises:
        UndecodableRecord: not an envelope of a version and type that can be read.
    """
    envelope, data = _unwrap(value, "message.received", _Received)
    return Arrival(
        tenant=TenantId(envelope.tenant),
        conversation=ConversationId(envelope.conversation),
        event=EventId(data.event),
        traceparent=envelope.traceparent,
    )


def decode_sent(value: bytes, headers: Mapping[str, str]) -> MessageSent:
    """The counterpart of `encode_sent`.

    Raises:
        UndecodableRecord: not readable, or without the `seq` header.
    """
    envelope, data = _unwrap(value, "message.sent", _Sent)
    try:
        seq, revision = int(headers["seq"]), int(headers.get("revision", "0"))
    except (KeyError, ValueError) as wrong:
        raise UndecodableRecord("a message.sent record needs a seq header") from wrong
    return MessageSent(
        tenant=TenantId(envelope.tenant),
        conversation=ConversationId(envelope.conversation),
        seq=seq,
        channel=data.channel,
        traceparent=envelope.traceparent,
        revision=revision,
    )


def decode_handoff(value: bytes) -> HandoffRequested:
    """The counterpart of `encode_handoff`.

    Raises:
        UndecodableRecord: not readable.
    """
    envelope, data = _unwrap(value, "handoff.requested", _Handoff)
    return HandoffRequested(
        tenant=TenantId(envelope.tenant),
        conversation=ConversationId(envelope.conversation),
        turn=TurnId(data.turn),
        reason=data.reason,
    )


def decode_moved(value: bytes) -> HandoffMoved:
    """The counterpart of `encode_moved`.

    Raises:
        UndecodableRecord: not readable.
    """
    envelope, data = _unwrap(value, "handoff.moved", _Moved)
    return HandoffMoved(
        tenant=TenantId(envelope.tenant),
        conversation=ConversationId(envelope.conversation),
        handoff=HandoffId(data.handoff),
        state=data.state,
        agent=None if data.agent is None else AgentId(data.agent),
    )


def decode_rating(value: bytes) -> RatingGiven:
    """The counterpart of `encode_rating`.

    Raises:
        UndecodableRecord: not readable.
    """
    envelope, data = _unwrap(value, "rating.given", _Rating)
    return RatingGiven(
        tenant=TenantId(envelope.tenant),
        conversation=ConversationId(envelope.conversation),
        turn=TurnId(data.turn),
        thumb=data.thumb,
    )


def decode_ticket(value: bytes) -> TicketChanged:
    """The counterpart of `encode_ticket`.

    Raises:
        UndecodableRecord: not readable.
    """
    envelope, data = _unwrap(value, "ticket.changed", _Ticket)
    own = envelope.conversation == data.ticket
    return TicketChanged(
        tenant=TenantId(envelope.tenant),
        conversation=None if own else ConversationId(envelope.conversation),
        ticket=TicketId(data.ticket),
        change=data.change,
        state=data.state,
    )


Event = HandoffRequested | HandoffMoved | RatingGiven | TicketChanged


def decode_event(value: bytes) -> Event:
    """Whatever a record of the events topic says.

    Raises:
        UndecodableRecord: not readable, or of a type that does not belong there.
    """
    try:
        kind = _envelope.decode(value).type
    except msgspec.MsgspecError as wrong:
        raise UndecodableRecord from wrong
    match kind:
        case "rating.given":
            return decode_rating(value)
        case "handoff.moved":
            return decode_moved(value)
        case "ticket.changed":
            return decode_ticket(value)
        case _:
            return decode_handoff(value)


def traceparent_of(value: bytes) -> str:
    """The traceparent of an envelope of whatever type; empty when it cannot be read."""
    try:
        return _envelope.decode(value).traceparent
    except msgspec.MsgspecError:
        return ""


def _wrap(
    kind: str, tenant: TenantId, conversation: ConversationId, stamp: Stamp, data: Any
) -> bytes:
    return _encoder.encode(
        _Envelope(
            v=VERSION,
            id=stamp.id,
            type=kind,
            tenant=tenant,
            conversation=conversation,
            occurred_at=stamp.at,
            traceparent=stamp.traceparent,
            data=msgspec.Raw(_encoder.encode(data)),
        )
    )


def _unwrap(value: bytes, kind: str, data_type: type[_T]) -> tuple[_Envelope, _T]:
    try:
        envelope = _envelope.decode(value)
        if envelope.v != VERSION:
            raise UndecodableRecord(f"version {envelope.v} of an envelope is not known")
        if envelope.type != kind:
            raise UndecodableRecord(f"expected {kind} on this topic")
        return envelope, msgspec.json.decode(envelope.data, type=data_type)
    except msgspec.MsgspecError as wrong:
        raise UndecodableRecord from wrong
