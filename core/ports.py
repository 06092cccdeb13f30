"""What the core needs from outside, as Protocols; the awkward cases are fixed here."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from core.domain.answers import Draft, Findings
from core.domain.conversation import Conversation, Standing, TurnContext
from core.domain.events import LiveEvent
from core.domain.ids import ConversationId, CustomerId, TenantId, TurnId
from core.domain.messages import Accepted, Amendment, Channel, InboundMessage, Message
from core.domain.turns import MoreWaits, Remembered, TurnRecord, TurnView
from core.domain.understanding import Understanding


class Clock(Protocol):
    """The only source of time and of fresh ids."""

    def now(self) -> datetime:
        """The time of day, with its zone (UTC)."""
        ...

    def monotonic(self) -> float:
        """Seconds since some moment; for measuring durations."""
        ...

    def new_id(self) -> UUID:
        """A fresh id (UUID version 7: later ones sort later)."""
        ...


# --- the conversation ---------------------------------------------------------------------


class Inbox(Protocol):
    """The way in: conversations are opened and messages accepted."""

    async def open(
        self, tenant: TenantId, channel: Channel, customer: CustomerId, address: str
    ) -> Conversation:
        """The conversation at this address of the channel, made on the first call.

        Called twice, at the same time too, it returns the same conversation.

        Raises:
            TenantNotFound: no such tenant.
        """
        ...

    async def accept(self, message: InboundMessage) -> Accepted:
        """Store the message, give it its `seq` and queue its turn, all together.

        A second call with the same conversation and event stores nothing and returns the
        first call's `seq`, with `fresh` False.

        Raises:
            ConversationNotFound: unknown, or of another tenant.
        """
        ...

    async def amend(self, amendment: Amendment) -> bool:
        """Put a customer's words as they are now in the place of what they were.

        A message that waits is answered as it reads now; one that had its turn is not answered
        again.

        Returns:
            Whether anything changed: not for a message that is not known, or was taken back, and
            not for an amendment older than the last one.

        Raises:
            ConversationNotFound: unknown, or of another tenant.
        """
        ...


class ConversationStore(Protocol):
    """What the walk reads and writes."""

    async def load(
        self, tenant: TenantId, conversation: ConversationId, history: int
    ) -> TurnContext:
        """The conversation, up to `history` earlier messages, and all that still waits.

        Raises:
            ConversationNotFound: unknown, or of another tenant.
        """
        ...

    async def load_again(
        self, tenant: TenantId, conversation: ConversationId, history: int
    ) -> TurnContext:
        """As `load`, but that waits, too, which nothing but an apology has answered."""

    async def standing(self, tenant: TenantId, conversation: ConversationId) -> Standing:
        """Last `seq` and epoch as they are now; raises what `load` does."""

    async def remember(self, record: TurnRecord) -> Remembered | MoreWaits | None:
        """Store the turn, its seen mark, what it says, the owner and the outbox, together.

        Returns:
            Nothing is stored for None, when another worker covered these messages first, and
            for MoreWaits, when `only_if_last` is no longer the last `seq`. `sent` is False when
            the epoch had moved on: record and seen mark are stored, no message is.
        """
        ...


class Transcript(Protocol):
    """The table of messages, for those who show it."""

    async def conversation(self, tenant: TenantId, conversation: ConversationId) -> Conversation:
        """The conversation as it is now.

        Raises:
            ConversationNotFound: unknown, or of another tenant.
        """
        ...

    async def since(
        self, tenant: TenantId, conversation: ConversationId, seq: int, limit: int
    ) -> Sequence[Message]:
        """Messages with a greater `seq`, in order, at most `limit`; empty when there is none."""

    async def turn(self, tenant: TenantId, turn: TurnId) -> TurnView:
        """What the turn did and said.

        Raises:
            TurnNotFound: unknown, or of another tenant.
        """
        ...

    async def turn_of(
        self, tenant: TenantId, conversation: ConversationId, seq: int
    ) -> TurnView | None:
        """The turn that covered this customer message; None while it waits."""
        ...


# --- understanding, search, writing -------------------------------------------------------


class Understander(Protocol):
    """Language, intent and emotion of a turn."""

    async def understand(self, context: TurnContext) -> Understanding:
        """Never fails for strange input: what cannot be judged is `UNJUDGED`."""
        ...


class Retriever(Protocol):
    """Search in a tenant's documents."""

    async def retrieve(
        self, tenant: TenantId, question: str, questions_before: Sequence[str]
    ) -> Findings:
        """Passages that may answer, best first, and the chance that they do.

        `questions_before` are the customer's earlier words, oldest first: a follow-up is
        searched with them and without them. A tenant without documents gets no passages
        and confidence 0.
        """
        ...


