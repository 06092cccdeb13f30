"""What came of calling a tool."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from core.domain.actions import ToolCall
from core.domain.grounds import Ground
from core.domain.ids import TurnId


class Outcome(StrEnum):
    """How a call ended, as far as anybody knows."""

    DONE = "done"
    FAILED = "failed"
    """It had no effect: it was not sent, or refused."""
    UNKNOWN = "unknown"
    """It was sent, and nobody knows what it did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolUse:
    """One call, for the record of its turn."""

    id: UUID
    """In the ledger of calls; what was sent as its idempotency key."""
    tool: str
    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolResult:
    """What a call brought."""

    use: ToolUse
    ground: Ground | None
    """What may be told of it; None unless it is done."""
    says: bool
    """Whether the ground's lines are sentences to be said as they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A call that can be made now."""

    call: ToolCall
    asked_by: TurnId | None = None
    """The turn whose question the customer said yes to; None where no question is needed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsettled:
    """A call that the customer must say more about first: yes, or an argument."""

    call: ToolCall
    question: str
