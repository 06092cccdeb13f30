"""What the channels need from outside beside the core's ports, as Protocols."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from channels.contract import Receipt
from channels.ratings import Rating, TalkRating
from core.domain.care import Care
from core.domain.events import MessageSent
from core.domain.ids import ConversationId, CustomerId, HandoffId, TenantId


class Feedback(Protocol):
    """Where ratings go."""

    async def rate(self, tenant: TenantId, rating: Rating) -> None:
        """Store it and queue `rating.given`, together; of two ratings the last one stands.

        The same rating twice is stored once and queued once.

        Raises:
            TurnNotFound: unknown, or of another tenant.
        """
        ...

    async def rate_talk(
        self, tenant: TenantId, conversation: ConversationId, rating: TalkRating
    ) -> None:
        """Store what the customer of this conversation thinks of a talk in it.

        It can be changed for as long as it can be given; the last one stands, whole.

        Raises:
            TalkNotFound: nobody asked how it was, it was too long ago, or it was another
                conversation's.
        """
        ...


class People(Protocol):
    """The person who is awaited, or talks, as far as it is the customer's business."""

    async def care(self, tenant: TenantId, conversation: ConversationId) -> Care:
        """Who takes care of the customer at this moment; at most a second old.

        An unknown conversation has nobody but the bot.

        Raises:
            StoreUnavailable: ask again.
        """
        ...

    async def bot_instead(
        self, tenant: TenantId, conversation: ConversationId, handoff: HandoffId | None = None
    ) -> bool:
        """Take the request for a person back: the bot answers again, and the customer reads so.

        Args:
            tenant: whose customer it is.
            conversation: where a person is awaited.
            handoff: only this request; None is whichever is open.

        Returns:
            False when nobody is awaited any more, so that there is nothing to take back.

        Raises:
            PersonHere: somebody has taken it already; they can give it back to the bot.
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

    async def latest(self, tenant: TenantId, person: CustomerId) -> ConversationId | None:
        """The conversation on the web that a person whom a site vouches for began last."""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """One attempt at a message, which nobody else makes at the same time."""

    sent: MessageSent
    number: int
    """Of the attempt: a later one makes what an earlier one still notes void."""
    before: Receipt
    """What earlier attempts are known to have left there."""
    unknown: bool
    """Whether the segment behind `before` may stand there as well: the last attempt ended, or
    was ended, between asking the platform and knowing what it did."""


class Ended(StrEnum):
    """How an attempt ended that did not bring the message out."""

    UNSENT = "waiting"
    """Nothing of the segment in hand was sent."""
    UNKNOWN = "unknown"


class Deliveries(Protocol):
    """The ledger of what was brought to which channel.

    Every method that writes returns when it is stored.
    """

    async def begun(self, sent: MessageSent) -> Begun | None:
        """Begin an attempt, before anything is sent.

        Returns:
            None when it was delivered or refused before or its conversation is gone, so that
            nothing is to be done.

        Raises:
            DeliveryDelayed: somebody else is at it.
        """
        ...

    async def noted(self, begun: Begun, receipt: Receipt) -> None:
        """Note what stands there; the next segment is about to be sent.

        Raises:
            DeliveryDelayed: the attempt is void, for a later one has begun.
        """
        ...

    async def repeats(self, begun: Begun) -> None:
        """A segment is about to be sent that may stand there already.

        Raises:
            DeliveryDelayed: as `noted`.
        """
        ...

    async def ended(self, begun: Begun, how: Ended) -> None:
        """The attempt is over; a void one changes nothing."""
        ...

    async def standing(self, sent: MessageSent) -> Receipt | None:
        """What stands there of a message that reads otherwise now.

        Returns:
            None when it was never brought there, or reads already as of this revision.
        """
        ...

    async def revised(self, sent: MessageSent, receipt: Receipt) -> None:
        """It reads there as of this revision. Twice is a no-op."""
        ...

    async def delivered(self, sent: MessageSent, receipt: Receipt) -> None:
        """It is there, whoever brought it. Twice is a no-op."""
        ...

    async def refused(self, sent: MessageSent) -> None:
        """It is not tried again; what is delivered stays so, and what is unknown, too."""
        ...

    async def all_out(self, tenant: TenantId, conversation: ConversationId) -> bool:
        """True when nothing that was said to the customer still waits to be brought out."""
        ...

    async def reopened(self, sent: MessageSent) -> None:
        """Take back that it was refused: somebody wants it tried again."""
        ...
