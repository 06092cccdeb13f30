"""What the core needs from outside, as Protocols; the awkward cases are fixed here."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol
from uuid import UUID

from core.domain.answers import Draft, Findings
from core.domain.changes import Touched
from core.domain.conversation import Conversation, Standing, TurnContext
from core.domain.events import LiveEvent
from core.domain.ids import ConversationId, CustomerId, TenantId, TurnId
from core.domain.messages import Accepted, Amendment, Channel, InboundMessage, Message, Revised
from core.domain.tools import ToolResult, Unsettled, Wanted
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
        self,
        tenant: TenantId,
        channel: Channel,
        customer: CustomerId,
        address: str,
        locale: str = "",
    ) -> Conversation:
        """The conversation at this address of the channel, made on the first call.

        Called twice, at the same time too, it returns the same conversation. One that is made has
        the language of the customer's locale, as `en` or `zh-hans`, until they write in another.

        Raises:
            TenantNotFound: no such tenant.
        """
        ...

    async def accept(self, message: InboundMessage) -> Accepted:
        """Store the message, give it its `seq` and queue its turn, all together.

        A second call with the same conversation and event stores nothing and returns the
        first call's `seq`, with `fresh` False. A profile takes the place of what the channel said
        of the customer before; one that says the same writes nothing.

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
        """The conversation, `history` earlier messages or more, and all that still waits.

        There are more where the memory, which comes with it, does not have them yet; and fewer
        where the talk has no more.

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

    async def revised(
        self, tenant: TenantId, conversation: ConversationId, since: int, limit: int
    ) -> Sequence[Revised]:
        """Messages that agents changed, by changes behind a number, in order; at most `limit`."""

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


class Tools(Protocol):
    """Actions that an operator lets the bot take."""

    async def settle(
        self, context: TurnContext, understanding: Understanding
    ) -> Wanted | Unsettled | None:
        """What the turn wants of the tools; None for nothing.

        A call comes from the customer's own words alone, and one that changes something is wanted
        only when the customer has said yes to the question about it, just before.
        """
        ...

    async def call(self, context: TurnContext, language: str, wanted: Wanted) -> ToolResult:
        """Make the call; on a turn's question at most once, whoever asks again gets its result.

        Raises:
            StoreUnavailable: what was under way may be tried again; no change is made twice.
        """
        ...


class Contacts(Protocol):
    """Where customers want the answer to what nobody could take."""

    async def noted(self, context: TurnContext) -> bool:
        """Whether the words say where; it is noted then, and the customer has been told so.

        The same words say it again, whatever was said since: a turn may be begun anew.

        Raises:
            StoreUnavailable: take the turn again.
        """
        ...


class Requests(Protocol):
    """What customers asked for before and people work on: their tickets."""

    async def heard(self, context: TurnContext, understanding: Understanding) -> bool:
        """Whether a turn's words open a request again that was done; the customer is told then.

        They do so once: a turn may be begun anew, with more words behind the same ones.

        Raises:
            StoreUnavailable: take the turn again.
        """
        ...


class Hooks(Protocol):
    """An operator's own code around the steps of a turn.

    None of the methods raises or takes longer than the hooks' limits together; what a hook may
    not do is left out, as if it had not been there.
    """

    async def before_understanding(self, context: TurnContext) -> Touched[TurnContext]:
        """The turn with its waiting messages as they should be read: as many, with their `seq`."""
        ...

    async def before_answer(
        self, context: TurnContext, understanding: Understanding, findings: Findings
    ) -> Touched[Findings]:
        """The findings, perhaps with more passages behind them."""
        ...

    async def after_answer(
        self, context: TurnContext, understanding: Understanding, draft: Draft
    ) -> Touched[Draft]:
        """The draft, perhaps with another text that cites the same sources in the same order."""
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

    def overhear(self) -> AbstractAsyncContextManager["Listening"]:
        """Hear what is told about every conversation from now on."""
        ...


class Listening(Protocol):
    """One listener's queue: bounded, neighbouring deltas of one turn merged."""

    async def next(self, timeout_s: float) -> LiveEvent | None:
        """The next event; None when nothing was told in that time."""
        ...
