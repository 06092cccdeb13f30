"""A conversation and who owns it."""

from dataclasses import dataclass, replace
from typing import Self

from core.domain.customers import NOBODY, Profile
from core.domain.ids import AgentId, ConversationId, CustomerId, EventId, TenantId
from core.domain.memory import NO_MEMORY, Memory
from core.domain.messages import Author, Channel, Message


@dataclass(frozen=True, slots=True)
class Bot:
    """The bot answers."""


@dataclass(frozen=True, slots=True)
class Queue:
    """A person was promised; nobody has taken it yet, and the bot keeps silent."""


@dataclass(frozen=True, slots=True)
class Agent:
    """One person answers."""

    id: AgentId


Owner = Bot | Queue | Agent


@dataclass(frozen=True, slots=True, kw_only=True)
class Mood:
    """How the talk with the bot has gone, after the last turn."""

    frustration: float = 0.0
    """The customer's, 0 to 1."""
    unknowns: int = 0
    """Turns in a row in which the bot did not know the answer."""
    offers: int = 0
    """Turns in a row in which a person was offered and not wanted."""


CALM = Mood()


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """One thread of talk between one customer and the service on one channel."""

    id: ConversationId
    tenant: TenantId
    channel: Channel
    customer: CustomerId
    owner: Owner
    epoch: int
    """Raised by every change of owner; what was produced under an older one is never sent."""
    seq: int
    """The number of its last message; 0 when nothing was said."""
    covered: int
    """Customers' messages up to this `seq` have had their turn."""
    language: str
    """BCP 47 primary tag of what the customer last wrote; empty when not yet known."""
    mood: Mood = CALM


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How far a conversation has got, for a turn that asks whether it is still right."""

    seq: int
    """Of the last message, whoever said it."""
    epoch: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnContext:
    """A conversation as a turn finds it."""

    conversation: Conversation
    history: tuple[Message, ...]
    """Before the waiting messages, oldest first: as many as were asked for, and all that the
    memory does not have yet."""
    waiting: tuple[Message, ...]
    """The customer's messages that no turn has covered yet, oldest first."""
    events: frozenset[EventId] = frozenset()
    """Under which those that wait came in."""
    memory: Memory = NO_MEMORY
    customer: Profile = NOBODY

    @property
    def question(self) -> str:
        """All that waits for an answer, as one text."""
        return "\n".join(message.text for message in self.waiting)

    def until(self, seq: int) -> Self:
        """The same without what came behind this `seq`."""
        return replace(self, waiting=tuple(m for m in self.waiting if m.seq <= seq))

    @property
    def questions_before(self) -> tuple[str, ...]:
        """What the customer wrote in earlier turns, oldest first."""
        return tuple(m.text for m in self.history if m.author is Author.CUSTOMER)
