"""The record of one turn: everything needed to explain an answer later."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.domain.answers import Findings, Source
from core.domain.changes import Change
from core.domain.conversation import CALM, Mood, Owner
from core.domain.decisions import Decision
from core.domain.ids import ConversationId, TenantId, TurnId
from core.domain.messages import Author, Message
from core.domain.tools import ToolUse
from core.domain.understanding import Understanding


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """One thing the turn says."""

    author: Author
    text: str
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Waste:
    """What a turn began and threw away, because the conversation moved on."""

    interruptions: int = 0
    characters: int = 0
    """Of answers that were written and belong to nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnRecord:
    """What one turn did, and what it wants stored."""

    id: TurnId
    tenant: TenantId
    conversation: ConversationId
    channel: str
    covers: tuple[int, ...]
    """The `seq` of each customer message this turn answers; at least one."""
    covered_before: int
    """The conversation's seen mark when the turn began."""
    epoch: int
    """The conversation's epoch when the turn began."""
    understanding: Understanding
    findings: Findings
    decision: Decision
    says: tuple[Outgoing, ...]
    new_owner: Owner | None
    """Set when the decision changes the owner."""
    timings_ms: Mapping[str, float]
    """Wall time of each step, by its name."""
    traceparent: str = ""
    waste: Waste = Waste()
    only_if_last: int | None = None
    """Store it only if this is the conversation's last `seq`; None: whatever was said since."""
    rule: str = ""
    """Of the policy, that decided; empty where it was not asked."""
    mood: Mood = CALM
    """Of the conversation after the turn."""
    ticket: str = ""
    """The category of a ticket that is promised with what is said; empty for none."""
    changes: tuple[Change, ...] = ()
    """By an operator's hooks, in their order."""
    used: tuple[ToolUse, ...] = ()
    """Tools that were called."""
    apologises: bool = False
    """Whether it answers nothing: these messages may be answered yet, if somebody replays them."""


@dataclass(frozen=True, slots=True)
class MoreWaits:
    """More was said since the turn began, and it showed nothing: nothing is stored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """The turn is stored."""

    last_seq: int
    """Of the conversation, after the turn."""
    messages: tuple[Message, ...]
    """What was said, as it is stored; empty when nothing was sent."""
    sent: bool
    """False when the owner had changed meanwhile: the record is kept, nothing is said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnView:
    """A stored turn, as far as its reader may see it."""

    id: TurnId
    conversation: ConversationId
    decision: str
    """One of reply, ask_back, decline, hand_off, pass_to_agent or stay_silent."""
    confidence: float
    understanding: Understanding
    covers: tuple[int, ...]
    said: tuple[Message, ...]
    """In order; empty when it said nothing."""
