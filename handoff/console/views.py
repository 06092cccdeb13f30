"""What the pages are shown of conversations and colleagues, as it goes over the wire.

These are views: read for the page, never changed, and of no use to anything else. So the store
fills them as they are sent, and ui/src/protocol.ts has the same types.
"""

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

OwnerKind = Literal["bot", "queue", "agent"]
DraftKind = Literal["reply", "note"]


class Owner(msgspec.Struct, frozen=True, kw_only=True):
    """Who has a conversation."""

    kind: str
    agent: UUID | None
    name: str | None


class Last(msgspec.Struct, frozen=True, kw_only=True):
    """The last words of a conversation, shortened."""

    author: str
    text: str
    at: datetime


class HandoffView(msgspec.Struct, frozen=True, kw_only=True):
    """The latest request for a person in a conversation."""

    id: UUID
    state: str
    reason: str
    team: str
    priority: int
    requested_at: datetime
    agent: UUID | None
    until: datetime | None
    targets: list[str]


class SnoozeView(msgspec.Struct, frozen=True, kw_only=True):
    """A talk that its agent has put away, or that is back and has heard nothing of them since."""

    until: datetime | None
    woke_at: datetime | None


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A conversation in the list, whole."""

    id: UUID
    channel: str
    customer: str
    customer_name: str
    language: str
    owner: Owner
    epoch: int
    seq: int
    last: Last | None
    active_at: datetime
    handoff: HandoffView | None
    waiting_since: datetime | None
    frustration: float
    snooze: SnoozeView | None = None


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """What stands on the tabs."""

    mine: int
    waiting: int
    open: int
    snoozed: int = 0


class InboxView(msgspec.Struct, frozen=True, kw_only=True):
    """A page of the list."""

    rows: list[Row]
    next: str | None
    counts: Counts
    searched: int | None


class AgentView(msgspec.Struct, frozen=True, kw_only=True):
    """A colleague."""

    id: UUID
    name: str
    presence: str
    draining: bool
    talks: int
    capacity: int
    teams: list[str]
    languages: list[str]


class SourceView(msgspec.Struct, frozen=True, kw_only=True):
    """What an answer rests on."""

    title: str
    uri: str
    quote: str
    score: float


class FileView(msgspec.Struct, frozen=True, kw_only=True):
    """A file that goes with a message or a note."""

    id: UUID
    name: str
    media_type: str
    size: int


class MessageView(msgspec.Struct, frozen=True, kw_only=True):
    """A message in its place."""

    seq: int
    author: str
    agent: UUID | None
    agent_name: str | None
    text: str
    sources: list[SourceView]
    turn: UUID | None
    at: datetime
    edited: bool
    deleted: bool
    delivery: str | None
    client_id: str | None
    files: list[FileView]


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """What has become of a message since it was stored."""

    seq: int
    text: str | None
    """Its words where they are others now; empty when it was taken back."""
    edited: bool
    deleted: bool
    delivery: str | None
    reason: str | None
    """Why it was given up, where it can be sent again."""
    files: list[FileView] | None = None
    """Of a customer's message: they may come later than it."""


class NoteView(msgspec.Struct, frozen=True, kw_only=True):
    """A private note."""

    id: UUID
    seq: int
    author: str
    author_name: str
    text: str
    at: datetime
    client_id: str
    files: list[FileView]


class MessagesView(msgspec.Struct, frozen=True, kw_only=True):
    """A page of a transcript."""

    messages: list[MessageView]
    notes: list[NoteView]
    more: bool


class FactView(msgspec.Struct, frozen=True, kw_only=True):
    """Something worth knowing, in the words in which it was said."""

    kind: str
    text: str
    seq: int


class Cited(msgspec.Struct, frozen=True, kw_only=True):
    """A source of something that the bot said, or found."""

    title: str
    uri: str
    quote: str


class ToolView(msgspec.Struct, frozen=True, kw_only=True):
    """A tool that the bot used."""

    tool: str
    outcome: str


class Tried(msgspec.Struct, frozen=True, kw_only=True):
    """What the bot did in one turn."""

    turn: UUID
    at: datetime
    decision: str
    confidence: float
    intent: str
    rule: str
    looked_for: list[str]
    sources: list[Cited]
    tools: list[ToolView]


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """Why a person is wanted, and what was done before."""

    customer: str
    """What they are called; empty where nobody has said it."""
    reason: str
    requested_at: datetime
    summary: list[str]
    facts: list[FactView]
    tried: list[Tried]


class MoodView(msgspec.Struct, frozen=True, kw_only=True):
    """How the customer feels."""

    emotion: str
    frustration: float
    unknowns: int


class Suggestion(msgspec.Struct, frozen=True, kw_only=True):
    """Words to begin with; only a person sends them."""

    text: str
    sources: list[SourceView]
    origin: str = msgspec.field(name="from")


class DraftView(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody was writing."""

    kind: str
    text: str
    at: datetime


class Viewer(msgspec.Struct, frozen=True, kw_only=True):
    """Who has a conversation on the screen."""

    agent: UUID
    name: str
    typing: bool


class ConversationView(msgspec.Struct, frozen=True, kw_only=True):
    """One conversation, without its transcript."""

    row: Row
    card: Card | None
    mood: MoodView
    suggestion: Suggestion | None
    draft: DraftView | None
    viewers: list[Viewer]


class Earlier(msgspec.Struct, frozen=True, kw_only=True):
    """A conversation of a customer."""

    id: UUID
    channel: str
    created_at: datetime
    active_at: datetime
    messages: int
    language: str
    owner: str
    handoffs: int
    last: str


class CustomerView(msgspec.Struct, frozen=True, kw_only=True):
    """A customer, and what they had to do with us."""

    customer: str
    channel: str
    name: str
    username: str
    email: str
    attributes: dict[str, str]
    facts: list[str]
    conversations: list[Earlier]
