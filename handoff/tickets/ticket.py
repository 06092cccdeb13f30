"""A ticket, and how it gets on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from core.domain.ids import AgentId, ConversationId, TenantId, TicketId, TurnId
from core.domain.tickets import TicketDraft
from handoff.errors import MoveRefused
from handoff.life import Line


class State(StrEnum):
    """Where a ticket stands."""

    NEW = "new"
    OPEN = "open"
    """Somebody works on it."""
    PENDING = "pending"
    """It waits for the customer, or for somebody else."""
    SOLVED = "solved"
    CLOSED = "closed"


DONE = frozenset({State.SOLVED, State.CLOSED})
_BACK = frozenset({State.OPEN, State.PENDING})
_MOVES: Mapping[State, frozenset[State]] = {
    State.NEW: frozenset(State) - {State.NEW},
    State.OPEN: frozenset({State.PENDING, *DONE}),
    State.PENDING: frozenset({State.OPEN, *DONE}),
    State.SOLVED: _BACK | {State.CLOSED},
    State.CLOSED: _BACK,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """Something to be done for a customer."""

    id: TicketId
    tenant: TenantId
    number: int
    """As the customer reads it."""
    state: State
    version: int
    says: TicketDraft
    conversation: ConversationId | None
    """Where the customer is told; None when it came in by the API without one."""
    turns: tuple[TurnId, ...]
    channel: str
    customer: str
    origin: str
    """What asked for it; the same origin never opens another one."""
    team: str
    assignee: AgentId | None
    duplicate_of: TicketId | None
    reopened: int
    """How often."""
    opened_by: str
    opened_at: datetime
    changed_at: datetime
    contact: str = ""
    """Where the customer wants the answer: an e-mail address or a telephone number; empty is in
    the conversation."""
    customer_name: str = ""
    """As their channel calls them by now; empty where it does not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTicket:
    """A ticket before it is one."""

    origin: str
    """As `turn:ID`, `handoff:ID`, `api:KEY`."""
    says: TicketDraft
    conversation: ConversationId | None = None
    turns: tuple[TurnId, ...] = ()
    customer: str = ""
    """Of a ticket without a conversation."""
    team: str = ""
    assignee: AgentId | None = None
    contact: str = ""
    """As the ticket's."""
    told: bool = False
    """Whether the customer knows already; otherwise they are told its number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Concerned:
    """A ticket that what a customer writes in its conversation may be about."""

    ticket: Ticket
    told_seq: int | None
    """The message that told them that it is done; None where they were not told, or it is not."""
    again: bool
    """Whether these very words opened it again before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """Something said about a ticket."""

    id: UUID
    author: str
    """As in the audit log: `person:ID`, `token:ID`, `customer`, `connector:NAME`."""
    text: str
    public: bool
    """Whether the customer may read it."""
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """Other values of some fields; None leaves a field as it is."""

    title: str | None = None
    summary: str | None = None
    category: str | None = None
    priority: str | None = None
    team: str | None = None
    assignee: AgentId | None = None


def moves_of(state: State) -> tuple[State, ...]:
    """Where a ticket can get from a state, in the order of the states."""
    return tuple(each for each in State if each in _MOVES[state])


def check_move(before: State, after: State) -> None:
    """Let a move pass that there is.

    Raises:
        MoveRefused: there is none; the sentence says so.
    """
    if after not in _MOVES[before]:
        raise MoveRefused(f"A ticket that is {before} cannot become {after}.")


def followed(ours: State, theirs: State) -> State | None:
    """Where our ticket goes when a tracker's has gone there; None when it stays."""
    wanted = State.OPEN if theirs is State.NEW and ours in DONE else theirs
    return wanted if wanted in _MOVES[ours] else None


def is_reopened(before: State, after: State) -> bool:
    """Whether a move takes back that it was done."""
    return before in DONE and after not in DONE


def told_of(number: int, before: State, after: State) -> Line | None:
    """What the customer hears of a move; None when it says nothing new."""
    if before is State.SOLVED and after is State.CLOSED:
        return None
    name = "ticket_reopened" if is_reopened(before, after) else f"ticket_{after}"
    return Line(phrase=name, fields={"number": number})
