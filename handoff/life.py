"""The life of a handoff: its states, who owns the conversation in each, and one step of it.

    requested -> queued -> offered -> active -> wrapped up | returned
        |          |  ^-------|---------|
        +----------+-> expired          any open one -> abandoned

Pure: a step takes the handoff as it is and returns it as it will be, with what the customer is
told. Whoever stores it compares the version, so that of two steps from one state only one counts.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from core.domain.conversation import Agent, Bot, Owner, Queue
from core.domain.ids import AgentId, ConversationId, HandoffId, TenantId
from core.domain.messages import Channel, Choice
from handoff.errors import MoveRefused


@dataclass(frozen=True, slots=True)
class Requested:
    """A person was promised; the desk has not yet seen it."""


@dataclass(frozen=True, slots=True)
class Queued:
    """It waits for somebody who is free."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """One agent is asked."""

    agent: AgentId
    until: datetime
    """From then on it is offered to others."""


@dataclass(frozen=True, slots=True)
class Active:
    """An agent talks with the customer."""

    agent: AgentId


@dataclass(frozen=True, slots=True)
class WrappedUp:
    """An agent has closed the talk."""

    agent: AgentId


@dataclass(frozen=True, slots=True)
class Returned:
    """An agent has given the conversation back to the bot."""

    agent: AgentId


@dataclass(frozen=True, slots=True)
class Abandoned:
    """The customer has left, or wanted the bot again."""


@dataclass(frozen=True, slots=True)
class Expired:
    """Nobody could take it; the request goes on as a ticket."""


Open = Requested | Queued | Offered | Active
Ended = WrappedUp | Returned | Abandoned | Expired
State = Open | Ended

NAMES: Mapping[type[State], str] = {
    Requested: "requested",
    Queued: "queued",
    Offered: "offered",
    Active: "active",
    WrappedUp: "wrapped_up",
    Returned: "returned",
    Abandoned: "abandoned",
    Expired: "expired",
}
"""As they are stored and told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing the customer is told: a phrase and what completes it."""

    phrase: str
    fields: Mapping[str, str | int | datetime] = field(default_factory=dict)
    choice: type[Choice] | None = None
    """What the customer can press below it, about this handoff."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wants:
    """What the request asks for."""

    reason: str
    team: str = ""
    """Which people; empty is whoever is there."""
    language: str = ""
    """BCP 47 primary tag; empty when it does not matter."""
    skills: frozenset[str] = frozenset()
    priority: int = 0
    """A higher one is served first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handoff:
    """One request for a person, as it stands."""

    id: HandoffId
    tenant: TenantId
    conversation: ConversationId
    channel: Channel
    state: State
    wants: Wants
    requested_at: datetime
    epoch: int
    """The conversation's, since this handoff last changed its owner."""
    version: int = 0
    """Steps made; a step is good for one version only."""
    asked_last: AgentId | None = None
    """Who had it last: on offer, or in talk."""
    before: AgentId | None = None
    """Whom this customer talked with in an earlier handoff."""
    snoozed: bool = False
    """Its agent has put it away for a time; it takes none of their slots meanwhile."""
    woke_at: datetime | None = None
    """It came back, and its agent has said nothing since."""
    contact: str | None = None
    """Where the customer wants the answer when nobody could take it; None is here."""
    answered: bool = False
    """Whether an agent has said a word in it."""

    @property
    def owner(self) -> Owner:
        """Who owns the conversation while the handoff is in this state."""
        return owner_in(self.state)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What a move makes of a handoff."""

    handoff: Handoff
    says: tuple[Line, ...]


class Move(Protocol):
    """Something that somebody does with a handoff; the values are in handoff/moves.py."""

    def leads(self, handoff: Handoff, now: datetime) -> Handoff:
        """The handoff in its next state; owner, epoch and version are not the move's.

        Raises:
            MoveRefused: not from this state, or not by this agent.
        """
        ...

    def says(self, handoff: Handoff) -> tuple[Line, ...]:
        """What the customer is told; given the handoff as it was."""
        ...


def owner_in(state: State) -> Owner:
    """Who owns the conversation in this state."""
    match state:
        case Active(agent):
            return Agent(agent)
        case Requested() | Queued() | Offered():
            return Queue()
        case WrappedUp() | Returned() | Abandoned() | Expired():
            return Bot()


def is_open(handoff: Handoff) -> bool:
    """Whether it still has a way to go."""
    return isinstance(handoff.state, Open)


def waits(handoff: Handoff) -> bool:
    """Whether nobody is asked yet."""
    return isinstance(handoff.state, Requested | Queued)


def step(handoff: Handoff, move: Move, now: datetime) -> Step:
    """Make a move.

    Raises:
        MoveRefused: the handoff does not allow it; the sentence says why.
    """
    if not is_open(handoff):
        raise MoveRefused(f"This handoff is over: it is {spoken(handoff.state)}.")
    after = move.leads(handoff, now)
    changes = after.owner != handoff.owner
    after = replace(
        after,
        epoch=handoff.epoch + changes,
        version=handoff.version + 1,
        asked_last=agent_in(after.state) or handoff.asked_last,
        snoozed=False,
        woke_at=None,
    )
    return Step(handoff=after, says=move.says(handoff))


def spoken(state: State) -> str:
    """A state's name in a sentence."""
    return NAMES[type(state)].replace("_", " ")


def agent_in(state: State) -> AgentId | None:
    """Who is asked, or talks, in this state."""
    match state:
        case Offered(agent=agent) | Active(agent):
            return agent
        case _:
            return None
