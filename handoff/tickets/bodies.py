"""Tickets as they go over HTTP."""

from collections.abc import Sequence
from typing import Annotated, Literal
from uuid import UUID

import msgspec

from core.domain.tickets import LONGEST_TITLE, Priority, TicketDraft
from handoff.postgres.links import Place
from handoff.tickets.ticket import Comment, State, Ticket

Title = Annotated[
    str, msgspec.Meta(min_length=1, max_length=LONGEST_TITLE, pattern=r"^[^\n]*\S[^\n]*$")
]
Line = Annotated[str, msgspec.Meta(max_length=200)]
Lines = Annotated[list[Line], msgspec.Meta(max_length=20)]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=20_000)]
PriorityName = Literal["low", "normal", "high", "urgent"]
StateName = Literal["new", "open", "pending", "solved", "closed"]
ALL: tuple[str, ...] = tuple(State)


class DraftBody(msgspec.Struct, frozen=True, kw_only=True):
    """What a ticket says."""

    title: Title
    summary: Annotated[str, msgspec.Meta(max_length=20_000)] = ""
    category: Line = "other"
    priority: PriorityName = "normal"
    orders: Lines = []
    products: Lines = []
    emails: Lines = []
    language: Annotated[str, msgspec.Meta(max_length=35)] = ""
    emotion: Line = ""
    steps: Lines = []


class NewTicketBody(DraftBody, frozen=True, kw_only=True):
    """A ticket to be opened."""

    key: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    """The caller's own: said again under the same key it is the same ticket."""
    conversation: UUID | None = None
    customer: Line = ""
    team: Line = ""
    assignee: UUID | None = None


class TicketBody(DraftBody, frozen=True, kw_only=True):
    """A ticket as it is."""

    id: UUID
    number: int
    state: StateName
    version: int
    conversation: UUID | None
    turns: list[UUID]
    channel: str
    customer: str
    customer_name: str = ""
    contact: str = ""
    """Where the customer wants the answer; empty is in the conversation."""
    team: str
    assignee: UUID | None
    duplicate_of: UUID | None
    reopened: int
    opened_by: str
    opened_at: str
    changed_at: str


class CommentBody(msgspec.Struct, frozen=True, kw_only=True):
    """Something said about a ticket."""

    id: UUID
    text: Text
    public: bool
    author: str = ""
    at: str = ""


class PlaceBody(msgspec.Struct, frozen=True, kw_only=True):
    """Where a ticket is."""

    connector: str
    label: str
    url: str
    state: str
    trouble: str
    waiting: bool


class ListedTicket(TicketBody, frozen=True, kw_only=True):
    """A ticket in a list."""

    places: list[PlaceBody]


class TicketsBody(msgspec.Struct, frozen=True, kw_only=True):
    """A page of tickets, newest first."""

    tickets: list[ListedTicket]
    next: int | None
    """For `below` of the next page; null on the last one."""
    searched: int | None
    """With `search`: so many of the latest were looked through."""


class TicketRef(msgspec.Struct, frozen=True, kw_only=True):
    """Another ticket."""

    number: int
    title: str
    state: StateName


class WholeTicket(msgspec.Struct, frozen=True, kw_only=True):
    """A ticket with all that belongs to it."""

    ticket: TicketBody
    comments: list[CommentBody]
    places: list[PlaceBody]
    moves: list[StateName]
    """Where it can get now."""
    original: TicketRef | None
    """The older ticket that it is a duplicate of."""
    duplicates: list[TicketRef]


class LikelyBody(msgspec.Struct, frozen=True, kw_only=True):
    """An open ticket of the customer's that may be about the same."""

    number: int
    title: str
    likeness: float


class Suggested(msgspec.Struct, frozen=True, kw_only=True):
    """What a ticket for a conversation would say, and what may be about the same."""

    draft: DraftBody
    likely: list[LikelyBody]


class ChangesBody(msgspec.Struct, frozen=True, kw_only=True):
    """Other values; what is left out stays."""

    title: Title | None = None
    summary: Text | None = None
    category: Line | None = None
    priority: PriorityName | None = None
    team: Line | None = None
    assignee: UUID | None = None


class StateBody(msgspec.Struct, frozen=True, kw_only=True):
    """Where a ticket is to get."""

    state: StateName


class DuplicateBody(msgspec.Struct, frozen=True, kw_only=True):
    """The older ticket that is about the same."""

    of: int


class TrackerBody(msgspec.Struct, frozen=True, kw_only=True):
    """One more tracker."""

    connector: Line


def draft_of(body: DraftBody) -> TicketDraft:
    """What a ticket is to say."""
    return TicketDraft(
        title=body.title,
        summary=body.summary,
        category=body.category,
        priority=Priority(body.priority),
        order_numbers=tuple(body.orders),
        products=tuple(body.products),
        emails=tuple(body.emails),
        language=body.language,
        emotion=body.emotion,
        steps_tried=tuple(body.steps),
    )


def said(draft: TicketDraft) -> DraftBody:
    """Of a draft."""
    return DraftBody(
        title=draft.title,
        summary=draft.summary,
        category=draft.category,
        priority=draft.priority.value,
        orders=list(draft.order_numbers),
        products=list(draft.products),
        emails=list(draft.emails),
        language=draft.language,
        emotion=draft.emotion,
        steps=list(draft.steps_tried),
    )


def ticket_body(ticket: Ticket) -> TicketBody:
    """Of a ticket."""
    return TicketBody(
        **msgspec.structs.asdict(said(ticket.says)),
        id=ticket.id,
        number=ticket.number,
        state=ticket.state.value,
        version=ticket.version,
        conversation=ticket.conversation,
        turns=list(ticket.turns),
        channel=ticket.channel,
        customer=ticket.customer,
        customer_name=ticket.customer_name,
        contact=ticket.contact,
        team=ticket.team,
        assignee=ticket.assignee,
        duplicate_of=ticket.duplicate_of,
        reopened=ticket.reopened,
        opened_by=ticket.opened_by,
        opened_at=ticket.opened_at.isoformat(),
        changed_at=ticket.changed_at.isoformat(),
    )


def listed_body(ticket: Ticket, places: Sequence[Place]) -> ListedTicket:
    """Of a ticket and where it is."""
    shown = msgspec.structs.asdict(ticket_body(ticket))
    return ListedTicket(**shown, places=[place_body(one) for one in places])


def ref_body(ticket: Ticket) -> TicketRef:
    """Of a ticket that another one names."""
    return TicketRef(number=ticket.number, title=ticket.says.title, state=ticket.state.value)


def comment_body(comment: Comment) -> CommentBody:
    """Of a comment."""
    return CommentBody(
        id=comment.id,
        text=comment.text,
        public=comment.public,
        author=comment.author,
        at=comment.at.isoformat(),
    )


def place_body(place: Place) -> PlaceBody:
    """Of a place."""
    return PlaceBody(
        connector=place.connector,
        label=place.label,
        url=place.url,
        state=place.state,
        trouble=place.trouble,
        waiting=place.waiting,
    )
