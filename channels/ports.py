"""What the channels need from outside beside the core's ports, as Protocols."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from channels.contract import Receipt
from core.domain.events import MessageSent
from core.domain.ids import ConversationId, CustomerId, TenantId, TurnId


class Thumb(StrEnum):
    """A customer's verdict on an answer."""

    UP = "up"
    DOWN = "down"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """What a customer thinks of one turn."""

    turn: TurnId
    thumb: Thumb
    reason: str | None = None
    """Why it was no good, in one of the words the page offers."""
    comment: str | None = None
    """The customer's own words."""
    traceparent: str = ""
    """Of the request that brought it."""


class Feedback(Protocol):
    """Where ratings go."""

    async def rate(self, tenant: TenantId, rating: Rating) -> None:
        """Store it and queue `rating.given`, together; of two ratings the last one stands.

        The same rating twice is stored once and queued once.

        Raises:
            TurnNotFound: unknown, or of another tenant.
        """
        ...


class Visitors(Protocol):
    """Who holds which token. Tokens themselves are never stored, only their SHA-256."""

    async def welcome(self, tenant: TenantId, token: str) -> CustomerId:
        """Make this fresh token a visitor's.

        Raises:
            TenantNotFound: no such tenant.
        """
        ...

    async def recognise(self, tenant: TenantId, token: str) -> CustomerId | None:
        """Whose token it is; None for one that was never given out."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """Where a conversation stood when its history looked like this."""

    conversation: ConversationId
    seq: int


class Threads(Protocol):
    """Conversations found again by their history, for clients that send it with each request."""

    async def find(self, tenant: TenantId, history: bytes) -> Thread | None:
        """The conversation with this digest of a history; None when nobody had it."""
        ...

    async def keep(self, tenant: TenantId, history: bytes, thread: Thread) -> None:
        """Remember it; of two conversations with the same history the last one stands."""
        ...


class Deliveries(Protocol):
    """The ledger of what was brought to which channel."""

    async def begun(self, sent: MessageSent) -> Receipt | None:
        """Count an attempt.

        Returns:
            What earlier attempts left there, empty on the first; None when it was delivered or
            refused before, so that nothing is to be done.
        """
        ...

    async def delivered(self, sent: MessageSent, receipt: Receipt) -> None:
        """It is there. Twice is a no-op."""
        ...

    async def refused(self, sent: MessageSent) -> None:
        """The channel will never take it."""
        ...
