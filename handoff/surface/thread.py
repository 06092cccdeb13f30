"""A thread of the agents' chat as it stands, and what is done and said in it: values only."""

from dataclasses import dataclass
from uuid import UUID

from core.domain.desk import DeskThread
from core.domain.ids import AgentId, ConversationId, HandoffId, TenantId

DONE, LATE, STAYS = "done", "late", "stays"
"""What came of a deed when it was heard: it was in time, the customer had the words already, or
the words were none for the customer and stay so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """A thread as it stands, with its conversation."""

    handoff: HandoffId
    tenant: TenantId
    conversation: ConversationId
    at: DeskThread
    opening: bool
    """It may be open, and nobody noted it."""
    shown: int
    """Version of the handoff on its card; -1 is none."""
    upto: int
    trying: str
    heard: int
    seq: int
    owner: str
    agent: AgentId | None
    agent_name: str
    """Who is asked, talks, or ended it."""
    epoch: int
    lease: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A message of the conversation."""

    seq: int
    author: str
    name: str
    """Of an agent, or of the customer; empty where nobody has said it."""
    text: str
    event: str
    deleted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A deed that nobody has looked at."""

    n: int
    event: str
    by: str
    message: str
    kind: str
    text: str
    about: str
    trigger: str
    files: int
    effect: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """Words for the customer, as the thread has to show them."""

    id: UUID
    message: str
    by: str
    agent: AgentId | None
    epoch: int
    text: str
    state: str
    why: str
    trying: bool
    notice: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Out:
    """Words that go out now."""

    id: UUID
    message: str
    agent: AgentId
    epoch: int
    text: str
    conversation: ConversationId
    language: str
