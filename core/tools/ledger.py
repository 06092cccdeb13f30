"""What was called, kept so that no change is made twice: a port, and its values."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from json import dumps
from typing import Protocol
from uuid import UUID

from core.domain.actions import ToolCall
from core.domain.ids import ConversationId, TenantId, TurnId
from core.domain.tools import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A call that is about to be made."""

    id: UUID
    tenant: TenantId
    conversation: ConversationId
    seq: int
    """The customer's message that it is made for."""
    asked_by: TurnId | None
    """The turn whose question the customer said yes to; at most one call is made for it."""
    tool: str
    digest: str
    """Of the arguments: they are the customer's words, and stay where those are."""
    lease_s: float
    """When the call has surely ended, if its caller lives."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A call as the ledger knows it."""

    id: UUID
    outcome: Outcome | None
    """None while it is made, or when its caller died."""
    lines: tuple[str, ...]
    """What may be told of it."""
    leased: bool
    """Whether its caller may still be at it."""


class Ledger(Protocol):
    """All calls of tools."""

    async def asked(
        self, tenant: TenantId, conversation: ConversationId, turn: TurnId
    ) -> ToolCall | None:
        """The call that this turn asked the customer about; None where it asked about none."""
        ...

    async def kept(self, tenant: TenantId, asked_by: TurnId) -> Kept | None:
        """The call that was made on this turn's question; None before it is."""
        ...

    async def begin(self, entry: Entry) -> Kept | None:
        """Note that the call is made now; None when it may be made, else the one there is."""
        ...

    async def take_over(self, entry: Entry, kept: Kept) -> bool:
        """Begin a call anew, under its old id, whose caller died; False when another did."""
        ...

    async def recent(self, conversation: ConversationId, tenant: TenantId, tool: str) -> int:
        """How often the tool was called in the conversation within the last hour."""
        ...

    async def end(
        self, tenant: TenantId, call: UUID, outcome: Outcome, status: int, lines: tuple[str, ...]
    ) -> None:
        """Note how it ended; what is known of it stays known."""
        ...


def digest(arguments: Mapping[str, object]) -> str:
    """The same for the same arguments in any order."""
    return sha256(dumps(arguments, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
