"""What happens beside the stored messages: live signs, and facts for the neighbours."""

from dataclasses import dataclass

from core.domain.conversation import Owner
from core.domain.ids import AgentId, ConversationId, HandoffId, TenantId, TicketId, TurnId
from core.domain.messages import Author, Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Delta:
    """A piece of an answer while it is written; may be lost."""

    conversation: ConversationId
    turn: TurnId
    text: str
    at: int = 0
    """Characters of the answer before this piece: who has others in hand has missed some."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Typing:
    """Somebody is writing; true for a few seconds only."""

    conversation: ConversationId
    author: Author


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """New messages can be read from the transcript, up to this `seq` at least."""

    conversation: ConversationId
    seq: int
    messages: tuple[Message, ...] = ()
    """Those themselves, in order and ending with `seq`, for listeners of the same process: they
    need not read what is known here already. Empty when it came from elsewhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerChanged:
    """Another owner speaks from now on."""

    conversation: ConversationId
    owner: Owner
    epoch: int


LiveEvent = Delta | Typing | Stored | OwnerChanged


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageSent:
    """A stored message that its channel should now show (outbound topic)."""

    tenant: TenantId
    conversation: ConversationId
    seq: int
    channel: str
    traceparent: str = ""
    revision: int = 0
    """Not to be shown anew, but changed where it stands, or taken away; 0 for what is new."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RatingGiven:
    """A customer's verdict on a turn (events topic); reason and words are in the ratings."""

    tenant: TenantId
    conversation: ConversationId
    turn: TurnId
    thumb: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoffRequested:
    """A person was promised (events topic)."""

    tenant: TenantId
    conversation: ConversationId
    turn: TurnId
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoffMoved:
    """A request for a person has got on (events topic)."""

    tenant: TenantId
    conversation: ConversationId
    handoff: HandoffId
    state: str
    """The new one: queued, offered, active, wrapped_up, returned, abandoned or expired."""
    agent: AgentId | None
    """Who is asked, talks, or ended it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketChanged:
    """Something happened to a ticket (events topic)."""

    tenant: TenantId
    conversation: ConversationId | None
    """None for one that did not come up in a talk."""
    ticket: TicketId
    change: str
    """What: opened, moved, commented, changed or linked."""
    state: str
    """The ticket's since then: new, open, pending, solved or closed."""