class Writer(Protocol):
    """Writes the answer to a question from what search found."""

    def write(
        self, context: TurnContext, understanding: Understanding, findings: Findings
    ) -> AsyncIterator[str | Draft]:
        """Pieces of text as they come, then the whole Draft, once, last.

        Closing the iterator early stops the writing wherever it happens. A writer that
        finds no ground yields no text and no Draft.

        Raises:
            ModelUnavailable: no model answered in time.
        """
        ...


# --- live signs ---------------------------------------------------------------------------


class Live(Protocol):
    """Ephemeral signs to whoever looks at a conversation; any of them may be lost."""

    def tell(self, event: LiveEvent) -> None:
        """Send it on its way without waiting; never raises."""
        ...

    def listen(self, conversation: ConversationId) -> AbstractAsyncContextManager["Listening"]:
        """Hear what is told about the conversation from now on."""
        ...


class Listening(Protocol):
    """One listener's queue: bounded, neighbouring deltas of one turn merged."""

    async def next(self, timeout_s: float) -> LiveEvent | None:
        """The next event; None when nothing was told in that time."""
        ...


# --- the event log ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Partition:
    """One partition of one topic."""

    topic: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One entry of the log."""

    partition: Partition
    offset: int
    key: bytes
    value: bytes
    headers: Mapping[str, str]
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRecord:
    """An entry on its way into the log; its key decides the partition."""

    topic: str
    key: bytes
    value: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


Revoked = Callable[[Sequence[Partition]], Awaitable[None]]
"""Called before partitions move to another member: finish or drop their work, then commit."""
Lost = Callable[[Sequence[Partition]], None]
"""Called when partitions are others' already, or will come again from the committed position:
drop their work at once, for nothing can be committed any more."""


class EventLog(Protocol):
    """Topics of partitions of records; one order per key.

    Partition of a key: `(murmur2(key) & 0x7fffffff) % partitions`, in every backend.
    """

    async def append(self, records: Sequence[NewRecord]) -> None:
        """Make them durable, each behind what its partition already holds, in the order given.

        Raises:
            LogUnavailable: not known to be stored; the caller may append them again.
            RecordRefused, TopicMissing: one of them will never be taken. None behind it in its
                partition is stored.
        """
        ...

    async def join(
        self,
        group: str,
        topics: Sequence[str],
        on_revoked: Revoked | None = None,
        on_lost: Lost | None = None,
    ) -> "Member":
        """Become a member of the group and share its partitions with the other members.

        A group's first member starts at the oldest record there is.
        """
        ...

    async def close(self) -> None:
        """Let go of connections. Members leave before."""


class Member(Protocol):
    """One consumer of a group."""

    async def poll(
        self, max_records: int, timeout_s: float
    ) -> Mapping[Partition, Sequence[Record]]:
        """Records of the partitions this member has, in order; empty after the timeout.

        Returns at once when there is something. A record is returned once per assignment
        of its partition; after an assignment reading starts at the committed position.
        """
        ...

    async def commit(self, positions: Mapping[Partition, int]) -> None:
        """Remember, for each partition, the offset to read next.

        A step back, and a partition this member no longer has, change nothing.
        """
        ...

    def pause(self, partitions: Sequence[Partition]) -> None:
        """Return no records of these from poll until they are resumed."""

    def resume(self, partitions: Sequence[Partition]) -> None: ...

    def assigned(self) -> frozenset[Partition]:
        """What this member has now."""

    async def lag(self) -> Mapping[Partition, int]:
        """Records behind the committed position, of the partitions this member has."""

    async def leave(self) -> None:
        """Hand the partitions on at once. The last commit stands. Twice is a no-op."""
