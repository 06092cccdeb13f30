"""What is said, before and after it has a place in its conversation."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.domain.answers import Source
from core.domain.customers import Profile
from core.domain.ids import ConversationId, EventId, HandoffId, TenantId, TurnId


class Channel(StrEnum):
    """Where a conversation lives."""

    SLACK = "slack"
    TELEGRAM = "telegram"
    WEB = "web"
    API = "api"


class Author(StrEnum):
    """Who said a message."""

    CUSTOMER = "customer"
    BOT = "bot"
    AGENT = "agent"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundMessage:
    """What a customer said, as a channel parsed it; it has no `seq` yet."""

    tenant: TenantId
    channel: Channel
    conversation: ConversationId
    event: EventId
    text: str
    sent_at: datetime
    traceparent: str = ""
    """Of the request that brought it; empty begins a trace."""
    profile: Profile | None = None
    """Who says it, as the channel knows it by now; None where it says nothing of that, and what is
    known stays."""

    def __post_init__(self) -> None:
        if self.sent_at.tzinfo is None:
            raise ValueError("sent_at needs a time zone")


@dataclass(frozen=True, slots=True)
class BotInstead:
    """Below a promise: as long as nobody has taken the request, it can be taken back."""

    handoff: HandoffId


@dataclass(frozen=True, slots=True)
class HowWasIt:
    """Below the end of a talk with a person: it can be rated."""

    handoff: HandoffId


Choice = BotInstead | HowWasIt


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One thing said, in its place."""

    conversation: ConversationId
    seq: int
    author: Author
    text: str
    at: datetime
    sources: tuple[Source, ...] = ()
    turn: TurnId | None = None
    """The turn that said it; None for what customers, agents and the system say."""
    choice: Choice | None = None
    """What the customer can press below it."""
    name: str = ""
    """Of the agent who said it, as customers read it; only in what is read to be shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Revised:
    """A message that reads otherwise than it was said."""

    number: int
    """Of its last change; later ones have greater numbers."""
    message: Message
    """As it reads now; its text is empty when it was withdrawn."""
    withdrawn: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A customer's message is durable and has its place."""

    seq: int
    fresh: bool
    """False when this event had been accepted before; nothing was stored this time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Amendment:
    """A customer changed what they had said, or took it back."""

    tenant: TenantId
    conversation: ConversationId
    event: EventId
    """Of the message."""
    text: str | None
    """The words as they are now; None when they were taken back."""
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """What the inbound topic says: this accepted message waits for its turn."""

    tenant: TenantId
    conversation: ConversationId
    event: EventId
    traceparent: str = ""
    again: bool = False
    """Replayed on purpose: an apology does not count as its turn."""
